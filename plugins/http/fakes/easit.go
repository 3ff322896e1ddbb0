package fakes

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// EasitView is a view that the administrator made for the integration: the
// columns, and the items as they stand.
type EasitView struct {
	Identifier string
	PageSize   int // of the view; 25 unless set
	Columns    []EasitColumn
	Items      []EasitItem
}

// EasitColumn is a column of a view. Two columns may have the same name.
type EasitColumn struct {
	Name       string
	Datatype   string // INTEGER, STRING, TEXT, DATETIME, CONNECTION
	Collection bool
	Connection string // ITEM, USER, GROUP, PROPERTY
}

// EasitItem is an item: its database id and its values, one for each column
// but those of collections, which have none or several.
type EasitItem struct {
	ID     string // "13:2"
	Values []EasitValue
}

// EasitValue is what a column holds. What is not filled in has no content, and
// the raw value "null:1" if it points at something.
type EasitValue struct{ Name, Content, Raw string }

// Easit is a strict stand-in for Easit GO's integration API.
type Easit struct {
	*httptest.Server
	Journal

	mu    sync.Mutex
	key   string
	views []EasitView
}

// NewEasit starts the fake, which takes one API key.
func NewEasit(key string, views ...EasitView) *Easit {
	e := &Easit{key: key, views: views}
	e.Server = httptest.NewServer(e.recorded(http.HandlerFunc(e.serve)))
	return e
}

// Change changes the views between collections.
func (e *Easit) Change(change func([]EasitView)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(e.views)
}

// easitRequest is the body of a request for items.
type easitRequest struct {
	View string `json:"itemViewIdentifier"`
	Page int    `json:"page"`
	Size int    `json:"pageSize"`
	Sort *struct {
		Content string `json:"content"`
		Order   string `json:"order"`
	} `json:"sortColumn"`
}

func (e *Easit) serve(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch user, pass, ok := r.BasicAuth(); {
	case r.URL.Path != "/integration-api/items":
		e.refuse(w, r, http.StatusNotFound, "no such endpoint")
		return
	case !ok || user != e.key || pass != "":
		// The key is the user name and there is no password.
		writeJSON(w, http.StatusUnauthorized, object{"message": "Unauthorized"})
		return
	case e.held(w, r, object{"message": "Too many requests"}):
		return
	case r.Method != http.MethodGet:
		e.refuse(w, r, http.StatusMethodNotAllowed, "items are read by GET; POST imports")
		return
	case r.URL.RawQuery != "":
		e.refuse(w, r, http.StatusBadRequest, "the request stands in the body, not in the address")
		return
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		e.refuse(w, r, http.StatusUnsupportedMediaType, "Content-Type is not application/json")
		return
	}
	var q easitRequest
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		e.refuse(w, r, http.StatusBadRequest, "body: "+err.Error())
		return
	}
	i := slices.IndexFunc(e.views, func(v EasitView) bool { return v.Identifier == q.View })
	if i < 0 {
		writeJSON(w, http.StatusBadRequest, object{"message": "No item view with that identifier"})
		return
	}
	e.items(w, r, &e.views[i], q)
}

// items answers one page. There is no filter for what has changed, and without
// sortColumn the order is the view's own, newest change first: what changes
// while pages are read then moves to page one and pushes another item over a
// page's edge.
func (e *Easit) items(w http.ResponseWriter, r *http.Request, v *EasitView, q easitRequest) {
	items := slices.Clone(v.Items)
	if q.Sort == nil {
		e.fault(r, "no sortColumn: pages of a view that is sorted by change lose items")
		slices.Reverse(items)
	} else {
		known := slices.ContainsFunc(v.Columns, func(c EasitColumn) bool { return c.Name == q.Sort.Content })
		if !known || q.Sort.Order != "Ascending" && q.Sort.Order != "Descending" {
			e.refuse(w, r, http.StatusBadRequest, "sortColumn: no column "+q.Sort.Content+" or no order "+q.Sort.Order)
			return
		}
		sortItems(items, q.Sort.Content, q.Sort.Order == "Descending")
	}
	size := v.PageSize
	if size == 0 {
		size = 25
	}
	if q.Size > 0 {
		size = q.Size
	}
	pages := max(1, (len(items)+size-1)/size)
	page := max(q.Page, 1)
	if page > pages {
		e.fault(r, "page %d of %d: beyond the last page the last one is answered again", page, pages)
		page = pages
	}
	from := min((page-1)*size, len(items))
	rows := []object{}
	for _, it := range items[from:min(from+size, len(items))] {
		rows = append(rows, it.object())
	}
	columns := []object{}
	for _, c := range v.Columns {
		columns = append(columns, object{"content": c.Name, "datatype": c.Datatype, "collection": c.Collection, "connectiontype": null(c.Connection)})
	}
	writeJSON(w, http.StatusOK, object{
		"columns": object{"column": columns}, "items": object{"item": rows}, "requestedPage": q.Page, "page": page,
		"pageSize": size, "totalNumberOfPages": pages, "totalNumberOfItems": len(items),
	})
}

func (it *EasitItem) object() object {
	props := []object{}
	for _, v := range it.Values {
		props = append(props, object{"name": v.Name, "content": v.Content, "rawValue": null(v.Raw)})
	}
	return object{"id": it.ID, "property": props, "attachment": []object{}}
}

// Value returns the content of a column, "" if the item has none.
func (it *EasitItem) Value(name string) string {
	for _, v := range it.Values {
		if v.Name == name {
			return v.Content
		}
	}
	return ""
}

// sortItems sorts numbers as numbers, everything else as text.
func sortItems(items []EasitItem, column string, down bool) {
	slices.SortStableFunc(items, func(a, b EasitItem) int {
		x, y := a.Value(column), b.Value(column)
		c := strings.Compare(x, y)
		if m, err := strconv.Atoi(x); err == nil {
			if n, err := strconv.Atoi(y); err == nil {
				c = m - n
			}
		}
		if down {
			return -c
		}
		return c
	})
}

func (e *Easit) refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	e.fault(r, "%d %s", status, message)
	writeJSON(w, status, object{"message": message})
}
