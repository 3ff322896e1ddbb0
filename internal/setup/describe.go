package setup

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
)

// describe says what was found in a file, as a colleague would.
func (d *desk) describe(rep guess.Report) {
	d.say("\n%s", filepath.Base(rep.File))
	if rep.Format == "csv" {
		d.say(" (text, %s, skild med %s)", rep.Encoding, delimiterWord(rep.Delimiter))
	}
	d.say("\n")
	for _, s := range rep.Sheets {
		for _, line := range sheetLines(s, slices.Contains(rep.Use, s.Name)) {
			d.say("  %s\n", line)
		}
	}
	if !rep.Modified.IsZero() {
		what := "Filen"
		if rep.ModifiedFrom == "workbook" {
			what = "Arbetsboken"
		}
		d.say("  %s ändrades senast den %s.\n", what, day(rep.Modified))
	}
}

func delimiterWord(s string) string {
	switch s {
	case ";":
		return "semikolon"
	case ",":
		return "komma"
	case "tab":
		return "tabb"
	}
	return s
}

func rowsWord(n int64) string {
	if n == 1 {
		return "1 rad"
	}
	return finding.Number(float64(n), 0) + " rader"
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// sheetLines are the sentences about one sheet.
func sheetLines(s guess.Sheet, used bool) []string {
	name := "Blad " + s.Name
	if s.Name == "" {
		name = "Tabellen"
	}
	switch {
	case s.Empty:
		return []string{name + ": tomt."}
	case s.HeaderRow == 0:
		return []string{name + ": ingen tabell, läses inte."}
	case !used:
		return []string{fmt.Sprintf("%s: %s, läses inte.", name, rowsWord(s.DataRows))}
	}
	header := fmt.Sprintf("rubriker på rad %d", s.HeaderRow)
	if s.HeaderRows == 2 {
		header = fmt.Sprintf("rubriker på rad %d och %d", s.HeaderRow, s.HeaderRow+1)
	}
	out := []string{fmt.Sprintf("%s: %s, %s.", name, header, rowsWord(s.DataRows))}
	out = append(out, leftOut(s)...)
	for _, m := range s.Merged {
		out = append(out, fmt.Sprintf("”%s” är sammanslagen nedåt och fylls i (%s).", oneLine(m.Header), rowsWord(int64(m.Cells))))
	}
	if s.Struck > 0 {
		out = append(out, rowsWord(s.Struck)+plural(s.Struck, " är överstruken", " är överstrukna")+examples(s.StruckRows)+".")
	}
	if s.HiddenRows > 0 {
		out = append(out, rowsWord(s.HiddenRows)+plural(s.HiddenRows, " är dold", " är dolda")+examples(s.HiddenRowList)+".")
	}
	if len(s.HiddenColumns) > 0 {
		out = append(out, "Dolda kolumner läses också: "+strings.Join(oneLines(s.HiddenColumns), ", ")+".")
	}
	if s.CommentCount > 0 {
		cells := "1 ruta"
		if s.CommentCount > 1 {
			cells = fmt.Sprintf("%d rutor", s.CommentCount)
		}
		out = append(out, cells+" har en kommentar. Kommentarer läses aldrig.")
	}
	if len(s.DuplicateHeaders) > 0 {
		out = append(out, "Samma rubrik på flera kolumner: "+strings.Join(oneLines(s.DuplicateHeaders), ", ")+".")
	}
	for _, c := range s.Columns {
		if len(c.BadDates) > 0 {
			b := c.BadDates[0]
			out = append(out, fmt.Sprintf("”%s”, rad %d: ”%s” är ingen dag; sådana rader går inte att använda (%d hittills).", oneLine(c.Header), b.Row, oneLine(b.Text), len(c.BadDates)))
		}
	}
	return out
}

// leftOut says which rows look like something else than data.
func leftOut(s guess.Sheet) []string {
	var out []string
	for _, k := range []struct {
		rows      []guess.Located
		one, many string
	}{
		{s.Totals, "ser ut som en summa och räknas inte", "ser ut som summor och räknas inte"},
		{s.Sections, "är en mellanrubrik och räknas inte", "är mellanrubriker och räknas inte"},
		{s.Notes, "är en anteckning under tabellen och räknas inte", "är anteckningar under tabellen och räknas inte"},
	} {
		switch n := len(k.rows); {
		case n == 1:
			out = append(out, fmt.Sprintf("Rad %d %s.", k.rows[0].Row, k.one))
		case n > 1:
			var at []int64
			for _, l := range k.rows {
				at = append(at, l.Row)
			}
			out = append(out, fmt.Sprintf("%s %s%s.", rowsWord(int64(n)), k.many, examples(at)))
		}
	}
	return out
}

// examples names the first rows of many.
func examples(rows []int64) string {
	if len(rows) == 0 {
		return ""
	}
	var s []string
	for _, r := range rows[:min(len(rows), 4)] {
		s = append(s, fmt.Sprint(r))
	}
	more := ""
	if len(rows) > 4 {
		more = " …"
	}
	return " (rad " + strings.Join(s, ", ") + more + ")"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func oneLines(in []string) []string {
	out := make([]string, len(in))
	for i := range in {
		out[i] = oneLine(in[i])
	}
	return out
}

func day(t time.Time) string {
	t = t.In(calendar.Location())
	return fmt.Sprintf("%d %s %d", t.Day(), finding.MonthName(t.Month()), t.Year())
}

// mapping shows what each column is taken for, how sure that is, and three of
// its values. They may name people, so they are shown here and kept nowhere.
func (d *desk) mapping(rep guess.Report, given map[string]string) {
	for _, s := range rep.Sheets {
		if len(rep.Use) == 0 || s.Name != rep.Use[0] {
			continue
		}
		d.say("\n  Så läser jag kolumnerna:\n")
		wide := 6
		for _, c := range s.Columns {
			wide = max(wide, min(28, len([]rune(oneLine(c.Header)))))
		}
		for _, c := range s.Columns {
			if c.Header == "" && c.Filled == 0 {
				continue
			}
			to, sure := "–", ""
			if len(c.Proposals) > 0 {
				to, sure = guess.TargetName(rep.Kind(), c.Proposals[0].Target), sureness(c.Proposals[0].Confidence)
			}
			if a, ok := lookup(guess.Question{ID: "column:" + c.Header, Column: c.Header}, given); ok {
				to, sure = guess.TargetName(rep.Kind(), a), "ert svar"
				if a == guess.None {
					to = "–"
				}
			}
			d.say("    %-3s %s → %s %s %s\n", c.Letter, pad(oneLine(c.Header), wide), pad(to, 30), pad(sure, 13), samples(c))
		}
	}
}

func sureness(c float64) string {
	word := "osäker"
	switch {
	case c >= 0.9:
		word = "säker"
	case c >= 0.6:
		word = "trolig"
	}
	return fmt.Sprintf("%s %d %%", word, int(finding.Round(c*100, 0)))
}

func samples(c guess.Column) string {
	var out []string
	for _, s := range c.Samples {
		r := []rune(oneLine(shown(c, s)))
		if len(r) > 24 {
			r = append(r[:23], '…')
		}
		out = append(out, string(r))
	}
	for i, m := range c.Markers {
		if i < 2 {
			out = append(out, "”"+oneLine(m.Value)+"” (tolkas som tom)")
		}
	}
	if len(out) == 0 {
		return "(tom)"
	}
	return strings.Join(out, " · ")
}

// shown writes a spreadsheet's day number as the date it stands for.
func shown(c guess.Column, s string) string {
	if c.Looks != "date" && c.Looks != "time" {
		return s
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	d, err := value.Serial(n, false)
	if err != nil {
		return s
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// lineWidth is how long a line of prose is on the terminal.
const lineWidth = 92

// wrap breaks prose between words; the lines after the first are indented.
func wrap(s string, indent int) string {
	var b strings.Builder
	at := indent
	for i, w := range strings.Split(strings.TrimSpace(s), " ") {
		n := len([]rune(w))
		switch {
		case i > 0 && at+1+n > lineWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		case i > 0:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(w)
		at += n
	}
	return b.String()
}

// pad fills with space to a width counted in letters.
func pad(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s + strings.Repeat(" ", n-len(r))
}
