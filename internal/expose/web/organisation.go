package web

import "net/http"

// Organiser is a daemon that can show the past in the organisation of today.
type Organiser interface{ InTodaysOrganisation() Daemon }

// organised chooses by organisation=then (as it was, the default) or today.
func (s *server) organised(w http.ResponseWriter, r *http.Request) (Daemon, bool) {
	switch r.URL.Query().Get("organisation") {
	case "", "then":
		return s.Daemon, true
	case "today":
		if o, ok := s.Daemon.(Organiser); ok {
			if d := o.InTodaysOrganisation(); d != nil {
				return d, true
			}
		}
	}
	s.fail(w, http.StatusBadRequest, "organisation ska vara then (som det var) eller today (med dagens organisation).")
	return nil, false
}
