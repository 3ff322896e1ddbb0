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
	"time"
)

// TOPdeskIncident is one incident. Times are UTC; the zero time is null.
type TOPdeskIncident struct {
	ID, Number string
	// Status is firstLine, secondLine or partial; archived ones end in Archived.
	Status                                    string
	CallType, EntryType, Category, Priority   string
	OperatorGroup, Processing, Closure        string
	Branch, Department, Object, Supplier      string
	Caller, Brief, Request                    string // personal: never to be asked for
	Call, Created, Modified, Target           time.Time
	Responded, Completed, Closed              time.Time
	OnHoldMinutes, TimeSpentMinutes, Feedback int
}

// TOPdesk is a strict stand-in for the incident API of TOPdesk.
type TOPdesk struct {
	*httptest.Server
	Journal

	mu             sync.Mutex
	user, password string
	denied         bool
	incidents      []TOPdeskIncident
}

// NewTOPdesk starts the fake. The password is an application password.
func NewTOPdesk(user, password string, incidents ...TOPdeskIncident) *TOPdesk {
	d := &TOPdesk{user: user, password: password, incidents: incidents}
	d.Server = httptest.NewServer(d.recorded(http.HandlerFunc(d.serve)))
	return d
}

// Change changes the incidents between collections.
func (d *TOPdesk) Change(change func([]TOPdeskIncident) []TOPdeskIncident) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.incidents = change(d.incidents)
}

// Deny takes away the permission to read incidents.
func (d *TOPdesk) Deny() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.denied = true
}

func (d *TOPdesk) serve(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	user, pass, ok := r.BasicAuth()
	switch {
	case !ok || user != d.user || pass != d.password:
		writeJSON(w, http.StatusUnauthorized, []object{{"message": "Invalid credentials"}})
	case d.denied:
		writeJSON(w, http.StatusForbidden, []object{{"message": "You do not have permission to view incidents"}})
	case d.held(w, r, []object{{"message": "Too many requests"}}):
	case r.URL.Path != "/tas/api/incidents":
		d.refuse(w, r, http.StatusNotFound, "no such resource")
	case r.Method != http.MethodGet:
		d.refuse(w, r, http.StatusMethodNotAllowed, "incidents are read by GET")
	default:
		d.list(w, r)
	}
}

// list answers a page: 200 if it is the last, 206 if there are more, 204
// without a body if there is nothing.
func (d *TOPdesk) list(w http.ResponseWriter, r *http.Request) {
	q, err := d.query(r)
	if err != nil {
		d.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	var found []TOPdeskIncident
	for _, x := range d.incidents {
		archivedOrPart := x.Status != "firstLine" && x.Status != "secondLine"
		if archivedOrPart && !q.all || !q.since.IsZero() && x.Modified.Before(q.since) {
			continue
		}
		found = append(found, x)
	}
	slices.SortFunc(found, func(a, b TOPdeskIncident) int { return strings.Compare(a.ID, b.ID) })
	if q.start >= len(found) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	end := min(q.start+q.size, len(found))
	rows := []object{}
	for i := q.start; i < end; i++ {
		rows = append(rows, found[i].object(q.fields))
	}
	status := http.StatusOK
	if end < len(found) {
		status = http.StatusPartialContent
	}
	writeJSON(w, status, rows)
}

type topdeskQuery struct {
	start, size int
	all         bool
	since       time.Time
	fields      []string
}

// query reads the parameters, and refuses those that the API does not have.
func (d *TOPdesk) query(r *http.Request) (topdeskQuery, error) {
	q := topdeskQuery{size: 10}
	params, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, err
	}
	for name, values := range params {
		v := values[0]
		switch name {
		case "start":
			q.start, err = strconv.Atoi(v)
		case "page_size":
			if q.size, err = strconv.Atoi(v); err == nil && (q.size < 1 || q.size > 10000) {
				err = fmt.Errorf("page_size has to be between 1 and 10000")
			}
		case "all":
			q.all, err = strconv.ParseBool(v)
		case "sort":
			if v != "id:asc" {
				err = fmt.Errorf("an order that changes while pages are read: %s", v)
			}
		case "query":
			stamp, ok := strings.CutPrefix(v, "modificationDate=ge=")
			if !ok {
				err = fmt.Errorf("a query that the fake does not know: %s", v)
				break
			}
			q.since, err = time.Parse(time.RFC3339, stamp)
		case "fields":
			q.fields = strings.Split(v, ",")
		default:
			err = fmt.Errorf("unknown parameter %s", name)
		}
		if err != nil {
			return q, fmt.Errorf("%s: %w", name, err)
		}
	}
	if params.Get("sort") == "" {
		d.fault(r, "no sort: pages without an order lose incidents")
	}
	if params.Get("fields") == "" {
		d.fault(r, "no fields: the text and the caller of every incident are answered")
	}
	if slices.ContainsFunc(q.fields, func(f string) bool {
		return slices.Contains([]string{"caller", "briefDescription", "request", "action", "operator"}, f)
	}) {
		d.fault(r, "a field with text or a person is asked for: %v", q.fields)
	}
	return q, nil
}

func (d *TOPdesk) refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	d.fault(r, "%d %s", status, message)
	writeJSON(w, status, []object{{"message": message}})
}
