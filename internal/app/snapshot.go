package app

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// SnapshotDir is where snapshots of a configuration are kept when it names no
// folder of its own.
const SnapshotDir = "snapshots"

// SnapshotOptions say what a snapshot is of and who may read it.
type SnapshotOptions struct {
	At  store.Point // of a correction the zero as_of is the corrected one's
	Dir string      // "" for the configured folder
	// Corrects names the snapshot that is corrected, and Note says what was wrong.
	Corrects, Note string
	// Recipients are open keys of age besides the configured ones.
	Recipients []string
}

// Snapshot writes what is known at a point as two signed bags, and has it
// time-stamped where that is configured. A server that gives no time stamp is
// told in Written and is no error: the snapshot stands.
func (a *App) Snapshot(ctx context.Context, opt SnapshotOptions) (w snapshot.Written, err error) {
	parts := a.Parts()
	cfg := parts.Config
	dir := opt.Dir
	if dir == "" {
		dir = parts.SnapshotDir()
	}
	trust, err := parts.snapshotTrust(opt, dir)
	if err != nil {
		return w, err
	}
	at := a.complete(trust.at)
	rec, changes, err := a.recorded(ctx, parts, at)
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	c := snapshot.Content{
		Municipality: cfg.Municipality, Version: a.version, Demo: cfg.Demo, At: at, Created: a.now(),
		Findings: rec.Findings, Catalogue: parts.Catalogue, Rows: rec, SQL: snapshotSQL(rec), Workers: 2, Changes: changes,
		Decided:  parts.Decisions.Log(DecisionOptions(parts.Catalogue)),
		Corrects: trust.corrects, Recipients: trust.recipients,
	}
	if c.Sources, err = a.sources(ctx); err != nil {
		return w, err
	}
	if c.Log, err = a.store.DecisionLog(ctx, at.AsOf.AddDate(-100, 0, 0)); err != nil {
		return w, err
	}
	if c.Began, err = a.beganAt(ctx); err != nil {
		return w, err
	}
	if c.Reports, err = a.snapshotReports(ctx, at, rec.Findings); err != nil {
		return w, err
	}
	// The configuration's own form holds every secret as the reference that it
	// was given as.
	if c.Config, err = json.MarshalIndent(cfg, "", "  "); err != nil {
		return w, err
	}
	pseudonyms, undo, err := parts.pseudonymKeys().For(at, c.Created)
	if err != nil {
		return w, err
	}
	c.Pseudonyms = pseudonyms
	if w, err = snapshot.Write(ctx, dir, c, trust.key); err != nil {
		return w, errors.Join(err, undo())
	}
	w.Stamped, w.NotStamped = a.stamp(ctx, dir, w.Name)
	return w, nil
}

// recorded evaluates a point for a snapshot, and meanwhile counts the rows that
// changed before it. The caller closes the recording.
func (a *App) recorded(ctx context.Context, parts *Parts, at store.Point) (rec *kpi.Recording, changes []store.RowChange, err error) {
	var counting sync.WaitGroup
	var notCounted error
	counting.Go(func() { changes, notCounted = a.store.RowChanges(ctx, snapshot.ChangesFrom(at.AsOf), at.AsOf) })
	// Months that this process happens to remember are left out: the same point
	// gives the same files whoever makes the snapshot, and when.
	rec, err = a.engineOf(parts, monthly{app: a, stored: true}).Record(ctx, at)
	counting.Wait()
	if err != nil {
		return nil, nil, err
	}
	if notCounted != nil {
		return nil, nil, errors.Join(notCounted, rec.Close())
	}
	return rec, changes, nil
}

// SnapshotDir is the folder that snapshots are kept in.
func (p *Parts) SnapshotDir() string {
	if d := p.Config.Snapshot.Dir; d != "" {
		return p.Config.Rel(d)
	}
	return filepath.Join(p.Config.Rel(p.Config.DataDir), SnapshotDir)
}
