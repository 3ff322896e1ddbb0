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

// SNTable is one table. Values are database values: times are UTC without a
// zone ("2026-01-02 03:04:05"), references are sys_ids, and what is not filled
// in is an empty text.
type SNTable struct {
	Name   string
	Fields map[string]SNField
	Rows   []map[string]string // each with sys_id
	// Hidden sys_ids are not shown to the account. They are taken out after a
	// page was cut, so that a page may be short or empty in the middle, and
	// they count in X-Total-Count.
	Hidden []string
	// Denied tables answer 403.
	Denied bool
}

// SNField is a column of a table.
type SNField struct {
	Time bool // shown in the account's own time zone, stored in UTC
	// Ref is the table that a reference points at; its name is shown.
	Ref string
	// Choices are what values are shown as.
	Choices map[string]string
}

// ServiceNow is a strict stand-in for the Table API of ServiceNow.
type ServiceNow struct {
	*httptest.Server
	Journal

	mu             sync.Mutex
	user, password string
	tables         map[string]*SNTable
}

// NewServiceNow starts the fake.
func NewServiceNow(user, password string, tables ...SNTable) *ServiceNow {
	s := &ServiceNow{user: user, password: password, tables: map[string]*SNTable{}}
	for i := range tables {
		s.tables[tables[i].Name] = &tables[i]
	}
	s.Server = httptest.NewServer(s.recorded(http.HandlerFunc(s.serve)))
	return s
}

// Change changes a table between collections.
func (s *ServiceNow) Change(table string, change func(*SNTable)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.tables[table])
}

func (s *ServiceNow) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if user, pass, ok := r.BasicAuth(); !ok || user != s.user || pass != s.password {
		writeJSON(w, http.StatusUnauthorized, snError("User Not Authenticated", "Required to provide Auth information"))
		return
	}
	if s.held(w, r, snError("Rate limit exceeded", "The maximum number of requests was reached")) {
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, "/api/now/table/")
	if !ok || r.Method != http.MethodGet {
		s.refuse(w, r, http.StatusBadRequest, "Requested URI does not represent any resource")
		return
	}
	t := s.tables[name]
	switch {
	case t == nil:
		s.refuse(w, r, http.StatusBadRequest, "Invalid table "+name)
	case t.Denied:
		writeJSON(w, http.StatusForbidden, snError("Operation Failed", "ACL Exception Query Failed due to security constraints"))
	default:
		s.list(w, r, t)
	}
}

// list answers a page of a table.
func (s *ServiceNow) list(w http.ResponseWriter, r *http.Request, t *SNTable) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	for name := range q {
		if !slices.Contains([]string{"sysparm_query", "sysparm_fields", "sysparm_limit", "sysparm_offset", "sysparm_display_value", "sysparm_exclude_reference_link"}, name) {
			s.refuse(w, r, http.StatusBadRequest, "unknown parameter "+name)
			return
		}
	}
	rows, err := t.find(q.Get("sysparm_query"))
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	limit, offset := 10000, 0
	if v := q.Get("sysparm_limit"); v != "" {
		limit, err = strconv.Atoi(v)
	}
	if v := q.Get("sysparm_offset"); v != "" && err == nil {
		offset, err = strconv.Atoi(v)
	}
	if err != nil || limit < 1 || offset < 0 {
		s.refuse(w, r, http.StatusBadRequest, "sysparm_limit or sysparm_offset is no number")
		return
	}
	if q.Get("sysparm_fields") == "" {
		s.fault(r, "no sysparm_fields: texts and persons are answered")
	}
	out := []object{}
	for _, row := range rows[min(offset, len(rows)):min(offset+limit, len(rows))] {
		if slices.Contains(t.Hidden, row["sys_id"]) {
			continue
		}
		o, err := s.object(t, row, q)
		if err != nil {
			s.refuse(w, r, http.StatusBadRequest, err.Error())
			return
		}
		out = append(out, o)
	}
	w.Header().Set("X-Total-Count", strconv.Itoa(len(rows)))
	w.Header().Set("Link", s.links(r, q, limit, offset, len(rows)))
	writeJSON(w, http.StatusOK, object{"result": out})
}

// links are the addresses of the other pages.
func (s *ServiceNow) links(r *http.Request, q url.Values, limit, offset, total int) string {
	var out []string
	add := func(rel string, at int) {
		q.Set("sysparm_limit", strconv.Itoa(limit))
		q.Set("sysparm_offset", strconv.Itoa(at))
		out = append(out, fmt.Sprintf("<%s%s?%s>;rel=%q", s.URL, r.URL.Path, q.Encode(), rel))
	}
	add("first", 0)
	if offset > 0 {
		add("prev", max(0, offset-limit))
	}
	if offset+limit < total {
		add("next", offset+limit)
	}
	add("last", max(0, (total-1)/limit*limit))
	return strings.Join(out, ",")
}

func snError(message, detail string) object {
	return object{"error": object{"message": message, "detail": detail}, "status": "failure"}
}

func (s *ServiceNow) refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	s.fault(r, "%d %s", status, message)
	writeJSON(w, status, snError(message, ""))
}
