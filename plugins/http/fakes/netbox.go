package fakes

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// NetBox is a strict stand-in for devices and virtual machines of NetBox: at
// most 1,000 a page and the address of the next one.
type NetBox struct {
	shelf
	token string
}

// NewNetBox starts the fake. A row is a device as the API answers it; one with
// "vcpus" is a virtual machine.
func NewNetBox(token string, rows ...map[string]any) *NetBox {
	n := &NetBox{token: token}
	n.rows = rows
	n.open(n.serve)
	return n
}

func (n *NetBox) serve(w http.ResponseWriter, r *http.Request) {
	machines := r.URL.Path == "/api/virtualization/virtual-machines/"
	q, err := params(r, "limit", "offset", "ordering", "exclude", "last_updated__gte")
	limit, offset := 0, 0
	if err == nil {
		limit, err = count(q, "limit", 50, 1, 1000)
	}
	if err == nil {
		offset, err = count(q, "offset", 0, 0, 1e6)
	}
	since := time.Time{}
	if v := q.Get("last_updated__gte"); v != "" && err == nil {
		since, err = time.Parse(time.RFC3339, v)
	}
	switch {
	case r.Header.Get("Authorization") != "Token "+n.token:
		writeJSON(w, http.StatusForbidden, object{"detail": "Invalid token"})
		return
	case n.held(w, r, object{"detail": "Request was throttled."}):
		return
	case !machines && r.URL.Path != "/api/dcim/devices/" || r.Method != http.MethodGet:
		n.refuse(w, r, http.StatusNotFound, "no such page; paths end in a slash")
		return
	case err != nil:
		n.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	case q.Get("ordering") != "id":
		n.fault(r, "no order that stays while pages are read")
	}
	rows := n.found(func(x object) bool {
		_, machine := x["vcpus"]
		at, err := time.Parse(time.RFC3339, text(x, "last_updated"))
		return machine == machines && err == nil && !at.Before(since)
	})
	out := object{"count": len(rows), "next": nil, "previous": nil, "results": cut(rows, offset, limit)}
	if offset+limit < len(rows) {
		out["next"] = n.next(r, q, limit, offset)
	}
	writeJSON(w, http.StatusOK, out)
}

func (n *NetBox) next(r *http.Request, q url.Values, limit, offset int) string {
	q.Set("limit", strconv.Itoa(limit))
	q.Set("offset", strconv.Itoa(offset+limit))
	return n.URL + r.URL.Path + "?" + q.Encode()
}
