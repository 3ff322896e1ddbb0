package pingcastle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/kommunpuls/kommunpuls/plugins/pingcastle"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// sink keeps what was said.
type sink struct {
	header sdk.Header
	recs   map[string]*record.Record
}

func (s *sink) Begin(h sdk.Header) error { s.header = h; return nil }
func (s *sink) Write(recs []record.Record) error {
	if s.recs == nil {
		s.recs = map[string]*record.Record{}
	}
	for _, r := range recs {
		s.recs[r.Get("indicator").S] = &r
	}
	return nil
}
func (s *sink) Warn(sdk.Warning) error            { return nil }
func (s *sink) Progress(int64, int64) error       { return nil }
func (s *sink) Purge(record.Kind, []string) error { return errors.New("a report never purges") }

func collect(t *testing.T, dir string, cursor []byte) (*sink, sdk.End, error) {
	t.Helper()
	var s sink
	end, err := pingcastle.Source{}.Collect(t.Context(), sdk.CollectRequest{
		Settings: sdk.Settings{JSON: json.RawMessage(`{"file":"*.xml"}`), BaseDir: dir}, Cursor: cursor, Now: now}, &s)
	return &s, end, err
}

func sample(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/ad_hc_kommun.example.xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, text []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rapport.xml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAReportGivesFiveScoresAndItsRules(t *testing.T) {
	s, end, err := collect(t, put(t, []byte(sample(t))), nil)
	if err != nil {
		t.Fatal(err)
	}
	if end.Seen != 9 || len(s.recs) != 9 {
		t.Fatalf("seen %d, %d records", end.Seen, len(s.recs))
	}
	for indicator, want := range map[string]struct {
		area  string
		score float64
	}{
		"global": {"global", 60}, "stale_objects": {"stale_objects", 31}, "privileged_accounts": {"privileged_accounts", 60}, "trusts": {"trusts", 0}, "anomalies": {"anomalies", 35},
		"S-SMB-v1": {"stale_objects", 30}, "P-AdminNum": {"privileged_accounts", 60}, "A-Krbtgt": {"other", 35},
	} {
		r := s.recs[indicator]
		if r == nil || r.Get("area").S != want.area || r.Get("score").F != want.score || r.Get("score").State != record.Set {
			t.Errorf("%s: want %+v, got %+v %+v", indicator, want, r.Get("area"), r.Get("score"))
		}
		if r.Get("subject").S != "kommun.example" || r.Get("framework_version").S != "3.3.0.1" || r.Get("framework").S != "pingcastle" || r.Get("scale_max").F != 100 {
			t.Errorf("%s: %+v", indicator, r.Values)
		}
		if want := time.Date(2026, 11, 2, 20, 14, 22, 0, time.UTC).Unix(); r.Get("assessed_at").I != want {
			t.Errorf("%s: at %s", indicator, time.Unix(r.Get("assessed_at").I, 0).UTC())
		}
	}
	if want := time.Date(2026, 11, 2, 20, 14, 22, 0, time.UTC); !s.header.ContentAt.Truncate(time.Second).Equal(want) {
		t.Errorf("content of %s", s.header.ContentAt)
	}
}

func TestAReportThatHasNotChangedIsNotReadIntoTheStoreAgain(t *testing.T) {
	dir := put(t, []byte(sample(t)))
	_, end, err := collect(t, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := collect(t, dir, end.Cursor)
	if err != nil || !again.header.Unchanged || len(again.recs) > 0 {
		t.Errorf("unchanged %v, %d records, %v", again.header.Unchanged, len(again.recs), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "rapport.xml"), []byte(strings.Replace(sample(t), "<TrustScore>0<", "<TrustScore>5<", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	changed, _, err := collect(t, dir, end.Cursor)
	if err != nil || changed.header.Unchanged || changed.recs["trusts"].Get("score").F != 5 {
		t.Errorf("unchanged %v, %v", changed.header.Unchanged, err)
	}
}

func TestEncodingsOfAReport(t *testing.T) {
	var wide bytes.Buffer
	wide.Write([]byte{0xff, 0xfe})
	for _, u := range utf16.Encode([]rune(strings.Replace(sample(t), "utf-8", "utf-16", 1))) {
		wide.Write([]byte{byte(u), byte(u >> 8)})
	}
	for name, text := range map[string][]byte{
		"a byte order mark": append([]byte{0xef, 0xbb, 0xbf}, sample(t)...),
		"UTF-16":            wide.Bytes(),
		"Windows-1252":      []byte(strings.Replace(strings.Replace(sample(t), "utf-8", "windows-1252", 1), "Too many", "F\xf6r m\xe5nga", 1)),
		"an older spelling": []byte(strings.ReplaceAll(strings.ReplaceAll(sample(t), "HealthcheckData", "HealthCheckData"), "HealthcheckRiskRule", "HealthCheckRiskRule")),
		"an offset":         []byte(strings.Replace(sample(t), "21:14:22.7654321<", "20:14:22Z<", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			s, _, err := collect(t, put(t, text), nil)
			if err != nil || len(s.recs) != 9 || s.recs["global"].Get("score").F != 60 || s.recs["global"].Get("assessed_at").I != 1793650462 {
				t.Errorf("%d records, %v, %v", len(s.recs), s.recs["global"].Get("assessed_at").I, err)
			}
		})
	}
}

func TestWhatIsWrongWithAReportIsToldWithItsPlaceAndNothingOfItsContent(t *testing.T) {
	replace := func(old, text string) string { return strings.Replace(sample(t), old, text, 1) }
	for _, c := range []struct{ name, text, want string }{
		{"cut", sample(t)[:1500], "avkortad"},
		{"empty", "", "tom"},
		{"no XML", "GlobalScore;60\n", "ingen XML"},
		{"a web page", "<html><body>Logga in, anna.svensson</body></html>", "roten heter"},
		{"encrypted", "<EncryptedXml><Data>x</Data></EncryptedXml>", "krypterad"},
		{"a score over the top", replace("<TrustScore>0<", "<TrustScore>101<"), "rad 14: TrustScore är inget tal mellan 0 och 100"},
		{"a score in words", replace("<GlobalScore>60<", "<GlobalScore>anna.svensson<"), "GlobalScore är inget tal"},
		{"a missing score", replace("<AnomalyScore>35</AnomalyScore>", ""), "saknar AnomalyScore"},
		{"no domain", replace("<DomainFQDN>Kommun.example</DomainFQDN>", ""), "saknar DomainFQDN"},
		{"a domain that is none", replace("Kommun.example", "CN=Anna Svensson"), "inget domännamn"},
		{"no date", replace("2026-11-02T21:14:22.7654321", "i går"), "GenerationDate är ingen tidpunkt"},
		{"an unset date", replace("2026-11-02T21:14:22.7654321", "0001-01-01T00:00:00"), "GenerationDate är ingen tidpunkt"},
		{"a version that is none", replace("3.3.0.1", "anna.svensson"), "EngineVersion är inget versionsnummer"},
		{"a rule that is a sentence", replace("S-Inactive", "anna.svensson är inaktiv"), "RiskId är ingen regel"},
		{"a rule without a name", replace("<RiskId>S-Inactive</RiskId>", ""), "saknar RiskId"},
		{"markup that does not match", replace("</RiskRules>", "</Rules>"), "inte rätt skriven XML"},
		{"entities", replace("<HealthcheckData", `<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><HealthcheckData`), "dokumenttyp"},
		{"an entity of nobody", replace("3.3.0.1", "&b;"), "inte rätt skriven XML"},
		{"another encoding", replace("utf-8", "ebcdic"), "teckenkodningen"},
		{"a value without an end", replace("Kommun.example", strings.Repeat("a", 5000)), "för långt"},
		{"elements in a value", replace("<GlobalScore>60<", "<GlobalScore><b>60</b><"), "element i sig"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := collect(t, put(t, []byte(c.text)), nil)
			if !errors.Is(err, sdk.ErrBadInput) {
				t.Fatalf("want ErrBadInput, got %v", err)
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "rapport.xml") {
				t.Errorf("want %q of rapport.xml, got %v", c.want, err)
			}
			if strings.Contains(strings.ToLower(err.Error()), "anna") {
				t.Errorf("the fault names somebody: %v", err)
			}
		})
	}
}

func TestDeepNestingIsPassedOver(t *testing.T) {
	const deep = 200_000
	text := strings.Replace(sample(t), "<Trusts />", strings.Repeat("<a>", deep)+strings.Repeat("</a>", deep), 1)
	s, _, err := collect(t, put(t, []byte(text)), nil)
	if err != nil || len(s.recs) != 9 {
		t.Errorf("%d records, %v", len(s.recs), err)
	}
}

func TestNoReportIsNoData(t *testing.T) {
	if _, _, err := collect(t, t.TempDir(), nil); !errors.Is(err, sdk.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	for settings, field := range map[string]string{`{}`: "file", `{"file":"["}`: "file", `{"file":"a.xml","timezone":"Mars"}`: "timezone", `{"fil":"a"}`: ""} {
		ps := pingcastle.Source{}.Validate(context.Background(), sdk.Settings{JSON: json.RawMessage(settings), BaseDir: t.TempDir()})
		if len(ps) != 1 || ps[0].Field != field {
			t.Errorf("%s: %+v", settings, ps)
		}
	}
}

func FuzzReport(f *testing.F) {
	b, err := os.ReadFile("testdata/ad_hc_kommun.example.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("<HealthcheckData/>"))
	f.Add([]byte("\xff\xfe<"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, "a.xml"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		s, _, err := collect(t, dir, nil)
		if err == nil && len(s.recs) < 5 {
			t.Errorf("a report without its scores is whole: %d", len(s.recs))
		}
	})
}
