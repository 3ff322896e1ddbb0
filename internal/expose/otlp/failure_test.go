package otlp

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/kommunpuls/kommunpuls/internal/expose/otlp/otlptest"
)

// Every fault is one line in the log however many rounds it lasts, a sentence
// in the status, and one more line when it is over.
func TestAFaultIsToldOnceByItsClassAndAgainWhenItIsOver(t *testing.T) {
	for _, c := range []struct {
		name   string
		http   bool
		answer otlptest.Answer
		class  string
		says   string
		asked  int // requests of one round; 0 is several: it is tried again
	}{
		{"unauthenticated", false, otlptest.Answer{Code: codes.Unauthenticated}, classUnauthenticated, "godtar inte inloggningen; se otlp.headers", 1},
		{"forbidden", false, otlptest.Answer{Code: codes.PermissionDenied}, classForbidden, "låter oss inte lämna siffrorna", 1},
		{"unimplemented", false, otlptest.Answer{Code: codes.Unimplemented}, classNotFound, "tar inte emot siffrorna på den adressen", 1},
		{"unavailable", false, otlptest.Answer{Code: codes.Unavailable, Message: "busy"}, classOverloaded, "hinner inte med", 0},
		{"exhausted", false, otlptest.Answer{Code: codes.ResourceExhausted, Message: "quota"}, classOverloaded, "hinner inte med", 1},
		{"too large", false, otlptest.Answer{Code: codes.ResourceExhausted, Message: "grpc: received message larger than max (5 vs. 4)"}, classTooLarge, "höj dess gräns", 1},
		{"invalid", false, otlptest.Answer{Code: codes.InvalidArgument, Message: "bad label " + authorization}, classRejected, "avvisade siffrorna: ", 1},
		{"partial", false, otlptest.Answer{Rejected: 3, Message: "out of order"}, classPartial, "avvisade 3 delar: out of order", 1},
		{"slow", false, otlptest.Answer{After: time.Minute}, classTimeout, "svarade inte inom 2s", 1},
		{"401", true, otlptest.Answer{HTTPStatus: 401}, classUnauthenticated, "godtar inte inloggningen; se otlp.headers", 1},
		{"403", true, otlptest.Answer{HTTPStatus: 403}, classForbidden, "låter oss inte", 1},
		{"404", true, otlptest.Answer{HTTPStatus: 404}, classNotFound, "tar inte emot siffrorna på den adressen", 1},
		{"413", true, otlptest.Answer{HTTPStatus: 413}, classTooLarge, "höj dess gräns", 1},
		{"429", true, otlptest.Answer{HTTPStatus: 429}, classOverloaded, "hinner inte med", 0},
		{"503", true, otlptest.Answer{HTTPStatus: 503}, classOverloaded, "hinner inte med", 0},
		{"400", true, otlptest.Answer{HTTPStatus: 400, Message: strings.Repeat("bad label "+authorization+" ", 50)}, classRejected, "avvisade siffrorna: ", 1},
		{"500", true, otlptest.Answer{HTTPStatus: 500, Message: "oops"}, classRejected, "oops", 1},
		{"redirect", true, otlptest.Answer{HTTPStatus: 302}, classRejected, "302", 1},
		{"partial", true, otlptest.Answer{Rejected: 3, Message: "out of order"}, classPartial, "avvisade 3 delar: out of order", 1},
		{"slow", true, otlptest.Answer{After: time.Minute}, classTimeout, "svarade inte inom 2s", 1},
	} {
		t.Run(c.name+map[bool]string{false: " grpc", true: " http"}[c.http], func(t *testing.T) {
			t.Parallel() // some wait until their time is out
			r := otlptest.Start(t, otlptest.Options{HTTP: c.http, Authorization: authorization})
			s := settings(r, c.http)
			slow := c.class == classTimeout
			if slow || c.asked == 0 {
				s.Timeout = 2 * time.Second
			}
			b := newBench(t)
			r.Answer(func(string, int) *otlptest.Answer { return &c.answer })
			b.begin(s, gauges(1))
			if asked := r.Asked("metrics"); asked != c.asked && (c.asked > 0 || asked < 2) && (!slow || asked > 1) { // a busy machine may not even have asked
				t.Errorf("asked %d times in one round", asked)
			}
			for range 2 {
				b.round()
			}
			st := b.metrics.status()
			if st.Up || st.Class != c.class || st.Failures != 3 || !st.LastSuccess.IsZero() || st.FailingFrom.IsZero() {
				t.Errorf("%+v", st)
			}
			if !strings.Contains(st.Reason, c.says) || !strings.Contains(st.Reason, r.Addr) || strings.Contains(st.Reason, "hemligt-ord") || len([]rune(st.Reason)) > 300 {
				t.Errorf("reason %q, want %q", st.Reason, c.says)
			}
			if l := b.lines("OTLP is not sent"); len(l) != 1 || !strings.Contains(l[0], "class="+c.class) {
				t.Errorf("logged %d times: %q", len(l), l)
			}
			r.Answer(nil)
			late := int64(0)
			for st = b.round(); s.Timeout < time.Minute && st.Class == classTimeout && late < 20; st = b.round() {
				late++ // a busy machine may need more than the short time that these have
			}
			if !st.Up || st.Class != "" || st.Reason != "" || st.Failures != 0 {
				t.Errorf("after it was mended: %+v", st)
			}
			if l := b.lines("OTLP is sent again"); len(l) != 1 {
				t.Errorf("logged %d times that it is over", len(l))
			}
			result := failed
			if c.class == classPartial {
				result = partial
			}
			b.metrics.results[failed] -= late
			if b.metrics.results[result] != 3 || b.metrics.results[sent] != 1 {
				t.Errorf("counts %v", b.metrics.results)
			}
		})
	}
}

