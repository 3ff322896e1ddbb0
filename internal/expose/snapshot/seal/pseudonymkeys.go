package seal

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disk"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// PseudonymKeys is the folder with the keys that lead from the pseudonyms of
// snapshots to those of the store: one file for each point that a snapshot is of.
type PseudonymKeys struct{ Dir string }

// keptKey is a key as its file has it.
type keptKey struct {
	ID      string    `json:"id"`
	AsOf    time.Time `json:"as_of"`
	KnownAt time.Time `json:"known_at"`
	Made    time.Time `json:"made"`
	Secret  string    `json:"key"` // 64 hexadecimal digits
}

// ErrForgotten is returned for a snapshot whose key has been destroyed, or that
// has none.
var ErrForgotten = errors.New("har ingen nyckel kvar")

const keySize = 32

// For returns the key of a point: the one that there is, so that the same point
// gives the same snapshot, else a new one, and then undo takes it back.
func (p PseudonymKeys) For(at store.Point, now time.Time) (k *PseudonymKey, undo func() error, err error) {
	nothing := func() error { return nil }
	path := filepath.Join(p.Dir, pointName(at)+".json")
	b, err := os.ReadFile(path)
	if err == nil {
		kept, secret, err := parseKept(path, b)
		if err != nil {
			return nil, nothing, err
		}
		if !kept.AsOf.Equal(at.AsOf) || !kept.KnownAt.Equal(at.KnownAt) {
			return nil, nothing, fmt.Errorf("%s: nyckeln hör till en annan tidpunkt än filens namn säger", path)
		}
		return newPseudonymKey(secret), nothing, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nothing, err
	}
	secret := make([]byte, keySize)
	if _, err := rand.Read(secret); err != nil {
		return nil, nothing, err
	}
	k = newPseudonymKey(secret)
	b, err = json.Marshal(keptKey{ID: k.id, AsOf: at.AsOf, KnownAt: at.KnownAt, Made: now, Secret: hex.EncodeToString(secret)})
	if err != nil {
		return nil, nothing, err
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, nothing, err
	}
	if err := disk.Replace(path, append(b, '\n'), 0o600); err != nil {
		return nil, nothing, err
	}
	return k, func() error { return os.Remove(path) }, nil
}

// pointName is a point as a file's name.
func pointName(at store.Point) string {
	const layout = "20060102T150405.000000000Z"
	return at.AsOf.UTC().Format(layout) + "_" + at.KnownAt.UTC().Format(layout)
}

func parseKept(path string, b []byte) (k keptKey, secret []byte, err error) {
	if err = json.Unmarshal(b, &k); err == nil {
		secret, err = hex.DecodeString(k.Secret)
	}
	if err != nil || len(secret) != keySize {
		return k, nil, fmt.Errorf("%s: är ingen nyckel till en ögonblicksbilds pseudonymer", path)
	}
	return k, secret, nil
}

// find returns the file of a key and what it is; fs.ErrNotExist where there is none.
func (p PseudonymKeys) find(id string) (path string, secret []byte, err error) {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return "", nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		path := filepath.Join(p.Dir, e.Name())
		b, err := os.ReadFile(path)
		if err != nil {
			return "", nil, err
		}
		if k, secret, err := parseKept(path, b); err == nil && k.ID == id {
			return path, secret, nil
		}
	}
	return "", nil, fmt.Errorf("%s: %w", id, fs.ErrNotExist)
}

// Has tells whether the key of a snapshot is kept.
func (p PseudonymKeys) Has(id string) bool {
	_, _, err := p.find(id)
	return err == nil
}

// Key returns the kept key of a snapshot.
func (p PseudonymKeys) Key(e Entry) (*PseudonymKey, error) {
	_, secret, err := p.find(e.PseudonymKey)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %w", e.Name, ErrForgotten)
	}
	if err != nil {
		return nil, err
	}
	return newPseudonymKey(secret), nil
}

// ForgottenFile lists the keys that have been destroyed, a JSON object a line.
const ForgottenFile = "glomda.jsonl"

// Forgotten is a key that has been destroyed.
type Forgotten struct {
	At           time.Time `json:"at"`
	What         string    `json:"what"`
	PseudonymKey string    `json:"pseudonym_key_id"`
	Snapshots    []string  `json:"snapshots"` // that had it
	Decision     string    `json:"decision,omitempty"`
}

const whatForgotten = "nyckel till ögonblicksbilds pseudonymer"

// Forget destroys the key of a snapshot: afterwards nobody can tell which person
// or account of the store a row in it is about. The line in the log comes first,
// so that nothing is destroyed without one. Other snapshots of the same point
// have the same key and lose it too.
func (p PseudonymKeys) Forget(dir, name, decision string, now time.Time) (f Forgotten, err error) {
	chain, err := ReadChain(dir)
	if err != nil {
		return f, err
	}
	e, err := chain.Find(name)
	if err != nil {
		return f, err
	}
	path, secret, err := p.find(e.PseudonymKey)
	if errors.Is(err, fs.ErrNotExist) {
		return f, fmt.Errorf("%s %w", e.Name, ErrForgotten)
	}
	if err != nil {
		return f, err
	}
	f = Forgotten{At: now, What: whatForgotten, PseudonymKey: e.PseudonymKey, Decision: decision}
	for _, other := range chain {
		if other.PseudonymKey == e.PseudonymKey {
			f.Snapshots = append(f.Snapshots, other.Name)
		}
	}
	line, err := json.Marshal(f)
	if err != nil {
		return f, err
	}
	if err := disk.AppendLine(filepath.Join(dir, ForgottenFile), line, 0o640); err != nil {
		return f, err
	}
	return f, destroy(path, len(secret))
}

// destroy writes over a file before it is removed. A copy that was made of the
// disk is not reached by it.
func destroy(path string, least int) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Write(bytes.Repeat([]byte{' '}, max(least, int(info.Size()))))
	}
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(path))
}

// ReadForgotten reads the log of destroyed keys; no file is an empty log.
func ReadForgotten(dir string) ([]Forgotten, error) {
	b, err := os.ReadFile(filepath.Join(dir, ForgottenFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Forgotten
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		var f Forgotten
		if err := json.Unmarshal(s.Bytes(), &f); err != nil {
			return out, fmt.Errorf("%s: rad %d går inte att läsa: %w", ForgottenFile, n, err)
		}
		out = append(out, f)
	}
	return out, s.Err()
}
