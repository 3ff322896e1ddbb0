package sqlite

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// movesTickets tells whether a source says which id its tickets had in the
// system before this one.
func movesTickets(mapped map[record.Kind][]string) bool {
	return slices.Contains(mapped[record.Ticket], "previous_id")
}

// joinMoved makes one ticket of two: a ticket that moved to a new system
// takes over when it was opened and answered there, and the old record becomes
// a closed version. It works whichever of the two comes first.
func (w *writer) joinMoved(kt *kindTable, rec *staged) error {
	if kt.kind != record.Ticket {
		return nil
	}
	if prev := value(rec.rec.Values, kt.schema.Index("previous_id")); prev.State == record.Set {
		return w.takeOver(kt, w.rid(rec.rec.ID), prev.S)
	}
	moved, err := w.anyMoved()
	if err != nil || !moved {
		return err
	}
	var successor string
	err = w.row("SELECT rid FROM ticket_now WHERE previous_id = ? AND source_no <> ?", []any{rec.rec.ID, w.sourceNo}, &successor)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.takeOver(kt, successor, rec.rec.ID)
}

// anyMoved tells whether any ticket has moved; asked once per transaction.
func (w *writer) anyMoved() (bool, error) {
	if w.moved == nil {
		var any bool
		if err := w.tx.QueryRowContext(w.ctx, "SELECT EXISTS (SELECT 1 FROM ticket_now WHERE previous_id IS NOT NULL)").Scan(&any); err != nil {
			return false, err
		}
		w.moved = &any
	}
	return *w.moved, nil
}

// takeOver joins the ticket rid with the one that had the id previous in
// another source, if there is one.
func (w *writer) takeOver(kt *kindTable, rid, previous string) error {
	if err := w.flushAll(); err != nil {
		return err
	}
	sources, err := sourceNumbers(w.ctx, w.tx)
	if err != nil {
		return err
	}
	for name := range sources {
		r := name + ":" + previous
		if strings.HasPrefix(rid, name+":") {
			continue
		}
		if err := w.retireMoved(kt, r); err != nil {
			return err
		}
		for _, field := range []string{"opened_at", "acknowledged_at", "first_response_at"} {
			if err := w.exec("UPDATE ticket_now SET "+field+" = min(coalesce("+field+", o.v), o.v) FROM (SELECT "+field+" AS v FROM ticket_past WHERE rid = ?2 ORDER BY ver DESC LIMIT 1) o WHERE rid = ?1 AND o.v IS NOT NULL", rid, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// retireMoved closes the record of a ticket that lives on elsewhere.
func (w *writer) retireMoved(kt *kindTable, rid string) error {
	var no int64
	err := w.tx.QueryRowContext(w.ctx, "SELECT no FROM ticket_now WHERE rid = ?", rid).Scan(&no)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := w.retire(kt, no, w.now); err != nil {
		return err
	}
	return w.exec("DELETE FROM ticket_now WHERE no = ?", no)
}
