// Package store says what the daemon needs of a database. Backends live in
// sub-packages (sqlite now, PostgreSQL can join) and all pass storetest.
//
// Three parties use it: collection stages and applies (Collector), the KPI
// engine reads through relations (Reader), and findings are kept (Findings).
package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("finns inte")                                       // no such source, finding or pseudonym
	ErrHeld     = errors.New("väntar på besked: för många kända rader försvann") // the guard; Accept applies it all the same
	ErrLocked   = errors.New("databasen används av en annan process")            // another daemon owns it
	ErrCorrupt  = errors.New("databasen är skadad")                              // the file fails its own checks
	ErrFull     = errors.New("disken är full")                                   // nothing was changed
	ErrNewer    = errors.New("databasen är gjord av en nyare kommunpuls")        // migrations are one-way
)

// Store is one open database. It is safe for concurrent use.
type Store interface {
	Persons
	Archive
	// Stage opens a staging area for one collection of one source, outside
	// the main database: no lock on it is held until Apply.
	Stage(ctx context.Context, src SourceInfo, now time.Time) (Staging, error)
	// Commit writes one Watch batch at once. Its probe results are added to the
	// minute, hour and day of their targets (relations probe_hourly, probe_span and
	// probe_target) instead of being kept; one that is not newer than the newest
	// of its target came before and changes nothing.
	Commit(ctx context.Context, src SourceInfo, b sdk.WatchBatch, now time.Time) error
	// Amend writes records that the daemon itself made of a source's, such as
	// disruptions. The source's cursor, counts and mapped fields stay.
	Amend(ctx context.Context, src SourceInfo, recs []record.Record, now time.Time) error
	// Cursor returns the cursor of the last applied collection or watch batch; ErrNotFound if none.
	Cursor(ctx context.Context, source string) ([]byte, error)
	// Sources returns the state of every source ever collected.
	Sources(ctx context.Context) ([]SourceState, error)
	// NoteFailure records that a collection failed; earlier data stay and age.
	NoteFailure(ctx context.Context, source, plugin, reason string, now time.Time) error
	// SetIdentities replaces names and aliases and resolves stored references anew.
	SetIdentities(ctx context.Context, ids []Identity, now time.Time) error
	// Unmapped lists names that resolve to nothing, with how many records use each, most used first.
	Unmapped(ctx context.Context) ([]UnmappedName, error)
	// MappingChanges lists the names and records that led to another identity
	// than before, from an instant, oldest first.
	MappingChanges(ctx context.Context, from time.Time) ([]MappingChange, error)
	// NoteDecisions compares what is decided with what was noted last, keeps what
	// changed in the log for ever and returns that.
	NoteDecisions(ctx context.Context, ds []Decided, now time.Time) ([]DecisionChange, error)
	// DecisionLog lists the changes of decisions from an instant, oldest first.
	DecisionLog(ctx context.Context, from time.Time) ([]DecisionChange, error)
	// SetCalendar replaces the working-time calendar (table calendar).
	SetCalendar(ctx context.Context, days []CalendarDay) error
	// SetOpening replaces the open days of the named opening hours (relation
	// opening_hours). Hours that are not named stay.
	SetOpening(ctx context.Context, hours map[string][]CalendarDay) error
	// OpenReader opens a connection for evaluation that cannot write: mode=ro,
	// query_only, no ATTACH, limits on length. See Reader.
	OpenReader(ctx context.Context, at Point) (Reader, error)
	// SaveFindings keeps an evaluation. The published value of a closed month
	// is stored once and never changed; a recomputation stands beside it.
	SaveFindings(ctx context.Context, at Point, fs []finding.Finding) error
	// Findings returns the newest stored evaluation at or before a point; ErrNotFound if none.
	Findings(ctx context.Context, at Point) ([]finding.Finding, error)
	// History returns a KPI's stored findings between two instants, oldest first.
	History(ctx context.Context, kpi string, from, to time.Time) ([]finding.Finding, error)
	// Newest returns a KPI's newest stored finding between two instants, a
	// month's published value before any other; ErrNotFound if there is none.
	Newest(ctx context.Context, kpi string, from, to time.Time) (finding.Finding, error)
	// SourceKey returns the id of the key that a source's pseudonyms are made
	// with, "" where that was not noted; ErrNotFound for a source never collected.
	SourceKey(ctx context.Context, source string) (string, error)
	// Began returns when anything was first collected; ErrNotFound if nothing was.
	Began(ctx context.Context) (time.Time, error)
	// RowChanges counts the records that came, changed and went after from and no
	// later than to, by source and kind; sources and kinds without any are left out.
	RowChanges(ctx context.Context, from, to time.Time) ([]RowChange, error)
	// Changed returns, per kind, a number that grows when its records change.
	Changed(ctx context.Context) (map[record.Kind]int64, error)
	Close() error
}

