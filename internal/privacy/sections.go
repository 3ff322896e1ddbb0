package privacy

import "github.com/kommunpuls/kommunpuls/internal/expose/report/document"

// sections builds a document from its beginning to its end.
type sections struct{ all []document.Section }

func (s *sections) begin(id, title string) {
	s.all = append(s.all, document.Section{ID: id, Level: 1, Title: title})
}

func (s *sections) sub(id, title string) {
	s.all = append(s.all, document.Section{ID: id, Level: 2, Title: title})
}

func (s *sections) add(b document.Block) {
	last := &s.all[len(s.all)-1]
	last.Blocks = append(last.Blocks, b)
}

func (s *sections) text(t string) { s.add(document.Paragraph{Text: t}) }
func (s *sections) note(t string) { s.add(document.Note{Text: t}) }

func (s *sections) list(items []string) {
	l := document.List{}
	for _, i := range items {
		l.Items = append(l.Items, document.Item{Text: i})
	}
	s.add(l)
}

// table adds a table, or a sentence where there is no row.
func (s *sections) table(caption, none string, columns []string, rows [][]string) {
	if len(rows) == 0 {
		s.text(none)
		return
	}
	t := document.Table{Caption: caption}
	for _, c := range columns {
		t.Columns = append(t.Columns, document.Column{Title: c})
	}
	for _, r := range rows {
		cells := make([]document.Cell, len(r))
		for i, text := range r {
			cells[i] = document.Cell{Text: text, Head: i == 0}
		}
		t.Rows = append(t.Rows, cells)
	}
	s.add(t)
}
