package reporting

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// state is what is remembered over a restart: how far each plan has come, and
// what is kept. It holds no addresses.
type state struct {
	Plans map[string]*progress `json:"plans"`
	Kept  []Kept               `json:"kept"` // the oldest first
}

// progress is how far a plan has come.
type progress struct {
	Done        time.Time `json:"done"`         // the instant that was due last and is dealt with
	LastSuccess time.Time `json:"last_success"` // when all of it was last made, and sent to whom it goes to
}

// Kept is a report that was made and lies in the folder.
type Kept struct {
	Name    string            `json:"name"` // of its files, without an ending: 2026-11-01_ledning
	Plan    string            `json:"plan"`
	Kind    string            `json:"kind"`
	Unit    string            `json:"unit,omitempty"`
	Title   string            `json:"title"`
	Lead    string            `json:"lead,omitempty"`
	Made    time.Time         `json:"made"`
	Formats []string          `json:"formats"`
	SHA256  map[string]string `json:"sha256"` // by format
	Letter  *letter           `json:"letter,omitempty"`
}

// letter is a report on its way to those who get it.
type letter struct {
	Sent     time.Time `json:"sent,omitzero"`
	Dropped  bool      `json:"dropped,omitempty"` // it could not be sent for too long
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"` // not before
}

func (l *letter) waits() bool { return l != nil && l.Sent.IsZero() && !l.Dropped }

func newState() *state { return &state{Plans: map[string]*progress{}} }

// load reads what an earlier daemon left. A file that cannot be understood is
// put aside, so that what is kept is not forgotten for good.
func load(path string) (*state, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newState(), nil
	}
	if err != nil {
		return newState(), fmt.Errorf("reporting: %w", err)
	}
	s := newState()
	if err := json.Unmarshal(b, s); err != nil || s.Plans == nil {
		aside := path + ".broken"
		return newState(), errors.Join(fmt.Errorf("reporting: %s cannot be understood and is put aside: %w", filepath.Base(path), err), os.Rename(path, aside))
	}
	return s, nil
}

func (s *state) save(path string) error {
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return fmt.Errorf("reporting: %w", err)
	}
	return replace(path, b)
}

// replace writes a file beside the old one and puts it in its place.
func replace(path string, b []byte) error {
	tmp := path + ".new"
	if err := writeSynced(tmp, b); err != nil {
		return errors.Join(err, remove(tmp))
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("reporting: %w", err)
	}
	return nil
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
