package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// loadNames reads what people call the systems of the registry, and takes the
// names of sites and suppliers from what the municipality has decided.
func (s *session) loadNames(ctx context.Context, r store.Reader) (err error) {
	s.names = map[[2]string]string{}
	for _, d := range s.engine.decisions.Identities {
		if d.Name != "" {
			s.names[[2]string{d.Scheme, d.ID}] = d.Name
		}
	}
	text := "SELECT id, name FROM system WHERE name IS NOT NULL"
	if with := r.With("system"); with != "" {
		text = "WITH " + with + " " + text
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return fmt.Errorf("systems: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id, name sql.NullString
		if err := rows.Scan(&id, &name); err != nil {
			return fmt.Errorf("systems: %w", err)
		}
		s.names[[2]string{"system", id.String}] = name.String
	}
	return rows.Err()
}

// nameOf is what people call a system, site or supplier; anything else stays
// as it is.
func (s *session) nameOf(scheme, id string) string {
	if n, ok := s.names[[2]string{scheme, id}]; ok {
		return n
	}
	return id
}
