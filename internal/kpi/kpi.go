// Package kpi turns definitions, records and a point in time into findings.
package kpi

import (
	"context"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Opener opens a read-only view of the records at a point in time.
type Opener interface {
	OpenReader(ctx context.Context, at store.Point) (store.Reader, error)
}

// Engine evaluates a catalogue. It is safe for concurrent use.
type Engine struct {
	catalogue catalogue.Catalogue
	decisions decision.Set
	open      Opener
}

// New returns an engine.
func New(c catalogue.Catalogue, d decision.Set, open Opener) *Engine {
	return &Engine{catalogue: c, decisions: d, open: open}
}

// Evaluate returns one finding per definition, in catalogue order. A
// definition that fails gives outcome error; Evaluate itself fails only if the
// store cannot be read.
func (e *Engine) Evaluate(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	return nil, nil
}

// Explain returns one finding with its evidence rows and SQL.
func (e *Engine) Explain(ctx context.Context, id string, at store.Point, limit int) (finding.Finding, error) {
	return finding.Finding{}, nil
}
