package sql_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sql"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// TestMariaDB runs against one real server.
func TestMariaDB(t *testing.T) {
	srv := sqltest.StartMariaDB(t)
	my := server("mysql", srv)
	for name, test := range map[string]func(*testing.T, *sqltest.Server, settings){
		"every type becomes what the field holds":            myTypes,
		"only what changed is read":                          myIncrement,
		"text where numbers were is told with row":           myBadRow,
		"nothing can be written":                             myWrites,
		"what is wrong with the query is told":               queryFaults,
		"a wrong password or database is told":               loginFaults,
		"a certificate must hold":                            certificateFaults,
		"a query that takes too long is ended at the server": myTimeout,
		"a large result is not held in memory or drained":    myStreams,
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			test(t, srv, my)
		})
	}
}

func myTypes(t *testing.T, srv *sqltest.Server, s settings) {
	srv.Exec(`CREATE TABLE arende (nr bigint unsigned, skapad timestamp NULL, klar datetime(3), lovad date, betyg float, minuter decimal(8,3), auto tinyint(1),
		ej_auto bit(1), antal smallint, status enum('Stängt','Pågår'), ko varchar(40) CHARACTER SET latin1, blobb varbinary(20), bekraftad datetime)`,
		`SET STATEMENT sql_mode = '', time_zone = '+00:00' FOR
		INSERT INTO arende VALUES (4711, '2026-03-02 07:00:00', '2026-07-01 12:30:15.900', '2026-07-02', 4.5, 1234.500, 1, b'1', 3, 'Stängt', '  Nät  och drift ', 'utf-å', '0000-00-00 00:00:00'),
			(4712, '2026-10-25 00:30:00', NULL, '0000-00-00', NULL, NULL, 0, b'0', NULL, NULL, 'okänd', x'c328', NULL)`)
	s = s.with("columns", map[string]any{
		"ticket_no": "NR", "opened_at": "skapad", "resolved_at": "klar", "due_at": "lovad", "csat": "betyg", "paused_minutes": "minuter", "auto_created": "ej_auto",
		"reopened_count": "antal", "status": "status", "queue": "ko", "category": "blobb", "acknowledged_at": "bekraftad", "work_minutes": "auto",
	}, "bad_cell", "blank", "increment", map[string]any{"column": "nr", "type": "number"})
	// Without an argument the server answers in text, with one in binary.
	for name, q := range map[string]string{"text": "SELECT * FROM arende", "binary": "SELECT * FROM arende WHERE nr >= :since"} {
		t.Run(name, func(t *testing.T) {
			s := s.with("query", q)
			if name == "text" {
				s = s.with("increment", nil)
			}
			g, end := collect(t, s.request(t, ""))
			if end.Seen != 2 || g.codes()["bad_encoding"] != 1 || len(g.warnings) != 1 {
				t.Errorf("%+v %v", end, g.warnings)
			}
			first, second := g.byID["4711"], g.byID["4712"]
			set := func(v record.Value) record.Value { v.State = record.Set; return v }
			blank := record.Value{State: record.Blank}
			for field, want := range map[string][2]record.Value{
				"opened_at":       {set(record.Value{I: at(t, "2026-03-02T07:00:00Z")}), set(record.Value{I: at(t, "2026-10-25T00:30:00Z")})},
				"resolved_at":     {set(record.Value{I: at(t, "2026-07-01T10:30:15Z")}), blank},
				"due_at":          {set(record.Value{I: at(t, "2026-07-02T21:59:59Z")}), blank},
				"csat":            {set(record.Value{F: 4.5}), blank},
				"paused_minutes":  {set(record.Value{F: 1234.5}), blank},
				"auto_created":    {set(record.Value{I: 1}), set(record.Value{I: 0})},
				"work_minutes":    {set(record.Value{F: 1}), set(record.Value{F: 0})},
				"reopened_count":  {set(record.Value{I: 3}), blank},
				"status":          {set(record.Value{S: "closed"}), blank},
				"queue":           {set(record.Value{S: "Nät och drift"}), blank},
				"category":        {set(record.Value{S: "utf-å"}), blank},
				"acknowledged_at": {blank, blank},
			} {
				if got := [2]record.Value{first.Get(field), second.Get(field)}; got != want {
					t.Errorf("%s: got %+v, want %+v", field, got, want)
				}
			}
		})
	}
}

