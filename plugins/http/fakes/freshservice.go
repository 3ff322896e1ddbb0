package fakes

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Freshservice is a strict stand-in for the tickets of Freshservice: the key
// as user name, at most 100 a page with the header Link, limits with
// Retry-After, and only the last 30 days unless a time is asked for.
type Freshservice struct {
	shelf
	key string
	// Departments and Groups are what the look-ups answer.
	departments, groups []object
}

// NewFreshservice starts the fake. Department 1 is Socialförvaltningen and
// group 1 Servicedesk; there are 150 more of each.
func NewFreshservice(key string, tickets ...map[string]any) *Freshservice {
	f := &Freshservice{key: key}
	f.rows = tickets
	f.departments = freshNames("Socialförvaltningen", "Avdelning")
	f.groups = freshNames("Servicedesk", "Grupp")
	f.open(f.serve)
	return f
}

func freshNames(first, others string) []object {
	out := []object{{"id": 1, "name": first}}
	for i := range 150 {
		out = append(out, object{"id": i + 2, "name": fmt.Sprintf("%s %d", others, i), "head_user_id": 7})
	}
	return out
}

func (f *Freshservice) serve(w http.ResponseWriter, r *http.Request) {
	key, _, ok := r.BasicAuth()
	names := []string{"page", "per_page"}
	if r.URL.Path == "/api/v2/tickets" {
		names = append(names, "updated_since", "include", "order_by", "order_type", "workspace_id")
	}
	q, err := params(r, names...)
	switch {
	case !ok || key != f.key:
		writeJSON(w, http.StatusUnauthorized, object{"code": "invalid_credentials", "message": "You have to be logged in to perform this action."})
	case f.held(w, r, object{"message": "You have exceeded the limit of requests per minute"}):
	case r.Method != http.MethodGet:
		f.refuse(w, r, http.StatusMethodNotAllowed, "GET method is only allowed")
	case err != nil:
		f.refuse(w, r, http.StatusBadRequest, err.Error())
	case r.URL.Path == "/api/v2/departments":
		f.page(w, r, q, "departments", f.departments)
	case r.URL.Path == "/api/v2/groups":
		f.page(w, r, q, "groups", f.groups)
	case r.URL.Path == "/api/v2/tickets":
		f.tickets(w, r, q)
	default:
		f.refuse(w, r, http.StatusNotFound, "no such resource")
	}
}

func (f *Freshservice) tickets(w http.ResponseWriter, r *http.Request, q url.Values) {
	since, err := time.Parse(time.RFC3339, q.Get("updated_since"))
	if err != nil {
		f.refuse(w, r, http.StatusBadRequest, "no updated_since: tickets older than 30 days are hidden")
		return
	}
	if q.Get("include") != "stats" || q.Get("order_by") != "created_at" || q.Get("order_type") != "asc" {
		f.refuse(w, r, http.StatusBadRequest, "persons are included, times are not, or pages move while they are read")
		return
	}
	f.page(w, r, q, "tickets", f.found(func(t object) bool {
		at, err := time.Parse(time.RFC3339, text(t, "updated_at"))
		return err == nil && !at.Before(since) && t["deleted"] != true
	}))
}

func (f *Freshservice) page(w http.ResponseWriter, r *http.Request, q url.Values, name string, rows []object) {
	page, err := count(q, "page", 1, 1, 1e6)
	size := 0
	if err == nil {
		size, err = count(q, "per_page", 30, 1, 100)
	}
	if err != nil {
		f.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	if page*size < len(rows) {
		q.Set("page", strconv.Itoa(page+1))
		w.Header().Set("Link", "<"+f.URL+r.URL.Path+"?"+q.Encode()+`>; rel="next"`)
	}
	w.Header().Set("X-Ratelimit-Total", "140")
	writeJSON(w, http.StatusOK, object{name: cut(rows, (page-1)*size, size)})
}
