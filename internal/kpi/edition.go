package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// maxEditions is how many editions a population names.
const maxEditions = 5

// edition adds what the rows were measured with to the population's words. A
// figure whose words are others is no longer compared with.
func (t *task) edition(ctx context.Context, r store.Reader) (err error) {
	if t.def.Edition == "" {
		return nil
	}
	u := t.use
	e, err := t.s.texts.value(t.def.Edition, t.pop.rel, t.pop.clock, &u)
	if err != nil {
		return fmt.Errorf("edition: %w", err)
	}
	body := "SELECT DISTINCT " + e + " AS edition " + from(t.pop.rel, t.pop.and(e+" IS NOT NULL").kept()) + " ORDER BY edition LIMIT " + strconv.Itoa(maxEditions)
	text, err := t.s.texts.statement(r, u, nil, body)
	if err != nil {
		return fmt.Errorf("edition: %w", err)
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return fmt.Errorf("edition: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var names []string
	for rows.Next() {
		var n sql.NullString
		if err := rows.Scan(&n); err != nil {
			return fmt.Errorf("edition: %w", err)
		}
		if n.String != "" {
			names = append(names, n.String)
		}
	}
	if len(names) > 0 {
		p := t.figure.population
		list := " (" + strings.Join(names, ", ") + ")"
		t.figure.population = finding.Text{SV: p.SV + list, EN: p.EN + list}
	}
	return rows.Err()
}
