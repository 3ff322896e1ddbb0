package page

// Table is a table of figures within a page.
type Table struct {
	Frame
	Class, Name string
	Rows        []Row
	// What any row has, and so gets a column.
	HasWhole, HasTarget, HasBefore bool
}

// Len is the number of rows.
func (t Table) Len() float64 { return float64(len(t.Rows)) }

// Table makes a table of figures; name is what it is about, for those who
// cannot see where it stands.
func (f Frame) Table(class string, rows []Row, name string) Table {
	t := Table{Frame: f, Class: class, Rows: rows, Name: name, HasWhole: f.Choices.Unit != ""}
	for _, r := range rows {
		t.HasTarget = t.HasTarget || r.Target != ""
		t.HasBefore = t.HasBefore || r.Before != ""
	}
	return t
}

// Missing lists figures that are not known.
func (f Frame) Missing(rows []Row) Table { return Table{Frame: f, Rows: rows} }

// Now is this page as of now.
func (f Frame) Now() string {
	c := f.Choices
	c.Date = ""
	return c.to(f.Path)
}
