package reporting

import (
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disk"
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
	s := newState()
	if err := disk.LoadState(path, s, func() bool { return s.Plans != nil }); err != nil {
		return newState(), fmt.Errorf("reporting: %w", err)
	}
	return s, nil
}

func (s *state) save(path string) error { return wrap(disk.SaveState(path, s)) }
