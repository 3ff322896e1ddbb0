package kpi

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// orgTree maps every org unit to the förvaltning it belongs to.
type orgTree struct {
	top  map[string]string
	name map[string]string
}

type orgUnit struct{ kind, parent, successor string }

// loadOrgTree reads the org units at the reader's point. A unit's top is its
// nearest ancestor (itself included) of kind forvaltning; a unit that has none
// is its own top. A cycle ends the climb.
//
// What the municipality has decided of its units fills in what the records
// leave out: a unit that is decided without a kind is a förvaltning.
//
// With today set, what had its time by then counts with what took over: a
// figure of the past is shown in the organisation of that day. A unit that was
// split stays as it was, for what it had cannot be given to any of the parts.
func loadOrgTree(ctx context.Context, r store.Reader, decided []store.Identity, today time.Time) (tree orgTree, err error) {
	text := "SELECT id, COALESCE(kind, ''), COALESCE(parent, ''), COALESCE(name, id), COALESCE(succeeded_by, '') FROM org_unit"
	if with := r.With("org_unit"); with != "" {
		text = "WITH " + with + " " + text
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return orgTree{}, fmt.Errorf("org units: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	units := map[string]orgUnit{}
	tree = orgTree{top: map[string]string{}, name: map[string]string{}}
	for rows.Next() {
		var id, name sql.NullString
		var u orgUnit
		if err := rows.Scan(&id, &u.kind, &u.parent, &name, &u.successor); err != nil {
			return orgTree{}, fmt.Errorf("org units: %w", err)
		}
		if !id.Valid {
			continue
		}
		units[id.String] = u
		tree.name[id.String] = name.String
	}
	for _, d := range decided {
		if d.Scheme != "org_unit" {
			continue
		}
		u := units[d.ID]
		if u.kind == "" {
			u.kind = cmp.Or(d.Kind, "forvaltning")
		}
		if u.parent == "" {
			u.parent = d.Parent
		}
		if !d.ValidTo.IsZero() && d.ValidTo.After(today) {
			u.successor = "" // not yet
		} else if u.successor == "" {
			u.successor = d.Successor
		}
		units[d.ID] = u
		if name := tree.name[d.ID]; name == "" || name == d.ID {
			tree.name[d.ID] = cmp.Or(d.Name, d.ID)
		}
	}
	for id := range units {
		tree.top[id] = climb(units, id)
		if !today.IsZero() {
			tree.top[id] = succeed(units, id)
		}
	}
	return tree, rows.Err()
}

// succeed is the förvaltning that a unit's rows count with today.
func succeed(units map[string]orgUnit, id string) string {
	for range len(units) {
		if to := units[id].successor; to != "" {
			id = to
			continue
		}
		top := climb(units, id)
		to := units[top].successor
		if to == "" {
			return top
		}
		id = to
	}
	return id
}

func climb(units map[string]orgUnit, id string) string {
	at := id
	for range len(units) {
		u, ok := units[at]
		if !ok {
			break
		}
		if u.kind == "forvaltning" {
			return at
		}
		at = u.parent
	}
	return id
}

// of returns the förvaltning of a unit; "" (unknown) stays "".
func (t orgTree) of(id string) string {
	if top, ok := t.top[id]; ok {
		return top
	}
	return id
}

// label returns what people call a unit.
func (t orgTree) label(id string) string {
	if n, ok := t.name[id]; ok {
		return n
	}
	return id
}

// within lists the units whose förvaltning is top.
func (t orgTree) within(top string) []string {
	out := []string{top}
	for id, at := range t.top {
		if at == top && id != top {
			out = append(out, id)
		}
	}
	return out
}
