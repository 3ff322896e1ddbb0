package report

import (
	"cmp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// splitRows is how many rows of one breakdown a page shows.
const splitRows = 12

// splits are the breakdowns that are not by förvaltning. Rows with nothing to
// count are left out.
func (b builder) splits(f finding.Finding) []splitView {
	var out []splitView
	at, known := map[string]int{}, map[string]bool{}
	for _, c := range f.Breakdown {
		known[c.Dimension] = known[c.Dimension] || c.Key != ""
	}
	for _, c := range f.Breakdown {
		if !known[c.Dimension] {
			continue // all of it is unknown, because no source has the column
		}
		fig := b.w.Pair(wording.OfCell(f, c))
		if c.Dimension == "org_unit" || fig == (wording.Figure{}) {
			continue
		}
		i, ok := at[c.Dimension]
		if !ok {
			i = len(out)
			at[c.Dimension] = i
			out = append(out, splitView{Title: b.w.Dimension(c.Dimension)})
		}
		row := splitRow{Name: b.w.Cell(c), Counts: fig.Counts, Value: fig.Value}
		if c.Dimension == "tier" {
			row.place = wording.TierPlace(c)
		}
		out[i].Rows = append(out[i].Rows, row)
	}
	for i := range out {
		slices.SortStableFunc(out[i].Rows, func(x, y splitRow) int { return cmp.Compare(x.place, y.place) })
		if n := len(out[i].Rows); n > splitRows+1 {
			out[i].Rows, out[i].More = out[i].Rows[:splitRows], n-splitRows
		}
	}
	return out
}
