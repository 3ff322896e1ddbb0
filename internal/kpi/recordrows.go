package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/rowtext"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Rows calls each for every row of a relation, sorted by id. The row is valid
// until each returns.
func (rec *Recording) Rows(ctx context.Context, relation string, each func(*finding.PopulationRow) error) (err error) {
	i := slices.IndexFunc(rec.relations, func(p *relationRows) bool { return p.Relation == relation })
	if i < 0 {
		return fmt.Errorf("population %s: %w", relation, store.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, rowsDeadline)
	defer cancel()
	r := <-rec.free
	defer func() { rec.free <- r }()
	p := rec.relations[i]
	inside, err := rec.insides(ctx, r, p)
	if err != nil {
		return err
	}
	have, err := rec.columns(ctx, r, p)
	if err != nil {
		return err
	}
	read, err := rec.rowsText(r, p, have)
	if err != nil {
		return err
	}
	rows, err := r.Query(ctx, read.text)
	if err != nil {
		return fmt.Errorf("population %s: %w", p.Relation, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := finding.PopulationRow{Cells: make([]string, len(read.places)-3)}
	firstKey, firstCell := len(p.Fields), len(p.Fields)+len(p.keys)
	for rows.Next() {
		if err := read.row(rows); err != nil {
			return fmt.Errorf("population %s: %w", p.Relation, err)
		}
		row.ID, row.OrgUnit, row.Place = read.cell(0), read.cell(1), read.cell(2)
		for i := range row.Cells {
			row.Cells[i] = read.cell(3 + i)
		}
		for i, k := range p.keys {
			if k.top {
				row.Cells[firstKey+i] = rec.s.org.of(row.Cells[firstKey+i])
			}
		}
		for i, list := range inside {
			if list != nil {
				row.Cells[firstCell+i] = insideFlag(list, row.Cells[firstCell+i])
			}
		}
		if err := each(&row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// columns asks the store which columns a relation has: its own tables have no
// envelope.
func (rec *Recording) columns(ctx context.Context, r store.Reader, p *relationRows) (_ []string, err error) {
	text, err := rec.s.texts.statement(r, p.use, nil, "SELECT * FROM "+p.Relation+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("population %s: %w", p.Relation, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	return names, errors.Join(err, rows.Err())
}

// rowsText is the statement of a relation's rows.
func (rec *Recording) rowsText(r store.Reader, p *relationRows, have []string) (x *rowsRead, err error) {
	column := func(name string) string {
		if slices.Contains(have, name) {
			return p.Relation + "." + name
		}
		return "NULL"
	}
	id := column("id")
	if id == "NULL" {
		id = column("parent")
	}
	unit := column("org_unit")
	if p.Relation == string(record.OrgUnit) {
		unit = "org_unit.id"
	}
	items := []string{id, unit, column("place")}
	for _, f := range p.Fields {
		items = append(items, p.Relation+"."+f.Name)
	}
	for _, k := range p.keys {
		items = append(items, k.sql)
	}
	for _, c := range p.cells {
		items = append(items, c.text)
	}
	where := ""
	if p.partial && !slices.Contains(p.pops, "") {
		where = "(" + strings.Join(p.pops, ") OR (") + ")"
	}
	_, sortedByID := record.Lookup(record.Kind(p.Relation)) // an id is one row's there
	x = newRowsRead(items, sortedByID)
	x.text, err = rec.s.texts.statement(r, p.use, nil, "SELECT "+strings.Join(x.columns, ", ")+" "+from(p.Relation, where)+" ORDER BY "+x.order)
	return x, err
}

// rowsRead reads the rows of a relation. A text that several columns share is
// asked for once, and what the rows are not sorted by comes as one value.
type rowsRead struct {
	text, order string
	columns     []string // of the statement
	places      []int    // of each cell among the texts
	texts       []string // of the row that was read
	plain       []any    // columns that are a text each
	packed      []sql.RawBytes
	values      []string
	into        []any
}

func newRowsRead(items []string, sortedByID bool) *rowsRead {
	x := &rowsRead{order: "1"}
	number := map[string]int{}
	var own []string
	for _, item := range items {
		n, ok := number[item]
		if !ok {
			n = len(own)
			number[item], own = n, append(own, item)
		}
		x.places = append(x.places, n)
	}
	x.texts = make([]string, len(own))
	if sortedByID {
		x.columns = append(own[:1:1], rowtext.Columns(own[1:])...)
		x.plain = make([]any, 1)
	} else {
		for i := 2; i <= len(own); i++ {
			x.order += ", " + strconv.Itoa(i)
		}
		x.columns, x.plain = own, make([]any, len(own))
	}
	x.packed = make([]sql.RawBytes, len(x.columns)-len(x.plain))
	x.values = make([]string, len(x.packed))
	for i := range x.plain {
		x.into = append(x.into, &x.plain[i])
	}
	for i := range x.packed {
		x.into = append(x.into, &x.packed[i])
	}
	return x
}

// row reads the row that rows stand at.
func (x *rowsRead) row(rows *sql.Rows) error {
	if err := rows.Scan(x.into...); err != nil {
		return err
	}
	for i, v := range x.plain {
		x.texts[i] = cellText(v)
	}
	for i, v := range x.packed {
		x.values[i] = string(v)
	}
	return rowtext.Unpack(x.texts[len(x.plain):], x.values...)
}

// cell is one of the row's cells, in the order that they were asked for.
func (x *rowsRead) cell(i int) string { return x.texts[x.places[i]] }

// cellText writes a value so that reading it gives the same one; NULL is "".
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return "1"
		}
		return "0"
	}
	return fmt.Sprint(v)
}
