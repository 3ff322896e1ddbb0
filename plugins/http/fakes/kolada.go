package fakes

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Kolada is a strict stand-in for the data of Kolada's API v3: no key, at most
// 25 ids in a list and 5,000 rows a page, and the address of the next page.
type Kolada struct {
	shelf
}

// NewKolada starts the fake. A row is {"kpi", "municipality", "period",
// "values": [{"gender", "value", …}]}.
func NewKolada(rows ...map[string]any) *Kolada {
	k := &Kolada{}
	k.rows = rows
	k.open(k.serve)
	return k
}

var koladaPath = regexp.MustCompile(`^/v3/data/kpi/([A-Z0-9,]+)/municipality/([0-9,]+)/year/([0-9,]+)$`)

func (k *Kolada) serve(w http.ResponseWriter, r *http.Request) {
	if k.held(w, r, object{"detail": "Too many requests"}) {
		return
	}
	m := koladaPath.FindStringSubmatch(r.URL.Path)
	q, err := params(r, "page", "per_page")
	if m == nil || err != nil || r.Method != http.MethodGet {
		k.refuse(w, r, http.StatusNotFound, "Not Found")
		return
	}
	var lists [3][]string
	for i := range lists {
		if lists[i] = strings.Split(m[i+1], ","); len(lists[i]) > 25 || slices.Contains(lists[i], "") {
			k.refuse(w, r, http.StatusUnprocessableEntity, fmt.Sprintf("%d values in a list", len(lists[i])))
			return
		}
	}
	page, err := count(q, "page", 1, 1, 1e6)
	size := 0
	if err == nil {
		size, err = count(q, "per_page", 5000, 1, 5000)
	}
	if err != nil {
		k.refuse(w, r, http.StatusUnprocessableEntity, err.Error())
		return
	}
	rows := k.found(func(x object) bool {
		return slices.Contains(lists[0], text(x, "kpi")) && slices.Contains(lists[1], text(x, "municipality")) && slices.Contains(lists[2], fmt.Sprint(x["period"]))
	})
	out := object{"count": len(rows), "values": cut(rows, (page-1)*size, size), "next_url": nil, "previous_url": nil}
	if page*size < len(rows) {
		out["next_url"] = k.URL + r.URL.Path + "?" + url.Values{"page": {strconv.Itoa(page + 1)}, "per_page": {strconv.Itoa(size)}}.Encode()
	}
	writeJSON(w, http.StatusOK, out)
}
