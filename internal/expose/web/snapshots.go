package web

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
)

// Snapshots are those that were made for the auditor.
type Snapshots interface {
	// Snapshots lists the chain, the newest first.
	Snapshots(ctx context.Context) (SnapshotList, error)
	// SnapshotFile opens a file of a snapshot, or the chain's own;
	// store.ErrNotFound for any other. The caller closes it.
	SnapshotFile(ctx context.Context, name string) (*os.File, error)
}

// SnapshotList is the chain of snapshots.
type SnapshotList struct {
	Kept   []Snapshot
	Broken string // what does not hold in the chain, "" where it does
}

// Snapshot is one in the chain.
type Snapshot struct {
	Name           string
	AsOf, Created  time.Time
	Fingerprint    string
	Signed         bool
	Stamped        time.Time // zero without a time stamp
	Encrypted      bool      // the evidence
	Forgotten      bool      // the key to its pseudonyms has been destroyed
	Corrects, Note string
	CorrectedBy    []string
	Files          []string
}

// Snapshots holds all that figures stand on: only those who may judge what is
// secret see it.
func (r restricted) Snapshots(ctx context.Context) (SnapshotList, error) {
	if !VisitorFrom(ctx).May(Audit) {
		return SnapshotList{}, ErrForbidden
	}
	return r.inner.Snapshots(ctx)
}

func (r restricted) SnapshotFile(ctx context.Context, name string) (*os.File, error) {
	if !VisitorFrom(ctx).May(Audit) {
		return nil, ErrForbidden
	}
	return r.inner.SnapshotFile(ctx, name)
}

// snapshots is the page of the chain.
func (s *server) snapshots(a *asked) (page.View, error) {
	list, err := s.Daemon.Snapshots(a.Context())
	if err != nil {
		return nil, err
	}
	out := make([]page.Snapshot, len(list.Kept))
	for i, k := range list.Kept {
		out[i] = page.Snapshot(k)
	}
	return page.NewSnapshots(a.frame, out, list.Broken), nil
}

// snapshotFile sends a file of a snapshot to be saved.
func (s *server) snapshotFile(w http.ResponseWriter, r *http.Request) {
	f, err := s.Daemon.SnapshotFile(r.Context(), r.PathValue("file"))
	var info os.FileInfo
	if err == nil {
		defer func() { _ = f.Close() }() // it was only read
		info, err = f.Stat()
	}
	if err != nil {
		a, aerr := s.ask(w, r)
		if aerr != nil {
			err = aerr
		}
		s.fault(w, a, err)
		return
	}
	name := filepath.Base(f.Name())
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, name, info.ModTime(), f)
}
