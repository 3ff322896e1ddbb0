package disk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// AsideEnd is the ending that a state that could not be understood is put aside
// with.
const AsideEnd = ".broken"

// errPart is what is wrong with a state that lacks something.
var errPart = errors.New("something is missing in it")

// SaveState writes what is remembered over a restart, as JSON that only the
// daemon may read.
func SaveState(path string, state any) error {
	b, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return err
	}
	return Replace(path, b, 0o600)
}

// LoadState reads what SaveState wrote; no file leaves the state as it is. whole
// tells of a state that was read whether it has all it must; nil asks nothing.
// What cannot be understood is put aside, so that the next SaveState does not
// write over it, and the state may then hold a part of it.
func LoadState(path string, state any, whole func() bool) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = json.Unmarshal(b, state)
	if err == nil && whole != nil && !whole() {
		err = errPart
	}
	if err == nil {
		return nil
	}
	return errors.Join(fmt.Errorf("%s cannot be understood and is put aside: %w", filepath.Base(path), err), os.Rename(path, path+AsideEnd))
}
