package sql_test

import (
	"encoding/json"
	"net"
	"strconv"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
	"github.com/kommunpuls/kommunpuls/plugins/sql"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// accounts name people: none of the names may leave the reader.
func accounts(srv *sqltest.Server) {
	srv.Exec("CREATE TABLE konto (inloggning varchar(40), namn varchar(40), epost varchar(80), slag varchar(20), aktiv int)")
	for _, row := range []string{"'annand', 'Anna Andersson', 'anna.andersson@example.org', 'anställd', 1", "'bober', 'Bo Berg', 'bo.berg@example.org', 'konsult', 0", "'elev1', 'Cecilia Ceder', 'c@example.org', 'elev', 1"} {
		srv.Exec("INSERT INTO konto VALUES (" + row + ")")
	}
}

func conforms(t *testing.T, s settings) {
	t.Helper()
	s = s.with("record", "account", "query", "SELECT * FROM konto", "id", []string{"inloggning"}, "columns", map[string]any{
		"key:login": "inloggning", "key:name": "namn", "key:mail": "epost", "category": "slag", "enabled": "aktiv",
	})
	sdktest.Run(t, sdktest.Case{
		New:        func() sdk.Source { return sql.Source{} },
		Settings:   s.json(t),
		Broken:     s.with("query", "SELECT namn FROM konto").json(t),
		MinRecords: 2,
		Clear:      []string{"annand", "Anna Andersson", "Andersson", "anna.andersson@example.org", "Bo Berg", "bober", "Cecilia Ceder", "elev1"},
		Connecting: func(addr string) json.RawMessage {
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				t.Fatal(err)
			}
			n, err := strconv.Atoi(port)
			if err != nil {
				t.Fatal(err)
			}
			return s.with("host", host, "port", n).json(t)
		},
		Now: now,
	})
}

func TestConformanceOnPostgres(t *testing.T) {
	srv := sqltest.StartPostgres(t)
	accounts(srv)
	conforms(t, server("postgres", srv))
}

func TestConformanceOnMariaDB(t *testing.T) {
	srv := sqltest.StartMariaDB(t)
	accounts(srv)
	conforms(t, server("mysql", srv))
}

func TestConformanceOnSQLite(t *testing.T) {
	s, dir := lite(t, "CREATE TABLE konto (inloggning TEXT, namn TEXT)", "INSERT INTO konto VALUES ('annand', 'Anna Andersson'), ('bober', 'Bo Berg')")
	s = s.with("record", "account", "query", "SELECT * FROM konto", "id", []string{"inloggning"}, "columns", map[string]any{"key:login": "inloggning", "key:name": "namn"})
	sdktest.Run(t, sdktest.Case{
		New: func() sdk.Source { return sql.Source{} }, BaseDir: dir, Settings: s.json(t), Broken: s.with("file", "finns-inte.db").json(t),
		MinRecords: 2, Clear: []string{"annand", "Anna Andersson", "Andersson", "Bo Berg", "bober"}, Now: now,
		Opening: func(path string) json.RawMessage { return s.with("file", path).json(t) },
	})
}
