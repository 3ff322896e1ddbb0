package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// noteDecisions compares the decisions that were read with those read last and
// keeps what changed in the store's log.
func (a *App) noteDecisions(ctx context.Context, parts *Parts) error {
	var files []string
	for _, f := range parts.Config.Decisions {
		files = append(files, filepath.Base(f))
	}
	ds := parts.Decisions.Log(DecisionOptions(parts.Catalogue))
	for i := range ds {
		ds[i].File = strings.Join(files, ", ")
	}
	changes, err := a.store.NoteDecisions(ctx, ds, a.now())
	if err != nil {
		return fmt.Errorf("log of decisions: %w", err)
	}
	if len(changes) > 0 {
		a.log.Info("decisions changed", "fields", len(changes))
	}
	return nil
}

// DecisionLog lists the changes of decisions from an instant, oldest first.
func (a *App) DecisionLog(ctx context.Context, from time.Time) ([]store.DecisionChange, error) {
	return a.store.DecisionLog(ctx, from)
}

// MappingChanges lists names that led to another identity than before.
func (a *App) MappingChanges(ctx context.Context, from time.Time) ([]store.MappingChange, error) {
	return a.store.MappingChanges(ctx, from)
}
