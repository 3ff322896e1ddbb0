package kpi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// notYetKnown says why a figure of an earlier day cannot be computed now: what
// it is about was read for the first time later, or changes and nobody saw what
// it was that day. A zero would be a guess. nil for figures of the present.
func (s *session) notYetKnown(ctx context.Context, r store.Reader, t *task) (*finding.Text, error) {
	if !t.historic() {
		return nil, nil
	}
	relations := t.neededRelations()
	for _, c := range t.needed() {
		relations = merge(relations, c.Relation)
	}
	for _, rel := range relations {
		k := kindOf(rel)
		switch {
		case rel == string(catalogue.SourceStateRelation):
			return text("Hur källorna stod den dagen finns inte kvar.", "How the sources stood that day is not kept."), nil
		case k == "" || s.isOwn(k) || placedByTime(k) || s.declaredNone(string(k)):
			continue
		}
		has, err := s.hasRows(ctx, r, rel) // of a list within a kind too: roles may have come later than the units
		if err != nil {
			return nil, err
		}
		if !has {
			n := kindName(k)
			return text("Inget av det här om "+n.SV+" var inläst för den dagen, så det är inte känt.", "Nothing of this about "+n.EN+" was read for that day, so it is not known."), nil
		}
	}
	if none, err := s.viewedNothing(ctx, r, t.pop.rel); err != nil || none != nil {
		return none, err
	}
	if half, err := s.halfKnown(ctx, r, t); err != nil || half != nil {
		return half, err
	}
	return s.unseen(ctx, r, t)
}

// viewedNothing says that a figure is about a view and that nothing of what the
// view is made of was read for the day.
func (s *session) viewedNothing(ctx context.Context, r store.Reader, view string) (*finding.Text, error) {
	if kindOf(view) != "" {
		return nil, nil
	}
	var u usage
	if err := s.texts.relation(view, &u); err != nil {
		return nil, err
	}
	var names, english []string
	for _, rel := range u.relations {
		k := kindOf(rel)
		if k == "" || s.isOwn(k) || placedByTime(k) || s.declaredNone(string(k)) {
			return nil, nil
		}
		has, err := s.hasRows(ctx, r, string(k))
		if err != nil || has {
			return nil, err
		}
		names, english = merge(names, kindName(k).SV), merge(english, kindName(k).EN)
	}
	if len(names) == 0 {
		return nil, nil
	}
	return text("Inget av det här om "+strings.Join(names, " eller ")+" var inläst för den dagen, så det är inte känt.", "Nothing of this about "+strings.Join(english, " or ")+" was read for that day, so it is not known."), nil
}

// placedByTime tells whether records of a kind stand at their own time: years of
// them are known from the first day.
func placedByTime(k record.Kind) bool {
	return slices.Contains([]record.Kind{record.Ticket, record.Observation, record.Cost}, k)
}

// unseen says that the figure stands on a field that changes, of records that
// were first read after the day.
func (s *session) unseen(ctx context.Context, r store.Reader, t *task) (*finding.Text, error) {
	if !s.hasColumn(t.pop.rel, "seen_at") {
		return nil, nil
	}
	for _, c := range t.needed() {
		if c.Relation != t.pop.rel || !changing(c) {
			continue
		}
		u := usage{}
		u.addAll(t.use)
		u.addAll(t.need)
		cond := fmt.Sprintf("%[1]s.%[2]s IS NULL AND %[1]s.seen_at > %[3]d", t.pop.rel, c.Column, s.asOf().Unix())
		some, err := s.one(ctx, r, u, "SELECT 1 "+from(t.pop.rel, t.pop.and(cond).kept())+" LIMIT 1")
		if err != nil {
			return nil, err
		}
		if some != nil {
			name := c.Relation + "." + c.Column
			said, _, _ := strings.Cut(naming.Field(name), " (")
			return text("Det är inte känt vad som gällde den dagen ("+said+"): raderna lästes senare.", "What held that day is not known ("+name+"): the rows were read later."), nil
		}
	}
	return nil, nil
}
