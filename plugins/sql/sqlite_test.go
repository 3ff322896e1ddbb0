package sql_test

import (
	dbsql "database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// lite makes a database file and settings that read it.
func lite(t testing.TB, statements ...string) (settings, string) {
	t.Helper()
	dir := t.TempDir()
	db, err := dbsql.Open("sqlite", filepath.Join(dir, "å b.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range statements {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return settings{"driver": "sqlite", "file": "å b.db", "record": "ticket", "columns": map[string]any{"ticket_no": "nr", "opened_at": "skapad"}}, dir
}

func TestSQLiteReadsWhatIsStored(t *testing.T) {
	s, dir := lite(t, "CREATE TABLE arende (nr INTEGER, skapad DATETIME, klar TIMESTAMP, lovad DATE, betyg, antal INTEGER, ko TEXT)",
		"INSERT INTO arende VALUES (4711, '2026-03-02 08:00:00', '2026-07-01T10:30:15Z', '2026-07-02', 4.5, 3, 'Nät'), (4712, '2026-03-02T07:00:00+00:00', '2026-07-01 12:30:15.999', NULL, 'Anna Andersson', NULL, CAST(x'c328' AS TEXT))")
	g, end := collect(t, s.with("query", "SELECT * FROM arende", "bad_cell", "blank", "columns", map[string]any{
		"ticket_no": "nr", "opened_at": "skapad", "resolved_at": "klar", "due_at": "lovad", "csat": "betyg", "reopened_count": "antal", "queue": "ko",
	}).request(t, dir))
	if end.Seen != 2 || g.codes()["bad_number"] != 1 || g.codes()["bad_encoding"] != 1 || len(g.warnings) != 2 || g.warnings[0].Place != (record.Place{Doc: "å b.db", Row: 2}) {
		t.Errorf("%+v %+v", end, g.warnings)
	}
	for _, id := range []string{"4711", "4712"} {
		r := g.byID[id]
		if got := r.Get("opened_at"); got.I != at(t, "2026-03-02T07:00:00Z") {
			t.Errorf("%s: a wall clock in Sweden and an offset are the same instant: %+v", id, got)
		}
		if got := r.Get("resolved_at"); got.I != at(t, "2026-07-01T10:30:15Z") {
			t.Errorf("%s: %+v", id, got)
		}
	}
	if r := g.byID["4711"]; r.Get("due_at").I != at(t, "2026-07-02T21:59:59Z") || r.Get("csat").F != 4.5 || r.Get("reopened_count").I != 3 || r.Get("queue").S != "Nät" {
		t.Errorf("%+v", r)
	}
}

func TestSQLiteFileBesideTheConfiguration(t *testing.T) {
	s, dir := lite(t, "CREATE TABLE t (nr INTEGER, skapad TEXT)", "INSERT INTO t VALUES (1, '2026-01-01')")
	t.Chdir(dir)
	if g, _ := collect(t, s.with("query", "SELECT * FROM t").request(t, ".")); g.written != 1 {
		t.Errorf("%d rows", g.written)
	}
}

func TestSQLiteIncrementsByTextAndUnixTime(t *testing.T) {
	s, dir := lite(t, "CREATE TABLE inc (nr INTEGER, skapad TEXT, andrad TEXT, sekund INTEGER)",
		"INSERT INTO inc SELECT value, '2026-01-01', datetime('2026-11-01', value || ' hours'), unixepoch('2026-11-01') + value * 3600 FROM (WITH RECURSIVE x(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM x WHERE value < 100) SELECT value FROM x)")
	for name, c := range map[string]struct {
		typ, column string
		want        int
	}{"time": {"time", "andrad", 2}, "unix": {"unix", "sekund", 2}, "text": {"text", "andrad", 1}} {
		t.Run(name, func(t *testing.T) {
			s := s.with("query", "SELECT * FROM inc WHERE "+c.column+" >= :since OR "+c.column+" = :since", "increment", map[string]any{"column": c.column, "type": c.typ, "overlap": "90m"})
			g, end := collect(t, s.request(t, dir))
			if g.written != 100 {
				t.Fatalf("first: %d rows", g.written)
			}
			req := s.request(t, dir)
			req.Cursor = end.Cursor
			if g, _ = collect(t, req); g.written != c.want || g.header.Full {
				t.Errorf("increment: %d rows, %+v", g.written, g.header)
			}
		})
	}
}

func TestSQLiteFaults(t *testing.T) {
	s, dir := lite(t, "CREATE TABLE t (nr INTEGER, skapad TEXT)", "INSERT INTO t VALUES (1, '2026-01-01')")
	path := filepath.Join(dir, "å b.db")
	s = s.with("file", path)
	queryFaults(t, nil, s)
	contains(t, refused(t, s.with("query", "SELECT 1", "file", "finns-inte.db"), sdk.ErrUnreachable), "finns-inte.db")
	if _, err := os.Stat(filepath.Join(dir, "finns-inte.db")); err == nil {
		t.Error("reading made a file")
	}
	contains(t, refused(t, s.with("query", "SELECT 1", "file", dir), sdk.ErrBadInput), "ingen fil")
	torn := filepath.Join(dir, "trasig.db")
	if err := os.WriteFile(torn, []byte("SQLite format 3\x00 men inte mer än så"), 0o600); err != nil {
		t.Fatal(err)
	}
	contains(t, refused(t, s.with("query", "SELECT * FROM t", "file", torn), sdk.ErrBadInput), "ingen hel SQLite-databas")
	contains(t, refused(t, s.with("query", "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT max(i) AS nr, 1 AS skapad FROM x", "statement_timeout", "300ms"), sdk.ErrUnreachable), "längre tid än 300ms")
}

// What SQLite says of a value quotes it; what it says of the query does not.
func TestSQLiteDoesNotQuoteAValue(t *testing.T) {
	s, dir := lite(t, "CREATE TABLE t (nr INTEGER, skapad TEXT, namn TEXT)", "INSERT INTO t VALUES (1, '2026-01-01', NULL), (2, '2026-01-01', 'Anna Andersson')",
		"CREATE VIRTUAL TABLE sok USING fts5(text)", "INSERT INTO sok VALUES ('x')")
	s = s.with("file", filepath.Join(dir, "å b.db"))
	for query, want := range map[string]string{
		"SELECT nr, json_extract('{}', namn) AS skapad FROM t WHERE nr = 2":                                         "räkna om",
		"SELECT nr, json_extract('{}', namn) AS skapad FROM t":                                                      "efter rad 1",
		"SELECT nr, skapad FROM t WHERE EXISTS (SELECT 1 FROM sok WHERE sok MATCH coalesce(t.namn, 'x') || ' : y')": "räkna om",
		"SELECT nr, json_extract('{}', saknad) AS skapad FROM t":                                                    "no such column: saknad",
	} {
		text := refused(t, s.with("query", query), sdk.ErrBadInput)
		if contains(t, text, want); strings.Contains(text, "Anna") || strings.Contains(text, "Andersson") {
			t.Errorf("%s: the value is quoted: %s", query, text)
		}
	}
}

func TestSQLiteCannotBeWritten(t *testing.T) {
	s, dir := lite(t, "CREATE TABLE t (nr INTEGER, skapad TEXT)", "INSERT INTO t VALUES (1, '2026-01-01')")
	before, err := os.ReadFile(filepath.Join(dir, "å b.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"WITH x AS (SELECT 1) DELETE FROM t RETURNING nr, skapad",
		"WITH x AS (SELECT 1) INSERT INTO t SELECT 2, '' FROM x RETURNING nr, skapad",
		"SELECT 1 AS nr, load_extension('x') AS skapad",
		"SELECT 1 AS nr, 2 AS skapad) ; DELETE FROM t; --",
	} {
		refused(t, s.with("query", q, "file", filepath.Join(dir, "å b.db")), sdk.ErrBadInput)
	}
	after, err := os.ReadFile(filepath.Join(dir, "å b.db"))
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the file changed")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("files beside it: %v, %v", files, err)
	}
}
