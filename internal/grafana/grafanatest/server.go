// Package grafanatest is a strict stand-in for the part of Grafana's HTTP API
// that a push uses, with the manners of Grafana 9.4: versions and their 412,
// provenance, names that must be unique. Whatever a push sends that Grafana
// would not take, or that nobody expects, fails the test.
package grafanatest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Token is the one that the server takes.
const Token = "glsa_provtoken"

// Server is a Grafana with one organisation.
type Server struct {
	URL     string
	Version string // 9.4.0
	OrgID   int64  // 1

	t         testing.TB
	mu        sync.Mutex
	folders   []Folder
	sources   []map[string]any
	boards    map[string]*Board
	rules     map[string]*rule
	intervals map[string]int64
	contacts  []map[string]any
	mutes     []mute
	policy    map[string]any
	intercept func(http.ResponseWriter, *http.Request) bool
	requests  []string
}

// Folder is a folder.
type Folder struct{ UID, Title string }

// Board is a dashboard with all its versions, the newest last.
type Board struct {
	FolderUID string
	FromFile  bool
	Versions  []Version
}

// Version is one version of a dashboard.
type Version struct {
	Model   map[string]any
	Message string
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		Version: "9.4.0", OrgID: 1, t: t, boards: map[string]*Board{}, rules: map[string]*rule{}, intervals: map[string]int64{},
		contacts: []map[string]any{{"uid": "", "name": "grafana-default-email", "type": "email", "disableResolveMessage": false, "settings": map[string]any{"addresses": "<example@email.com>"}}},
		policy:   map[string]any{"receiver": "grafana-default-email", "group_by": []any{"grafana_folder", "alertname"}},
	}
	h := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

// Intercept lets do answer requests first; it reports whether it did.
func (s *Server) Intercept(do func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercept = do
}

// Writes returns the requests that changed something, as "POST /api/folders",
// and forgets them.
func (s *Server) Writes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, r := range s.requests {
		if !strings.HasPrefix(r, "GET ") {
			out = append(out, r)
		}
	}
	s.requests = nil
	return out
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.intercept != nil && s.intercept(w, r) {
		return
	}
	if r.Method != http.MethodGet {
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	} else if b, _ := io.ReadAll(r.Body); len(b) > 0 {
		s.t.Errorf("GET %s has a body", r.URL.Path)
	}
	if r.URL.Path != "/api/health" && r.Header.Get("Authorization") != "Bearer "+Token {
		answer(w, http.StatusUnauthorized, map[string]any{"message": "invalid API key"})
		return
	}
	if o := r.Header.Get("X-Grafana-Org-Id"); o != "" {
		s.t.Errorf("X-Grafana-Org-Id %s beside a token", o)
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	for _, route := range s.routes() {
		if v, ok := match(route.path, parts); ok && route.method == r.Method {
			route.do(w, r, v)
			return
		}
	}
	s.t.Errorf("nobody expects %s %s", r.Method, r.URL)
	answer(w, http.StatusNotFound, map[string]any{"message": "Not found"})
}

type route struct {
	method, path string
	do           func(w http.ResponseWriter, r *http.Request, v []string)
}

func (s *Server) routes() []route {
	return []route{
		{"GET", "api/health", s.health},
		{"GET", "api/org", s.org},
		{"GET", "api/folders", s.listFolders},
		{"POST", "api/folders", s.postFolder},
		{"GET", "api/folders/*", s.getFolder},
		{"GET", "api/datasources", s.listSources},
		{"POST", "api/datasources", s.postSource},
		{"PUT", "api/datasources/uid/*", s.putSource},
		{"POST", "api/dashboards/db", s.postBoard},
		{"GET", "api/dashboards/uid/*", s.getBoard},
		{"GET", "api/dashboards/uid/*/versions/*", s.getVersion},
		{"GET", "api/v1/provisioning/folder/*/rule-groups/*", s.getGroup},
		{"PUT", "api/v1/provisioning/folder/*/rule-groups/*", s.putGroup},
		{"GET", "api/v1/provisioning/alert-rules/*", s.getRule},
		{"POST", "api/v1/provisioning/alert-rules", s.postRule},
		{"GET", "api/v1/provisioning/contact-points", s.listContacts},
		{"POST", "api/v1/provisioning/contact-points", s.postContact},
		{"PUT", "api/v1/provisioning/contact-points/*", s.putContact},
		{"GET", "api/v1/provisioning/mute-timings", s.listMutes},
		{"POST", "api/v1/provisioning/mute-timings", s.postMute},
		{"PUT", "api/v1/provisioning/mute-timings/*", s.putMute},
		{"GET", "api/v1/provisioning/policies", s.getPolicy},
		{"PUT", "api/v1/provisioning/policies", s.putPolicy},
	}
}

// match returns what stands in place of the stars.
func match(pattern string, parts []string) ([]string, bool) {
	want := strings.Split(pattern, "/")
	if len(want) != len(parts) {
		return nil, false
	}
	var out []string
	for i, p := range want {
		switch {
		case p == "*":
			out = append(out, parts[i])
		case p != parts[i]:
			return nil, false
		}
	}
	return out, true
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// read decodes a body, which must be JSON, of known fields, and say so.
func (s *Server) read(w http.ResponseWriter, r *http.Request, out any) bool {
	if ct := r.Header.Get("Content-Type"); ct != "application/json" {
		s.t.Errorf("%s %s: content type %q", r.Method, r.URL.Path, ct)
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(out); err != nil {
		s.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		answer(w, http.StatusBadRequest, map[string]any{"message": "bad request data"})
		return false
	}
	return true
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request, _ []string) {
	answer(w, http.StatusOK, map[string]any{"commit": "abc", "database": "ok", "version": s.Version})
}

func (s *Server) org(w http.ResponseWriter, _ *http.Request, _ []string) {
	answer(w, http.StatusOK, map[string]any{"id": s.OrgID, "name": "Main Org.", "address": map[string]any{}})
}
