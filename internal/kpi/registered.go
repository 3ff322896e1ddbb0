package kpi

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// unregistered says why a zero would say more than anybody knows: the
// definition asks that such a thing be registered, and no row ever was.
func (t *task) unregistered(ctx context.Context, r store.Reader) (*finding.Text, error) {
	p := t.def.Registered
	if p == nil || t.s.declaredNone(string(p.Record)) {
		return nil, nil
	}
	none, err := t.s.none(ctx, r, p.Record, p.Where)
	if err != nil || !none {
		return nil, err
	}
	return nothingRegistered(), nil
}

// none tells that there are rows of a kind and that none of them passes a test.
func (s *session) none(ctx context.Context, r store.Reader, kind record.Kind, where string) (bool, error) {
	var u usage
	c, err := s.texts.condition(where, string(kind), "", &u)
	if err != nil {
		return false, fmt.Errorf("where: %w", err)
	}
	hit, err := s.one(ctx, r, u, "SELECT 1 "+from(string(kind), c)+" LIMIT 1")
	if err != nil || hit != nil {
		return false, err
	}
	return s.hasRows(ctx, r, string(kind))
}

func nothingRegistered() *finding.Text {
	return text("Kan mätas när något är registrerat: ingen källa har en enda rad av det här slaget.",
		"Can be measured when something is registered: no source has a single row of this kind.")
}
