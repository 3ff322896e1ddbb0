package page

import (
	"math"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Split is one breakdown as a table with bars.
type Split struct {
	Title string
	Rows  []SplitRow
	Units bool // by förvaltning
	Bars  bool
	// Counts tells that some row has counts beside its value.
	Counts bool
}

// SplitRow is one row of a breakdown. Width is the length of its bar in
// hundredths; Own marks the chosen förvaltning.
type SplitRow struct {
	Name, Href string
	Figure     wording.Figure
	Width      int
	Own        bool
	value      *float64
	order      string
	place      int
}

// splits are the breakdowns of a figure, that by förvaltning first. What is
// unknown throughout, because no source has the column, is left out.
func (f Frame) splits(x finding.Finding, d catalogue.Definition) []Split {
	var out []Split
	at, known := map[string]int{}, map[string]bool{}
	for _, c := range x.Breakdown {
		known[c.Dimension] = known[c.Dimension] || c.Key != ""
	}
	for _, c := range x.Breakdown {
		fig := f.Pair(wording.OfCell(x, c))
		if !known[c.Dimension] || fig == (wording.Figure{}) {
			continue
		}
		i, ok := at[c.Dimension]
		if !ok {
			i = len(out)
			at[c.Dimension] = i
			out = append(out, Split{Title: f.Dimension(c.Dimension), Units: c.Dimension == "org_unit"})
		}
		r := SplitRow{Name: f.cellName(c, d), Figure: fig, value: c.Value}
		if c.Dimension == "org_unit" && c.Key != "" {
			choice := f.Choices
			choice.Unit = c.Key
			r.Href, r.Own = Frame{Choices: choice}.Measure(x.KPI), c.Key == f.Choices.Unit
			r.order = wording.SortKey(r.Name)
		} else if c.Dimension == "org_unit" {
			r.order = "~" // after every letter
		}
		if c.Dimension == "tier" {
			r.place = wording.TierPlace(c)
		}
		out[i].Rows = append(out[i].Rows, r)
		out[i].Counts = out[i].Counts || fig.Counts != ""
	}
	for i := range out {
		slices.SortStableFunc(out[i].Rows, func(a, b SplitRow) int {
			if a.place != b.place {
				return a.place - b.place
			}
			return strings.Compare(a.order, b.order)
		})
		out[i].bars(x.Unit)
	}
	slices.SortStableFunc(out, func(a, b Split) int { return order(b.Units) - order(a.Units) })
	return out
}

func order(first bool) int {
	if first {
		return 1
	}
	return 0
}

// bars gives each row its bar: of the whole for shares, of the longest for others.
func (s *Split) bars(unit string) {
	longest := 0.0
	for _, r := range s.Rows {
		if r.value == nil {
			continue
		}
		if *r.value < 0 {
			return
		}
		longest = max(longest, *r.value)
	}
	if unit == "share" {
		longest = max(longest, 1)
	}
	if longest == 0 {
		return
	}
	s.Bars = len(s.Rows) > 1
	for i, r := range s.Rows {
		if r.value != nil {
			s.Rows[i].Width = int(math.Round(*r.value / longest * 100))
		}
	}
}

// cellName is what a row is called. Names that the catalogue gives are in both
// languages; those of fixed values are told from their id in English.
func (f Frame) cellName(c finding.Cell, d catalogue.Definition) string {
	if f.Lang() == wording.English && c.Key != "" {
		for _, s := range d.Split {
			if c.Dimension == "split" && s.Key == c.Key {
				return f.Text(s.Title)
			}
		}
		for _, p := range d.Fields {
			if c.Dimension == "field" && p.Key == c.Key {
				return f.Text(p.Title)
			}
		}
		if fixed(c.Dimension) && strings.ToLower(c.Key) == c.Key {
			return wording.Capital(strings.ReplaceAll(c.Key, "_", " "))
		}
	}
	return f.Cell(c)
}

// fixed tells whether the keys of a breakdown are English words of the records.
func fixed(dimension string) bool {
	return slices.Contains([]string{
		"tier", "channel", "status", "sso_mode", "provisioning", "hosting", "approval_status", "lifecycle", "role", "origin",
		"strong_auth", "benefit_method", "payer", "user_category", "plugin",
	}, dimension)
}
