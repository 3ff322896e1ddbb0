package snapshot

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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

func asked(s *tsatest.Server) TimestampServer {
	return TimestampServer{URL: s.URL, Issuers: s.Issuers, Client: &http.Client{Timeout: 30 * time.Second}}
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
	require.ErrorIs(t, err, ErrStamped)
	_, err = asked(s).Stamp(t.Context(), dir, "en-annan", now())
	require.ErrorIs(t, err, ErrUnknown)
}

func TestATimeStampThatDoesNotHoldIsNotKept(t *testing.T) {
	good := tsatest.Start(t, tsatest.Options{})
	expired := tsatest.Start(t, tsatest.Options{Expired: true})
	secret := tsatest.Start(t, tsatest.Options{User: "kommunen", Password: "losenord"})
	for name, c := range map[string]struct {
		ask   TimestampServer
		fault tsatest.Fault
		of    *tsatest.Server
		is    error
		want  string
	}{
		"of another file":          {asked(good), tsatest.OtherFile, good, ErrStamp, "tidsstämpeln håller inte: den gäller en annan fil"},
		"of another question":      {asked(good), tsatest.OtherNonce, good, ErrStamp, "tidsstämpeln håller inte: svaret hör inte till frågan som ställdes"},
		"refused":                  {asked(good), tsatest.Refuses, good, ErrStamp, "tidsstämpeln håller inte: "},
		"an expired certificate":   {asked(expired), tsatest.None, expired, ErrStamp, "tidsstämpeln håller inte: utfärdarens certifikat gällde inte"},
		"somebody else's":          {TimestampServer{URL: good.URL, Issuers: expired.Issuers, Client: http.DefaultClient}, tsatest.None, good, ErrStamp, "utfärdaren är ingen av dem som den angivna ca-filen pekar ut"},
		"HTTP 500":                 {asked(good), tsatest.Broken, good, ErrStampServer, "tidsstämpelservern gav ingen tidsstämpel: den svarade 500 Internal Server Error"},
		"a page":                   {asked(good), tsatest.Page, good, ErrStampServer, `svaret är av slaget "text/html", inte application/timestamp-reply`},
		"a server that hangs":      {TimestampServer{URL: good.URL, Issuers: good.Issuers, Client: &http.Client{Timeout: 300 * time.Millisecond}}, tsatest.Hangs, good, ErrStampServer, "tidsstämpelservern gav ingen tidsstämpel"},
		"a server that is gone":    {TimestampServer{URL: "http://" + testneed.FreeAddr(t), Issuers: good.Issuers, Client: http.DefaultClient}, tsatest.None, good, ErrStampServer, "tidsstämpelservern gav ingen tidsstämpel"},
		"a server that wants more": {asked(secret), tsatest.None, secret, ErrStampServer, "den svarade 401 Unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, w := made(t, nil)
			c.of.Does(c.fault)
			defer c.of.Does(tsatest.None)
			_, err := c.ask.Stamp(t.Context(), dir, w.Name, now())
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.want)
			require.NoFileExists(t, w.Report.Path+".tsr")
			require.Empty(t, verify(t, w.Report.Path, nil).Faults)
		})
	}
	dir, w := made(t, nil)
	_, err := asked(good).Stamp(t.Context(), dir, w.Name, now().Add(-time.Hour))
	require.ErrorContains(t, err, "serverns klocka visar")
	_, err = TimestampServer{URL: secret.URL, Issuers: secret.Issuers, User: "kommunen", Password: "losenord", Client: http.DefaultClient}.Stamp(t.Context(), dir, w.Name, now())
	require.NoError(t, err)
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
	require.NoError(t, os.Remove(filepath.Join(elsewhere, ChainFile)))
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
