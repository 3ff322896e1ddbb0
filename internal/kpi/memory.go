package kpi

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// memory is a database of plain tables named as the relations, for cases. It
// knows one point in time only: its rows are what was so and what was known.
type memory struct {
	db      *sql.DB
	mapped  map[record.Kind]map[string]bool
	sources []store.SourceState
}

// connector opens connections of a driver that belongs to one memory.
type connector struct{ driver *sqlite.Driver }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(":memory:") }
func (c connector) Driver() driver.Driver                        { return c.driver }

// openMemory makes an empty database with every relation.
func openMemory(ctx context.Context) (*memory, error) {
	d := &sqlite.Driver{}
	err := d.RegisterFunction("percentile_disc", &sqlite.FunctionImpl{NArgs: 2, Deterministic: true, VolatileArgs: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &collect{}, nil }})
	if err != nil {
		return nil, err
	}
	m := &memory{db: sql.OpenDB(connector{d}), mapped: map[record.Kind]map[string]bool{}}
	m.db.SetMaxOpenConns(1) // each connection would be a database of its own
	for _, s := range record.Schemas() {
		text := "CREATE TABLE " + string(s.Kind) + " (id TEXT, source TEXT, source_id TEXT, place TEXT, seen_at INTEGER" + columnsSQL(s.Fields) + ")"
		if _, err := m.db.ExecContext(ctx, text); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", s.Kind, err), m.db.Close())
		}
		for _, c := range s.Children {
			text := "CREATE TABLE " + string(s.Kind) + "_" + c.Name + " (parent TEXT" + columnsSQL(c.Fields) + ")"
			if _, err := m.db.ExecContext(ctx, text); err != nil {
				return nil, errors.Join(fmt.Errorf("%s.%s: %w", s.Kind, c.Name, err), m.db.Close())
			}
		}
	}
	for _, k := range catalogue.StoredRelations() {
		s, _ := catalogue.Relation(k)
		if _, err := m.db.ExecContext(ctx, "CREATE TABLE "+string(k)+" (id TEXT, place TEXT"+columnsSQL(s.Fields)+")"); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", k, err), m.db.Close())
		}
	}
	_, err = m.db.ExecContext(ctx, "CREATE TABLE calendar (day_start INTEGER PRIMARY KEY, open_from INTEGER, open_to INTEGER, cumulative INTEGER)")
	if err != nil {
		return nil, errors.Join(err, m.db.Close())
	}
	return m, nil
}

func columnsSQL(fields []record.Field) string {
	var b strings.Builder
	for _, f := range fields {
		switch f.Type {
		case record.Text, record.Enum, record.Pseudonym:
			b.WriteString(`, "` + f.Name + `" TEXT`)
		case record.Ref:
			b.WriteString(`, "` + f.Name + `" TEXT, "` + f.Name + `_raw" TEXT`)
		case record.Float:
			b.WriteString(`, "` + f.Name + `" REAL`)
		default:
			b.WriteString(`, "` + f.Name + `" INTEGER`)
		}
	}
	return b.String()
}

// insert adds a row to a relation.
func (m *memory) insert(ctx context.Context, relation string, values map[string]any) error {
	var names, marks []string
	var args []any
	for k, v := range values {
		names, marks, args = append(names, `"`+k+`"`), append(marks, "?"), append(args, v)
	}
	_, err := m.db.ExecContext(ctx, "INSERT INTO "+relation+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
	return err
}

// setCalendar fills the working-time calendar.
func (m *memory) setCalendar(ctx context.Context, days []store.CalendarDay) error {
	for _, d := range days {
		if _, err := m.db.ExecContext(ctx, "INSERT INTO calendar VALUES (?, ?, ?, ?)", d.DayStart, d.OpenFrom, d.OpenTo, d.Cumulative); err != nil {
			return fmt.Errorf("calendar: %w", err)
		}
	}
	return nil
}

// OpenReader satisfies Opener.
func (m *memory) OpenReader(_ context.Context, at store.Point) (store.Reader, error) {
	return &memoryReader{m, at}, nil
}

type memoryReader struct {
	*memory
	at store.Point
}

// Removals: nothing is ever removed from memory.
func (r *memoryReader) Removals(context.Context) ([]store.Removal, error) { return nil, nil }

func (r *memoryReader) With(...string) string { return "" }
func (r *memoryReader) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return r.db.QueryContext(ctx, text, args...)
}
func (r *memoryReader) Mapped(_ context.Context, k record.Kind) (map[string]bool, error) {
	return r.mapped[k], nil
}
func (r *memoryReader) Sources(context.Context) ([]store.SourceState, error) { return r.sources, nil }
func (r *memoryReader) Point() store.Point                                   { return r.at }
func (r *memoryReader) Close() error                                         { return nil }

// collect is percentile_disc for the memory's own driver.
type collect struct {
	values []float64
	share  float64
}

func (c *collect) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	switch q := args[1].(type) {
	case float64:
		c.share = q
	case int64:
		c.share = float64(q)
	}
	switch v := args[0].(type) {
	case float64:
		c.values = append(c.values, v)
	case int64:
		c.values = append(c.values, float64(v))
	}
	return nil
}

// WindowInverse is never called: no text uses the aggregate as a window function.
func (c *collect) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return errors.New("percentile_disc is not a window function")
}

func (c *collect) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	if len(c.values) == 0 {
		return nil, nil
	}
	return percentile(c.values, c.share), nil
}

func (c *collect) Final(*sqlite.FunctionContext) {}

// relationSchema returns the fields of a relation, child lists included.
func relationSchema(relation string) ([]record.Field, bool) {
	if s, ok := catalogue.Relation(record.Kind(relation)); ok {
		return s.Fields, true
	}
	kind := kindOf(relation)
	if s, ok := record.Lookup(kind); ok {
		if i := s.Child(strings.TrimPrefix(relation, string(kind)+"_")); i >= 0 {
			return s.Children[i].Fields, true
		}
	}
	return nil, false
}
