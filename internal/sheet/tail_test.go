package sheet

import (
	"slices"
	"testing"
)

// tailed runs rows through Classify and a Tail, and returns the numbers of the
// table's rows and of those below it.
func tailed(t *testing.T, width int, rows []Row) (table, after []int64) {
	t.Helper()
	h := Header{Row: 1, Rows: 1, Names: make([]string, width)}
	tail := NewTail(h)
	keep := func(r *Row) error {
		table = append(table, r.Number)
		return nil
	}
	for i := range rows {
		c := h.Classify(&rows[i], nil)
		tail.Pass(&rows[i], c)
		if c != Data {
			continue
		}
		if err := tail.Data(&rows[i], keep); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range tail.End() {
		after = append(after, r.Number)
	}
	return table, after
}

func textRow(number int64, cells ...string) Row {
	r := Row{Number: number}
	for _, c := range cells {
		k := Text
		if c == "" {
			k = Empty
		}
		r.Cells = append(r.Cells, Cell{Kind: k, Text: c})
	}
	return r
}

func TestRemarksBelowATableAreNotItsRows(t *testing.T) {
	full := func(n int64) Row { return textRow(n, "Soc", "Treserva", "Anna", "Guld", "CGI") }
	for name, tc := range map[string]struct {
		rows         []Row
		table, after []int64
	}{
		"below an empty row":                    {[]Row{full(2), full(3), textRow(4), textRow(5, "", "Frågor? Ring 1234"), textRow(6, "Guld", "= kritiskt")}, []int64{2, 3}, []int64{5, 6}},
		"below a row that the workbook omits":   {[]Row{full(2), full(3), textRow(5, "", "Ring 1234"), textRow(6, "Guld", "= kritiskt")}, []int64{2, 3}, []int64{5, 6}},
		"below a sum":                           {[]Row{full(2), full(3), textRow(4, "", "Summa:", "2 st"), textRow(5, "", "Uppdateras av Anna")}, []int64{2, 3}, []int64{5}},
		"a sparse row of the table stays":       {[]Row{full(2), full(3), textRow(4, "", "HittaUt"), full(5)}, []int64{2, 3, 4, 5}, nil},
		"a table that goes on across a gap too": {[]Row{full(2), full(3), textRow(4), textRow(5, "", "HittaUt"), full(6)}, []int64{2, 3, 5, 6}, nil},
		"a list of names alone is a table":      {[]Row{textRow(2, "", "A"), textRow(4, "", "B"), textRow(6, "", "C")}, []int64{2, 4, 6}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			table, after := tailed(t, 5, tc.rows)
			if !slices.Equal(table, tc.table) || !slices.Equal(after, tc.after) {
				t.Errorf("table %v, below it %v", table, after)
			}
		})
	}
}

func TestSumsThatCountWhatTheyAddAreSums(t *testing.T) {
	h := Header{Row: 1, Rows: 1, Names: make([]string, 4)}
	for _, r := range []Row{textRow(9, "", "Antal verksamhetssystem", "8"), textRow(9, "SUMMA:", "8 st"), textRow(9, "", "Antal system", "214 stycken"), textRow(9, "Summa", "", "", "1 200 kr"), textRow(9, "Delsumma skola", "", "", "100"), textRow(9, "Summa systemkostnad 2026", "", "", "1200")} {
		if c := h.Classify(&r, nil); c != Total {
			t.Errorf("%v is %d", r.Cells, c)
		}
	}
	for _, r := range []Row{textRow(9, "Soc", "Antal Pro", "Anna"), textRow(9, "Summa Ekonomi", "Anna", "Guld"), textRow(9, "Summa Ekonomi")} {
		if c := h.Classify(&r, nil); c != Data {
			t.Errorf("%v is %d", r.Cells, c)
		}
	}
}
