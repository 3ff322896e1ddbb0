package profile

import "github.com/kommunpuls/kommunpuls/plugins/sdk/record"

// Lookup is a list that becomes an object by key, for the expressions of the
// streams: person id → address, organisation id → name. It lives for one
// collection and never leaves the source.
type Lookup struct {
	// Name is the variable's, without $.
	Name string `json:"name"`
	// Title is what a message calls it, for one that the account may lack the
	// right to read: "senaste inloggning (kräver AuditLog.Read.All)".
	Title Text `json:"title,omitempty"`
	// When is an expression on the settings; none is always. A lookup that is
	// not read is empty, and what needs it is not mapped.
	When    string `json:"when,omitempty"`
	List    `json:",inline"`
	Details *Details `json:"details,omitempty"`
	// Key is an expression on the item; null leaves the item out. What is not
	// text becomes it.
	Key string `json:"key"`
	// Value is an expression on the item; default the item itself.
	Value string `json:"value,omitempty"`
	// Many makes each key's value a list of all values that have the key.
	Many bool `json:"many,omitempty"`
}

// Stream is a list whose items become records of one kind.
type Stream struct {
	Name  string      `json:"name"`
	Kind  record.Kind `json:"kind"`
	Title Text        `json:"title"`
	// When is an expression on the settings; none is always.
	When      string `json:"when,omitempty"`
	List      `json:",inline"`
	Increment *Increment `json:"increment,omitempty"`
	Details   *Details   `json:"details,omitempty"`

	// ID is an expression on the item: the source's own stable id. For kinds
	// about persons it becomes a pseudonym. Streams of one kind must not share
	// ids.
	ID string `json:"id"`
	// Label is an expression on the item that names its place in the source in
	// warnings and evidence: "ticket/4711". Default is the stream's name and
	// the row's number. It must not name a person.
	Label string `json:"label,omitempty"`
	// Fields says what fills each field. A key is a field ("status"), a child
	// list ("alias", "user_org_unit", "integration", "group", "software",
	// "channel"), or a row of a list that has a fixed first field
	// ("role:owner", "key:login").
	//
	// For a child list the expression yields a text or a list of texts; null is
	// none. A further field of its rows is a key of its own ("group.privileged",
	// "role:owner.since") that yields one value for all rows, or a list in the
	// same order. "class" takes C, I and A from one text ("3/2/2").
	Fields map[string]Field `json:"fields"`

	// Skip lists items that are not read; each reason is counted and told.
	Skip []Skip `json:"skip,omitempty"`
	// Count lists items that are counted per org unit and never become a record.
	Count []Count `json:"count,omitempty"`
	// Changed is an expression on the item: when its content last changed, for
	// the age of the content. Needed where the kind is placed by validity.
	Changed string `json:"changed,omitempty"`
	// Part says that a full pass does not read every event there ever was (a
	// rolling window), so that an event that is missing was not deleted.
	Part bool `json:"part,omitempty"`
	// PartWhen is an expression on the settings that yields true where Part
	// holds: the municipality says whether the list it points at is whole.
	PartWhen string `json:"part_when,omitempty"`
	// Supplements says that the records only complete the systems that another
	// source owns, and what they are called here, in Swedish and at most 40
	// letters: "Entra-applikation". See sdk.Header.
	Supplements string `json:"supplements,omitempty"`
}

// Increment reads what has changed since the last collection. $since is null
// at a full pass.
type Increment struct {
	// Field is an expression on the item: when it was last changed. The newest
	// seen, less Overlap, is the next collection's $since.
	Field string `json:"field"`
	// Format of $since: rfc3339 (default), epoch, epoch_ms, or a layout in the
	// letters yyyy MM dd HH mm ss.
	Format string `json:"format,omitempty"`
	// Timezone that $since is written in; default the profile's.
	Timezone string `json:"timezone,omitempty"`
	// Overlap is read once more, so that clocks that differ and changes that
	// are committed late lose nothing; default 10m.
	Overlap Duration `json:"overlap,omitempty"`
	// FullEvery is how often everything is read, to find what was deleted;
	// default 7d. The setting full_every goes before it.
	FullEvery Duration `json:"full_every,omitempty"`
}

// Details fetches each item where a list gives ids only.
type Details struct {
	// ID is an expression on the list's item.
	ID string `json:"id"`
	// Bulk is how many $ids one request asks for; 0 is one $id.
	Bulk int `json:"bulk,omitempty"`
	// Parallel is how many requests are under way at the same time; default 1.
	Parallel int     `json:"parallel,omitempty"`
	Request  Request `json:"request"`
	// Items is an expression on the answer: with Bulk a list, else one object.
	Items string `json:"items"`
	// Key is an expression on a detailed item that yields the same as ID.
	// Required with Bulk: every id must be answered.
	Key string `json:"key,omitempty"`
	// Into puts what was fetched in this member of the list's item. Without
	// it, it takes the item's place.
	Into string `json:"into,omitempty"`
	// Gone are statuses that mean the item was deleted since the list was
	// made; default 404, 410. With Bulk an id that is not answered is gone if
	// Gone is given, and a fault otherwise.
	Gone []int `json:"gone,omitempty"`
}

// Field says what fills a field: in YAML an expression alone, or this.
type Field struct {
	// From is an expression on the item. null and "" are "not filled in".
	From string `json:"from,omitempty"`
	// Value is the same for every item, in place of From.
	Value any `json:"value,omitempty"`
	// Values translates, regardless of case: {"Löst": resolved}. An empty
	// translation is "not filled in". It goes before the built-in translations.
	Values map[string]string `json:"values,omitempty"`
	// Else is the value where Values has no translation. Without it the
	// built-in translations are tried, and what they do not know is told and
	// becomes "not filled in".
	Else string `json:"else,omitempty"`
	// Raw is the text field that keeps what the source has: status_raw.
	Raw string `json:"raw,omitempty"`
	// Format of dates: rfc3339, epoch, epoch_ms or a layout in the letters
	// yyyy MM dd HH mm ss. Without it ISO 8601 and the usual Swedish forms are
	// understood.
	Format string `json:"format,omitempty"`
	// Timezone of times without an offset; default the profile's.
	Timezone string `json:"timezone,omitempty"`
	// Holder, for roles: person or title; without it the words tell.
	Holder string `json:"holder,omitempty" jsonschema:"enum=person,enum=title"`
	// When is an expression on the settings: is the field mapped at all? None
	// is always. A field that is not mapped has no data, one that is mapped
	// and empty is not filled in.
	When string `json:"when,omitempty"`
}

// Skip is a kind of item that is not read.
type Skip struct {
	// When is an expression on the item that yields true or false.
	When string `json:"when"`
	// Code is snake_case: deleted, protected, pupil.
	Code string `json:"code"`
	// Text goes on after a count: "är borttagna och läses inte".
	Text Text `json:"text"`
	// Purge removes what is known of the item and its history: an account
	// that became protected.
	Purge bool `json:"purge,omitempty"`
}

// Count turns items into one observation(kind=counter) for each org unit.
// Counts are made at full passes.
type Count struct {
	// When is an expression on the item that yields true or false.
	When string `json:"when"`
	// Metric, Category and Unit are the observation's: accounts, pupil, accounts.
	Metric   string `json:"metric"`
	Category string `json:"category,omitempty"`
	Unit     string `json:"unit,omitempty"`
	// OrgUnit is an expression on the item; null is counted without one.
	OrgUnit string `json:"org_unit,omitempty"`
}
