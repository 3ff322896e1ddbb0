package seal

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// A key that minisign itself made signs, one with a password is refused in
// words, and what is no key too.
func TestKeysOfMinisignItself(t *testing.T) {
	program := testneed.Program(t, "minisign")
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	out, err := exec.Command(program, "-G", "-W", "-p", at("a.pub"), "-s", at("a.key")).CombinedOutput()
	require.NoError(t, err, "%s", out)
	private, err := os.ReadFile(at("a.key"))
	require.NoError(t, err)
	k, err := ParseKey(private)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(at("fil"), []byte("innehåll"), 0o600))
	require.NoError(t, k.SignFile(at("fil")))
	out, err = exec.Command(program, "-V", "-p", at("a.pub"), "-m", at("fil")).CombinedOutput()
	require.NoError(t, err, "%s", out)

	locked := exec.Command(program, "-G", "-p", at("b.pub"), "-s", at("b.key"))
	locked.Stdin = strings.NewReader("lösenord\nlösenord\n")
	out, err = locked.CombinedOutput()
	require.NoError(t, err, "%s", out)
	private, err = os.ReadFile(at("b.key"))
	require.NoError(t, err)
	_, err = ParseKey(private)
	require.ErrorContains(t, err, "har ett lösenord")
	_, err = ParseKey([]byte("ingen nyckel"))
	require.ErrorContains(t, err, "ingen hemlig nyckel")
	_, err = ParsePublicKey([]byte("ingen nyckel"))
	require.ErrorContains(t, err, "ingen öppen nyckel för minisign; be kommunen om den som slutar på .pub")
}

func pair(t *testing.T) (*Key, *PublicKey) {
	t.Helper()
	private, public, err := NewKey()
	require.NoError(t, err)
	k, err := ParseKey(private)
	require.NoError(t, err)
	p, err := ParsePublicKey(public)
	require.NoError(t, err)
	return k, p
}

func TestASignatureThatDoesNotHoldIsSaidInWords(t *testing.T) {
	k, p := pair(t)
	_, other := pair(t)
	path := filepath.Join(t.TempDir(), "fil")
	require.NoError(t, os.WriteFile(path, []byte("innehåll"), 0o600))
	_, err := p.JudgeFile(path)
	require.ErrorIs(t, err, fs.ErrNotExist, "there is none yet")
	require.NoError(t, k.SignFile(path))
	judge := func(by *PublicKey) string {
		t.Helper()
		why, err := by.JudgeFile(path)
		require.NoError(t, err)
		return why
	}
	require.Empty(t, judge(p))
	require.Equal(t, "underskriften är inte gjord med den angivna nyckeln ("+other.ID()+") utan med en annan ("+p.ID()+")", judge(other))
	sig, err := os.ReadFile(path + SignatureEnd)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+SignatureEnd, []byte(strings.Replace(string(sig), ownComment, "skriven av någon annan", 1)), 0o600))
	require.Equal(t, "underskriftens fil är inte som den skrevs", judge(p), "nothing signs its first line")
	require.NoError(t, os.WriteFile(path+SignatureEnd, sig, 0o600))
	require.NoError(t, os.WriteFile(path, []byte("Innehåll"), 0o600))
	require.Contains(t, judge(p), "underskriften stämmer inte")
	require.NoError(t, os.WriteFile(path+SignatureEnd, []byte("x"), 0o600))
	require.Equal(t, "underskriften går inte att läsa: filen är skadad eller avhuggen", judge(p))
}

func TestNothingIsSignedWithoutAKey(t *testing.T) {
	var k *Key
	require.Nil(t, k.SignTag())
	path := filepath.Join(t.TempDir(), "fil")
	require.NoError(t, k.SignFile(path))
	require.NoFileExists(t, path+SignatureEnd)
}
