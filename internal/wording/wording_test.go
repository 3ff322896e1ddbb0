package wording_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

func n(v float64) *float64 { return &v }

// spaces makes the spaces that keep a number together visible.
func spaces(s string) string { return strings.ReplaceAll(s, "\u00a0", "~") }

func TestAFigureIsWrittenInBothLanguages(t *testing.T) {
	sv, en := wording.In("sv"), wording.In("en")
	for _, c := range []struct{ name, sv, en string }{
		{"a number", sv.Number(1140.5, 1) + "|1~140,5", en.Number(1140.5, 1) + "|1,140.5"},
		{"less than nothing", sv.Number(-1500, 0) + "|−1~500", en.Number(-1500, 0) + "|−1,500"},
		{"a share", sv.Value("share", 0.275) + "|27,5~%", en.Value("share", 0.275) + "|27.5%"},
		{"a decided share", sv.Level("share", 0.7) + "|70~%", en.Level("share", 0.7) + "|70%"},
		{"money", sv.Value("sek", 1234567) + "|1~234~567~kr", en.Value("sek", 1234567) + "|1,234,567~SEK"},
		{"months", sv.Value("months", 13.5) + "|13,5 månader", en.Value("months", 13.5) + "|13.5 months"},
		{"a month", sv.Value("months", 1) + "|1 månad", en.Value("months", 1) + "|1 month"},
		{"per hundred", sv.Value("per_hundred", 3.14) + "|3,1 per hundra", en.Value("per_hundred", 3.14) + "|3.1 per hundred"},
		{"a ratio", sv.Value("ratio", 6.6667) + "|6,67", en.Value("ratio", 6.6667) + "|6.67"},
		{"a while", sv.Value("seconds", 5760) + "|1 timme och 36 minuter", en.Value("seconds", 5760) + "|1 hour and 36 minutes"},
		{"days", sv.Value("seconds", 420*86400) + "|420 dygn", en.Value("seconds", 420*86400) + "|420 days"},
		{"before", sv.Value("seconds", -60) + "|minus 1 minut", en.Value("seconds", -60) + "|minus 1 minute"},
		{"the time of many", sv.Figure("seconds", "user_time", 18*86400+3*3600) + "|435 timmar", en.Figure("seconds", "user_time", 18*86400+3*3600) + "|435 hours"},
	} {
		for _, s := range []string{c.sv, c.en} {
			got, want, _ := strings.Cut(spaces(s), "|")
			if got != want {
				t.Errorf("%s: got %q, want %q", c.name, got, want)
			}
		}
	}
}

func TestCountsStandBeforePercentAndAloneWhereTheyAreFew(t *testing.T) {
	sv, en := wording.In("sv"), wording.In("en")
	for _, c := range []struct {
		p      wording.Pair
		sv, en wording.Figure
	}{
		{wording.Pair{Value: n(.7), Numerator: n(148), Denominator: n(212), Unit: "share"}, wording.Figure{Counts: "148~av~212", Value: "70,0~%"}, wording.Figure{Counts: "148~of~212", Value: "70.0%"}},
		{wording.Pair{Value: n(2. / 3), Numerator: n(2), Denominator: n(3), Unit: "share"}, wording.Figure{Counts: "2~av~3"}, wording.Figure{Counts: "2~of~3"}},
		{wording.Pair{Value: n(.5), Numerator: n(50), Denominator: n(100), Unit: "share", CountUnit: "sek"}, wording.Figure{Counts: "50~av~100~kr", Value: "50,0~%"}, wording.Figure{Counts: "50~of~100~SEK", Value: "50.0%"}},
		{wording.Pair{Unit: "share", Suppressed: true}, wording.Figure{Value: "för få för att visas"}, wording.Figure{Value: "too few to show"}},
		{wording.Pair{Unit: "share"}, wording.Figure{}, wording.Figure{}},
	} {
		for _, got := range []struct{ got, want wording.Figure }{{sv.Pair(c.p), c.sv}, {en.Pair(c.p), c.en}} {
			got.got.Counts, got.got.Value = spaces(got.got.Counts), spaces(got.got.Value)
			if got.got != got.want {
				t.Errorf("got %+v, want %+v", got.got, got.want)
			}
		}
	}
}

