package kpi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// summing are the shapes that grow with the time that is known: half of a year
// gives half of the figure. A share of half a year is still a share.
var summing = []catalogue.Shape{catalogue.CountOf, catalogue.Intervals, catalogue.Distinct, catalogue.Ratio}

// halfKnown says that a window of an earlier day begins well before what is
// known of its events, nil where it does not. Events of the same kind are asked,
// not those of the population alone: what is rare may be missing for months.
func (s *session) halfKnown(ctx context.Context, r store.Reader, t *task) (*finding.Text, error) {
	if t.def.Window == nil || !slices.Contains(summing, t.def.Shape) || !s.events(t.pop.rel) {
		return nil, nil
	}
	from, to, err := t.stretch()
	if err != nil {
		return nil, err
	}
	var u usage
	u.addAll(t.use)
	field, err := s.texts.value(t.def.Window.Field, t.pop.rel, t.def.Clock, &u)
	if err != nil {
		return nil, fmt.Errorf("window: field: %w", err)
	}
	same, err := s.ofTheSameKind(&t.def, t.pop.rel)
	if err != nil {
		return nil, err
	}
	first, err := s.one(ctx, r, u, "SELECT min("+field+") FROM "+t.pop.rel+same)
	if err == nil && first == nil {
		return s.unread(ctx, r, t.pop.rel)
	}
	if err != nil || int64(*first) <= from+(to-from)/10 {
		return nil, err
	}
	at := time.Unix(int64(*first), 0).In(s.location())
	return text(
		fmt.Sprintf("Det äldsta som är känt är från den %d %s %d; tiden före går inte att räkna.", at.Day(), finding.MonthName(at.Month()), at.Year()),
		"The oldest that is known is of "+at.Format("2006-01-02")+"; the time before cannot be counted."), nil
}

// unread says that no record behind a relation of events had been read by an
// earlier day, nil where one had: then that nothing is known of the day means
// that nothing happened.
func (s *session) unread(ctx context.Context, r store.Reader, rel string) (*finding.Text, error) {
	var behind usage
	if err := s.texts.relation(rel, &behind); err != nil {
		return nil, err
	}
	for _, of := range merge(behind.relations, rel) {
		k := kindOf(of)
		if k == "" || s.declaredNone(string(k)) {
			continue
		}
		var u usage
		if err := s.texts.relation(string(k), &u); err != nil {
			return nil, err
		}
		read, err := s.one(ctx, r, u, "SELECT min(seen_at) FROM "+string(k))
		if err != nil {
			return nil, err
		}
		if read == nil || int64(*read) > s.asOf().Unix() {
			n := kindName(k)
			return text("Inget av det här om "+n.SV+" var inläst för den dagen, så det är inte känt.", "Nothing of this about "+n.EN+" was read for that day, so it is not known."), nil
		}
	}
	return nil, nil
}

// events tells whether every record behind a relation stands at its own time.
func (s *session) events(rel string) bool {
	var u usage
	if err := s.texts.relation(rel, &u); err != nil {
		return false
	}
	kinds := 0
	for _, of := range merge(u.relations, rel) {
		switch k := kindOf(of); k {
		case "":
		case record.Ticket, record.Observation:
			kinds++
		default:
			return false
		}
	}
	return kinds > 0
}

// ofTheSameKind narrows a relation that holds several kinds of events to those
// that the population is of.
func (s *session) ofTheSameKind(d *catalogue.Definition, rel string) (string, error) {
	if d.Population == "" || !s.hasColumn(rel, "kind") {
		return "", nil
	}
	e, err := s.texts.check(d.Population, expr.Scope{Relations: s.texts.relations, Main: rel, Clock: d.Clock})
	if err != nil {
		return "", fmt.Errorf("population: %w", err)
	}
	kinds := e.Pinned("kind")
	if kinds == nil {
		return "", nil
	}
	for i := range kinds {
		kinds[i] = literal(kinds[i])
	}
	return " WHERE kind IN (" + strings.Join(kinds, ", ") + ")", nil
}
