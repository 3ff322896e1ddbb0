package page

import (
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// UnitList is the page of all förvaltningar.
type UnitList struct {
	Frame
	Rows []UnitRow
}

func (UnitList) name() string { return "units" }

// UnitRow is one förvaltning: how many measures tell of it, and how many rows
// there are to go through in them.
type UnitRow struct{ Name, Href, Measures, ToGo string }

// NewUnitList makes the page of all förvaltningar.
func NewUnitList(f Frame, c catalogue.Catalogue, fs []finding.Finding) UnitList {
	f.Here, f.Title = "units", f.say("title-units")
	f.Choices.Unit = ""
	out := UnitList{Frame: f}
	x := newIndex(c, fs)
	for _, u := range f.Units {
		measures, rows := 0, 0
		for i := range fs {
			if d := x.defs[fs[i].KPI]; d != nil && hasUnit(fs[i], u.ID) {
				measures++
				if d.HasWork() {
					rows += d.ToGoThroughTotal(ofUnit(fs[i], u.ID))
				}
			}
		}
		out.Rows = append(out.Rows, UnitRow{Name: u.Name, Href: f.UnitPage(u.ID), Measures: f.Count(int64(measures)), ToGo: f.Count(int64(rows))})
	}
	return out
}

// Work is the page of one förvaltning: its figures against the whole, and the
// rows to go through.
type Work struct {
	Frame
	Lists []WorkList
	More  []Row // measures with rows that the page does not show
	Areas []Area
}

func (Work) name() string { return "work" }

// WorkList is the rows to go through of one measure.
type WorkList struct {
	ID, Title, Next, RowsHref string
	Href                      string
	Shown                     string // "12 av 40 rader."
	Withheld                  string // why the rows are not shown
	Reasons                   bool
	Rows                      []WorkRow
}

// WorkRow is one row to go through.
type WorkRow struct {
	Label, Reason, Place string
	Waived               bool
}

// WorkData is what the page of a förvaltning is made of.
type WorkData struct {
	Catalogue catalogue.Catalogue
	Findings  []finding.Finding
	// Explained are figures with rows of the förvaltning, in the order to show them.
	Explained []finding.Finding
	// More are the ids of measures whose rows are not shown.
	More []string
}

// NewWork makes the page of the chosen förvaltning.
func NewWork(f Frame, d WorkData) Work {
	f.Here, f.Title = "units", f.UnitName()
	x := newIndex(d.Catalogue, d.Findings)
	w := Work{Frame: f, Areas: f.areas(x, d.Findings)}
	for _, e := range d.Explained {
		def := x.defs[e.KPI]
		if def == nil {
			continue
		}
		l := f.workList(*def, e)
		if len(l.Rows) > 0 || l.Withheld != "" {
			w.Lists = append(w.Lists, l)
		}
	}
	for _, id := range d.More {
		if fd := x.findings[id]; fd != nil {
			r := f.row(*fd)
			r.Href = f.Rows(id)
			w.More = append(w.More, r)
		}
	}
	return w
}

func (f Frame) workList(def catalogue.Definition, e finding.Finding) WorkList {
	l := WorkList{ID: def.ID, Title: f.Text(def.Title), Next: f.Text(def.NextStep), Href: f.Measure(def.ID), RowsHref: f.Rows(def.ID)}
	if e.Withheld != nil {
		l.Withheld = f.Text(*e.Withheld)
	}
	for _, r := range e.Evidence {
		if !def.ToGoThrough(r) {
			continue
		}
		l.Rows = append(l.Rows, WorkRow{Label: r.Label, Reason: r.Reason, Place: r.Place, Waived: r.Waived})
		l.Reasons = l.Reasons || r.Reason != "" || r.Waived
	}
	total := int64(def.ToGoThroughTotal(ofUnit(e, f.Choices.Unit)))
	l.Shown = f.say("shown-of", f.Count(int64(len(l.Rows))), f.Count(max(total, int64(len(l.Rows)))))
	return l
}
