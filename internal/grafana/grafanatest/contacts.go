package grafanatest

import (
	"net/http"
	"slices"
)

type contact struct {
	UID                   string         `json:"uid"`
	Name                  string         `json:"name"`
	Type                  string         `json:"type"`
	Settings              map[string]any `json:"settings"`
	DisableResolveMessage bool           `json:"disableResolveMessage"`
	Provenance            string         `json:"provenance"`
}

// Contacts are those that there are.
func (s *Server) Contacts() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.contacts)
}

func (s *Server) listContacts(w http.ResponseWriter, _ *http.Request, _ []string) {
	answer(w, http.StatusOK, s.contacts)
}

func (s *Server) readContact(w http.ResponseWriter, r *http.Request) (map[string]any, bool) {
	var in contact
	if !s.read(w, r, &in) {
		return nil, false
	}
	needed := map[string]string{"email": "addresses", "webhook": "url", "teams": "url"}[in.Type]
	if in.Name == "" || needed == "" || in.Settings[needed] == nil {
		failed(w, http.StatusBadRequest, "invalid contact point of type "+in.Type)
		return nil, false
	}
	return map[string]any{"uid": in.UID, "name": in.Name, "type": in.Type, "settings": in.Settings, "disableResolveMessage": in.DisableResolveMessage, "provenance": "api"}, true
}

func (s *Server) postContact(w http.ResponseWriter, r *http.Request, _ []string) {
	in, ok := s.readContact(w, r)
	if !ok {
		return
	}
	for _, c := range s.contacts {
		if c["uid"] == in["uid"] {
			failed(w, http.StatusInternalServerError, "receiver configuration with this UID already exists")
			return
		}
	}
	s.contacts = append(s.contacts, in)
	answer(w, http.StatusAccepted, in)
}

func (s *Server) putContact(w http.ResponseWriter, r *http.Request, v []string) {
	in, ok := s.readContact(w, r)
	if !ok {
		return
	}
	in["uid"] = v[0]
	for i, c := range s.contacts {
		if c["uid"] == v[0] {
			if c["provenance"] == "file" {
				failed(w, http.StatusInternalServerError, "cannot changed provenance from 'file' to 'api'")
				return
			}
			s.contacts[i] = in
			answer(w, http.StatusAccepted, map[string]any{"message": "contactpoint updated"})
			return
		}
	}
	failed(w, http.StatusNotFound, "contact point not found")
}

// SetPolicy is what a person decides.
func (s *Server) SetPolicy(p map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.policy = p
}

// Policy is the tree as it stands.
func (s *Server) Policy() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.policy
}

func (s *Server) getPolicy(w http.ResponseWriter, _ *http.Request, _ []string) {
	answer(w, http.StatusOK, s.policy)
}

func (s *Server) putPolicy(w http.ResponseWriter, r *http.Request, _ []string) {
	var in map[string]any
	if !s.read(w, r, &in) {
		return
	}
	if why := s.unknownReceiver(in); why != "" {
		failed(w, http.StatusBadRequest, "invalid object specification: receiver '"+why+"' does not exist")
		return
	}
	in["provenance"] = "api"
	s.policy = in
	answer(w, http.StatusAccepted, map[string]any{"message": "policies updated"})
}

func (s *Server) unknownReceiver(route map[string]any) string {
	if name, _ := route["receiver"].(string); name != "" && !slices.ContainsFunc(s.contacts, func(c map[string]any) bool { return c["name"] == name }) {
		return name
	}
	names, _ := route["mute_time_intervals"].([]any)
	for _, n := range names {
		if name, _ := n.(string); s.mute(name) == nil {
			return name
		}
	}
	routes, _ := route["routes"].([]any)
	for _, r := range routes {
		if m, ok := r.(map[string]any); ok {
			if why := s.unknownReceiver(m); why != "" {
				return why
			}
		}
	}
	return ""
}

type mute struct {
	Name       string           `json:"name"`
	Intervals  []map[string]any `json:"time_intervals"`
	Provenance string           `json:"provenance,omitempty"`
}

func (s *Server) listMutes(w http.ResponseWriter, _ *http.Request, _ []string) {
	answer(w, http.StatusOK, append([]mute{}, s.mutes...))
}

func (s *Server) postMute(w http.ResponseWriter, r *http.Request, _ []string) {
	var in mute
	if !s.read(w, r, &in) {
		return
	}
	if in.Name == "" || s.mute(in.Name) != nil {
		failed(w, http.StatusBadRequest, "invalid object specification: a mute timing with this name already exists")
		return
	}
	in.Provenance = "api"
	s.mutes = append(s.mutes, in)
	answer(w, http.StatusCreated, in)
}

func (s *Server) putMute(w http.ResponseWriter, r *http.Request, v []string) {
	var in mute
	if !s.read(w, r, &in) {
		return
	}
	m := s.mute(v[0])
	if m == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	m.Intervals, m.Provenance = in.Intervals, "api"
	answer(w, http.StatusAccepted, m)
}

func (s *Server) mute(name string) *mute {
	for i := range s.mutes {
		if s.mutes[i].Name == name {
			return &s.mutes[i]
		}
	}
	return nil
}
