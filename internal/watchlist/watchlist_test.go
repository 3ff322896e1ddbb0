package watchlist_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var update = flag.Bool("update", false, "rewrite the expected messages")

func TestEachFaultIsToldWithItsPlaceAndWhatWasProbablyMeant(t *testing.T) {
	files, err := filepath.Glob("testdata/bad-*.json")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = watchlist.Load(t.Context(), raw, "testdata")
			if !errors.Is(err, watchlist.ErrInvalid) {
				t.Fatalf("got %v", err)
			}
			got, path := err.Error()+"\n", strings.TrimSuffix(file, ".json")+".txt"
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func load(t *testing.T, file string) *watchlist.List {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := watchlist.Load(t.Context(), raw, "testdata")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func find(t *testing.T, l *watchlist.List, id string) *watchlist.Target {
	t.Helper()
	x, ok := l.Find(id)
	if !ok {
		t.Fatalf("no target %s", id)
	}
	return x
}

func TestATargetGetsWhatItsClassAndTheListSay(t *testing.T) {
	l := load(t, "testdata/good.json")
	core, school, web := find(t, l, "karnan"), find(t, l, "skolan"), find(t, l, "webb")
	want := watchlist.Rules{Failures: 2, FailuresOf: 3, Recoveries: 2, RecoveriesOf: 3, Flap: 90 * time.Second}
	if core.Rules != want || core.Interval != 5*time.Second || core.Timeout != 3*time.Second || core.Users != 400 {
		t.Errorf("karnan: %+v", core)
	}
	want.Failures, want.FailuresOf = 3, 5
	if school.Rules != want || school.Interval != 30*time.Second || school.Criticality != "normal" || school.Parent != "karnan" {
		t.Errorf("skolan: %+v", school)
	}
	if web.Address != "http://intranat.kommun.example/start" || web.Type != watchlist.HTTP || web.Module != "inloggning" || l.Modules["inloggning"].FollowRedirects {
		t.Errorf("webb: %+v", web)
	}
	if a := find(t, l, "namn").Address; a != "10.0.0.53:53" {
		t.Errorf("namn: %s", a)
	}
	if a := find(t, l, "port").Address; a != "10.0.0.2:161" {
		t.Errorf("port: %s", a)
	}
	g := l.Gateways()
	if len(g) != 1 || g[0].ID != "gateway:10.0.0.1" || g[0].Type != watchlist.ICMP || l.Rank("raddningstjanst") != 1 || l.Rank("x") != 3 {
		t.Errorf("gateways %+v", g)
	}
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	x, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Location())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestOpeningHoursKnowWeekdaysRedDaysAndHolidays(t *testing.T) {
	l := load(t, "testdata/good.json")
	o := find(t, l, "skolan").Opening
	for when, want := range map[string]bool{
		"2026-11-23 06:59": false, "2026-11-23 07:00": true, "2026-11-23 16:59": true, "2026-11-23 17:00": false,
		"2026-11-22 10:00": false, // Sunday
		"2026-07-01 10:00": false, // holidays
		"2026-12-25 10:00": false, // red
		"2026-12-28 10:00": false, "2026-12-29 10:00": true, "2020-03-02 10:00": true, "2031-03-03 10:00": true,
	} {
		if got := o.Open(at(t, when)); got != want {
			t.Errorf("%s: open %v", when, got)
		}
	}
	if n := o.Seconds(at(t, "2026-11-20 16:00"), at(t, "2026-11-23 08:00")); n != 7200 {
		t.Errorf("from Friday to Monday: %d s", n)
	}
	always := find(t, l, "karnan").Opening
	if !always.Always() || always.Seconds(at(t, "2026-11-20 16:00"), at(t, "2026-11-20 16:01")) != 60 || always.Seconds(at(t, "2026-11-20 16:01"), at(t, "2026-11-20 16:00")) != 0 {
		t.Error("always open is not")
	}
}

func TestPlannedWindowsComeEveryWeekOrOnceAndMayPassMidnight(t *testing.T) {
	l := load(t, "testdata/good.json")
	x := find(t, l, "skolan")
	for when, want := range map[string]bool{
		"2026-11-22 01:59": false, "2026-11-22 02:00": true, "2026-11-22 03:59": true, "2026-11-22 04:00": false, // every Sunday, for all
		"2026-11-28 22:59": false, "2026-11-28 23:30": true, "2026-11-29 00:59": true, "2026-11-29 01:00": false, // Saturday night
		"2026-12-01 21:59": false, "2026-12-01 22:00": true, "2026-12-02 03:59": true, "2026-12-02 04:00": false,
	} {
		if got := x.PlannedAt(at(t, when)); got != want {
			t.Errorf("%s: planned %v", when, got)
		}
	}
	if core := find(t, l, "karnan"); core.PlannedAt(at(t, "2026-12-01 23:00")) || !core.PlannedAt(at(t, "2026-11-29 02:30")) {
		t.Error("another target's window counts, or the list's does not")
	}
}

func TestAListIsReadFromAFile(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("testdata/natet.csv")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "natet.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	raw := json.RawMessage(`{"targets_file": "natet.csv", "targets": [{"id": "webb", "module": "http", "address": "intranat", "parent": "karnan"}]}`)
	if l, err := watchlist.Parse(raw); err != nil || len(l.Targets) != 1 {
		t.Fatalf("without the file: %+v, %v", l, err)
	}
	l, err := watchlist.Load(t.Context(), raw, dir)
	if err != nil {
		t.Fatal(err)
	}
	s := find(t, l, "skolan")
	want := record.Place{Doc: "natet.csv", Row: 4}
	if len(l.Targets) != 3 || s.Users != 1060 || s.OrgUnit != "BUF" || s.Type != watchlist.ICMP || s.Place != want {
		t.Errorf("%+v", s)
	}
	if l.File.Name() != "natet.csv" || l.File.Changed() {
		t.Errorf("%+v", l.File)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if !l.File.Changed() {
		t.Error("a changed file is not seen")
	}
}

func TestAFileThatIsMissingIsNoFaultOfTheSettings(t *testing.T) {
	_, err := watchlist.Load(t.Context(), json.RawMessage(`{"targets_file": "finns-inte.csv"}`), t.TempDir())
	if !errors.Is(err, os.ErrNotExist) || errors.Is(err, watchlist.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestAResultKeepsItsMeaningAsARecord(t *testing.T) {
	c, now := watchlist.NewCodec(), time.Date(2026, 11, 22, 8, 0, 1, 0, time.UTC)
	target := &watchlist.Target{ID: "skolan", Type: watchlist.SNMP, Site: "s", OrgUnit: "o", Criticality: "hog"}
	for _, want := range []watchlist.Result{
		{Verdict: watchlist.Up, Latency: 1500 * time.Microsecond, Value: 1},
		{Verdict: watchlist.Down, Cause: watchlist.Timeout},
		{Verdict: watchlist.Unknown, Cause: watchlist.Blind},
	} {
		r := watchlist.ResultFor(target, now)
		r.Verdict, r.Cause, r.Latency, r.Value = want.Verdict, want.Cause, want.Latency, want.Value
		rec := c.Record(r)
		if got, ok := c.Result(&rec); !ok || got != r {
			t.Errorf("got %+v, want %+v", got, r)
		}
		samples, ok := rec.Get("samples").I, rec.Get("ok").I
		if known := want.Verdict != watchlist.Unknown; (samples == 1) != known || (ok == 1) != (want.Verdict == watchlist.Up) {
			t.Errorf("%v: %d samples, %d ok", want.Verdict, samples, ok)
		}
	}
	cert := c.Certificate(target, now, now.AddDate(0, 1, 0))
	if id, expires, ok := c.Expiry(&cert); !ok || id != "skolan" || !expires.Equal(now.AddDate(0, 1, 0)) {
		t.Errorf("certificate: %s %s %v", id, expires, ok)
	}
	if _, ok := c.Result(&cert); ok {
		t.Error("a certificate is taken for a result")
	}
}

func FuzzSettingsNeverPanic(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := watchlist.Parse(raw)
		if (l == nil) == (err == nil) || err != nil && err.Error() == "" {
			t.Errorf("%v, %v", l, err)
		}
	})
}
