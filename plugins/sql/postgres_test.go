package sql_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sql"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// TestPostgres runs against one real server.
func TestPostgres(t *testing.T) {
	srv := sqltest.StartPostgres(t)
	pg := server("postgres", srv)
	for name, test := range map[string]func(*testing.T, *sqltest.Server, settings){
		"every type becomes what the field holds":            pgTypes,
		"only what changed is read":                          pgIncrement,
		"text where numbers were is told with row":           pgBadRow,
		"a conversion that fails late fails the collection":  pgBadCast,
		"nothing can be written":                             pgWrites,
		"what is wrong with the query is told":               queryFaults,
		"a wrong password or database is told":               loginFaults,
		"a certificate must hold":                            certificateFaults,
		"a query that takes too long is ended at the server": pgTimeout,
		"a cancelled query is ended at the server":           pgCancelled,
		"a large result is not held in memory or drained":    pgStreams,
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			test(t, srv, pg)
		})
	}
}

func pgTypes(t *testing.T, srv *sqltest.Server, s settings) {
	srv.Exec(`CREATE TYPE lage AS ENUM ('Stängt', 'Pågår')`, `CREATE TABLE arende (nr bigint, skapad timestamptz, klar timestamp, lovad date, betyg real, minuter numeric(8,3), auto boolean,
		antal smallint, status lage, ko varchar, kategori char(8), grupp uuid, bekraftad timestamptz, arbete double precision)`,
		`INSERT INTO arende VALUES (4711, '2026-03-02 08:00+01', '2026-07-01 12:30:15.9', '2026-07-02', 4.5, 1234.500, true, 3, 'Stängt', '  Nät  och drift ', 'PC', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'infinity', 12),
			(4712, '1969-12-31 23:59:59.5+00', NULL, 'infinity', NULL, NULL, false, NULL, NULL, 'okänd', NULL, NULL, NULL, 'NaN')`)
	g, end := collect(t, s.with("query", "SELECT * FROM arende ORDER BY nr", "columns", map[string]any{
		"ticket_no": "NR", "opened_at": "skapad", "resolved_at": "klar", "due_at": "lovad", "csat": "betyg", "paused_minutes": "minuter", "auto_created": "auto",
		"reopened_count": "antal", "status": "status", "status_raw": "status", "queue": "ko", "category": "kategori", "user_group": "grupp", "acknowledged_at": "bekraftad",
		"work_minutes": "arbete", "supplier": map[string]any{"header": "leverantor", "optional": true},
	}, "bad_cell", "blank", "covers", "all", "constants", map[string]any{"kind": "incident"}).request(t, ""))
	if end.Seen != 2 || !g.header.Full || !g.header.CoversAll || g.codes()["bad_number"] != 1 || len(g.warnings) != 1 {
		t.Errorf("%+v %+v %v", end, g.header, g.warnings)
	}
	first, second := g.byID["4711"], g.byID["4712"]
	set := func(v record.Value) record.Value { v.State = record.Set; return v }
	blank := record.Value{State: record.Blank}
	for field, want := range map[string][2]record.Value{
		"ticket_no":       {set(record.Value{S: "4711"}), set(record.Value{S: "4712"})},
		"opened_at":       {set(record.Value{I: at(t, "2026-03-02T07:00:00Z")}), set(record.Value{I: -1})},
		"resolved_at":     {set(record.Value{I: at(t, "2026-07-01T10:30:15Z")}), blank},
		"due_at":          {set(record.Value{I: at(t, "2026-07-02T21:59:59Z")}), blank},
		"csat":            {set(record.Value{F: 4.5}), blank},
		"paused_minutes":  {set(record.Value{F: 1234.5}), blank},
		"auto_created":    {set(record.Value{I: 1}), set(record.Value{I: 0})},
		"reopened_count":  {set(record.Value{I: 3}), blank},
		"status":          {set(record.Value{S: "closed"}), blank},
		"status_raw":      {set(record.Value{S: "Stängt"}), blank},
		"queue":           {set(record.Value{S: "Nät och drift"}), blank},
		"category":        {set(record.Value{S: "PC"}), blank},
		"user_group":      {set(record.Value{S: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}), blank},
		"acknowledged_at": {blank, blank},
		"work_minutes":    {set(record.Value{F: 12}), blank},
		"kind":            {set(record.Value{S: "incident"}), set(record.Value{S: "incident"})},
		"supplier":        {{}, {}},
	} {
		if got := [2]record.Value{first.Get(field), second.Get(field)}; got != want {
			t.Errorf("%s: got %+v, want %+v", field, got, want)
		}
	}
	srv.Exec(`CREATE TABLE system (namn text, alias text[], agare text)`, `INSERT INTO system VALUES ('Treserva', '{"Procapita, gamla",VIVA,NULL}', 'Anna Andersson')`)
	g, _ = collect(t, s.with("record", "system", "query", "TABLE system", "columns", map[string]any{"name": "namn", "alias": "alias", "role:owner": "agare"}).request(t, ""))
	sys, schema := g.byID["Treserva"], mustSchema(t, record.System)
	if a := sys.Children[schema.Child("alias")]; len(a) != 2 || a[0][0].S != "Procapita, gamla" {
		t.Errorf("alias: %+v", a)
	}
	if r := sys.Children[schema.Child("role")]; len(r) != 1 || !sdk.IsPseudonym(r[0][2].S) {
		t.Errorf("role: %+v", r)
	}
}

