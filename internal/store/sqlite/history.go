package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// pastColumns are what a present row and a closed version have in common.
func pastColumns(kt *kindTable) string {
	cols := []string{"rid", "source_no", "hash", "doc_no", "doc_row", "first_seen", "seen_at"}
	if !kt.event {
		cols = append(cols, "valid_from")
	}
	if kt.identity {
		cols = append(cols, "id")
	}
	for _, c := range kt.columns {
		cols = append(cols, quote(c.name))
	}
	return strings.Join(cols, ", ")
}

func pastListColumns(kt *kindTable, ct *childTable) string {
	cols := []string{"rid", "pos", "source_no", "seen_at"}
	if !kt.event {
		cols = append(cols, "valid_from")
	}
	for _, c := range ct.columns {
		cols = append(cols, quote(c.name))
	}
	return strings.Join(cols, ", ")
}

// closing is the SQL that says how a present row becomes a closed version. An
// event's version is replaced by what is known now (recorded_to). A state held
// until a new one began (valid_to, known at ended_at); if the new one began no
// later than the old, the old was wrong and is withdrawn (recorded_to).
// Parameters: now and, for a state, when the new state began.
func closing(event bool) (cols, values string) {
	if event {
		return "recorded_to", "?1"
	}
	return "valid_to, ended_at, recorded_to", "CASE WHEN ?2 > valid_from THEN ?2 END, CASE WHEN ?2 > valid_from THEN ?1 END, CASE WHEN ?2 > valid_from THEN NULL ELSE ?1 END"
}

// retire copies the present row to the closed versions.
func (w *writer) retire(kt *kindTable, no, until int64) error {
	cols, values := closing(kt.event)
	return w.exec(fmt.Sprintf("INSERT INTO %[1]s_past (%[2]s, %[3]s) SELECT %[2]s, %[4]s FROM %[1]s_now WHERE no = ?3", kt.kind, pastColumns(kt), cols, values), w.now, until, no)
}

// change writes a record whose stored row differs.
func (w *writer) change(kt *kindTable, rec *staged, no int64, old uint64) error {
	w.counts.Updated++
	state := !sameState(old, rec.row)
	w.touch(kt)
	w.touchProbe(kt, rec.rec.Values)
	if err := w.touchStored(kt, no); err != nil {
		return err
	}
	rid := w.rid(rec.rec.ID)
	from := w.validFrom(rec)
	if state {
		if err := w.retire(kt, no, from); err != nil {
			return err
		}
		if err := w.correctPast(kt, rec, from); err != nil {
			return err
		}
	}
	doc, err := w.doc(rec.rec.Place)
	if err != nil {
		return err
	}
	set := []string{"hash = ?", "doc_no = ?", "doc_row = ?"}
	args := []any{int64(rec.row), doc, rec.rec.Place.Row}
	if state {
		set, args = append(set, "seen_at = ?"), append(args, w.now)
		if !kt.event {
			set, args = append(set, "valid_from = ?"), append(args, from)
		}
	}
	for i := range kt.columns {
		c := &kt.columns[i]
		if !state && !c.field.Volatile {
			continue
		}
		v, err := w.arg(c, rec.rec.Values[i])
		if err != nil {
			return err
		}
		set, args = append(set, quote(c.name)+" = ?"), append(args, v)
	}
	if err := w.exec(fmt.Sprintf("UPDATE %s_now SET %s WHERE no = ?", kt.kind, strings.Join(set, ", ")), append(args, no)...); err != nil {
		return err
	}
	if !state {
		return nil
	}
	for i := range kt.children {
		if err := w.changeList(kt, &kt.children[i], rid, rec.rec.Children[kt.children[i].index], from); err != nil {
			return err
		}
	}
	return w.joinMoved(kt, rec)
}

// correctPast makes room for a state that the source says began in the past:
// closed versions that reach beyond its beginning are withdrawn, and the part
// before it is kept as what is known now.
func (w *writer) correctPast(kt *kindTable, rec *staged, from int64) error {
	if kt.event || rec.rec.EffectiveFrom == 0 || from >= w.now {
		return nil
	}
	cols := pastColumns(kt)
	kept := strings.Replace(cols, "seen_at", "?1", 1)
	rid := w.rid(rec.rec.ID)
	if err := w.exec(fmt.Sprintf("INSERT INTO %[1]s_past (%[2]s, valid_to, ended_at, reconstructed) SELECT %[3]s, ?2, ?1, reconstructed FROM %[1]s_past WHERE rid = ?3 AND recorded_to IS NULL AND valid_from < ?2 AND valid_to > ?2",
		kt.kind, cols, kept), w.now, from, rid); err != nil {
		return err
	}
	return w.exec(fmt.Sprintf("UPDATE %s_past SET recorded_to = ?1 WHERE rid = ?3 AND recorded_to IS NULL AND valid_to > ?2", kt.kind), w.now, from, rid)
}

// vanish ends records that a full collection no longer holds: the state held
// until now, the event was never so.
func (w *writer) vanish(kt *kindTable, nos []uint32) error {
	for _, no := range nos {
		w.touch(kt)
		if err := w.touchStored(kt, int64(no)); err != nil {
			return err
		}
		var rid string
		err := w.row(fmt.Sprintf("SELECT rid FROM %s_now WHERE no = ?", kt.kind), []any{int64(no)}, &rid)
		if errors.Is(err, sql.ErrNoRows) {
			continue // a watch of the same source got there first
		}
		if err != nil {
			return fmt.Errorf("%s %d: %w", kt.kind, no, err)
		}
		if err := w.retire(kt, int64(no), w.now); err != nil {
			return err
		}
		if err := w.exec(fmt.Sprintf("DELETE FROM %s_now WHERE no = ?", kt.kind), int64(no)); err != nil {
			return err
		}
		for i := range kt.children {
			if err := w.changeList(kt, &kt.children[i], rid, nil, w.now); err != nil {
				return err
			}
		}
	}
	return nil
}
