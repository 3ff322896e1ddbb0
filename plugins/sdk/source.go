// Package sdk is all that a source plugin needs: the [Source] interface,
// [Serve], pseudonyms and the record types. Anyone may import it; nothing it
// exports names an internal type.
package sdk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Source reads one kind of system. The daemon starts one child process for
// each running collection and ends it afterwards, so a Source holds no state
// between calls that it cannot rebuild from its settings and cursor.
//
// All methods obey ctx: they return within a second of its cancellation, and
// the deadline that the daemon set is the deadline they see.
type Source interface {
	// Describe says what the source is. It never fails, connects or blocks.
	Describe() Description
	// Validate checks settings and returns every fault found. It never
	// connects, opens a file or looks up a name.
	Validate(ctx context.Context, s Settings) []Problem
	// Collect reads everything (or, with a cursor, what changed since) and
	// returns once. Only a nil error makes what was written count; on any
	// error the daemon drops it all and keeps what it had.
	Collect(ctx context.Context, req CollectRequest, out Sink) (End, error)
	// Watch runs until ctx ends, sending batches that are acknowledged and
	// committed one by one. It starts after the cursor of the request, which
	// is that of the last acknowledged batch. A source without Watch returns
	// ErrNotSupported at once.
	Watch(ctx context.Context, req WatchRequest, out WatchSink) error
}

// Description is what a source says of itself.
type Description struct {
	Name         string // "table"
	Version      string
	ConfigSchema json.RawMessage // JSON Schema of its settings
	Kinds        []record.Kind   // what it may emit
	// Allowed lists, per kind, the fields and child lists ("system.role", or
	// "role" for short) it may emit. Anything else is dropped by the host and is a conformance failure.
	Allowed     map[record.Kind][]string
	PrivacyNote string // Swedish: what is read and what is never read
	CanWatch    bool
}

// Settings are a source's settings as the daemon resolved them.
type Settings struct {
	Instance string          // the name given in the config, "systemlista"
	JSON     json.RawMessage // the source's own settings, secrets already filled in
	BaseDir  string          // folder that relative file names start from
	// PseudonymKey is the local secret of the HMAC; KeyID names it.
	PseudonymKey []byte
	KeyID        string
	// PreviousPseudonymKey and PreviousKeyID are set for the one full collection
	// in which the key is changed: every pseudonym is then sent as a [Twin].
	PreviousPseudonymKey []byte
	PreviousKeyID        string
}

// Problem is one fault in the settings.
type Problem struct {
	Field   string // "mapping.owner"
	Message string // Swedish, a full sentence
}

// CollectRequest asks for one collection.
type CollectRequest struct {
	Settings Settings
	// Cursor is what End returned at the last applied collection, or that of
	// the last committed batch of a Watch, which share it; empty asks for a
	// full pass. It covers the settings too: with other settings the same
	// content says other things. A source that cannot continue from it (another domain
	// controller, say) makes a full pass and says so in the Header.
	Cursor []byte
	// Full asks for a full pass even though there is a cursor.
	Full bool
	// Now is the daemon's clock at the start; a source asks no other.
	Now time.Time
	// Dated, if not zero, imports an older list as history as of that instant.
	Dated time.Time
}

// Header opens a collection.
type Header struct {
	// Mapped lists, per kind, the fields and child lists this collection can
	// say anything of. A field that is not here is "not mapped": no data for
	// the KPIs that need it. A field that is here and Blank is "not filled in".
	// A source that maps part of a child list names the list and the parts:
	// "role", "role:owner" (rows whose first field is owner), "role.fte" (a
	// field of the rows). A list without parts is mapped whole.
	Mapped map[record.Kind][]string
	// Full: rows not seen in this collection have vanished. Otherwise only
	// purges remove.
	Full bool
	// CoversAll: the collection holds all events there ever were, so that an
	// event that is not in it was deleted. Without it event records are
	// upserted and never removed.
	CoversAll bool
	// Supplements says that the records of a kind supplement those of another
	// source, and what they are called there: record.System →
	// "Entra-applikation". Where a record's id, name or another of its names is
	// that of a system in the registry, its fields complete that system; where
	// it is not, it never becomes a system but is counted as a name seen, with
	// source and label. Only systems can be supplemented (CheckSupplements).
	Supplements map[record.Kind]string
	// Unchanged: nothing has changed since the cursor; nothing will follow.
	Unchanged bool
	// ContentAt is when the content itself last changed (the newest changed
	// row, the workbook's own date), zero if unknown.
	ContentAt time.Time
}

// Warning is something a person should look at: a refused row, an unreadable part.
type Warning struct {
	Place   record.Place
	Column  string // header or attribute, "" if the whole row
	Reason  string // Swedish, a full sentence without personal data
	Code    string // stable, snake_case: "bad_date"
	Refused bool   // the row was not used
}

// Sink takes what a collection finds. Its methods block when the daemon is
// slower than the source, and return an error once the collection is dead.
// They are not safe for concurrent use.
type Sink interface {
	// Begin must be called first, and once.
	Begin(h Header) error
	// Write takes records; the slice may be reused after it returns.
	Write(recs []record.Record) error
	// Warn takes a located warning. Warnings past the first 20 of a code are
	// counted, not kept.
	Warn(w Warning) error
	// Progress tells how far the source has come; total 0 is unknown.
	Progress(done, total int64) error
	// Purge removes records and their history for good: accounts that became
	// protected. ids are source ids.
	Purge(kind record.Kind, ids []string) error
}

// End closes a collection that succeeded.
type End struct {
	Cursor []byte // opaque; given back at the next collection
	Seen   int64  // rows the source looked at, refused ones included
}

// WatchRequest asks for an endless stream.
type WatchRequest struct {
	Settings Settings
	Cursor   []byte // of the last acknowledged batch
	Now      time.Time
}

// WatchBatch is committed whole, then acknowledged.
type WatchBatch struct {
	Mapped   map[record.Kind][]string
	Records  []record.Record
	Warnings []Warning
	Cursor   []byte
}

// WatchSink takes batches.
type WatchSink interface {
	// Send returns nil once the daemon has committed the batch.
	Send(ctx context.Context, b WatchBatch) error
}
