package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"syscall"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// corruptAdvice is what a person can do about a damaged file.
const corruptAdvice = "move the file aside, restore the newest backup, or start an empty store and collect again"

// translate gives an error of the database the store's own sentinel, keeping
// the original beneath it.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	var e *sqlitedriver.Error
	if !errors.As(err, &e) {
		return err
	}
	for _, known := range []error{store.ErrFull, store.ErrCorrupt, store.ErrLocked} {
		if errors.Is(err, known) {
			return err
		}
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w (%s): %w", store.ErrCorrupt, corruptAdvice, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", store.ErrLocked, err)
	}
	return err
}

// quickCheck refuses a file that is not a sound database before anything is
// written to it.
func quickCheck(ctx context.Context, db *sql.DB) error {
	var first string
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&first); err != nil {
		return err
	}
	return nil
}
