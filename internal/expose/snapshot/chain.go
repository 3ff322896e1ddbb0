package snapshot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ChainFile lists every snapshot of a folder, a JSON object a line, oldest first.
const ChainFile = "kedja.jsonl"

// Entry is one snapshot in the chain. Sums are SHA-256 of the ZIP files.
type Entry struct {
	Name     string    `json:"name"`
	AsOf     time.Time `json:"as_of"`
	Created  time.Time `json:"created"`
	Report   string    `json:"redovisning_sha256"`
	Evidence string    `json:"underlag_sha256"`
	Previous string    `json:"previous_sha256,omitempty"` // the report before
}

// Chain is the snapshots of a folder, each with the sum of the one before.
type Chain []Entry

// ReadChain reads the chain of a folder; no file is an empty chain. A line that
// cannot be read, or a link that does not hold, is an error with its line.
func ReadChain(dir string) (Chain, error) {
	b, err := os.ReadFile(filepath.Join(dir, ChainFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var c Chain
	s := bufio.NewScanner(bytes.NewReader(b))
	for n := 1; s.Scan(); n++ {
		var e Entry
		d := json.NewDecoder(bytes.NewReader(s.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			return nil, fmt.Errorf("%s: rad %d går inte att läsa: %w", ChainFile, n, err)
		}
		before := ""
		if len(c) > 0 {
			before = c[len(c)-1].Report
		}
		if e.Previous != before {
			return nil, fmt.Errorf("%s: rad %d (%s) hänger inte ihop med raden före: en ögonblicksbild har tagits bort eller lagts in i efterhand", ChainFile, n, e.Name)
		}
		c = append(c, e)
	}
	return c, s.Err()
}

func (c Chain) newest() *Entry {
	if len(c) == 0 {
		return nil
	}
	return &c[len(c)-1]
}

// free is a name that the chain does not have: the wished one, or with a number.
func (c Chain) free(name string) string {
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s_%d", name, n)
		}
		if !slices.ContainsFunc(c, func(e Entry) bool { return e.Name == try }) {
			return try
		}
	}
}

// add writes the chain anew with one more entry, whole or not at all.
func (c Chain) add(dir string, e Entry) (err error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, x := range append(slices.Clone(c), e) {
		if err := enc.Encode(x); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(dir, ".kedja-")
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), filepath.Join(dir, ChainFile))
}
