package diff

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

// JSON writes everything that was found, as data.
func (d *Diff) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(d)
}

// Text writes a comparison for a terminal.
func (d *Diff) Text(out io.Writer, o Options) error {
	x := d.Document(o)
	w := bufio.NewWriter(out)
	head := x.Municipality
	if x.Demo {
		head += " – DEMODATA"
	}
	fmt.Fprintf(w, "%s\n%s\n%s.\n\n%s\n", head, x.Title, strings.Join(x.Marks, ". "), x.Lead)
	for _, s := range x.Sections {
		if s.Level == 1 {
			fmt.Fprintf(w, "\n%s\n%s\n", s.Title, strings.Repeat("=", utf8.RuneCountInString(s.Title)))
		} else {
			fmt.Fprintf(w, "\n%s\n", s.Title)
		}
		for i, b := range s.Blocks {
			if i > 0 {
				fmt.Fprintln(w)
			}
			block(w, b)
		}
	}
	return w.Flush()
}

func block(w io.Writer, b document.Block) {
	switch b := b.(type) {
	case document.Paragraph:
		fmt.Fprintln(w, b.Text)
	case document.Note:
		fmt.Fprintln(w, "! "+b.Text)
	case document.List:
		for _, i := range b.Items {
			text := "– " + i.Text
			if i.Small != "" {
				text += " (" + i.Small + ")"
			}
			fmt.Fprintln(w, text)
		}
	case document.Table:
		textTable(w, b)
	}
}

// widest is how wide a column but the last may be; longer texts push the rest of
// their row to the side.
const widest = 60

// textTable writes a table with its columns under each other.
func textTable(w io.Writer, t document.Table) {
	rows := [][]string{nil}
	for _, c := range t.Columns {
		rows[0] = append(rows[0], c.Title)
	}
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r {
			cells = append(cells, cellText(c))
		}
		rows = append(rows, cells)
	}
	width := make([]int, len(t.Columns))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], min(utf8.RuneCountInString(c), widest))
		}
	}
	if t.Caption != "" {
		fmt.Fprintln(w, t.Caption+":")
	}
	for _, r := range rows {
		var line strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", max(width[i]-utf8.RuneCountInString(c), 0))
			if t.Columns[i].Right {
				c, pad = pad+c, ""
			}
			line.WriteString("  " + c + pad)
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
	if t.More != "" {
		fmt.Fprintln(w, "  "+t.More)
	}
}

func cellText(c document.Cell) string {
	if c.State == nil {
		return c.Text
	}
	return strings.TrimSpace(c.State.Sign + " " + c.State.Word + " " + c.Text)
}
