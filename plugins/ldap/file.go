package ldap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// ldifFile is a directory in an LDIF export. It is read once for every query,
// so no more than one entry is held in memory.
type ldifFile struct {
	f     *os.File
	name  string
	facts facts
}

func (l *ldifFile) about() *facts { return &l.facts }
func (l *ldifFile) close()        { _ = l.f.Close() } // opened for reading only

// openFile opens an export and reads it through, to learn which attributes it
// has and when its content last changed, and to find a fault anywhere in it
// before anything is said of it.
func openFile(ctx context.Context, dir Directory, baseDir string) (*ldifFile, error) {
	path := within(baseDir, dir.File)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s kan inte öppnas: %w: %w", dir.File, err, sdk.ErrUnreachable)
	}
	l := &ldifFile{f: f, name: filepath.Base(path)}
	l.facts = facts{where: l.name, bases: dir.Bases, file: true}
	if err := l.scan(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *ldifFile) scan(ctx context.Context) error {
	info, err := l.f.Stat()
	if err != nil {
		return fmt.Errorf("%s: %w: %w", l.name, err, sdk.ErrUnreachable)
	}
	l.facts.stamp = fmt.Sprintf("%d/%d", info.Size(), info.ModTime().UnixNano())
	var shortest string
	all := query{class: anything}
	err = l.each(ctx, all, func(e *entry) error {
		for _, s := range e.used {
			l.facts.known[s] = true
		}
		for _, s := range []slot{whenChanged, modifyTimestamp} {
			if t, err := generalized(e.first(s)); err == nil {
				l.facts.newest = max(l.facts.newest, t)
			}
		}
		if shortest == "" || len(e.dn) < len(shortest) {
			shortest = e.dn
		}
		return nil
	})
	if err != nil {
		return err
	}
	if shortest == "" {
		return fmt.Errorf("%s: filen har inga poster: %w", l.name, sdk.ErrBadInput)
	}
	if l.facts.newest == 0 {
		l.facts.newest = info.ModTime().Unix()
	}
	if len(l.facts.bases) == 0 {
		l.facts.bases = []string{suffix(shortest)}
	}
	return nil
}

// suffix is the part of a DN made of domain components, or the DN itself.
func suffix(dn string) string {
	for rest := dn; rest != ""; rest = parentDN(rest) {
		if len(rest) > 3 && (rest[:3] == "DC=" || rest[:3] == "dc=") {
			return rest
		}
	}
	return dn
}

func (l *ldifFile) each(ctx context.Context, q query, fn func(*entry) error) error {
	if _, err := l.f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("%s: %w: %w", l.name, err, sdk.ErrUnreachable)
	}
	r := newLDIF(l.f)
	base := dnKey(q.base)
	var e entry
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := r.read(&e); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w: %w", l.name, err, sdk.ErrBadInput)
		}
		if q.class != anything && q.class != e.class() {
			continue
		}
		if base != "" && (q.single && dnKey(e.dn) != base || !beneath(dnKey(e.dn), base)) {
			continue
		}
		if err := fn(&e); err != nil {
			return err
		}
	}
}

// contentAt is when the content last changed, zero if unknown.
func (f *facts) contentAt() time.Time {
	if f.newest == 0 {
		return time.Time{}
	}
	return time.Unix(f.newest, 0)
}
