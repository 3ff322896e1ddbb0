package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// writer writes records of one source in one transaction.
type writer struct {
	s          *Store
	ctx        context.Context
	tx         *sql.Tx
	src        store.SourceInfo
	now        int64
	dated      int64      // reconstructed history as of this instant; 0 is the present
	used       usedFields // the fields that have a value in any record
	counts     *store.Counts
	sourceNo   int64
	generation int64
	stmts      map[string]*sql.Stmt
	refs       map[refKey]int64
	docs       map[docKey]int64
	inserts    map[string]*bulk
	touched    map[record.Kind]bool // kinds whose records changed
	moved      *bool                // whether any ticket has moved to another system; nil is not asked
	hours      map[probeHour]bool   // probe hours to roll up
	seen       map[string]bool      // ids of this batch
	named      bool                 // an org unit or system changed
	newNames   bool                 // a name was met for the first time
	keyed      bool                 // accounts may have other keys, or their sources another order
}

type refKey struct{ scheme, raw string }
type docKey struct{ doc, sheet string }

// begin registers the source and readies the writer for a transaction.
func (w *writer) begin(tx *sql.Tx) error {
	w.tx, w.stmts, w.inserts = tx, map[string]*sql.Stmt{}, map[string]*bulk{}
	w.moved = nil
	if w.touched == nil {
		w.touched = map[record.Kind]bool{}
		w.refs, w.docs = map[refKey]int64{}, map[docKey]int64{} // numbers never change
	}
	i := w.src
	var precedence int
	err := tx.QueryRowContext(w.ctx, "SELECT precedence FROM source WHERE name = ?", i.Name).Scan(&precedence)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("register source: %w", err)
	}
	w.named = w.named || precedence != i.Precedence
	w.keyed = w.keyed || precedence != i.Precedence
	err = tx.QueryRowContext(w.ctx, "INSERT INTO source (name, plugin, precedence, interval_s, content_max_age_s, retired_on) VALUES (?, ?, ?, ?, ?, ?)"+
		" ON CONFLICT (name) DO UPDATE SET plugin = excluded.plugin, precedence = excluded.precedence, interval_s = excluded.interval_s, content_max_age_s = excluded.content_max_age_s, retired_on = excluded.retired_on RETURNING no, generation",
		i.Name, i.Plugin, i.Precedence, int64(i.Interval/time.Second), int64(i.ContentMaxAge/time.Second), epoch(i.RetiredOn)).Scan(&w.sourceNo, &w.generation)
	if err != nil {
		return fmt.Errorf("register source: %w", err)
	}
	return nil
}

func (w *writer) rid(id string) string { return w.src.Name + ":" + id }

// stmt prepares a statement once per transaction.
func (w *writer) stmt(text string) (*sql.Stmt, error) {
	if st, ok := w.stmts[text]; ok {
		return st, nil
	}
	st, err := w.tx.PrepareContext(w.ctx, text)
	if err != nil {
		return nil, err
	}
	w.stmts[text] = st
	return st, nil
}

func (w *writer) exec(text string, args ...any) error {
	_, err := w.affect(text, args...)
	return err
}

