// Package terminal writes figures where a person or a script reads standard
// output: as a table, as JSON and as CSV.
package terminal

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-isatty"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Context is what a table needs to know besides the figures.
type Context struct {
	Municipality string
	Demo         bool
	Catalogue    catalogue.Catalogue
}

// Is tells whether w is a terminal.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// JSON writes findings as an array; see docs/schema/finding.schema.json.
func JSON(w io.Writer, fs []finding.Finding) error {
	if fs == nil {
		fs = []finding.Finding{}
	}
	return encode(w, fs)
}

// JSONOne writes one finding.
func JSONOne(w io.Writer, f finding.Finding) error { return encode(w, f) }

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// CSV writes one row per figure and per row of its breakdowns, with decimal
// points and full precision.
func CSV(w io.Writer, fs []finding.Finding) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"id", "title", "unit", "dimension", "key", "label", "value", "numerator", "denominator", "outcome", "suppressed", "as_of", "known_at", "method_version"}}
	for _, f := range fs {
		tail := []string{f.AsOf.Format(time.RFC3339), f.KnownAt.Format(time.RFC3339), strconv.Itoa(f.MethodVersion)}
		rows = append(rows, append([]string{f.KPI, f.Title.SV, f.Unit, "", "", "", full(f.Value), full(f.Numerator), full(f.Denominator), string(f.Outcome), strconv.FormatBool(f.Suppressed)}, tail...))
		for _, b := range f.Breakdown {
			rows = append(rows, append([]string{f.KPI, f.Title.SV, f.Unit, b.Dimension, b.Key, b.Label, full(b.Value), full(b.Numerator), full(b.Denominator), string(b.Outcome), strconv.FormatBool(b.Suppressed)}, tail...))
		}
	}
	return c.WriteAll(rows)
}

// EvidenceCSV writes the rows behind one figure.
func EvidenceCSV(w io.Writer, f finding.Finding) error {
	var columns []string
	for _, r := range f.Evidence {
		for k := range r.Columns {
			if !slices.Contains(columns, k) {
				columns = append(columns, k)
			}
		}
	}
	slices.Sort(columns)
	c := csv.NewWriter(w)
	rows := [][]string{append([]string{"entity", "id", "label", "org_unit", "pass", "waived", "reason", "place"}, columns...)}
	for _, r := range f.Evidence {
		row := []string{r.Entity, r.ID, r.Label, r.OrgUnit, strconv.FormatBool(r.Pass), strconv.FormatBool(r.Waived), r.Reason, r.Place}
		for _, k := range columns {
			row = append(row, r.Columns[k])
		}
		rows = append(rows, row)
	}
	return c.WriteAll(rows)
}

func full(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// Date writes an instant as a day and clock time in Stockholm.
func Date(t time.Time) string {
	if t.IsZero() {
		return "okänt"
	}
	return t.In(calendar.Location()).Format("2006-01-02 15.04")
}

// table is a block of text columns; right marks those aligned to the right.
type table struct {
	right []bool
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer, indent string) error {
	widths := make([]int, len(t.right))
	for _, r := range t.rows {
		for i, c := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for _, r := range t.rows {
		var b strings.Builder
		b.WriteString(indent)
		for i, c := range r {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if t.right[i] {
				b.WriteString(pad + c)
			} else {
				b.WriteString(c + pad)
			}
			b.WriteString("  ")
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