func mustSchema(t *testing.T, k record.Kind) record.Schema {
	t.Helper()
	s, ok := record.Lookup(k)
	if !ok {
		t.Fatal(k)
	}
	return s
}

func pgIncrement(t *testing.T, srv *sqltest.Server, s settings) {
	srv.Exec("CREATE TABLE inc (nr int PRIMARY KEY, skapad timestamptz, andrad timestamp)",
		"INSERT INTO inc SELECT i, '2026-01-01', timestamp '2026-11-01 00:00' + i * interval '1 hour' FROM generate_series(1, 100) i")
	s = s.with("query", "SELECT nr, skapad, andrad FROM inc WHERE andrad >= :since", "covers", "all", "increment", map[string]any{"column": "andrad", "overlap": "90m", "full_every": "2d"})
	g, end := collect(t, s.request(t, ""))
	if g.written != 100 || !g.header.Full || !g.header.CoversAll {
		t.Fatalf("first: %d rows, %+v", g.written, g.header)
	}
	srv.Exec("DELETE FROM inc WHERE nr = 1", "UPDATE inc SET andrad = '2026-11-20 10:00' WHERE nr = 2")
	req := s.request(t, "")
	req.Cursor, req.Now = end.Cursor, now.Add(time.Hour)
	g, end = collect(t, req)
	// Rows 99 and 100 changed within the overlap before the newest.
	if g.written != 3 || g.header.Full || g.header.CoversAll || !g.header.ContentAt.Equal(time.Date(2026, 11, 5, 3, 0, 0, 0, time.UTC)) {
		t.Errorf("increment: %d rows, %+v", g.written, g.header)
	}
	srv.Exec("UPDATE inc SET andrad = '2031-01-01' WHERE nr = 3") // a clock that is wrong
	req.Cursor, req.Now = end.Cursor, now.Add(2*time.Hour)
	if g, end = collect(t, req); g.written != 2 {
		t.Errorf("a time in the future: %d rows", g.written)
	}
	srv.Exec("UPDATE inc SET andrad = '2026-11-21 15:30' WHERE nr = 4")
	req.Cursor, req.Now = end.Cursor, now.Add(3*time.Hour)
	if g, end = collect(t, req); g.written != 2 || g.byID["4"].ID == "" {
		t.Errorf("what comes after a time in the future is hidden: %d rows", g.written)
	}
	req.Cursor, req.Now = end.Cursor, now.Add(49*time.Hour)
	if g, _ = collect(t, req); g.written != 99 || !g.header.Full {
		t.Errorf("the full pass: %d rows, %+v", g.written, g.header)
	}
	other := s.with("constants", map[string]any{"kind": "incident"}).request(t, "")
	other.Cursor = end.Cursor
	if g, _ = collect(t, other); !g.header.Full {
		t.Error("other settings ask for a full pass")
	}
	// Numbers count without a clock, and the start bounds what a full pass reads.
	s = s.with("query", "SELECT nr, skapad FROM inc WHERE nr >= :since AND nr >= :since", "increment", map[string]any{"column": "nr", "type": "number", "start": "50"})
	if g, end = collect(t, s.request(t, "")); g.written != 51 {
		t.Errorf("numbers from 50: %d rows", g.written)
	}
	req = s.request(t, "")
	req.Cursor = end.Cursor
	if g, _ = collect(t, req); g.written != 1 {
		t.Errorf("numbers from 100: %d rows", g.written)
	}
}

// manyRows is 900,000 rows of numbers, and one that is none.
const manyRows = "SELECT i AS nr, timestamptz '2026-01-01' + i * interval '1 s' AS skapad, CASE WHEN i = 900000 THEN 'Anna Andersson' ELSE (i % 7)::text END AS betyg FROM generate_series(1, 900001) i"

