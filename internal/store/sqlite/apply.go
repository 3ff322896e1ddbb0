package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// The vanished-rows guard: a collection that loses more than this share, and
// at least this many, of the known rows of a kind is held.
const (
	guardShare = 0.10
	guardRows  = 20
)

var errStaleHold = errors.New("the source has been written to since this collection was held; collect it again")

// Apply makes the collection current. On ErrHeld the staging stays open:
// Apply may be called again with AcceptVanished.
func (st *staging) Apply(ctx context.Context, end sdk.End, opt store.ApplyOptions) (store.Counts, error) {
	if err := st.open(); err != nil {
		return st.counts, err
	}
	counts, err := st.apply(ctx, end, opt)
	if errors.Is(err, store.ErrHeld) {
		return counts, err
	}
	if err != nil {
		err = fmt.Errorf("store: apply %s: %w", st.src.Name, err)
	}
	return counts, errors.Join(err, st.end())
}

func (st *staging) apply(ctx context.Context, end sdk.End, opt store.ApplyOptions) (store.Counts, error) {
	c := st.counts
	c.Seen = end.Seen
	if err := st.out.Flush(); err != nil {
		return c, translate(err)
	}
	if err := st.mayDate(opt.Dated); err != nil {
		return c, err
	}
	vanished := map[int][]uint32{}
	for i, set := range st.sets {
		same, gone := set.tally()
		c.Unchanged += same
		kt := &st.s.tables.list[i]
		if !st.header.Full || st.header.Unchanged || (kt.event && !st.header.CoversAll) || !opt.Dated.IsZero() {
			continue
		}
		vanished[i] = gone
		c.Vanished += int64(len(gone))
		if len(gone) >= guardRows && float64(len(gone)) > guardShare*float64(set.stored) && !opt.AcceptVanished {
			return c, st.hold(ctx, c, kt, len(gone), set.stored)
		}
	}
	w := &writer{s: st.s, ctx: ctx, src: st.src, now: st.now.Unix(), dated: epochOf(opt.Dated), used: st.used, counts: &c}
	first := st.firstLoad() && w.dated == 0
	longest := time.Duration(0)
	if first {
		var err error
		if longest, err = st.loadUnseen(ctx, w); err != nil {
			c.LockHeld = longest
			return c, err
		}
	}
	st.s.writing.Lock()
	defer st.s.writing.Unlock()
	if err := st.s.dropHeld(st.src.Name, st); err != nil {
		return c, err
	}
	held, err := st.s.update(ctx, func(tx *sql.Tx) error {
		if err := w.begin(tx); err != nil {
			return err
		}
		if st.held && w.generation != st.generation {
			return errStaleHold
		}
		if first {
			if err := w.publish(); err != nil {
				return err
			}
		}
		for i, ids := range st.purges {
			if err := w.purge(&st.s.tables.list[i], ids); err != nil {
				return err
			}
		}
		if !first {
			if err := st.write(w); err != nil {
				return err
			}
		}
		for i, nos := range vanished {
			if err := w.vanish(&st.s.tables.list[i], nos); err != nil {
				return err
			}
		}
		if err := st.rekey.apply(w); err != nil {
			return fmt.Errorf("change the key: %w", err)
		}
		checkCounts(&c)
		return w.finish(sourceUpdate{started: st.now, header: &st.header, end: &end})
	})
	c.LockHeld = max(longest, held)
	if err != nil {
		if first {
			err = errors.Join(err, st.s.abandonLoads(context.WithoutCancel(ctx), st.src.Name))
		}
		return c, err
	}
	if len(w.hours) > rollupStep {
		err = st.s.rollUpMarked(ctx, w.now)
	}
	if len(st.purges) > 0 {
		err = errors.Join(err, st.s.forget(ctx))
	}
	return c, errors.Join(err, st.s.shrink(ctx))
}

// write writes what was staged, as the present or as an older list.
func (st *staging) write(w *writer) error {
	if w.dated == 0 {
		return st.each(func(seq uint32, rec *staged) error { return st.applyOne(w, seq, rec) })
	}
	d := newDating(w)
	for i, set := range st.sets {
		kt := &st.s.tables.list[i]
		if err := d.open(kt); err != nil {
			return err
		}
		var same []uint32
		set.each(func(no, seq uint32) {
			if seq == unchanged {
				same = append(same, no)
			}
		})
		for _, no := range same {
			if err := d.same(kt, no); err != nil {
				return err
			}
		}
	}
	return st.each(func(seq uint32, rec *staged) error {
		if _, _, ok := st.sets[rec.kind].live(rec.key, seq); !ok {
			return nil
		}
		return d.add(&st.s.tables.list[rec.kind], rec)
	})
}

// applyOne writes one staged record, if it is the last word on its id.
func (st *staging) applyOne(w *writer, seq uint32, rec *staged) error {
	row, no, ok := st.sets[rec.kind].live(rec.key, seq)
	if !ok {
		return nil
	}
	kt := &st.s.tables.list[rec.kind]
	if st.header.Full && w.generation == st.generation {
		if no == 0 {
			return w.insert(kt, rec)
		}
		return w.change(kt, rec, int64(no), row)
	}
	if !st.header.Full {
		return w.increment(kt, rec, &st.codec)
	}
	return w.upsert(kt, rec)
}

// checkCounts warns when rows are unaccounted for: a source that looked at
// more rows than it wrote or refused has lost some on the way.
func checkCounts(c *store.Counts) {
	distinct := c.Inserted + c.Updated + c.Unchanged
	if c.Seen == c.Refused+distinct+c.Repeated {
		return
	}
	addWarning(c, sdk.Warning{Code: "counts_differ", Reason: fmt.Sprintf(
		"Källan läste %d rader, men %d skrevs, %d upprepade ett id och %d avvisades. Raderna går inte ihop.", c.Seen, distinct, c.Repeated, c.Refused)})
}
