package sql

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

// openMySQL connects to MySQL or MariaDB. Rows are read as they come: the
// driver never holds a whole result, and asks for no cursor at the server.
func (p *plan) openMySQL(ctx context.Context) (database, error) {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.DBName = p.User, p.Password, p.Database
	cfg.Net, cfg.Addr = "tcp", p.address()
	if p.isSocket() {
		cfg.Net, cfg.Addr = "unix", p.Host
	}
	cfg.Timeout, cfg.Logger, cfg.Loc = connectTimeout, &mysql.NopLogger{}, time.UTC
	cfg.MultiStatements, cfg.AllowAllFiles, cfg.InterpolateParams = false, false, false
	var err error
	if cfg.TLS, err = p.tlsConfig(); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, p.unreachable(err)
	}
	d := &standard{
		db: dbsql.OpenDB(connector), undo: "ROLLBACK", placeholder: func(int) string { return "?" },
		argument: mysqlArgument, decode: mysqlDecode,
	}
	if d.conn, err = d.db.Conn(ctx); err != nil {
		return nil, errors.Join(p.unreachable(err), d.close())
	}
	var version string
	if err := d.conn.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return nil, errors.Join(p.explained(err), d.close())
	}
	// MySQL counts in milliseconds and bounds SELECT alone, MariaDB in seconds.
	limit := fmt.Sprintf("SET SESSION max_execution_time = %d", p.timeout.Milliseconds())
	if strings.Contains(version, "MariaDB") {
		limit = fmt.Sprintf("SET SESSION max_statement_time = %.3f", p.timeout.Seconds())
	}
	// In UTC a TIMESTAMP is an instant that no clock change makes unclear.
	err = d.run(ctx, "SET NAMES utf8mb4", "SET SESSION time_zone = '+00:00'", limit,
		"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
	if err != nil {
		return nil, errors.Join(p.explained(err), d.close())
	}
	return d, nil
}

func mysqlArgument(m mark) any {
	switch m.Type {
	case markText:
		return m.Text
	case markTime:
		return time.UnixMicro(m.N).UTC()
	}
	return m.N
}

// mysqlDecode reads times as what they are: a TIMESTAMP is an instant (the
// session's clock stands in UTC), a DATETIME a clock on the wall.
func mysqlDecode(typeName string) func(v any) column.Cell {
	plain := plainDecode()
	var as column.Type
	switch typeName {
	case "TIMESTAMP":
		as = column.Instant
	case "DATETIME":
		as = column.Wall
	case "DATE":
		as = column.Day
	case "DECIMAL":
		return func(v any) column.Cell {
			if b, ok := v.([]byte); ok {
				return decimalCell(string(b))
			}
			return plain(v)
		}
	case "BIT":
		return func(v any) column.Cell {
			if b, ok := v.([]byte); ok && len(b) <= 8 {
				return bits(b)
			}
			return plain(v)
		}
	default:
		return plain
	}
	return func(v any) column.Cell {
		if b, ok := v.([]byte); ok {
			return isoCell(as, b)
		}
		return plain(v)
	}
}

// bits is a bit field: one bit is yes or no, more are a number.
func bits(b []byte) column.Cell {
	c := column.Cell{Type: column.Int}
	for _, x := range b {
		c.Int = c.Int<<8 | int64(x)
	}
	return c
}

// isoCell reads "2006-01-02" and "2006-01-02 15:04:05.999999" as MySQL writes
// them. A zero date is nothing; one with a zero month or day is none.
func isoCell(as column.Type, b []byte) column.Cell {
	if len(b) < 10 || b[4] != '-' || b[7] != '-' {
		return column.Cell{Type: column.Fault}
	}
	y, okY := digits(b[0:4])
	m, okM := digits(b[5:7])
	d, okD := digits(b[8:10])
	if !okY || !okM || !okD {
		return column.Cell{Type: column.Fault}
	}
	if y == 0 && m == 0 && d == 0 {
		return column.Cell{}
	}
	var h, mi, s int
	if len(b) >= 19 {
		h, okY = digits(b[11:13])
		mi, okM = digits(b[14:16])
		s, okD = digits(b[17:19])
	}
	if t := time.Date(y, time.Month(m), d, h, mi, s, 0, time.UTC); okY && okM && okD && t.Day() == d && int(t.Month()) == m {
		return column.Cell{Type: as, Int: t.Unix()}
	}
	return column.Cell{Type: column.Fault}
}

func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
