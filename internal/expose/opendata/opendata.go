// Package opendata writes what a municipality publishes of its figures for
// anyone to use: one tidy CSV, the definitions, a description of the columns
// (CSV on the Web) and a catalogue in DCAT-AP-SE that Sveriges dataportal
// harvests. The same content gives the same bytes.
package opendata

import (
	"cmp"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/disclosure"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// The files.
const (
	FiguresFile     = "it-nyckeltal.csv"
	DefinitionsFile = "definitioner.csv"
	MetadataFile    = "it-nyckeltal.csv-metadata.json"
	CatalogueFile   = "dcat.rdf"
)

// Settings are what the municipality has decided.
type Settings struct {
	Municipality, Code string
	Demo               bool
	Breakdowns         []string
	Publisher          Publisher
	License, BaseURL   string
	Location           *time.Location
}

// Publisher is who publishes and whom users write to.
type Publisher struct{ Name, URI, ContactName, ContactEmail, ContactURL string }

// Series is one figure over time, as it was measured; what of it is published is
// decided here.
type Series struct {
	Definition catalogue.Definition
	Months     []Month // oldest first
}

// Month is the figure of one month. Published months are stored for ever; a
// figure that is not is that of the present.
type Month struct {
	Finding   finding.Finding
	Published bool
	Method    string // what it was counted with
}

// File is one file to publish.
type File struct {
	Name    string
	Content []byte
}

// Report tells what is published and what is held back.
type Report struct {
	Series []SeriesReport
	Rows   int
}

// SeriesReport is what becomes of one figure.
type SeriesReport struct {
	ID, Title    string
	Months       int
	From, To     string // months, "2026-10"
	Preliminary  bool   // only the present figure, of a month that has not closed
	Cells        int    // rows of breakdowns
	HiddenTotals int    // months whose figure stands on too few
	HiddenCells  int
	Left         []string // breakdowns that exist and are not published
}

// Make makes the files. It makes none where there is no series.
func Make(s Settings, series []Series) ([]File, Report, error) {
	var rep Report
	if len(series) == 0 {
		return nil, rep, nil
	}
	series = slices.SortedFunc(slices.Values(series), func(a, b Series) int { return cmp.Compare(a.Definition.ID, b.Definition.ID) })
	rows := s.rows(series, &rep)
	figures, err := s.figures(rows)
	if err != nil {
		return nil, rep, err
	}
	definitions, err := s.definitions(series)
	if err != nil {
		return nil, rep, err
	}
	metadata, err := s.metadata()
	if err != nil {
		return nil, rep, err
	}
	return []File{
		{FiguresFile, figures},
		{DefinitionsFile, definitions},
		{MetadataFile, metadata},
		{CatalogueFile, s.catalogue(rows, len(figures), len(definitions))},
	}, rep, nil
}

// row is one row of the figures.
type row struct {
	id, method      string
	month           string
	asOf            time.Time
	dimension, key  string
	label           string
	unit            string
	value, num, den *float64
	hidden          bool
	published       bool
}

// rows are the figures as they may leave, in the order of their names and days.
func (s Settings) rows(series []Series, rep *Report) []row {
	var out []row
	for i := range series {
		d := &series[i].Definition
		r := SeriesReport{ID: d.ID, Title: d.Title.SV}
		for _, b := range d.Breakdowns {
			if !slices.Contains(s.Breakdowns, b.Dimension) {
				r.Left = append(r.Left, b.Dimension)
			}
		}
		for _, m := range series[i].Months {
			f := disclosure.Public(d, m.Finding, s.Breakdowns)
			if f.Value == nil && !f.Suppressed {
				continue
			}
			base := row{
				id: d.ID, method: m.Method, month: f.AsOf.In(s.Location).Format("2006-01"), asOf: f.AsOf.In(s.Location),
				unit: f.Unit, published: m.Published,
			}
			if r.Months++; r.From == "" {
				r.From = base.month
			}
			r.To, r.Preliminary = base.month, r.Preliminary || !m.Published
			total := base
			total.value, total.num, total.den, total.hidden = f.Value, f.Numerator, f.Denominator, f.Suppressed
			if out = append(out, total); total.hidden {
				r.HiddenTotals++
			}
			for _, c := range f.Breakdown {
				x := base
				x.dimension, x.key, x.label = c.Dimension, c.Key, cmp.Or(c.Label, c.Key)
				x.value, x.num, x.den, x.hidden = c.Value, c.Numerator, c.Denominator, c.Suppressed
				if x.key == "" {
					x.key, x.label = "okand", "okänt"
				}
				if r.Cells++; x.hidden {
					r.HiddenCells++
				}
				out = append(out, x)
			}
		}
		rep.Series = append(rep.Series, r)
	}
	slices.SortStableFunc(out, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.id, b.id), a.asOf.Compare(b.asOf), cmp.Compare(a.dimension, b.dimension), cmp.Compare(a.key, b.key))
	})
	rep.Rows = len(out)
	return out
}
