// Package web answers over HTTP: health, status, metrics and the JSON API of
// findings and evidence. Every address checks Host; figures and rows need the
// token of the configuration.
package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Daemon is what the pages show and can ask for.
type Daemon interface {
	// Ready returns nil when config, store and the first evaluation are good,
	// else one sentence for each that is not.
	Ready() []string
	Status(ctx context.Context) (Status, error)
	// Findings evaluates at a point; the zero point is the last evaluation.
	Findings(ctx context.Context, at store.Point) ([]finding.Finding, error)
	// Explain returns one finding with rows; store.ErrNotFound for an unknown id.
	Explain(ctx context.Context, q Query) (finding.Finding, error)
	// Disruptions lists the places with an ongoing disruption.
	Disruptions(ctx context.Context) ([]Disruption, error)
	Reload(ctx context.Context) error
	// Collect reads one source now, or all with "".
	Collect(ctx context.Context, source string) error
	Site
	Reports
	Snapshots
	FollowUp
}

// Query asks for the rows behind one figure.
type Query struct {
	KPI     string
	At      store.Point
	OrgUnit string
	Limit   int  // 0 is all, below 0 none
	Offset  int  // rows to skip
	Failing bool // only rows that fail
}

// Status is the body of /status.
type Status struct {
	Version      string         `json:"version"`
	Municipality string         `json:"municipality"`
	Demo         bool           `json:"demo"`
	Started      time.Time      `json:"started"`
	EvaluatedAt  time.Time      `json:"evaluated_at"`
	Evaluation   string         `json:"evaluation_duration"`
	Ready        bool           `json:"ready"`
	NotReady     []string       `json:"not_ready"`
	Outcomes     map[string]int `json:"outcomes"`
	Sources      []SourceStatus `json:"sources"`
	Unmapped     int            `json:"unmapped_names"`
	UnmappedBy   []NameCount    `json:"unmapped_by"`
	OTLP         *OTLPStatus    `json:"otlp,omitempty"`
	Notify       *NotifyStatus  `json:"notify,omitempty"`
	Reports      []ReportStatus `json:"reports,omitempty"`
}

// NameCount counts names that map to nothing, by what they should name and by
// what bears them. Unclear are those that fit several.
type NameCount struct {
	Scheme  string `json:"scheme"`
	Kind    string `json:"kind"`
	Names   int64  `json:"names"`
	Records int64  `json:"records"`
	Unclear int64  `json:"unclear"`
}

// SourceStatus is one source in /status.
type SourceStatus struct {
	Name        string     `json:"name"`
	Type        string     `json:"type"`
	LastSuccess *time.Time `json:"last_success"`
	LastFailure *time.Time `json:"last_failure"`
	Reason      string     `json:"reason,omitempty"`
	ContentAt   *time.Time `json:"content_at"`
	Late        bool       `json:"late"`
	Held        bool       `json:"held"`
	Seen        int64      `json:"rows_seen"`
	Refused     int64      `json:"rows_refused"`
	Vanished    int64      `json:"rows_vanished"`
}

// Options configure the handler.
type Options struct {
	Daemon  Daemon
	Metrics http.Handler
	Probes  http.Handler // /metrics/probes; nil is none
	// Access knows who comes; nil is Token alone.
	Access  Access
	Token   string                   // "" closes the API where Access is nil
	Secrecy func(kpi string) Secrecy // of the rows behind a figure; nil is none
	Listen  string                   // its host is an allowed Host
	Hosts   []string                 // more allowed Hosts
	Log     *slog.Logger
	// Demo lets anybody see everything where Access is nil.
	Demo bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

type server struct {
	Options
	hosts map[string]bool
	pages *page.Pages
}

// New returns the handler of all addresses. Whatever it shows has come through
// Restrict.
func New(o Options) http.Handler {
	s := &server{Options: o, hosts: map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}, pages: page.New()}
	s.Daemon = Restrict(o.Daemon, o.Secrecy)
	if s.Access == nil {
		s.Access = tokenOnly{s: s, token: sha256.Sum256([]byte(o.Token))}
	}
	if h, _, err := net.SplitHostPort(o.Listen); err == nil {
		s.hosts[h] = true
	}
	for _, h := range o.Hosts {
		s.hosts[strings.ToLower(h)] = true
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.Pattern, s.needing(r.Need, r.handler))
	}
	for pattern, h := range s.Access.Routes() {
		mux.Handle(pattern, h)
	}
	return s.guard(mux)
}

// routes lists every address with what it needs.
func (s *server) routes() []Route {
	return append(s.pageRoutes(), []Route{
		{"GET /healthz", Open, s.healthz},
		{"GET /readyz", Open, s.readyz},
		{"GET /status", Scrape, s.status},
		{"GET /metrics", Scrape, s.metrics},
		{"GET /metrics/probes", Scrape, s.probes},
		{"GET /api/v1/disruptions", Read, s.disruptions},
		{"GET /api/v1/kpis", Read, s.kpis},
		{"GET /api/v1/kpis/{id}", Read, s.kpi},
		{"POST /api/v1/reload", Operate, s.reload},
		{"POST /api/v1/collect", Operate, s.collect},
	}...)
}

func (s *server) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *server) metrics(w http.ResponseWriter, r *http.Request) { s.Metrics.ServeHTTP(w, r) }

func (s *server) probes(w http.ResponseWriter, r *http.Request) {
	if s.Probes == nil {
		http.NotFound(w, r)
		return
	}
	s.Probes.ServeHTTP(w, r)
}

// guard checks Host, so that a page elsewhere cannot reach the daemon through
// a name of its own, and where a request that changes something comes from;
// then it asks who it is that asks.
func (s *server) guard(mux *http.ServeMux) http.Handler {
	elsewhere := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header(), s.Access.Secure())
		_, pattern := mux.Handler(r)
		a := &answered{ResponseWriter: w}
		defer func() { s.Access.Done(r, pattern, a.code) }()
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if !s.hosts[strings.ToLower(strings.Trim(host, "[]"))] {
			s.fail(a, http.StatusMisdirectedRequest, "Värdnamnet är inte tillåtet; lägg till det under hosts i konfigurationen.")
			return
		}
		if err := elsewhere.Check(r); err != nil {
			s.fail(a, http.StatusForbidden, "Begäran kommer från en annan webbplats och utförs inte.")
			return
		}
		known := s.Access.Identify(a, r)
		if known == nil {
			return
		}
		r = known
		mux.ServeHTTP(a, r)
	})
}

func (s *server) answer(w http.ResponseWriter, code int, v any) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		s.Log.Error("encoding an answer", "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	if _, err := w.Write(append(b, '\n')); err != nil {
		s.Log.Debug("the client went away", "err", err)
	}
}

func (s *server) fail(w http.ResponseWriter, code int, sentence string) {
	s.answer(w, code, map[string]string{"error": sentence})
}

// failure answers with an error of the daemon's.
func (s *server) failure(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrForbidden):
		s.fail(w, http.StatusForbidden, "Din roll ser inte det här.")
	case errors.Is(err, store.ErrNotFound):
		s.fail(w, http.StatusNotFound, "Finns inte: "+err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		s.fail(w, http.StatusServiceUnavailable, "Avbröts innan svaret var klart.")
	default:
		s.Log.Error("answering a request", "err", err)
		s.fail(w, http.StatusInternalServerError, "Ett fel inträffade; se loggen.")
	}
}
