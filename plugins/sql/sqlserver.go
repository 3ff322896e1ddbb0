package sql

import (
	"context"
	dbsql "database/sql"
	"errors"
	"net/url"
	"strconv"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/kommunpuls/kommunpuls/internal/column"
)

// openSQLServer connects to SQL Server. It has no transaction that only reads:
// the account must be one that may only read. What a query writes all the same
// is rolled back.
func (p *plan) openSQLServer(ctx context.Context) (database, error) {
	cfg, err := p.sqlServerConfig()
	if err != nil {
		return nil, err
	}
	d := &standard{
		db: dbsql.OpenDB(mssql.NewConnectorConfig(cfg)), undo: "IF @@TRANCOUNT > 0 ROLLBACK",
		placeholder: func(n int) string { return "@p" + strconv.Itoa(n) }, argument: sqlServerArgument, decode: sqlServerDecode,
	}
	if d.conn, err = d.db.Conn(ctx); err != nil {
		return nil, errors.Join(p.unreachable(err), d.close())
	}
	lock := "SET LOCK_TIMEOUT " + strconv.FormatInt(p.timeout.Milliseconds(), 10)
	if err := d.run(ctx, "SET XACT_ABORT ON", lock, "BEGIN TRANSACTION"); err != nil {
		return nil, errors.Join(p.explained(err), d.close())
	}
	return d, nil
}

// sqlServerConfig is the driver's configuration. An error of the driver's own
// parser may quote what it was given, so it is not passed on.
func (p *plan) sqlServerConfig() (msdsn.Config, error) {
	q := url.Values{"database": {p.Database}, "app name": {"kommunpuls"}, "applicationintent": {"ReadOnly"},
		"dial timeout": {strconv.Itoa(int(connectTimeout / time.Second))}, "encrypt": {"true"}, "trustservercertificate": {"false"}}
	if p.TLS == "off" {
		q.Set("encrypt", "disable")
	}
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword(p.User, p.Password), Host: p.address(), Path: p.Instance, RawQuery: q.Encode()}
	if p.Instance != "" && p.Port == 0 {
		u.Host = p.Host // the server's browser knows the instance's port
	}
	cfg, err := msdsn.Parse(u.String())
	if err != nil {
		return cfg, p.unreachable(errors.New("uppgifterna om servern går inte att tolka"))
	}
	tls, err := p.tlsConfig()
	if err != nil {
		return cfg, err
	}
	if tls != nil {
		cfg.TLSConfig = tls
		cfg.TLSConfig.DynamicRecordSizingDisabled = true // as the driver sets it; TDS packets do not fit otherwise
	}
	return cfg, nil
}

func sqlServerArgument(m mark) any {
	switch m.Type {
	case markText:
		return m.Text
	case markTime: // a datetimeoffset at +00:00, which datetime2 is compared with as if it stood in UTC
		return time.UnixMicro(m.N).UTC()
	}
	return m.N
}

// sqlServerDecode reads times as what they are: only datetimeoffset says where
// on earth its clock stands.
func sqlServerDecode(typeName string) func(v any) column.Cell {
	plain := plainDecode()
	as := column.Instant
	switch typeName {
	case "DATETIME", "DATETIME2", "SMALLDATETIME":
		as = column.Wall
	case "DATE":
		as = column.Day
	case "DECIMAL", "NUMERIC", "MONEY", "SMALLMONEY":
		return func(v any) column.Cell {
			if b, ok := v.([]byte); ok {
				return decimalCell(string(b))
			}
			return plain(v)
		}
	case "UNIQUEIDENTIFIER":
		return func(v any) column.Cell {
			var id mssql.UniqueIdentifier
			if err := id.Scan(v); err != nil {
				return column.Cell{Type: column.Fault}
			}
			return column.Cell{Type: column.Text, Text: id.String()}
		}
	}
	return func(v any) column.Cell {
		if t, ok := v.(time.Time); ok {
			if as != column.Instant { // the wall's digits, wherever the driver says they stand
				t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
			}
			return column.Cell{Type: as, Int: t.Unix()}
		}
		return plain(v)
	}
}
