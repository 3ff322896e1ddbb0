package seal

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/tsatest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// now is the time that something is stamped: a server's clock is a real one.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

func asked(s *tsatest.Server) TimestampServer {
	return TimestampServer{URL: s.URL, Issuers: s.Issuers, Client: &http.Client{Timeout: 30 * time.Second}}
}

// reported is a folder with a report in its chain.
func reported(t *testing.T) (dir string, e Entry) {
	t.Helper()
	dir = t.TempDir()
	e = entries(1)[0]
	path := filepath.Join(dir, e.Name+ReportEnd+ZipEnd)
	require.NoError(t, os.WriteFile(path, []byte("redovisningen"), 0o600))
	var err error
	e.Report, err = SumOf(path)
	require.NoError(t, err)
	enter(t, dir, e)
	return dir, e
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
			dir, e := reported(t)
			c.of.Does(c.fault)
			defer c.of.Does(tsatest.None)
			_, err := c.ask.Stamp(t.Context(), dir, e.Name, now())
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.want)
			require.NoFileExists(t, filepath.Join(dir, e.Name+ReportEnd+ZipEnd+StampEnd))
			got, err := ReadChain(dir)
			require.NoError(t, err)
			require.Equal(t, Chain{e}, got)
		})
	}
	dir, e := reported(t)
	_, err := asked(good).Stamp(t.Context(), dir, e.Name, now().Add(-time.Hour))
	require.ErrorContains(t, err, "serverns klocka visar")
	_, err = TimestampServer{URL: secret.URL, Issuers: secret.Issuers, User: "kommunen", Password: "losenord", Client: http.DefaultClient}.Stamp(t.Context(), dir, e.Name, now())
	require.NoError(t, err)
}

func TestAReportThatHasBeenChangedIsNotStamped(t *testing.T) {
	s := tsatest.Start(t, tsatest.Options{})
	dir, e := reported(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, e.Name+ReportEnd+ZipEnd), []byte("en annan"), 0o600))
	_, err := asked(s).Stamp(t.Context(), dir, e.Name, now())
	require.ErrorContains(t, err, "har ändrats: SHA-256-summan är inte den som står i kedja.jsonl")
	_, err = asked(s).Stamp(t.Context(), dir, "en-annan", now())
	require.ErrorIs(t, err, ErrUnknown)
}

func TestATimeStampIsEnteredInTheChainOnceAndToldInTheList(t *testing.T) {
	s := tsatest.Start(t, tsatest.Options{})
	dir, e := reported(t)
	at, err := asked(s).Stamp(t.Context(), dir, e.Name, now())
	require.NoError(t, err)
	list, err := List(dir)
	require.NoError(t, err)
	require.True(t, at.Equal(list[0].Stamped))
	require.Equal(t, []string{e.Name + "_redovisning.zip", e.Name + "_redovisning.zip.tsr"}, list[0].Files())
	stamp := filepath.Join(dir, e.Name+ReportEnd+ZipEnd+StampEnd)
	sum, err := SumOf(stamp)
	require.NoError(t, err)
	require.Equal(t, sum, list[0].Timestamp)
	reply, err := os.ReadFile(stamp)
	require.NoError(t, err)
	when, by, err := ReadStamp(reply, e.Report, s.Issuers)
	require.NoError(t, err)
	require.True(t, at.Equal(when))
	require.Equal(t, "CN=Exempelklockan", by)
	_, err = asked(s).Stamp(t.Context(), dir, e.Name, now())
	require.ErrorIs(t, err, ErrStamped)
}
