package expr

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func scope(t testing.TB, main string, views ...View) Scope {
	t.Helper()
	rs, faults := NewRelations(nil, views)
	for i, err := range faults {
		t.Fatalf("view %s: %v", views[i].Name, err)
	}
	return Scope{Relations: rs, Main: main}
}

func TestCanonicalText(t *testing.T) {
	owned := View{Name: "owned", Columns: []string{"id", "owners"}, SQL: "SELECT s.id, count(*) AS owners FROM system s JOIN system_role r ON r.parent = s.id WHERE r.role = 'owner' GROUP BY s.id"}
	for _, tt := range []struct{ name, main, src, want string }{
		{"a comparison", "system", "lifecycle = 'in_use'", "system.lifecycle = 'in_use'"},
		{"unequal in its other spelling", "system", "tier != 'gold'", "system.tier <> 'gold'"},
		{"and binds tighter than or", "system", "tier = 'gold' or tier = 'silver' and sla_signed = 1", "system.tier = 'gold' OR system.tier = 'silver' AND system.sla_signed = 1"},
		{"parentheses that matter stay", "system", "(tier = 'gold' or tier = 'silver') and sla_signed = 1", "(system.tier = 'gold' OR system.tier = 'silver') AND system.sla_signed = 1"},
		{"parentheses that do not matter go", "system", "((tier)) = ('gold')", "system.tier = 'gold'"},
		{"not", "system", "not (tier is null or tier = 'gold')", "NOT (system.tier IS NULL OR system.tier = 'gold')"},
		{"not null", "system", "tier IS NOT NULL", "system.tier IS NOT NULL"},
		{"in", "system", "tier not in ('gold', 'silver')", "system.tier NOT IN ('gold', 'silver')"},
		{"between", "system", "class_c between 1 and 2 + 1 and tier is null", "system.class_c BETWEEN 1 AND 2 + 1 AND system.tier IS NULL"},
		{"division is real", "system", "user_count / 2", "CAST(system.user_count AS DOUBLE PRECISION) / 2"},
		{"subtraction from the left", "system", "1 - (2 - 3)", "1 - (2 - 3)"},
		{"two signs never make a comment", "system", "- -user_count", "-(-system.user_count)"},
		{"case", "system", "case when tier = 'gold' then 1 else 0 end", "CASE WHEN system.tier = 'gold' THEN 1 ELSE 0 END"},
		{"case with an operand", "system", "case tier when 'gold' then 'a' when 'silver' then 'b' end", "CASE system.tier WHEN 'gold' THEN 'a' WHEN 'silver' THEN 'b' END"},
		{"a quote in a text", "system", "name = 'O''Hara; -- \"x\"'", `system.name = 'O''Hara; -- "x"'`},
		{"as_of", "system", "end_of_support < as_of()", "system.end_of_support < :as_of"},
		{"as_of as a parameter", "system", "end_of_support < :as_of - days(30)", "system.end_of_support < :as_of - 2592000"},
		{"months", "system", "classified_at >= months_ago(12)", "system.classified_at >= :months_ago_12"},
		{"elapsed by the calendar", "ticket", "elapsed(opened_at, resolved_at) <= hours(24)", "(ticket.resolved_at - ticket.opened_at) <= 86400"},
		{"exists over a child list", "system", "exists (select 1 from system_role where parent = id and role = 'owner')",
			"EXISTS (SELECT 1 FROM system_role WHERE system_role.parent = system.id AND system_role.role = 'owner')"},
		{"a scalar sub-select", "system", "(select max(adopted_at) from control c where c.system = system.id) > 0",
			"(SELECT max(c.adopted_at) FROM control AS c WHERE c.system = system.id) > 0"},
		{"the newest of several", "system", "(select status from control where control.system = system.id order by adopted_at desc limit 1) = 'met'",
			"(SELECT control.status FROM control WHERE control.system = system.id ORDER BY control.adopted_at DESC LIMIT 1) = 'met'"},
		{"a view", "system", "id in (select id from owned where owners > 1)", "system.id IN (SELECT owned.id FROM owned WHERE owned.owners > 1)"},
		{"filter", "system", "(select count(*) filter (where fte >= 1.0) from system_role where parent = system.id) > 0",
			"(SELECT count(*) FILTER (WHERE system_role.fte >= 1.0) FROM system_role WHERE system_role.parent = system.id) > 0"},
		{"a column that is a keyword", "account_group", "group = 'Domain Admins'", `account_group."group" = 'Domain Admins'`},
		{"grouping by a column that is a keyword", "account", "(select count(distinct group) from account_group where parent = account.id) > 1",
			`(SELECT count(DISTINCT account_group."group") FROM account_group WHERE account_group.parent = account.id) > 1`},
		{"texts joined", "system", "'klass ' || class_c", "'klass ' || system.class_c"},
		{"a raw name", "system", "org_unit is null and org_unit_raw is not null", "system.org_unit IS NULL AND system.org_unit_raw IS NOT NULL"},
		{"cast", "system", "cast(tier as integer) = 1", "CAST(system.tier AS BIGINT) = 1"},
		{"true is written so that both databases know it", "system", "true and tier is null", "1 = 1 AND system.tier IS NULL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := scope(t, tt.main, owned)
			e, err := Check(tt.src, s)
			if err != nil {
				t.Fatal(err)
			}
			if e.SQL() != tt.want {
				t.Errorf("got  %s\nwant %s", e.SQL(), tt.want)
			}
		})
	}
}

