package regular

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disk"
)

// state is what is remembered over a restart.
type state struct {
	Mailed  string    `json:"mailed,omitempty"` // the month of the last letter, "2026-11"
	Skipped time.Time `json:"skipped,omitzero"` // the end of a period of which nothing is known
}

func load(path string) (st state, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &st)
	}
	return st, err
}

func (st state) save(path string) error {
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return disk.Replace(path, append(b, '\n'), 0o600)
}
