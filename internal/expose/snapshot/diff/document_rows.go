package diff

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// rowsSections tell which rows came to pass a measure and which no longer do:
// the counts first, then the rows.
func (d *Diff) rowsSections(o Options) []document.Section {
	out := []document.Section{{ID: "rader", Level: 1, Title: "Raderna bakom siffrorna"}}
	var list document.List
	for _, p := range d.Populations {
		name, _ := naming.Relation(p.Relation)
		item := document.Item{Text: fmt.Sprintf("%s: %s i A, %s i B.", wording.Capital(name), plural(p.RowsA, "rad", "rader"), wording.Words{}.Count(int64(p.RowsB)))}
		if p.Why != "" {
			item.Small = wording.Capital(p.Why) + "."
		}
		list.Items = append(list.Items, item)
	}
	if len(list.Items) == 0 {
		return nil
	}
	out[0].Blocks = []document.Block{list}
	for _, p := range d.Populations {
		for _, m := range p.Measures {
			out = append(out, m.section(o))
		}
	}
	return out
}

func (m Measure) section(o Options) document.Section {
	s := document.Section{ID: "rader-" + m.KPI, Level: 2, Title: m.Title.SV}
	if m.Why != "" {
		s.Blocks = []document.Block{document.Paragraph{Text: wording.Capital(m.Why) + "."}}
		return s
	}
	words := m.words()
	var parts []string
	for i, rows := range m.lists() {
		if len(rows) > 0 {
			parts = append(parts, wording.Words{}.Count(int64(len(rows)))+" "+words[i])
		}
	}
	s.Blocks = append(s.Blocks, document.Paragraph{Text: wording.Capital(sentence(parts)) + "."})
	t := document.Table{Columns: []document.Column{{Title: "Förvaltning", Width: 0.36}}}
	for i, rows := range m.lists() {
		if len(rows) > 0 {
			t.Columns = append(t.Columns, document.Column{Title: wording.Capital(words[i]), Right: true})
		}
	}
	for _, u := range m.Units {
		row := []document.Cell{{Text: u.Name, Head: true}}
		for i, n := range []int{u.Gained, u.Lost, u.Entered, u.Left} {
			if len(m.lists()[i]) > 0 {
				row = append(row, document.Cell{Text: wording.Words{}.Count(int64(n))})
			}
		}
		t.Rows = append(t.Rows, row)
	}
	s.Blocks = append(s.Blocks, t)
	for i, rows := range m.lists() {
		if len(rows) > 0 {
			s.Blocks = append(s.Blocks, m.rowTable(wording.Capital(words[i]), rows, i, o))
		}
	}
	return s
}

// words are what gained, lost, entered and left are called.
func (m Measure) words() [4]string {
	if m.How == "count" || m.Direction == "down" {
		return [4]string{"räknas nu in", "räknas inte längre in", "nya att räkna på", "finns inte kvar att räkna på"}
	}
	return [4]string{"uppfyller nu kravet", "uppfyller inte längre kravet", "nya att räkna på", "finns inte kvar att räkna på"}
}

func (m Measure) rowTable(caption string, rows []Row, list int, o Options) document.Table {
	t := document.Table{Caption: caption, Columns: []document.Column{{Title: "Namn", Width: 0.4}, {Title: "Förvaltning"}, {Title: "Källa"}}}
	if list > 1 {
		t.Columns = append(t.Columns, document.Column{Title: "Uppfyller"})
	}
	for i, r := range rows {
		if i == mostShown && !o.Verbose && len(rows) > mostShown+1 {
			t.More = fmt.Sprintf("och %d till; alla visas med --verbose och --format json", len(rows)-mostShown)
			break
		}
		row := []document.Cell{{Text: r.Name, Head: true}, {Text: r.Unit}, {Text: r.Place}}
		if list > 1 {
			row = append(row, document.Cell{Text: map[bool]string{true: "ja", false: "nej"}[r.Pass]})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
