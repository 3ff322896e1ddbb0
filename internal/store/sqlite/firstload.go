package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	// firstLoadRows is how many new records make a first load worth splitting.
	firstLoadRows = 20_000
	// loadStep is how many of them one transaction writes.
	loadStep = 5_000
)

// firstLoad tells whether a source brings many records of kinds that it has
// none of. They can be written bit by bit, unseen, and published at once, so
// that nobody waits long for the write lock.
func (st *staging) firstLoad() bool {
	if !st.header.Full || st.seq-firstSeq < firstLoadRows || movesTickets(st.header.Mapped) {
		return false
	}
	for i, set := range st.sets {
		if set.stored > 0 || st.s.tables.list[i].identity {
			return false
		}
	}
	return true
}

// loadUnseen writes every staged record while the relations leave the source
// out. It returns the longest time that the write lock was held.
func (st *staging) loadUnseen(ctx context.Context, w *writer) (longest time.Duration, err error) {
	step := func(f func(*sql.Tx) error) error {
		st.s.writing.Lock()
		defer st.s.writing.Unlock()
		held, err := st.s.update(ctx, f)
		longest = max(longest, held)
		return err
	}
	if err := st.s.abandonLoads(ctx, st.src.Name); err != nil {
		return longest, err
	}
	err = step(func(tx *sql.Tx) error {
		if err := w.begin(tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO loading (source_no) VALUES (?)", w.sourceNo); err != nil {
			return err
		}
		return st.s.rebuildViews(ctx, tx)
	})
	if err != nil {
		return longest, err
	}
	it, err := st.byID()
	for more := true; more && err == nil; {
		err = step(func(tx *sql.Tx) error {
			if err := w.begin(tx); err != nil {
				return err
			}
			if w.generation != st.generation {
				return errors.New("the source was written to while its first load was under way")
			}
			for range loadStep {
				seq, rec, err := it.next()
				if err != nil {
					return err
				}
				if more = rec != nil; !more {
					break
				}
				if err := st.applyOne(w, seq, rec); err != nil {
					return err
				}
			}
			return w.flushAll()
		})
	}
	if err != nil {
		return longest, errors.Join(err, st.s.abandonLoads(context.WithoutCancel(ctx), st.src.Name))
	}
	return longest, nil
}

// publish makes the records of a first load seen.
func (w *writer) publish() error {
	if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM loading WHERE source_no = ?", w.sourceNo); err != nil {
		return err
	}
	return w.s.rebuildViews(w.ctx, w.tx)
}

// rebuildViews makes the relations leave out the sources that are loading.
func (s *Store) rebuildViews(ctx context.Context, tx *sql.Tx) error {
	hidden, err := loadingSources(ctx, tx)
	if err != nil {
		return err
	}
	twins, err := hasTwins(ctx, tx)
	if err != nil {
		return err
	}
	for _, kt := range s.tables.list {
		for _, v := range viewsOf(kt, notHidden("t.", hidden), twins) {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("DROP VIEW %s", v.name)); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("CREATE VIEW %s AS %s", v.name, v.sql)); err != nil {
				return err
			}
		}
	}
	return nil
}

// notHidden is the condition that leaves out sources; "" leaves out none.
func notHidden(alias string, hidden []int64) string {
	if len(hidden) == 0 {
		return ""
	}
	list := ""
	for i, no := range hidden {
		if i > 0 {
			list += ", "
		}
		list += fmt.Sprint(no)
	}
	return alias + "source_no NOT IN (" + list + ")"
}

func loadingSources(ctx context.Context, db queryer) ([]int64, error) {
	rows, err := db.QueryContext(ctx, "SELECT source_no FROM loading ORDER BY 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var no int64
		if err := rows.Scan(&no); err != nil {
			return nil, err
		}
		out = append(out, no)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// abandonLoads removes what unfinished first loads wrote: of one source, or of
// all when the name is empty. Nobody has seen any of it.
func (s *Store) abandonLoads(ctx context.Context, source string) error {
	loading, err := loadingSources(ctx, s.write)
	if err != nil {
		return err
	}
	for _, no := range loading {
		var name string
		if err := s.write.QueryRowContext(ctx, "SELECT name FROM source WHERE no = ?", no).Scan(&name); err != nil {
			return err
		}
		if source != "" && name != source {
			continue
		}
		if err := s.abandonLoad(ctx, no, name); err != nil {
			return fmt.Errorf("clear the unfinished load of %s: %w", name, err)
		}
	}
	return nil
}

func (s *Store) abandonLoad(ctx context.Context, no int64, name string) error {
	for _, kt := range s.tables.list {
		if kt.identity {
			continue
		}
		tables := []string{string(kt.kind) + "_now"}
		for _, c := range kt.children {
			tables = append(tables, c.name+"_now")
		}
		for _, table := range tables {
			if err := s.deleteSource(ctx, table, name, no); err != nil {
				return err
			}
		}
	}
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM loading WHERE source_no = ?", no); err != nil {
			return err
		}
		return s.rebuildViews(ctx, tx)
	})
	return err
}

// deleteSource deletes a source's rows step by step.
func (s *Store) deleteSource(ctx context.Context, table, name string, no int64) error {
	for {
		var n int64
		_, err := s.update(ctx, func(tx *sql.Tx) error {
			res, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %[1]s WHERE rid IN (SELECT rid FROM %[1]s WHERE rid >= ?1 AND rid < ?2 LIMIT %[2]d) AND source_no = ?3", table, loadStep), name+":", name+";", no)
			if err != nil {
				return err
			}
			n, err = res.RowsAffected()
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
