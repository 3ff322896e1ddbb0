package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// hold keeps a collection that would lose too many rows: nothing is changed
// but the source's state, and the staging stays open for AcceptVanished.
func (st *staging) hold(ctx context.Context, c store.Counts, kt *kindTable, gone int, known int64) error {
	counts, err := json.Marshal(c)
	if err != nil {
		return err
	}
	st.s.writing.Lock()
	defer st.s.writing.Unlock()
	_, err = st.s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE source SET held = 1, counts = ?, last_started = ?, last_failure = ?, failure_reason = ? WHERE name = ?",
			string(counts), st.now.Unix(), st.now.Unix(), fmt.Sprintf("%d av %d kända poster (%s) saknas i den nya läsningen.", gone, known, kt.kind), st.src.Name)
		return err
	})
	if err != nil {
		return err
	}
	st.held = true
	st.s.held[st.src.Name] = st
	return fmt.Errorf("store: apply %s: %d of %d known records (%s) vanished: %w", st.src.Name, gone, known, kt.kind, store.ErrHeld)
}

// dropHeld ends the held collection of a source, unless it is the one given:
// it may hold what has just been purged.
func (s *Store) dropHeld(source string, but *staging) error {
	st := s.held[source]
	delete(s.held, source)
	if st == nil || st == but || st.ended {
		return nil
	}
	return st.end()
}

// recover clears what a killed process left: staging files, and the rows of a
// first load that was never published.
func (s *Store) recover(ctx context.Context) error {
	return errors.Join(s.removeStaged(), s.abandonLoads(ctx, ""), s.rollUpMarked(ctx, 0))
}

// removeStaged removes the staging files of collections that are not running.
func (s *Store) removeStaged() error {
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagePrefix(s.path)) {
			err := os.Remove(filepath.Join(filepath.Dir(s.path), e.Name()))
			if !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

func epochOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
