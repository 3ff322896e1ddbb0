package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// operations reads the queue, what came and went of it, the ongoing
// disruptions, the places' and the org units' names, and the names that lead
// to nothing.
func (a *App) operations(ctx context.Context, at store.Point, s *metrics.Snapshot) (err error) {
	r, err := a.store.OpenReader(ctx, at)
	if err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if s.Queues, err = queues(ctx, r); err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	if s.Flows, err = flows(ctx, r, at.AsOf, s.Queues); err != nil {
		return fmt.Errorf("read what came and went: %w", err)
	}
	if s.Waits, err = waits(ctx, r, at.AsOf, a.Parts().Calendar); err != nil {
		return err
	}
	if err := a.listedDisruptions(ctx, r); err != nil {
		return err
	}
	if err := a.probes.Places(ctx, r); err != nil {
		return err
	}
	a.probes.Show(a.now())
	if s.Sites, err = a.sites(ctx, r, at.AsOf); err != nil {
		return err
	}
	if s.OrgUnits, err = orgUnits(ctx, r); err != nil {
		return err
	}
	s.Unmapped, err = a.unmappedNames(ctx)
	return err
}

func orgUnits(ctx context.Context, r store.Reader) (out []metrics.OrgUnit, err error) {
	err = rows(ctx, r, []string{"org_unit"}, `SELECT id, coalesce(name, id), coalesce(parent, '') FROM org_unit ORDER BY id`, func(scan func(...any) error) error {
		var o metrics.OrgUnit
		if err := scan(&o.ID, &o.Name, &o.Parent); err != nil {
			return err
		}
		out = append(out, o)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the org units: %w", err)
	}
	return out, nil
}

func queues(ctx context.Context, r store.Reader) (out []metrics.Queue, err error) {
	err = rows(ctx, r, []string{"ticket"}, `SELECT coalesce(queue, ''), coalesce(priority, ''), count(*), min(opened_at) FROM ticket
		WHERE resolved_at IS NULL AND closed_at IS NULL AND coalesce(status, 'open') IN ('new', 'open', 'waiting') AND opened_at IS NOT NULL
		GROUP BY 1, 2 ORDER BY 1, 2`, func(scan func(...any) error) error {
		var q metrics.Queue
		var oldest int64
		if err := scan(&q.Queue, &q.Priority, &q.Open, &oldest); err != nil {
			return err
		}
		q.Oldest = time.Unix(oldest, 0)
		out = append(out, q)
		return nil
	})
	return out, err
}

// windows are the stretches of time that tickets are counted over, the longest last.
func windows() []struct {
	name string
	span time.Duration
} {
	return []struct {
		name string
		span time.Duration
	}{{"1h", time.Hour}, {"1d", 24 * time.Hour}, {"7d", 7 * 24 * time.Hour}}
}

// flows counts the tickets that came to each queue and left it. Every queue
// that has open tickets or had any within the longest window gets all windows,
// so that nothing came is a zero.
func flows(ctx context.Context, r store.Reader, now time.Time, open []metrics.Queue) ([]metrics.Flow, error) {
	type counts struct{ opened, resolved [3]int64 }
	by := map[string]*counts{}
	of := func(queue string) *counts {
		if by[queue] == nil {
			by[queue] = &counts{}
		}
		return by[queue]
	}
	for _, q := range open {
		of(q.Queue)
	}
	ws := windows()
	args := []any{now.Unix()}
	for _, w := range ws {
		args = append(args, now.Add(-w.span).Unix())
	}
	read := func(query string, into func(*counts) *[3]int64) error {
		return rows(ctx, r, []string{"ticket"}, query, func(scan func(...any) error) error {
			var queue string
			var n [3]int64
			if err := scan(&queue, &n[0], &n[1], &n[2]); err != nil {
				return err
			}
			total := into(of(queue))
			for i := range n {
				total[i] += n[i]
			}
			return nil
		}, args...)
	}
	if err := read(`SELECT coalesce(queue, ''), sum(opened_at > ?2), sum(opened_at > ?3), count(*) FROM ticket WHERE opened_at > ?4 AND opened_at <= ?1 GROUP BY 1`,
		func(c *counts) *[3]int64 { return &c.opened }); err != nil {
		return nil, err
	}
	// A ticket that was closed without having been solved has left the queue too.
	for _, at := range []struct{ field, also string }{{"resolved_at", ""}, {"closed_at", " AND resolved_at IS NULL"}} {
		if err := read(fmt.Sprintf(`SELECT coalesce(queue, ''), sum(%[1]s > ?2), sum(%[1]s > ?3), count(*) FROM ticket WHERE %[1]s > ?4 AND %[1]s <= ?1%[2]s GROUP BY 1`, at.field, at.also),
			func(c *counts) *[3]int64 { return &c.resolved }); err != nil {
			return nil, err
		}
	}
	var out []metrics.Flow
	for _, q := range slices.Sorted(maps.Keys(by)) {
		for i, w := range ws {
			out = append(out, metrics.Flow{Queue: q, Window: w.name, Opened: by[q].opened[i], Resolved: by[q].resolved[i]})
		}
	}
	return out, nil
}

// namesSeen are the unmapped names as they were when the records and the
// decisions were last other than now.
type namesSeen struct {
	parts   *Parts
	changed map[record.Kind]int64
	names   []metrics.Unmapped
}

// unmappedNames counts the names that lead to nothing. Counting reads every
// record, so it is done only when records or decisions have changed.
// a.evaluating is held.
func (a *App) unmappedNames(ctx context.Context) ([]metrics.Unmapped, error) {
	changed, err := a.store.Changed(ctx)
	if err != nil {
		return nil, fmt.Errorf("unmapped names: %w", err)
	}
	parts := a.Parts()
	if a.seen.parts == parts && maps.Equal(a.seen.changed, changed) {
		return a.seen.names, nil
	}
	names, err := a.store.Unmapped(ctx)
	if err != nil {
		return nil, fmt.Errorf("unmapped names: %w", err)
	}
	var out []metrics.Unmapped
	for _, g := range groupNames(names, nil) {
		out = append(out, metrics.Unmapped{Scheme: g.Scheme, Kind: g.Kind, Names: g.Names})
	}
	a.seen = namesSeen{parts: parts, changed: changed, names: out}
	return out, nil
}

// infoOf is what the catalogue says of a KPI.
func infoOf(k *catalogue.Definition) metrics.Info {
	i := metrics.Info{KPI: k.ID, Unit: k.Unit, Direction: k.Direction, Area: k.Area, Title: k.Title, NextStep: k.NextStep}
	for _, of := range []struct {
		scheme string
		tags   []string
	}{{"ey", k.Tags.EY}, {"kpmg", k.Tags.KPMG}, {"nis2", k.Tags.NIS2}, {"itil", k.Tags.ITIL}} {
		for _, t := range of.tags {
			i.Tags = append(i.Tags, metrics.Tag{Scheme: of.scheme, Tag: t})
		}
	}
	return i
}

// waiversAt lists the decisions in force that accept a shortfall.
func waiversAt(list []decision.Waiver, at time.Time) []metrics.Waiver {
	var out []metrics.Waiver
	for _, w := range list {
		if w.From.After(at) || w.Expires.Before(at) { // one without an end expires never, which no rule waits for
			continue
		}
		scope := "kpi"
		switch {
		case w.Record != "":
			scope = "record:" + w.Record
		case w.OrgUnit != "":
			scope = "org_unit:" + w.OrgUnit
		}
		out = append(out, metrics.Waiver{KPI: w.KPI, Scope: scope, Decision: w.Decision, Expires: w.Expires})
	}
	return out
}

// rows runs a query over relations and calls each for every row.
func rows(ctx context.Context, r store.Reader, relations []string, query string, each func(scan func(...any) error) error, args ...any) (err error) {
	if with := r.With(relations...); with != "" {
		query = "WITH " + with + "\n" + query
	}
	rs, err := r.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rs.Close()) }()
	for rs.Next() {
		if err := each(rs.Scan); err != nil {
			return err
		}
	}
	return rs.Err()
}
