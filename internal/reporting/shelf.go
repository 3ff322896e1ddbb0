package reporting

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// shelf is the folder where reports lie.
type shelf struct{ dir string }

var unsafeRE = regexp.MustCompile(`[^a-z0-9åäö-]+`)

// free is a name that no file in the folder has: 2026-11-01_ledning, and with
// a number behind it where there is one already.
func (s shelf) free(made time.Time, kind, unit string, formats []string) (string, error) {
	first := base(made, kind, unit)
	name := first
	for i := 2; ; i++ {
		taken := false
		for _, f := range formats {
			_, err := os.Lstat(s.path(name, f))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", fmt.Errorf("reporting: %w", err)
			}
			taken = taken || err == nil
		}
		if !taken {
			return name, nil
		}
		name = first + "_" + strconv.Itoa(i)
	}
}

// base is the name of a report made on a day.
func base(made time.Time, kind, unit string) string {
	name := made.In(calendar.Location()).Format(time.DateOnly) + "_" + kind
	if unit != "" {
		name += "_" + unsafeRE.ReplaceAllString(unit, "-")
	}
	return name
}

func (s shelf) path(name, format string) string { return filepath.Join(s.dir, name+"."+format) }

// put writes the files of a report, all or none, over no other.
func (s shelf) put(name string, files map[string][]byte) (map[string]string, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("reporting: %w", err)
	}
	sums := map[string]string{}
	var written []string
	for format, b := range files {
		path := s.path(name, format)
		if err := putNew(path, b); err != nil {
			for _, w := range written {
				err = errors.Join(err, remove(w))
			}
			return nil, err
		}
		written = append(written, path)
		sums[format] = sum(b)
	}
	return sums, nil
}

// putNew writes a file whole under a name of its own and then links it to its
// name, which fails where there is one.
func putNew(path string, b []byte) (err error) {
	tmp := path + ".new"
	if err := writeSynced(tmp, b); err != nil {
		return errors.Join(err, remove(tmp))
	}
	defer func() { err = errors.Join(err, remove(tmp)) }()
	if err := os.Link(tmp, path); err == nil || errors.Is(err, fs.ErrExist) {
		return wrap(err)
	}
	// A file system without links: it was looked whether the name is free.
	return wrap(os.Rename(tmp, path))
}

func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("reporting: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("reporting: %w", err)
	}
	return nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reporting: %w", err)
	}
	return nil
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("reporting: %w", err)
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// read returns a file of a report that is kept.
func (s shelf) read(k *Kept, format string) ([]byte, error) {
	if !slices.Contains(k.Formats, format) {
		return nil, fs.ErrNotExist
	}
	b, err := os.ReadFile(s.path(k.Name, format))
	return b, wrap(err)
}

// discard removes the files of a report: those alone that are still as they were
// made. It tells which were not.
func (s shelf) discard(k *Kept) (left []string, err error) {
	for _, format := range k.Formats {
		path := s.path(k.Name, format)
		b, rerr := os.ReadFile(path)
		switch {
		case errors.Is(rerr, fs.ErrNotExist):
		case rerr != nil:
			err = errors.Join(err, wrap(rerr))
		case sum(b) != k.SHA256[format]:
			left = append(left, filepath.Base(path))
		default:
			err = errors.Join(err, remove(path))
		}
	}
	return left, err
}