// affect runs a statement and returns how many rows it changed.
func (w *writer) affect(text string, args ...any) (int64, error) {
	st, err := w.stmt(text) //nolint:sqlclosecheck // kept, and closed with the transaction
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// row reads one row into dest; sql.ErrNoRows if there is none.
func (w *writer) row(text string, args []any, dest ...any) error {
	st, err := w.stmt(text) //nolint:sqlclosecheck // kept, and closed with the transaction
	if err != nil {
		return err
	}
	return st.QueryRowContext(w.ctx, args...).Scan(dest...)
}

// upsert writes a record of which it is not known whether the store has it.
func (w *writer) upsert(kt *kindTable, rec *staged) error {
	var no, hash int64
	err := w.row(fmt.Sprintf("SELECT no, hash FROM %s_now WHERE rid = ?", kt.kind), []any{w.rid(rec.rec.ID)}, &no, &hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return w.insert(kt, rec)
	case err != nil:
		return err
	case uint64(hash) == rec.row:
		w.counts.Unchanged++
		return nil
	}
	return w.change(kt, rec, no, uint64(hash))
}

// insert writes a record that the store does not have.
func (w *writer) insert(kt *kindTable, rec *staged) error {
	w.counts.Inserted++
	w.touch(kt)
	w.touchProbe(kt, rec.rec.Values)
	rid := w.rid(rec.rec.ID)
	from := w.validFrom(rec)
	if err := w.correctPast(kt, rec, from); err != nil {
		return err
	}
	doc, err := w.doc(rec.rec.Place)
	if err != nil {
		return err
	}
	b := w.bulkOf(kt)
	args := append(b.args, rid, w.sourceNo, int64(rec.row), doc, rec.rec.Place.Row, w.now, w.now)
	if !kt.event {
		args = append(args, from)
	}
	for _, i := range b.fields {
		v, err := w.arg(&kt.columns[i], rec.rec.Values[i])
		if err != nil {
			return err
		}
		args = append(args, v)
	}
	if err := b.added(w.ctx, args); err != nil {
		return err
	}
	for i := range kt.children {
		if err := w.insertList(kt, &kt.children[i], rid, rec.rec.Children[kt.children[i].index], from); err != nil {
			return err
		}
	}
	return w.joinMoved(kt, rec)
}

// validFrom is when the state described began to hold: the date that the
// source gives, never later than now.
func (w *writer) validFrom(rec *staged) int64 {
	if e := rec.rec.EffectiveFrom; e != 0 && e < w.now {
		return e
	}
	return w.now
}

func (w *writer) touch(kt *kindTable) {
	w.touched[kt.kind] = true
	w.named = w.named || kt.identity
}

// arg turns a value into what is bound: nil for both kinds of nothing, the
// number of the reference for a reference.
func (w *writer) arg(c *column, v record.Value) (any, error) {
	if v.State != record.Set {
		return nil, nil
	}
	switch c.field.Type {
	case record.Float:
		return v.F, nil
	case record.Ref:
		return w.ref(c.scheme, v.S)
	case record.Text, record.Enum, record.Pseudonym:
		return v.S, nil
	default:
		return v.I, nil
	}
}

// ref gives the number of a name that the source uses.
func (w *writer) ref(scheme, raw string) (int64, error) {
	k := refKey{scheme, raw}
	if no, ok := w.refs[k]; ok {
		return no, nil
	}
	var no int64
	err := w.row("SELECT no FROM ref WHERE scheme = ? AND source_no = ? AND raw = ?", []any{scheme, w.sourceNo, raw}, &no)
	if errors.Is(err, sql.ErrNoRows) {
		w.newNames = true
		err = w.tx.QueryRowContext(w.ctx, "INSERT INTO ref (scheme, source_no, raw) VALUES (?, ?, ?) RETURNING no", scheme, w.sourceNo, raw).Scan(&no)
	}
	if err != nil {
		return 0, err
	}
	w.refs[k] = no
	return no, nil
}

// doc gives the number of a document and sheet; nil if the place is unknown.
func (w *writer) doc(p record.Place) (any, error) {
	if p.Doc == "" {
		return nil, nil
	}
	k := docKey{p.Doc, p.Sheet}
	if no, ok := w.docs[k]; ok {
		return no, nil
	}
	var no int64
	err := w.tx.QueryRowContext(w.ctx, "INSERT INTO doc (doc, sheet) VALUES (?, ?) ON CONFLICT (doc, sheet) DO UPDATE SET doc = excluded.doc RETURNING no", p.Doc, p.Sheet).Scan(&no)
	if err != nil {
		return nil, err
	}
	w.docs[k] = no
	return no, nil
}
