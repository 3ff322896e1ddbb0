package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// rekeying is a collection in which the key of the pseudonyms is changed. Every
// pseudonym comes as a twin; records are held against the store by the old one,
// so that nothing seems to change, and then the store's pseudonyms are renamed.
type rekeying struct {
	from, to string                // key ids
	pairs    map[[16]byte][16]byte // old sum → new sum
	hashes   []rekeyed
	codec    codec
}

// rekeyed is the hash that a record is to be known by under the new key.
type rekeyed struct {
	kind int
	id   string // the source's, old
	row  uint64
}

func newRekeying(src store.SourceInfo, t tables) *rekeying {
	if src.FormerKeyID == "" {
		return nil
	}
	return &rekeying{from: src.FormerKeyID, to: src.KeyID, pairs: map[[16]byte][16]byte{}, codec: codec{tables: t}}
}

// former turns a record's twins into the old pseudonyms and remembers the new.
func (k *rekeying) former(kt *kindTable, ki int, r *record.Record) error {
	if k == nil {
		return nil
	}
	now := *r
	now.Values, now.Children = slices.Clone(r.Values), make([][]record.Row, len(r.Children))
	twins := false
	split := func(is, was *string) error {
		if !strings.Contains(*was, "~") {
			return nil
		}
		twins = true
		var err error
		*is, *was, err = k.pair(*was)
		return err
	}
	if err := split(&now.ID, &r.ID); err != nil {
		return err
	}
	for i := range kt.columns {
		if kt.columns[i].field.Type == record.Pseudonym && i < len(r.Values) {
			if err := split(&now.Values[i].S, &r.Values[i].S); err != nil {
				return err
			}
		}
	}
	for c := range r.Children {
		for _, row := range r.Children[c] {
			now.Children[c] = append(now.Children[c], slices.Clone(row))
		}
	}
	for _, ct := range kt.children {
		for i, col := range ct.columns {
			if col.field.Type != record.Pseudonym || ct.index >= len(r.Children) {
				continue
			}
			for n, row := range r.Children[ct.index] {
				if i < len(row) {
					if err := split(&now.Children[ct.index][n][i].S, &row[i].S); err != nil {
						return err
					}
				}
			}
		}
	}
	if twins {
		k.hashes = append(k.hashes, rekeyed{ki, r.ID, k.codec.hash(kt, &now).row})
	}
	return nil
}

// ids turns twins into the old pseudonyms.
func (k *rekeying) ids(ids []string) ([]string, error) {
	if k == nil {
		return ids, nil
	}
	out := slices.Clone(ids)
	for i := range out {
		if strings.Contains(out[i], "~") {
			var err error
			if _, out[i], err = k.pair(out[i]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// pair remembers a twin.
func (k *rekeying) pair(twin string) (now, before string, err error) {
	now, before, ok := sdk.Twin(twin)
	if !ok || !strings.HasPrefix(now, k.to+"-") || !strings.HasPrefix(before, k.from+"-") {
		return "", "", fmt.Errorf("%w: a pseudonym of other keys than %s and %s", sdk.ErrContract, k.to, k.from)
	}
	var is, was [16]byte
	_, err = hex.Decode(is[:], []byte(now[len(k.to)+1:]))
	_, werr := hex.Decode(was[:], []byte(before[len(k.from)+1:]))
	k.pairs[was] = is
	return now, before, errors.Join(err, werr)
}

// apply renames every pseudonym of the pairs, whatever source it came from, and
// sets the hashes of this source's records. Nothing that a figure counts moves.
func (k *rekeying) apply(w *writer) error {
	if k == nil {
		return nil
	}
	if err := w.flushAll(); err != nil {
		return err
	}
	for _, h := range k.hashes {
		if err := w.exec(fmt.Sprintf("UPDATE %s_now SET hash = ? WHERE rid = ?", w.s.tables.list[h.kind].kind), int64(h.row), w.rid(h.id)); err != nil {
			return err
		}
	}
	if err := k.table(w); err != nil {
		return err
	}
	for _, c := range w.s.personColumns() {
		versions := []string{"_now", "_past"}
		if c.kt.identity {
			versions = append(versions, "") // what several sources say of one
		}
		for _, version := range versions {
			if err := k.rename(w, c.table+version, c.column, false); err != nil {
				return err
			}
		}
	}
	kt, _ := w.s.tables.of(record.Account)
	lists := []string{string(kt.kind)}
	for _, ct := range kt.children {
		lists = append(lists, ct.name)
	}
	for _, list := range lists {
		for _, version := range []string{"_now", "_past"} {
			if err := k.rename(w, list+version, "rid", true); err != nil {
				return err
			}
		}
	}
	for _, column := range []string{"rid", "main"} {
		if err := k.rename(w, "account_twin", column, true); err != nil {
			return err
		}
	}
	w.keyed = true
	return w.exec("DROP TABLE temp.rekey")
}

// table writes the pairs where SQL can read them.
func (k *rekeying) table(w *writer) error {
	if _, err := w.tx.ExecContext(w.ctx, "CREATE TEMP TABLE rekey (was TEXT PRIMARY KEY, became TEXT NOT NULL) WITHOUT ROWID"); err != nil {
		return err
	}
	for was, is := range k.pairs {
		if err := w.exec("INSERT INTO temp.rekey (was, became) VALUES (?, ?)", k.from+"-"+hex.EncodeToString(was[:]), k.to+"-"+hex.EncodeToString(is[:])); err != nil {
			return err
		}
	}
	return nil
}

// rename renames one column. A column of record ids has the source's name and a
// colon before the pseudonym.
func (k *rekeying) rename(w *writer, table, column string, rids bool) error {
	if !rids {
		return w.exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = (SELECT became FROM temp.rekey WHERE was = %[1]s.%[2]s) WHERE %[2]s IN (SELECT was FROM temp.rekey)", table, column))
	}
	const pseudonym = "substr(%[2]s, instr(%[2]s, ':') + 1)"
	return w.exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = substr(%[2]s, 1, instr(%[2]s, ':')) || (SELECT became FROM temp.rekey WHERE was = "+pseudonym+") WHERE "+pseudonym+" IN (SELECT was FROM temp.rekey)", table, column))
}

// SourceKey returns the id of the key that a source's pseudonyms are made with,
// "" where that was not noted; store.ErrNotFound for a source never collected.
func (s *Store) SourceKey(ctx context.Context, source string) (string, error) {
	var key sql.NullString
	err := s.read.QueryRowContext(ctx, "SELECT key_id FROM source WHERE name = ? AND last_success IS NOT NULL", source).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("store: key of %s: %w", source, translate(err))
	}
	return key.String, nil
}
