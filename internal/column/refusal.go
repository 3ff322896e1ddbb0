package column

import (
	"errors"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Reasons beside those of package value; the texts are warning codes.
var (
	errUnknown = errors.New("unknown_value")
	errPerson  = errors.New("person_in_role")
	errFault   = errors.New("cell_error")
	errSeveral = errors.New("several_values")
	errGarbled = errors.New("bad_encoding")
)

// MissingTime is the code of an event whose column of time is empty.
const MissingTime = "missing_time"

// refused is a cell that cannot be used, with a Swedish clause.
type refused struct {
	reason error
	text   string
}

func (r *refused) Error() string { return r.text }
func (r *refused) Unwrap() error { return r.reason }

// unreadable tells of cells of the types Fault and Garbled.
func (p *Plan) unreadable(cell *Cell) error {
	switch cell.Type {
	case Fault:
		return &refused{errFault, p.opt.FaultText}
	case Garbled:
		return &refused{errGarbled, "texten är inte UTF-8; ange rätt teckenkodning där den kommer ifrån"}
	}
	return nil
}

// Refusal is a cell that could not be understood.
type Refusal struct {
	// Column is the position in Plan.Columns.
	Column int
	Code   string // of a warning: "bad_date"
	Text   string // a Swedish clause that quotes nothing that may be a name
	// Row: the whole row is refused; else the cell alone, which is blank.
	Row bool
}

// Warning is the refusal as a sink takes it. name is what the source calls the
// column.
func (r *Refusal) Warning(place record.Place, name string) sdk.Warning {
	w := sdk.Warning{Place: place, Column: name, Code: r.Code, Refused: r.Row}
	switch {
	case r.Code == MissingTime:
		w.Reason = "Raden saknar " + name + " och kan inte placeras i tiden. Raden används inte."
	case r.Row:
		w.Reason = sentence(r.Text) + " Raden används inte."
	default:
		w.Reason = sentence(r.Text) + " Cellen räknas som tom."
	}
	return w
}

// refusal makes a refusal of a cell's error, by the settings.
func (p *Plan) refusal(col int, err error) Refusal {
	return Refusal{Column: col, Code: code(err), Text: err.Error(), Row: !p.blankable(err)}
}

// blankable tells a reason that leaves the cell blank, by the settings.
func (p *Plan) blankable(err error) bool {
	switch {
	case errors.Is(err, errPerson):
		return true
	case errors.Is(err, errUnknown):
		return p.opt.UnknownValue != "refuse"
	}
	return p.opt.BadCell == "blank"
}

// code is the stable code of a refusal.
func code(err error) string {
	for _, e := range []error{errUnknown, errPerson, errFault, errGarbled, errSeveral, value.ErrAmbiguous, value.ErrVague, value.ErrNoSuchHour, value.ErrDate, value.ErrNumber, value.ErrBool} {
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	return "bad_cell"
}

// cellText stands for what a cell holds. It is never quoted: a surname alone, or
// a login, looks like any other word, and the place leads to the cell.
const cellText = "cellens text"

// oneLine is a text with single spaces and no line breaks.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\r\t\u00a0\u202f") && !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// sentence gives a clause a capital and a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	out := strings.ToUpper(string(r[0])) + string(r[1:])
	if !strings.HasSuffix(out, ".") {
		out += "."
	}
	return out
}
