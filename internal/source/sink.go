package source

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// staged is a collection between the child and the store's staging area.
type staged struct {
	*filter
	to       sdk.Sink
	progress func(done, total int64)
	header   sdk.Header
}

func (s *staged) Begin(h sdk.Header) error {
	h.Mapped = s.mapped(h.Mapped)
	// Records that the store took for systems of their own would be worse than
	// no collection at all, so this is not dropped but refused.
	if err := h.CheckSupplements(); err != nil {
		return err
	}
	s.header = h
	return s.to.Begin(h)
}

func (s *staged) Write(recs []record.Record) error {
	if err := s.changing("a record"); err != nil {
		return err
	}
	kept, err := s.records(recs)
	if err != nil {
		return err
	}
	for range s.erased {
		if err := s.to.Warn(erased()); err != nil {
			return err
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return s.to.Write(kept)
}

func (s *staged) Warn(w sdk.Warning) error {
	if s.sent.warnings++; s.sent.warnings > s.limits.Warnings {
		return fmt.Errorf("%w: over %d warnings", ErrFlood, s.limits.Warnings)
	}
	if w.Code == "" {
		w.Code = "other"
	}
	return s.to.Warn(w)
}

func (s *staged) Progress(done, total int64) error {
	if s.progress != nil {
		s.progress(done, total)
	}
	return s.to.Progress(done, total)
}

func (s *staged) Purge(kind record.Kind, ids []string) error {
	if err := s.changing("a purge"); err != nil {
		return err
	}
	if _, ok := s.plans[kind]; !ok {
		return fmt.Errorf("%w: a purge of %s, which it does not emit", sdk.ErrContract, kind)
	}
	if s.sent.purges += int64(len(ids)); s.sent.purges > s.limits.Purges {
		return fmt.Errorf("%w: over %d purges", ErrFlood, s.limits.Purges)
	}
	return s.to.Purge(kind, ids)
}

func (s *staged) changing(what string) error {
	if s.header.Unchanged {
		return fmt.Errorf("%w: %s after it said that nothing changed", sdk.ErrContract, what)
	}
	return nil
}

// finish tells the store what was dropped.
func (s *staged) finish() error {
	for _, w := range s.warnings() {
		if err := s.to.Warn(w); err != nil {
			return err
		}
	}
	return nil
}
