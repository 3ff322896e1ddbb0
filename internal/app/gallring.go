package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Gallring is one removal that is asked for.
type Gallring struct {
	Kind         record.Kind
	Before       time.Time
	Decision, By string
}

// Gallrad is what one came to.
type Gallrad struct {
	Gallring

	store.Removed

	Figures []string // ids of figures of the present that it changed, and that are therefore shown no longer
}

// gallringLog is the log of what has been removed.
func (p *Parts) gallringLog() string {
	return filepath.Join(p.Config.Rel(p.Config.DataDir), privacy.LogName)
}

// Plan tells what a removal would remove.
func (a *App) Plan(ctx context.Context, g Gallring) (Gallrad, error) {
	n, err := a.store.CountOlder(ctx, g.Kind, g.Before)
	return Gallrad{Gallring: g, Removed: n}, err
}

// Gallra removes what is older, by decision, and writes it in the log: before it
// begins and when it is done. Where there is nothing to remove, nothing is done.
func (a *App) Gallra(ctx context.Context, g Gallring) (done Gallrad, err error) {
	if done, err = a.Plan(ctx, g); err != nil {
		return done, err
	}
	unfinished, err := a.unfinished(ctx, g)
	if err != nil || done.Records+done.Lists == 0 && !unfinished {
		return done, err
	}
	a.evaluating.Lock()
	defer a.evaluating.Unlock()
	now := a.now()
	at := store.Point{AsOf: now, KnownAt: now}
	before, err := a.Engine().Evaluate(ctx, at)
	if err != nil {
		return done, err
	}
	entry := privacy.Entry{At: now, What: privacy.LogBegun, Decision: g.Decision, By: g.By, Kind: string(g.Kind), Before: &g.Before,
		Records: done.Records, Lists: done.Lists, First: instant(done.First), Last: instant(done.Last)}
	log := a.Parts().gallringLog()
	if err := privacy.AppendLog(log, entry); err != nil {
		return done, err
	}
	if done.Removed, err = a.store.RemoveOlder(ctx, store.Removal{Kind: g.Kind, Before: g.Before, At: now, Decision: g.Decision}); err != nil {
		return done, err
	}
	after, err := a.Engine().Evaluate(ctx, at)
	if err != nil {
		return done, err
	}
	if done.Figures = changedFigures(before, after); len(done.Figures) > 0 {
		if err := a.store.NoteAffected(ctx, g.Kind, g.Before, done.Figures); err != nil {
			return done, err
		}
	}
	entry.At, entry.What, entry.Figures = a.now(), privacy.LogDone, done.Figures
	a.noteApplied()
	return done, privacy.AppendLog(log, entry)
}

// unfinished tells whether a removal was interrupted.
func (a *App) unfinished(ctx context.Context, g Gallring) (bool, error) {
	rs, err := a.store.Removals(ctx)
	return slices.ContainsFunc(rs, func(r store.Removal) bool {
		return r.Kind == g.Kind && r.Before.Equal(g.Before.Truncate(time.Second)) && !r.Done
	}), err
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// changedFigures are the ids of figures that had a value before and have another
// one after.
func changedFigures(before, after []finding.Finding) []string {
	var out []string
	for i := range before {
		b, a := &before[i], &after[i]
		if a.Value == nil || b.Value != nil && *a.Value == *b.Value && sameAmount(a.Numerator, b.Numerator) && sameAmount(a.Denominator, b.Denominator) {
			continue
		}
		out = append(out, a.KPI)
	}
	return out
}

func sameAmount(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// gallraDue removes what the configuration names a decision for, month by month:
// so that the day up to which things are gone moves once a month.
func (a *App) gallraDue(ctx context.Context, now time.Time) {
	for kind, r := range a.Parts().Config.Privacy.Retention {
		if r.Decision == "" {
			continue
		}
		cut := r.Keep.Before(now.In(calendar.Location()))
		cut = time.Date(cut.Year(), cut.Month(), 1, 0, 0, 0, 0, cut.Location())
		done, err := a.Gallra(ctx, Gallring{Kind: record.Kind(kind), Before: cut, Decision: r.Decision, By: r.By})
		switch {
		case err != nil && ctx.Err() == nil:
			a.log.Error("removing by decision", "kind", kind, "err", err)
		case done.Records+done.Lists > 0:
			a.log.Info("removed by decision", "kind", kind, "records", done.Records, "before", cut.Format(time.DateOnly))
		}
	}
}

// GallraEvidence removes the evidence of a snapshot by decision. Its sum and the
// decision stay in a file where it was, and in the log.
func (a *App) GallraEvidence(name, decision, by string, dry bool) (snapshot.RemovedEvidence, error) {
	parts := a.Parts()
	dir := parts.SnapshotDir()
	r, err := snapshot.FindEvidence(dir, name)
	if err != nil || dry {
		return r, err
	}
	key, err := parts.snapshotKey()
	if err != nil {
		return r, err
	}
	r.Decision, r.By, r.Removed = decision, by, a.now().UTC()
	entry := privacy.Entry{At: r.Removed, What: privacy.LogEvidence, Decision: decision, By: by, File: r.File, SHA256: r.SHA256}
	if err := privacy.AppendLog(parts.gallringLog(), entry); err != nil {
		return r, err
	}
	if err := r.Remove(dir, key); err != nil {
		return r, fmt.Errorf("%s: %w", r.File, err)
	}
	return r, nil
}

// ErrNotStopped is wrapped when the daemon owns the store that is to be changed.
var ErrNotStopped = errors.New("tjänsten är igång: stoppa den först")

// snapshotKey is the key that signs; nil where there is none.
func (p *Parts) snapshotKey() (*seal.Key, error) {
	text := p.Config.Snapshot.Key.Value()
	if text == "" {
		return nil, nil //nolint:nilnil // a nil key signs nothing
	}
	key, err := seal.ParseKey([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: snapshot.key: %w", config.ErrInvalid, p.Config.Path, err)
	}
	return key, nil
}
