package report

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// nbsp keeps a day and its month on one line.
const nbsp = "\u00a0"

func count(n int64) string { return finding.Number(float64(n), 0) }

// figure is a value in two cells, counts first: "75 av 500" and "15,0 %".
type figure struct{ Counts, Value string }

func newFigure(value, num, den *float64, unit, countUnit string, suppressed bool) figure {
	var f figure
	if suppressed {
		return figure{Value: "för få för att visas"}
	}
	if value == nil {
		return f
	}
	if unit == "share" && num != nil && den != nil {
		f.Counts = finding.Value("count", *num) + nbsp + "av" + nbsp + finding.Value("count", *den)
		if countUnit == "sek" {
			f.Counts += nbsp + "kr"
		}
		if finding.Few(den) {
			return f
		}
	}
	f.Value = finding.Figure(unit, countUnit, *value)
	return f
}

// state is an outcome as a word and a shape, so that it does not hang on colour.
// Short is the word for narrow columns.
type state struct{ Shape, Word, Short, Class string }

func stateOf(f finding.Finding) state {
	looks := map[finding.Outcome]state{
		finding.Met: {Shape: "●", Class: "good"}, finding.Partly: {Shape: "◐", Class: "mid"}, finding.NotMet: {Shape: "■", Class: "bad"},
		finding.NotDue: {Shape: "△", Class: "calm"}, finding.Waived: {Shape: "◇", Class: "calm"}, finding.Measured: {Shape: "○", Class: "calm"},
		finding.Stale: {Shape: "▲", Class: "mid"}, finding.NoData: {Shape: "–", Class: "calm"},
		finding.NotApplicable: {Shape: "–", Class: "calm"}, finding.Error: {Shape: "×", Class: "bad"},
	}
	s := looks[f.Outcome]
	s.Word = capital(f.Outcome.Name().SV)
	if f.Outcome == finding.NotDue && f.Pace != "" {
		s.Word = capital(finding.PaceName(f.Pace).SV)
		if f.Pace == "behind" {
			s.Shape, s.Class = "▲", "mid"
		}
	}
	s.Short = s.Word
	if f.Outcome == finding.Measured {
		s.Short = "Inget mål"
	}
	if finding.Few(f.Denominator) {
		s.Class = "calm" // under ten rows nothing is coloured
	}
	return s
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func months() []string {
	return []string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}
}

// day writes "3 mars 2026"; the zero time is "okänt".
func day(t time.Time) string {
	if t.IsZero() {
		return "okänt"
	}
	return strconv.Itoa(t.Day()) + nbsp + months()[t.Month()-1] + nbsp + strconv.Itoa(t.Year())
}

// dayText writes an ISO day as people say it; anything else stays as it is.
func dayText(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return day(t)
}

// targetText says a target in words.
func targetText(t *finding.Target, unit string) string {
	if t == nil {
		return ""
	}
	var s string
	switch {
	case t.Kind == "band" && t.Low != nil && t.High != nil:
		s = level(unit, *t.Low) + " till " + level(unit, *t.High)
	case t.Kind == "list":
		s = strconv.Itoa(len(t.List)) + " utpekade"
	case t.Kind == "yes_no":
		s = "ja"
		if t.Value != nil && *t.Value == 0 {
			s = "nej"
		}
	case t.Kind == "count" && t.Value != nil:
		s = finding.Number(*t.Value, 0) + nbsp + "stycken"
	case t.Value != nil:
		s = level(unit, *t.Value)
	}
	if t.Due != "" {
		s += " senast " + dayText(t.Due)
	}
	if t.Decision != "" {
		s += " (" + strings.ReplaceAll(t.Decision, "§ ", "§"+nbsp) + ")"
	}
	return strings.TrimSpace(s)
}

// level writes a decided level: a whole percent without decimals.
func level(unit string, v float64) string {
	if unit == "share" && finding.Round(v*100, 4) == finding.Round(v*100, 0) {
		return finding.Percent(v, 0)
	}
	return finding.Value(unit, v)
}

// previous says how the figure stood, and better or worse only where the
// engine found that it may be said.
func previous(f finding.Finding) string {
	p := f.Previous
	if p == nil || p.Value == nil || f.Suppressed || finding.Few(f.Denominator) {
		return ""
	}
	when := map[string]string{"month": "en månad tidigare", "year": "ett år tidigare"}[p.Period]
	if when == "" {
		when = dayText(p.AsOf)
	}
	s := capital(when) + ": " + finding.Figure(f.Unit, f.CountUnit, *p.Value)
	if p.Trend != "" {
		s += ", " + finding.TrendName(p.Trend).SV
	}
	return s + "."
}
