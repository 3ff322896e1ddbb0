package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// state is what is remembered over a restart: what is told of and what still
// waits to be sent. It holds names of sites, queues and sources, no persons.
type state struct {
	Open   map[string]*open     `json:"open"`
	Outbox map[string][]Message `json:"outbox"` // by channel, the oldest first
}

// open is an alert that holds, or held a moment ago.
type open struct {
	Since  time.Time     `json:"since"`
	Seen   time.Time     `json:"seen"` // when it last held
	Sent   time.Time     `json:"sent"` // zero: it is told of as a part of another
	Keep   time.Duration `json:"keep"`
	Latest Told          `json:"latest"`
}

func newState() *state { return &state{Open: map[string]*open{}, Outbox: map[string][]Message{}} }

// load reads what an earlier daemon left; a file that cannot be understood is
// told of and begun anew.
func load(path string) (*state, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newState(), nil
	}
	if err != nil {
		return newState(), fmt.Errorf("notify: %w", err)
	}
	s := newState()
	if err := json.Unmarshal(b, s); err != nil {
		return newState(), fmt.Errorf("notify: %s: %w", filepath.Base(path), err)
	}
	if s.Open == nil || s.Outbox == nil {
		return newState(), nil
	}
	return s, nil
}

// save writes the whole file beside the old one and puts it in its place.
func (s *state) save(path string) error {
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}
