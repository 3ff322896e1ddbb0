package guess

import (
	"slices"
	"sort"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// choose settles the kind and the sheets over the whole file.
func (r *Report) choose() {
	best := make(map[record.Kind]float64)
	for _, s := range r.Sheets {
		for _, k := range s.Kinds {
			c := k.Confidence
			if s.Hidden {
				c *= 0.5
			}
			best[k.Kind] = max(best[k.Kind], c)
		}
	}
	for _, s := range record.Schemas() {
		if c, ok := best[s.Kind]; ok {
			r.Kinds = append(r.Kinds, KindGuess{Kind: s.Kind, Confidence: c})
		}
	}
	sort.SliceStable(r.Kinds, func(i, j int) bool { return r.Kinds[i].Confidence > r.Kinds[j].Confidence })
	if len(r.Kinds) == 0 {
		return
	}
	r.useSheets(r.Kinds[0].Kind)
}

// useSheets picks the sheet that fits the kind best, and with it every visible
// sheet that has the same sort of table.
func (r *Report) useSheets(kind record.Kind) {
	r.Use, r.OrgUnitFromSheet = nil, false
	main, conf := -1, 0.0
	for i, s := range r.Sheets {
		if c := s.confidence(kind); c > conf && !s.Hidden {
			main, conf = i, c
		}
	}
	for i, s := range r.Sheets { // a hidden sheet only if there is no other
		if c := s.confidence(kind); main < 0 && c > conf {
			main, conf = i, c
		}
	}
	if main < 0 {
		return
	}
	r.Use = []string{r.Sheets[main].Name}
	for i := range r.Sheets {
		r.Sheets[i] = ProposeFor(r.Sheets[i], kind)
	}
	alike := []string{}
	for i, s := range r.Sheets {
		if i == main || (!s.Hidden && s.confidence(kind) > 0 && shared(r.Sheets[main], s) >= 0.7) {
			alike = append(alike, s.Name)
		}
	}
	if len(alike) > 1 {
		r.Use = alike
		schema, _ := record.Lookup(kind)
		r.OrgUnitFromSheet = schema.Index("org_unit") >= 0 && !slices.ContainsFunc(r.Sheets[main].Columns, func(c Column) bool {
			return len(c.Proposals) > 0 && c.Proposals[0].Target == "org_unit" && c.Proposals[0].Confidence >= 0.5
		})
	}
}

func (s Sheet) confidence(kind record.Kind) float64 {
	for _, k := range s.Kinds {
		if k.Kind == kind {
			return k.Confidence
		}
	}
	return 0
}

// shared is how much of what one sheet maps another maps as well.
func shared(a, b Sheet) float64 {
	have := make(map[string]bool)
	for _, c := range b.Columns {
		if len(c.Proposals) > 0 {
			have[c.Proposals[0].Target] = true
		}
	}
	n, all := 0, 0
	for _, c := range a.Columns {
		if len(c.Proposals) == 0 || c.Proposals[0].Confidence < 0.5 {
			continue
		}
		all++
		if have[c.Proposals[0].Target] {
			n++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}

// Main is the sheet that the mapping is made from: the first of Use.
func (r *Report) Main() (Sheet, bool) {
	for _, s := range r.Sheets {
		if len(r.Use) > 0 && s.Name == r.Use[0] {
			return s, true
		}
	}
	return Sheet{}, false
}

// Kind is the best guess; empty if the file fits nothing.
func (r *Report) Kind() record.Kind {
	if len(r.Kinds) == 0 {
		return ""
	}
	return r.Kinds[0].Kind
}

// As returns the report as if a person had said what kind it is.
func (r Report) As(kind record.Kind) Report {
	if kind == r.Kind() {
		return r
	}
	r.Sheets = slices.Clone(r.Sheets)
	kinds := []KindGuess{{Kind: kind, Confidence: 1}}
	for _, k := range r.Kinds {
		if k.Kind != kind {
			kinds = append(kinds, k)
		}
	}
	r.Kinds = kinds
	largest := -1
	for i, s := range r.Sheets {
		if s.confidence(kind) == 0 && !s.Hidden && (largest < 0 || s.DataRows > r.Sheets[largest].DataRows) {
			largest = i
		}
	}
	if largest >= 0 && !slices.ContainsFunc(r.Sheets, func(s Sheet) bool { return s.confidence(kind) > 0 }) {
		r.Sheets[largest].Kinds = append(slices.Clone(r.Sheets[largest].Kinds), KindGuess{Kind: kind, Confidence: 0.1})
	}
	r.useSheets(kind)
	r.Questions = questions(&r)
	return r
}
