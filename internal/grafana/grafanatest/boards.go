package grafanatest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

func (b *Board) last() Version { return b.Versions[len(b.Versions)-1] }

func (b *Board) title() string { return fmt.Sprint(b.last().Model["title"]) }

// Board returns a dashboard, nil when there is none.
func (s *Server) Board(uid string) *Board {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.boards[uid]
}

// AddBoard puts one in as a person imports it.
func (s *Server) AddBoard(uid string, b Board) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boards[uid] = &b
}

// Edit saves a new version of a dashboard as a person does in the editor, with
// no message.
func (s *Server) Edit(uid string, change func(model map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.boards[uid]
	model := maps.Clone(b.last().Model)
	change(model)
	b.Versions = append(b.Versions, Version{Model: model})
}

// Move puts a dashboard into another folder, which makes no version.
func (s *Server) Move(uid, folder string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boards[uid].FolderUID = folder
}

// Delete takes a dashboard away.
func (s *Server) Delete(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.boards, uid)
}

func (s *Server) getBoard(w http.ResponseWriter, _ *http.Request, v []string) {
	b, ok := s.boards[v[0]]
	if !ok {
		answer(w, http.StatusNotFound, map[string]any{"message": "Dashboard not found"})
		return
	}
	model := maps.Clone(b.last().Model)
	model["id"], model["uid"], model["version"] = 7, v[0], len(b.Versions)
	answer(w, http.StatusOK, map[string]any{"dashboard": model, "meta": map[string]any{
		"type": "db", "folderUid": b.FolderUID, "version": len(b.Versions), "provisioned": b.FromFile, "updatedBy": "admin",
	}})
}

func (s *Server) getVersion(w http.ResponseWriter, _ *http.Request, v []string) {
	b, ok := s.boards[v[0]]
	n, err := strconv.Atoi(v[1])
	if !ok || err != nil || n < 1 || n > len(b.Versions) {
		answer(w, http.StatusInternalServerError, map[string]any{"message": "Dashboard version not found"})
		return
	}
	answer(w, http.StatusOK, map[string]any{"version": n, "message": b.Versions[n-1].Message, "data": b.Versions[n-1].Model})
}

func (s *Server) postBoard(w http.ResponseWriter, r *http.Request, _ []string) {
	var in struct {
		Dashboard map[string]any `json:"dashboard"`
		FolderID  int64          `json:"folderId"`
		FolderUID string         `json:"folderUid"`
		Message   string         `json:"message"`
		Meta      map[string]any `json:"meta"`
	}
	if !s.read(w, r, &in) {
		return
	}
	uid, _ := in.Dashboard["uid"].(string)
	title, _ := in.Dashboard["title"].(string)
	version, _ := in.Dashboard["version"].(float64)
	id, hasID := in.Dashboard["id"]
	if uid == "" || title == "" || !hasID || id != nil || in.Message == "" {
		s.t.Errorf("a dashboard is saved with uid %q, title %q, id %v, message %q", uid, title, id, in.Message)
	}
	if in.FolderUID != "" && !s.hasFolder(in.FolderUID) {
		answer(w, http.StatusBadRequest, map[string]any{"message": "Folder not found"})
		return
	}
	for _, f := range s.folders {
		if strings.EqualFold(f.Title, title) {
			answer(w, http.StatusBadRequest, map[string]any{"status": "name-match", "message": "Dashboard name cannot be the same as folder"})
			return
		}
	}
	for other, b := range s.boards {
		if other != uid && b.FolderUID == in.FolderUID && b.title() == title {
			answer(w, http.StatusPreconditionFailed, map[string]any{"status": "name-exists", "message": "A dashboard with the same name in the folder already exists"})
			return
		}
	}
	b, ok := s.boards[uid]
	switch {
	case ok && b.FromFile:
		answer(w, http.StatusBadRequest, map[string]any{"message": "Cannot save provisioned dashboard"})
		return
	case ok && int(version) != len(b.Versions):
		answer(w, http.StatusPreconditionFailed, map[string]any{"status": "version-mismatch", "message": "The dashboard has been changed by someone else"})
		return
	case !ok:
		b = &Board{}
		s.boards[uid] = b
	}
	b.FolderUID = in.FolderUID
	delete(in.Dashboard, "id")
	delete(in.Dashboard, "version")
	b.Versions = append(b.Versions, Version{Model: in.Dashboard, Message: in.Message})
	answer(w, http.StatusOK, map[string]any{"id": 7, "uid": uid, "status": "success", "slug": "x", "version": len(b.Versions)})
}

// Parse reads a dashboard's JSON.
func Parse(t interface{ Fatal(...any) }, b []byte) map[string]any {
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
