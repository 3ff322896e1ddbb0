package table

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// cursor remembers what was read, so that an unchanged file is not read again.
type cursor struct {
	Settings string    `json:"settings"` // fingerprint of the settings
	Files    []file    `json:"files"`
	Content  time.Time `json:"content"` // of the content, as told then
	Checked  time.Time `json:"checked"`
}

// file is one file as it was.
type file struct {
	Path string    `json:"path"`
	Size int64     `json:"size"`
	Time time.Time `json:"time"`
	Hash string    `json:"hash"`
}

// racy is how close to the reading a file's time may be before its content is
// compared even though size and time are the same: file systems round.
const racy = 3 * time.Second

// files lists what the settings point at.
func (p *plan) files() ([]file, error) {
	paths, err := sheet.Glob(p.pattern)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, sdk.ErrBadInput)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("ingen fil passar mönstret %s: %w", p.File, sdk.ErrUnreachable)
	}
	out := make([]file, 0, len(paths))
	var errs []error
	for _, path := range paths {
		st, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			errs = append(errs, fmt.Errorf("%s: filen finns inte: %w", filepath.Base(path), sdk.ErrUnreachable))
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: filen går inte att nå: %w: %w", filepath.Base(path), err, sdk.ErrUnreachable))
		case !st.Mode().IsRegular():
			errs = append(errs, fmt.Errorf("%s: det är ingen vanlig fil: %w", filepath.Base(path), sdk.ErrBadInput))
		default:
			out = append(out, file{Path: path, Size: st.Size(), Time: st.ModTime().UTC()})
		}
	}
	return out, errors.Join(errs...)
}

// unchanged compares with the cursor, and fills in the hashes of the files.
// Hashes of files whose size and time are as before are taken over.
func (p *plan) unchanged(ctx context.Context, files []file, old cursor, settings string) (bool, error) {
	before := make(map[string]file, len(old.Files))
	for _, f := range old.Files {
		before[f.Path] = f
	}
	same := old.Settings == settings && len(old.Files) == len(files)
	for i := range files {
		f := &files[i]
		was, known := before[f.Path]
		if known && was.Size == f.Size && was.Time.Equal(f.Time) && old.Checked.Sub(f.Time) > racy {
			f.Hash = was.Hash
			continue
		}
		sum, err := hash(ctx, f.Path)
		if err != nil {
			return false, err
		}
		f.Hash = sum
		same = same && known && was.Hash == sum
	}
	return same, nil
}

// settled makes sure that no file changed while it was read.
func settled(files []file) error {
	for _, f := range files {
		st, err := os.Stat(f.Path)
		if err != nil {
			return fmt.Errorf("%s: filen försvann medan den lästes: %w", filepath.Base(f.Path), sdk.ErrUnreachable)
		}
		if st.Size() != f.Size || !st.ModTime().Equal(f.Time) {
			return fmt.Errorf("%s: filen ändrades medan den lästes; den läses igen nästa gång: %w", filepath.Base(f.Path), sdk.ErrUnreachable)
		}
	}
	return nil
}

func hash(ctx context.Context, path string) (_ string, err error) {
	f, err := sheet.OpenFile(ctx, path)
	if err != nil {
		return "", located(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w: %w", filepath.Base(path), err, sdk.ErrUnreachable)
		}
	}
}

// fingerprint changes when the settings, or the key of the pseudonyms, do.
func fingerprint(s sdk.Settings) string {
	h := sha256.New()
	h.Write([]byte(readerVersion + "\x00" + s.KeyID + "\x00"))
	h.Write(s.JSON)
	return hex.EncodeToString(h.Sum(nil))
}

// readerVersion changes when the same file would be read differently.
const readerVersion = "1"

func parseCursor(b []byte) cursor {
	var c cursor
	if len(b) > 0 && json.Unmarshal(b, &c) != nil {
		return cursor{} // written by something else: read everything
	}
	return c
}

// located tells the daemon's two kinds of failure apart: what cannot be
// reached now, and what was read and cannot be understood.
func located(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, sdk.ErrBadInput), errors.Is(err, sdk.ErrUnreachable):
		return err
	case errors.Is(err, sheet.ErrFormat), errors.Is(err, sheet.ErrTruncated), errors.Is(err, sheet.ErrTooLong),
		errors.Is(err, sheet.ErrEncoding), errors.Is(err, sheet.ErrNoSheet):
		return fmt.Errorf("%w: %w", err, sdk.ErrBadInput)
	}
	return fmt.Errorf("%w: %w", err, sdk.ErrUnreachable)
}
