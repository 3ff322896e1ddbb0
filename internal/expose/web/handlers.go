package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// maxRows is the most evidence rows of one answer.
const maxRows = 10_000

func (s *server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintln(w, "ok")
}

func (s *server) readyz(w http.ResponseWriter, _ *http.Request) {
	if why := s.Daemon.Ready(); len(why) > 0 {
		s.answer(w, http.StatusServiceUnavailable, map[string]any{"ready": false, "why": why})
		return
	}
	s.answer(w, http.StatusOK, map[string]any{"ready": true})
}

func (s *server) status(w http.ResponseWriter, r *http.Request) {
	st, err := s.Daemon.Status(r.Context())
	if err != nil {
		s.failure(w, err)
		return
	}
	s.answer(w, http.StatusOK, st)
}

func (s *server) kpis(w http.ResponseWriter, r *http.Request) {
	at, err := point(r)
	if err != nil {
		s.fail(w, http.StatusBadRequest, err.Error())
		return
	}
	d, ok := s.organised(w, r)
	if !ok {
		return
	}
	fs, err := d.Findings(r.Context(), at)
	if err != nil {
		s.failure(w, err)
		return
	}
	if fs == nil {
		fs = []finding.Finding{}
	}
	s.answer(w, http.StatusOK, fs)
}

func (s *server) kpi(w http.ResponseWriter, r *http.Request) {
	at, err := point(r)
	if err != nil {
		s.fail(w, http.StatusBadRequest, err.Error())
		return
	}
	q := Query{KPI: r.PathValue("id"), At: at, OrgUnit: r.URL.Query().Get("org_unit"), Limit: 100}
	if l := r.URL.Query().Get("limit"); l != "" {
		n, err := strconv.Atoi(l)
		if err != nil || n < 1 || n > maxRows {
			s.fail(w, http.StatusBadRequest, fmt.Sprintf("limit ska vara ett heltal från 1 till %d.", maxRows))
			return
		}
		q.Limit = n
	}
	d, ok := s.organised(w, r)
	if !ok {
		return
	}
	f, err := d.Explain(r.Context(), q)
	if err != nil {
		s.failure(w, err)
		return
	}
	s.answer(w, http.StatusOK, f)
}

func (s *server) reload(w http.ResponseWriter, r *http.Request) {
	if err := s.Daemon.Reload(r.Context()); err != nil {
		s.fail(w, http.StatusUnprocessableEntity, "Den nya konfigurationen används inte: "+err.Error())
		return
	}
	s.answer(w, http.StatusOK, map[string]string{"result": "reloaded"})
}

func (s *server) collect(w http.ResponseWriter, r *http.Request) {
	err := s.Daemon.Collect(r.Context(), r.URL.Query().Get("source"))
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		s.failure(w, err)
		return
	case err != nil: // what is wrong with a list is for those who keep it
		s.Log.Error("collecting on request", "err", err)
		s.fail(w, http.StatusUnprocessableEntity, "Läsningen misslyckades: "+err.Error())
		return
	}
	s.answer(w, http.StatusOK, map[string]string{"result": "collected"})
}

// point reads as_of and known_at: a day (its end, Europe/Stockholm) or RFC 3339.
func point(r *http.Request) (store.Point, error) {
	var p store.Point
	var err error
	if p.AsOf, err = ParseInstant(r.URL.Query().Get("as_of")); err != nil {
		return p, fmt.Errorf("as_of: %w", err)
	}
	if p.KnownAt, err = ParseInstant(r.URL.Query().Get("known_at")); err != nil {
		return p, fmt.Errorf("known_at: %w", err)
	}
	return p, nil
}

// ParseInstant reads "2026-11-21" as the last second of that day in
// Europe/Stockholm, an RFC 3339 time as it stands, and "" as the zero time.
func ParseInstant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	d, err := time.ParseInLocation(time.DateOnly, s, calendar.Location())
	if err != nil {
		return time.Time{}, fmt.Errorf("%q är varken en dag (2026-11-21) eller en tidpunkt (2026-11-21T12:00:00Z)", s)
	}
	return d.AddDate(0, 0, 1).Add(-time.Second), nil
}
