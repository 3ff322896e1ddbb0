package fakes

import (
	"net/http"
	"strings"
)

// PRTG is a strict stand-in for the table of sensors of PRTG: 500 rows unless
// a number is asked for, only the columns asked for, and a raw value beside
// each that is shown.
type PRTG struct {
	shelf
	token string
}

// NewPRTG starts the fake with sensors; "type" is the type's own name.
func NewPRTG(token string, sensors ...map[string]any) *PRTG {
	p := &PRTG{token: token}
	p.rows = sensors
	p.open(p.serve)
	return p
}

func (p *PRTG) serve(w http.ResponseWriter, r *http.Request) {
	q, err := params(r, "content", "columns", "count", "start", "sortby", "filter_type", "apitoken", "username", "passhash")
	size, start := 0, 0
	if err == nil {
		size, err = count(q, "count", 500, 1, 50000)
	}
	if err == nil {
		start, err = count(q, "start", 0, 0, 1e6)
	}
	switch {
	case q.Get("apitoken") != p.token && (q.Get("username") != "kommunpuls" || q.Get("passhash") != p.token):
		writeJSON(w, http.StatusUnauthorized, object{"prtg-version": "25", "error": "Unauthorized"})
		return
	case p.held(w, r, object{}):
		return
	case r.URL.Path != "/api/table.json" || q.Get("content") != "sensors" || r.Method != http.MethodGet:
		p.refuse(w, r, http.StatusNotFound, "no such table")
		return
	case err != nil || q.Get("columns") == "":
		p.refuse(w, r, http.StatusBadRequest, "The columns, the count or the start are not understood")
		return
	case q.Get("count") == "" || q.Get("sortby") != "objid":
		p.fault(r, "500 rows are answered, or in an order that changes")
	}
	columns := strings.Split(q.Get("columns"), ",")
	if f := forbids(columns, "message", "comments", "tags"); f != "" {
		p.fault(r, "free text is asked for: %s", f)
	}
	rows := p.found(func(x object) bool { return q.Get("filter_type") == "" || x["type"] == q.Get("filter_type") })
	page := []object{}
	for _, x := range cut(rows, start, size) {
		o := only(x, columns)
		for _, c := range columns {
			if raw, ok := x[c+"_raw"]; ok {
				o[c+"_raw"] = raw
			}
		}
		page = append(page, o)
	}
	writeJSON(w, http.StatusOK, object{"prtg-version": "25.1", "treesize": len(rows), "sensors": page})
}
