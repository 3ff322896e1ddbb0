package sqlite

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// watched is one thing that a watch probes.
type watched struct {
	no, last int64
	fresh    bool // has a newer result now
}

// probeRow is a probe's result as the roll-ups need it.
type probeRow struct {
	rec                  *record.Record
	subject, metric      string
	at, until            int64
	samples, ok, unknown int64
	latency              float64 // ms, sum over the successful
	highest              float64
	timed, planned       bool
}

// spanKey is a minute, hour or day of a target.
type spanKey struct{ start, target int64 }

// spanSums are what a span adds up to.
type spanSums struct {
	samples, ok, unknown, latency, highest int64
	timed                                  bool
	measured, up, planned                  int64
}

// rollUpWatch adds probe results to the minute, hour and day of their targets.
// A result that is not newer than the newest of its target came before: a batch
// that is sent again counts once.
func (w *writer) rollUpWatch(recs []*record.Record) error {
	kt, _ := w.s.tables.of(record.Observation)
	rows := make([]probeRow, 0, len(recs))
	for _, r := range recs {
		rows = append(rows, readProbe(kt, r))
	}
	slices.SortStableFunc(rows, func(a, b probeRow) int { return cmp.Compare(a.at, b.at) })
	day := dayOf(w.now)
	minutes, hours, days := map[spanKey]*spanSums{}, map[spanKey]*spanSums{}, map[spanKey]*spanSums{}
	targets := map[[2]string]*watched{}
	for i := range rows {
		r := &rows[i]
		t := targets[[2]string{r.subject, r.metric}]
		if t == nil {
			var err error
			if t, err = w.watched(kt, r); err != nil {
				return err
			}
			targets[[2]string{r.subject, r.metric}] = t
		}
		if r.at <= t.last {
			w.counts.Repeated++
			continue
		}
		t.last, t.fresh = r.at, true
		w.counts.Inserted++
		r.addTo(minutes, spanKey{r.at - r.at%60, t.no})
		r.addTo(hours, spanKey{r.at - r.at%hourSeconds, t.no})
		r.addTo(days, spanKey{day(r.at), t.no})
	}
	for _, t := range targets {
		if t.fresh {
			if err := w.exec("UPDATE watch_target SET last_at = ? WHERE no = ?", t.last, t.no); err != nil {
				return err
			}
		}
	}
	return errors.Join(w.addSpans("minute", minutes), w.addSpans("hour", hours), w.addDays(days))
}

// readProbe reads a probe's result. Samples of zero are an unknown result.
func readProbe(kt *kindTable, r *record.Record) probeRow {
	get := func(name string) record.Value { return value(r.Values, kt.schema.Index(name)) }
	p := probeRow{rec: r, subject: get("subject").S, metric: get("metric").S, at: get("started_at").I, until: get("ended_at").I, samples: 1}
	if v := get("samples"); v.State == record.Set {
		p.samples = max(v.I, 0)
	}
	if p.samples == 0 {
		p.unknown = 1
	}
	p.ok = min(max(get("ok").I, 0), p.samples)
	if v := get("latency_ms"); v.State == record.Set && p.ok > 0 && v.F >= 0 {
		p.latency, p.highest, p.timed = v.F*float64(p.ok), v.F, true
	}
	p.planned = get("planned").I == 1
	return p
}

func (r *probeRow) addTo(spans map[spanKey]*spanSums, k spanKey) {
	s := spans[k]
	if s == nil {
		s = &spanSums{}
		spans[k] = s
	}
	s.samples, s.ok, s.unknown = s.samples+r.samples, s.ok+r.ok, s.unknown+r.unknown
	s.latency += int64(r.latency*10 + 0.5)
	if r.timed {
		s.timed, s.highest = true, max(s.highest, int64(r.highest*10+0.5))
	}
	// Each result stands for the time until the next one should come.
	length := max(r.until-r.at, 0)
	switch {
	case r.samples == 0:
	case r.planned:
		s.planned += length
	default:
		s.measured += length
		s.up += length * r.ok / r.samples
	}
}

