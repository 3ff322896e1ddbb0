package seal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

func keyFiles(t *testing.T, p PseudonymKeys) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(p.Dir)
	require.NoError(t, err)
	return entries
}

func TestAPointHasOneKeyAndAnotherPointAnother(t *testing.T) {
	keys := PseudonymKeys{Dir: filepath.Join(t.TempDir(), "snapshot-keys")}
	at := store.Point{AsOf: day, KnownAt: day}
	later := store.Point{AsOf: day, KnownAt: day.Add(time.Hour)}
	var ids []string
	for _, p := range []store.Point{at, at, later} {
		k, _, err := keys.For(p, day)
		require.NoError(t, err)
		ids = append(ids, k.ID())
	}
	require.Equal(t, ids[0], ids[1])
	require.NotEqual(t, ids[0], ids[2])
	require.Len(t, keyFiles(t, keys), 2)
	if runtime.GOOS != "windows" {
		for _, e := range keyFiles(t, keys) {
			i, err := e.Info()
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), i.Mode().Perm())
		}
	}
	_, undo, err := keys.For(store.Point{AsOf: day, KnownAt: day.Add(2 * time.Hour)}, day)
	require.NoError(t, err)
	require.NoError(t, undo())
	require.Len(t, keyFiles(t, keys), 2, "a key is not kept for a snapshot that was not made")
}

func TestAKeyUnderTheNameOfAnotherPointIsRefused(t *testing.T) {
	keys := PseudonymKeys{Dir: t.TempDir()}
	at := store.Point{AsOf: day, KnownAt: day}
	_, _, err := keys.For(at, day)
	require.NoError(t, err)
	other := store.Point{AsOf: day.Add(time.Hour), KnownAt: day}
	require.NoError(t, os.Rename(filepath.Join(keys.Dir, pointName(at)+".json"), filepath.Join(keys.Dir, pointName(other)+".json")))
	_, _, err = keys.For(other, day)
	require.ErrorContains(t, err, "nyckeln hör till en annan tidpunkt än filens namn säger")
	require.NoError(t, os.WriteFile(filepath.Join(keys.Dir, pointName(at)+".json"), []byte(`{"key": "kort"}`), 0o600))
	_, _, err = keys.For(at, day)
	require.ErrorContains(t, err, "är ingen nyckel till en ögonblicksbilds pseudonymer")
}

func TestAForgottenKeyIsGoneAndTheLogSaysSo(t *testing.T) {
	dir := t.TempDir()
	keys := PseudonymKeys{Dir: filepath.Join(dir, "snapshot-keys")}
	at := store.Point{AsOf: day, KnownAt: day}
	first, _, err := keys.For(at, day)
	require.NoError(t, err)
	es := entries(3)
	es[0].PseudonymKey, es[1].PseudonymKey = first.ID(), first.ID() // of the same point
	enter(t, dir, es...)
	k, err := keys.Key(es[0])
	require.NoError(t, err)
	require.Equal(t, first.ID(), k.ID())
	require.True(t, keys.Has(first.ID()))

	_, err = keys.Forget(dir, "finns-inte", "", day)
	require.ErrorIs(t, err, ErrUnknown)
	_, err = keys.Forget(dir, es[2].Name, "", day)
	require.ErrorIs(t, err, ErrForgotten, "it has none")

	f, err := keys.Forget(dir, es[0].Name, "KS 2026/145", day)
	require.NoError(t, err)
	require.Equal(t, []string{es[0].Name, es[1].Name}, f.Snapshots)
	require.Empty(t, keyFiles(t, keys))
	require.False(t, keys.Has(first.ID()))
	_, err = keys.Key(es[0])
	require.ErrorIs(t, err, ErrForgotten)
	_, err = keys.Forget(dir, es[1].Name, "", day)
	require.ErrorIs(t, err, ErrForgotten)

	log, err := ReadForgotten(dir)
	require.NoError(t, err)
	require.Equal(t, []Forgotten{f}, log)
	require.Equal(t, "KS 2026/145", log[0].Decision)
	line, err := os.ReadFile(filepath.Join(dir, ForgottenFile))
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(line, &fields))
	require.NotContains(t, fields, "key")
	list, err := List(dir)
	require.NoError(t, err)
	require.Equal(t, []bool{true, true, false}, []bool{list[0].Forgotten, list[1].Forgotten, list[2].Forgotten})
	k, _, err = keys.For(at, day)
	require.NoError(t, err)
	require.NotEqual(t, first.ID(), k.ID(), "the same point gets another key")
}
