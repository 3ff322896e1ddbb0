package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

func provider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

// migrate brings the store to this program's version. Migrations go one way:
// a store of a newer program is refused and left as it is.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if err := checkVersion(ctx, db); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// checkVersion compares the file's version with the newest migration known.
// A file without any is store.ErrNotFound.
func checkVersion(ctx context.Context, db *sql.DB) error {
	entries, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	newest := int64(0)
	for _, e := range entries {
		v, err := goose.NumericComponent(e.Name())
		if err != nil {
			return fmt.Errorf("migrations/%s: %w", e.Name(), err)
		}
		newest = max(newest, v)
	}
	var there int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&there); err != nil {
		return err
	}
	if there == 0 {
		return fmt.Errorf("no version in the file: %w", store.ErrNotFound)
	}
	var have int64
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&have); err != nil {
		return err
	}
	if have > newest {
		return fmt.Errorf("the file is version %d, this program knows %d: %w", have, newest, store.ErrNewer)
	}
	return nil
}
