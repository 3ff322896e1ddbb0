package expr

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// database holds every relation as an empty table.
func database(t testing.TB, rs *Relations) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	for _, name := range rs.Names() {
		if rs.ViewSQL(name) != "" {
			continue
		}
		var cols []string
		for _, c := range rs.byName[name].columns {
			typ := "BIGINT"
			if c.kind == textual {
				typ = "TEXT"
			}
			cols = append(cols, nameSQL(c.name)+" "+typ)
		}
		if _, err := db.Exec("CREATE TABLE " + name + " (" + strings.Join(cols, ", ") + ")"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return db
}

// compiles tells whether SQLite takes an expression about rows of main.
func compiles(db *sql.DB, rs *Relations, e Expr, main string) error {
	text := "SELECT " + e.SQL() + " FROM " + main
	if with := rs.With(e.Views()...); len(with) > 0 {
		text = "WITH " + strings.Join(with, ", ") + " " + text
	}
	var args []any
	for _, p := range e.Params() {
		v, err := Value(p, time.Unix(1795262400, 0), time.UTC)
		if err != nil {
			return err
		}
		args = append(args, sql.Named(p, v))
	}
	rows, err := db.Query(text, args...)
	if err != nil {
		return err
	}
	if rows.Next() {
		err = rows.Scan(new(any))
	}
	if err == nil {
		err = rows.Err()
	}
	return joinClose(err, rows)
}

func joinClose(err error, rows *sql.Rows) error {
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return err
}

func seeds() []string {
	return []string{
		"lifecycle = 'in_use'", "tier IN ('gold', 'silver') AND NOT (sla_signed = 1 OR name IS NULL)",
		"EXISTS (SELECT 1 FROM system_role r WHERE r.parent = system.id AND r.role = 'owner')",
		"(SELECT max(c.adopted_at) FROM control c WHERE c.system = system.id) >= months_ago(12)",
		"CASE WHEN class_c > 2 THEN 'hög' WHEN class_c IS NULL THEN 'okänd' ELSE 'låg' END",
		"coalesce(user_count, 0) / nullif(class_c, 0) * 100.0 - -3", "working_seconds(procured_on, coalesce(deployed_on, as_of())) > days(3)",
		"id IN (SELECT t.system FROM ticket t JOIN system s ON s.id = t.system WHERE t.opened_at > :as_of - hours(24) GROUP BY t.system HAVING count(*) > 3)",
		"(SELECT t.queue FROM ticket t WHERE t.system = system.id ORDER BY t.opened_at DESC, t.id LIMIT 1) = 'x''y'",
		"class_c BETWEEN 1 AND 2 OR (SELECT count(DISTINCT g.group) FILTER (WHERE g.nested = 1) FROM account_group g) = 0",
		"id IN (SELECT s.id FROM system s UNION ALL SELECT x.s FROM (SELECT t.system AS s FROM ticket t) AS x)",
		"'klass ' || class_c || substr(lower(tier), 1, length(tier) - 1) = 'a' AND true", "cast(tier AS INTEGER) + cast(class_c AS REAL) < abs(-2)",
		"PRAGMA query_only=0", "1; DROP TABLE system", `"teir" = 'gold'`, "zeroblob(1000000000)", "((((((((", "a -- b", "'",
	}
}

func TestAcceptedTextsRunOnSQLite(t *testing.T) {
	s := scope(t, "system", View{Name: "big", Columns: []string{"id", "group"}, SQL: "SELECT s.id, s.tier AS group FROM system s"})
	db := database(t, s.Relations)
	accepted := 0
	for _, src := range append(seeds(), "id IN (SELECT big.id FROM big WHERE big.group = 'gold')") {
		e, err := Check(src, s)
		if err != nil {
			continue
		}
		accepted++
		if err := compiles(db, s.Relations, e, "system"); err != nil {
			t.Errorf("%s\nis printed as %s\nwhich SQLite refuses: %v", src, e.SQL(), err)
		}
	}
	if accepted != 14 {
		t.Errorf("%d texts were accepted, want 14", accepted)
	}
}

// What is accepted is one expression that SQLite compiles, whatever the bytes.
func FuzzCheck(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	s := scope(f, "system")
	db := database(f, s.Relations)
	f.Fuzz(func(t *testing.T, src string) {
		e, err := Check(src, s)
		if err != nil || strings.Contains(e.SQL(), "percentile_disc") {
			return
		}
		err = compiles(db, s.Relations, e, "system")
		if err != nil && !strings.Contains(err.Error(), "integer overflow") {
			t.Errorf("%q is printed as %q: %v", src, e.SQL(), err)
		}
	})
}

func FuzzView(f *testing.F) {
	f.Add("SELECT id FROM system")
	f.Add("SELECT s.id, count(*) AS n FROM system s LEFT JOIN ticket t ON t.system = s.id GROUP BY s.id HAVING count(*) > 1 ORDER BY s.id DESC LIMIT 5")
	s := scope(f, "system")
	db := database(f, s.Relations)
	f.Fuzz(func(t *testing.T, src string) {
		for _, columns := range [][]string{{"a"}, {"a", "b"}} {
			v := View{Name: "v", Columns: columns, SQL: src}
			text, err := CheckSelect(v, s.Relations)
			if err != nil || strings.Contains(text, "percentile_disc") || strings.Contains(text, ":") {
				continue
			}
			rows, err := db.Query("WITH v(" + joinNames(columns) + ") AS (" + text + ") SELECT * FROM v")
			if err == nil {
				err = joinClose(nil, rows)
			}
			if err != nil {
				t.Errorf("%q is printed as %q: %v", src, text, err)
			}
		}
	})
}
