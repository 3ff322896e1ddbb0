package fakes

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// GLPI is a strict stand-in for the search of apirest.php: a session that is
// opened by a user token and an app token and is closed again, ranges with
// Content-Range, and columns that are the numbers of search options.
type GLPI struct {
	shelf
	userToken, appToken string
	sessions            map[string]bool
	opened              int
}

// glpiMost is how many rows one range may have.
const glpiMost = 990

// NewGLPI starts the fake. A ticket is an object by the numbers of search
// options ("2" is the id, "19" when it was last changed).
func NewGLPI(userToken, appToken string, tickets ...map[string]any) *GLPI {
	g := &GLPI{userToken: userToken, appToken: appToken, sessions: map[string]bool{}}
	g.rows = tickets
	g.open(g.serve)
	return g
}

// OpenSessions tells how many sessions were never closed.
func (g *GLPI) OpenSessions() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.sessions)
}

func (g *GLPI) serve(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/apirest.php")
	session := r.Header.Get("Session-Token")
	switch {
	case !ok || r.Method != http.MethodGet:
		g.refuse(w, r, http.StatusBadRequest, "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM")
	case r.Header.Get("App-Token") != g.appToken:
		writeJSON(w, http.StatusBadRequest, []string{"ERROR_WRONG_APP_TOKEN_PARAMETER", "parameter app_token is wrong"})
	case path == "/initSession":
		g.login(w, r)
	case !g.sessions[session]:
		writeJSON(w, http.StatusUnauthorized, []string{"ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid"})
	case path == "/killSession":
		delete(g.sessions, session)
		writeJSON(w, http.StatusOK, true)
	case g.held(w, r, []string{"ERROR", "too many requests"}):
	case path == "/search/Ticket":
		g.search(w, r)
	default:
		g.refuse(w, r, http.StatusNotFound, "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM")
	}
}

func (g *GLPI) login(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "user_token "+g.userToken {
		writeJSON(w, http.StatusUnauthorized, []string{"ERROR_GLPI_LOGIN_USER_TOKEN", "user_token seems invalid"})
		return
	}
	g.opened++
	token := fmt.Sprintf("session-%d", g.opened)
	g.sessions[token] = true
	writeJSON(w, http.StatusOK, object{"session_token": token})
}

var (
	glpiRange   = regexp.MustCompile(`^(\d+)-(\d+)$`)
	glpiDisplay = regexp.MustCompile(`^forcedisplay\[\d+\]$`)
	glpiDate    = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`)
)

func (g *GLPI) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	fields, err := g.columns(q)
	m := glpiRange.FindStringSubmatch(q.Get("range"))
	if err == nil && m == nil {
		err = fmt.Errorf("no range: 50 rows are answered")
	}
	if err != nil {
		g.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	from, _ := strconv.Atoi(m[1]) // digits, by the expression
	to, _ := strconv.Atoi(m[2])
	since := q.Get("criteria[0][value]")
	rows := g.found(func(t object) bool { return t["is_deleted"] != true && text(t, "19") > since })
	if from > len(rows) || to < from || to-from+1 > glpiMost {
		g.refuse(w, r, http.StatusBadRequest, "ERROR_RANGE_EXCEED_TOTAL")
		return
	}
	w.Header().Set("Accept-Range", "Ticket "+strconv.Itoa(glpiMost))
	page := cut(rows, from, to-from+1)
	out := object{"totalcount": len(rows), "count": len(page), "sort": 2, "order": "ASC"}
	if len(page) == 0 { // then the real one leaves data out
		writeJSON(w, http.StatusOK, out)
		return
	}
	data := []object{}
	for _, row := range page {
		data = append(data, only(row, fields))
	}
	out["data"] = data
	out["content-range"] = fmt.Sprintf("%d-%d/%d", from, from+len(page)-1, len(rows))
	w.Header().Set("Content-Range", out["content-range"].(string))
	status := http.StatusOK
	if len(page) < len(rows) {
		status = http.StatusPartialContent
	}
	writeJSON(w, status, out)
}

// columns lists what is shown: id, name and entity always are.
func (g *GLPI) columns(q url.Values) ([]string, error) {
	fields := []string{"1", "2", "80"}
	for name, v := range q {
		switch {
		case glpiDisplay.MatchString(name):
			fields = append(fields, v[0])
		case name == "range" || name == "sort" && v[0] == "2" || name == "order" && v[0] == "ASC":
		case name == "criteria[0][field]" && v[0] == "19" || name == "criteria[0][searchtype]" && v[0] == "morethan":
		case name == "criteria[0][value]" && glpiDate.MatchString(v[0]):
		default:
			return nil, fmt.Errorf("%s=%s is not known, or an order that changes while ranges are read", name, v[0])
		}
	}
	if q.Get("sort") == "" || len(fields) == 3 {
		return nil, fmt.Errorf("no order, or no columns")
	}
	if f := forbids(fields, "4", "5", "21", "22", "66"); f != "" {
		return nil, fmt.Errorf("a column with text or a person is asked for: %s", f)
	}
	return fields, nil
}
