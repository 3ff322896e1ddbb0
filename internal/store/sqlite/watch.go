package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Commit writes one Watch batch in one transaction: records are upserted,
// nothing vanishes, and the cursor moves with them. Probe results are added to
// the roll-ups instead, each once.
func (s *Store) Commit(ctx context.Context, src store.SourceInfo, b sdk.WatchBatch, now time.Time) error {
	if err := checkSourceName(src.Name); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	var c store.Counts
	for _, w := range b.Warnings {
		addWarning(&c, w)
	}
	c.Seen = int64(len(b.Records)) + c.Refused
	enc := codec{tables: s.tables}
	w := &writer{s: s, ctx: ctx, src: src, now: now.Unix(), used: usedFields{}, counts: &c}
	probes, others := s.probesOf(b.Records)
	w.noteUsed(others)
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		if err := w.begin(tx); err != nil {
			return err
		}
		if err := w.upsertAll(&enc, others); err != nil {
			return err
		}
		if len(probes) > 0 {
			if err := w.rollUpWatch(probes); err != nil {
				return fmt.Errorf("roll up: %w", err)
			}
		}
		return w.finish(sourceUpdate{started: now, header: &sdk.Header{Mapped: b.Mapped}, end: &sdk.End{Cursor: b.Cursor}, watch: true})
	})
	if err != nil {
		return fmt.Errorf("store: commit %s: %w", src.Name, err)
	}
	return nil
}

// Amend writes records that the daemon itself made of a source's: its cursor,
// counts and mapped fields stay as they are.
func (s *Store) Amend(ctx context.Context, src store.SourceInfo, recs []record.Record, now time.Time) error {
	if err := checkSourceName(src.Name); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	var c store.Counts
	enc := codec{tables: s.tables}
	w := &writer{s: s, ctx: ctx, src: src, now: now.Unix(), used: usedFields{}, counts: &c}
	all := make([]*record.Record, len(recs))
	for i := range recs {
		all[i] = &recs[i]
	}
	w.noteUsed(all)
	_, err := s.update(ctx, func(tx *sql.Tx) error {
		if err := w.begin(tx); err != nil {
			return err
		}
		if err := w.upsertAll(&enc, all); err != nil {
			return err
		}
		return w.settleAll()
	})
	if err != nil {
		return fmt.Errorf("store: amend %s: %w", src.Name, err)
	}
	return nil
}

// probesOf parts probe results from other records.
func (s *Store) probesOf(recs []record.Record) (probes, others []*record.Record) {
	kt, _ := s.tables.of(record.Observation)
	kind, subject, start := kt.schema.Index("kind"), kt.schema.Index("subject"), kt.schema.Index("started_at")
	for i := range recs {
		r := &recs[i]
		if r.Kind == record.Observation && value(r.Values, kind).S == "probe" && value(r.Values, subject).S != "" && value(r.Values, start).State == record.Set {
			probes = append(probes, r)
		} else {
			others = append(others, r)
		}
	}
	return probes, others
}

func (w *writer) noteUsed(recs []*record.Record) {
	for _, r := range recs {
		if kt, ok := w.s.tables.of(r.Kind); ok {
			w.used.note(kt, r)
		}
	}
}

func (w *writer) upsertAll(enc *codec, recs []*record.Record) error {
	for _, rec := range recs {
		r := *rec
		kt, ok := w.s.tables.of(r.Kind)
		if !ok {
			return fmt.Errorf("unknown kind %q", r.Kind)
		}
		if r.ID == "" {
			return fmt.Errorf("%s: no id", r.Kind)
		}
		r.Values = padded(r.Values, len(kt.columns))
		r.Children = padded(r.Children, len(kt.children))
		if err := w.upsertNow(kt, &staged{hashes: enc.hash(kt, &r), rec: r}); err != nil {
			return err
		}
	}
	return nil
}

// padded makes a slice as long as the schema wants it.
func padded[T any](s []T, n int) []T {
	if len(s) >= n {
		return s
	}
	return append(s[:len(s):len(s)], make([]T, n-len(s))...)
}

// upsertNow writes a record that may follow another of the same id, so what
// is gathered is written first.
func (w *writer) upsertNow(kt *kindTable, rec *staged) error {
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	k := string(kt.kind) + ":" + rec.rec.ID
	if w.seen[k] {
		w.counts.Repeated++
		if err := w.flushAll(); err != nil {
			return err
		}
	}
	w.seen[k] = true
	return w.upsert(kt, rec)
}
