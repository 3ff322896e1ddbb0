package http

import (
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Sizes of what is handed over and held back.
const (
	batchSize = 512
	maxHeld   = 5000
)

// writer hands records over. Where the age of the content counts it holds the
// first ones back, since the header that carries it comes before them; a list
// that is longer than that has no known age. Records' memory is reused.
type writer struct {
	out     sdk.Sink
	header  sdk.Header
	holds   bool
	content time.Time
	begun   bool
	batch   []record.Record
	later   []sdk.Warning // until it has begun
}

func newWriter(out sdk.Sink) *writer { return &writer{out: out} }

// begin sends the header; whole says that everything has been seen.
func (w *writer) begin(whole bool) error {
	if w.begun {
		return nil
	}
	w.begun = true
	if whole {
		w.header.ContentAt = w.content
	}
	if err := w.out.Begin(w.header); err != nil {
		return err
	}
	for _, warning := range w.later {
		if err := w.out.Warn(warning); err != nil {
			return err
		}
	}
	w.later = nil
	return nil
}

// next returns an empty record at the end of the batch; drop takes it back.
func (w *writer) next(kind record.Kind) *record.Record {
	n := len(w.batch)
	if n < cap(w.batch) {
		w.batch = w.batch[:n+1]
	} else {
		w.batch = append(w.batch, record.Record{})
	}
	r := &w.batch[n]
	if r.Kind != kind || r.Values == nil {
		*r = record.New(kind, "")
		return r
	}
	clear(r.Values)
	clear(r.Children)
	r.EffectiveFrom = 0
	return r
}

func (w *writer) drop() { w.batch = w.batch[:len(w.batch)-1] }

// keep lets the batch go when it is full.
func (w *writer) keep() error {
	limit := batchSize
	if !w.begun {
		limit = maxHeld
	}
	if len(w.batch) < limit {
		return nil
	}
	if err := w.begin(false); err != nil {
		return err
	}
	return w.flush()
}

func (w *writer) flush() error {
	for from := 0; from < len(w.batch); from += batchSize {
		if err := w.out.Write(w.batch[from:min(from+batchSize, len(w.batch))]); err != nil {
			return err
		}
	}
	if w.batch = w.batch[:0]; cap(w.batch) > batchSize {
		w.batch = nil
	}
	return nil
}

func (w *writer) warn(warning sdk.Warning) error {
	if !w.begun {
		w.later = append(w.later, warning)
		return nil
	}
	return w.out.Warn(warning)
}

func (w *writer) changedAt(at int64) {
	if t := time.Unix(at, 0).UTC(); t.After(w.content) {
		w.content = t
	}
}

func (w *writer) end() error {
	if err := w.begin(w.holds); err != nil {
		return err
	}
	return w.flush()
}
