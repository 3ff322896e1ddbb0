package snapshot

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// changeDays is how long before as_of the rows that came, changed and went are
// counted.
const changeDays = 30

// ChangesFrom is when the rows that changed before an instant are counted from.
func ChangesFrom(asOf time.Time) time.Time { return asOf.AddDate(0, 0, -changeDays) }

// Source is what was known of a source when the snapshot was made. Ages are in
// seconds at that instant, null where nothing is known.
type Source struct {
	Name          string     `json:"name"`
	Plugin        string     `json:"plugin"`
	LastStarted   *time.Time `json:"last_started" jsonschema:"nullable"`
	LastSuccess   *time.Time `json:"last_success" jsonschema:"nullable"`
	LastFailure   *time.Time `json:"last_failure" jsonschema:"nullable"`
	FailureReason string     `json:"failure_reason,omitempty"`
	Age           *float64   `json:"age_seconds" jsonschema:"nullable"`
	ContentAt     *time.Time `json:"content_at" jsonschema:"nullable"`
	ContentAge    *float64   `json:"content_age_seconds" jsonschema:"nullable"`
	Interval      float64    `json:"interval_seconds"`        // twice that is late
	ContentMaxAge float64    `json:"content_max_age_seconds"` // 0 is never too old
	RetiredOn     *time.Time `json:"retired_on,omitempty"`
	Held          bool       `json:"held"` // a collection waits for someone to accept that many known rows vanished
	Last          Collected  `json:"last_collection"`
	// Kinds are the record kinds that the source gives.
	Kinds []SourceKind `json:"records"`
}

// Collected are the counts of the last collection: seen = refused + written +
// unchanged + repeated.
type Collected struct {
	Seen      int64            `json:"seen"`
	Refused   int64            `json:"refused"`
	Repeated  int64            `json:"repeated"`
	Written   int64            `json:"written"` // added and changed
	Added     int64            `json:"added"`
	Changed   int64            `json:"changed"`
	Unchanged int64            `json:"unchanged"`
	Vanished  int64            `json:"vanished"`
	Purged    int64            `json:"purged"`
	Warnings  map[string]int64 `json:"warnings"`
	// Readable is the share of the seen rows that were not refused.
	Readable *float64 `json:"readable_share" jsonschema:"nullable"`
}

// SourceKind is one kind of record of a source.
type SourceKind struct {
	Kind        record.Kind `json:"record"`
	Fields      []string    `json:"fields"`                // that the source gives
	Missing     []string    `json:"missing"`               // that it does not
	Coverage    float64     `json:"coverage"`              // share of the kind's fields that it gives
	Supplements string      `json:"supplements,omitempty"` // what it calls its records, if it only completes another source's
	// Rows that came, changed and went in the 30 days before as_of.
	Added   int64 `json:"added_30_days"`
	Changed int64 `json:"changed_30_days"`
	Removed int64 `json:"removed_30_days"`
}

// sources tells of every source.
func (c Content) sources() []Source {
	out := make([]Source, 0, len(c.Sources))
	for _, s := range c.Sources {
		x := Source{
			Name: s.Name, Plugin: s.Plugin, FailureReason: s.FailureReason, Held: s.Held,
			LastStarted: instant(s.LastStarted), LastSuccess: instant(s.LastSuccess), LastFailure: instant(s.LastFailure),
			ContentAt: instant(s.ContentAt), RetiredOn: instant(s.RetiredOn),
			Age: ageOf(s.LastSuccess, c.Created), ContentAge: ageOf(s.ContentAt, c.Created),
			Interval: s.Interval.Seconds(), ContentMaxAge: s.ContentMaxAge.Seconds(),
			Last: collected(s.Counts), Kinds: []SourceKind{},
		}
		for _, kind := range slices.Sorted(maps.Keys(s.Mapped)) {
			x.Kinds = append(x.Kinds, c.sourceKind(s, kind))
		}
		out = append(out, x)
	}
	return out
}

func collected(n store.Counts) Collected {
	x := Collected{
		Seen: n.Seen, Refused: n.Refused, Repeated: n.Repeated, Written: n.Inserted + n.Updated, Added: n.Inserted, Changed: n.Updated,
		Unchanged: n.Unchanged, Vanished: n.Vanished, Purged: n.Purged, Warnings: n.WarningCounts,
	}
	if x.Warnings == nil {
		x.Warnings = map[string]int64{}
	}
	if n.Seen > 0 {
		v := float64(n.Seen-n.Refused) / float64(n.Seen)
		x.Readable = &v
	}
	return x
}

