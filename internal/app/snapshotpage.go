package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Snapshots lists the chain in the configured folder, the newest first.
func (a *App) Snapshots(context.Context) (web.SnapshotList, error) {
	list, err := seal.List(a.Parts().SnapshotDir())
	var out web.SnapshotList
	if errors.Is(err, seal.ErrChain) {
		out.Broken, err = err.Error(), nil
	}
	slices.Reverse(list)
	for _, l := range list {
		k := web.Snapshot{
			Name: l.Name, AsOf: l.AsOf, Created: l.Created, Fingerprint: l.Fingerprint, Signed: l.Signed, Stamped: l.Stamped,
			Encrypted: l.Encrypted != "", Forgotten: l.Forgotten, CorrectedBy: l.CorrectedBy, Files: l.Files(),
		}
		if l.Corrects != nil {
			k.Corrects, k.Note = l.Corrects.Name, l.Corrects.Note
		}
		out.Kept = append(out.Kept, k)
	}
	return out, err
}

// SnapshotFile opens a file of a snapshot in the configured folder.
func (a *App) SnapshotFile(_ context.Context, name string) (*os.File, error) {
	path, err := seal.FilePath(a.Parts().SnapshotDir(), name)
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	if errors.Is(err, seal.ErrUnknown) || errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", name, store.ErrNotFound)
	}
	return f, err
}
