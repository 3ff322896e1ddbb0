package otlp

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	maxSpans     = 2048 // that wait; the oldest give way
	maxSpanBatch = 512  // of one request
)

// spanExporter keeps spans that could not be sent until they can be, a bounded
// number of them. It never returns an error: the SDK could only print it.
type spanExporter struct {
	next     sdktrace.SpanExporter
	resource *resource.Resource
	sender   sender

	mu   sync.Mutex
	kept []sdktrace.ReadOnlySpan
}

// ExportSpans sends the spans that wait and then these.
func (x *spanExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, s := range spans {
		x.kept = append(x.kept, ofResource{s, x.resource})
	}
	dropped := max(0, len(x.kept)-maxSpans)
	x.kept = append([]sdktrace.ReadOnlySpan(nil), x.kept[dropped:]...)
	for len(x.kept) > 0 {
		batch := x.kept[:min(len(x.kept), maxSpanBatch)]
		f := x.sender.send(ctx, func(ctx context.Context) error { return x.next.ExportSpans(ctx, batch) })
		x.sender.note(f)
		if f.again() {
			break
		}
		if f != nil && f.class != classPartial {
			dropped += len(batch) // it will never be taken
		}
		x.kept = x.kept[len(batch):]
	}
	x.sender.signal.queue(len(x.kept), dropped)
	return nil
}

// retry sends the spans that wait, if any.
func (x *spanExporter) retry(ctx context.Context) {
	x.mu.Lock()
	waiting := len(x.kept) > 0
	x.mu.Unlock()
	if waiting {
		_ = x.ExportSpans(ctx, nil) // what came of it is noted
	}
}

// Shutdown drops what still waits and ends the connection.
func (x *spanExporter) Shutdown(ctx context.Context) error {
	x.mu.Lock()
	dropped := len(x.kept)
	x.kept = nil
	x.mu.Unlock()
	x.sender.signal.queue(0, dropped)
	return x.next.Shutdown(ctx)
}

// ofResource is a span of the exporter's own resource: the SDK's has what
// OTEL_RESOURCE_ATTRIBUTES says too.
type ofResource struct {
	sdktrace.ReadOnlySpan
	resource *resource.Resource
}

func (s ofResource) Resource() *resource.Resource { return s.resource }

// sender sends single requests, each within its time, and judges them.
type sender struct {
	base   context.Context // ends with the pipeline
	target target
	wire   *wire
	signal *signal
}

// send makes one request with its retries. nil is all well.
func (s sender) send(ctx context.Context, request func(context.Context) error) *failure {
	ctx, cancel := context.WithTimeout(ctx, s.target.Timeout)
	defer cancel()
	defer context.AfterFunc(s.base, cancel)()
	s.wire.begin()
	err := request(ctx)
	if err == nil || advice(err) {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) { // we end; the receiver is not to blame
		return &failure{class: classEnded}
	}
	return s.judge(err)
}

// note takes down what became of a sending, unless we ended it ourselves.
func (s sender) note(f *failure) {
	if f == nil || f.class != classEnded {
		s.signal.note(f)
	}
}
