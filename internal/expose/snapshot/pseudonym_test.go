package snapshot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// people are accounts whose ids are pseudonyms of the store, in their order.
type people struct{ ids []string }

func storePeople(t *testing.T, n int) people {
	t.Helper()
	p, err := sdk.NewPseudonymiser(bytes.Repeat([]byte("k"), 32), "8e692a21")
	require.NoError(t, err)
	var out people
	for i := range n {
		out.ids = append(out.ids, "katalog:"+p.Of(fmt.Sprint("person", i)))
	}
	return out
}

func (p people) Populations() ([]finding.Population, error) {
	return []finding.Population{{Relation: "account", Columns: []finding.Recompute{{KPI: "sso", How: "share"}}}}, nil
}

func (p people) Rows(_ context.Context, _ string, each func(*finding.PopulationRow) error) error {
	for i, id := range p.ids {
		if err := each(&finding.PopulationRow{ID: id, OrgUnit: "soc", Place: fmt.Sprint("katalog.ldif, rad ", i+1), Cells: []string{fmt.Sprint(i % 2)}}); err != nil {
			return err
		}
	}
	return nil
}

func (p people) Evidence(_ context.Context, _ string, each func(finding.Row) error) error {
	for i, id := range p.ids {
		if err := each(finding.Row{Entity: "account", ID: id, Label: id, OrgUnit: "soc", Place: fmt.Sprint("katalog.ldif, rad ", i+1), Pass: i%2 == 1, Reason: "se " + id + "."}); err != nil {
			return err
		}
	}
	return nil
}

func peopleContent(t *testing.T) Content {
	c := content()
	c.Findings, c.Catalogue.KPIs = c.Findings[:1], c.Catalogue.KPIs[:1]
	p := storePeople(t, 4)
	c.Rows = p
	c.Findings[0].Waivers = []finding.Waiver{{Scope: "record:" + p.ids[0], Decision: "KS 1"}}
	c.Findings[0].SQL = "SELECT 1 WHERE id = '" + p.ids[1] + "';\n"
	c.Config = []byte(`{"about": "` + p.ids[2] + `"}` + "\n")
	return c
}

var anyPseudonym = regexp.MustCompile(`[0-9a-z]{1,16}-[0-9a-f]{32}`)

