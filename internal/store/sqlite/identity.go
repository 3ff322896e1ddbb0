package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/pattern"
)

// SetIdentities replaces what the settings say of names and resolves every
// stored reference anew, in one transaction.
func (s *Store) SetIdentities(ctx context.Context, ids []store.Identity, now time.Time) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM identity"); err != nil {
			return err
		}
		for _, id := range ids {
			if err := insertIdentity(ctx, tx, id); err != nil {
				return err
			}
		}
		if err := s.settle(ctx, tx, now, true); err != nil {
			return err
		}
		return s.noteAllChanged(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("store: identities: %w", err)
	}
	return nil
}

func insertIdentity(ctx context.Context, tx *sql.Tx, id store.Identity) error {
	switch id.Scheme {
	case schemeOrgUnit, schemeSystem, schemeSite, schemeSupplier:
	default:
		return fmt.Errorf("%s: unknown scheme %q", id.ID, id.Scheme)
	}
	if id.ID == "" {
		return fmt.Errorf("%s %q: no id", id.Scheme, id.Name)
	}
	aliases, err := json.Marshal(id.Aliases)
	if err != nil {
		return err
	}
	patterns, err := json.Marshal(id.Patterns)
	if err != nil {
		return err
	}
	successors, err := json.Marshal(id.Successors)
	if err != nil {
		return err
	}
	if id.Scheme == schemeOrgUnit {
		id.Kind = cmp.Or(id.Kind, kindForvaltning)
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO identity (scheme, id, name, kind, parent, aliases, patterns, valid_from, valid_to, successor, successors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id.Scheme, id.ID, id.Name, blank(id.Kind), blank(id.Parent), string(aliases), string(patterns), epoch(id.ValidFrom), epoch(id.ValidTo), blank(id.Successor), string(successors))
	if err != nil {
		return fmt.Errorf("%s %s: %w", id.Scheme, id.ID, err)
	}
	return nil
}

// settle brings everything that hangs on names up to date: the identity of
// each org unit and system record, every reference, the merged relations and
// the top of each org unit. Unless all is set, no identity has changed and only
// names met for the first time are looked up.
func (s *Store) settle(ctx context.Context, tx *sql.Tx, now time.Time, all bool) error {
	n := &names{by: map[nameKey]entry{}}
	settings, err := loadIdentities(ctx, tx)
	if err != nil {
		return err
	}
	sources, err := sourceNumbers(ctx, tx)
	if err != nil {
		return err
	}
	taken := map[string]map[string]bool{schemeOrgUnit: {}, schemeSystem: {}}
	for _, id := range settings {
		if err := n.addSetting(id, sources, now); err != nil {
			return err
		}
		if taken[id.Scheme] != nil {
			taken[id.Scheme][id.ID] = true
		}
	}
	if err := addSites(ctx, tx, n); err != nil {
		return err
	}
	for i := range s.tables.list {
		kt := &s.tables.list[i]
		if !kt.identity {
			continue
		}
		if err := assignIdentities(ctx, tx, kt, n, taken[string(kt.kind)], now); err != nil {
			return err
		}
	}
	if !all {
		_, err := resolveRefs(ctx, tx, n, "r.id IS NULL", now)
		return err
	}
	moved, err := resolveRefs(ctx, tx, n, "1", now)
	if err != nil {
		return err
	}
	if moved > 0 {
		if err := s.noteAllChanged(ctx, tx); err != nil {
			return err
		}
	}
	for i := range s.tables.list {
		if kt := &s.tables.list[i]; kt.identity {
			if err := s.merge(ctx, tx, kt, settings); err != nil {
				return err
			}
		}
	}
	return settleTops(ctx, tx)
}

func (n *names) addSetting(id store.Identity, sources map[string]int64, now time.Time) error {
	standing := bySetting
	if (!id.ValidTo.IsZero() && !now.Before(id.ValidTo)) || now.Before(id.ValidFrom) {
		standing = byExpiredSetting
	}
	// A source that has not been collected yet has no number, and no names.
	number := func(source string) (int64, bool) {
		if source == "" {
			return 0, true
		}
		no, ok := sources[source]
		return no, ok
	}
	n.add(id.Scheme, 0, id.ID, id.ID, standing)
	n.add(id.Scheme, 0, id.Name, id.ID, standing)
	for _, a := range id.Aliases {
		if no, ok := number(a.Source); ok {
			n.add(id.Scheme, no, a.Name, id.ID, standing)
		}
	}
	for _, p := range id.Patterns {
		m, err := pattern.New(p.Kind, p.Text)
		if err != nil {
			return fmt.Errorf("%s %s: %w", id.Scheme, id.ID, err)
		}
		if no, ok := number(p.Source); ok {
			n.patterns = append(n.patterns, form{Matcher: m, scheme: id.Scheme, source: no, id: id.ID, standing: standing, priority: p.Priority})
		}
	}
	return nil
}

func loadIdentities(ctx context.Context, tx *sql.Tx) ([]store.Identity, error) {
	rows, err := tx.QueryContext(ctx, "SELECT scheme, id, name, coalesce(kind, ''), coalesce(parent, ''), aliases, patterns, coalesce(valid_from, 0), coalesce(valid_to, 0), coalesce(successor, ''), successors FROM identity ORDER BY scheme, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Identity
	for rows.Next() {
		var id store.Identity
		var aliases, patterns, successors string
		var from, to int64
		if err := rows.Scan(&id.Scheme, &id.ID, &id.Name, &id.Kind, &id.Parent, &aliases, &patterns, &from, &to, &id.Successor, &successors); err != nil {
			return nil, err
		}
		if err := errors.Join(json.Unmarshal([]byte(aliases), &id.Aliases), json.Unmarshal([]byte(patterns), &id.Patterns), json.Unmarshal([]byte(successors), &id.Successors)); err != nil {
			return nil, fmt.Errorf("identity %s: %w", id.ID, err)
		}
		id.ValidFrom, id.ValidTo = instant(from), instant(to)
		out = append(out, id)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

func sourceNumbers(ctx context.Context, tx *sql.Tx) (map[string]int64, error) {
	rows, err := tx.QueryContext(ctx, "SELECT name, no FROM source")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var name string
		var no int64
		if err := rows.Scan(&name, &no); err != nil {
			return nil, err
		}
		out[name] = no
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// addSites makes the sites that org unit records list known by id and name.
func addSites(ctx context.Context, tx *sql.Tx, n *names) error {
	rows, err := tx.QueryContext(ctx, "SELECT DISTINCT site, coalesce(name, '') FROM org_unit_site_now WHERE site IS NOT NULL")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var site, name string
		if err := rows.Scan(&site, &name); err != nil {
			return err
		}
		n.add(schemeSite, 0, site, site, byRecord)
		n.add(schemeSite, 0, name, site, byRecord)
	}
	return errors.Join(rows.Err(), rows.Close())
}

// noteAllChanged says of every kind that its records changed: a name may stand
// in any of them. When they changed is left as it is, for the rows did not.
func (s *Store) noteAllChanged(ctx context.Context, tx *sql.Tx) error {
	for _, kt := range s.tables.list {
		if _, err := tx.ExecContext(ctx, "INSERT INTO change (kind, number, at) VALUES (?, 1, 0) ON CONFLICT (kind) DO UPDATE SET number = number + 1", string(kt.kind)); err != nil {
			return err
		}
	}
	return nil
}

// resolveRefs gives the stored references that cond picks the identity that
// their name leads to now, and returns how many lead elsewhere than before. A
// reference that led to something is kept in identity_change with what it
// leads to now.
func resolveRefs(ctx context.Context, tx *sql.Tx, n *names, cond string, now time.Time) (int, error) {
	rows, err := tx.QueryContext(ctx, "SELECT r.no, r.scheme, r.source_no, s.name, r.raw, coalesce(r.id, ''), coalesce(r.fits, '') FROM ref r JOIN source s ON s.no = r.source_no WHERE "+cond)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	type change struct {
		no                             int64
		scheme, name, was, became, fit string
	}
	var changed []change
	moved := 0
	for rows.Next() {
		var no, source int64
		var scheme, name, raw, old, fitted string
		if err := rows.Scan(&no, &scheme, &source, &name, &raw, &old, &fitted); err != nil {
			return 0, err
		}
		id, several := n.resolveRef(scheme, source, raw)
		fits := strings.Join(several, ", ")
		if id != old || fits != fitted {
			changed = append(changed, change{no, scheme, name + ": " + raw, old, id, fits})
		}
		if id != old {
			moved++
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for _, c := range changed {
		if _, err := tx.ExecContext(ctx, "UPDATE ref SET id = ?, fits = ? WHERE no = ?", blank(c.became), blank(c.fit), c.no); err != nil {
			return 0, err
		}
		if c.was == "" || c.was == c.became {
			continue
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO identity_change (at, scheme, id, was, became) VALUES (?, ?, ?, ?, ?)", now.Unix(), c.scheme, c.name, c.was, blank(c.became)); err != nil {
			return 0, err
		}
	}
	return moved, nil
}

// blank stores an empty text as NULL.
func blank(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// epoch stores a zero time as NULL.
func epoch(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}

func instant(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