func TestATargetIsSaidWithItsDayAndDecision(t *testing.T) {
	for _, c := range []struct {
		target finding.Target
		sv, en string
	}{
		{finding.Target{Kind: "value", Value: n(1), Due: "2027-12-31", Decision: "KS 2026/101, § 14"}, "100~% senast 31~december~2027 (KS 2026/101, §~14)", "100% by 31~December~2027 (KS 2026/101, §~14)"},
		{finding.Target{Kind: "count", Value: n(30)}, "30~stycken", "30"},
		{finding.Target{Kind: "band", Low: n(.015), High: n(.025)}, "1,5~% till 2,5~%", "1.5% to 2.5%"},
		{finding.Target{Kind: "list", List: []string{"a", "b"}}, "2 utpekade", "2 named"},
		{finding.Target{Kind: "yes_no", Value: n(1)}, "ja", "yes"},
		{finding.Target{Kind: "yes_no", Value: n(0)}, "nej", "no"},
	} {
		if got := spaces(wording.In("sv").Target(&c.target, "share")); got != c.sv {
			t.Errorf("got %q, want %q", got, c.sv)
		}
		if got := spaces(wording.In("en").Target(&c.target, "share")); got != c.en {
			t.Errorf("got %q, want %q", got, c.en)
		}
	}
	if got := (wording.Words{}).Target(nil, "share"); got != "" {
		t.Errorf("no target is %q", got)
	}
}

func TestEveryOutcomeHasAShapeAndAWord(t *testing.T) {
	for _, o := range finding.Outcomes() {
		for _, lang := range []string{"sv", "en"} {
			s := wording.In(lang).State(finding.Finding{Outcome: o})
			if s.Shape == "" || s.Word == "" || s.Short == "" || s.Class == "" {
				t.Errorf("%s in %s: %+v", o, lang, s)
			}
		}
	}
	behind := wording.In("sv").State(finding.Finding{Outcome: finding.NotDue, Pace: "behind"})
	if behind.Shape != "▲" || behind.Word != "Efter planen" {
		t.Errorf("behind is %+v", behind)
	}
	if few := wording.In("sv").State(finding.Finding{Outcome: finding.NotMet, Denominator: n(3)}); few.Class != "calm" {
		t.Errorf("three rows are coloured %s", few.Class)
	}
}

func TestDaysAreSaidInWords(t *testing.T) {
	at := time.Date(2026, 3, 3, 9, 38, 0, 0, time.UTC)
	sv, en := wording.In("sv"), wording.In("en")
	for got, want := range map[string]string{
		sv.Day(at): "3~mars~2026", en.Day(at): "3~March~2026", sv.Clock(at): "3~mars kl.~09.38", en.Clock(at): "3~March at~09:38",
		sv.Day(time.Time{}): "okänt", en.Clock(time.Time{}): "never", sv.DayText("2026-03-03"): "3~mars~2026", sv.DayText("snart"): "snart", sv.ShortMonth(at): "mar",
	} {
		if spaces(got) != want {
			t.Errorf("got %q, want %q", spaces(got), want)
		}
	}
}

func TestNamesSortAsTheSwedishAlphabetDoes(t *testing.T) {
	names := []string{"Arkiv", "Zon", "Ålder", "ålder 2", "Ärende", "Öppet"}
	if !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(wording.SortKey(a), wording.SortKey(b)) }) {
		t.Error("z, å, ä, ö is not the order")
	}
}

func TestAReasonIsToldWithoutTheFieldsOwnNames(t *testing.T) {
	reason := finding.Text{SV: "Ingen källa visar systemägare (system.role:owner) eller rollens omfattning (org_unit.role.fte).", EN: "There are no rows to count (orders)."}
	if got, want := wording.In("sv").Why(reason), "Ingen källa visar systemägare eller rollens omfattning."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := wording.In("en").Why(reason); got != reason.EN {
		t.Errorf("got %q, want %q", got, reason.EN)
	}
}

func TestWhatIsNotCountedIsSaidOnce(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Räknas inte: appar och infrastruktur.", "Appar och infrastruktur."},
		{"Not counted: apps.", "Apps."},
		{"Räknas inte: ärenden utan datum.", "Ärenden utan datum."},
		{"Planerade arbeten räknas inte.", "Planerade arbeten räknas inte."},
		{"", ""},
	} {
		if got := wording.NotCounted(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
