package bag

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// onDisk writes a bag as a file.
func onDisk(t testing.TB, fill func(w *Writer)) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "b.zip")
	f, err := os.Create(name)
	require.NoError(t, err)
	w := NewWriter(f, "b", day)
	fill(w)
	require.NoError(t, w.Close(nil, nil))
	require.NoError(t, f.Close())
	return name
}

// inPython reads every file of a ZIP with Python's zipfile, which knows nothing
// of this package, and gives how many there are and their bytes.
func inPython(t testing.TB, name string) (files int, bytes int64) {
	t.Helper()
	const program = `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(len(z.namelist()), sum(i.file_size for i in z.infolist()))`
	out, err := exec.Command(testneed.Program(t, "/usr/bin/python3"), "-c", program, name).CombinedOutput()
	require.NoError(t, err, "%s", out)
	_, err = fmt.Sscan(string(out), &files, &bytes)
	require.NoError(t, err, "%s", out)
	return files, bytes
}

// A plain ZIP file can name 65,535 files.
func TestABagWithMoreFilesThanAPlainZIPCanNameIsCheckedAndReadByOthers(t *testing.T) {
	const n = 1 << 16
	name := onDisk(t, func(w *Writer) {
		for i := range n {
			f, err := w.File(fmt.Sprintf("rader/%05d.csv", i))
			if err == nil {
				_, err = io.WriteString(f, "1\n")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	b, err := Open(name, DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	faults, err := b.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, faults)
	require.Len(t, b.Files(), n)
	last, err := b.Read("rader/65535.csv")
	require.NoError(t, err)
	text, err := io.ReadAll(last)
	require.NoError(t, err)
	require.Equal(t, "1\n", string(text))
	files, _ := inPython(t, name)
	require.Equal(t, n+6, files, "the files, and six that describe them")
}

// A size of 64 bits that another is added to is a small one again.
func TestSizesThatCountAroundAreABombAllTheSame(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, h := range []zip.FileHeader{{Name: "b/bagit.txt", UncompressedSize64: 8}, {Name: "b/data/bomb.csv", UncompressedSize64: math.MaxUint64 - 4}} {
		_, err := z.CreateRaw(&h)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	_, err := Open(keep(t, out.Bytes()), DefaultLimits())
	require.ErrorIs(t, err, ErrNotBag)
	require.ErrorContains(t, err, "mer än 68719476736 byte uppackad")
}

// BenchmarkABagBeyondFourGiB writes, checks and has Python read a bag that a
// plain ZIP file has no room for: one file that is larger, and one that does
// not pack, so that what comes after it begins beyond four GiB.
func BenchmarkABagBeyondFourGiB(b *testing.B) {
	const mib = 1 << 20
	for name, part := range map[string][]byte{"a file that packs": []byte(strings.Repeat("INC00000001,2025-12-31,1\n", mib/25)), "a file that does not": noise(mib)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				const parts = 4<<10 + 64
				began := time.Now()
				path := onDisk(b, func(w *Writer) {
					for _, file := range []struct {
						name  string
						parts int
					}{{"stor.csv", parts}, {"efter.csv", 1}} {
						f, err := w.File(file.name)
						require.NoError(b, err)
						for range file.parts {
							_, err := f.Write(part)
							require.NoError(b, err)
						}
					}
				})
				made := time.Since(began)
				x, err := Open(path, DefaultLimits())
				require.NoError(b, err)
				faults, err := x.Check(b.Context())
				require.NoError(b, err)
				require.Empty(b, faults)
				require.NoError(b, x.Close())
				b.ReportMetric((time.Since(began)-made).Seconds()/made.Seconds(), "check/write")
				files, unpacked := inPython(b, path)
				require.Equal(b, 8, files)
				require.Greater(b, unpacked, int64(parts)*int64(len(part)))
				info, err := os.Stat(path)
				require.NoError(b, err)
				b.ReportMetric(float64(unpacked)/(4<<30), "unpacked/4GiB")
				b.ReportMetric(float64(info.Size())/(4<<30), "zip/4GiB")
			}
		})
	}
}
