package setup

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// WriteFile replaces a file whole or not at all.
func WriteFile(path string, b []byte, mode os.FileMode) error {
	name := filepath.Base(path)
	f, err := os.CreateTemp(filepath.Dir(path), "."+name+".*")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		return nil
	}
	err = errors.Join(err, os.Remove(f.Name()))
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
