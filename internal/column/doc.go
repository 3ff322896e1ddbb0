// Package column turns the named columns of one kind of row into records. It
// is what a spreadsheet, a database and a web API have in common: which column
// fills which field, what the words in it mean, which of them mean nothing,
// and what becomes of a value that cannot be understood.
//
// The caller makes a [Plan] of its settings with [New], a [Filler] of the plan
// for each reading, and calls [Filler.Fill] with the [Cell]s of each row, in
// the order of [Plan.Columns]. Where the cells come from, what a row's place
// is called and how warnings are sent is the caller's.
//
// Privacy: what names a person becomes a pseudonym here, and no refusal quotes
// a text that may hold a name.
package column
