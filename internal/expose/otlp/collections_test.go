package otlp

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/grpc/codes"

	"github.com/kommunpuls/kommunpuls/internal/expose/otlp/otlptest"
)

// spans returns what was received by the trace's source, each as its path.
func spans(ts []ptrace.Traces) map[string][]string {
	type one struct {
		ptrace.Span
	}
	all := map[pcommon.SpanID]one{}
	for _, t := range ts {
		for _, rs := range t.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					all[s.SpanID()] = one{s}
				}
			}
		}
	}
	out := map[string][]string{}
	for _, s := range all {
		path, root := s.Name(), s
		for !root.ParentSpanID().IsEmpty() {
			root = all[root.ParentSpanID()]
			path = root.Name() + "/" + path
		}
		if s.TraceID() != root.TraceID() {
			path += " in another trace"
		}
		if s.Status().Code() == ptrace.StatusCodeError {
			path += " " + s.Status().Message()
		}
		source, _ := root.Attributes().Get("kommunpuls.source")
		out[source.Str()] = append(out[source.Str()], fmt.Sprintf("%s %s", path, s.EndTimestamp().AsTime().Sub(s.StartTimestamp().AsTime())))
	}
	for _, s := range out {
		slices.Sort(s)
	}
	return out
}

func TestACollectionIsOneTraceWithItsStepsAndItsEvaluation(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		s := settings(r, http)
		s.Traces, s.Interval = true, 50*time.Millisecond
		b := started(t, s)
		at := func(seconds int) time.Time { return time.Date(2026, 11, 21, 12, 0, seconds, 0, time.UTC) }

		good := b.Collecting("lista", "table", at(0))
		bad := b.Collecting("katalog", "ldap", at(0))
		stage := good.Step("stage", at(0))
		good.Step("read", at(1))("", at(4))
		stage("", at(5))
		good.Step("apply", at(5))("", at(6))
		good.Done(Outcome{Counts: map[string]int64{"seen": 500}, Flags: map[string]bool{"held": false}}, at(6))
		b.Evaluated(at(5), at(7), 151, "") // it began before the collection ended: it is not that one's
		stage = bad.Step("stage", at(0))
		bad.Step("start plugin", at(0))("unreachable", at(8))
		stage("unreachable", at(8))
		bad.Done(Outcome{Class: "unreachable"}, at(8))
		b.Evaluated(at(9), at(11), 151, "")
		b.Evaluated(at(12), at(13), 151, "")

		want := map[string][]string{
			"lista":   {"collection 6s", "collection/apply 1s", "collection/evaluate 2s", "collection/stage 5s", "collection/stage/read 3s"},
			"katalog": {"collection unreachable 8s", "collection/evaluate 2s", "collection/stage unreachable 8s", "collection/stage/start plugin unreachable 8s"},
		}
		eventually(t, "nine spans", func() bool {
			n := 0
			for _, ts := range r.Traces() {
				n += ts.SpanCount()
			}
			return n >= 9
		})
		if got := spans(r.Traces()); !slices.Equal(got["lista"], want["lista"]) || !slices.Equal(got["katalog"], want["katalog"]) || len(got) != 2 {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		eventually(t, "the traces in the status", func() bool {
			st := b.Status()
			return len(st.Signals) == 2 && st.Signals[1].Signal == "traces" && st.Signals[1].Up
		})
	})
}

func TestSpansAreKeptUntilTheReceiverIsMendedButNotWhatItWillNeverTake(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		s := settings(r, http)
		s.Traces, s.Interval = true, 50*time.Millisecond
		b := started(t, s)
		r.Answer(func(signal string, _ int) *otlptest.Answer {
			if signal == "metrics" {
				return nil
			}
			return &otlptest.Answer{Code: codes.PermissionDenied, HTTPStatus: 403}
		})
		collect(b.Exporter, "lista")
		eventually(t, "spans that wait for being refused", func() bool {
			st := b.traces.status()
			return st.Class == classForbidden && st.Queued == 4
		})
		if st := b.metrics.status(); !st.Up {
			t.Errorf("%+v", st)
		}
		r.Answer(nil)
		eventually(t, "the trace after all", func() bool { return len(r.Traces()) > 0 })
		eventually(t, "an empty queue", func() bool { return b.traces.status().Queued == 0 })

		r.Answer(func(signal string, _ int) *otlptest.Answer {
			return &otlptest.Answer{Code: codes.InvalidArgument, HTTPStatus: 400}
		})
		collect(b.Exporter, "lista")
		eventually(t, "spans that are given up", func() bool { return b.traces.status().Dropped == 4 })
		if st := b.traces.status(); st.Queued != 0 || st.Class != classRejected {
			t.Errorf("%+v", st)
		}
	})
}
