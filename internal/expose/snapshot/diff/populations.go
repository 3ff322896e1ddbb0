package diff

import (
	"context"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Population is the rows of one relation, in both snapshots.
type Population struct {
	Relation string `json:"relation"`
	RowsA    int    `json:"rows_a"`
	RowsB    int    `json:"rows_b"`
	// Why says why single rows are not compared, "" where they are.
	Why      string    `json:"why,omitempty"`
	Measures []Measure `json:"measures,omitempty"` // those with changes, in the order of the catalogue
}

// Measure is what became of the rows behind one figure.
type Measure struct {
	KPI       string       `json:"id"`
	Title     finding.Text `json:"title"`
	Direction string       `json:"direction"`
	How       string       `json:"how"` // share or count
	Why       string       `json:"why,omitempty"`
	Gained    []Row        `json:"gained,omitempty"` // did not pass, and pass now
	Lost      []Row        `json:"lost,omitempty"`   // passed, and do not now
	Entered   []Row        `json:"entered,omitempty"`
	Left      []Row        `json:"left,omitempty"`
	Units     []Units      `json:"org_units,omitempty"` // how many, by förvaltning
}

// Row is one row that changed.
type Row struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	OrgUnit string `json:"org_unit,omitempty"`
	Unit    string `json:"unit,omitempty"` // what people call it
	Place   string `json:"place,omitempty"`
	// Pass is how the row stands: in B, or in A for one that left.
	Pass bool `json:"pass"`
	Gone bool `json:"gone,omitempty"` // left: the record itself is gone, or not counted by any measure
	Is   bool `json:"new,omitempty"`  // entered: the record itself is new
}

// Units is how many rows of a förvaltning changed.
type Units struct {
	OrgUnit string `json:"org_unit"`
	Name    string `json:"name"`
	Gained  int    `json:"gained"`
	Lost    int    `json:"lost"`
	Entered int    `json:"entered"`
	Left    int    `json:"left"`
}

func (p Population) changed() bool {
	return p.RowsA != p.RowsB || slices.ContainsFunc(p.Measures, func(m Measure) bool { return len(m.Gained)+len(m.Lost)+len(m.Entered)+len(m.Left) > 0 })
}

// populations compares the rows behind the figures.
func populations(ctx context.Context, a, b *snapshot.Snapshot, defs compared) ([]Population, error) {
	var out []Population
	if a.NoEvidence != "" || b.NoEvidence != "" {
		return nil, nil
	}
	for _, p := range b.Populations {
		old := populationOf(a, p.Relation)
		if len(flags(p)) == 0 {
			continue
		}
		if old == nil {
			old = &finding.Population{Relation: p.Relation}
		}
		x, err := population(ctx, a, b, *old, p, defs)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	for _, p := range a.Populations {
		if len(flags(p)) == 0 || populationOf(b, p.Relation) != nil {
			continue
		}
		t, err := readRows(ctx, a, p, nil, false)
		if err != nil {
			return nil, err
		}
		out = append(out, Population{Relation: p.Relation, RowsA: t.n, Why: "inget mått räknar på de här raderna i B"})
	}
	return out, nil
}

func populationOf(s *snapshot.Snapshot, relation string) *finding.Population {
	if i := slices.IndexFunc(s.Populations, func(p finding.Population) bool { return p.Relation == relation }); i >= 0 {
		return &s.Populations[i]
	}
	return nil
}

// flags are the columns of a population that tell whether a row passes.
func flags(p finding.Population) []finding.Recompute {
	var out []finding.Recompute
	for _, c := range p.Columns {
		if (c.How == "share" || c.How == "count") && c.Also == "" && c.Field == "" && c.KPI != "" {
			out = append(out, c)
		}
	}
	return out
}

func population(ctx context.Context, a, b *snapshot.Snapshot, old, now finding.Population, defs compared) (Population, error) {
	out := Population{Relation: now.Relation, Why: uncompared(now.Relation)}
	var common []finding.Recompute
	var columns, before []string
	for _, c := range flags(now) {
		i := slices.IndexFunc(flags(old), func(o finding.Recompute) bool { return o.KPI == c.KPI && o.How == c.How })
		if i < 0 {
			continue
		}
		common, columns, before = append(common, c), append(columns, c.Name()), append(before, flags(old)[i].Name())
	}
	x, err := readRows(ctx, a, old, before, out.Why == "")
	if err != nil {
		return out, err
	}
	y, err := readRows(ctx, b, now, columns, out.Why == "")
	if err != nil {
		return out, err
	}
	out.RowsA, out.RowsB = x.n, y.n
	if out.Why == "" && len(common) == 0 {
		out.Why = "inget mått räknar på de här raderna i båda bilderna"
	}
	if x.person || y.person {
		out.Why = personal
	}
	if out.Why != "" {
		return out, nil
	}
	units := unitsOf(b, a)
	for i, c := range common {
		m := Measure{KPI: c.KPI, Title: titleOf(c.KPI, b, a), Direction: defs.of(c.KPI).Direction, How: c.How}
		if why := defs.method(c.KPI); why != "" {
			m.Why = why + "; raderna jämförs inte"
			out.Measures = append(out.Measures, m)
			continue
		}
		m.rows(i, x.rows, y.rows)
		if len(m.Gained)+len(m.Lost)+len(m.Entered)+len(m.Left) == 0 {
			continue
		}
		m.byUnit(units)
		out.Measures = append(out.Measures, m)
	}
	return out, named(ctx, a, b, common, &out)
}
