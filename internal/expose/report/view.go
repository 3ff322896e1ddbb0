package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// view is the page in words. Everything in it is text that the template only places.
type view struct {
	Municipality, Version, Date, AsOf string
	Demo                              bool
	Sources                           []sourceView
	Refused                           []refusedView
	Summary                           []measure // figures that have one, most telling first
	Areas                             []areaView
	Next                              *nextView
	Units                             []unitTable
	Work                              []workView
	NotCounted                        []measure
	Unknown                           []measure // switched on, and no figure
	Missing                           []missingView
	Sure                              []string
	Methods                           []methodView
	Law                               bool
}

type measure struct {
	ID, Title, Question, Reason, Next, Law string
	Figure                                 wording.Figure
	State                                  wording.State
	Target, Population, Previous, Waived   string
	Forecast                               string // when the target is met, or why that cannot be said
	Also                                   []alsoView
	Splits                                 []splitView
	NotCounted                             []string
	Remarks                                []string // what must be known to read the figure rightly
	Missed                                 string   // what the measure never counts, in a sentence
}

type (
	alsoView struct {
		Title string
		wording.Figure
	}
	areaView struct {
		Name     string
		Measures []measure
	}
	missingView struct{ Title, When string }
	methodView  struct {
		Title, ID, Source string
		Version           int
	}
)

func newView(r Report) view {
	loc := calendar.Location()
	if r.MaxRows == 0 {
		r.MaxRows = 60
	}
	b := builder{r: r, loc: loc, defs: map[string]catalogue.Definition{}}
	for _, d := range r.Catalogue.KPIs {
		b.defs[d.ID] = d
	}
	r.Findings = b.inOrder(r.Findings)
	b.r.Findings = r.Findings
	v := view{
		Municipality: r.Municipality, Version: r.Version, Demo: r.Demo, Date: b.w.Day(r.Generated.In(loc)),
		Sources: b.sources(), Refused: b.refused(), Units: b.units(), Work: b.work(), Sure: b.sure(), Next: b.next(),
	}
	byArea := map[string][]measure{}
	for _, f := range r.Findings {
		m := b.measure(f)
		if v.AsOf == "" && !f.AsOf.IsZero() {
			v.AsOf = b.w.Day(f.AsOf.In(loc))
		}
		if f.Awaits != "" && f.Reason != nil {
			v.Missing = append(v.Missing, missingView{Title: f.Title.SV, When: b.w.Why(*f.Reason)})
			continue
		}
		if f.Value == nil && !f.Suppressed {
			v.Unknown = append(v.Unknown, m)
			continue
		}
		v.Summary = append(v.Summary, m)
		byArea[b.defs[f.KPI].Area] = append(byArea[b.defs[f.KPI].Area], m)
		if m.Missed != "" || len(m.NotCounted) > 0 {
			v.NotCounted = append(v.NotCounted, m)
		}
		v.Law = v.Law || m.Law != ""
		v.Methods = append(v.Methods, methodView{Title: m.Title, ID: f.KPI, Source: b.defs[f.KPI].Source, Version: f.MethodVersion})
	}
	for _, a := range catalogue.Areas() {
		if len(byArea[a.ID]) > 0 {
			v.Areas = append(v.Areas, areaView{Name: a.Name.SV, Measures: byArea[a.ID]})
			delete(byArea, a.ID)
		}
	}
	for _, rest := range sortedAreas(byArea) {
		v.Areas = append(v.Areas, areaView{Name: "Övrigt", Measures: byArea[rest]})
	}
	for _, m := range r.Catalogue.Missing {
		v.Missing = append(v.Missing, missingView{Title: m.Title.SV, When: m.When.SV})
	}
	return v
}

func sortedAreas(m map[string][]measure) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// builder turns findings into words.
type builder struct {
	r    Report
	loc  *time.Location
	defs map[string]catalogue.Definition
	w    wording.Words
}

// inOrder puts findings by area, in the order of the catalogue's areas.
func (b builder) inOrder(fs []finding.Finding) []finding.Finding {
	place := map[string]int{}
	for i, a := range catalogue.Areas() {
		place[a.ID] = i + 1
	}
	out := slices.Clone(fs)
	slices.SortStableFunc(out, func(x, y finding.Finding) int {
		return place[b.defs[x.KPI].Area] - place[b.defs[y.KPI].Area]
	})
	return out
}

func (b builder) measure(f finding.Finding) measure {
	d := b.defs[f.KPI]
	m := measure{
		ID: f.KPI, Title: f.Title.SV, Question: d.Question.SV, Next: d.NextStep.SV, Missed: d.NotCounted.SV, Population: f.Population.SV,
		Figure: b.w.Pair(wording.Of(f)), State: b.w.State(f), Target: b.w.Target(f.Target, f.Unit),
	}
	if m.Title == "" {
		m.Title = d.Title.SV
	}
	if f.Reason != nil {
		m.Reason = b.w.Why(*f.Reason)
	}
	if f.Forecast != nil {
		m.Forecast = f.Forecast.Say().SV
	}
	if f.WaivedRows > 0 {
		m.Waived = "varav " + b.w.Count(f.WaivedRows) + " godtagna"
	}
	if len(d.Tags.NIS2) > 0 {
		m.Law = "Berör cybersäkerhetslagen (2025:1506)."
	}
	m.Previous = b.w.Previous(f)
	for _, a := range f.Also {
		if fig := b.w.Pair(wording.OfAlso(a)); fig != (wording.Figure{}) {
			m.Also = append(m.Also, alsoView{Title: a.Title.SV, Figure: fig})
		}
	}
	for _, r := range f.Remarks {
		m.Remarks = append(m.Remarks, r.SV)
	}
	for _, c := range f.NotCounted {
		m.NotCounted = append(m.NotCounted, fmt.Sprintf("%s: %s", strings.TrimSuffix(c.Reason.SV, "."), b.w.Count(c.Rows)))
	}
	m.Splits = b.splits(f)
	return m
}
