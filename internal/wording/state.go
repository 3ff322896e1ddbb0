package wording

import (
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// State is an outcome as a word and a shape, so that it does not hang on
// colour. Short is the word for narrow columns; Class names the colour: good,
// mid, bad or calm.
type State struct{ Shape, Word, Short, Class string }

// State says how a finding stands against its target.
func (w Words) State(f finding.Finding) State {
	looks := map[finding.Outcome]State{
		finding.Met: {Shape: "●", Class: "good"}, finding.Partly: {Shape: "◐", Class: "mid"}, finding.NotMet: {Shape: "■", Class: "bad"},
		finding.NotDue: {Shape: "△", Class: "calm"}, finding.Waived: {Shape: "◇", Class: "calm"}, finding.Measured: {Shape: "○", Class: "calm"},
		finding.Stale: {Shape: "▲", Class: "mid"}, finding.NoData: {Shape: "–", Class: "calm"},
		finding.NotApplicable: {Shape: "–", Class: "calm"}, finding.Error: {Shape: "×", Class: "bad"},
	}
	s := looks[f.Outcome]
	s.Word = Capital(w.Text(f.Outcome.Name()))
	if f.Outcome == finding.NotDue && f.Pace != "" {
		s.Word = Capital(w.Text(finding.PaceName(f.Pace)))
		if f.Pace == "behind" {
			s.Shape, s.Class = "▲", "mid"
		}
	}
	s.Short = s.Word
	if f.Outcome == finding.Measured {
		s.Short = w.pick("Inget mål", "No target")
	}
	if finding.Few(f.Denominator) {
		s.Class = "calm" // under ten rows nothing is coloured
	}
	return s
}

// Target says a target in words: "100 % senast 31 december 2027 (KS 2026/101, § 14)".
func (w Words) Target(t *finding.Target, unit string) string {
	if t == nil {
		return ""
	}
	s := w.TargetLevel(t, unit)
	if t.Due != "" {
		s += w.pick(" senast ", " by ") + w.DayText(t.Due)
	}
	if t.Decision != "" {
		s += " (" + strings.ReplaceAll(t.Decision, "§ ", "§"+nbsp) + ")"
	}
	return strings.TrimSpace(s)
}

// TargetLevel says what is aimed at, without when and by whom it was decided.
func (w Words) TargetLevel(t *finding.Target, unit string) string {
	switch {
	case t == nil:
		return ""
	case t.Kind == "band" && t.Low != nil && t.High != nil:
		return w.Level(unit, *t.Low) + w.pick(" till ", " to ") + w.Level(unit, *t.High)
	case t.Kind == "list":
		return strconv.Itoa(len(t.List)) + w.pick(" utpekade", " named")
	case t.Kind == "yes_no" && t.Value != nil && *t.Value == 0:
		return w.pick("nej", "no")
	case t.Kind == "yes_no":
		return w.pick("ja", "yes")
	case t.Kind == "count" && t.Value != nil:
		return w.Number(*t.Value, 0) + w.pick(nbsp+"stycken", "")
	case t.Value != nil:
		return w.Level(unit, *t.Value)
	}
	return ""
}

// Previous says how the figure stood, and better or worse only where the
// engine found that it may be said.
func (w Words) Previous(f finding.Finding) string {
	p := f.Previous
	if p == nil || p.Value == nil || f.Suppressed || finding.Few(f.Denominator) {
		return ""
	}
	var when string
	switch p.Period {
	case "month":
		when = w.pick("en månad tidigare", "a month earlier")
	case "year":
		when = w.pick("ett år tidigare", "a year earlier")
	default:
		when = w.DayText(p.AsOf)
	}
	s := Capital(when) + ": " + w.Figure(f.Unit, f.CountUnit, *p.Value)
	if p.Trend != "" {
		s += ", " + w.Text(finding.TrendName(p.Trend))
	}
	return s + "."
}
