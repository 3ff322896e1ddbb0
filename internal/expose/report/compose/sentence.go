package compose

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

const nbsp = "\u00a0"

// say fills a definition's sentence with a figure, without a full stop; "" where
// the definition has none or there is no figure to show.
func (c composer) say(d *catalogue.Definition, f *finding.Finding) string {
	text := c.w.Text(d.Sentence)
	if text == "" || f == nil || f.Value == nil || f.Suppressed || !f.Outcome.HasValue() {
		return ""
	}
	fill := []string{"{value}", c.plain(f, *f.Value), "{population}", c.w.Text(f.Population)}
	if f.Numerator != nil && f.Denominator != nil {
		fill = append(fill, "{n}", c.w.Value("count", *f.Numerator), "{of}", c.w.Value("count", *f.Denominator), "{percent}", percent(f))
	} else if strings.Contains(text, "{n}") || strings.Contains(text, "{of}") {
		return ""
	}
	said := strings.NewReplacer(fill...).Replace(text)
	return wording.Capital(strings.TrimSpace(strings.ReplaceAll(said, "  ", " ")))
}

// percent is a share in words with its parentheses, "" where it stands on few rows.
func percent(f *finding.Finding) string {
	_, share, ok := strings.Cut(finding.ShareOf(*f.Numerator, *f.Denominator), " (")
	if !ok || *f.Denominator == 0 {
		return ""
	}
	return "(" + strings.Replace(share, " procent", nbsp+"procent", 1)
}

// plain writes a value as it is said: percent in letters.
func (c composer) plain(f *finding.Finding, v float64) string {
	if f.Unit == "score" || f.Unit == "index" {
		return c.w.Number(v, 0)
	}
	return inLetters(c.w.Figure(f.Unit, f.CountUnit, v))
}

// inLetters says percent and kronor in letters, as running text does.
func inLetters(s string) string {
	return strings.NewReplacer(nbsp+"%", nbsp+"procent", nbsp+"kr", nbsp+"kronor").Replace(s)
}

// comparable tells whether a figure may be held against the one before it.
// Where nothing at all had happened within the window then, it was most likely
// not written down.
func (c composer) comparable(f *finding.Finding) bool {
	p := f.Previous
	if p == nil || p.Value == nil || p.Trend == "not_comparable" || finding.Few(f.Denominator) {
		return false
	}
	d := c.defs[f.KPI]
	return *p.Value != 0 || d == nil || d.Window == nil
}

// earlier says what a figure was: "för ett år sedan var det 131 av 205". It is
// "" where nothing is known of it or it cannot be compared.
func (c composer) earlier(f *finding.Finding) string {
	p := f.Previous
	if !c.comparable(f) {
		return ""
	}
	when := "för ett år sedan"
	if p.Period == "month" {
		when = "för en månad sedan"
	}
	if p.Trend == "unchanged" {
		return "ungefär som " + when
	}
	if old := c.before[f.KPI]; old != nil && f.Unit == "share" && old.Value != nil && *old.Value == *p.Value && old.Numerator != nil && old.Denominator != nil {
		return when + " var det " + c.w.Value("count", *old.Numerator) + " av " + c.w.Value("count", *old.Denominator)
	}
	return when + " var det " + c.plain(f, *p.Value)
}

// whole is the sentence of a figure with what it was.
func (c composer) whole(d *catalogue.Definition, f *finding.Finding) string {
	s := c.say(d, f)
	if s == "" {
		return ""
	}
	if was := c.earlier(f); strings.HasPrefix(was, "ungefär") {
		s += ", " + was
	} else if was != "" {
		s += "; " + was
	}
	return s + "."
}
