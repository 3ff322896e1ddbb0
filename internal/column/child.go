package column

import (
	"regexp"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// listBetween splits a cell that lists names.
var listBetween = regexp.MustCompile(`\s*[;\n\r|]\s*|\s*,\s+`)

// rows makes the rows of a child list that one cell names. Of a List, every
// item is a cell of its own.
func (r *Reader) rows(cell *Cell) ([]record.Row, error) {
	list := r.plan.Schema.Children[r.col.child]
	if cell.Type == List {
		var all []record.Row
		for i := range cell.Items {
			rows, err := r.itemRows(list, &cell.Items[i])
			if err != nil {
				return nil, err
			}
			all = append(all, rows...)
		}
		return all, nil
	}
	if cell.Type != Fault && cell.Type != Garbled && (fixed(list) != "" || cell.Type != Text) {
		return r.itemRows(list, cell)
	}
	text, err := r.listText(cell)
	if err != nil {
		return nil, err
	}
	var out []record.Row
	for _, name := range listBetween.Split(text, -1) {
		out = r.named(out, list, name)
	}
	return out, nil
}

// itemRows makes the rows of one role or key, or of one name that is not split.
func (r *Reader) itemRows(list record.Child, cell *Cell) ([]record.Row, error) {
	text, err := r.listText(cell)
	if err != nil {
		return nil, err
	}
	switch fixed(list) {
	case "role":
		return r.roles(list, text), nil
	case "of":
		if r.plan.nulls.Is(text) {
			return nil, nil
		}
		row := make(record.Row, len(list.Fields))
		pseudonym := r.plan.people.Of
		if r.col.row == "sid" {
			pseudonym = r.plan.people.OfExact // no person writes it; the directory does the same
		}
		row[columnOf(list, "key")] = set(pseudonym(text))
		row[columnOf(list, "of")] = set(r.col.row)
		return []record.Row{row}, nil
	}
	return r.named(nil, list, text), nil
}

func (r *Reader) listText(cell *Cell) (string, error) {
	if err := r.plan.unreadable(cell); err != nil {
		return "", err
	}
	if cell.Type == List {
		return "", &refused{errSeveral, "fältet har en lista i en lista"}
	}
	text := cell.text(r.Dates.Date1904)
	if to, ok := r.translated(text); ok {
		text = to
	}
	return text, nil
}

// named adds the row of a name, unless it means nothing.
func (r *Reader) named(rows []record.Row, list record.Child, name string) []record.Row {
	if name = oneLine(sheet.Trim(name)); name == "" || r.plan.nulls.Is(name) {
		return rows
	}
	row := make(record.Row, len(list.Fields))
	row[0] = set(name)
	return append(rows, row)
}

// roles makes a row for each holder in the cell; a vacancy is a row as well.
func (r *Reader) roles(list record.Child, text string) []record.Row {
	holders := words.Holders(text, r.plan.nulls, r.plan.opt.Titles)
	out := make([]record.Row, 0, len(holders))
	for _, h := range holders {
		if r.col.Holder != "" && h.Kind != words.Vacant {
			h.Kind = words.HolderKind(r.col.Holder)
		}
		row := make(record.Row, len(list.Fields))
		row[columnOf(list, "role")] = set(r.col.row)
		row[columnOf(list, "holder")] = set(string(h.Kind))
		ref := columnOf(list, "person_ref")
		row[ref] = record.Value{State: record.Blank}
		if h.Kind == words.Person {
			if h.Text == "" {
				h.Text = text
			}
			row[ref] = set(r.plan.people.Of(h.Text))
		}
		out = append(out, row)
	}
	return out
}

// further fills a further field of the rows that the list's main column made:
// the same in all of them, or, from a List, one by one.
func (r *Reader) further(rows []record.Row, cell *Cell) error {
	list := r.plan.Schema.Children[r.col.child]
	at := 0
	var same record.Value
	var err error
	if cell.Type != List {
		if same, _, err = r.value(cell); err != nil {
			return err
		}
	}
	for _, row := range rows {
		if fx := fixed(list); fx != "" && row[columnOf(list, fx)].S != r.col.row {
			continue
		}
		v := same
		if cell.Type == List && at < len(cell.Items) {
			if v, _, err = r.value(&cell.Items[at]); err != nil {
				return err
			}
			at++
		}
		row[r.col.sub] = v
	}
	return nil
}
