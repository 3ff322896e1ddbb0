package expr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// function is what is known of a function that may be called.
type function struct {
	min, max int // arguments
	args     kind
	gives    kind // anything: that of the first argument
	doc      string
}

// functions is the allow list. All behave alike on SQLite and PostgreSQL.
// lower() is the exception that is worth its price: SQLite folds ASCII only.
func functions() map[string]function {
	return map[string]function{
		"count":           {0, 1, anything, numeric, "rows, or values that are not NULL"},
		"sum":             {1, 1, numeric, numeric, "sum"},
		"avg":             {1, 1, numeric, numeric, "mean"},
		"min":             {1, 1, anything, anything, "smallest"},
		"max":             {1, 1, anything, anything, "largest"},
		"count_if":        {1, 1, condition, numeric, "rows for which the condition holds"},
		"percentile_disc": {2, 2, numeric, numeric, "percentile_disc(x, 0.9): the value at that share of the sorted values"},
		"abs":             {1, 1, numeric, numeric, "absolute value"},
		"coalesce":        {2, 9, anything, anything, "first value that is not NULL"},
		"nullif":          {2, 2, anything, anything, "NULL if both are equal, else the first"},
		"lower":           {1, 1, textual, textual, "lower case (a–z for certain)"},
		"length":          {1, 1, textual, numeric, "characters"},
		"substr":          {2, 3, anything, textual, "substr(text, from, length)"},
		"working_seconds": {2, 2, numeric, numeric, "open seconds between two instants"},
		"elapsed":         {2, 2, numeric, numeric, "seconds between two instants by the definition's clock"},
		"days":            {1, 1, numeric, numeric, "n days in seconds"},
		"hours":           {1, 1, numeric, numeric, "n hours in seconds"},
		"months_ago":      {1, 1, numeric, numeric, "the instant n months before as_of()"},
		"as_of":           {0, 0, anything, numeric, "the instant of the figure"},
	}
}

// isAggregate tells the aggregates of the allow list.
func isAggregate(name string) bool {
	switch name {
	case "count", "sum", "avg", "min", "max", "count_if", "percentile_disc":
		return true
	}
	return false
}

// Function describes a function that a text may call.
type Function struct {
	Name      string
	Doc       string
	Aggregate bool
}

// Functions lists every function, sorted by name.
func Functions() []Function {
	var out []Function
	for name, f := range functions() {
		out = append(out, Function{name, f.doc, isAggregate(name)})
	}
	slices.SortFunc(out, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// instead says what to use for functions that people will try.
func instead() map[string]string {
	now := "use as_of(): a figure is computed for an instant, never for now"
	round := "figures are rounded when they are shown"
	return map[string]string{
		"now": now, "date": now, "datetime": now, "julianday": now, "strftime": now, "unixepoch": now, "current_timestamp": now,
		"round": round, "ceil": round, "floor": round,
		"random": "figures must come out the same every time", "randomblob": "figures must come out the same every time",
		"iif": "use CASE WHEN … THEN … ELSE … END", "ifnull": "use coalesce", "greatest": "use CASE", "least": "use CASE",
		"total": "use sum", "group_concat": "use a breakdown or evidence columns",
	}
}

// monthsAgo is the name of the parameter behind months_ago(n).
const monthsAgo = "months_ago_"

// Value gives a named parameter's value for a figure at an instant: as_of, or
// the same time of day so many months earlier in Europe/Stockholm (31 March
// less one month is the last of February).
func Value(param string, asOf time.Time, loc *time.Location) (int64, error) {
	if param == "as_of" {
		return asOf.Unix(), nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(param, monthsAgo))
	if err != nil || !strings.HasPrefix(param, monthsAgo) {
		return 0, fmt.Errorf("unknown parameter %q", param)
	}
	return MonthsBefore(asOf, n, loc).Unix(), nil
}

// MonthsBefore goes n calendar months back in a place, to the month's last day
// where the day does not exist.
func MonthsBefore(t time.Time, n int, loc *time.Location) time.Time {
	l := t.In(loc)
	first := time.Date(l.Year(), l.Month()-time.Month(n), 1, 0, 0, 0, 0, loc)
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, loc).Day()
	return time.Date(first.Year(), first.Month(), min(l.Day(), last), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), loc)
}

// WorkingSeconds is the text behind working_seconds(a, b): the open seconds
// before b less those before a, each looked up by the calendar's day_start. It
// is NULL for an instant outside the calendar. calendar.Calendar.WorkingSeconds
// computes the same in Go.
func WorkingSeconds(a, b string) string {
	return "(" + openBefore(b) + " - " + openBefore(a) + ")"
}

func openBefore(t string) string {
	return strings.NewReplacer("{t}", t).Replace("(SELECT calendar.cumulative + CASE WHEN {t} <= calendar.open_from THEN 0 " +
		"WHEN {t} >= calendar.open_to THEN calendar.open_to - calendar.open_from ELSE {t} - calendar.open_from END " +
		"FROM calendar WHERE calendar.day_start <= {t} AND calendar.day_start > {t} - 90000 ORDER BY calendar.day_start DESC LIMIT 1)")
}
