package bag

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var day = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

func write(t *testing.T, sign Sign) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, "redovisning", day)
	for _, name := range []string{"siffror.json", "underlag/a.csv", "tom.txt"} {
		f, err := w.File(name)
		require.NoError(t, err)
		if name != "tom.txt" {
			_, err = io.WriteString(f, strings.Repeat(name+"\n", 500))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close([]Label{{"Source-Organization", "Exempel\nkommun"}}, sign))
	return out.Bytes()
}

func keep(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.zip")
	require.NoError(t, os.WriteFile(name, b, 0o600))
	return name
}

func TestABagIsCheckedWithCoreutilsAlone(t *testing.T) {
	dir := t.TempDir()
	b := write(t, nil)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(dir, z))
	for _, args := range [][]string{
		{"sha256sum", "-c", "--strict", "manifest-sha256.txt"}, {"sha512sum", "-c", "--strict", "manifest-sha512.txt"},
		{"sha256sum", "-c", "--strict", "tagmanifest-sha256.txt"}, {"sha512sum", "-c", "--strict", "tagmanifest-sha512.txt"},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = filepath.Join(dir, "redovisning")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%v: %s", args, out)
	}
	info, err := os.ReadFile(filepath.Join(dir, "redovisning", "bag-info.txt"))
	require.NoError(t, err)
	require.Equal(t, "Source-Organization: Exempel kommun\nPayload-Oxum: 14000.3\n", string(info))
}

func TestTheSameFilesGiveTheSameBytes(t *testing.T) {
	require.Equal(t, write(t, nil), write(t, nil))
}

func TestAWholeBagHasNoFault(t *testing.T) {
	b, err := Open(keep(t, write(t, func(m []byte) (string, []byte, error) { return ".minisig", []byte("signatur"), nil })), DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	faults, err := b.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, faults)
	require.Equal(t, []string{"siffror.json", "tom.txt", "underlag/a.csv"}, b.Files())
	sig, err := b.Tag(TagManifest + ".minisig")
	require.NoError(t, err)
	require.Equal(t, "signatur", string(sig))
}

// Every file but the tag manifests, which only a signature vouches for, is
// changed in turn by one byte, taken out and added to.
func TestEveryChangedMissingAndAddedFileIsFound(t *testing.T) {
	whole := write(t, nil)
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(t, err)
	names := []string{"data/extra.txt", "extra.txt"}
	for _, f := range z.File {
		names = append(names, strings.TrimPrefix(f.Name, "redovisning/"))
	}
	for _, name := range names {
		for _, how := range []string{"ändrad", "borta"} {
			if strings.HasPrefix(name, "tagmanifest-") && how == "ändrad" {
				continue
			}
			t.Run(name+" "+how, func(t *testing.T) {
				b, err := Open(keep(t, rewrite(t, z, name, how)), DefaultLimits())
				if name == "bagit.txt" && how == "borta" {
					require.ErrorIs(t, err, ErrNotBag)
					return
				}
				require.NoError(t, err)
				defer b.Close()
				faults, err := b.Check(t.Context())
				require.NoError(t, err)
				if strings.Contains(name, "extra") && how == "borta" {
					require.Empty(t, faults)
					return
				}
				require.NotEmpty(t, faults)
				require.Contains(t, fmt.Sprint(faults), name)
			})
		}
	}
}

