package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// PersonsWith finds accounts by what they answer to, now or before, and roles
// of persons without an account.
func (s *Store) PersonsWith(ctx context.Context, pseudonyms []string) ([]store.Person, error) {
	out, err := s.personsWith(ctx, pseudonyms)
	if err != nil {
		return nil, fmt.Errorf("store: persons: %w", translate(err))
	}
	return out, nil
}

func (s *Store) personsWith(ctx context.Context, pseudonyms []string) ([]store.Person, error) {
	if len(pseudonyms) == 0 {
		return nil, nil
	}
	sources, err := s.texts(ctx, "SELECT name FROM source")
	if err != nil {
		return nil, err
	}
	var rids []any
	for _, name := range sources {
		for _, p := range pseudonyms {
			rids = append(rids, name+":"+p)
		}
	}
	keys := textArgs(pseudonyms)
	mains, err := s.texts(ctx, fmt.Sprintf("SELECT DISTINCT coalesce(w.main, u.rid) FROM (SELECT rid FROM account_key_now WHERE key IN (%[1]s) UNION SELECT rid FROM account_key_past WHERE key IN (%[1]s)"+
		" UNION SELECT rid FROM account_now WHERE rid IN (%[2]s) UNION SELECT rid FROM account_past WHERE rid IN (%[2]s)) u LEFT JOIN account_twin w ON w.rid = u.rid ORDER BY 1", marks(len(keys)), marks(max(len(rids), 1))),
		slices.Concat(keys, keys, orNull(rids), orNull(rids))...)
	if err != nil {
		return nil, err
	}
	var out []store.Person
	for _, main := range mains {
		p, err := s.person(ctx, main)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if len(out) > 0 {
		return out, nil
	}
	return s.holders(ctx, pseudonyms)
}

// orNull keeps a list of values from being empty.
func orNull(args []any) []any {
	if len(args) == 0 {
		return []any{nil}
	}
	return args
}

func textArgs(texts []string) []any {
	out := make([]any, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}

// person gathers an account's records and all that they answer to.
func (s *Store) person(ctx context.Context, main string) (p store.Person, err error) {
	if p.Accounts, err = s.texts(ctx, "SELECT rid FROM account_twin WHERE main = ? ORDER BY rank, rid", main); err != nil {
		return p, err
	}
	p.Accounts = append([]string{main}, p.Accounts...)
	for _, rid := range p.Accounts {
		_, id, _ := strings.Cut(rid, ":")
		p.Keys = append(p.Keys, store.PersonKey{Pseudonym: id, Of: "id"})
	}
	in, args := marks(len(p.Accounts)), textArgs(p.Accounts)
	// Another account counts once, however many directories see it.
	const others = "(SELECT count(DISTINCT coalesce(w.main, o.rid)) FROM account_key_now o LEFT JOIN account_twin w ON w.rid = o.rid WHERE o.key = u.key AND coalesce(w.main, o.rid) <> ?)"
	rows, err := s.read.QueryContext(ctx, fmt.Sprintf("SELECT u.key, coalesce(max(u.of), ''), %[2]s FROM (SELECT key, of FROM account_key_now WHERE rid IN (%[1]s) UNION ALL SELECT key, of FROM account_key_past WHERE rid IN (%[1]s)) u WHERE u.key IS NOT NULL GROUP BY u.key ORDER BY 2, 1", in, others),
		slices.Concat([]any{main}, args, args)...)
	if err != nil {
		return p, err
	}
	defer rows.Close()
	for rows.Next() {
		var k store.PersonKey
		if err := rows.Scan(&k.Pseudonym, &k.Of, &k.Others); err != nil {
			return p, err
		}
		p.Keys = append(p.Keys, k)
	}
	return p, errors.Join(rows.Err(), rows.Close())
}

// holders finds the pseudonyms among those that roles point at.
func (s *Store) holders(ctx context.Context, pseudonyms []string) ([]store.Person, error) {
	var p store.Person
	for _, pseudonym := range pseudonyms {
		for _, f := range s.personColumns() {
			if f.kt.kind == record.Account {
				continue
			}
			var there bool
			err := s.read.QueryRowContext(ctx, fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %[1]s_now WHERE %[2]s = ?1) OR EXISTS (SELECT 1 FROM %[1]s_past WHERE %[2]s = ?1)", f.table, f.column), pseudonym).Scan(&there)
			if err != nil {
				return nil, err
			}
			if there {
				p.Keys = append(p.Keys, store.PersonKey{Pseudonym: pseudonym, Of: "role"})
				break
			}
		}
	}
	if len(p.Keys) == 0 {
		return nil, nil
	}
	return []store.Person{p}, nil
}

// personColumn is a stored column that holds pseudonyms.
type personColumn struct {
	kt            *kindTable
	ct            *childTable // nil where the column is the record's own
	table, column string
}

// personColumns are all columns that hold pseudonyms, by the record schemas.
func (s *Store) personColumns() []personColumn {
	var out []personColumn
	for i := range s.tables.list {
		kt := &s.tables.list[i]
		for _, c := range kt.columns {
			if c.field.Type == record.Pseudonym {
				out = append(out, personColumn{kt, nil, string(kt.kind), quote(c.name)})
			}
		}
		for j := range kt.children {
			ct := &kt.children[j]
			for _, c := range ct.columns {
				if c.field.Type == record.Pseudonym {
					out = append(out, personColumn{kt, ct, ct.name, quote(c.name)})
				}
			}
		}
	}
	return out
}

// PersonRows reads every version of an account's records with their lists, and
// every row of another kind that points at the person.
func (s *Store) PersonRows(ctx context.Context, p store.Person) ([]store.PersonRow, error) {
	kt, _ := s.tables.of(record.Account)
	var out []store.PersonRow
	read := func(err error, rows []store.PersonRow) error {
		out = append(out, rows...)
		return err
	}
	for _, rid := range p.Accounts {
		rows, err := s.personRows(ctx, kt, nil, "t.rid = ?", rid)
		err = read(err, rows)
		for i := range kt.children {
			if err == nil {
				rows, err = s.personRows(ctx, kt, &kt.children[i], "t.rid = ?", rid)
				err = read(err, rows)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("store: rows of a person: %w", translate(err))
		}
	}
	pseudonyms := textArgs(p.Pseudonyms())
	for _, c := range s.personColumns() {
		if c.kt.kind == record.Account || len(pseudonyms) == 0 {
			continue
		}
		rows, err := s.personRows(ctx, c.kt, c.ct, fmt.Sprintf("t.%s IN (%s)", c.column, marks(len(pseudonyms))), pseudonyms...)
		if err != nil {
			return nil, fmt.Errorf("store: rows that point at a person: %w", translate(err))
		}
		out = append(out, rows...)
	}
	slices.SortStableFunc(out, func(a, b store.PersonRow) int {
		return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.List, b.List), a.From.Compare(b.From), a.Seen.Compare(b.Seen))
	})
	return out, nil
}

// texts reads one column of texts.
func (s *Store) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
