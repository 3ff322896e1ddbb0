package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// SnapshotDir is where snapshots of a configuration are kept when it names no
// folder of its own.
const SnapshotDir = "snapshots"

// Snapshot writes what is known at a point as two signed bags into dir, "" for
// the configured folder.
func (a *App) Snapshot(ctx context.Context, at store.Point, dir string) (w snapshot.Written, err error) {
	parts := a.Parts()
	cfg := parts.Config
	if dir == "" {
		dir = parts.SnapshotDir()
	}
	var key *snapshot.Key
	if k := cfg.Snapshot.Key.Value(); k != "" {
		if key, err = snapshot.ParseKey([]byte(k)); err != nil {
			return w, fmt.Errorf("%w: %s: snapshot.key: %w", config.ErrInvalid, cfg.Path, err)
		}
	}
	at = a.complete(at)
	rec, err := a.Engine().Record(ctx, at)
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	c := snapshot.Content{
		Municipality: cfg.Municipality, Version: a.version, Demo: cfg.Demo, At: at, Created: a.now(),
		Findings: rec.Findings, Catalogue: parts.Catalogue, Rows: rec, SQL: snapshotSQL(rec),
		Decided: parts.Decisions.Log(DecisionOptions(parts.Catalogue)),
	}
	if c.Sources, err = a.sources(ctx); err != nil {
		return w, err
	}
	if c.Log, err = a.store.DecisionLog(ctx, at.AsOf.AddDate(-100, 0, 0)); err != nil {
		return w, err
	}
	if c.Began, err = a.store.Began(ctx); err != nil {
		return w, err
	}
	// The configuration's own form holds every secret as the reference that it
	// was given as.
	if c.Config, err = json.MarshalIndent(cfg, "", "  "); err != nil {
		return w, err
	}
	return snapshot.Write(ctx, dir, c, key)
}

// SnapshotDir is the folder that snapshots are kept in.
func (p *Parts) SnapshotDir() string {
	if d := p.Config.Snapshot.Dir; d != "" {
		return p.Config.Rel(d)
	}
	return filepath.Join(p.Config.Rel(p.Config.DataDir), SnapshotDir)
}
