package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Erase removes a person in one transaction.
func (s *Store) Erase(ctx context.Context, p store.Person, e store.Erasure) (store.Erased, error) {
	out := store.Erased{Removed: map[string]int64{}, Replaced: map[string]int64{}}
	s.writing.Lock()
	defer s.writing.Unlock()
	for source := range s.held {
		if err := s.dropHeld(source, nil); err != nil {
			return out, fmt.Errorf("store: erase: what is held: %w", err)
		}
	}
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		w := &writer{s: s, ctx: ctx, tx: tx, now: e.At.Unix(), stmts: map[string]*sql.Stmt{}, inserts: map[string]*bulk{}, touched: map[record.Kind]bool{}, counts: &store.Counts{}}
		if err := w.eraseAccounts(p.Accounts, out.Removed); err != nil {
			return err
		}
		if err := w.replacePerson(e.Refs, e.Instead, out.Replaced); err != nil {
			return err
		}
		for _, mark := range e.Marks {
			if err := w.exec("INSERT INTO kept_out (mark, instead, at) VALUES (?, ?, ?) ON CONFLICT (mark) DO UPDATE SET instead = excluded.instead", mark, e.Instead, w.now); err != nil {
				return err
			}
		}
		return w.settleNames()
	})
	if err == nil {
		err = s.forget(ctx)
	}
	if err != nil {
		return out, fmt.Errorf("store: erase: %w", translate(err))
	}
	return out, nil
}

// eraseAccounts removes every version of some accounts and of their lists.
func (w *writer) eraseAccounts(rids []string, counts map[string]int64) error {
	kt, _ := w.s.tables.of(record.Account)
	tables := []string{"account_now", "account_past", "account_twin"}
	for _, c := range kt.children {
		tables = append(tables, c.name+"_now", c.name+"_past")
	}
	for _, rid := range rids {
		for _, table := range tables {
			n, err := w.affect(fmt.Sprintf("DELETE FROM %s WHERE rid = ?", table), rid)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			counts[table] += n
		}
		if _, err := w.affect("DELETE FROM account_twin WHERE main = ?", rid); err != nil {
			return err
		}
		w.touched[record.Account], w.keyed = true, true
	}
	return nil
}

// replacePerson puts something else where rows of other kinds point at a person,
// in what is and in what was.
func (w *writer) replacePerson(refs []string, instead string, counts map[string]int64) error {
	if len(refs) == 0 {
		return nil
	}
	args := append([]any{instead}, textArgs(refs)...)
	for _, c := range w.s.personColumns() {
		if c.kt.kind == record.Account {
			continue
		}
		tables := []string{c.table + "_now", c.table + "_past"}
		if c.kt.identity {
			tables = append(tables, c.table) // what several sources say of it, merged
		}
		for i, table := range tables {
			n, err := w.affect(fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s IN (%s)", table, c.column, c.column, marks(len(refs))), args...)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			if i < 2 {
				counts[table] += n
			}
			w.touched[c.kt.kind] = w.touched[c.kt.kind] || n > 0
		}
	}
	for k, changed := range w.touched {
		if !changed {
			delete(w.touched, k)
		}
	}
	return nil
}

// KeptOut reads the marks. A store of an older program has none.
func (s *Store) KeptOut(ctx context.Context) (map[string]string, error) {
	out, err := s.keptOut(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: kept out: %w", translate(err))
	}
	return out, nil
}

func (s *Store) keptOut(ctx context.Context) (map[string]string, error) {
	if there, err := hasTable(ctx, s.read, "kept_out"); err != nil || !there {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, "SELECT mark, instead FROM kept_out")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var mark, instead string
		if err := rows.Scan(&mark, &instead); err != nil {
			return nil, err
		}
		out[mark] = instead
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// KeepOut adds marks.
func (s *Store) KeepOut(ctx context.Context, marks map[string]string, at time.Time) error {
	_, err := s.short(ctx, func(tx *sql.Tx) error {
		for mark, instead := range marks {
			if _, err := tx.ExecContext(ctx, "INSERT INTO kept_out (mark, instead, at) VALUES (?, ?, ?) ON CONFLICT (mark) DO NOTHING", mark, instead, at.Unix()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: keep out: %w", translate(err))
	}
	return nil
}

// LetIn forgets marks.
func (s *Store) LetIn(ctx context.Context, marks []string) (n int64, err error) {
	_, err = s.short(ctx, func(tx *sql.Tx) error {
		for _, mark := range slices.Compact(slices.Sorted(slices.Values(marks))) {
			res, err := tx.ExecContext(ctx, "DELETE FROM kept_out WHERE mark = ?", mark)
			if err != nil {
				return err
			}
			gone, err := res.RowsAffected()
			if err != nil {
				return err
			}
			n += gone
		}
		return nil
	})
	if err != nil {
		return n, fmt.Errorf("store: let in: %w", translate(err))
	}
	return n, nil
}

// Compact writes the file anew and empties the log.
func (s *Store) Compact(ctx context.Context) error {
	if err := s.writable(); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if _, err := s.write.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("store: compact: %w", translate(err))
	}
	return s.forget(ctx)
}
