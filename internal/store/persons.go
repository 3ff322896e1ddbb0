package store

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Persons answers what the store holds of one person. A person is known by
// pseudonyms alone.
type Persons interface {
	// PersonsWith returns everybody who answers, or has answered, to any of some
	// pseudonyms: one entry for each account, however many directories see it. A
	// pseudonym that only a role of a system points at gives an entry without
	// accounts.
	PersonsWith(ctx context.Context, pseudonyms []string) ([]Person, error)
	// PersonRows returns every stored row about a person: what is and what was.
	PersonRows(ctx context.Context, p Person) ([]PersonRow, error)
	// Erase removes a person's accounts with all their versions and lists, puts
	// Instead in place of the pseudonyms that other rows point with, drops
	// collections that are held, notes what is to be kept out from now on, and
	// empties the log: all or nothing.
	Erase(ctx context.Context, p Person, e Erasure) (Erased, error)
	// KeptOut are the marks of the pseudonyms that are kept out, each with what
	// stands instead.
	KeptOut(ctx context.Context) (map[string]string, error)
	// KeepOut adds marks, each with what stands instead; those that are there stay.
	KeepOut(ctx context.Context, marks map[string]string, at time.Time) error
	// LetIn forgets marks, and tells how many there were.
	LetIn(ctx context.Context, marks []string) (int64, error)
	// Compact writes the whole store anew, without what has been removed.
	Compact(ctx context.Context) error
}

// Erasure is how a person is removed.
type Erasure struct {
	At      time.Time
	Refs    []string // pseudonyms that are this person's alone
	Instead string   // has the form of a pseudonym and is nobody's
	// Marks of what is kept out, made with a key that the store does not have.
	Marks []string
}

// Erased tells what was removed and what was replaced, by stored table.
type Erased struct {
	Removed, Replaced map[string]int64
}

// Person is one person as the store knows it.
type Person struct {
	// Accounts are the records of its account, "katalog:<pseudonym>", that of the
	// most trusted source first. A person who only holds roles has none.
	Accounts []string
	Keys     []PersonKey
}

// Pseudonyms are all that the person answers or has answered to.
func (p Person) Pseudonyms() []string {
	out := make([]string, len(p.Keys))
	for i, k := range p.Keys {
		out[i] = k.Pseudonym
	}
	return out
}

// PersonKey is a pseudonym of a person.
type PersonKey struct {
	Pseudonym string
	Of        string // "id", or what it was made of: login, upn, mail, name, dn, sid; "role" where only a role has it
	// Others is how many other accounts answer to it now: a name that several share.
	Others int64
}

// PersonRow is one stored version of one row about a person.
type PersonRow struct {
	Kind   record.Kind
	List   string // child list, "" for the record itself
	Record string // id of the record, "systemlista:47"
	Title  string // name of the record where it has one and is no person
	Source string
	Place  string
	Fields []PersonField // those that have a value

	Present       bool
	From, To      time.Time // when it held; To is zero for what still holds
	Seen          time.Time // when it became known
	Ended         time.Time // when it became known that it no longer held
	Withdrawn     time.Time // when it turned out to have been wrong, zero if it did not
	Reconstructed bool      // from an older list
}

// PersonField is one field with its value: int64, float64 or string.
type PersonField struct {
	Field record.Field
	Value any
}
