package fakes

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// GLPI11 is a strict stand-in for the tickets of the API of GLPI 11: OAuth2
// with a password, RSQL filters, 206 while there is more, and whole tickets
// with their texts and their team.
type GLPI11 struct {
	shelf
	secret, password string
}

// The client and the user of the fake.
const (
	GLPI11Client = "kommunpuls-client"
	GLPI11User   = "kommunpuls"
)

// NewGLPI11 starts the fake with tickets as the API answers them.
func NewGLPI11(secret, password string, tickets ...map[string]any) *GLPI11 {
	g := &GLPI11{secret: secret, password: password}
	g.rows = tickets
	g.open(g.serve)
	return g
}

func (g *GLPI11) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/api.php/token":
		g.token(w, r)
	case r.Header.Get("Authorization") != "Bearer glpi11-access":
		writeJSON(w, http.StatusUnauthorized, object{"status": "ERROR_UNAUTHENTICATED", "title": "You must be authenticated"})
	case g.held(w, r, object{"status": "ERROR"}):
	case r.URL.Path != "/api.php/v2/Assistance/Ticket" || r.Method != http.MethodGet:
		g.refuse(w, r, http.StatusNotFound, "ERROR_ITEM_NOT_FOUND")
	default:
		g.list(w, r)
	}
}

func (g *GLPI11) token(w http.ResponseWriter, r *http.Request) {
	form := object{}
	for _, k := range []string{"grant_type", "client_id", "client_secret", "username", "password", "scope"} {
		form[k] = r.PostFormValue(k)
	}
	switch {
	case r.Method != http.MethodPost || form["grant_type"] != "password" || form["scope"] != "api":
		g.fault(r, "grant_type %v with scope %v", form["grant_type"], form["scope"])
		writeJSON(w, http.StatusBadRequest, object{"error": "unsupported_grant_type"})
	case form["client_id"] != GLPI11Client || form["client_secret"] != g.secret:
		writeJSON(w, http.StatusUnauthorized, object{"error": "invalid_client", "error_description": "Client authentication failed"})
	case form["username"] != GLPI11User || form["password"] != g.password:
		writeJSON(w, http.StatusBadRequest, object{"error": "invalid_grant"})
	default:
		writeJSON(w, http.StatusOK, object{"token_type": "Bearer", "expires_in": 3600, "access_token": "glpi11-access"})
	}
}

var glpi11Since = regexp.MustCompile(`^date_mod=ge="(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"$`)

func (g *GLPI11) list(w http.ResponseWriter, r *http.Request) {
	q, err := params(r, "filter", "start", "limit", "sort")
	start, limit := 0, 0
	if err == nil {
		start, err = count(q, "start", 0, 0, 1e6)
	}
	if err == nil {
		limit, err = count(q, "limit", 100, 1, 1000)
	}
	since := time.Time{}
	if f := q.Get("filter"); f != "" && err == nil {
		m := glpi11Since.FindStringSubmatch(f)
		if m == nil {
			err = fmt.Errorf("a filter that cannot be read: %s", f)
		} else {
			since, err = time.Parse(time.DateTime, m[1])
		}
	}
	if err == nil && q.Get("sort") != "id" {
		err = fmt.Errorf("no order, or one that changes while pages are read: %q", q.Get("sort"))
	}
	if err != nil {
		g.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	rows := g.found(func(t object) bool {
		at, err := time.Parse(time.RFC3339, text(t, "date_mod"))
		return err == nil && !at.Before(since)
	})
	page := cut(rows, start, limit)
	w.Header().Set("Content-Range", strconv.Itoa(start)+"-"+strconv.Itoa(max(0, start+len(page)-1))+"/"+strconv.Itoa(len(rows)))
	status := http.StatusOK
	if start+len(page) < len(rows) {
		status = http.StatusPartialContent
	}
	writeJSON(w, status, page)
}
