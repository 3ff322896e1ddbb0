package snapshot

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// many are rows that do not pack, more than the disk has room for.
type many struct{ rows }

func (m many) Rows(ctx context.Context, relation string, each func(*finding.PopulationRow) error) error {
	x := uint64(88172645463325252)
	for range 200_000 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		id := make([]byte, 0, 64)
		for y := x; len(id) < 64; y = y*6364136223846793005 + 1442695040888963407 {
			id = append(id, "abcdefghijklmnopqrstuvwxyz234567"[y>>59])
		}
		if err := each(&finding.PopulationRow{ID: string(id), Cells: []string{"1", "1", "1", "1"}}); err != nil {
			return err
		}
	}
	return nil
}

const fullDirEnv = "KOMMUNPULS_TEST_FULL_DIR"

// TestWriteWhereNoFileMayGrow is run by the test below in a process whose files
// may not grow beyond a limit, which the kernel refuses as a full disk does.
func TestWriteWhereNoFileMayGrow(t *testing.T) {
	dir := os.Getenv(fullDirEnv)
	if dir == "" {
		return
	}
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}))
	c := content()
	c.Created = c.Created.Add(time.Hour)
	c.Rows, c.Workers = many{c.Rows.(rows)}, 2
	_, err := Write(t.Context(), dir, c, nil)
	require.ErrorIs(t, err, syscall.EFBIG)
}

func TestADiskThatFillsLeavesNoHalfSnapshotAndTheChainAsItWas(t *testing.T) {
	dir := t.TempDir()
	first, err := Write(t.Context(), dir, content(), nil)
	require.NoError(t, err)
	before := listing(t, dir)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestWriteWhereNoFileMayGrow$", "-test.v")
	cmd.Env = append(os.Environ(), fullDirEnv+"="+dir)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: TestWriteWhereNoFileMayGrow")
	require.Equal(t, before, listing(t, dir))
	chain, err := seal.ReadChain(dir)
	require.NoError(t, err)
	require.Len(t, chain, 1)
	require.Empty(t, verify(t, first.Report.Path, nil).Faults)
}

// listing is every file below a folder with its content.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if !strings.HasSuffix(path, ".lock") { // held while a snapshot is written, and left
			out[path] = string(text)
		}
		return err
	}))
	return out
}
