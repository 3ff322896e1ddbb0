// Package otlptest is an OTLP receiver over gRPC and HTTP for tests. It is as
// strict as a collector and more: what it is sent must be whole, with the right
// headers, and figures must be such that their Prometheus names survive.
package otlptest

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip" // what the daemon sends is compressed
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// MaxRequest is what a collector takes in one request unless told otherwise.
const MaxRequest = 4 << 20

// Options of a receiver.
type Options struct {
	HTTP          bool
	Authorization string // that every request must bear; "" is none
	TLS           *tls.Config
	Addr          string // "" is a free one of loopback
	Path          string // before /v1/…
}

// Answer is what a receiver answers instead of taking what it was sent.
type Answer struct {
	Code       codes.Code // over gRPC, and by its HTTP counterpart over HTTP
	HTTPStatus int
	Message    string
	Rejected   int64         // takes it, but for so many parts
	After      time.Duration // waits before it answers
}

// Receiver takes what is sent and remembers it.
type Receiver struct {
	Addr, URL string

	t    testing.TB
	opt  Options
	stop func()
	over chan struct{} // closed when the receiver ends

	mu       sync.Mutex
	answer   func(signal string, nth int) *Answer
	asked    map[string]int
	metrics  []pmetric.Metrics
	traces   []ptrace.Traces
	breaches []string
}

// Start starts a receiver; it ends with the test.
func Start(t testing.TB, o Options) *Receiver {
	t.Helper()
	r := &Receiver{t: t, opt: o, asked: map[string]int{}, over: make(chan struct{})}
	addr := o.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var l net.Listener
	var err error
	for range 100 { // an address that was used a moment ago
		if l, err = net.Listen("tcp", addr); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.Addr = l.Addr().String()
	r.URL = "http://" + r.Addr + o.Path
	if o.TLS != nil {
		r.URL = "https://" + r.Addr + o.Path
	}
	if o.HTTP {
		r.serveHTTP(l)
	} else {
		r.serveGRPC(l)
	}
	t.Cleanup(func() {
		r.Stop()
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, b := range r.breaches {
			t.Error("the receiver was sent what it should not be:", b)
		}
	})
	return r
}

// Stop ends the receiver, as if the collector were gone.
func (r *Receiver) Stop() { r.stop() }

// Answer lets f decide what to answer from now on, by the signal and how many
// requests of it came before; nil takes what is sent.
func (r *Receiver) Answer(f func(signal string, nth int) *Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

// Asked is how many requests of a signal came, taken or not.
func (r *Receiver) Asked(signal string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked[signal]
}

// Metrics returns what was taken since it was last asked for.
func (r *Receiver) Metrics() []pmetric.Metrics {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.metrics
	r.metrics = nil
	return out
}

// Traces returns all spans that were taken.
func (r *Receiver) Traces() []ptrace.Traces {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]ptrace.Traces(nil), r.traces...)
}

func (r *Receiver) breach(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.breaches) < 20 {
		r.breaches = append(r.breaches, fmt.Sprintf(format, args...))
	}
}

// scripted is the answer to a request that bears the right headers.
func (r *Receiver) scripted(ctx context.Context, signal string) *Answer {
	r.mu.Lock()
	n, f := r.asked[signal], r.answer
	r.asked[signal]++
	r.mu.Unlock()
	if f == nil {
		return nil
	}
	a := f(signal, n)
	if a != nil && a.After > 0 {
		select {
		case <-ctx.Done():
		case <-r.over:
		case <-time.After(a.After):
		}
	}
	return a
}

func (r *Receiver) takeMetrics(m pmetric.Metrics) {
	r.check(m)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.metrics = append(r.metrics, m)
}

