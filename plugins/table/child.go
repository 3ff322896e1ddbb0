package table

import (
	"regexp"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// listBetween splits a cell that lists names.
var listBetween = regexp.MustCompile(`\s*[;\n\r|]\s*|\s*,\s+`)

// rows makes the rows of a child list that one cell names.
func (c *cellReader) rows(cell sheet.Cell) ([]record.Row, error) {
	list := c.schema.Children[c.child]
	text := cellText(cell, c.dates.Date1904)
	if cell.Kind == sheet.Fault {
		return nil, &refused{errFault, "cellen innehåller ett formelfel eller en formel utan sparat värde"}
	}
	if to, ok := c.translated(text); ok {
		text = to
	}
	switch fixed(list) {
	case "role":
		return c.roles(list, text), nil
	case "of":
		if c.nulls.Is(text) {
			return nil, nil
		}
		row := make(record.Row, len(list.Fields))
		row[columnOf(list, "key")] = set(c.people.Of(text))
		row[columnOf(list, "of")] = set(c.row)
		return []record.Row{row}, nil
	}
	var out []record.Row
	for _, name := range listBetween.Split(text, -1) {
		if name = oneLine(sheet.Trim(name)); name == "" || c.nulls.Is(name) {
			continue
		}
		row := make(record.Row, len(list.Fields))
		row[0] = set(name)
		out = append(out, row)
	}
	return out, nil
}

// roles makes a row for each holder in the cell; a vacancy is a row as well.
func (c *cellReader) roles(list record.Child, text string) []record.Row {
	holders := words.Holders(text, c.nulls, c.Titles)
	out := make([]record.Row, 0, len(holders))
	for _, h := range holders {
		if c.Holder != "" && h.Kind != words.Vacant {
			h.Kind = words.HolderKind(c.Holder)
		}
		row := make(record.Row, len(list.Fields))
		row[columnOf(list, "role")] = set(c.row)
		row[columnOf(list, "holder")] = set(string(h.Kind))
		ref := columnOf(list, "person_ref")
		row[ref] = record.Value{State: record.Blank}
		if h.Kind == words.Person {
			if h.Text == "" {
				h.Text = text
			}
			row[ref] = set(c.people.Of(h.Text))
		}
		out = append(out, row)
	}
	return out
}

// further fills a further field of the rows that the list's main column made.
func (c *cellReader) further(rows []record.Row, v record.Value) {
	list := c.schema.Children[c.child]
	for _, r := range rows {
		if fx := fixed(list); fx == "" || r[columnOf(list, fx)].S == c.row {
			r[c.sub] = v
		}
	}
}

func set(s string) record.Value { return record.Value{State: record.Set, S: s} }