func pgBadRow(t *testing.T, _ *sqltest.Server, s settings) {
	s = s.with("query", manyRows, "columns", map[string]any{"ticket_no": "nr", "opened_at": "skapad", "csat": "betyg"})
	for bad, want := range map[string]struct {
		rows    int
		refused bool
		words   string
	}{"": {900_000, true, "Raden används inte"}, "blank": {900_001, false, "Cellen räknas som tom"}} {
		c := &counting{}
		end, err := sql.Source{}.Collect(context.Background(), s.with("bad_cell", bad).request(t, ""), c)
		if err != nil {
			t.Fatal(err)
		}
		if c.records != want.rows || end.Seen != 900_001 || len(c.warnings) != 1 {
			t.Fatalf("%d rows, %+v, %v", c.records, end, c.warnings)
		}
		w := c.warnings[0]
		if w.Place.Row != 900_000 || w.Column != "betyg" || w.Code != "bad_number" || w.Refused != want.refused || !strings.Contains(w.Reason, want.words) || strings.Contains(w.Reason, "Andersson") {
			t.Errorf("got %+v", w)
		}
	}
}

// counting keeps no records.
type counting struct {
	gathered
	records int
}

func (c *counting) Write(recs []record.Record) error {
	c.records += len(recs)
	return nil
}

func pgBadCast(t *testing.T, _ *sqltest.Server, s settings) {
	q := "SELECT nr, skapad, betyg::int AS betyg FROM (" + manyRows + " OFFSET 0) x"
	contains(t, refused(t, s.with("query", q), sdk.ErrBadInput), "kommunpuls_prov på 127.0.0.1", "efter rad 8", "räkna om", "22P02")
	// The classes of the query's own faults come of values too, and quote them.
	for _, value := range []string{"to_tsquery('simple', namn)", "namn::regclass"} {
		text := refused(t, s.with("query", "SELECT 1 AS nr, "+value+"::text AS skapad FROM (VALUES ('Anna Andersson')) x (namn)"), sdk.ErrBadInput)
		if contains(t, text, "räkna om", "(42"); strings.Contains(text, "Anna") {
			t.Errorf("%s: the value is quoted: %s", value, text)
		}
	}
}

func pgWrites(t *testing.T, srv *sqltest.Server, s settings) {
	srv.Exec("CREATE TABLE skriv (nr int)", "INSERT INTO skriv VALUES (1)", "CREATE SEQUENCE raknare",
		"CREATE FUNCTION skriver() RETURNS int LANGUAGE sql AS 'DELETE FROM skriv; SELECT 1'", "GRANT ALL ON skriv, raknare TO PUBLIC")
	s = s.with("user", srv.Admin) // who may do everything
	for _, q := range []string{
		"WITH x AS (DELETE FROM skriv RETURNING nr) SELECT nr, now() AS skapad FROM x",
		"SELECT nr, now() AS skapad INTO nytt FROM skriv",
		"SELECT skriver() AS nr, now() AS skapad",
		"SELECT nextval('raknare') AS nr, now() AS skapad",
	} {
		contains(t, refused(t, s.with("query", q), sdk.ErrBadInput), "försöker skriva", "ingenting har ändrats")
	}
	// Nor can the query make its own transaction one that writes.
	refused(t, s.with("query", "SELECT set_config('transaction_read_only', 'off', true) AS nr, skriver(), now() AS skapad"), sdk.ErrBadInput)
	if n := srv.Count("SELECT count(*) FROM skriv"); n != 1 {
		t.Errorf("%d rows are left", n)
	}
	if n := srv.Count("SELECT count(*) FROM pg_class WHERE relname = 'nytt'"); n != 0 {
		t.Error("a table was made")
	}
}

// queryFaults are the same on every server.
func queryFaults(t *testing.T, _ *sqltest.Server, s settings) {
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"SELECT 1 AS nr, 2 AS skapat", []string{"kolumnen ”skapad” finns inte i svaret; närmast är ”skapat”"}},
		{"SELECT 1 AS nummer, 2 AS tid", []string{"”nr”", "”skapad”"}},
		{"SELECT 1 AS nr, 2 AS skapad, 3 AS nr", []string{"”nr” finns två gånger", "AS"}},
		{"SELECT 1 AS nr, 2 AS skapad FROM finns_inte", []string{"finns_inte"}},
		{"SELEKT_FEL", []string{"SELECT eller WITH"}},
		{"SELECT 1 AS nr, 2 AS skapad FROM", []string{"går inte att utföra"}},
	} {
		contains(t, refused(t, s.with("query", c.query), sdk.ErrBadInput), c.want...)
	}
	// A name that stands twice harms nobody who does not read it.
	g, _ := collect(t, s.with("query", "SELECT 1 AS nr, '2026-01-01 10:00:00' AS skapad, 3 AS x, 4 AS x").request(t, ""))
	if g.written != 1 {
		t.Errorf("%d rows, %v", g.written, g.warnings)
	}
}

