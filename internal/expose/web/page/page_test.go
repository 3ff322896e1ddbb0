package page

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/webtest"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

func n(v float64) *float64 { return &v }

func TestEveryTextIsInBothLanguagesAndEveryKeyHasOne(t *testing.T) {
	for key, text := range texts() {
		if text.SV == "" || text.EN == "" || strings.Count(text.SV, "%s") != strings.Count(text.EN, "%s") {
			t.Errorf("%s: %q and %q", key, text.SV, text.EN)
		}
	}
	used := map[string]bool{}
	keys := regexp.MustCompile(`(?:\.T |say\(|\.T\(|add\()"([^"%]+)"`)
	for _, pattern := range []string{"templates/*.tmpl", "*.go", "../*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range keys.FindAllStringSubmatch(string(b), -1) {
				used[m[1]] = true
				if _, ok := texts()[m[1]]; !ok && !strings.HasSuffix(m[1], "-") && !strings.HasSuffix(f, "_test.go") {
					t.Errorf("%s asks for the text %q, which there is not", f, m[1])
				}
			}
		}
	}
	if len(used) < 100 {
		t.Errorf("%d texts are used: the search has gone blind", len(used))
	}
}

func TestEveryFaultHasItsPage(t *testing.T) {
	for _, kind := range []string{"bad-day", "bad-unit", "bad-measure", "bad-page", "too-long", "not-found", "forbidden", "log-in-first", "stopped", "fault"} {
		for _, lang := range []string{"sv", "en"} {
			f := Frame{Words: wording.In(lang), Municipality: "Kommunen", Style: "/s.css", Path: "/x", Open: true, Login: Login{Possible: true}}
			b, err := New().Render(NewFault(f, kind, []Suggestion{{Title: "Ägare", Href: "/matt/a"}}))
			if faults := webtest.Faults(string(b)); err != nil || len(faults) > 0 || strings.Contains(string(b), kind+"-said") {
				t.Errorf("%s in %s: %v %v", kind, lang, err, faults)
			}
		}
	}
}

