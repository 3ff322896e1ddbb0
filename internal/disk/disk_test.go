package disk

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestAFileIsReplacedWholeAndNothingIsLeftBeside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	require.NoError(t, os.WriteFile(path, []byte("det gamla, som är längre"), 0o600))
	require.NoError(t, Replace(path, []byte("det nya"), 0o640))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "det nya", string(b))
	if runtime.GOOS != "windows" {
		i, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o640), i.Mode().Perm())
	}
	require.Equal(t, []string{"state.json"}, names(t, dir))
}

func TestWhatCannotBeReplacedIsLeftAsItIs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "upptagen")
	require.NoError(t, os.MkdirAll(filepath.Join(path, "fil"), 0o700))
	require.Error(t, Replace(path, []byte("ny"), 0o600), "a folder that holds something is in its place")
	require.Equal(t, []string{"upptagen"}, names(t, dir), "what was on its way is taken away")
	require.ErrorIs(t, Replace(filepath.Join(dir, "finns-inte", "fil"), nil, 0o600), os.ErrNotExist)
}

func TestLinesAreAddedAndTheCallersBytesAreNotTouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logg.jsonl")
	both := []byte("ett!två")
	require.NoError(t, AppendLine(path, both[:3], 0o640))
	require.NoError(t, AppendLine(path, both[4:], 0o640))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "ett\ntvå\n", string(b))
	require.Equal(t, "ett!två", string(both))
	require.Error(t, AppendLine(filepath.Join(path, "under"), nil, 0o640), "a file is no folder")
}
