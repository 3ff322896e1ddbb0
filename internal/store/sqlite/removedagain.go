package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// removedBefore is the instant before which each kind has been removed.
type removedBefore map[record.Kind]int64

var errRemovedThen = errors.New("uppgifter från den tiden är gallrade")

func (s *Store) removedBefore(ctx context.Context) (removedBefore, error) {
	rs, err := s.Removals(ctx)
	if err != nil {
		return nil, err
	}
	out := removedBefore{}
	for _, r := range rs {
		out[r.Kind] = max(out[r.Kind], r.Before.Unix())
	}
	return out, nil
}

// event tells whether a record that a source still has is one of those that
// were removed: what overCond says in SQL.
func (b removedBefore) event(kt *kindTable, r *record.Record) bool {
	before, removed := b[kt.kind]
	if !removed || !kt.event {
		return false
	}
	get := func(name string) record.Value { return value(r.Values, kt.schema.Index(name)) }
	if get(kt.schema.EventTime).State != record.Set {
		return false
	}
	for i, c := range kt.columns {
		if v := value(r.Values, i); c.field.Type == record.Time && !c.field.Ahead && v.State == record.Set && v.I >= before {
			return false
		}
	}
	switch kt.kind {
	case record.Ticket:
		status := get("status").S
		return get("resolved_at").State == record.Set || get("closed_at").State == record.Set || status == "resolved" || status == "closed" || status == "cancelled"
	case record.Observation:
		kind := get("kind").S
		return get("ended_at").State == record.Set || kind != "outage" && kind != "unmeasured"
	}
	return true
}

// keepOut counts a record that was removed and that its source still has.
func (st *staging) keepOut(r *record.Record) {
	const code = "removed"
	st.counts.Unchanged++
	if st.counts.WarningCounts[code] == 0 {
		addWarning(&st.counts, sdk.Warning{Code: code, Place: record.Place{Doc: r.Place.Doc, Sheet: r.Place.Sheet}, Reason: "Källan har kvar poster som är gallrade. De läses inte in igen."})
		return
	}
	st.counts.WarningCounts[code]++
}

// mayDate refuses an older list of a time whose states were removed.
func (st *staging) mayDate(dated time.Time) error {
	if dated.IsZero() {
		return nil
	}
	for i := range st.sets {
		kt := &st.s.tables.list[i]
		if before, removed := st.removed[kt.kind]; removed && !kt.event && dated.Unix() < before {
			return fmt.Errorf("%s: %w", kt.kind, errRemovedThen)
		}
	}
	return nil
}

// holds tells whether the store is known to hold a record.
func (k *known) holds(key uint64) bool {
	if k == nil {
		return false
	}
	key = max(key, 1)
	sh := &k.shards[key>>56]
	if len(sh.slots) == 0 {
		return false
	}
	s := sh.find(key)
	return s[0] == key && s.no() != 0
}