func TestRefusedTexts(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"a pragma", "PRAGMA query_only=0", "character 1: PRAGMA is not allowed: a definition reads, it never runs statements"},
		{"attach", "attach database 'x' as y", "character 1: ATTACH is not allowed: a definition reads, it never runs statements"},
		{"vacuum into", "VACUUM INTO 'copy.db'", "character 1: VACUUM is not allowed: a definition reads, it never runs statements"},
		{"a pragma after an expression", "tier = 'gold' pragma x", "character 15: pragma is not expected after the expression"},
		{"stacked statements", "tier = 'gold'; drop table system", "character 14: ; is not allowed: an expression is one expression and no statement"},
		{"a write in a sub-select", "exists (delete from system)", "character 9: DELETE is not allowed: a definition reads, it never runs statements"},
		{"a huge blob", "length(zeroblob(1000000000)) > 0", "character 8: unknown function zeroblob"},
		{"random", "randomblob(10) = 1", "character 1: function randomblob is not allowed: figures must come out the same every time"},
		{"an extension", "load_extension('x') = 1", "character 1: unknown function load_extension"},
		{"a file", "readfile('/etc/passwd') = 'x'", "character 1: unknown function readfile"},
		{"a misspelt column in double quotes", `"teir" = 'gold'`, "character 1: double quotes are not allowed: columns are written bare, texts in single quotes"},
		{"backticks", "`tier` = 'gold'", "character 1: backticks are not allowed: columns are written bare"},
		{"brackets", "[tier] = 'gold'", "character 1: square brackets are not allowed: columns are written bare"},
		{"a comment", "tier = 'gold' -- and more", "character 15: comments are not allowed inside SQL: write them in the YAML, with #"},
		{"a block comment", "tier /* x */ = 'gold'", "character 6: comments are not allowed inside SQL: write them in the YAML, with #"},
		{"an unclosed parenthesis", "(tier = 'gold'", "character 15: expected ), found the end"},
		{"an unopened parenthesis", "tier = 'gold')", "character 14: ) without its ("},
		{"an unclosed text", "tier = 'gold", "character 8: a text is not closed with '"},
		{"nothing", "", "character 1: expected a value, found the end"},
		{"half an expression", "tier =", "character 7: expected a value, found the end"},
		{"an unknown column", "teir = 'gold'", "character 1: unknown column teir in system; did you mean tier?"},
		{"a column of nowhere", "shoe_size = 1", "character 1: unknown column shoe_size in system"},
		{"an unknown column of a known relation", "exists (select 1 from system_role r where r.rol = 'owner')", "character 43: unknown column r.rol; did you mean role?"},
		{"a relation out of scope", "ticket.queue = 'x'", "character 1: ticket.queue: ticket is not in scope here"},
		{"an unknown relation", "exists (select 1 from system_roles)", "character 23: unknown relation system_roles; did you mean system_role?"},
		{"the database's own tables", "exists (select 1 from sqlite_master)", "character 23: unknown relation sqlite_master"},
		{"an unknown function", "coalesc(tier, 'x') = 'x'", "character 1: unknown function coalesc; did you mean coalesce?"},
		{"rounding", "round(user_count) = 1", "character 1: function round is not allowed: figures are rounded when they are shown"},
		{"now", "end_of_support < now()", "character 18: function now is not allowed: use as_of(): a figure is computed for an instant, never for now"},
		{"like", "name like 'a%'", "character 6: LIKE is not allowed: databases disagree on it; compare with = or IN, or map the value in the source"},
		{"not like", "name not like 'a'", "character 10: LIKE is not allowed: databases disagree on it; compare with = or IN, or map the value in the source"},
		{"a window function", "count(*) over () > 1", "character 10: window functions (OVER) are not allowed"},
		{"another parameter", "user_count = :x", "character 14: :x is not allowed: the only parameter is :as_of"},
		{"a positional parameter", "user_count = ?", "character 14: ? is not allowed: the only parameter is :as_of"},
		{"an enum value that cannot be", "sso_mode = 'ssso'", "character 12: 'ssso' is not a value of sso_mode: none, password_sync, sso"},
		{"an enum value in a list", "lifecycle in ('in_use', 'active')", "character 25: 'active' is not a value of lifecycle: planned, procured, in_use, retiring, retired"},
		{"a flag that is two", "sla_signed = 2", "character 14: sla_signed is 0 or 1, never 2"},
		{"a flag as a condition", "sla_signed and tier = 'gold'", "character 1: AND wants a condition: write sla_signed = 1"},
		{"a text with a number", "tier = 1", "character 8: = compares a text with a number"},
		{"the order of texts", "name < 'b'", "character 8: < between texts is not allowed: databases sort them differently; use = or IN"},
		{"equal to null", "tier = null", "character 8: = NULL is never true: use IS NULL or IS NOT NULL"},
		{"arithmetic on a text", "tier + 1 = 2", "character 1: + wants a number, this is a text"},
		{"a condition as a value", "(tier = 'gold') = 1", "character 7: = wants a value, this is a condition: use CASE WHEN … THEN 1 ELSE 0 END"},
		{"chained comparisons", "1 < user_count < 5", "character 16: comparisons do not chain: join them with AND"},
		{"an aggregate over the rows", "count(*) > 1", "character 1: count() is not allowed here: this is about one row"},
		{"a sub-select of many rows", "(select role from system_role where parent = id) = 'owner'", "character 1: a sub-select here gives one row: aggregate it, or end it with ORDER BY … LIMIT 1"},
		{"a limit without order", "exists (select 1 from ticket limit 1)", "character 36: LIMIT needs ORDER BY, else any rows may come"},
		{"a column beside an aggregate", "exists (select role, count(*) from system_role)", "character 16: role is neither grouped by nor inside an aggregate"},
		{"every column", "exists (select * from ticket)", "character 16: SELECT * is not allowed: name the columns, so that a new field changes no figure"},
		{"a sub-select of two columns", "id in (select parent, role from system_role)", "character 8: IN wants a sub-select of one column, this has 2"},
		{"a comma join", "exists (select 1 from ticket, system)", "character 29: join relations with JOIN … ON or LEFT JOIN … ON"},
		{"division by zero", "user_count / 0 > 1", "character 14: division by zero"},
		{"an unguarded divisor where none can ask", "exists (select 1 from service where cases_digital / cases_total > 0.5)", "character 53: a divisor inside a sub-select or an aggregate may be zero: write nullif(…, 0)"},
		{"a common table expression", "with x as (select 1) select 1", "character 1: expected a value, found with"},
		{"a number too large", "user_count = 99999999999999999999", "character 14: 99999999999999999999 is too large"},
		{"a hexadecimal number", "user_count = 0x10", "character 14: 0x is not a number: write it out with digits and at most one point"},
		{"an exponent", "user_count = 1e9", "character 14: 1e is not a number: write it out with digits and at most one point"},
		{"a control character", "tier = 'a\x00b'", "character 8: a text holds a control character"},
		{"bad bytes", "tier = '\xff'", "character 1: the text is not valid UTF-8"},
		{"another alphabet", "tiér = 'gold'", "character 3: 'é' is not allowed here; texts stand in single quotes"},
		{"deep nesting", strings.Repeat("(", 50) + "1" + strings.Repeat(")", 50) + " = 1", "character 41: nested more than 40 deep"},
		{"a long text", "tier = '" + strings.Repeat("x", 9000) + "'", "character 1: the text is 9009 bytes long, at most 8192 are allowed"},
		{"a long literal", "tier = '" + strings.Repeat("x", 600) + "'", "character 8: a text of 600 bytes, at most 512 are allowed"},
		{"working time of something costly", "working_seconds((select max(opened_at) from ticket), as_of()) > 0", "character 17: working_seconds wants columns, as_of() or coalesce of them: the text is repeated"},
		{"months that are no number", "classified_at > months_ago(user_count)", "character 17: months_ago wants a whole number of months, 1 to 1200"},
		{"too few arguments", "abs() = 1", "character 1: abs wants 1 arguments, this has 0"},
		{"an ambiguous column", "exists (select 1 from system_role a join system_role b on a.parent = b.parent where role = 'owner')", "character 85: column role stands in a and b: write which"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Check(tt.src, scope(t, "system"))
			if err == nil {
				t.Fatalf("%s is let through", tt.src)
			}
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
			var s *SyntaxError
			if !errors.As(err, &s) {
				t.Errorf("%T carries no place", err)
			}
		})
	}
}

