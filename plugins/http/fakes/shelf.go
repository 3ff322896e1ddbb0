package fakes

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// shelf is what the smaller fakes stand on: rows as the API answers them, all
// that a real answer carries included, and a handler.
type shelf struct {
	*httptest.Server
	Journal

	mu   sync.Mutex
	rows []object
}

// open starts listening. Requests are answered one at a time.
func (s *shelf) open(h http.HandlerFunc) {
	s.Server = httptest.NewServer(s.recorded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		h(w, r)
	})))
}

// Change changes the rows between collections.
func (s *shelf) Change(change func([]map[string]any) []map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = change(s.rows)
}

// found returns the rows for which a question holds, in the order they stand.
func (s *shelf) found(holds func(object) bool) []object {
	out := []object{}
	for _, row := range s.rows {
		if holds(row) {
			out = append(out, row)
		}
	}
	return out
}

// refuse notes a question that the real one refuses, or answers otherwise than
// was meant, and answers it with a fault.
func (s *shelf) refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	s.fault(r, "%d %s", status, message)
	writeJSON(w, status, object{"error": message})
}

// params reads the query and refuses parameters that the API does not have.
func params(r *http.Request, known ...string) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	for name := range q {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown parameter %s", name)
		}
	}
	return q, nil
}

// count reads a number between low and high; what is not given is def.
func count(q url.Values, name string, def, low, high int) (int, error) {
	v := q.Get(name)
	if v == "" {
		return def, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%s is %q, want %d to %d; the real one cuts it in silence or refuses", name, v, low, high)
	}
	return n, nil
}

// cut is a page of rows.
func cut(rows []object, start, size int) []object {
	return rows[min(start, len(rows)):min(start+size, len(rows))]
}

// only is a row with the fields asked for.
func only(row object, fields []string) object {
	out := object{}
	for _, f := range fields {
		if v, ok := row[f]; ok {
			out[f] = v
		}
	}
	return out
}

func text(row object, field string) string {
	s, _ := row[field].(string) // null is ""
	return s
}

// forbids tells which of some words stand in a list.
func forbids(list []string, words ...string) string {
	for _, one := range list {
		if slices.Contains(words, strings.TrimSpace(one)) {
			return one
		}
	}
	return ""
}
