package notify

import (
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disk"
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

// load reads what an earlier daemon left. A file that cannot be understood is
// put aside and told of, and all begins anew.
func load(path string) (*state, error) {
	s := newState()
	if err := disk.LoadState(path, s, func() bool { return s.Open != nil && s.Outbox != nil }); err != nil {
		return newState(), fmt.Errorf("notify: %w", err)
	}
	return s, nil
}

func (s *state) save(path string) error {
	if err := disk.SaveState(path, s); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}