// Nesting must not cost exponential time.
func TestDeepNestingIsCheckedAtOnce(t *testing.T) {
	s := scope(t, "system")
	src := "class_c"
	for range MaxDepth - 2 {
		src = "case " + src + " when 1 then 1 when 2 then 2 else 3 end"
	}
	done := make(chan error, 1)
	go func() {
		_, err := Check(src, s)
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("not done after a minute")
	}
}

func TestWhatATextReads(t *testing.T) {
	views := []View{
		{Name: "busy", Columns: []string{"id"}, SQL: "select id from owned where owners > 1"},
		{Name: "owned", Columns: []string{"id", "owners", "tier"}, SQL: "SELECT s.id, count(*) AS owners, min(s.tier) as tier FROM system s JOIN system_role r ON r.parent = s.id WHERE r.role = 'owner' GROUP BY s.id"},
	}
	s := scope(t, "system", views...)
	e, err := Check("user_count / class_c > 2 and sso_mode = 'sso' and id in (select id from busy) and row_changed_at >= months_ago(6)", s)
	if err != nil {
		t.Fatal(err)
	}
	want := []ColumnRef{{"system", "sso_mode"}, {"system_role", "role"}, {"system", "row_changed_at"}, {"system", "user_count"}, {"system", "class_c"}}
	got := e.Columns()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%v is not in %v", w, got)
		}
	}
	if slices.Contains(got, ColumnRef{"system", "tier"}) {
		t.Errorf("tier is read by a view's column that nobody names: %v", got)
	}
	if got, want := strings.Join(e.Views(), " "), "owned busy"; got != want {
		t.Errorf("views %q, want %q", got, want)
	}
	if got, want := strings.Join(e.Relations(), " "), "system system_role"; got != want {
		t.Errorf("relations %q, want %q", got, want)
	}
	if got, want := strings.Join(e.Params(), " "), "months_ago_6"; got != want {
		t.Errorf("params %q, want %q", got, want)
	}
	if got, want := strings.Join(e.Divisors(), " "), "system.class_c"; got != want {
		t.Errorf("divisors %q, want %q", got, want)
	}
	with := s.Relations.With(e.Views()...)
	if len(with) != 2 || !strings.HasPrefix(with[0], "owned(id, owners, tier) AS (SELECT s.id, count(*) AS owners") || !strings.HasPrefix(with[1], "busy(id) AS (") {
		t.Errorf("with %q", with)
	}
}