func TestLinksKeepWhatIsChosen(t *testing.T) {
	f := Frame{Path: "/matt?q=a+b", Choices: Choices{Date: "2025-12-31", Unit: "soc"}}
	for got, want := range map[string]string{
		f.Measure("sso_coverage"): "/matt/sso_coverage?datum=2025-12-31&forvaltning=soc",
		f.UnitPage("utb"):         "/forvaltning/utb?datum=2025-12-31",
		f.Other():                 "/matt?datum=2025-12-31&forvaltning=soc&q=a+b&sprak=en",
		f.Now():                   "/matt?forvaltning=soc&q=a+b",
		f.Measure(`<"/?&`):        "/matt/%3C%22%2F%3F&?datum=2025-12-31&forvaltning=soc",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if en := (Frame{Words: wording.In("en"), Path: "/"}); en.Other() != "/?sprak=sv" {
		t.Errorf("back to Swedish is %s", en.Other())
	}
}

func TestAFactOfTheWholeIsNotSaidOfAPart(t *testing.T) {
	x := finding.Finding{
		KPI: "a", Unit: "share", Value: n(.5), Numerator: n(50), Denominator: n(100), Outcome: finding.Met, Target: &finding.Target{Kind: "value", Value: n(.4)},
		Previous: &finding.Previous{Value: n(.4), Period: "year", Trend: "better"}, WaivedRows: 3,
		Breakdown: []finding.Cell{{Dimension: "org_unit", Key: "soc", Value: n(.2), Numerator: n(4), Denominator: n(20), Outcome: finding.Measured}},
	}
	f := Frame{Choices: Choices{Unit: "soc"}}
	r := f.row(x)
	if r.Figure.Counts != "4 av\u00a020" || r.Whole.Counts != "50 av\u00a0100" || r.Target != "" || r.Before != "" || r.State.Shape != "○" {
		t.Errorf("%+v", r)
	}
	if r := (Frame{Choices: Choices{Unit: "utb"}}).row(x); r.Known() || r.State.Word != "Vi vet inte" {
		t.Errorf("a förvaltning without figures: %+v", r)
	}
	if r := (Frame{}).row(x); r.Change != "bättre än ett år tidigare" || r.Target != "40\u00a0%" {
		t.Errorf("%+v", r)
	}
}

func TestADayLateIsOneDay(t *testing.T) {
	for late, want := range map[int]string{0: "", 1: "1 dag för sent", 30: "30 dagar för sent"} {
		if got := (Frame{}).goalRow("goal", followup.Row{State: followup.Overdue, Late: late}).Late; got != want {
			t.Errorf("%d days late: %q, want %q", late, got, want)
		}
	}
}

func TestAChangeIsSaidAgainstItsTime(t *testing.T) {
	for _, c := range []struct{ trend, period, sv, en string }{
		{"better", "year", "bättre än ett år tidigare", "better than a year earlier"},
		{"worse", "month", "sämre än en månad tidigare", "worse than a month earlier"},
		{"unchanged", "year", "ungefär som ett år tidigare", "about the same as a year earlier"},
		{"unchanged", "month", "ungefär som en månad tidigare", "about the same as a month earlier"},
		{"not_comparable", "year", "går inte att jämföra med ett år tidigare", "not comparable with a year earlier"},
		{"not_comparable", "month", "går inte att jämföra med en månad tidigare", "not comparable with a month earlier"},
		{"better", "target", "bättre", "better"},
	} {
		p := &finding.Previous{Value: n(.4), Period: c.period, Trend: c.trend}
		if sv, en := (Frame{}).change(p), (Frame{Words: wording.In("en")}).change(p); sv != c.sv || en != c.en {
			t.Errorf("%s since a %s: %q and %q", c.trend, c.period, sv, en)
		}
	}
}

func TestWhatIsHardToTrustStandsFirst(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	src := func(name string, days int, limit time.Duration, refused int64) store.SourceState {
		return store.SourceState{SourceInfo: store.SourceInfo{Name: name, ContentMaxAge: limit}, ContentAt: now.AddDate(0, 0, -days), Counts: store.Counts{Seen: 10, Refused: refused}}
	}
	d := OverviewData{
		Catalogue: catalogue.Catalogue{KPIs: []catalogue.Definition{{ID: "registry_population_gap", Area: "datakvalitet"}}},
		Findings:  []finding.Finding{{KPI: "registry_population_gap", Unit: "count", Value: n(1375), Outcome: finding.Measured}},
		Sources:   []store.SourceState{src("arenden", 1, 0, 0), src("systemlista", 100, 90*24*time.Hour, 3)}, Now: now,
	}
	said := func(f Frame) (out []string) {
		for _, s := range NewOverview(f, d).Sure {
			out = append(out, s.Figure+": "+s.Said)
		}
		return out
	}
	want := "100 dagar: Äldre än vad ni satt som gräns: systemlista. Siffror därifrån kan vara inaktuella.\n1\u00a0375 namn: Namn som syns i ärenden eller andra listor men inte i förteckningen.\n3 av 20: I systemlista. De räknas inte."
	if got := strings.Join(said(Frame{}), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// How the sources stood on another day is not kept, and what is told of them
	// must not be taken for it.
	const ofNow = " Så är källorna nu; hur de stod den dagen sparas inte."
	past := said(Frame{Choices: Choices{Date: "2019-01-01"}})
	if !strings.HasSuffix(past[0], ofNow) || strings.Contains(past[1], ofNow) || !strings.HasSuffix(past[2], ofNow) {
		t.Errorf("of another day: %q", past)
	}
}

func TestSearchFindsWordsOfBothLanguages(t *testing.T) {
	title := finding.Text{SV: "Andel system med gemensam inloggning", EN: "Share of systems with single sign-on"}
	for wanted, want := range map[string]bool{"": true, "INLOGGNING": true, "sign-on": true, "sso coverage": true, "system inloggning": true, "system skrivare": false, "%": false} {
		if got := matches(wanted, "sso_coverage", "Identitet", title); got != want {
			t.Errorf("%q: %v", wanted, got)
		}
	}
}

func TestAGoalThatIsClosedBesideAFigureThatMissesItIsNotGood(t *testing.T) {
	v := 29. / 60
	r := followup.Row{Reference: "12", State: followup.Closed, Status: "met", Measure: &finding.Finding{KPI: "a", Unit: "share", Value: &v, Outcome: finding.NotMet, Target: &finding.Target{Kind: "value"}}}
	row := (Frame{}).goalRow("goal", r)
	if row.State.Shape != "◐" || row.State.Class != "mid" || row.Note != "enligt listan; siffran når inte målet" {
		t.Errorf("%+v, %q", row.State, row.Note)
	}
	r.Measure.Outcome = finding.Met
	if row = (Frame{}).goalRow("goal", r); row.State.Shape != "●" || row.Note != "" {
		t.Errorf("%+v, %q", row.State, row.Note)
	}
}
