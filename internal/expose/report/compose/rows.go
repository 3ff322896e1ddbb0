package compose

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// noLaw stands wherever law is mentioned.
const noLaw = "Visar underlag, inte att lagen följs."

// toCheck is what pages bear whose figures may be secret.
const toCheck = "Sekretessprövas före utlämnande"

// marks are what every page bears when these figures stand in it.
func (c composer) marks(fs []*finding.Finding) []string {
	for _, f := range fs {
		if d := c.defs[f.KPI]; d != nil && d.Secrecy.Level != "ingen" {
			return []string{toCheck}
		}
	}
	return nil
}

// state is how a figure stands against its target, as a word and a sign.
func (c composer) state(f *finding.Finding) *document.State {
	s := c.w.State(*f)
	good := map[string]int{"good": 1, "bad": -1}[s.Class]
	return &document.State{Sign: s.Shape, Word: s.Short, Good: good}
}

// figure writes a figure in one cell, counts first.
func (c composer) figure(f *finding.Finding) string {
	if f.Unit == "seconds" && f.Value != nil && *f.Value == 0 && !f.Suppressed {
		return "ingen tid"
	}
	return both(c.w.Pair(wording.Of(*f)))
}

// both writes counts and value together: "75 av 500, 15,0 %".
func both(p wording.Figure) string {
	switch {
	case p.Counts == "":
		return p.Value
	case p.Value == "":
		return p.Counts
	}
	return p.Counts + ", " + p.Value
}

// title names a figure.
func (c composer) title(f *finding.Finding) string {
	if s := c.w.Text(f.Title); s != "" {
		return s
	}
	if d := c.defs[f.KPI]; d != nil {
		return c.w.Text(d.Title)
	}
	return f.KPI
}

// was says what a figure was a year ago, or when else that was, and whether it
// is better or worse now; else why there is nothing to hold it against.
func (c composer) was(f *finding.Finding) string {
	s := strings.TrimSuffix(c.w.Previous(*f), ".")
	switch {
	case s != "":
		return strings.TrimPrefix(s, "Ett år tidigare: ")
	case f.Suppressed:
		return "visas inte"
	case f.Value == nil:
		return "ingen siffra nu"
	case finding.Few(f.Denominator):
		return "för få att jämföra"
	case !c.Began.IsZero() && c.At.AsOf.AddDate(-1, 0, 0).Before(c.Began):
		return notMeasured
	}
	return noEarlier
}

// Why a figure has no earlier one beside it.
const (
	notMeasured = "mättes inte då"       // nothing had been collected
	noEarlier   = "ingen siffra från då" // the source, the field or the measure is younger
)

// outcomes is a table of figures against their targets.
func (c composer) outcomes(caption string, fs []*finding.Finding) document.Table {
	t := document.Table{Caption: caption, Columns: []document.Column{
		{Title: "Mått", Width: .34}, {Title: "Utfall", Width: .2, Right: true}, {Title: "Mål", Width: .2}, {Title: "Läge", Width: .12}, {Title: "Ett år tidigare", Width: .14},
	}}
	for _, f := range fs {
		t.Rows = append(t.Rows, []document.Cell{
			{Text: c.title(f), Head: true}, {Text: cmp.Or(c.figure(f), finding.Unknown)}, {Text: c.w.Target(f.Target, f.Unit)}, {State: c.state(f)}, {Text: c.was(f)},
		})
	}
	return t
}

// known divides figures into those with a value and those without.
func known(fs []*finding.Finding) (with, without []*finding.Finding) {
	for _, f := range fs {
		if f.Value != nil || f.Suppressed {
			with = append(with, f)
		} else {
			without = append(without, f)
		}
	}
	return with, without
}

// all lists the findings by area, in the order of the catalogue's areas.
func (c composer) all() []*finding.Finding {
	place := map[string]int{}
	for i, a := range catalogue.Areas() {
		place[a.ID] = i + 1
	}
	out := make([]*finding.Finding, len(c.Findings))
	for i := range c.Findings {
		out[i] = &c.Findings[i]
	}
	area := func(f *finding.Finding) int {
		if d := c.defs[f.KPI]; d != nil && place[d.Area] > 0 {
			return place[d.Area]
		}
		return len(place) + 1
	}
	slices.SortStableFunc(out, func(a, b *finding.Finding) int { return area(a) - area(b) })
	return out
}

// tagged lists the findings whose definition has a tag.
func (c composer) tagged(has func(catalogue.Tags) bool) []*finding.Finding {
	var out []*finding.Finding
	for _, f := range c.all() {
		if d := c.defs[f.KPI]; d != nil && has(d.Tags) && f.Outcome != finding.NotApplicable {
			out = append(out, f)
		}
	}
	return out
}

// unknown says in a sentence which figures there are none of.
func (c composer) unknown(fs []*finding.Finding) []document.Block {
	if len(fs) == 0 {
		return nil
	}
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = "”" + c.title(f) + "”"
	}
	return []document.Block{document.Paragraph{Text: "Vi vet inte: " + c.w.List(names) + "."}}
}
