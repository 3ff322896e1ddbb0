package snapshot

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// auditor is a pair of keys as age-keygen makes it.
func auditor(t *testing.T) (file string, recipient age.Recipient, ids []age.Identity) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "revisor.key")
	out, err := exec.Command(testneed.Program(t, "age-keygen"), "-o", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	recipient, err = seal.ParseRecipient(regexp.MustCompile(`age1[0-9a-z]+`).FindString(string(out)))
	require.NoError(t, err)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	ids, err = seal.ParseIdentities(bytes.NewReader(text))
	require.NoError(t, err)
	return file, recipient, ids
}

func TestEncryptedEvidenceIsOpenedByAgeItselfAndByVerify(t *testing.T) {
	file, one, ids := auditor(t)
	_, two, _ := auditor(t)
	dir, w := made(t, func(c *Content) { c.Recipients = []age.Recipient{one, two} })
	require.True(t, w.Encrypted)
	require.Equal(t, "ostra-a_2025-12-31_underlag.zip.age", filepath.Base(w.Evidence.Path))
	require.NoFileExists(t, strings.TrimSuffix(w.Evidence.Path, ".age"), "nothing of it is in clear")

	clear := filepath.Join(t.TempDir(), "underlag.zip")
	out, err := exec.Command(testneed.Program(t, "age"), "-d", "-i", file, "-o", clear, w.Evidence.Path).CombinedOutput()
	require.NoError(t, err, "%s", out)
	sum, err := seal.SumOf(clear)
	require.NoError(t, err)
	require.Equal(t, w.Evidence.SHA256, sum)

	v := verify(t, w.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Zero(t, v.Recomputed)
	require.Contains(t, strings.Join(v.Remarks, "\n"), "Underlaget ostra-a_2025-12-31_underlag.zip.age är krypterat och har inte öppnats, så inga siffror har räknats om.")

	v, err = Against{Identities: ids}.Verify(t.Context(), w.Report.Path)
	require.NoError(t, err)
	require.Empty(t, v.Faults)
	require.True(t, v.Decrypted)
	require.Equal(t, 4, v.Recomputed)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 3, "report, evidence and chain: nothing was written in clear")

	kept := filepath.Join(t.TempDir(), "ut.zip")
	_, err = Against{Identities: ids, OpenTo: kept}.Verify(t.Context(), w.Report.Path)
	require.NoError(t, err)
	sum, err = seal.SumOf(kept)
	require.NoError(t, err)
	require.Equal(t, w.Evidence.SHA256, sum)
	_, err = Against{Identities: ids, OpenTo: kept}.Verify(t.Context(), w.Report.Path)
	require.ErrorIs(t, err, os.ErrExist)
}

func TestEncryptionDoesNotChangeTheReport(t *testing.T) {
	_, one, _ := auditor(t)
	same := func(c *Content) { c.Created = day }
	_, a := made(t, same)
	_, b := made(t, func(c *Content) { same(c); c.Recipients = []age.Recipient{one} })
	require.Equal(t, a.Report.SHA256, b.Report.SHA256)
	require.Equal(t, a.Evidence.SHA256, b.Evidence.SHA256)
}

func TestEvidenceThatDoesNotOpenIsSaidInWords(t *testing.T) {
	_, one, ids := auditor(t)
	_, _, other := auditor(t)
	_, w := made(t, func(c *Content) { c.Recipients = []age.Recipient{one} })
	name := filepath.Base(w.Evidence.Path)
	v, err := Against{Identities: other}.Verify(t.Context(), w.Report.Path)
	require.NoError(t, err)
	require.Equal(t, []string{name + ": går inte att öppna med den angivna nyckeln: underlaget är krypterat till någon annan"}, faults(v))

	whole, err := os.ReadFile(w.Evidence.Path)
	require.NoError(t, err)
	changed := name + ": har ändrats: SHA-256-summan är inte den som står i kedja.jsonl"
	for _, at := range []int{0, 30, 120, 190, len(whole) / 2, len(whole) - 1} {
		bad := bytes.Clone(whole)
		bad[at] ^= 1
		require.NoError(t, os.WriteFile(w.Evidence.Path, bad, 0o600))
		require.Contains(t, faults(verify(t, w.Report.Path, nil)), changed, "without the key, byte %d", at)
		v, err := Against{Identities: ids}.Verify(t.Context(), w.Report.Path)
		require.NoError(t, err)
		require.Len(t, v.Faults, 2, "byte %d: %v", at, v.Faults)
		require.Contains(t, v.Faults[1].Why, "går inte att öppna", "byte %d", at)
	}
	require.NoError(t, os.WriteFile(w.Evidence.Path, whole[:len(whole)-100], 0o600))
	out := filepath.Join(t.TempDir(), "ut.zip")
	v, err = Against{Identities: ids, OpenTo: out}.Verify(t.Context(), w.Report.Path)
	require.NoError(t, err)
	require.Contains(t, v.Faults[1].Why, "går inte att öppna")
	require.NoFileExists(t, out, "half of it is not left behind")
}
