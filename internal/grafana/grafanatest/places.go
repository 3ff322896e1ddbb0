package grafanatest

import (
	"net/http"
	"slices"
	"strings"
)

// AddFolder is what a person does in the menu.
func (s *Server) AddFolder(f Folder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folders = append(s.folders, f)
}

// Folders are those that there are.
func (s *Server) Folders() []Folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.folders)
}

func (s *Server) listFolders(w http.ResponseWriter, r *http.Request, _ []string) {
	out := []map[string]any{}
	if r.URL.Query().Get("page") == "1" {
		for i, f := range s.folders {
			out = append(out, map[string]any{"id": i + 1, "uid": f.UID, "title": f.Title})
		}
	}
	answer(w, http.StatusOK, out)
}

func (s *Server) getFolder(w http.ResponseWriter, _ *http.Request, v []string) {
	for i, f := range s.folders {
		if f.UID == v[0] {
			answer(w, http.StatusOK, map[string]any{"id": i + 1, "uid": f.UID, "title": f.Title, "url": "/dashboards/f/" + f.UID, "version": 1})
			return
		}
	}
	answer(w, http.StatusNotFound, map[string]any{"message": "folder not found", "status": "not-found"})
}

func (s *Server) postFolder(w http.ResponseWriter, r *http.Request, _ []string) {
	var in struct{ UID, Title string }
	if !s.read(w, r, &in) {
		return
	}
	if in.Title == "" || len(in.UID) > 40 {
		answer(w, http.StatusBadRequest, map[string]any{"message": "folder title cannot be empty"})
		return
	}
	for _, f := range s.folders {
		if f.UID == in.UID || strings.EqualFold(f.Title, in.Title) {
			answer(w, http.StatusConflict, map[string]any{"message": "a folder or dashboard in the general folder with the same name already exists"})
			return
		}
	}
	for _, b := range s.boards {
		if b.FolderUID == "" && b.title() == in.Title {
			answer(w, http.StatusConflict, map[string]any{"message": "a folder or dashboard in the general folder with the same name already exists"})
			return
		}
	}
	s.folders = append(s.folders, Folder(in))
	answer(w, http.StatusOK, map[string]any{"id": len(s.folders), "uid": in.UID, "title": in.Title})
}

func (s *Server) hasFolder(uid string) bool {
	return slices.ContainsFunc(s.folders, func(f Folder) bool { return f.UID == uid })
}

// AddSource puts in a data source as it would be listed.
func (s *Server) AddSource(d map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d["id"] = len(s.sources) + 1
	s.sources = append(s.sources, d)
}

// Sources are those that there are.
func (s *Server) Sources() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sources)
}

func (s *Server) listSources(w http.ResponseWriter, _ *http.Request, _ []string) {
	answer(w, http.StatusOK, append([]map[string]any{}, s.sources...))
}

// source is what Grafana takes of a data source.
type source struct {
	ID              int64          `json:"id"`
	UID             string         `json:"uid"`
	Name            string         `json:"name"`
	Type            string         `json:"type"`
	URL             string         `json:"url"`
	Access          string         `json:"access"`
	ReadOnly        bool           `json:"readOnly"`
	IsDefault       bool           `json:"isDefault"`
	BasicAuth       bool           `json:"basicAuth"`
	WithCredentials bool           `json:"withCredentials"`
	JSONData        map[string]any `json:"jsonData"`
}

func (s *Server) readSource(w http.ResponseWriter, r *http.Request) (map[string]any, bool) {
	var in source
	if !s.read(w, r, &in) {
		return nil, false
	}
	if in.Name == "" || in.Type == "" || in.Access != "proxy" && in.Access != "direct" {
		s.t.Errorf("a data source lacks name, type or access: %+v", in)
		answer(w, http.StatusBadRequest, map[string]any{"message": "bad request data"})
		return nil, false
	}
	return map[string]any{"uid": in.UID, "name": in.Name, "type": in.Type, "url": in.URL, "access": in.Access, "isDefault": in.IsDefault, "jsonData": in.JSONData, "readOnly": false}, true
}

func (s *Server) postSource(w http.ResponseWriter, r *http.Request, _ []string) {
	in, ok := s.readSource(w, r)
	if !ok {
		return
	}
	for _, d := range s.sources {
		if d["name"] == in["name"] || d["uid"] == in["uid"] {
			answer(w, http.StatusConflict, map[string]any{"message": "data source with the same name already exists"})
			return
		}
	}
	in["id"] = len(s.sources) + 1
	s.sources = append(s.sources, in)
	answer(w, http.StatusOK, map[string]any{"id": in["id"], "message": "Datasource added", "name": in["name"], "datasource": in})
}

func (s *Server) putSource(w http.ResponseWriter, r *http.Request, v []string) {
	in, ok := s.readSource(w, r)
	if !ok {
		return
	}
	for i, d := range s.sources {
		if d["uid"] == v[0] {
			if d["readOnly"] == true {
				answer(w, http.StatusForbidden, map[string]any{"message": "Cannot update read-only data source"})
				return
			}
			in["id"] = d["id"]
			s.sources[i] = in
			answer(w, http.StatusOK, map[string]any{"id": in["id"], "message": "Datasource updated"})
			return
		}
	}
	answer(w, http.StatusNotFound, map[string]any{"message": "Data source not found"})
}
