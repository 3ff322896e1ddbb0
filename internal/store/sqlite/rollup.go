package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

const (
	hourSeconds = 3600
	// rollupStep is how many hours one transaction rolls up; a collection
	// that touches no more has them in its own.
	rollupStep = 2000
	// How long probe results and their hour roll-ups are kept.
	keepProbes = 35 * 24 * time.Hour
	keepHours  = 5 * 365 * 24 * time.Hour
)

// probeHour is one hour of one thing probed.
type probeHour struct {
	subject, metric string
	hour            int64
}

// touchProbe notes the hour that a probe result belongs to.
func (w *writer) touchProbe(kt *kindTable, values []record.Value) {
	if kt.kind != record.Observation || value(values, kt.schema.Index("kind")).S != "probe" {
		return
	}
	subject, start := value(values, kt.schema.Index("subject")), value(values, kt.schema.Index("started_at"))
	w.touchHour(subject.S, value(values, kt.schema.Index("metric")).S, start.I, start.State == record.Set)
}

func (w *writer) touchHour(subject, metric string, start int64, known bool) {
	if subject == "" || !known {
		return
	}
	if w.hours == nil {
		w.hours = map[probeHour]bool{}
	}
	w.hours[probeHour{subject, metric, start - start%hourSeconds}] = true
}

// touchStored notes the hour of a stored row that is about to change or go.
func (w *writer) touchStored(kt *kindTable, no int64) error {
	if kt.kind != record.Observation {
		return nil
	}
	var subject, metric string
	var start int64
	var known bool
	err := w.row("SELECT coalesce(subject, ''), coalesce(metric, ''), coalesce(started_at, 0), started_at IS NOT NULL FROM observation_now WHERE no = ? AND kind = 'probe'", []any{no}, &subject, &metric, &start, &known)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	w.touchHour(subject, metric, start, known)
	return err
}

// rollUp brings the touched hours up to date, or, if they are many, marks
// them for rollUpMarked.
func (w *writer) rollUp() error {
	if len(w.hours) > rollupStep {
		for h := range w.hours {
			if err := w.exec("INSERT INTO probe_dirty (subject, metric, hour) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", h.subject, h.metric, h.hour); err != nil {
				return err
			}
		}
		return nil
	}
	for h := range w.hours {
		if err := w.rollUpHour(h); err != nil {
			return err
		}
	}
	return nil
}

// rollUpHour counts one hour anew from its probe results. An hour that is
// older than probe results are kept never shrinks.
func (w *writer) rollUpHour(h probeHour) error {
	if h.hour > w.now-int64(keepProbes/time.Second) {
		if err := w.exec("DELETE FROM probe_hour WHERE subject = ? AND metric = ? AND hour = ?", h.subject, h.metric, h.hour); err != nil {
			return err
		}
	}
	return w.exec("INSERT INTO probe_hour (subject, metric, hour, site_ref, org_unit_ref, samples, ok, latency_sum_ms, latency_max_ms, latency_p95_ms)"+
		" SELECT ?1, ?2, ?3, max(site_ref), max(org_unit_ref), sum(coalesce(samples, 1)), sum(coalesce(ok, 0)), coalesce(sum(latency_ms * coalesce(ok, 0)), 0.0), max(latency_ms), percentile_disc(latency_ms, 0.95)"+
		" FROM observation_now WHERE kind = 'probe' AND subject = ?1 AND metric IS nullif(?2, '') AND started_at >= ?3 AND started_at < ?4 HAVING count(*) > 0"+
		" ON CONFLICT (subject, metric, hour) DO UPDATE SET site_ref = excluded.site_ref, org_unit_ref = excluded.org_unit_ref, samples = excluded.samples, ok = excluded.ok, latency_sum_ms = excluded.latency_sum_ms, latency_max_ms = excluded.latency_max_ms, latency_p95_ms = excluded.latency_p95_ms"+
		" WHERE excluded.samples >= probe_hour.samples", h.subject, h.metric, h.hour, h.hour+hourSeconds)
}

// rollUpMarked rolls up the hours that a large collection marked, in steps.
// It is taken up again when the store is opened.
func (s *Store) rollUpMarked(ctx context.Context, now int64) error {
	for {
		done := 0
		_, err := s.update(ctx, func(tx *sql.Tx) error {
			hours, err := markedHours(ctx, tx)
			if err != nil {
				return err
			}
			done = len(hours)
			w := &writer{ctx: ctx, tx: tx, now: now, stmts: map[string]*sql.Stmt{}}
			for _, h := range hours {
				if err := w.rollUpHour(h); err != nil {
					return err
				}
				if err := w.exec("DELETE FROM probe_dirty WHERE subject = ? AND metric = ? AND hour = ?", h.subject, h.metric, h.hour); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("store: roll up: %w", err)
		}
		if done < rollupStep {
			return nil
		}
	}
}

func markedHours(ctx context.Context, tx *sql.Tx) ([]probeHour, error) {
	rows, err := tx.QueryContext(ctx, "SELECT subject, metric, hour FROM probe_dirty LIMIT ?", rollupStep)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []probeHour
	for rows.Next() {
		var h probeHour
		if err := rows.Scan(&h.subject, &h.metric, &h.hour); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// Prune removes probe results and minute roll-ups older than 35 days, whose
// hours stay, and hours older than five years; days stay. It does so in small
// transactions, and returns how many rows went.
func (s *Store) Prune(ctx context.Context, now time.Time) (int64, error) {
	steps := []struct {
		text   string
		before time.Time
	}{
		{"DELETE FROM observation_now WHERE no IN (SELECT no FROM observation_now WHERE kind = 'probe' AND started_at < ? LIMIT 5000)", now.Add(-keepProbes)},
		{"DELETE FROM observation_past WHERE ver IN (SELECT ver FROM observation_past WHERE kind = 'probe' AND started_at < ? LIMIT 5000)", now.Add(-keepProbes)},
		{"DELETE FROM watch_minute WHERE (minute, target) IN (SELECT minute, target FROM watch_minute WHERE minute < ? ORDER BY minute LIMIT 5000)", now.Add(-keepProbes)},
		{"DELETE FROM watch_hour WHERE (hour, target) IN (SELECT hour, target FROM watch_hour WHERE hour < ? ORDER BY hour LIMIT 5000)", now.Add(-keepHours)},
		{"DELETE FROM probe_hour WHERE (subject, metric, hour) IN (SELECT subject, metric, hour FROM probe_hour WHERE hour < ? LIMIT 5000)", now.Add(-keepHours)},
	}
	total := int64(0)
	for _, st := range steps {
		for n := int64(1); n > 0; {
			s.writing.Lock()
			_, err := s.update(ctx, func(tx *sql.Tx) error {
				res, err := tx.ExecContext(ctx, st.text, st.before.Unix())
				if err != nil {
					return err
				}
				n, err = res.RowsAffected()
				return err
			})
			s.writing.Unlock()
			if err != nil {
				return total, fmt.Errorf("store: prune: %w", err)
			}
			total += n
		}
	}
	return total, nil
}
