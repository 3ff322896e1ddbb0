package prometheus

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// batchSize is how many records are handed over at a time.
const batchSize = 256

// writer turns the series of one query into records.
type writer struct {
	c     *collection
	q     *query
	fill  *column.Filler
	cells []column.Cell
	batch []record.Record
	// keys are the series of the present answer.
	keys   map[string]bool
	spans  map[string]*span // of intervals, by series: the one that goes on
	closed []span
	to     int64 // the window's last step
	nan    int64
	failed bool // the sink's error, not the server's
}

func (c *collection) writer(q *query) *writer {
	return &writer{c: c, q: q, fill: q.record.Filler(c.now), cells: make([]column.Cell, len(q.labels)), spans: make(map[string]*span)}
}

func (w *writer) place() record.Place {
	return record.Place{Doc: w.c.doc(), Sheet: w.q.Metric}
}

// answer begins a new answer.
func (w *writer) answer() { w.keys = make(map[string]bool) }

// key tells the series apart by what is mapped of them.
func (w *writer) key(labels map[string]string) string {
	parts := []string{w.q.Metric}
	for i, c := range w.q.record.Columns() {
		if w.q.labels[i] != "" {
			parts = append(parts, strings.ReplaceAll(label(labels, c.Header), "|", "¦"))
		}
	}
	return strings.Join(parts, "|")
}

// label is the first of some labels that a series has.
func label(labels map[string]string, names []string) string {
	for _, n := range names {
		if v := labels[n]; v != "" {
			return v
		}
	}
	return ""
}

// series writes one series, or notes its intervals.
func (w *writer) series(s series) error {
	if len(w.keys) >= w.c.MaxSeries {
		return fmt.Errorf("fler än %d serier; räkna samman dem (sum by …) eller höj max_series: %w", w.c.MaxSeries, sdk.ErrBadInput)
	}
	for _, v := range w.mapped(s.labels) {
		// The daemon would hold it back from the record; but it would stand in
		// the id and in the cursor.
		if sdk.HoldsPersonalNumber(v) {
			w.c.seen++
			return w.warn(sdk.Warning{Place: w.place(), Code: "personal_number", Refused: true,
				Reason: "En etikett som läses har något som liknar ett personnummer. Serien används inte."})
		}
	}
	key := w.key(s.labels)
	if w.keys[key] {
		w.c.seen++
		return w.warn(sdk.Warning{Place: w.place(), Code: "series_alike", Refused: true,
			Reason: "Flera serier är lika i de etiketter som läses och går inte att skilja åt. Peka ut fler etiketter, eller räkna samman dem (sum by …)."})
	}
	w.keys[key] = true
	for _, p := range s.points {
		switch {
		case math.IsNaN(p.v): // a division of nothing by nothing, or a series that ended
			w.nan++
		case w.q.Intervals:
			w.step(key, s.labels, p)
		default:
			if err := w.point(key, s.labels, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// point writes one value.
func (w *writer) point(key string, labels map[string]string, p point) error {
	at := p.t / 1000
	start, end := at, int64(0)
	if w.q.Span {
		start, end = at-int64(w.q.step/time.Second), at
	}
	if measured := time.Unix(at, 0).UTC(); measured.After(w.c.after.Newest) {
		w.c.after.Newest = measured
	}
	return w.record(key, labels, at, map[string]column.Cell{
		"value": {Type: column.Number, Num: p.v}, "started_at": {Type: column.Instant, Int: start}, "ended_at": instant(end),
	})
}

// instant is a time, or nothing.
func instant(s int64) column.Cell {
	if s == 0 {
		return column.Cell{}
	}
	return column.Cell{Type: column.Instant, Int: s}
}

// record writes one row.
func (w *writer) record(key string, labels map[string]string, at int64, own map[string]column.Cell) error {
	w.c.seen++
	for i, c := range w.q.record.Columns() {
		if w.q.labels[i] == "" {
			w.cells[i] = own[c.Target]
			continue
		}
		w.cells[i] = column.Cell{Type: column.Text, Text: label(labels, c.Header)}
		if w.cells[i].Text == "" && c.Optional {
			w.cells[i] = column.Cell{Type: column.Absent}
		}
	}
	rec := record.New(record.Observation, key+"|"+time.Unix(at, 0).UTC().Format(time.RFC3339))
	rec.Place = w.place()
	result, refusals := w.fill.Fill(&rec, w.cells)
	for i := range refusals {
		name := w.q.Metric
		if refusals[i].Column >= 0 {
			name = w.q.record.Columns()[refusals[i].Column].Name()
		}
		if err := w.warn(refusals[i].Warning(rec.Place, name)); err != nil {
			return err
		}
	}
	if result != column.Used {
		return nil
	}
	if w.batch = append(w.batch, rec); len(w.batch) == batchSize {
		return w.flush()
	}
	return nil
}

func (w *writer) warn(warning sdk.Warning) error {
	err := w.c.out.Warn(warning)
	w.failed = w.failed || err != nil
	return err
}

func (w *writer) flush() error {
	if len(w.batch) == 0 {
		return nil
	}
	err := w.c.out.Write(w.batch)
	w.batch, w.failed = w.batch[:0], w.failed || err != nil
	return err
}

// end writes the intervals, tells of values that are none, and hands over what is left.
func (w *writer) end() error {
	if err := w.intervals(); err != nil {
		return err
	}
	if w.nan > 0 {
		err := w.warn(sdk.Warning{Place: w.place(), Code: "not_a_number", Reason: fmt.Sprintf("%d värden är inga tal (NaN) och räknas som att inget mättes.", w.nan)})
		if err != nil {
			return err
		}
	}
	return w.flush()
}

// mapped are the labels that the settings read, for the cursor.
func (w *writer) mapped(labels map[string]string) map[string]string {
	out := make(map[string]string)
	for i, c := range w.q.record.Columns() {
		if w.q.labels[i] == "" {
			continue
		}
		for _, n := range c.Header {
			if v, ok := labels[n]; ok {
				out[n] = v
			}
		}
	}
	return out
}

// sorted are the keys of the series whose interval goes on, in order.
func (w *writer) sorted() []string {
	keys := make([]string, 0, len(w.spans))
	for k := range w.spans {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