func TestAReceiverThatIsBusyForAMomentIsAskedAgainInTheSameRound(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		r.Answer(func(_ string, nth int) *otlptest.Answer {
			if nth < 2 {
				return &otlptest.Answer{Code: codes.Unavailable, HTTPStatus: 503}
			}
			return nil
		})
		s := settings(r, http)
		s.Timeout = 8 * time.Second // it is asked again after a tenth of that
		b := started(t, s)
		if st := b.metrics.status(); !st.Up || r.Asked("metrics") != 3 || b.metrics.results[failed] != 0 || len(b.lines("OTLP is not sent")) > 0 {
			t.Errorf("%+v after %d requests", st, r.Asked("metrics"))
		}
	})
}

func TestAWarningOfTheReceiverIsNoFault(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization})
		r.Answer(func(string, int) *otlptest.Answer { return &otlptest.Answer{Message: "deprecated field"} })
		b := started(t, settings(r, http))
		if st := b.metrics.status(); !st.Up || st.Class != "" {
			t.Errorf("%+v", st)
		}
	})
}

func TestAWrongTokenIsNoSecretInTheLog(t *testing.T) {
	both(t, func(t *testing.T, http bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: "Bearer annat"})
		b := started(t, settings(r, http)) // its log is searched for the secret at the end
		if st := b.metrics.status(); st.Class != classUnauthenticated {
			t.Errorf("%+v", st)
		}
	})
}

func TestOneProtocolSentToTheOtherIsSaid(t *testing.T) {
	both(t, func(t *testing.T, overHTTP bool) {
		r := otlptest.Start(t, otlptest.Options{HTTP: !overHTTP})
		s := settings(r, overHTTP)
		s.Timeout = 5 * time.Second
		b := started(t, s)
		if st := b.metrics.status(); st.Class != classProtocol || !strings.Contains(st.Reason, "4317 är oftast grpc och 4318 http") {
			t.Errorf("%+v", st)
		}
	})
}

// What comes of a request depends on who was first: the request, or the greeting
// of a receiver over gRPC, upon which our side hangs up.
func TestAReceiverOverGRPCIsKnownByItsGreeting(t *testing.T) {
	gone := errors.New("the connection is gone")
	for _, c := range []struct {
		http  bool
		class string
	}{{false, classProtocol}, {true, classUnreachable}} {
		r := otlptest.Start(t, otlptest.Options{HTTP: c.http})
		u, err := url.Parse(r.URL)
		if err != nil {
			t.Fatal(err)
		}
		s := sender{base: t.Context(), target: target{Settings: settings(r, true), url: u}, wire: &wire{}, signal: newSignal("metrics", Options{Log: slog.New(slog.DiscardHandler), Now: time.Now})}
		if c.http {
			r.Stop()
		}
		if f := s.judge(gone); f.class != c.class {
			t.Errorf("%+v, want %s", f, c.class)
		}
	}
}

func TestAWrongPathIsSaid(t *testing.T) {
	r := otlptest.Start(t, otlptest.Options{HTTP: true, Path: "/api/v1/otlp"})
	s := settings(r, true)
	s.Endpoint = "http://" + r.Addr
	if st := started(t, s).metrics.status(); st.Class != classNotFound {
		t.Errorf("%+v", st)
	}
	s.Endpoint = r.URL
	if st := started(t, s).metrics.status(); !st.Up {
		t.Errorf("%+v", st)
	}
}

func TestAHostThatDoesNotExistIsUnreachable(t *testing.T) {
	both(t, func(t *testing.T, overHTTP bool) {
		b := started(t, Settings{Endpoint: "http://finns-inte.invalid:4317", HTTP: overHTTP, Interval: time.Hour, Timeout: 5 * time.Second, Resource: map[string]string{"service.name": "kommunpuls"}})
		if st := b.metrics.status(); st.Class != classUnreachable || !strings.Contains(st.Reason, "finns-inte.invalid:4317 går inte att nå") {
			t.Errorf("%+v", st)
		}
	})
}

func TestHTTPStatusesAreJudgedAsTheProtocolSays(t *testing.T) {
	for code, again := range map[int]bool{http.StatusTooManyRequests: true, http.StatusBadGateway: true, http.StatusGatewayTimeout: true, http.StatusBadRequest: false, http.StatusUnauthorized: true} {
		f := &failure{class: ofHTTP(code)}
		if f.again() != again {
			t.Errorf("%d (%s): the same data may be taken later: %v", code, f.class, f.again())
		}
	}
}
