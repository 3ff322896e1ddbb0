package snapshot

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/tsatest"
)

// repacked is a ZIP whose files are packed anew, one of them with a byte changed
// and sums of the ZIP's own that are right for it.
func repacked(t *testing.T, whole []byte, file string, at int) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: f.Method, Modified: f.Modified})
		require.NoError(t, err)
		if f.Name == file {
			text[at%len(text)] ^= 1
		}
		_, err = to.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func names(t *testing.T, whole []byte) []string {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(t, err)
	var out []string
	for _, f := range in.File {
		if f.UncompressedSize64 > 0 {
			out = append(out, f.Name)
		}
	}
	return out
}

func TestAChangedByteInAnyFileWithinIsFoundAndTheFileNamed(t *testing.T) {
	dir := t.TempDir()
	k, p, _ := keys(t)
	w, err := Write(t.Context(), dir, content(), k)
	require.NoError(t, err)
	tried := 0
	for _, path := range []string{w.Report.Path, w.Evidence.Path} {
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, file := range names(t, whole) {
			for _, at := range []int{0, 1000003} {
				require.NoError(t, os.WriteFile(path, repacked(t, whole, file, at), 0o600))
				_, within, _ := strings.Cut(file, "/")
				within = strings.TrimSuffix(within, seal.SignatureEnd)
				got := strings.Join(faults(verify(t, w.Report.Path, p)), "\n")
				require.Contains(t, got, filepath.Base(path)+": "+within, "byte %d of %s", at, file)
				tried++
			}
		}
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
	require.Greater(t, tried, 40)
	require.Empty(t, verify(t, w.Report.Path, p).Faults)
}

func TestAChangedByteInAnyFileOfTheFolderIsFoundAndTheFileNamed(t *testing.T) {
	dir := t.TempDir()
	k, p, _ := keys(t)
	_, recipient, ids := auditor(t)
	s := tsatest.Start(t, tsatest.Options{})
	c := content()
	c.Created = now()
	for range 2 {
		w, err := Write(t.Context(), dir, c, k)
		require.NoError(t, err)
		_, err = asked(s).Stamp(t.Context(), dir, w.Name, now())
		require.NoError(t, err)
		c.Recipients = []age.Recipient{recipient} // of the second
	}
	against := Against{Key: p, Identities: ids, Issuers: s.Issuers}
	all := func() string {
		got, err := against.VerifyChain(t.Context(), dir)
		require.NoError(t, err)
		var out []string
		for _, f := range got.Faults {
			out = append(out, f.What+": "+f.Why)
		}
		for _, v := range got.Snapshots {
			out = append(out, faults(v)...)
		}
		require.Equal(t, len(out) == 0, got.Holds())
		return strings.Join(out, "\n")
	}
	require.Empty(t, all())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2*5+1)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		step := max(1, len(whole)/16)
		for at := 0; at < len(whole); at += step {
			bad := bytes.Clone(whole)
			bad[at] ^= []byte{1, 0x20}[at/step%2]
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			require.Contains(t, all(), strings.TrimSuffix(e.Name(), seal.SignatureEnd), "byte %d of %s", at, e.Name())
		}
		// The end of a ZIP holds its list of files, where one byte more counts.
		for at := len(whole) - 1; at > len(whole)-60 && at > 0; at -= 11 {
			bad := bytes.Clone(whole)
			bad[at] ^= 4
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			require.Contains(t, all(), strings.TrimSuffix(e.Name(), seal.SignatureEnd), "byte %d of %s", at, e.Name())
		}
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
	require.Empty(t, all())
}
