package otlp

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// maxPending is how many ended collections wait for an evaluation to add to
// their traces: more than sources of any municipality.
const maxPending = 1000

// evaluable is a collection that ended and is not evaluated yet.
type evaluable struct {
	span  trace.SpanContext
	ended time.Time
}

// Collection is the trace of one collection. Its methods may be called on nil,
// which traces nothing, and by one goroutine at a time.
type Collection struct {
	exporter *Exporter
	tracer   trace.Tracer
	ctx      context.Context // of the step that is under way
	span     trace.Span
}

// Collecting begins the trace of a collection. It is nil when no traces are sent.
func (e *Exporter) Collecting(source, kind string, now time.Time) *Collection {
	e.mu.Lock()
	tracer := e.tracer
	e.mu.Unlock()
	if tracer == nil {
		return nil
	}
	c := &Collection{exporter: e, tracer: tracer}
	c.ctx, c.span = tracer.Start(context.Background(), "collection", trace.WithTimestamp(now), trace.WithNewRoot(),
		trace.WithAttributes(attribute.String("kommunpuls.source", source), attribute.String("kommunpuls.source.type", kind)))
	return c
}

// Step begins a span within the one that is under way. What is returned ends
// it; class is that of its error, "" for none.
func (c *Collection) Step(name string, now time.Time) func(class string, now time.Time) {
	if c == nil {
		return func(string, time.Time) {}
	}
	outer := c.ctx
	ctx, span := c.tracer.Start(outer, name, trace.WithTimestamp(now))
	c.ctx = ctx
	return func(class string, now time.Time) {
		fail(span, class)
		span.End(trace.WithTimestamp(now))
		c.ctx = outer
	}
}

// Outcome is what a collection came to.
type Outcome struct {
	Class  string           // of its error, "" for none
	Counts map[string]int64 // rows by what became of them
	Flags  map[string]bool
}

// Done ends the collection; its evaluation may still come.
func (c *Collection) Done(o Outcome, now time.Time) {
	if c == nil {
		return
	}
	for k, n := range o.Counts {
		c.span.SetAttributes(attribute.Int64("kommunpuls.rows."+k, n))
	}
	for k, b := range o.Flags {
		c.span.SetAttributes(attribute.Bool("kommunpuls."+k, b))
	}
	fail(c.span, o.Class)
	c.span.End(trace.WithTimestamp(now))
	e := c.exporter
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.tracer != c.tracer {
		return // the settings changed meanwhile
	}
	e.pending = append(e.pending, evaluable{c.span.SpanContext(), now})
	e.pending = e.pending[max(0, len(e.pending)-maxPending):]
}

// Evaluated adds one evaluation to the traces of the collections that ended
// before it began: one evaluation follows on all of them.
func (e *Exporter) Evaluated(began, ended time.Time, figures int, class string) {
	e.mu.Lock()
	tracer := e.tracer
	var ready, waiting []evaluable
	for _, p := range e.pending {
		if p.ended.After(began) {
			waiting = append(waiting, p)
		} else {
			ready = append(ready, p)
		}
	}
	e.pending = waiting
	e.mu.Unlock()
	for _, p := range ready {
		_, span := tracer.Start(trace.ContextWithSpanContext(context.Background(), p.span), "evaluate", trace.WithTimestamp(began),
			trace.WithAttributes(attribute.Int("kommunpuls.figures", figures), attribute.Int("kommunpuls.collections", len(ready))))
		fail(span, class)
		span.End(trace.WithTimestamp(ended))
	}
}

func fail(span trace.Span, class string) {
	if class != "" {
		span.SetStatus(codes.Error, class)
		span.SetAttributes(attribute.String("error.type", class))
	}
}
