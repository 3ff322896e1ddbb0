package opendata

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/disk"
)

// Write puts the files into a folder, which it creates. Each file is whole at
// every instant, and the catalogue, which names the others, comes last.
func Write(dir string, files []File) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a web server is to read it
		return fmt.Errorf("opendata: %w", err)
	}
	for _, f := range files {
		if err := disk.Replace(filepath.Join(dir, f.Name), f.Content, 0o644); err != nil {
			return fmt.Errorf("opendata: %s: %w", f.Name, err)
		}
	}
	return nil
}
