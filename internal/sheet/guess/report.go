// Package guess looks at a table that nobody has described and proposes what
// it is: where the header stands, what each column means, and what a person
// must be asked. It proposes and never decides.
package guess

import (
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Report is everything that was seen in one file.
type Report struct {
	File         string    // as given
	Format       string    // "xlsx" or "csv"
	Encoding     string    // of a CSV: "utf-8", "utf-16" or "windows-1252"
	Delimiter    string    // of a CSV: ";", ",", "tab", "|"
	Modified     time.Time // the workbook's own date, else the file's
	ModifiedFrom string    // "workbook" or "file"
	Sheets       []Sheet   // every sheet, in order; one for a CSV
	// Kind is the best guess over all sheets, with the others after it.
	Kinds []KindGuess
	// Use are the sheets that hold the table, by name: the best one, or
	// several when they share headers (one sheet per förvaltning).
	Use []string
	// OrgUnitFromSheet: the sheets in Use look like one per förvaltning and
	// no column tells the org unit.
	OrgUnitFromSheet bool
	// Questions are what a person must answer, most important first. Each
	// has a default, so that taking every default gives working settings.
	Questions []Question
}

// KindGuess is how well a table fits a record kind, 0–1.
type KindGuess struct {
	Kind       record.Kind
	Confidence float64
}

// Sheet is one sheet as it was found.
type Sheet struct {
	Name             string
	Hidden           bool
	Empty            bool
	Titles           []Located // text above the header
	HeaderRow        int       // from 1; 0 when no header was found
	HeaderRows       int       // 1 or 2
	HeaderConfidence float64
	DataRows         int64 // rows that count: no totals, notes, sections or empty rows
	FirstRow         int64
	LastRow          int64
	Totals           []Located // "Summa" rows, not counted
	Notes            []Located // remarks under the table, not counted
	Sections         []Located // headings between rows, not counted
	Struck           int64     // rows struck through
	StruckRows       []int64   // the first 20
	HiddenRows       int64
	HiddenRowList    []int64 // the first 20
	HiddenColumns    []string
	Merged           []Merged
	Comments         []Located // cell remarks, by cell; the first 20. Text is never kept: it may name people
	CommentCount     int
	DuplicateHeaders []string
	Columns          []Column
	Kinds            []KindGuess // best first
}

// Located is something with its place.
type Located struct {
	Row  int64
	Cell string // "C14", if it is a cell
	Text string
}

// Merged is a column with cells merged downwards.
type Merged struct {
	Header string
	Letter string
	Ranges int
	Cells  int // cells that a fill downwards would fill
}

// Column is one column of a sheet.
type Column struct {
	Index   int    // from 0
	Letter  string // "C"
	Header  string // as it must be written in settings
	Filled  int64  // cells with a value that is not a null marker
	Blank   int64  // empty cells
	Markers []Count
	// Distinct lists the values, most frequent first, if they are at most 40.
	Distinct []Count
	Samples  []string // three different values, as they stand
	Looks    string   // "date", "time", "number", "bool", "text" or "empty"
	// DateOrders are the orders that all dates of the column allow.
	DateOrders []string
	// BadDates are cells of a date column that are no dates ("hösten 2023"); the first 20.
	BadDates []Located
	// Faults are cells with a formula error, or a formula whose value was never stored; the first 20.
	Faults []Located
	// Proposals for the sheet's best kind, best first; none if nothing fits.
	Proposals []Proposal
}

// Count is a value and how often it stands there.
type Count struct {
	Value string
	N     int64
}

// Proposal says what a column may fill.
type Proposal struct {
	Target     string // "tier", "role:owner" …, as in the settings of the table source
	Confidence float64
	Values     map[string]string // proposed translations, where the built-in ones apply or need help
	Unknown    []string          // values of an enum field that no translation knows
}

// Question is one thing to ask, in Swedish.
type Question struct {
	// ID is stable for the same file: "kind", "struck", "hidden", "fill_down:Förv.",
	// "column:Sys.ansv/ägare", "date_order", "covers", "sheets", "value:Status:Vilande".
	ID      string
	Sheet   string
	Column  string // header, if it is about one
	Text    string // a full question
	Options []Option
	Default string // the Key of one option
}

// Option is one possible answer.
type Option struct {
	Key   string // what an answers file holds
	Label string // Swedish
}
