package fakes

import "net/http"

// SystemRegister is a strict stand-in for the open system register: systems
// page by page, persons and organizations whole, and a token from a gateway.
type SystemRegister struct {
	shelf
	secret                 string
	persons, organizations []object
}

// SystemRegisterClient is the client that the gateway knows.
const SystemRegisterClient = "kommunpuls-client"

// NewSystemRegister starts the fake for the municipality 2281. The rows are
// systems; persons and organizations are what they point at.
func NewSystemRegister(secret string, persons, organizations []map[string]any, systems ...map[string]any) *SystemRegister {
	s := &SystemRegister{secret: secret, persons: persons, organizations: organizations}
	s.rows = systems
	s.open(s.serve)
	return s
}

func (s *SystemRegister) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		id, secret, _ := r.BasicAuth()
		if id != SystemRegisterClient || secret != s.secret || r.PostFormValue("grant_type") != "client_credentials" {
			writeJSON(w, http.StatusUnauthorized, object{"error": "invalid_client"})
			return
		}
		writeJSON(w, http.StatusOK, object{"access_token": "register-access", "token_type": "Bearer", "expires_in": 3600})
		return
	}
	names := []string{}
	if r.URL.Path == "/2281/systems" {
		names = append(names, "page", "limit", "status")
	}
	q, err := params(r, names...)
	switch {
	case r.Header.Get("Authorization") != "Bearer register-access":
		writeJSON(w, http.StatusUnauthorized, object{"title": "Unauthorized", "status": 401})
	case err != nil || r.Method != http.MethodGet:
		s.refuse(w, r, http.StatusBadRequest, "Constraint Violation")
	case r.URL.Path == "/2281/persons":
		writeJSON(w, http.StatusOK, s.persons)
	case r.URL.Path == "/2281/suppliers":
		writeJSON(w, http.StatusOK, []object{{"id": "supplier-1", "name": "Leverantören AB", "contactEmail": "info@leverantoren.example"}})
	case r.URL.Path == "/2281/organizations":
		writeJSON(w, http.StatusOK, s.organizations)
	case r.URL.Path == "/2281/systems":
		page, err := count(q, "page", 1, 1, 1e6)
		size := 0
		if err == nil {
			size, err = count(q, "limit", 20, 1, 1000)
		}
		if err != nil {
			s.refuse(w, r, http.StatusBadRequest, err.Error())
			return
		}
		rows := s.found(func(x object) bool { return q.Get("status") == "" || x["status"] == q.Get("status") })
		found := cut(rows, (page-1)*size, size)
		meta := object{"page": page, "limit": size, "count": len(found), "totalRecords": len(rows), "totalPages": (len(rows) + size - 1) / size}
		writeJSON(w, http.StatusOK, object{"_meta": meta, "systems": found})
	default:
		s.refuse(w, r, http.StatusNotFound, "Not Found")
	}
}
