package kpi

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// evaluate measures the KPIs that keep does not hold, and judges all of them.
func (e *Engine) evaluate(ctx context.Context, at store.Point, keep *kept) ([]finding.Finding, error) {
	readers, err := e.openReaders(ctx, at)
	if err != nil {
		return nil, err
	}
	fs, err := e.evaluateWith(ctx, readers, at, keep)
	for _, r := range readers {
		err = errors.Join(err, r.Close())
	}
	if err != nil {
		return nil, err
	}
	return fs, ctx.Err()
}

func (e *Engine) openReaders(ctx context.Context, at store.Point) ([]store.Reader, error) {
	var out []store.Reader
	for range e.workers {
		r, err := e.open.OpenReader(ctx, at)
		if err != nil {
			for _, open := range out {
				err = errors.Join(err, open.Close())
			}
			return nil, fmt.Errorf("kpi: open reader: %w", err)
		}
		out = append(out, r)
	}
	return out, nil
}

func (e *Engine) evaluateWith(ctx context.Context, readers []store.Reader, at store.Point, keep *kept) ([]finding.Finding, error) {
	s, err := e.newSession(ctx, readers[0], at)
	if err != nil {
		return nil, err
	}
	figures := make([]*figure, len(e.catalogue.KPIs))
	var due []int
	for i := range e.catalogue.KPIs {
		if figures[i] = keep.figure(i, s); figures[i] == nil {
			due = append(due, i)
		}
	}
	s.measure(ctx, readers, due, figures)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.formulas(ctx, readers[0], due, figures)
	keep.store(figures)
	out := make([]finding.Finding, len(figures))
	for i, f := range figures {
		if out[i], err = s.finding(ctx, readers[0], &e.catalogue.KPIs[i], f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// measure measures the KPIs at the given places of the catalogue. Tasks over
// the same rows share a statement; statements run on all readers at once.
func (s *session) measure(ctx context.Context, readers []store.Reader, due []int, figures []*figure) {
	tasks := make([][]*task, len(due)) // per KPI: its own figure, then its Also parts
	s.parallel(readers, len(due), func(r store.Reader, i int) { tasks[i] = s.tasks(ctx, r, due[i]) })
	batches := batch(tasks)
	s.parallel(readers, len(batches), func(r store.Reader, i int) { s.runBatch(ctx, r, batches[i]) })
	s.parallel(readers, len(due), func(r store.Reader, i int) { figures[due[i]] = s.gather(ctx, r, tasks[i]) })
}

// parallel runs f for 0 to n-1, one call per reader at a time.
func (s *session) parallel(readers []store.Reader, n int, f func(r store.Reader, i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for _, r := range readers {
		wg.Go(func() {
			for i := range next {
				f(r, i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// tasks prepares a KPI and its Also parts.
func (s *session) tasks(ctx context.Context, r store.Reader, index int) []*task {
	d := s.engine.catalogue.KPIs[index]
	out := []*task{s.prepared(ctx, r, d, index, -1)}
	for i, a := range d.Also {
		out = append(out, s.prepared(ctx, r, alsoDefinition(d, a), index, i))
	}
	return out
}

// prepared prepares one task; what goes wrong stands in its figure.
func (s *session) prepared(ctx context.Context, r store.Reader, d catalogue.Definition, index, also int) *task {
	ctx, cancel := context.WithTimeout(ctx, s.engine.deadline)
	defer cancel()
	t, err := s.prepare(ctx, r, d, index, also)
	t.figure.err = s.deadlineError(ctx, err)
	return t
}

// deadlineError says in words that a KPI ran too long.
func (s *session) deadlineError(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("stopped after %s: %w", s.engine.deadline, context.DeadlineExceeded)
	}
	return err
}

// ready tells whether a task has anything to run.
func (t *task) ready() bool {
	if t.s.engine.totals && !t.main() {
		return false
	}
	return t.figure.err == nil && t.figure.noData == nil && t.def.Shape != catalogue.Arithmetic
}

// owned is a spec's place in a batch with the task it belongs to.
type owned struct {
	share
	task  *task
	index int
}

// batch groups the specs of all tasks by the rows they are about. The spec
// with the most dimensions leads a batch.
func batch(tasks [][]*task) [][]*owned {
	var out [][]*owned
	for _, kpi := range tasks {
		for _, t := range kpi {
			if !t.ready() {
				continue
			}
			t.parts = make([]*folded, len(t.specs))
			for i, sp := range t.specs {
				o := &owned{share: share{spec: sp}, task: t, index: i}
				placed := false
				for b := range out {
					if fits(out[b], sp) {
						out[b], placed = append(out[b], o), true
						break
					}
				}
				if !placed {
					out = append(out, []*owned{o})
				}
			}
		}
	}
	return out
}

func fits(b []*owned, sp *spec) bool {
	for _, o := range b {
		if !sameRows(o.spec, sp) {
			return false
		}
	}
	return true
}

// runBatch runs one statement for all its specs. If that fails, each runs
// alone, so that one bad definition does not take the others with it.
func (s *session) runBatch(ctx context.Context, r store.Reader, b []*owned) {
	shares := make([]*share, len(b))
	for i, o := range b {
		shares[i] = &o.share
	}
	err := s.runWithin(ctx, r, shares)
	if err != nil && len(b) > 1 && ctx.Err() == nil {
		for _, o := range b {
			s.runBatch(ctx, r, []*owned{o})
		}
		return
	}
	for _, o := range b {
		if err != nil {
			o.task.fail(s, err)
			continue
		}
		o.task.parts[o.index] = o.result
	}
}

// fail notes why a task has no figure. Specs of one task may fail on two readers.
func (t *task) fail(s *session, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.figure.err = errors.Join(t.figure.err, err)
}

func (s *session) runWithin(ctx context.Context, r store.Reader, shares []*share) error {
	ctx, cancel := context.WithTimeout(ctx, s.engine.deadline)
	defer cancel()
	return s.deadlineError(ctx, s.run(ctx, r, shares))
}

// gather makes a KPI's figure of its tasks' results.
func (s *session) gather(ctx context.Context, r store.Reader, tasks []*task) *figure {
	for _, t := range tasks {
		if !t.ready() {
			continue
		}
		c, cancel := context.WithTimeout(ctx, s.engine.deadline)
		err := s.deadlineError(c, t.finish(c, r))
		if err == nil && t.main() {
			err = s.deadlineError(c, t.decided(c, r))
		}
		t.figure.err = err
		cancel()
		t.parts = nil
	}
	f := &tasks[0].figure
	for _, t := range tasks[1:] {
		f.relations, f.timed = merge(f.relations, t.figure.relations...), f.timed || t.figure.timed
		if s.engine.totals {
			continue
		}
		a := tasks[0].def.Also[t.also]
		unit := a.Unit
		if unit == "" {
			unit = tasks[0].def.Unit
		}
		sec := second{key: a.Key, title: a.Title, unit: unit}
		if t.figure.err == nil && t.figure.noData == nil {
			sec.amounts = t.figure.total
		}
		f.also = append(f.also, sec)
	}
	return f
}

// figureAt measures one definition at another point, for a base to compare with.
func (e *Engine) figureAt(ctx context.Context, d catalogue.Definition, at store.Point) (f figure, err error) {
	r, err := e.open.OpenReader(ctx, at)
	if err != nil {
		return figure{}, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := e.newSession(ctx, r, at)
	if err != nil {
		return figure{}, err
	}
	d.Also, d.Breakdowns, d.Base, d.Remarks, d.Split, d.Buckets = nil, nil, nil, nil, nil, nil
	t, err := s.prepare(ctx, r, d, 0, -1)
	if err != nil || !t.ready() {
		return t.figure, err
	}
	t.parts = make([]*folded, len(t.specs))
	for i, sp := range t.specs {
		sh := &share{spec: sp}
		if err := s.run(ctx, r, []*share{sh}); err != nil {
			return figure{}, err
		}
		t.parts[i] = sh.result
	}
	return t.figure, t.finish(ctx, r)
}

// reasonOf is the sentence for a failed definition.
func reasonOf(err error) *finding.Text {
	switch {
	case errors.Is(err, errDivision):
		return text("Nämnaren är noll, så kvoten kan inte räknas ut ("+err.Error()+").", "Division by zero: "+err.Error()+".")
	case errors.Is(err, context.DeadlineExceeded):
		return text("Beräkningen tog för lång tid och avbröts ("+err.Error()+").", "The calculation took too long and was stopped: "+err.Error()+".")
	}
	return text("Definitionen kunde inte beräknas: "+err.Error()+".", "The definition failed: "+err.Error()+".")
}

// hour is the boundary past which a figure that depends on the time is measured anew.
func hour(t time.Time) int64 { return t.Unix() / 3600 }