// texts are all payload files of a bag.
func texts(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := bag.Open(path, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	out := map[string]string{}
	for _, name := range b.Files() {
		out[name] = payloadOf(t, path, name)
	}
	return out
}

func TestASnapshotHasNoPseudonymOfTheStoreAndIsRecomputedAllTheSame(t *testing.T) {
	dir := t.TempDir()
	keys := PseudonymKeys{Dir: filepath.Join(dir, "snapshot-keys")}
	c := peopleContent(t)
	var err error
	c.Pseudonyms, _, err = keys.For(c.At, day)
	require.NoError(t, err)
	w, err := Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	seen := map[string]int{}
	for _, path := range []string{w.Report.Path, w.Evidence.Path} {
		for name, text := range texts(t, path) {
			for _, p := range anyPseudonym.FindAllString(text, -1) {
				require.True(t, strings.HasPrefix(p, c.Pseudonyms.ID()+"-"), "%s: %s", name, p)
				seen[p]++
			}
		}
	}
	require.Len(t, seen, 4, "four accounts are four everywhere")
	rows := payloadOf(t, w.Evidence.Path, "population/account.csv")
	require.NotContains(t, rows, ", rad ", "the line of the file would give the account away")
	require.Contains(t, rows, ",katalog.ldif,")
	var order []string
	for _, line := range strings.Split(strings.TrimSpace(rows), "\n")[1:] {
		order = append(order, line[:strings.Index(line, ",")])
	}
	require.IsIncreasing(t, order)
	v := verify(t, w.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Equal(t, 1, v.Recomputed)

	// Whoever has the key can tell which account a row is about.
	e, err := ReadChain(dir)
	require.NoError(t, err)
	k, err := keys.Key(e[0])
	require.NoError(t, err)
	require.Contains(t, rows, k.Text(c.Rows.(people).ids[0]))
}

func TestTheSamePointHasTheSamePseudonymsAndAnotherHasOthers(t *testing.T) {
	keys := PseudonymKeys{Dir: filepath.Join(t.TempDir(), "snapshot-keys")}
	at := store.Point{AsOf: day, KnownAt: day}
	write := func(at store.Point) Written {
		c := peopleContent(t)
		var err error
		c.Pseudonyms, _, err = keys.For(at, day)
		require.NoError(t, err)
		w, err := Write(t.Context(), t.TempDir(), c, nil)
		require.NoError(t, err)
		return w
	}
	a, b := write(at), write(at)
	require.Equal(t, a.Report.SHA256, b.Report.SHA256)
	require.Equal(t, a.Evidence.SHA256, b.Evidence.SHA256)
	require.NotEqual(t, a.Evidence.SHA256, write(store.Point{AsOf: day, KnownAt: day.Add(time.Hour)}).Evidence.SHA256)
	entries, err := os.ReadDir(keys.Dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	for _, e := range entries {
		i, err := e.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), i.Mode().Perm())
	}
	_, undo, err := keys.For(store.Point{AsOf: day, KnownAt: day.Add(2 * time.Hour)}, day)
	require.NoError(t, err)
	require.NoError(t, undo())
	entries, err = os.ReadDir(keys.Dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "a key is not kept for a snapshot that was not made")
}

func TestAForgottenKeyIsGoneAndTheLogSaysSo(t *testing.T) {
	dir := t.TempDir()
	keys := PseudonymKeys{Dir: filepath.Join(dir, "snapshot-keys")}
	c := peopleContent(t)
	var err error
	c.Pseudonyms, _, err = keys.For(c.At, day)
	require.NoError(t, err)
	var ws []Written
	for range 2 { // of the same point
		w, err := Write(t.Context(), dir, c, nil)
		require.NoError(t, err)
		ws = append(ws, w)
	}
	other := content()
	other.Version = "utan nyckel"
	plain, err := Write(t.Context(), dir, other, nil)
	require.NoError(t, err)
	_, err = keys.Forget(dir, "finns-inte", "", day)
	require.ErrorIs(t, err, ErrUnknown)
	_, err = keys.Forget(dir, plain.Name, "", day)
	require.ErrorIs(t, err, ErrForgotten)

	f, err := keys.Forget(dir, ws[0].Name, "KS 2026/145", day)
	require.NoError(t, err)
	require.Equal(t, []string{ws[0].Name, ws[1].Name}, f.Snapshots)
	entries, err := os.ReadDir(keys.Dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	_, err = keys.Forget(dir, ws[1].Name, "", day)
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
	for _, w := range ws {
		require.Empty(t, verify(t, w.Report.Path, nil).Faults, "the snapshot itself is as it was")
	}
	k, _, err := keys.For(c.At, day)
	require.NoError(t, err)
	require.NotEqual(t, c.Pseudonyms.ID(), k.ID(), "the same point gets another key")
}

func TestPseudonymsAreFoundWhereverTheyStand(t *testing.T) {
	k := newPseudonymKey(bytes.Repeat([]byte{7}, keySize))
	const digits = "00072827c205cacdb4c9e1d807fcd7b7"
	one := k.Text("8e692a21-" + digits)
	require.True(t, sdk.IsPseudonym(one))
	for text, want := range map[string]string{
		"":                                  "",
		"8e692a21-" + digits:                one,
		"x:8e692a21-" + digits + ",y":       "x:" + one + ",y",
		"-8e692a21-" + digits + "-":         "-" + one + "-",
		"a-b 8e692a21-" + digits + " 2026-": "a-b " + one + " 2026-",
		"8e692a21-" + digits + "\n8e692a21-" + digits: one + "\n" + one,
		one:                                one,
		"8e692a21-" + digits + "0":         "8e692a21-" + digits + "0",         // 33 digits
		"8e692a21-" + digits[1:]:           "8e692a21-" + digits[1:],           // 31
		"12345678901234567-" + digits:      "12345678901234567-" + digits,      // a key id too long
		"8E692A21-" + digits:               "8E692A21-" + digits,               // no key id
		"8e692a21-" + digits[1:] + "G":     "8e692a21-" + digits[1:] + "G",     // no digit
		"2025-12-31_2025-12-31-2025-12-31": "2025-12-31_2025-12-31-2025-12-31", // dates
	} {
		require.Equal(t, want, k.Text(text))
		for size := 1; size <= len(text); size += 5 { // however it is written
			var out bytes.Buffer
			w := k.through("a.csv", &out)
			for rest := []byte(text); len(rest) > 0; {
				n := min(size, len(rest))
				_, err := w.Write(rest[:n])
				require.NoError(t, err)
				rest = rest[n:]
			}
			require.NoError(t, w.Close())
			require.Equal(t, want, out.String(), "%q in pieces of %d", text, size)
		}
	}
	var out bytes.Buffer
	w := k.through("bild.pdf", &out)
	_, err := w.Write([]byte("8e692a21-" + digits))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.Equal(t, "8e692a21-"+digits, out.String(), "what is packed is not touched")
	var nobody *PseudonymKey
	require.Equal(t, "8e692a21-"+digits, nobody.Text("8e692a21-"+digits))
}
