package seal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var day = time.Date(2025, 12, 31, 22, 59, 59, 0, time.UTC)

// entries are n entries that hang together, an hour apart.
func entries(n int) []Entry {
	var out []Entry
	for i := range n {
		e := Entry{Name: fmt.Sprint("ostra-a_", i+1), AsOf: day, Created: day.Add(time.Duration(i) * time.Hour), Report: strings.Repeat(fmt.Sprint(i+1), 64), Evidence: strings.Repeat("e", 64)}
		if i > 0 {
			e.Previous = out[i-1].Report
		}
		out = append(out, e)
	}
	return out
}

func enter(t *testing.T, dir string, es ...Entry) {
	t.Helper()
	require.NoError(t, Change(dir, func(c Chain) (Chain, func() error, error) { return append(c, es...), nil, nil }))
}

func TestAChainIsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	c, err := ReadChain(dir)
	require.NoError(t, err, "no file is an empty chain")
	require.Nil(t, c.Newest())
	es := entries(3)
	es[2].Corrects = &Correction{Name: es[0].Name, SHA256: es[0].Report, Note: "fler <än> tre & fyra"}
	enter(t, dir, es...)
	c, err = ReadChain(dir)
	require.NoError(t, err)
	require.Equal(t, Chain(es), c)
	require.Equal(t, es[2], *c.Newest())
	require.Equal(t, []Entry{es[2]}, c.Corrections(es[0]))
	require.Empty(t, c.Corrections(es[1]))
	for _, file := range []string{es[1].Name, "mapp/" + es[1].Name + "_redovisning.zip", es[1].Name + "_underlag.zip.age.minisig", es[1].Name + "_redovisning.zip.tsr"} {
		e, err := c.Find(file)
		require.NoError(t, err, file)
		require.Equal(t, es[1], e, file)
	}
	_, err = c.Find("en-annan")
	require.EqualError(t, err, "en-annan finns inte i kedjan")
	_, is := c.Has(es[1].Name + "_redovisning.zip")
	require.False(t, is, "a file is no name")
	require.Equal(t, "ostra-a_4", c.Free("ostra-a_4"))
	require.Equal(t, "ostra-a_1_2", c.Free("ostra-a_1"))
}

func TestALineThatDoesNotHoldIsToldWithItsPlace(t *testing.T) {
	dir := t.TempDir()
	enter(t, dir, entries(3)...)
	path := filepath.Join(dir, ChainFile)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	l := strings.SplitAfter(string(b), "\n")
	for name, c := range map[string]struct{ text, want string }{
		"the middle one is taken out": {l[0] + l[2], "rad 2 (ostra-a_3) hänger inte ihop med raden före"},
		"the first one is taken out":  {l[1] + l[2], "rad 1 (ostra-a_2) hänger inte ihop med någon rad före"},
		"half a line":                 {l[0] + "{halv\n", "rad 2 går inte att läsa"},
		"a letter's case":             {strings.Replace(l[0], "name", "Name", 1), "rad 1 går inte att läsa: raden är inte som den skrevs"},
		"a field more":                {strings.Replace(l[0], "{", `{"mer":1,`, 1), "rad 1 går inte att läsa"},
		"one twice":                   {l[0] + l[0], "rad 2 (ostra-a_1) finns på en rad till"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			_, err := ReadChain(dir)
			require.ErrorIs(t, err, ErrChain)
			require.ErrorContains(t, err, "kedja.jsonl: "+c.want)
			_, faults, err := ExamineChain(dir)
			require.NoError(t, err)
			require.Contains(t, strings.Join(faults, "\n"), c.want)
			require.ErrorIs(t, Change(dir, func(c Chain) (Chain, func() error, error) { return c, nil, nil }), ErrChain, "nothing is added to it")
		})
	}
}

func TestAChainIsWrittenByOneAtATime(t *testing.T) {
	dir := t.TempDir()
	enter(t, dir, entries(1)...)
	nothing := func(c Chain) (Chain, func() error, error) { return c, nil, nil }
	lock := filepath.Join(dir, lockFile)
	require.NoError(t, os.WriteFile(lock, nil, 0o600))
	require.ErrorIs(t, Change(dir, nothing), ErrBusy)
	require.FileExists(t, lock, "it is another's")
	long := time.Now().Add(-time.Hour) // a process that died left it
	require.NoError(t, os.Chtimes(lock, long, long))
	require.NoError(t, Change(dir, nothing))
	require.NoFileExists(t, lock)

	full := errors.New("disken är full")
	require.ErrorIs(t, Change(dir, func(Chain) (Chain, func() error, error) { return nil, nil, full }), full)
	require.NoFileExists(t, lock)
	c, err := ReadChain(dir)
	require.NoError(t, err)
	require.Len(t, c, 1)
}

func TestWhatWasDoneForAChainThatCannotBeWrittenIsTakenBack(t *testing.T) {
	dir := t.TempDir()
	undone := 0
	err := Change(dir, func(c Chain) (Chain, func() error, error) {
		// Something that cannot be replaced comes into its place meanwhile.
		require.NoError(t, os.MkdirAll(filepath.Join(dir, ChainFile, "fil"), 0o700))
		return append(c, entries(1)...), func() error { undone++; return nil }, nil
	})
	require.Error(t, err)
	require.Equal(t, 1, undone)
}

func TestFingerprintsAreInFours(t *testing.T) {
	require.Equal(t, "0123 4567 89ab cdef 0123 4567 89ab cdef", Fingerprint(strings.Repeat("0123456789abcdef", 4)))
	require.Equal(t, "0123 4", Fingerprint("01234"))
	require.Empty(t, Fingerprint(""))
}

func TestOnlyFilesOfTheChainAreFound(t *testing.T) {
	dir := t.TempDir()
	enter(t, dir, entries(1)...)
	for file, is := range map[string]bool{
		ChainFile: true, "ostra-a_1_redovisning.zip": true, "ostra-a_1_underlag.zip.age.minisig": true, "ostra-a_1_redovisning.zip.tsr": true,
		"ostra-a_1": false, "../" + ChainFile: false, "ostra-a_2_redovisning.zip": false, ForgottenFile: false, "": false,
	} {
		path, err := FilePath(dir, file)
		if is {
			require.NoError(t, err, file)
			require.Equal(t, filepath.Join(dir, file), path)
		} else {
			require.ErrorIs(t, err, ErrUnknown, file)
		}
	}
}
