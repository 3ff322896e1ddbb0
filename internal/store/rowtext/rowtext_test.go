package rowtext

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"testing"

	"modernc.org/sqlite"
)

type connector struct{ driver *sqlite.Driver }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(":memory:") }
func (c connector) Driver() driver.Driver                        { return c.driver }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCellsOfARowComeBackAsTheyWere(t *testing.T) {
	d := &sqlite.Driver{}
	must(t, d.RegisterFunction(Name, Function()))
	db := sql.OpenDB(connector{d})
	defer func() { must(t, db.Close()) }()
	items := []string{"NULL", "''", "'åäö, \"x\"'", "7", "-9223372036854775808", "0.1", "1e21", "2.0", "x'616200'", "'" + strings.Repeat("lång ", 100) + "'"}
	want := []string{"", "", "åäö, \"x\"", "7", "-9223372036854775808", "0.1", "1000000000000000000000", "2", "ab\x00", strings.Repeat("lång ", 100)}
	for range 5 { // more than a function takes
		items, want = append(items, items...), append(want, want...)
	}
	columns := Columns(items)
	if len(columns) != 4 {
		t.Fatalf("%d items in %d columns", len(items), len(columns))
	}
	values, into := make([]string, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	must(t, db.QueryRowContext(t.Context(), "SELECT "+strings.Join(columns, ", ")).Scan(into...))
	got := make([]string, len(items))
	must(t, Unpack(got, values...))
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestWhatIsNoRowOfTextsIsRefused(t *testing.T) {
	whole, err := pack([]driver.Value{"ett", int64(2)})
	must(t, err)
	for name, c := range map[string]struct {
		value string
		cells int
	}{
		"fewer cells": {string(whole), 1}, "more cells": {string(whole), 3}, "cut": {string(whole[:len(whole)-1]), 2},
		"nothing": {"", 1}, "a length that leads out": {"\xff\xff\xff\xff\x0f", 1}, "no end of a length": {"\xff\xff\xff\xff\xff\xff", 1},
	} {
		if err := Unpack(make([]string, c.cells), c.value); !errors.Is(err, ErrRow) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	must(t, Unpack(make([]string, 2), string(whole)))
	if _, err := pack([]driver.Value{true}); err == nil {
		t.Error("a cell that SQLite has no kind for is taken")
	}
}
