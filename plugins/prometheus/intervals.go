package prometheus

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

// resume takes up the intervals that the last reading saw and that reach into
// this window, from their own beginning.
func (w *writer) resume(before []span, from, to int64) {
	w.to = to
	s := int64(w.q.step / time.Second)
	for _, b := range before {
		if b.Metric == w.q.Metric && b.Start < from && b.Last >= from-s {
			b.Last, b.End = from-s, 0 // what the window holds is looked at again
			w.spans[b.Key] = &b
		}
	}
}

// step takes one value of a series; they come in order of time.
func (w *writer) step(key string, labels map[string]string, p point) {
	at, s := p.t/1000, int64(w.q.step/time.Second)
	if measured := time.Unix(at, 0).UTC(); measured.After(w.c.after.Newest) {
		w.c.after.Newest = measured
	}
	open := w.spans[key]
	if open != nil && at-open.Last > s { // nothing was measured in between
		w.shut(open, open.Last+s)
		open = nil
	}
	switch {
	case p.v == 0 && open != nil:
		w.shut(open, at)
	case p.v == 0:
	case open == nil:
		w.spans[key] = &span{Metric: w.q.Metric, Key: key, Labels: w.mapped(labels), Start: at, Last: at}
	default:
		open.Last = at
	}
}

// shut ends an interval.
func (w *writer) shut(s *span, end int64) {
	s.End = end
	w.closed = append(w.closed, *s)
	delete(w.spans, s.Key)
}

// intervals writes what the window showed. One that holds at the window's last
// step goes on; one that was measured no further ends a step after its last.
func (w *writer) intervals() error {
	if !w.q.Intervals {
		return nil
	}
	step := int64(w.q.step / time.Second)
	for _, k := range w.sorted() {
		if s := w.spans[k]; s.Last < w.to {
			w.shut(s, s.Last+step)
		}
	}
	all := w.closed
	for _, k := range w.sorted() {
		all = append(all, *w.spans[k])
	}
	again := w.to - int64(w.c.overlap/time.Second) - 2*step // the next window may begin here
	for _, s := range all {
		err := w.record(s.Key, s.Labels, s.Start, map[string]column.Cell{
			"started_at": {Type: column.Instant, Int: s.Start}, "ended_at": instant(s.End),
		})
		if err != nil {
			return err
		}
		if s.Last >= again {
			w.c.after.Spans = append(w.c.after.Spans, s)
		}
	}
	return nil
}