func (r *Receiver) takeTraces(t ptrace.Traces) {
	r.checkTraces(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.traces = append(r.traces, t)
}

func (r *Receiver) serveGRPC(l net.Listener) {
	opts := []grpc.ServerOption{grpc.MaxRecvMsgSize(MaxRequest)}
	if r.opt.TLS != nil {
		opts = append(opts, grpc.Creds(credentials.NewTLS(r.opt.TLS)))
	}
	s := grpc.NewServer(opts...)
	pmetricotlp.RegisterGRPCServer(s, &metricServer{r: r})
	ptraceotlp.RegisterGRPCServer(s, &traceServer{r: r})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	r.stop = sync.OnceFunc(func() {
		close(r.over)
		s.Stop()
		<-done
	})
}

type metricServer struct {
	pmetricotlp.UnimplementedGRPCServer
	r *Receiver
}

func (s *metricServer) Export(ctx context.Context, q pmetricotlp.ExportRequest) (pmetricotlp.ExportResponse, error) {
	out := pmetricotlp.NewExportResponse()
	a, err := s.r.admit(ctx, "metrics")
	if err != nil {
		return out, err
	}
	s.r.takeMetrics(q.Metrics())
	if a != nil {
		out.PartialSuccess().SetRejectedDataPoints(a.Rejected)
		out.PartialSuccess().SetErrorMessage(a.Message)
	}
	return out, nil
}

type traceServer struct {
	ptraceotlp.UnimplementedGRPCServer
	r *Receiver
}

func (s *traceServer) Export(ctx context.Context, q ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	out := ptraceotlp.NewExportResponse()
	a, err := s.r.admit(ctx, "traces")
	if err != nil {
		return out, err
	}
	s.r.takeTraces(q.Traces())
	if a != nil {
		out.PartialSuccess().SetRejectedSpans(a.Rejected)
		out.PartialSuccess().SetErrorMessage(a.Message)
	}
	return out, nil
}

// admit checks a gRPC request. An answer that comes with no error takes part of it.
func (r *Receiver) admit(ctx context.Context, signal string) (*Answer, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	if want := r.opt.Authorization; want != "" && (len(md.Get("authorization")) != 1 || md.Get("authorization")[0] != want) {
		return nil, status.Error(codes.Unauthenticated, "wrong or no authorization")
	}
	a := r.scripted(ctx, signal)
	if err := ctx.Err(); err != nil {
		return nil, status.FromContextError(err).Err()
	}
	if a != nil && a.Code != codes.OK {
		return nil, status.Error(a.Code, a.Message)
	}
	return a, nil
}

func (r *Receiver) serveHTTP(l net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+r.opt.Path+"/v1/metrics", r.handle("metrics", func(b []byte, a *Answer) ([]byte, error) {
		q := pmetricotlp.NewExportRequest()
		if err := q.UnmarshalProto(b); err != nil {
			return nil, err
		}
		r.takeMetrics(q.Metrics())
		out := pmetricotlp.NewExportResponse()
		if a != nil {
			out.PartialSuccess().SetRejectedDataPoints(a.Rejected)
			out.PartialSuccess().SetErrorMessage(a.Message)
		}
		return out.MarshalProto()
	}))
	mux.HandleFunc("POST "+r.opt.Path+"/v1/traces", r.handle("traces", func(b []byte, a *Answer) ([]byte, error) {
		q := ptraceotlp.NewExportRequest()
		if err := q.UnmarshalProto(b); err != nil {
			return nil, err
		}
		r.takeTraces(q.Traces())
		out := ptraceotlp.NewExportResponse()
		if a != nil {
			out.PartialSuccess().SetRejectedSpans(a.Rejected)
			out.PartialSuccess().SetErrorMessage(a.Message)
		}
		return out.MarshalProto()
	}))
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, TLSConfig: r.opt.TLS, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var err error
		if r.opt.TLS != nil {
			err = s.ServeTLS(l, "", "")
		} else {
			err = s.Serve(l)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			r.breach("serving: %v", err)
		}
	}()
	r.stop = sync.OnceFunc(func() {
		close(r.over)
		_ = s.Close()
		<-done
	})
}

func (r *Receiver) handle(signal string, take func([]byte, *Answer) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		if want := r.opt.Authorization; want != "" && q.Header.Get("Authorization") != want {
			http.Error(w, "wrong or no authorization", http.StatusUnauthorized)
			return
		}
		if ct := q.Header.Get("Content-Type"); ct != "application/x-protobuf" {
			http.Error(w, "content type "+ct, http.StatusUnsupportedMediaType)
			return
		}
		a := r.scripted(q.Context(), signal)
		if q.Context().Err() != nil {
			return
		}
		if a != nil && a.HTTPStatus != 0 {
			http.Error(w, a.Message, a.HTTPStatus)
			return
		}
		body := io.Reader(q.Body)
		if q.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(q.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			body = z
		}
		b, err := io.ReadAll(io.LimitReader(body, MaxRequest+1))
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		case len(b) > MaxRequest:
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		out, err := take(b, a)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(out)
	}
}
