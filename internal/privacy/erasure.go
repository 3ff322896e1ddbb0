package privacy

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Mark names a pseudonym that is kept out, without being it: whoever has the
// store alone can tell nothing from it.
func Mark(key []byte, pseudonym string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, "kommunpuls kept out\x00"+pseudonym) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Nobody is what stands instead of an erased person: it has the form of a
// pseudonym and is nobody's, so what pointed at the person points at somebody who
// is no longer there.
func Nobody() (string, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return "raderad-" + hex.EncodeToString(b), nil
}

// Barred tells which pseudonyms are kept out, by their marks.
type Barred struct {
	Key   []byte
	Marks map[string]string
	// Former is the key before, while it is being changed, and Keep keeps the
	// marks that are made anew with Key.
	Former []byte
	Keep   func(ctx context.Context, marks map[string]string) error

	fresh map[string]string
}

// Instead returns what stands in place of a pseudonym that is kept out. One that
// comes with that of the key before (sdk.Twin) is known by either.
func (k *Barred) Instead(pseudonym string) (string, bool) {
	now, before, twin := sdk.Twin(pseudonym)
	if !twin {
		instead, out := k.Marks[Mark(k.Key, pseudonym)]
		return instead, out
	}
	if instead, out := k.Marks[Mark(k.Key, now)]; out {
		return instead, true
	}
	instead, out := k.Marks[Mark(k.Former, before)]
	if out {
		if k.fresh == nil {
			k.fresh = map[string]string{}
		}
		k.fresh[Mark(k.Key, now)] = instead
	}
	return instead, out
}

// Settle keeps the marks that were made anew.
func (k *Barred) Settle(ctx context.Context) error {
	if len(k.fresh) == 0 {
		return nil
	}
	return k.Keep(ctx, k.fresh)
}

// Searched is a file that was read byte by byte for what was erased.
type Searched struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
	Hits  int    `json:"hits"` // how many of the pseudonyms stand in it
}

// Search reads every file of a folder and those beneath it for some texts, save
// the folders that are left out.
func Search(ctx context.Context, dir string, texts []string, without ...string) ([]Searched, error) {
	var out []Searched
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, w := range without {
			if d.IsDir() && filepath.Clean(path) == filepath.Clean(w) {
				return fs.SkipDir
			}
		}
		if !d.Type().IsRegular() || strings.HasSuffix(path, ".lock") || strings.HasSuffix(path, "-shm") {
			return ctx.Err() // locks and page numbers: no content, and on Windows they cannot be read
		}
		s, err := searchFile(ctx, path, texts)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone since the folder was read
		}
		if err != nil {
			return err
		}
		if s.File, err = filepath.Rel(dir, path); err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

// searchFile reads a file in pieces that overlap by as much as a text is long.
func searchFile(ctx context.Context, path string, texts []string) (s Searched, err error) {
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	longest := 0
	for _, t := range texts {
		longest = max(longest, len(t))
	}
	found := map[string]bool{}
	buf, held := make([]byte, 1<<20), 0
	for {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		n, err := f.Read(buf[held:])
		s.Bytes += int64(n)
		b := buf[:held+n]
		for _, t := range texts {
			if t != "" && !found[t] && bytes.Contains(b, []byte(t)) {
				found[t] = true
			}
		}
		s.Hits = len(found)
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		held = copy(buf, b[max(0, len(b)-longest):])
	}
}

// Proof tells what an erasure removed, what remains and why, and how it was
// searched afterwards. Nothing in it points at the person.
type Proof struct {
	Municipality string            `json:"municipality"`
	Demo         bool              `json:"demo,omitempty"`
	Made         time.Time         `json:"made"`
	Version      string            `json:"version"`
	Decision     string            `json:"decision"`
	By           string            `json:"by"`
	LogLine      int               `json:"log_line"`
	Found        bool              `json:"found"`
	Accounts     int               `json:"accounts"`
	Removed      []Count           `json:"removed"`
	Replaced     []Count           `json:"replaced"`
	SharedNames  int               `json:"shared_names"` // pseudonyms left, because other accounts answer to them too
	KeptOut      int               `json:"kept_out"`
	Figures      []FigureChange    `json:"figures_changed"`
	Snapshots    []SubjectSnapshot `json:"snapshots"`
	Compacted    bool              `json:"compacted"`
	Searched     []Searched        `json:"searched"`
	Clean        bool              `json:"clean"`
}

// FigureChange is a figure of the present that the erasure changed.
type FigureChange struct {
	KPI    string `json:"id"`
	Title  string `json:"title"`
	Before string `json:"before"`
	After  string `json:"after"`
}
