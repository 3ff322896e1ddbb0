package sql

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// sqliteDatabase asks a file.
type sqliteDatabase struct{ standard }

// openSQLite opens a file that the driver cannot write: the connection is
// read-only, and so is every statement.
func (p *plan) openSQLite(ctx context.Context) (database, error) {
	info, err := os.Stat(p.file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sdk.ErrUnreachable, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("är ingen fil: %w", sdk.ErrBadInput)
	}
	path, err := filepath.Abs(p.file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sdk.ErrUnreachable, err)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", "busy_timeout(5000)", "trusted_schema(0)"}, "_dqs": {"0"}}.Encode()}
	db, err := dbsql.Open("sqlite", u.String())
	if err != nil {
		return nil, p.unreachable(err)
	}
	d := &sqliteDatabase{standard{db: db, placeholder: func(int) string { return "?1" }, argument: sqliteArgument,
		decode: func(string) func(any) column.Cell { return plainDecode() }}}
	if d.conn, err = d.db.Conn(ctx); err != nil {
		return nil, errors.Join(p.explained(err), d.close())
	}
	return d, nil
}

// query asks twice: first for the columns' names, then for the values of the
// chosen ones as they are stored. Asked for a column as it is, the driver makes
// times of texts and loses whether they had a zone.
func (d *sqliteDatabase) query(ctx context.Context, s statement, since mark, pick choose) (rows, error) {
	inner := s.with(d.placeholder)
	args := min(1, len(s.parts)-1) // ?1 is one argument, wherever it stands
	var names []string
	var cols []int
	first, err := d.ask(ctx, "SELECT * FROM (\n"+inner+"\n) LIMIT 0", args, since, func(all []string) (_ []int, err error) {
		names = all
		cols, err = pick(withoutNumbers(all))
		return nil, err
	})
	if err != nil {
		return nil, err
	}
	first.close()
	outer := make([]string, len(cols))
	all := make([]int, len(cols))
	for i, c := range cols {
		outer[i], all[i] = `+"`+strings.ReplaceAll(names[c], `"`, `""`)+`"`, i
	}
	return d.ask(ctx, "SELECT "+strings.Join(outer, ", ")+" FROM (\n"+inner+"\n)", args, since, func([]string) ([]int, error) { return all, nil })
}

// textError is a fault of a query's own text: SQLite finds it before it has
// looked at any value, so what it says of it holds none.
type textError struct{ error }

func (e *textError) Unwrap() error { return e.error }

// ask is queryText that tells a fault of the text from one of a value: EXPLAIN
// takes the text apart and reads nothing.
func (d *sqliteDatabase) ask(ctx context.Context, query string, args int, since mark, pick choose) (rows, error) {
	out, err := d.queryText(ctx, query, args, since, pick)
	if err == nil {
		return out, nil
	}
	explained, fault := d.queryText(ctx, "EXPLAIN "+query, args, since, func([]string) ([]int, error) { return nil, nil })
	if fault != nil {
		return nil, &textError{fault}
	}
	explained.close()
	return nil, err
}

// sqliteArgument is :since as SQLite's own functions write times.
func sqliteArgument(m mark) any {
	switch m.Type {
	case markText:
		return m.Text
	case markTime:
		return time.UnixMicro(m.N).UTC().Format(time.DateTime)
	}
	return m.N
}

// withoutNumbers undoes what SQLite does to a name that stands twice in what is
// selected from: "nr", "nr:1".
func withoutNumbers(names []string) []string {
	out := slices.Clone(names)
	for i, n := range names {
		if at := strings.LastIndexByte(n, ':'); at > 0 && slices.Contains(names[:i], n[:at]) {
			if _, ok := digits([]byte(n[at+1:])); ok {
				out[i] = n[:at]
			}
		}
	}
	return out
}