// rewrite copies a ZIP with one file changed in its first byte or left out; a
// name that it lacks is added.
func rewrite(t *testing.T, z *zip.Reader, name, how string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(n string, b []byte) {
		f, err := w.Create(n)
		require.NoError(t, err)
		_, err = f.Write(b)
		require.NoError(t, err)
	}
	found := false
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		if f.Name == "redovisning/"+name {
			found = true
			if how == "borta" {
				continue
			}
			b = append([]byte("x"), b[min(1, len(b)):]...)
		}
		add(f.Name, b)
	}
	if !found && how == "ändrad" {
		add("redovisning/"+name, []byte("ny"))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestAForeignZIPIsRefusedBeforeItIsUnpacked(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"a path that leads out":    {[]string{"b/bagit.txt", "b/../../etc/passwd"}, "får inget filnamn heta"},
		"an absolute path":         {[]string{"/etc/passwd"}, "utanför sin mapp"},
		"a Windows path":           {[]string{"b/bagit.txt", `b/data\..\x`}, "får inget filnamn heta"},
		"a name that stands twice": {[]string{"b/bagit.txt", "b/data/x", "b/data/x"}, "står två gånger"},
		"två mappar":               {[]string{"b/bagit.txt", "c/data/x"}, "två mappar"},
		"no declaration":           {[]string{"b/data/x"}, "bagit.txt saknas"},
		"too many files":           {[]string{"b/bagit.txt", "b/1", "b/2", "b/3", "b/4"}, "högst 4"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w := zip.NewWriter(&out)
			for _, f := range c.files {
				_, err := w.Create(f)
				require.NoError(t, err)
			}
			require.NoError(t, w.Close())
			_, err := Open(keep(t, out.Bytes()), Limits{Files: 4, Bytes: 1 << 20, Tag: 1 << 10})
			require.ErrorIs(t, err, ErrNotBag)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestABombIsRefusedByWhatItSaysAndByWhatItHolds(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, "b", day)
	f, err := w.File("stor.txt")
	require.NoError(t, err)
	_, err = f.Write(make([]byte, 4<<20))
	require.NoError(t, err)
	require.NoError(t, w.Close(nil, nil))
	_, err = Open(keep(t, out.Bytes()), Limits{Files: 100, Bytes: 1 << 20, Tag: 1 << 20})
	require.ErrorIs(t, err, ErrNotBag)
	require.ErrorContains(t, err, "byte uppackad")
}

func TestATruncatedZIPIsNoBag(t *testing.T) {
	whole := write(t, nil)
	for _, n := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
		_, err := Open(keep(t, whole[:n]), DefaultLimits())
		require.ErrorIs(t, err, ErrNotBag, n)
	}
	_, err := Open(filepath.Join(t.TempDir(), "finns inte.zip"), DefaultLimits())
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestNamesThatNotEverybodyCanUnpackAreRefused(t *testing.T) {
	w := NewWriter(io.Discard, "b", day)
	for _, name := range []string{"", "..", "../x", "a/../b", "/x", "a//b", `a\b`, "a:b", "x.", "a /b", "50%.csv", "rad\nbrytning"} {
		_, err := w.File(name)
		require.ErrorIs(t, err, ErrPath, name)
	}
	_, err := w.File("å.csv")
	require.NoError(t, err)
	_, err = w.File("å.csv")
	require.ErrorContains(t, err, "twice")
}

func TestASignatureThatFailsStopsTheBag(t *testing.T) {
	w := NewWriter(io.Discard, "b", day)
	bad := errors.New("nyckeln är trasig")
	require.ErrorIs(t, w.Close(nil, func([]byte) (string, []byte, error) { return "", nil, bad }), bad)
}

func TestWhatIsWrongInsideAFileIsSaidOnceAndInWords(t *testing.T) {
	whole := write(t, nil)
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(t, err)
	found := 0
	for _, f := range z.File {
		if f.CompressedSize64 == 0 || strings.HasPrefix(f.Name, "redovisning/tagmanifest") {
			continue
		}
		start, err := f.DataOffset()
		require.NoError(t, err)
		for at := start; at < start+int64(f.CompressedSize64); at++ {
			bad := bytes.Clone(whole)
			bad[at] ^= 0x10
			b, err := Open(keep(t, bad), DefaultLimits())
			require.NoError(t, err)
			faults, err := b.Check(t.Context())
			require.NoError(t, err)
			for _, x := range faults { // none where the packing alone differs
				require.NotRegexp(t, `flate|zip:|EOF|\n`, x.Reason)
				if strings.HasPrefix(x.Reason, "går inte att läsa") {
					found++
				}
			}
			require.NoError(t, b.Close())
		}
	}
	require.Positive(t, found)
}
