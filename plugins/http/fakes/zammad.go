package fakes

import (
	"net/http"
	"regexp"
	"strings"
)

// Zammad is a strict stand-in for the tickets of Zammad: the list of all
// tickets gives at most 100 a page in the order of their ids, the search at
// most 200 and never beyond the first 10,000 hits.
type Zammad struct {
	shelf
	token string
}

// NewZammad starts the fake with tickets as the API expands them.
func NewZammad(token string, tickets ...map[string]any) *Zammad {
	z := &Zammad{token: token}
	z.rows = tickets
	z.open(z.serve)
	return z
}

var zammadSince = regexp.MustCompile(`^updated_at:\["([0-9TZ:-]+)" TO \*\]$`)

func (z *Zammad) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Authorization") != "Token token="+z.token:
		writeJSON(w, http.StatusUnauthorized, object{"error": "Invalid token"})
	case z.held(w, r, object{"error": "Too many requests"}):
	case r.Method != http.MethodGet:
		z.refuse(w, r, http.StatusMethodNotAllowed, "tickets are read by GET")
	case strings.TrimSuffix(r.URL.Path, "/") == "/api/v1/tickets":
		z.list(w, r, 100)
	case r.URL.Path == "/api/v1/tickets/search":
		z.list(w, r, 200)
	default:
		z.refuse(w, r, http.StatusNotFound, "no route")
	}
}

func (z *Zammad) list(w http.ResponseWriter, r *http.Request, most int) {
	search := strings.HasSuffix(r.URL.Path, "/search")
	names := []string{"page", "per_page", "expand"}
	if search {
		names = append(names, "query", "sort_by", "order_by")
	}
	q, err := params(r, names...)
	if err != nil {
		z.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	page, err := count(q, "page", 1, 1, 1e6)
	if err != nil {
		z.refuse(w, r, http.StatusUnprocessableEntity, err.Error())
		return
	}
	size, err := count(q, "per_page", 50, 1, most)
	if err != nil {
		z.refuse(w, r, http.StatusUnprocessableEntity, err.Error())
		return
	}
	since := ""
	if search {
		m := zammadSince.FindStringSubmatch(q.Get("query"))
		switch {
		case m == nil:
			z.refuse(w, r, http.StatusUnprocessableEntity, "a query that finds something else than was meant: "+q.Get("query"))
			return
		case q.Get("sort_by") == "" || page*size > 10000:
			z.refuse(w, r, http.StatusUnprocessableEntity, "no order, or beyond the first 10000 hits")
			return
		}
		since = m[1]
	}
	if q.Get("expand") != "true" {
		z.fault(r, "no expand: groups, states and priorities are numbers")
	}
	rows := z.found(func(t object) bool { return text(t, "updated_at") >= since })
	writeJSON(w, http.StatusOK, cut(rows, (page-1)*size, size))
}
