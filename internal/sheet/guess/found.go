package guess

import (
	"fmt"
	"strings"
)

// Found tells in Swedish what was seen of a sheet, a sentence each.
func (s Sheet) Found() []string {
	place := "Listan"
	if s.Name != "" {
		place = "Blad " + s.Name
	}
	if s.Empty {
		return []string{place + ": tomt."}
	}
	if s.HeaderRow == 0 {
		return []string{place + ": ingen tabell hittades."}
	}
	head := fmt.Sprintf("rubriker på rad %d", s.HeaderRow)
	if s.HeaderRows == 2 {
		head = fmt.Sprintf("rubriker på rad %d och %d", s.HeaderRow, s.HeaderRow+1)
	}
	out := []string{fmt.Sprintf("%s: %s, %s.", place, head, amount(s.DataRows, "rad", "rader"))}
	for _, t := range s.Totals {
		out = append(out, fmt.Sprintf("Rad %d ser ut som en summa och räknas inte.", t.Row))
	}
	for _, n := range s.Notes {
		out = append(out, fmt.Sprintf("Rad %d ser ut som en anmärkning och räknas inte.", n.Row))
	}
	for _, n := range s.Sections {
		out = append(out, fmt.Sprintf("Rad %d ser ut som en mellanrubrik och räknas inte.", n.Row))
	}
	if s.CommentCount > 0 {
		out = append(out, amount(int64(s.CommentCount), "cell har en kommentar", "celler har kommentarer")+"; de läses inte.")
	}
	if len(s.HiddenColumns) > 0 {
		out = append(out, "Dolda kolumner: "+strings.Join(s.HiddenColumns, ", ")+".")
	}
	for _, d := range s.DuplicateHeaders {
		out = append(out, fmt.Sprintf("Rubriken ”%s” finns flera gånger; de kallas ”%s (1)”, ”%s (2)”.", d, d, d))
	}
	for _, c := range s.Columns {
		if n := len(c.Faults); n > 0 {
			out = append(out, fmt.Sprintf("I ”%s” har %s formelfel eller en formel utan sparat värde, till exempel rad %d; sådana rader tas inte med. Öppna filen i Excel och spara den.", c.Header, amount(int64(n), "cell", "celler"), c.Faults[0].Row))
		}
		if n := len(c.BadDates); n > 0 {
			b := c.BadDates[0]
			out = append(out, fmt.Sprintf("I ”%s” är %s inte en bestämd dag, till exempel ’%s’ (rad %d); sådana rader tas inte med.", c.Header, amount(int64(n), "cell", "celler"), b.Text, b.Row))
		}
	}
	return out
}
