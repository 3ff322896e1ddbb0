package snapshot

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

func (c Content) text(b *bag.Writer, name, text string) error {
	w, err := b.File(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

func writeJSON(b *bag.Writer, name string, v any) error {
	w, err := b.File(name)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table is a CSV file as RFC 4180 has it, in UTF-8 with commas.
type table struct{ w *csv.Writer }

func newTable(w io.Writer, head ...string) (table, error) {
	t := table{csv.NewWriter(w)}
	t.row(head...)
	return t, t.err()
}

// row writes a row; a fault stays until err or end.
func (t table) row(cells ...string) { _ = t.w.Write(cells) }

func (t table) err() error { return t.w.Error() }

func (t table) end() error {
	t.w.Flush()
	return t.w.Error()
}

// decimal writes a figure so that reading it gives the same number.
func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func yes(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