// SourceInfo identifies a configured source.
type SourceInfo struct {
	Name   string // instance name from the config
	Plugin string // "table"
	// Precedence orders sources that describe one system; lower wins.
	Precedence int
	// Interval is how often it should be collected; twice that is late.
	Interval time.Duration
	// ContentMaxAge is when untouched content makes figures stale; 0 is never.
	ContentMaxAge time.Duration
	// RetiredOn, if not zero: the source was switched off; its data stay and are never stale.
	RetiredOn time.Time
	// KeyID is the id of the key that the pseudonyms of a collection are made
	// with, "" where that is not said. FormerKeyID, if not "", is that of the key
	// before: what comes are twins (sdk.Twin), and the store's pseudonyms are
	// renamed with them when the collection is applied. Neither is read back.
	KeyID, FormerKeyID string
}

// Staging collects what one Collect call writes. It satisfies sdk.Sink.
// Exactly one of Apply and Discard ends it.
type Staging interface {
	sdk.Sink
	// Apply makes the collection current in one short transaction, moves the
	// cursor and reconciles counts. With the guard tripped (over 10 % and at
	// least 20 known rows would vanish) it changes nothing, keeps the staged
	// data for AcceptVanished and returns ErrHeld with the counts filled in.
	Apply(ctx context.Context, end sdk.End, opt ApplyOptions) (Counts, error)
	// Discard drops everything staged.
	Discard() error
}

// ApplyOptions change how a collection is applied.
type ApplyOptions struct {
	AcceptVanished bool
	Dated          time.Time // import as reconstructed history as of this instant
}

// Counts reconcile a collection: Seen = Refused + distinct rows + repeated ids.
type Counts struct {
	Seen, Refused, Repeated, Inserted, Updated, Unchanged, Vanished, Purged int64
	Warnings                                                                []sdk.Warning // first 20 of each code
	WarningCounts                                                           map[string]int64
	LockHeld                                                                time.Duration // how long the write lock was held
}

// SourceState is what is known of a source.
type SourceState struct {
	SourceInfo
	LastStarted, LastSuccess, LastFailure time.Time
	FailureReason                         string
	ContentAt                             time.Time
	Counts                                Counts
	Held                                  bool
	Mapped                                map[record.Kind][]string
	Supplements                           map[record.Kind]string // sdk.Header.Supplements of the newest collection
}

// RowChange counts what became of the records of a source and kind in a stretch
// of time. A record that came and went in it did both.
type RowChange struct {
	Source                  string
	Kind                    record.Kind
	Added, Changed, Removed int64
}

// Identity names one org unit, system, site or supplier.
type Identity struct {
	Scheme    string // "org_unit", "system", "site", "supplier"
	ID        string // stable id, [a-z0-9_-]
	Name      string
	Kind      string // org units only: a kind of record.OrgUnit, "forvaltning" if nothing else is said
	Parent    string // id, org units only
	Aliases   []Alias
	Patterns  []Pattern
	ValidFrom time.Time // zero: always
	ValidTo   time.Time // zero: still
	Successor string    // id that took over
	// Successors are the ids that took over together, where it was split; then
	// Successor is empty, for what it had cannot be given to any of them.
	Successors []string
}