// watched finds a target, or makes it known, and follows it to another place.
func (w *writer) watched(kt *kindTable, r *probeRow) (*watched, error) {
	place := func(name string) (any, error) {
		i := kt.schema.Index(name)
		return w.arg(&kt.columns[i], value(r.rec.Values, i))
	}
	site, err := place("site")
	if err != nil {
		return nil, err
	}
	unit, err := place("org_unit")
	if err != nil {
		return nil, err
	}
	class, err := place("category")
	if err != nil {
		return nil, err
	}
	t := &watched{}
	err = w.row("SELECT no, last_at FROM watch_target WHERE source_no = ? AND subject = ? AND metric = ?", []any{w.sourceNo, r.subject, r.metric}, &t.no, &t.last)
	if errors.Is(err, sql.ErrNoRows) {
		t.last = r.at - 1
		return t, w.row("INSERT INTO watch_target (source_no, subject, metric, class, site_ref, org_unit_ref, last_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING no",
			[]any{w.sourceNo, r.subject, r.metric, class, site, unit, t.last}, &t.no)
	}
	if err != nil {
		return nil, err
	}
	return t, w.exec("UPDATE watch_target SET class = ?1, site_ref = ?2, org_unit_ref = ?3 WHERE no = ?4 AND (class IS NOT ?1 OR site_ref IS NOT ?2 OR org_unit_ref IS NOT ?3)", class, site, unit, t.no)
}

// addSpans adds to the roll-ups of minutes or hours, in the order of their key.
func (w *writer) addSpans(unit string, spans map[spanKey]*spanSums) error {
	text := "INSERT INTO watch_" + unit + " (" + unit + ", target, samples, ok, unknown, latency_sum, latency_max) VALUES (?, ?, ?, ?, ?, ?, ?)" +
		" ON CONFLICT (" + unit + ", target) DO UPDATE SET samples = samples + excluded.samples, ok = ok + excluded.ok, unknown = unknown + excluded.unknown," +
		" latency_sum = latency_sum + excluded.latency_sum, latency_max = max(coalesce(latency_max, excluded.latency_max), coalesce(excluded.latency_max, latency_max))"
	for _, k := range inOrder(spans) {
		s := spans[k]
		var highest any
		if s.timed {
			highest = s.highest
		}
		if err := w.exec(text, k.start, k.target, s.samples, s.ok, s.unknown, s.latency, highest); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) addDays(spans map[spanKey]*spanSums) error {
	for _, k := range inOrder(spans) {
		s := spans[k]
		if err := w.exec("INSERT INTO watch_day (day, target, samples, ok, unknown, measured_s, up_s, planned_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"+
			" ON CONFLICT (day, target) DO UPDATE SET samples = samples + excluded.samples, ok = ok + excluded.ok, unknown = unknown + excluded.unknown,"+
			" measured_s = measured_s + excluded.measured_s, up_s = up_s + excluded.up_s, planned_s = planned_s + excluded.planned_s",
			k.start, k.target, s.samples, s.ok, s.unknown, s.measured, s.up, s.planned); err != nil {
			return err
		}
	}
	return nil
}

func inOrder(spans map[spanKey]*spanSums) []spanKey {
	out := make([]spanKey, 0, len(spans))
	for k := range spans {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b spanKey) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.target, b.target)) })
	return out
}

// dayOf returns what tells the first second of an instant's day in Stockholm.
// A batch is of one day or two, so the newest answer is kept.
func dayOf(now int64) func(int64) int64 {
	stockholm := calendar.Location()
	from, to := now, now
	return func(at int64) int64 {
		if at < from || at >= to {
			y, m, d := time.Unix(at, 0).In(stockholm).Date()
			from, to = time.Date(y, m, d, 0, 0, 0, 0, stockholm).Unix(), time.Date(y, m, d+1, 0, 0, 0, 0, stockholm).Unix()
		}
		return from
	}
}
