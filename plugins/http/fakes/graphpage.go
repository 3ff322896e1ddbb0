package fakes

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// graphPage is where a $skiptoken goes on.
type graphPage struct {
	path     string
	rows     []object
	context  string
	size     int
	eventual bool // the first page was asked for with ConsistencyLevel
}

// options are the query options of a request, checked against those that the
// endpoint documents.
func (g *Graph) options(w http.ResponseWriter, r *http.Request, known ...string) (url.Values, bool) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		g.refuse(w, r, http.StatusBadRequest, "BadRequest", "The query string cannot be read.")
		return nil, false
	}
	for name := range q {
		if !slices.Contains(known, name) {
			g.refuse(w, r, http.StatusBadRequest, "BadRequest", "The query parameter '"+name+"' is not supported.")
			return nil, false
		}
	}
	return q, true
}

// resumed answers a page that a next link asks for.
func (g *Graph) resumed(w http.ResponseWriter, r *http.Request) bool {
	token := r.URL.Query().Get("$skiptoken")
	if token == "" {
		return false
	}
	p, ok := g.pages[token]
	switch {
	case !ok || p.path != r.URL.Path || len(r.URL.Query()) != 1:
		g.refuse(w, r, http.StatusBadRequest, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be included in your request, or the link was changed.")
	case p.eventual && r.Header.Get("ConsistencyLevel") != "eventual":
		g.refuse(w, r, http.StatusBadRequest, "Request_BadRequest", "The header ConsistencyLevel has to be sent for every page.")
	default:
		g.write(w, r, p)
	}
	return true
}

// first answers the first page of rows.
func (g *Graph) first(w http.ResponseWriter, r *http.Request, q url.Values, context string, normal, most int, rows []object) {
	size := normal
	if top := q.Get("$top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 || n > 999 {
			g.refuse(w, r, http.StatusBadRequest, "Request_UnsupportedQuery", fmt.Sprintf("Invalid page size specified: '%s'. Must be between 1 and 999 inclusive.", top))
			return
		}
		size = min(n, most)
	}
	if g.opt.PageSize > 0 {
		size = min(size, g.opt.PageSize)
	}
	g.write(w, r, graphPage{path: r.URL.Path, rows: rows, context: context, size: size, eventual: r.Header.Get("ConsistencyLevel") == "eventual"})
}

func (g *Graph) write(w http.ResponseWriter, r *http.Request, p graphPage) {
	n := min(p.size, len(p.rows))
	page := p.rows[:n]
	if page == nil {
		page = []object{}
	}
	body := object{"@odata.context": g.URL + "/v1.0/$metadata#" + p.context, "value": page}
	if n < len(p.rows) {
		token := fmt.Sprintf("RFNwdAIAAQAAAB%06dAAAA", len(g.pages))
		p.rows = p.rows[n:]
		g.pages[token] = p
		body["@odata.nextLink"] = g.URL + r.URL.Path + "?$skiptoken=" + token
	}
	writeJSON(w, http.StatusOK, body)
}

// selected takes the properties that $select names, all of which must exist.
// An id is always there; without $select there are those documented as default.
func (g *Graph) selected(w http.ResponseWriter, r *http.Request, q url.Values, kind string, rows []object, standard ...string) ([]object, bool) {
	want := standard
	if s := q.Get("$select"); s != "" {
		want = strings.Split(s, ",")
	}
	if want == nil {
		for _, row := range rows {
			maps.DeleteFunc(row, func(_ string, v any) bool { return v == absent })
		}
		return rows, true
	}
	out := make([]object, len(rows))
	for i, row := range rows {
		out[i] = object{"id": row["id"]}
		if t, ok := row["@odata.type"]; ok {
			out[i]["@odata.type"] = t
		}
		for _, name := range want {
			v, ok := row[name]
			if !ok {
				g.refuse(w, r, http.StatusBadRequest, "BadRequest", "Could not find a property named '"+name+"' on type 'microsoft.graph."+kind+"'.")
				return nil, false
			}
			if v != absent {
				out[i][name] = v
			}
		}
	}
	return out, true
}

// absent marks a property that exists and is left out of this row's answer.
const absent = "\x00absent"

// null gives null for an empty text.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}