func loginFaults(t *testing.T, srv *sqltest.Server, s settings) {
	s = s.with("query", "SELECT 1 AS nr")
	contains(t, refused(t, s.with("password", "fel-losenord"), sdk.ErrUnreachable), "lösenordet godtas inte")
	contains(t, refused(t, s.with("database", "finns_ej"), sdk.ErrUnreachable), "finns_ej")
	contains(t, refused(t, s.with("port", 1, "host", "127.0.0.1"), sdk.ErrUnreachable), "ingen svarar på 127.0.0.1:1")
}

func certificateFaults(t *testing.T, srv *sqltest.Server, s settings) {
	s = s.with("query", "SELECT 1 AS nr, '2026-01-01' AS skapad")
	contains(t, refused(t, s.with("ca_file", nil), sdk.ErrUnreachable), "certifikat", "ca_file")
	contains(t, refused(t, s.with("ca_file", srv.Dir+"/finns-inte.pem"), sdk.ErrBadInput), "ca_file")
	if g, _ := collect(t, s.with("ca_file", nil, "tls", "off").request(t, "")); g.written != 1 {
		t.Error("nothing was read without TLS")
	}
	if g, _ := collect(t, s.with("host", "localhost").request(t, "")); g.written != 1 {
		t.Error("nothing was read by another name of the certificate")
	}
	socket := map[any]string{"postgres": srv.Dir, "mysql": srv.Dir + "/socket"}[s["driver"]]
	if g, _ := collect(t, s.with("host", socket, "ca_file", nil).request(t, "")); g.written != 1 {
		t.Error("nothing was read by the local socket")
	}
}

// running counts the server's sessions that run a query with a mark in it.
func running(srv *sqltest.Server, mark string) int64 {
	return srv.Count(fmt.Sprintf("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%%s%%' AND pid <> pg_backend_pid()", mark))
}

// gone waits until no session runs the query any more.
func gone(t *testing.T, srv *sqltest.Server, mark string) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); running(srv, mark) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server still runs the query")
		}
	}
}

func pgTimeout(t *testing.T, srv *sqltest.Server, s settings) {
	text := refused(t, s.with("query", "SELECT 1 AS nr, now() AS skapad, pg_sleep(600) /* lang1 */", "statement_timeout", "300ms"), sdk.ErrUnreachable)
	contains(t, text, "längre tid än 300ms", "statement_timeout")
	gone(t, srv, "lang1")
}

func pgCancelled(t *testing.T, srv *sqltest.Server, s settings) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for end := time.Now().Add(2 * time.Minute); running(srv, "lang2") == 0 && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
	}()
	req := s.with("query", "SELECT 1 AS nr, now() AS skapad, pg_sleep(600) /* lang2 */").request(t, "")
	if _, err := (sql.Source{}).Collect(ctx, req, &gathered{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	gone(t, srv, "lang2")
}

func pgStreams(t *testing.T, srv *sqltest.Server, s settings) {
	g := &gathered{}
	stop := errors.New("enough")
	g.onWrite = func() error { return stop }
	began := time.Now()
	// Hundreds of millions of rows: whoever held or drained them would not come back.
	req := s.with("query", "SELECT generate_series(1, 500000000) AS nr, now() AS skapad /* strom */").request(t, "")
	if _, err := (sql.Source{}).Collect(context.Background(), req, g); !errors.Is(err, stop) || g.written != 256 {
		t.Errorf("%d rows, %v", g.written, err)
	}
	t.Logf("stopped after %v", time.Since(began))
	gone(t, srv, "strom")
}

func TestTheHostGoesAwayInTheMiddle(t *testing.T) {
	for driver, c := range map[string]struct {
		start func(testing.TB, ...string) *sqltest.Server
		query string
	}{
		"postgres": {sqltest.StartPostgres, "SELECT generate_series(1, 500000000) AS nr, now() AS skapad"},
		"mysql":    {sqltest.StartMariaDB, "SELECT seq AS nr, timestamp '2026-01-01 00:00:00' AS skapad FROM seq_1_to_500000000"},
	} {
		t.Run(driver, func(t *testing.T) {
			srv := c.start(t)
			g := &gathered{}
			g.onWrite = func() error {
				if g.written == 256 {
					srv.Kill()
				}
				return nil
			}
			_, err := sql.Source{}.Collect(context.Background(), server(driver, srv).with("query", c.query).request(t, ""), g)
			if !errors.Is(err, sdk.ErrUnreachable) {
				t.Fatal(err)
			}
			contains(t, err.Error(), "efter rad", "bröts")
		})
	}
}