// A divisor that is only reached in some rows may be zero in the others.
func TestDivisorsThatAreGuarded(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"bare", "user_count / class_c > 1", "system.class_c"},
		{"a constant", "user_count / 2 > 1", ""},
		{"nullif", "user_count / nullif(class_c, 0) > 1", ""},
		{"and", "class_c > 0 AND user_count / class_c > 1", "CASE WHEN system.class_c > 0 THEN system.class_c END"},
		{"or", "class_c = 0 OR user_count / class_c > 1", "CASE WHEN system.class_c = 0 THEN NULL ELSE system.class_c END"},
		{"when", "CASE WHEN class_c IS NULL THEN 0 WHEN class_c > 0 THEN user_count / class_c END > 1", "CASE WHEN system.class_c IS NULL THEN NULL WHEN system.class_c > 0 THEN system.class_c END"},
		{"else", "CASE class_c WHEN 0 THEN 0 ELSE user_count / class_c END > 1", "CASE system.class_c WHEN 0 THEN NULL ELSE system.class_c END"},
		{"guarded here and bare there", "(class_c > 0 AND user_count / class_c > 1) OR 1 / class_c > 0", "CASE WHEN system.class_c > 0 THEN system.class_c END; CASE WHEN system.class_c > 0 AND CAST(system.user_count AS DOUBLE PRECISION) / system.class_c > 1 THEN NULL ELSE system.class_c END"},
		{"divided twice", "user_count / class_c / class_i > 1", "system.class_c; system.class_i"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := Check(tt.src, scope(t, "system"))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(e.Divisors(), "; "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFaultyViews(t *testing.T) {
	for _, tt := range []struct {
		name string
		view View
		want string
	}{
		{"a wrong number of columns", View{"v", []string{"id"}, "select id, tier from system"}, "1 columns are declared, the SELECT gives 2"},
		{"another name", View{"v", []string{"nr"}, "select id from system"}, "column 1 is declared as nr and selected as id"},
		{"a name twice", View{"v", []string{"id", "id"}, "select id, id from system"}, "column id is declared twice"},
		{"a taken name", View{"ticket", []string{"id"}, "select id from system"}, "the name ticket is taken by a relation"},
		{"itself", View{"v", []string{"id"}, "select id from v"}, "view v needs itself, through v"},
		{"no select", View{"v", []string{"id"}, "1 + 1"}, "character 1: expected SELECT, found 1"},
		{"a write", View{"v", []string{"id"}, "DELETE FROM system"}, "character 1: DELETE is not allowed: a definition reads, it never runs statements"},
		{"a neighbour in FROM", View{"v", []string{"id"}, "select x.id from system s join (select id from ticket where ticket.system = s.id) x on x.id = s.id"}, "character 77: s.id: s is not in scope here"},
		{"arms of unlike kinds", View{"v", []string{"id"}, "select id from system union all select class_c from system"}, "character 40: column 1 is a number here and a text above"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := NewRelations(nil, []View{tt.view})
			if got := faults[0]; got == nil || got.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", got, tt.want)
			}
		})
	}
}
