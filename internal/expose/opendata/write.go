package opendata

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Write puts the files into a folder, which it creates. Each file is whole at
// every instant, and the catalogue, which names the others, comes last.
func Write(dir string, files []File) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a web server is to read it
		return fmt.Errorf("opendata: %w", err)
	}
	for _, f := range files {
		if err := replace(filepath.Join(dir, f.Name), f.Content); err != nil {
			return fmt.Errorf("opendata: %s: %w", f.Name, err)
		}
	}
	return nil
}

// replace writes a file beside the old one and puts it in its place.
func replace(path string, content []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".opendata-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil { //nolint:gosec // anyone may read it
		return err
	}
	return os.Rename(tmp.Name(), path)
}
