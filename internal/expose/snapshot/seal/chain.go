// Package seal is what lets somebody who trusts nobody hold a snapshot against
// what was written: the chain of the snapshots of a folder, signatures, time
// stamps, the keys of pseudonyms and who may open what is encrypted. It knows
// the names of a snapshot's files and looks into none of its bags.
package seal

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

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/disk"
)

// ChainFile lists every snapshot of a folder, a JSON object a line, oldest first.
const ChainFile = "kedja.jsonl"

// Entry is one snapshot in the chain. Sums are SHA-256 of the ZIP files.
type Entry struct {
	Name     string      `json:"name"`
	AsOf     time.Time   `json:"as_of"`
	Created  time.Time   `json:"created"`
	Report   string      `json:"redovisning_sha256"`
	Evidence string      `json:"underlag_sha256"`
	Previous string      `json:"previous_sha256,omitempty"` // the report before
	Corrects *Correction `json:"rattar,omitempty"`
	Signed   bool        `json:"underskriven,omitempty"`
	// Encrypted is of the evidence as it is kept, when that is encrypted;
	// Evidence is then of what it opens to.
	Encrypted    string `json:"underlag_age_sha256,omitempty"`
	PseudonymKey string `json:"pseudonym_key_id,omitempty"`
	// Timestamp is of the time stamp beside the report. It alone may be set later.
	Timestamp string `json:"tidsstampel_sha256,omitempty"`
}

// Chain is the snapshots of a folder, each with the sum of the one before.
type Chain []Entry

// Errors of a chain.
var (
	// ErrChain is returned for a chain that does not hang together.
	ErrChain = errors.New("kedjan håller inte")
	// ErrUnknown is returned for a name that the chain does not have.
	ErrUnknown = errors.New("finns inte i kedjan")
	// ErrBusy is returned when two snapshots are made at once.
	ErrBusy = errors.New("en annan ögonblicksbild görs just nu; försök igen")
)

// ReadChain reads the chain of a folder; no file is an empty chain. A line that
// cannot be read, or a link that does not hold, is an error with its line.
func ReadChain(dir string) (Chain, error) {
	c, faults, err := ExamineChain(dir)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, f := range faults {
		errs = append(errs, fmt.Errorf("%w: %s: %s", ErrChain, ChainFile, f))
	}
	return c, errors.Join(errs...)
}

// ExamineChain reads what can be read of a chain, and says what does not hold in
// it, each with its line.
func ExamineChain(dir string) (c Chain, faults []string, err error) {
	b, err := os.ReadFile(filepath.Join(dir, ChainFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	fault := func(n int, format string, args ...any) {
		faults = append(faults, fmt.Sprintf("rad %d ", n)+fmt.Sprintf(format, args...))
	}
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		e, err := parseEntry(s.Bytes())
		if err != nil {
			fault(n, "går inte att läsa: %v", err)
			continue
		}
		switch before := c.Newest(); {
		case before == nil && e.Previous != "" && n == 1:
			fault(n, "(%s) hänger inte ihop med någon rad före: den första ögonblicksbilden har tagits bort", e.Name)
		case before != nil && e.Previous != before.Report:
			fault(n, "(%s) hänger inte ihop med raden före: en ögonblicksbild har tagits bort eller lagts in i efterhand", e.Name)
		case before != nil && e.Created.Before(before.Created):
			fault(n, "(%s) säger sig vara gjord %s, före raden före (%s): klockan har gått bakåt, eller så har någon ändrat tiden", e.Name, Moment(e.Created), Moment(before.Created))
		}
		if _, known := c.Has(e.Name); known {
			fault(n, "(%s) finns på en rad till", e.Name)
		}
		c = append(c, e)
	}
	return c, faults, s.Err()
}

// errLine is the fault of a line that says what a written one would, otherwise.
var errLine = errors.New("raden är inte som den skrevs")

// parseEntry reads a line that is written exactly as Encode does: nothing in it
// can then be changed without being seen, not even a letter's case.
func parseEntry(line []byte) (e Entry, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, err
	}
	again, err := e.line()
	if err == nil && !bytes.Equal(bytes.TrimSuffix(again, []byte("\n")), line) {
		err = errLine
	}
	return e, err
}

func (e Entry) line() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(e)
	return b.Bytes(), err
}

// Newest is the last entry, nil of an empty chain.
func (c Chain) Newest() *Entry {
	if len(c) == 0 {
		return nil
	}
	return &c[len(c)-1]
}

// Has returns the entry of exactly a name, and whether there is one.
func (c Chain) Has(name string) (Entry, bool) {
	if i := slices.IndexFunc(c, func(e Entry) bool { return e.Name == name }); i >= 0 {
		return c[i], true
	}
	return Entry{}, false
}

// Find returns the entry of a name, or of one of its files.
func (c Chain) Find(name string) (Entry, error) {
	if e, ok := c.Has(NameOf(name)); ok {
		return e, nil
	}
	return Entry{}, fmt.Errorf("%s %w", name, ErrUnknown)
}

// Free is a name that the chain does not have: the wished one, or with a number.
func (c Chain) Free(name string) string {
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s_%d", name, n)
		}
		if _, taken := c.Has(try); !taken {
			return try
		}
	}
}

// write writes the chain anew, whole or not at all.
func (c Chain) write(dir string) (err error) {
	var b bytes.Buffer
	for _, e := range c {
		line, err := e.line()
		if err != nil {
			return err
		}
		b.Write(line)
	}
	return disk.Replace(filepath.Join(dir, ChainFile), b.Bytes(), 0o640)
}

// lockFile is there while the chain is being written.
const lockFile = ".kedja.lock"

// lockAge is when a lock is one that a dead process left: the chain is written
// in far less.
const lockAge = time.Minute

// Change reads the chain anew, changes it and writes it, one process at a time.
// undo takes back what f did, should the chain not be written.
func Change(dir string, f func(Chain) (changed Chain, undo func() error, err error)) (err error) {
	lock := filepath.Join(dir, lockFile)
	l, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if i, serr := os.Stat(lock); serr == nil && time.Since(i.ModTime()) > lockAge {
			if err := os.Remove(lock); err != nil {
				return err
			}
			l, err = os.OpenFile(lock, os.O_CREATE|os.O_EXCL, 0o600)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return ErrBusy
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close(), os.Remove(lock)) }()
	c, err := ReadChain(dir)
	if err != nil {
		return err
	}
	c, undo, err := f(c)
	if err != nil {
		return err
	}
	if err = c.write(dir); err != nil && undo != nil {
		err = errors.Join(err, undo())
	}
	return err
}

// Moment is a time as people read it.
func Moment(t time.Time) string { return t.In(calendar.Location()).Format("2006-01-02 15.04") }
