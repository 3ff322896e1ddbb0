package store

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Archive removes what has been kept long enough, by decision.
type Archive interface {
	// RemoveOlder removes for good what ended before an instant: events of which
	// every time lies before it and that are over, and versions of a state that
	// held and were known to no longer hold before it. A point from that instant
	// on reads the same after as before. It works in short transactions; the
	// removal is noted before the first of them, so that nothing is ever computed
	// of half of the rows, and one that was interrupted is finished by asking again.
	RemoveOlder(ctx context.Context, r Removal) (Removed, error)
	// CountOlder tells what RemoveOlder would remove.
	CountOlder(ctx context.Context, kind record.Kind, before time.Time) (Removed, error)
	// NoteAffected keeps which figures of the present a removal changed: they
	// reached further back than they say.
	NoteAffected(ctx context.Context, kind record.Kind, before time.Time, kpis []string) error
	// Removals are all removals that were ever made, the newest first of each kind.
	Removals(ctx context.Context) ([]Removal, error)
}

// Removal says that records of a kind from before an instant are gone.
type Removal struct {
	Kind     record.Kind
	Before   time.Time
	At       time.Time
	Decision string
	Done     bool
	Affected []string // ids of figures that it changed, which must not be shown as if it had not
}

// Removed is what a removal came to.
type Removed struct {
	Records  int64     // events, and versions of states
	Lists    int64     // rows of their lists
	First    time.Time // the oldest and the newest time that the removed records bear
	Last     time.Time
	LockHeld time.Duration // longest write transaction
}
