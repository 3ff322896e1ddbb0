package sql

import (
	"strconv"
	"strings"
	"testing"
)

func TestPlaceholdersStandOutsideTextsAndRemarks(t *testing.T) {
	for _, c := range []struct{ driver, in, want string }{
		{postgres, "SELECT a::date FROM t WHERE b >= :since AND c > :since;", "SELECT a::date FROM t WHERE b >= <1> AND c > <2>"},
		{postgres, "select ':since' AS \":since\" -- :since ;\n, $x$ :since ; $x$, E'\\':since' /* ; /* :since */ ; */ FROM t", ""},
		{postgres, "(SELECT 1) UNION (SELECT $1)", ""},
		{postgres, "WITH x AS (SELECT 1) SELECT * FROM x", ""},
		{mySQL, "SELECT 'a\\':since;', `:since;` # :since ;\n FROM t WHERE x > :since", "SELECT 'a\\':since;', `:since;` # :since ;\n FROM t WHERE x > <1>"},
		{sqlServer, "SELECT [;:since], updated_by FROM t WHERE x > :since", "SELECT [;:since], updated_by FROM t WHERE x > <1>"},
		{sqlServer, "SELECT 'delete; exec' AS [update] /* drop /* ; */ */ FROM t", ""},
		{sqlite, "SELECT [a;b] FROM t", ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			s, err := parseStatement(c.driver, c.in)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				c.want = c.in
			}
			if got := s.with(func(n int) string { return "<" + strconv.Itoa(n) + ">" }); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestStatementsThatAreNotOneThatReads(t *testing.T) {
	for _, c := range []struct{ driver, in, want string }{
		{postgres, "", "tom"},
		{postgres, "-- bara en anmärkning", "tom"},
		{postgres, "SELECT 1; SELECT 2", "flera satser"},
		{postgres, "DELETE FROM t", "SELECT eller WITH"},
		{postgres, "COPY t TO PROGRAM 'x'", "SELECT eller WITH"},
		{postgres, "$$", "aldrig slut"},
		{postgres, "'a' SELECT", "SELECT eller WITH"},
		{postgres, "SELECT 'a", "aldrig slut"},
		{postgres, "SELECT /* /* */ 1", "aldrig slut"},
		{postgres, "SELECT :sedan", ":sedan"},
		{mySQL, "SELECT /*! SQL_NO_CACHE */ 1", "utför"},
		{mySQL, "SELECT * FROM t INTO OUTFILE '/x'", "skriver en fil"},
		{sqlServer, "SELECT 1 DELETE FROM t", "DELETE"},
		{sqlServer, "WITH x AS (SELECT 1 a) UPDATE x SET a = 2", "UPDATE"},
		{sqlServer, "SELECT * INTO ny FROM t", "INTO"},
		{sqlServer, "SELECT * FROM OPENQUERY(a, 'DELETE')", "OPENQUERY"},
		{sqlServer, "EXEC sp_who", "SELECT eller WITH"},
		{sqlite, "PRAGMA journal_mode=wal", "SELECT eller WITH"},
		{sqlite, "ATTACH 'x' AS y", "SELECT eller WITH"},
	} {
		t.Run(c.driver+" "+c.in, func(t *testing.T) {
			_, err := parseStatement(c.driver, c.in)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// FuzzStatement: whatever is written, the lexer ends, loses nothing of the
// query, and lets no second statement through outside texts and remarks.
func FuzzStatement(f *testing.F) {
	for _, q := range []string{"SELECT :since", "SELECT 'a''b;' ;", "SELECT $x$;$x$ -- ;", "select \"\"\"\" /* */", "WITH x AS (SELECT 1) SELECT [a] ; drop", "SELECT E'\\'", "SELECT ::", "SELECT å:since"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		for _, d := range []string{postgres, mySQL, sqlServer, sqlite} {
			s, err := parseStatement(d, q)
			if err != nil {
				continue
			}
			if got := s.with(func(int) string { return ":since" }); got != strings.TrimRight(q, " \t\r\n;") {
				t.Errorf("%s: %q became %q", d, q, got)
			}
			if _, err := parseStatement(d, s.with(func(int) string { return "? ; SELECT 1" })); s.since() && err == nil {
				t.Errorf("%s: a second statement in the place of :since was let through: %q", d, q)
			}
		}
	})
}
