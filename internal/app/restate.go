package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/diff"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// RestateFromStore computes old figures anew from the store, as it was known
// when the snapshot was made.
func (a *App) RestateFromStore() diff.Engine { return storeRestater{a} }

type storeRestater struct{ a *App }

// Name implements diff.Engine.
func (storeRestater) Name() string { return "ur registret, som det var känt då" }

// Holds implements diff.Engine: the store has every row.
func (storeRestater) Holds(_, _ catalogue.Definition) string { return "" }

// Evaluate implements diff.Engine.
func (r storeRestater) Evaluate(ctx context.Context, s *snapshot.Snapshot, c catalogue.Catalogue, ids []string) ([]finding.Finding, error) {
	parts := r.a.Parts()
	if parts.Config.Municipality != s.About.Municipality || parts.Config.Demo != s.About.Demo {
		return nil, fmt.Errorf("registret är %s och inte %s", parts.Config.Municipality, s.About.Municipality)
	}
	e := kpi.New(c, parts.Decisions, r.a.store, kpi.WithDeadline(kpiDeadline))
	return e.EvaluateSome(ctx, store.Point{AsOf: s.About.AsOf, KnownAt: s.About.KnownAt}, ids...)
}

// RestateFromRows computes old figures anew from the rows that lie beside a
// snapshot, without any store.
func RestateFromRows() diff.Engine { return rowsRestater{} }

type rowsRestater struct{}

// Name implements diff.Engine.
func (rowsRestater) Name() string { return "ur underlaget till A" }

// Holds implements diff.Engine: what the daemon knows of itself is not among the
// rows.
func (rowsRestater) Holds(old, now catalogue.Definition) string {
	for _, d := range []catalogue.Definition{old, now} {
		if d.Record == catalogue.SourceStateRelation || d.Record == catalogue.WaiverRelation {
			return "måttet gäller kommunpuls egna uppgifter, som inte står bland raderna"
		}
	}
	return ""
}

// Evaluate implements diff.Engine.
func (rowsRestater) Evaluate(ctx context.Context, s *snapshot.Snapshot, c catalogue.Catalogue, ids []string) (_ []finding.Finding, err error) {
	if s.NoEvidence != "" {
		return nil, errors.New(s.NoEvidence)
	}
	r, err := kpi.OpenRecords(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	left := mostRestated
	for _, p := range s.Populations {
		if !reads(c, ids, p.Relation) {
			continue
		}
		columns := []string{"id", "org_unit", "place"}
		from := []string{"id", "org_unit", "plats"}
		for _, f := range p.Fields {
			columns, from = append(columns, f.Name), append(from, f.Name)
		}
		if _, err := r.Fill(ctx, p.Relation, columns, func(add func([]string) error) error {
			cells := make([]string, len(from))
			return s.Rows(ctx, p.Relation, func(row snapshot.Row) error {
				if left--; left < 0 {
					return fmt.Errorf("underlaget har fler än %d rader att räkna på", mostRestated)
				}
				for i, name := range from {
					cells[i], _ = row.Cell(name)
				}
				return add(cells)
			})
		}); err != nil {
			return nil, err
		}
	}
	if err := r.Ready(ctx, s.Sources); err != nil {
		return nil, err
	}
	// The rows are those of one time: what was known is what was so.
	at := store.Point{AsOf: s.About.AsOf, KnownAt: s.About.AsOf}
	return kpi.New(c, decidedThen(s), r, kpi.WithWorkers(1)).EvaluateSome(ctx, at, ids...)
}

// mostRestated is how many rows are held in memory to compute figures anew.
const mostRestated = 3_000_000

// reads tells whether measures may read a relation: whether its name is a word
// of theirs, or of what they share. Opening hours and org units always count.
func reads(c catalogue.Catalogue, ids []string, relation string) bool {
	if relation == "calendar" || relation == "org_unit" {
		return true
	}
	return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(c.Words(id), relation) })
}

// decidedThen are the decisions that figures are computed by, as the snapshot
// has them: rules, the order of tiers, and what there is none of.
func decidedThen(s *snapshot.Snapshot) decision.Set {
	set := decision.Set{Rules: map[string]string{}}
	for _, d := range s.Decisions.InForce {
		switch {
		case d.Section == "rules" && d.Fields["rule"] == "tiers":
			set.Tiers = strings.Split(d.Fields["value"], "; ")
		case d.Section == "rules":
			set.Rules[d.Fields["rule"]] = d.Fields["value"]
		case d.Section == "none":
			set.None = append(set.None, decision.DeclaredNone{Record: d.Fields["record"]})
		}
	}
	return set
}
