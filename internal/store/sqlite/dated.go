package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// dating imports an older list as history: what stands in it held from its
// own instant until the next list of the source, and is marked reconstructed.
// What a source itself dated goes before it.
type dating struct {
	w    *writer
	next map[string]int64 // per kind, the instant of the next list
}

func newDating(w *writer) *dating { return &dating{w: w, next: map[string]int64{}} }

// open readies a kind: older lists that reached past this one end here.
func (d *dating) open(kt *kindTable) error {
	kind := string(kt.kind)
	if _, ok := d.next[kind]; ok || kt.event {
		return nil
	}
	w := d.w
	var next int64
	err := w.tx.QueryRowContext(w.ctx, "SELECT coalesce(min(at), ?) FROM listed WHERE source_no = ? AND kind = ? AND at > ?", w.now, w.sourceNo, kind, w.dated).Scan(&next)
	if err != nil {
		return err
	}
	d.next[kind] = next
	for _, t := range pastTables(kt) {
		kept := strings.Replace(t.columns, "seen_at", "?1", 1)
		if err := w.exec(fmt.Sprintf("INSERT INTO %[1]s (%[2]s, valid_to, ended_at, reconstructed) SELECT %[3]s, ?2, ?1, 1 FROM %[1]s WHERE source_no = ?3 AND reconstructed = 1 AND recorded_to IS NULL AND valid_from < ?2 AND valid_to > ?2",
			t.name, t.columns, kept), w.now, w.dated, w.sourceNo); err != nil {
			return err
		}
		if err := w.exec(fmt.Sprintf("UPDATE %s SET recorded_to = ?1 WHERE source_no = ?3 AND reconstructed = 1 AND recorded_to IS NULL AND valid_from <= ?2 AND valid_to > ?2", t.name), w.now, w.dated, w.sourceNo); err != nil {
			return err
		}
	}
	w.touch(kt)
	return w.exec("INSERT INTO listed (source_no, kind, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", w.sourceNo, kind, w.dated)
}

type pastTable struct{ name, columns string }

// pastTables are the tables of closed versions of a kind, its own first.
func pastTables(kt *kindTable) []pastTable {
	out := []pastTable{{string(kt.kind) + "_past", pastColumns(kt)}}
	for i := range kt.children {
		out = append(out, pastTable{kt.children[i].name + "_past", pastListColumns(kt, &kt.children[i])})
	}
	return out
}

// until returns when a record's reconstructed state ends; false if the source
// itself dated a state that held at the instant.
func (d *dating) until(kt *kindTable, rid string) (int64, bool, error) {
	w := d.w
	var covered bool
	var first int64
	next := d.next[string(kt.kind)]
	err := w.row(fmt.Sprintf("SELECT coalesce(max(f <= ?2 AND (t IS NULL OR t > ?2)), 0), coalesce(min(CASE WHEN f > ?2 THEN f END), ?3) FROM ("+
		"SELECT valid_from AS f, NULL AS t FROM %[1]s_now WHERE rid = ?1 UNION ALL SELECT valid_from, valid_to FROM %[1]s_past WHERE rid = ?1 AND recorded_to IS NULL AND reconstructed = 0)", kt.kind), []any{rid, w.dated, next}, &covered, &first)
	return min(first, next), !covered, err
}

// add writes a record that differs from the present one.
func (d *dating) add(kt *kindTable, rec *staged) error {
	if kt.event {
		return d.addEvent(kt, rec)
	}
	w, rid := d.w, d.w.rid(rec.rec.ID)
	until, free, err := d.until(kt, rid)
	if err != nil {
		return err
	}
	if !free {
		w.counts.Unchanged++
		return nil
	}
	w.counts.Inserted++
	doc, err := w.doc(rec.rec.Place)
	if err != nil {
		return err
	}
	cols := []string{"rid", "source_no", "hash", "doc_no", "doc_row", "first_seen", "seen_at", "valid_from", "valid_to", "ended_at", "reconstructed"}
	args := []any{rid, w.sourceNo, int64(rec.row), doc, rec.rec.Place.Row, w.now, w.now, w.dated, until, w.now, 1}
	if kt.identity { // a record that is known has its identity; another gets one when all are written
		var id sql.NullString
		if err := w.row(fmt.Sprintf("SELECT coalesce((SELECT id FROM %[1]s_now WHERE rid = ?1), (SELECT max(id) FROM %[1]s_past WHERE rid = ?1))", kt.kind), []any{rid}, &id); err != nil {
			return err
		}
		cols, args = append(cols, "id"), append(args, id)
	}
	for i := range kt.columns {
		v, err := w.arg(&kt.columns[i], rec.rec.Values[i])
		if err != nil {
			return err
		}
		cols, args = append(cols, quote(kt.columns[i].name)), append(args, v)
	}
	if err := w.exec(fmt.Sprintf("INSERT INTO %s_past (%s) VALUES (%s)", kt.kind, strings.Join(cols, ", "), marks(len(cols))), args...); err != nil {
		return err
	}
	for i := range kt.children {
		if err := d.addList(kt, &kt.children[i], rid, rec, until); err != nil {
			return err
		}
	}
	return nil
}

func (d *dating) addList(kt *kindTable, ct *childTable, rid string, rec *staged, until int64) error {
	w := d.w
	cols := pastListColumns(kt, ct) + ", valid_to, ended_at, reconstructed"
	for pos, row := range rec.rec.Children[ct.index] {
		vals, err := w.listArgs(ct, row)
		if err != nil {
			return err
		}
		args := append([]any{rid, int64(pos), w.sourceNo, w.now, w.dated}, vals...)
		args = append(args, until, w.now, 1)
		if err := w.exec(fmt.Sprintf("INSERT INTO %s_past (%s) VALUES (%s)", ct.name, cols, marks(len(args))), args...); err != nil {
			return err
		}
	}
	return nil
}

// addEvent keeps an event of an older export only if the store has none of
// its id: what is known now of the others is newer.
func (d *dating) addEvent(kt *kindTable, rec *staged) error {
	var one int
	err := d.w.row(fmt.Sprintf("SELECT 1 FROM %s_now WHERE rid = ?", kt.kind), []any{d.w.rid(rec.rec.ID)}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return d.w.insert(kt, rec)
	}
	d.w.counts.Unchanged++
	return err
}

// same writes a record that is as it is today.
func (d *dating) same(kt *kindTable, no uint32) error {
	if kt.event {
		return nil
	}
	w := d.w
	var rid string
	if err := w.row(fmt.Sprintf("SELECT rid FROM %s_now WHERE no = ?", kt.kind), []any{int64(no)}, &rid); err != nil {
		return err
	}
	until, free, err := d.until(kt, rid)
	if err != nil || !free {
		return err
	}
	for _, t := range pastTables(kt) {
		kept := strings.Replace(strings.Replace(t.columns, "seen_at", "?1", 1), "valid_from", "?2", 1)
		if err := w.exec(fmt.Sprintf("INSERT INTO %s (%s, valid_to, ended_at, reconstructed) SELECT %s, ?3, ?1, 1 FROM %s WHERE rid = ?4",
			t.name, t.columns, kept, strings.TrimSuffix(t.name, "_past")+"_now"), w.now, w.dated, until, rid); err != nil {
			return err
		}
	}
	return nil
}
