package regular

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disk"
)

// state is what is remembered over a restart.
type state struct {
	Mailed  string    `json:"mailed,omitempty"` // the month of the last letter, "2026-11"
	Skipped time.Time `json:"skipped,omitzero"` // the end of a period of which nothing is known
}

func load(path string) (state, error) {
	var st state
	if err := disk.LoadState(path, &st, nil); err != nil {
		return state{}, err
	}
	return st, nil
}

func (st state) save(path string) error { return disk.SaveState(path, st) }
