package snapshot

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/tsatest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// now is the time of a snapshot that is stamped: a server's clock is a real one.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

func made(t *testing.T, change func(*Content)) (dir string, w Written) {
	t.Helper()
	dir = t.TempDir()
	c := content()
	c.Created = now()
	if change != nil {
		change(&c)
	}
	w, err := Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	return dir, w
}

func asked(s *tsatest.Server) seal.TimestampServer {
	return seal.TimestampServer{URL: s.URL, Issuers: s.Issuers, Client: &http.Client{Timeout: 30 * time.Second}}
}

func faults(v Verified) []string {
	var out []string
	for _, f := range v.Faults {
		out = append(out, f.What+": "+f.Why)
	}
	return out
}

func TestATimeStampLiesBesideTheReportAndOpensslVerifiesIt(t *testing.T) {
	openssl := testneed.Program(t, "openssl")
	s := tsatest.Start(t, tsatest.Options{})
	dir, w := made(t, nil)
	before, err := os.ReadFile(w.Report.Path)
	require.NoError(t, err)
	at, err := asked(s).Stamp(t.Context(), dir, w.Name, now())
	require.NoError(t, err)
	after, err := os.ReadFile(w.Report.Path)
	require.NoError(t, err)
	require.Equal(t, before, after, "a snapshot is never changed")

	out, err := exec.Command(openssl, "ts", "-verify", "-in", w.Report.Path+".tsr", "-data", w.Report.Path, "-CAfile", s.CA).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "Verification: OK")

	v, err := Against{Issuers: s.Issuers}.Verify(t.Context(), w.Report.Path)
	require.NoError(t, err)
	require.Empty(t, v.Faults)
	require.True(t, at.Equal(v.Stamped))
	require.Equal(t, "CN=Exempelklockan", v.StampedBy)

	v = verify(t, w.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Empty(t, v.StampedBy, "nobody was named who is believed")

	_, err = asked(s).Stamp(t.Context(), dir, w.Name, now())
	require.ErrorIs(t, err, seal.ErrStamped)
	_, err = asked(s).Stamp(t.Context(), dir, "en-annan", now())
	require.ErrorIs(t, err, seal.ErrUnknown)
}

func TestATimeStampIsHeldAgainstTheSnapshot(t *testing.T) {
	s := tsatest.Start(t, tsatest.Options{})
	other := tsatest.Start(t, tsatest.Options{})
	dir, w := made(t, nil)
	_, err := asked(s).Stamp(t.Context(), dir, w.Name, now())
	require.NoError(t, err)
	stamp := w.Report.Path + ".tsr"
	name := filepath.Base(stamp)

	v, err := Against{Issuers: other.Issuers}.Verify(t.Context(), w.Report.Path)
	require.NoError(t, err)
	require.Equal(t, []string{name + ": tidsstämpeln håller inte: utfärdaren är ingen av dem som den angivna ca-filen pekar ut"}, faults(v))

	whole, err := os.ReadFile(stamp)
	require.NoError(t, err)
	require.NoError(t, os.Remove(stamp))
	require.Equal(t, []string{name + ": saknas, fast bilden är tidsstämplad enligt kedja.jsonl"}, faults(verify(t, w.Report.Path, nil)))
	require.NoError(t, os.WriteFile(stamp, whole[:len(whole)/2], 0o600))
	require.NotEmpty(t, verify(t, w.Report.Path, nil).Faults)

	// The stamp of one report beside another, without a chain that tells.
	elsewhere, x := made(t, func(c *Content) { c.Version = "en annan" })
	require.NoError(t, os.Remove(filepath.Join(elsewhere, seal.ChainFile)))
	require.NoError(t, os.WriteFile(x.Report.Path+".tsr", whole, 0o600))
	v = verify(t, x.Report.Path, nil)
	require.Equal(t, []string{name + ": tidsstämpeln håller inte: den gäller en annan fil"}, faults(v))
}

func TestATimeStampFromBeforeTheSnapshotWasMadeIsToldOf(t *testing.T) {
	s := tsatest.Start(t, tsatest.Options{})
	dir, w := made(t, func(c *Content) { c.Created = now().Add(time.Hour) })
	_, err := asked(s).Stamp(t.Context(), dir, w.Name, now())
	require.NoError(t, err)
	got := faults(verify(t, w.Report.Path, nil))
	require.Len(t, got, 1)
	require.Contains(t, got[0], "men bilden säger sig vara gjord")
	require.Contains(t, got[0], "en av klockorna gick fel")
}
