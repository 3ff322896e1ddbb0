package setup

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/kommunpuls/kommunpuls/internal/disk"
)

// WriteFile replaces a file whole or not at all.
func WriteFile(path string, b []byte, mode os.FileMode) error {
	err := disk.Replace(path, b, mode)
	if err == nil {
		return nil
	}
	name := filepath.Base(path)
	if runtime.GOOS == "windows" { // Excel lets nobody replace a file that it has open
		return fmt.Errorf("%s går inte att skriva. Är den öppen i ett annat program, stäng den där och kör igen: %w", name, err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// writeChanged writes a file unless it already holds exactly this, and tells
// whether it did.
func writeChanged(path string, b []byte, mode os.FileMode) (bool, error) {
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, b) {
		return false, nil
	}
	return true, WriteFile(path, b, mode)
}

// makeSecret creates a file with 32 random bytes in hex, readable by its owner
// alone. One that exists is left alone.
func makeSecret(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), 0o600)
}

// pathFor writes a file's path as the configuration should hold it: relative
// to its folder where the file lies below it, else absolute; always with /,
// which Windows reads too.
func pathFor(dir, file string) (string, error) {
	absDir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(absDir, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return filepath.ToSlash(abs), nil
	}
	return filepath.ToSlash(rel), nil
}