func (c Content) sourceKind(s store.SourceState, kind record.Kind) SourceKind {
	k := SourceKind{Kind: kind, Fields: slices.Sorted(slices.Values(s.Mapped[kind])), Missing: []string{}, Supplements: s.Supplements[kind]}
	if k.Fields == nil {
		k.Fields = []string{}
	}
	if schema, ok := record.Lookup(kind); ok {
		all := 0
		for _, f := range schema.Fields {
			all++
			if !slices.Contains(k.Fields, f.Name) {
				k.Missing = append(k.Missing, f.Name)
			}
		}
		for _, f := range schema.Children {
			all++
			if !slices.Contains(k.Fields, f.Name) {
				k.Missing = append(k.Missing, f.Name)
			}
		}
		k.Coverage = float64(all-len(k.Missing)) / float64(max(all, 1))
	}
	for _, x := range c.Changes {
		if x.Source == s.Name && x.Kind == kind {
			k.Added, k.Changed, k.Removed = x.Added, x.Changed, x.Removed
		}
	}
	return k
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func ageOf(t, now time.Time) *float64 {
	if t.IsZero() {
		return nil
	}
	v := max(now.Sub(t).Seconds(), 0)
	return &v
}

// state is a source as the store tells of it.
func (x Source) state() store.SourceState {
	at := func(t *time.Time) time.Time {
		if t == nil {
			return time.Time{}
		}
		return *t
	}
	s := store.SourceState{
		SourceInfo: store.SourceInfo{
			Name: x.Name, Plugin: x.Plugin, RetiredOn: at(x.RetiredOn),
			Interval: seconds(x.Interval), ContentMaxAge: seconds(x.ContentMaxAge),
		},
		LastStarted: at(x.LastStarted), LastSuccess: at(x.LastSuccess), LastFailure: at(x.LastFailure), FailureReason: x.FailureReason,
		ContentAt: at(x.ContentAt), Held: x.Held, Mapped: map[record.Kind][]string{},
		Counts: store.Counts{
			Seen: x.Last.Seen, Refused: x.Last.Refused, Repeated: x.Last.Repeated, Inserted: x.Last.Added, Updated: x.Last.Changed,
			Unchanged: x.Last.Unchanged, Vanished: x.Last.Vanished, Purged: x.Last.Purged, WarningCounts: x.Last.Warnings,
		},
	}
	for _, k := range x.Kinds {
		s.Mapped[k.Kind] = k.Fields
		if k.Supplements != "" {
			if s.Supplements == nil {
				s.Supplements = map[record.Kind]string{}
			}
			s.Supplements[k.Kind] = k.Supplements
		}
	}
	return s
}

func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

// sourceHeads are the columns of the sources as a table.
func sourceHeads() []string {
	return []string{"kalla", "tillagg", "senast_last", "alder_dygn", "innehall_fran", "innehall_alder_dygn", "vantar_pa_besked", "sedda", "avvisade", "forsvunna", "skrivna",
		"andel_lasbara", "post", "andel_falt", "tillkomna_30_dygn", "andrade_30_dygn", "borttagna_30_dygn"}
}

// sourceRows are the sources as a table, a row for each kind of record.
func sourceRows(sources []Source) [][]string {
	var out [][]string
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	days := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v/86400, 'f', 1, 64)
	}
	for _, s := range sources {
		n := s.Last
		head := []string{s.Name, s.Plugin, localTime(s.LastSuccess), days(s.Age), localTime(s.ContentAt), days(s.ContentAge), yes(s.Held),
			count(n.Seen), count(n.Refused), count(n.Vanished), count(n.Written), decimal(n.Readable)}
		for _, k := range s.Kinds {
			out = append(out, append(slices.Clone(head), string(k.Kind), decimal(&k.Coverage), count(k.Added), count(k.Changed), count(k.Removed)))
		}
		if len(s.Kinds) == 0 {
			out = append(out, append(slices.Clone(head), "", "", "", "", ""))
		}
	}
	return out
}

// localTime is an instant as people here write it.
func localTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(calendar.Location()).Format("2006-01-02 15:04")
}
