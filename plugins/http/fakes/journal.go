// Package fakes holds strict stand-ins for systems that no test can run:
// cloud services and products that have to be bought. Each is built from the
// documented facts of its API and keeps the traps that are documented: page
// limits, permissions, rate limits, dates without a zone, things that are
// hidden unless asked for. What the real one would answer wrongly in silence,
// a fake refuses and writes down, so that a test can tell.
//
// A fake listens on loopback, like httptest.Server: it has a URL and is closed.
package fakes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Request is one request that a fake answered.
type Request struct {
	Method, Path, Query string
	Status              int
}

// Journal is what a fake was asked. Every fake has one.
type Journal struct {
	mu       sync.Mutex
	requests []Request
	faults   []string
	busy     []busy
}

// busy is an answer of 429 that a test ordered.
type busy struct {
	path  string
	after int // requests of the path that are let through first
	times int
	wait  time.Duration
	until time.Time
}

// Requests returns every request so far, in order.
func (j *Journal) Requests() []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Request(nil), j.requests...)
}

// Count tells how many requests of a path were answered with a status.
func (j *Journal) Count(path string, status int) int {
	n := 0
	for _, r := range j.Requests() {
		if r.Path == path && r.Status == status {
			n++
		}
	}
	return n
}

// Faults lists what was asked wrongly: what the real system refuses, or
// answers with something else than was meant.
func (j *Journal) Faults() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.faults...)
}

// Busy makes a path answer 429 with Retry-After a number of times, after
// having let some requests through. Asking again before that time is a fault.
func (j *Journal) Busy(path string, after, times int, wait time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.busy = append(j.busy, busy{path: path, after: after, times: times, wait: wait})
}

func (j *Journal) fault(r *http.Request, format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.faults = append(j.faults, fmt.Sprintf("%s %s: ", r.Method, r.URL.Path)+fmt.Sprintf(format, args...))
}

// held answers 429 if a test ordered it, and tells whether it did.
func (j *Journal) held(w http.ResponseWriter, r *http.Request, body any) bool {
	wait, early := j.turn(r.URL.Path, time.Now())
	if early {
		j.fault(r, "asked again before Retry-After had passed")
	}
	if wait == 0 {
		return false
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(wait.Round(time.Second)/time.Second)))
	writeJSON(w, http.StatusTooManyRequests, body)
	return true
}

func (j *Journal) turn(path string, now time.Time) (wait time.Duration, early bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.busy {
		b := &j.busy[i]
		if b.path != path {
			continue
		}
		early = early || now.Before(b.until)
		switch {
		case b.after > 0:
			b.after--
		case b.times > 0:
			b.times--
			b.until = now.Add(b.wait)
			return b.wait, early
		}
	}
	return 0, early
}

// recorded wraps a handler so that every answer stands in the journal.
func (j *Journal) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(s, r)
		j.mu.Lock()
		defer j.mu.Unlock()
		j.requests = append(j.requests, Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Status: s.status})
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client went away
}

// object is a JSON object.
type object = map[string]any
