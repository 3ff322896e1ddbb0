package sdk

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// Bounds of what one warning or purge carries.
const (
	maxReason = 1000 // bytes
	purgeIDs  = 10000
)

// sink is a collection on its way to the daemon. Its first error is its last
// word: nothing that follows is sent, and the collection cannot succeed.
type sink struct {
	send     func(*wire.CollectEvent) error
	begun    bool
	builders map[record.Kind]*wire.Builder
	err      error
}

func (s *sink) Begin(h Header) error {
	if s.err == nil && s.begun {
		s.err = fmt.Errorf("sdk: collect: %w: Begin a second time", ErrContract)
	}
	if s.err != nil {
		return s.err
	}
	if err := h.CheckSupplements(); err != nil {
		s.err = fmt.Errorf("sdk: collect: %w", err)
		return s.err
	}
	s.begun, s.builders = true, make(map[record.Kind]*wire.Builder)
	return s.event(&wire.CollectEvent{Event: &wire.CollectEvent_Begin{Begin: &wire.Header{
		Mapped: kindFields(h.Mapped), Full: h.Full, CoversAll: h.CoversAll, Unchanged: h.Unchanged, ContentAt: nanos(h.ContentAt),
		Supplements: supplements(h.Supplements),
	}}})
}

func (s *sink) Write(recs []record.Record) error {
	if err := s.ready("Write"); err != nil {
		return err
	}
	for i := range recs {
		if s.err = addTo(s.builders, &recs[i], s.batch); s.err != nil {
			return s.err
		}
	}
	return nil
}

func (s *sink) Warn(w Warning) error {
	if err := s.ready("Warn"); err != nil {
		return err
	}
	return s.event(&wire.CollectEvent{Event: &wire.CollectEvent_Warning{Warning: warning(w)}})
}

func (s *sink) Progress(done, total int64) error {
	if err := s.ready("Progress"); err != nil {
		return err
	}
	return s.event(&wire.CollectEvent{Event: &wire.CollectEvent_Progress{Progress: &wire.Progress{Done: done, Total: total}}})
}

func (s *sink) Purge(kind record.Kind, ids []string) error {
	if err := s.ready("Purge"); err != nil {
		return err
	}
	if s.err = flush(s.builders, s.batch); s.err != nil {
		return s.err
	}
	for len(ids) > 0 {
		n := min(len(ids), purgeIDs)
		if err := s.event(&wire.CollectEvent{Event: &wire.CollectEvent_Purge{Purge: &wire.Purge{Kind: string(kind), Ids: ids[:n]}}}); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (s *sink) ready(call string) error {
	if s.err == nil && !s.begun {
		s.err = fmt.Errorf("sdk: collect: %w: %s before Begin", ErrContract, call)
	}
	return s.err
}

func (s *sink) batch(b *wire.Batch) error {
	return s.event(&wire.CollectEvent{Event: &wire.CollectEvent_Batch{Batch: b}})
}

func (s *sink) event(e *wire.CollectEvent) error {
	if err := s.send(e); err != nil {
		s.err = fmt.Errorf("sdk: collect: the daemon is gone: %w", err)
	}
	return s.err
}

func (s *sink) finish() error {
	if err := s.ready("the end"); err != nil {
		return err
	}
	s.err = flush(s.builders, s.batch)
	return s.err
}

// addTo adds a record to its kind's batch and sends that when it is full.
func addTo(builders map[record.Kind]*wire.Builder, r *record.Record, send func(*wire.Batch) error) error {
	b := builders[r.Kind]
	if b == nil {
		var err error
		if b, err = wire.NewBuilder(r.Kind); err != nil {
			return err
		}
		builders[r.Kind] = b
	}
	if err := b.Add(r); err != nil {
		return err
	}
	if b.Full() {
		return send(b.Batch())
	}
	return nil
}

// flush sends what is left, in the order of the kinds.
func flush(builders map[record.Kind]*wire.Builder, send func(*wire.Batch) error) error {
	for _, s := range record.Schemas() {
		if b := builders[s.Kind]; b != nil {
			if batch := b.Batch(); batch != nil {
				if err := send(batch); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func supplements(m map[record.Kind]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, label := range m {
		out[string(k)] = label
	}
	return out
}

func warning(w Warning) *wire.Warning {
	return &wire.Warning{
		Doc: clip(w.Place.Doc, maxReason), Sheet: clip(w.Place.Sheet, maxReason), Row: w.Place.Row,
		Column: clip(w.Column, maxReason), Reason: clip(w.Reason, maxReason), Code: clip(w.Code, maxReason), Refused: w.Refused,
	}
}