func myIncrement(t *testing.T, srv *sqltest.Server, s settings) {
	srv.Exec("CREATE TABLE inc (nr int PRIMARY KEY, skapad datetime, andrad timestamp NULL)",
		"INSERT INTO inc SELECT seq, '2026-01-01', timestamp '2026-11-01 00:00:00' + interval seq hour FROM seq_1_to_100")
	s = s.with("query", "SELECT nr, skapad, andrad FROM inc WHERE andrad >= :since", "increment", map[string]any{"column": "andrad", "overlap": "90m"})
	g, end := collect(t, s.request(t, ""))
	if g.written != 100 || !g.header.Full {
		t.Fatalf("first: %d rows, %+v", g.written, g.header)
	}
	req := s.request(t, "")
	req.Cursor = end.Cursor
	if g, _ = collect(t, req); g.written != 2 || g.header.Full {
		t.Errorf("increment: %d rows, %+v", g.written, g.header)
	}
}

func myBadRow(t *testing.T, _ *sqltest.Server, s settings) {
	s = s.with("query", "SELECT seq AS nr, timestamp '2026-01-01 00:00:00' AS skapad, if(seq = 900000, 'Anna Andersson', seq % 7) AS betyg FROM seq_1_to_900001",
		"columns", map[string]any{"ticket_no": "nr", "opened_at": "skapad", "csat": "betyg"})
	c := &counting{}
	end, err := sql.Source{}.Collect(context.Background(), s.request(t, ""), c)
	if err != nil {
		t.Fatal(err)
	}
	if c.records != 900_000 || end.Seen != 900_001 || len(c.warnings) != 1 || c.warnings[0].Place.Row != 900_000 || !c.warnings[0].Refused {
		t.Fatalf("%d rows, %+v, %v", c.records, end, c.warnings)
	}
}

func myWrites(t *testing.T, srv *sqltest.Server, s settings) {
	for _, engine := range []string{"InnoDB", "MyISAM", "Aria"} {
		table := "skriv_" + engine
		srv.Exec("CREATE TABLE "+table+" (nr int) ENGINE="+engine, "INSERT INTO "+table+" VALUES (1)",
			"CREATE FUNCTION skriver_"+engine+"() RETURNS int MODIFIES SQL DATA BEGIN DELETE FROM "+table+"; RETURN 1; END")
		q := "SELECT skriver_" + engine + "() AS nr, now() AS skapad"
		contains(t, refused(t, s.with("query", q, "user", srv.Admin), sdk.ErrBadInput), "försöker skriva", "ingenting har ändrats")
		if n := srv.Count("SELECT count(*) FROM " + table); n != 1 {
			t.Errorf("%s: %d rows are left", engine, n)
		}
	}
	contains(t, refused(t, s.with("query", "SELECT nextval(r) AS nr, now() AS skapad FROM (SELECT 1) x"), sdk.ErrBadInput), "kommunpuls_prov")
}

func myTimeout(t *testing.T, srv *sqltest.Server, s settings) {
	text := refused(t, s.with("query", "SELECT 1 AS nr, now() AS skapad FROM seq_1_to_100000000 a JOIN seq_1_to_100000000 b ON a.seq * b.seq = -1 /* lang1 */", "statement_timeout", "300ms"), sdk.ErrUnreachable)
	contains(t, text, "längre tid än 300ms", "statement_timeout")
	for end := time.Now().Add(2 * time.Minute); mySessions(srv, "lang1") > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server still runs the query")
		}
	}
}

func mySessions(srv *sqltest.Server, mark string) int64 {
	return srv.Count(fmt.Sprintf("SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%%%s%%' AND id <> connection_id()", mark))
}

func myStreams(t *testing.T, srv *sqltest.Server, s settings) {
	g := &gathered{}
	stop := errors.New("enough")
	g.onWrite = func() error { return stop }
	began := time.Now()
	req := s.with("query", "SELECT seq AS nr, timestamp '2026-01-01 00:00:00' AS skapad FROM seq_1_to_500000000 /* strom */").request(t, "")
	if _, err := (sql.Source{}).Collect(context.Background(), req, g); !errors.Is(err, stop) || g.written != 256 {
		t.Errorf("%d rows, %v", g.written, err)
	}
	t.Logf("stopped after %v", time.Since(began))
	for end := time.Now().Add(2 * time.Minute); mySessions(srv, "strom") > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server still runs the query")
		}
	}
}
