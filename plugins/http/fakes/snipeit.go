package fakes

import (
	"net/http"
	"strings"
)

// SnipeIT is a strict stand-in for the hardware of Snipe-IT: at most 500 a
// page, faults with status 200, and archived assets only where asked for.
type SnipeIT struct {
	shelf
	token string
}

// NewSnipeIT starts the fake with assets as the API answers them.
func NewSnipeIT(token string, assets ...map[string]any) *SnipeIT {
	s := &SnipeIT{token: token}
	s.rows = assets
	s.open(s.serve)
	return s
}

func (s *SnipeIT) serve(w http.ResponseWriter, r *http.Request) {
	q, err := params(r, "limit", "offset", "sort", "order", "status")
	limit, offset := 0, 0
	if err == nil {
		limit, err = count(q, "limit", 50, 1, 500)
	}
	if err == nil {
		offset, err = count(q, "offset", 0, 0, 1e6)
	}
	switch {
	case r.Header.Get("Accept") != "application/json":
		s.fault(r, "without Accept a web page is answered")
		w.Header().Set("Content-Type", "text/html")
	case r.Header.Get("Authorization") != "Bearer "+s.token:
		writeJSON(w, http.StatusUnauthorized, object{"error": "Unauthenticated."})
	case s.held(w, r, object{"status": "error", "messages": "Too many requests"}):
	case r.URL.Path != "/api/v1/hardware" || r.Method != http.MethodGet:
		s.refuse(w, r, http.StatusNotFound, "no such endpoint")
	case err != nil || q.Get("sort") != "id" || q.Get("order") != "asc":
		s.fault(r, "no order, or %v", err)
		writeJSON(w, http.StatusOK, object{"status": "error", "messages": "The request is not understood", "payload": nil})
	default:
		archived := strings.EqualFold(q.Get("status"), "archived")
		rows := s.found(func(x object) bool {
			return x["deleted_at"] == nil && (text(x["status_label"].(object), "status_meta") == "archived") == archived
		})
		writeJSON(w, http.StatusOK, object{"total": len(rows), "rows": cut(rows, offset, limit)})
	}
}
