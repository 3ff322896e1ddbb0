package page

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Catalogue is the page of every measure, or of those that were searched for.
type Catalogue struct {
	Frame
	Areas     []ListedArea
	Missing   []Fact
	Found     int
	FoundText string
}

func (Catalogue) name() string { return "catalogue" }

// ListedArea is one area of the catalogue.
type ListedArea struct {
	ID, Name string
	Measures []Listed
}

// Listed is one measure of the catalogue.
type Listed struct {
	Row
	Question string
}

// NewCatalogue lists the measures that match the words wanted.
func NewCatalogue(f Frame, c catalogue.Catalogue, fs []finding.Finding) Catalogue {
	f.Here, f.Title = "kpis", f.say("title-kpis")
	x := newIndex(c, fs)
	out := Catalogue{Frame: f}
	for _, a := range catalogue.Areas() {
		area := ListedArea{ID: a.ID, Name: f.Text(a.Name)}
		for i := range c.KPIs {
			d := &c.KPIs[i]
			if d.Area != a.ID || !matches(f.Wanted, d.ID, area.Name, d.Title, d.Question, d.NotCounted) {
				continue
			}
			fd := x.findings[d.ID]
			if fd == nil {
				fd = &finding.Finding{KPI: d.ID, Title: d.Title, Outcome: finding.NoData}
			}
			r := f.row(*fd)
			r.Title = f.Text(d.Title)
			area.Measures = append(area.Measures, Listed{Row: r, Question: f.Text(d.Question)})
			out.Found++
		}
		if len(area.Measures) > 0 {
			out.Areas = append(out.Areas, area)
		}
	}
	for _, m := range c.Missing {
		if matches(f.Wanted, m.ID, "", m.Title, m.When) {
			out.Missing = append(out.Missing, Fact{f.Text(m.Title), f.Text(m.When)})
		}
	}
	out.FoundText = f.Number(float64(out.Found), 0)
	return out
}

// matches tells whether every wanted word stands in the texts, in either language.
func matches(wanted, id, area string, texts ...finding.Text) bool {
	parts := []string{id, strings.ReplaceAll(id, "_", " "), area}
	for _, t := range texts {
		parts = append(parts, t.SV, t.EN)
	}
	all := strings.ToLower(strings.Join(parts, "\n"))
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(wanted)), func(w string) bool { return !strings.Contains(all, w) })
}