// Pattern is a form of names that leads to an identity where no name does. Of
// several that fit, those of the highest priority go first, and of paths the
// nearest unit; what then fits several identities fits none.
type Pattern struct {
	Source   string // "" is every source
	Kind     string // "pattern", "ou" or "cost_centre"; see package store/pattern
	Text     string
	Priority int
}

// Alias is another name of an identity, in one source ("" = every source).
type Alias struct{ Source, Name string }

// MappingChange is a name ("arenden: Skola") or a record that leads to another
// identity than before; Became is "" where it leads to none.
type MappingChange struct {
	At                        time.Time
	Scheme, Name, Was, Became string
}

// Decided is one decision in force in the files, as the log keeps it: a target,
// a waiver, an org unit.
type Decided struct {
	Section, Key string            // "targets", "sso_coverage soc 2026-01-01"
	Fields       map[string]string // what it says, by the file's field names
	// Decision is the reference ("KS 2026/145, § 62"), By the body or role that
	// decided and Why the reason, as far as the decision has them. None of them
	// names a person.
	Decision, By, Why string
	File              string // base name of the file it stands in, "" if unknown
}

// DecisionChange is one field of one decision that came, changed or went.
type DecisionChange struct {
	At                               time.Time
	Section, Key, Field, Was, Became string
	Decision, By, Why, File          string
}

// UnmappedName is a name in a source that maps to nothing.
type UnmappedName struct {
	Scheme, Source, Name string
	// Kind is what bears the name: the relation of its records ("ticket",
	// "asset_software"), or what a supplementing source calls them
	// ("Entra-applikation").
	Kind    string
	Records int64
	// Fits are the ids of several identities that it fits, "bun, soc"; it is
	// given to none of them.
	Fits string
}

// CalendarDay is one day of working time in Europe/Stockholm.
type CalendarDay struct {
	DayStart   int64 // first second of the local day, epoch seconds
	OpenFrom   int64 // first open second, epoch; = OpenTo on closed days
	OpenTo     int64
	Cumulative int64 // open seconds before DayStart since the calendar's start
}

// Point is a bitemporal point: the state at AsOf, as known at KnownAt.
type Point struct{ AsOf, KnownAt time.Time }

// Reader runs KPI texts. Every record kind is a relation with its fields as
// columns (times as epoch seconds, booleans as 0/1) plus the envelope:
//
//	id           canonical id (the identity's id for org_unit and system, else source + source_id)
//	source, source_id, place   where it came from; place is ready for people
//	<ref>        a Ref field's resolved id, NULL if it resolves to nothing
//	<ref>_raw    the name the source used
//	seen_at      first time this state was seen (epoch seconds)
//
// and every child list is a relation <kind>_<child> with parent = the record's id.
// The table calendar(day_start, open_from, open_to, cumulative) stands beside
// them, and the relation name_seen(id, source, source_id, place, seen_at, name,
// kind, org_unit, org_unit_raw): the records of sources that supplement the
// registry and whose name is no system in it, kind being the source's label.
type Reader interface {
	// With returns the common table expressions ("ticket AS (…), system AS (…)")
	// that give the named relations their content at the reader's point, or ""
	// where the stored tables serve as they are. The same KPI text follows it
	// in every case.
	With(relations ...string) string
	// Query runs one read-only statement.
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	// Mapped tells which fields of a kind any source maps.
	Mapped(ctx context.Context, k record.Kind) (map[string]bool, error)
	Sources(ctx context.Context) ([]SourceState, error)
	// Removals says of which kinds what is older has been removed.
	Removals(ctx context.Context) ([]Removal, error)
	Point() Point
	Close() error
}
