// Package web answers over HTTP: health, status, metrics and the JSON API of
// findings and evidence. Every address checks Host; figures and rows need the
// token of the configuration.
package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

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
}

// Query asks for the rows behind one figure.
type Query struct {
	KPI     string
	At      store.Point
	OrgUnit string
	Limit   int // 0 is all
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
	Token   string       // "" closes the API
	Listen  string       // its host is an allowed Host
	Hosts   []string     // more allowed Hosts
	Log     *slog.Logger
}

type server struct {
	Options
	hosts map[string]bool
	token [sha256.Size]byte
}

// New returns the handler of all addresses.
func New(o Options) http.Handler {
	s := &server{Options: o, token: sha256.Sum256([]byte(o.Token)), hosts: map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}}
	if h, _, err := net.SplitHostPort(o.Listen); err == nil {
		s.hosts[h] = true
	}
	for _, h := range o.Hosts {
		s.hosts[strings.ToLower(h)] = true
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /status", s.status)
	mux.Handle("GET /metrics", o.Metrics)
	if o.Probes != nil {
		mux.Handle("GET /metrics/probes", o.Probes)
	}
	mux.HandleFunc("GET /api/v1/disruptions", s.private(s.disruptions))
	mux.HandleFunc("GET /api/v1/kpis", s.private(s.kpis))
	mux.HandleFunc("GET /api/v1/kpis/{id}", s.private(s.kpi))
	mux.HandleFunc("POST /api/v1/reload", s.private(s.reload))
	mux.HandleFunc("POST /api/v1/collect", s.private(s.collect))
	return s.guard(mux)
}

// guard checks Host, so that a page elsewhere cannot reach the daemon through
// a name of its own, and sets the headers that every answer carries.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if !s.hosts[strings.ToLower(strings.Trim(host, "[]"))] {
			s.fail(w, http.StatusMisdirectedRequest, "Värdnamnet är inte tillåtet; lägg till det under hosts i konfigurationen.")
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// private lets a request through only with the token.
func (s *server) private(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.Token == "" {
			s.fail(w, http.StatusForbidden, "Ingen api_token är satt i konfigurationen, så siffror och rader lämnas inte ut.")
			return
		}
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		sum := sha256.Sum256([]byte(given))
		if !ok || subtle.ConstantTimeCompare(sum[:], s.token[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="kommunpuls"`)
			s.fail(w, http.StatusUnauthorized, "Ange api_token som Authorization: Bearer …")
			return
		}
		next(w, r)
	}
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
	case errors.Is(err, store.ErrNotFound):
		s.fail(w, http.StatusNotFound, "Finns inte: "+err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		s.fail(w, http.StatusServiceUnavailable, "Avbröts innan svaret var klart.")
	default:
		s.Log.Error("answering a request", "err", err)
		s.fail(w, http.StatusInternalServerError, "Ett fel inträffade; se loggen.")
	}
}
