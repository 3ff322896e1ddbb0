// Package otlp sends what /metrics shows, and one trace for each collection, to
// an OpenTelemetry collector. The OpenTelemetry SDK ships it: a periodic reader
// and a batch processor with the OTLP exporters over gRPC or HTTP.
//
// Nothing grows while the collector is gone: figures are not queued, since each
// sending holds all of them as they are now; spans wait in a bounded queue.
package otlp

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// Settings say where and what to send. Load has checked them.
type Settings struct {
	// Endpoint is http:// or https:// with host, port and, over HTTP, the path
	// before /v1/….
	Endpoint string
	HTTP     bool // OTLP over HTTP, else gRPC
	Headers  map[string]string

	CA, Cert, Key []byte // PEM; empty are the machine's own CAs and no client certificate
	ServerName    string

	Interval time.Duration // between two sendings of the figures
	Timeout  time.Duration // of one request with its retries
	Traces   bool
	Probes   bool // the figures of single targets too

	// Resource is who sends: service.name and the like.
	Resource map[string]string
}

// Options of an exporter; all are required.
type Options struct {
	Log *slog.Logger
	Now func() time.Time
}

// Gatherers are where the figures come from: the registries of /metrics and of
// /metrics/probes.
type Gatherers struct {
	Metrics, Probes prometheus.Gatherer
}

// Exporter sends what its settings say, from Start to Close. It is safe for
// concurrent use, and a prometheus.Collector of its own state.
type Exporter struct {
	opt             Options
	metrics, traces *signal

	changing sync.Mutex // held while the settings change

	mu       sync.Mutex // guards the rest
	from     *Gatherers // nil before Start and after Close
	settings *Settings  // nil is off
	running  *pipeline
	tracer   trace.Tracer // nil when there are no traces to make
	pending  []evaluable
}

// New returns an exporter that sends nothing yet.
func New(opt Options) *Exporter {
	return &Exporter{opt: opt, metrics: newSignal("metrics", opt), traces: newSignal("traces", opt)}
}

// Start begins to send what g gathers. Settings that are nil send nothing until
// Apply brings others.
func (e *Exporter) Start(ctx context.Context, g Gatherers, s *Settings) error {
	e.mu.Lock()
	e.from = &g
	e.mu.Unlock()
	if s != nil {
		// What matters is noted by our exporters; the SDK would print the rest,
		// such as a round that was under way when the daemon ended.
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { e.opt.Log.Debug("OpenTelemetry", "err", err) }))
		if names := variables(os.Environ()); len(names) > 0 {
			e.opt.Log.Info("variables of OpenTelemetry are not read: the configuration decides", "variables", names)
		}
	}
	return e.Apply(ctx, s)
}

// variables lists those of OpenTelemetry.
func variables(environ []string) []string {
	var out []string
	for _, v := range environ {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "OTEL_") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Apply changes the settings of an exporter that was started; unchanged ones
// disturb nothing. What the earlier ones have left is sent as far as ctx
// allows. On an error they stay in force.
func (e *Exporter) Apply(ctx context.Context, s *Settings) error {
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.Lock()
	from, same := e.from, reflect.DeepEqual(e.settings, s)
	e.mu.Unlock()
	if from == nil || same {
		return nil
	}
	var next *pipeline
	if s != nil {
		var err error
		if next, err = e.newPipeline(*s, *from); err != nil {
			return err
		}
	}
	e.swap(nil, nil).close(ctx)
	e.metrics.restart(s != nil)
	e.traces.restart(s != nil && s.Traces)
	e.swap(s, next)
	next.start()
	return nil
}

// Close sends what is left, as far as ctx allows, and ends.
func (e *Exporter) Close(ctx context.Context) {
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.Lock()
	e.from = nil
	e.mu.Unlock()
	e.swap(nil, nil).close(ctx)
}

// swap puts a pipeline in the place of another, which it returns.
func (e *Exporter) swap(s *Settings, next *pipeline) *pipeline {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.running
	e.settings, e.running, e.tracer, e.pending = s, next, next.tracer(), nil
	return old
}

// Status is how the sending goes; nil when nothing is to be sent.
type Status struct {
	Endpoint string
	HTTP     bool
	Signals  []SignalStatus
}

// SignalStatus is how one kind of data fares.
type SignalStatus struct {
	Signal      string // metrics or traces
	Up          bool   // the last sending got through whole
	LastSuccess time.Time
	Class       string // of the last failure, "" when there is none
	Reason      string // a sentence in Swedish
	FailingFrom time.Time
	Failures    int // in a row
	Queued      int // spans that wait
	Dropped     int64
}

// Status tells how the sending goes.
func (e *Exporter) Status() *Status {
	e.mu.Lock()
	s, running := e.settings, e.running
	e.mu.Unlock()
	if running == nil {
		return nil
	}
	st := &Status{Endpoint: s.Endpoint, HTTP: s.HTTP, Signals: []SignalStatus{e.metrics.status()}}
	if s.Traces {
		st.Signals = append(st.Signals, e.traces.status())
	}
	return st
}

// errClosed ends what is under way when the time for ending is up.
var errClosed = errors.New("otlp: closed")
