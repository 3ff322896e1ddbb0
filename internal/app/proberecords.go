package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disruption"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// slots reads how many of an hour's probes were due and could not start.
func slots(rec *record.Record) (hour time.Time, due, missed int64, ok bool) {
	s, _ := record.Lookup(record.Observation)
	get := func(name string) record.Value {
		if i := s.Index(name); i < len(rec.Values) {
			return rec.Values[i]
		}
		return record.Value{}
	}
	if rec.Kind != record.Observation || get("metric").S != watchlist.SlotsMissed {
		return time.Time{}, 0, 0, false
	}
	return time.Unix(get("started_at").I, 0).UTC(), get("samples").I, int64(get("value").F), true
}

// complete fills in what the list says of a result: how long it stands for,
// and whether the time is planned work.
func complete(rec *record.Record, r watchlist.Result, t *watchlist.Target) {
	s, _ := record.Lookup(record.Observation)
	set := func(name string, n int64) {
		rec.Values[s.Index(name)] = record.Value{State: record.Set, I: n}
	}
	set("ended_at", r.At.Add(t.Interval).Unix())
	if t.PlannedAt(r.At) {
		set("planned", 1)
	}
}

// withIntervals adds the fields of disruptions to what a batch says it maps.
func withIntervals(mapped map[record.Kind][]string) map[record.Kind][]string {
	out := maps.Clone(mapped)
	if out == nil {
		out = map[record.Kind][]string{}
	}
	fields := slices.Clone(out[record.Observation])
	for _, f := range disruption.Fields() {
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	out[record.Observation] = fields
	return out
}

// restoreDisruptions reads what was ongoing when the daemon last stopped.
func restoreDisruptions(ctx context.Context, st interface {
	OpenReader(ctx context.Context, at store.Point) (store.Reader, error)
}, name string, state *disruption.State, now time.Time) (err error) {
	r, err := st.OpenReader(ctx, store.Point{AsOf: now, KnownAt: now})
	if err != nil {
		return fmt.Errorf("restore disruptions: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var open []disruption.Interval
	if err := rows(ctx, r, []string{"observation"}, `SELECT source_id, kind, coalesce(subject, ''), started_at, coalesce(planned, 0), coalesce(secondary, 0),
		coalesce(cause, ''), coalesce(metric, ''), coalesce(site_raw, ''), coalesce(org_unit_raw, ''), coalesce(category, ''), coalesce(opening, ''), coalesce(users, 0)
		FROM observation WHERE source = ? AND kind IN ('outage', 'unmeasured') AND ended_at IS NULL ORDER BY started_at`, func(scan func(...any) error) error {
		var s disruption.Stored
		if err := scan(&s.ID, &s.Kind, &s.Target, &s.Start, &s.Planned, &s.Secondary, &s.Cause, &s.Metric, &s.Site, &s.OrgUnit, &s.Class, &s.Opening, &s.Users); err != nil {
			return err
		}
		open = append(open, s.Interval())
		return nil
	}, name); err != nil {
		return fmt.Errorf("restore disruptions: %w", err)
	}
	last := map[string]time.Time{}
	if err := rows(ctx, r, nil, "SELECT subject, max(last_at) FROM probe_target WHERE source = ? GROUP BY subject", func(scan func(...any) error) error {
		var subject string
		var at int64
		if err := scan(&subject, &at); err != nil {
			return err
		}
		last[subject] = time.Unix(at, 0).UTC()
		return nil
	}, name); err != nil {
		return fmt.Errorf("restore disruptions: %w", err)
	}
	state.Restore(open, last)
	return rows(ctx, r, []string{"observation"}, "SELECT subject, value FROM observation WHERE source = ? AND kind = 'counter' AND metric = '"+watchlist.CertificateExpiry+"' AND value IS NOT NULL", func(scan func(...any) error) error {
		var subject string
		var at float64
		if err := scan(&subject, &at); err != nil {
			return err
		}
		state.Expires(subject, time.Unix(int64(at), 0).UTC())
		return nil
	}, name)
}
