package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrCycle says that org units are their own ancestors.
var ErrCycle = errors.New("org units form a cycle")

// The kinds of org unit that the tops turn on.
const (
	kindForvaltning = "forvaltning"
	kindKommun      = "kommun"
)

type unit struct{ kind, parent string }

// settleTops rebuilds org_unit_top: for each unit its ancestor of kind
// forvaltning (itself included), else the highest one below the municipality.
func settleTops(ctx context.Context, tx *sql.Tx) error {
	units, err := loadUnits(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM org_unit_top"); err != nil {
		return err
	}
	for id := range units {
		top, err := topOf(units, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO org_unit_top (id, top) VALUES (?, ?)", id, top); err != nil {
			return err
		}
	}
	return nil
}

func topOf(units map[string]unit, id string) (string, error) {
	path := []string{id}
	top, found := id, false
	for at := id; ; {
		u := units[at]
		switch {
		case found:
		case u.kind == kindForvaltning:
			top, found = at, true
		case u.kind != kindKommun:
			top = at
		}
		if _, known := units[u.parent]; !known {
			return top, nil
		}
		if i := slices.Index(path, u.parent); i >= 0 {
			cycle := append(path[i:], u.parent)
			return "", fmt.Errorf("%w: %s", ErrCycle, strings.Join(cycle, " → "))
		}
		at = u.parent
		path = append(path, at)
	}
}

func loadUnits(ctx context.Context, tx *sql.Tx) (map[string]unit, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, coalesce(kind, ''), coalesce(parent, '') FROM org_unit")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]unit{}
	for rows.Next() {
		var id string
		var u unit
		if err := rows.Scan(&id, &u.kind, &u.parent); err != nil {
			return nil, err
		}
		out[id] = u
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
