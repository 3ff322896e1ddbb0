package page

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Evidence is the page of the rows behind a figure.
type Evidence struct {
	Frame
	ID, Back     string
	Withheld     string
	Reason       string // why there is no figure
	Range        string // "Rad 1 till 200 av 425."
	Columns      []string
	Rows         []EvidenceRow
	Reasons      bool
	All          bool
	Toggle       string // the other choice of rows, "" where there is none
	Before, Then string // addresses of the neighbouring pages
	CSV, XLSX    string // addresses of every row as a file
}

func (Evidence) name() string { return "evidence" }

// EvidenceRow is one row behind a figure.
type EvidenceRow struct {
	Label, Unit, Reason, Place string
	Shape, Class, State        string
	Waived                     bool
	Cells                      []string
}

// EvidenceData is what the page of the rows is made of. Page counts from 1.
type EvidenceData struct {
	Definition catalogue.Definition
	Finding    finding.Finding
	All        bool
	Page, Size int
}

// NewEvidence makes the page of the rows behind a figure.
func NewEvidence(f Frame, d EvidenceData) Evidence {
	f.Here = "kpis"
	f.Title = f.say("title-rows", f.Text(d.Definition.Title))
	id, x := d.Definition.ID, d.Finding
	e := Evidence{Frame: f, ID: id, Back: f.Measure(id), All: d.All}
	if x.Withheld != nil {
		e.Withheld = f.Text(*x.Withheld)
	}
	if x.Value == nil && x.Reason != nil {
		e.Reason = f.Text(*x.Reason)
	}
	for _, c := range d.Definition.Evidence.Columns {
		e.Columns = append(e.Columns, f.column(d.Definition, c))
	}
	units := map[string]string{}
	for _, c := range x.Breakdown {
		if c.Dimension == "org_unit" {
			units[c.Key] = c.Label
		}
	}
	for _, r := range x.Evidence {
		row := EvidenceRow{Label: r.Label, Unit: cmp.Or(units[r.OrgUnit], r.OrgUnitName, r.OrgUnit), Reason: r.Reason, Place: r.Place, Waived: r.Waived}
		row.Shape, row.Class, row.State = "●", "calm", f.say("passes")
		switch {
		case r.Waived:
			row.Shape, row.State = "◇", f.say("accepted")
		case !r.Pass:
			row.Shape, row.Class, row.State = "■", "bad", f.say("to-look-at")
		}
		for _, c := range d.Definition.Evidence.Columns {
			row.Cells = append(row.Cells, f.cell(d.Definition, c, r.Columns[c]))
		}
		e.Rows = append(e.Rows, row)
		e.Reasons = e.Reasons || r.Reason != ""
	}
	e.turn(d)
	e.CSV, e.XLSX = f.To("/matt/"+url.PathEscape(id)+"/underlag.csv"), f.To("/matt/"+url.PathEscape(id)+"/underlag.xlsx")
	return e
}

// turn sets what leads to the other rows.
func (e *Evidence) turn(d EvidenceData) {
	address := func(all bool, page int) string {
		q := url.Values{}
		if all && d.Definition.HasWork() {
			q.Set("visa", "alla")
		}
		if page > 1 {
			q.Set("sida", strconv.Itoa(page))
		}
		return e.To("/matt/" + url.PathEscape(e.ID) + "/underlag?" + q.Encode())
	}
	if d.Definition.HasWork() {
		e.Toggle = address(!d.All, 1)
	}
	first, last := int64((d.Page-1)*d.Size), int64((d.Page-1)*d.Size+len(e.Rows))
	if len(e.Rows) > 0 {
		e.Range = e.say("rows-page", e.Count(first+1), e.Count(last), e.Count(max(d.Finding.EvidenceTotal, last)))
	}
	if d.Page > 1 {
		e.Before = address(d.All, d.Page-1)
	}
	if len(e.Rows) == d.Size && last < d.Finding.EvidenceTotal {
		e.Then = address(d.All, d.Page+1)
	}
}

// column is what a column of the rows is called.
func (f Frame) column(d catalogue.Definition, c string) string {
	if f.Lang() == wording.English {
		return f.Dimension(c)
	}
	name := string(d.Record) + "." + c
	if said := naming.Field(name); said != name {
		said, _, _ = strings.Cut(said, " (") // the field's own name is for those who set up sources
		return wording.Capital(said)
	}
	return f.Dimension(c)
}

// cell is a value as people read it.
func (f Frame) cell(d catalogue.Definition, c, v string) string {
	if v == "" || f.Lang() == wording.English {
		return v
	}
	return naming.TitleOf(string(d.Record)+"."+c, v)
}
