package page

import (
	"cmp"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Overview is the first page: where the municipality stands and what to do next.
type Overview struct {
	Frame
	Disruptions []Disruption
	Sure        []Sure
	Ten         []Row
	Steps       []Step
	Areas       []Area
	Waiting     []string // why there are no figures yet
}

func (Overview) name() string { return "overview" }

// Disruption is an ongoing disruption in words.
type Disruption struct {
	Sentence string
	Planned  bool
}

// Sure is one answer to how sure the figures are.
type Sure struct{ Name, Figure, Said, Href string }

// Step is one thing to do next. The catalogue says what it is.
type Step struct {
	KPI               string
	Rows              int64
	Text, Title, Href string // filled in by NewOverview
}

// Area is the figures of one area; Unknown are those without a figure.
type Area struct {
	ID, Name      string
	Rows, Unknown []Row
}

// OverviewData is what the overview is made of.
type OverviewData struct {
	Findings    []finding.Finding
	Catalogue   catalogue.Catalogue
	Sources     []store.SourceState
	Disruptions []Disruption
	Steps       []Step
	NotReady    []string
	Now         time.Time
}

// NewOverview makes the first page.
func NewOverview(f Frame, d OverviewData) Overview {
	f.Here = "overview"
	x := newIndex(d.Catalogue, d.Findings)
	o := Overview{Frame: f, Disruptions: d.Disruptions, Waiting: d.NotReady}
	for _, st := range d.Steps {
		if def := x.defs[st.KPI]; def != nil {
			st.Text, st.Title, st.Href = f.Text(def.NextStep), f.Text(def.Title), f.Rows(st.KPI)
			o.Steps = append(o.Steps, st)
		}
	}
	for _, group := range catalogue.First() {
		for i, id := range group {
			if fd := x.findings[id]; fd != nil {
				r := f.row(*fd)
				r.With = i > 0
				o.Ten = append(o.Ten, r)
			}
		}
	}
	o.Sure = f.sure(x, d)
	o.Areas = f.areas(x, d.Findings)
	return o
}

// areas sorts the figures by area, in the order of the catalogue's areas.
func (f Frame) areas(x index, fs []finding.Finding) []Area {
	var out []Area
	at := map[string]int{}
	for _, a := range catalogue.Areas() {
		at[a.ID] = len(out)
		out = append(out, Area{ID: a.ID, Name: f.Text(a.Name)})
	}
	for i := range fs {
		def := x.defs[fs[i].KPI]
		if def == nil || f.Choices.Unit != "" && !hasUnit(fs[i], f.Choices.Unit) {
			continue
		}
		n, ok := at[def.Area]
		if !ok {
			continue
		}
		if r := f.row(fs[i]); r.Known() {
			out[n].Rows = append(out[n].Rows, r)
		} else {
			out[n].Unknown = append(out[n].Unknown, r)
		}
	}
	kept := out[:0]
	for _, a := range out {
		if len(a.Rows)+len(a.Unknown) > 0 {
			kept = append(kept, a)
		}
	}
	return kept
}

// sure answers how sure the figures are: how old the content is, what is
// missing in the registry, which rows could not be used.
func (f Frame) sure(x index, d OverviewData) []Sure {
	var out []Sure
	if s, ok := f.oldest(d); ok {
		out = append(out, f.asTheyAreNow(s))
	}
	if gap := x.findings["registry_population_gap"]; gap != nil {
		s := Sure{Name: f.say("gap"), Href: f.Measure(gap.KPI), Figure: f.say("not-known")}
		if gap.Value != nil {
			s.Figure = f.say("names", f.Count(int64(*gap.Value)))
			s.Said = f.say("gap-said")
		} else if gap.Reason != nil {
			s.Said = f.Why(*gap.Reason)
		}
		out = append(out, s)
	}
	return append(out, f.asTheyAreNow(f.refusedRows(d.Sources)))
}

// asTheyAreNow adds to what is told of the sources that it is of now where the
// page is of another day.
func (f Frame) asTheyAreNow(s Sure) Sure {
	if f.Choices.Date != "" {
		s.Said += " " + f.say("sources-now")
	}
	return s
}

// oldest tells of the source whose content is oldest, by what it may be.
func (f Frame) oldest(d OverviewData) (Sure, bool) {
	s := Sure{Name: f.say("age"), Href: f.To("/kallor")}
	var old []string
	var worst *store.SourceState
	for i := range d.Sources {
		src := &d.Sources[i]
		if !src.RetiredOn.IsZero() || src.ContentAt.IsZero() {
			continue
		}
		if worst == nil || src.ContentAt.Before(worst.ContentAt) {
			worst = src
		}
		if src.ContentMaxAge > 0 && d.Now.Sub(src.ContentAt) > src.ContentMaxAge {
			old = append(old, src.Name)
		}
	}
	if worst == nil {
		return s, false
	}
	s.Figure = f.say("one-day")
	if n := int64(d.Now.Sub(worst.ContentAt).Hours() / 24); n != 1 {
		s.Figure = f.say("days", f.Count(n))
	}
	s.Said = f.say("age-oldest", worst.Name)
	if len(old) > 0 {
		s.Said = f.say("age-old", strings.Join(old, ", "))
	}
	return s, true
}

func (f Frame) refusedRows(sources []store.SourceState) Sure {
	var seen, refused int64
	var names []string
	for _, s := range sources {
		seen += s.Counts.Seen
		if refused += s.Counts.Refused; s.Counts.Refused > 0 {
			names = append(names, s.Name)
		}
	}
	out := Sure{Name: f.say("refused"), Href: f.To("/kallor"), Figure: f.say("rows-of", f.Count(refused), f.Count(seen))}
	out.Said = cmp.Or(strings.Join(names, ", "), f.say("refused-none"))
	if len(names) > 0 {
		out.Said = f.say("refused-in", out.Said)
	}
	return out
}
