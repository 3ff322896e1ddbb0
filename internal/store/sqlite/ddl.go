package sqlite

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// fixedDDL are the tables that do not follow from the record kinds.
const fixedDDL = `CREATE TABLE source (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  plugin TEXT NOT NULL,
  precedence INTEGER NOT NULL,
  interval_s INTEGER NOT NULL,
  content_max_age_s INTEGER NOT NULL,
  retired_on INTEGER,
  last_started INTEGER,
  last_success INTEGER,
  last_failure INTEGER,
  failure_reason TEXT,
  content_at INTEGER,
  cursor BLOB,
  counts TEXT,
  held INTEGER NOT NULL DEFAULT 0,
  mapped TEXT,
  generation INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE supplement (source_no INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (source_no, kind)) WITHOUT ROWID;
CREATE TABLE account_twin (rid TEXT PRIMARY KEY, main TEXT NOT NULL, rank INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX account_twin_main ON account_twin (main, rank);
CREATE TABLE loading (source_no INTEGER PRIMARY KEY);
CREATE TABLE listed (source_no INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source_no, kind, at)) WITHOUT ROWID;
CREATE TABLE doc (no INTEGER PRIMARY KEY, doc TEXT NOT NULL, sheet TEXT NOT NULL, UNIQUE (doc, sheet));
CREATE TABLE ref (
  no INTEGER PRIMARY KEY,
  scheme TEXT NOT NULL,
  source_no INTEGER NOT NULL,
  raw TEXT NOT NULL,
  id TEXT,
  fits TEXT,
  UNIQUE (scheme, source_no, raw)
);
CREATE TABLE identity (
  scheme TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT,
  parent TEXT,
  aliases TEXT NOT NULL,
  patterns TEXT NOT NULL,
  valid_from INTEGER,
  valid_to INTEGER,
  successor TEXT,
  successors TEXT NOT NULL,
  PRIMARY KEY (scheme, id)
);
CREATE TABLE identity_change (at INTEGER NOT NULL, scheme TEXT NOT NULL, id TEXT NOT NULL, was TEXT, became TEXT);
CREATE TABLE decided (section TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (section, key)) WITHOUT ROWID;
CREATE TABLE decision_change (no INTEGER PRIMARY KEY, at INTEGER NOT NULL, section TEXT NOT NULL, key TEXT NOT NULL, field TEXT NOT NULL, was TEXT, became TEXT, decision TEXT, by TEXT, why TEXT, file TEXT);
CREATE TABLE org_unit_top (id TEXT PRIMARY KEY, top TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE calendar (day_start INTEGER PRIMARY KEY, open_from INTEGER NOT NULL, open_to INTEGER NOT NULL, cumulative INTEGER NOT NULL);
CREATE TABLE change (kind TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE evaluation (no INTEGER PRIMARY KEY, as_of INTEGER NOT NULL, known_at INTEGER NOT NULL);
CREATE INDEX evaluation_as_of ON evaluation (as_of, known_at);
CREATE TABLE finding (evaluation INTEGER NOT NULL, pos INTEGER NOT NULL, kpi TEXT NOT NULL, as_of INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (evaluation, pos)) WITHOUT ROWID;
CREATE INDEX finding_kpi ON finding (kpi, as_of);
CREATE TABLE published (kpi TEXT NOT NULL, month TEXT NOT NULL, as_of INTEGER NOT NULL, known_at INTEGER NOT NULL, method INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kpi, month)) WITHOUT ROWID;
CREATE TABLE probe_hour (
  subject TEXT NOT NULL,
  metric TEXT NOT NULL,
  hour INTEGER NOT NULL,
  site_ref INTEGER,
  org_unit_ref INTEGER,
  samples INTEGER NOT NULL,
  ok INTEGER NOT NULL,
  latency_sum_ms REAL NOT NULL,
  latency_max_ms REAL,
  latency_p95_ms REAL,
  PRIMARY KEY (subject, metric, hour)
) WITHOUT ROWID;
CREATE TABLE watch_target (
  no INTEGER PRIMARY KEY,
  source_no INTEGER NOT NULL,
  subject TEXT NOT NULL,
  metric TEXT NOT NULL,
  class TEXT,
  site_ref INTEGER,
  org_unit_ref INTEGER,
  last_at INTEGER NOT NULL,
  UNIQUE (source_no, subject, metric)
);
CREATE TABLE watch_minute (minute INTEGER NOT NULL, target INTEGER NOT NULL, samples INTEGER NOT NULL, ok INTEGER NOT NULL, unknown INTEGER NOT NULL, latency_sum INTEGER NOT NULL, latency_max INTEGER, PRIMARY KEY (minute, target)) WITHOUT ROWID;
CREATE TABLE watch_hour (hour INTEGER NOT NULL, target INTEGER NOT NULL, samples INTEGER NOT NULL, ok INTEGER NOT NULL, unknown INTEGER NOT NULL, latency_sum INTEGER NOT NULL, latency_max INTEGER, PRIMARY KEY (hour, target)) WITHOUT ROWID;
CREATE TABLE watch_day (day INTEGER NOT NULL, target INTEGER NOT NULL, samples INTEGER NOT NULL, ok INTEGER NOT NULL, unknown INTEGER NOT NULL, measured_s INTEGER NOT NULL, up_s INTEGER NOT NULL, planned_s INTEGER NOT NULL, PRIMARY KEY (day, target)) WITHOUT ROWID;
CREATE TABLE opening_hours (schedule TEXT NOT NULL, open_from INTEGER NOT NULL, open_to INTEGER NOT NULL, PRIMARY KEY (schedule, open_from)) WITHOUT ROWID;
CREATE TABLE probe_dirty (subject TEXT NOT NULL, metric TEXT NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (subject, metric, hour)) WITHOUT ROWID;
`

// ddl returns every statement that makes an empty store, one a line group,
// each ended by ";\n". Migration files hold its result.
func ddl() string {
	var b strings.Builder
	b.WriteString(fixedDDL)
	for _, t := range layout() {
		writeKind(&b, t)
	}
	for _, t := range layout() {
		for _, v := range viewsOf(t, "", false) {
			fmt.Fprintf(&b, "CREATE VIEW %s AS %s;\n", v.name, v.sql)
		}
	}
	for _, v := range watchViews() {
		fmt.Fprintf(&b, "CREATE VIEW %s AS %s;\n", v.name, v.sql)
	}
	b.WriteString(nameSeenView())
	return b.String()
}

func writeKind(b *strings.Builder, t kindTable) {
	k := string(t.kind)
	envelope := "  rid TEXT NOT NULL,\n  source_no INTEGER NOT NULL,\n  hash INTEGER NOT NULL,\n  doc_no INTEGER,\n  doc_row INTEGER,\n  first_seen INTEGER NOT NULL,\n  seen_at INTEGER NOT NULL,\n"
	if !t.event {
		envelope += "  valid_from INTEGER NOT NULL,\n"
	}
	if t.identity {
		envelope += "  id TEXT,\n"
	}
	fmt.Fprintf(b, "CREATE TABLE %s_now (\n  no INTEGER PRIMARY KEY,\n%s%s\n);\n", k, envelope, columnLines(t.columns))
	fmt.Fprintf(b, "CREATE UNIQUE INDEX %s_now_rid ON %s_now (rid);\n", k, k)
	fmt.Fprintf(b, "CREATE TABLE %s_past (\n  ver INTEGER PRIMARY KEY,\n%s%s%s\n);\n", k, envelope, endLines(t.event), columnLines(t.columns))
	fmt.Fprintf(b, "CREATE INDEX %s_past_rid ON %s_past (rid);\n", k, k)
	for _, ix := range indexesOf(t.kind) {
		fmt.Fprintf(b, "%s;\n", ix.sql())
	}
	for _, c := range t.children {
		life := "  source_no INTEGER NOT NULL,\n  seen_at INTEGER NOT NULL,\n"
		if !t.event {
			life += "  valid_from INTEGER NOT NULL,\n"
		}
		fmt.Fprintf(b, "CREATE TABLE %s_now (\n  rid TEXT NOT NULL,\n  pos INTEGER NOT NULL,\n%s%s,\n  PRIMARY KEY (rid, pos)\n) WITHOUT ROWID;\n", c.name, life, columnLines(c.columns))
		fmt.Fprintf(b, "CREATE TABLE %s_past (\n  ver INTEGER PRIMARY KEY,\n  rid TEXT NOT NULL,\n  pos INTEGER NOT NULL,\n%s%s%s\n);\n", c.name, life, endLines(t.event), columnLines(c.columns))
		fmt.Fprintf(b, "CREATE INDEX %s_past_rid ON %s_past (rid);\n", c.name, c.name)
	}
	if t.identity {
		writeMerged(b, t)
	}
	for _, ix := range childIndexesOf(t.kind) {
		fmt.Fprintf(b, "%s;\n", ix.sql())
	}
}

// writeMerged writes the relation itself of a kind that several sources
// describe: the merged rows, rebuilt whenever one of their sources changes.
func writeMerged(b *strings.Builder, t kindTable) {
	fmt.Fprintf(b, "CREATE TABLE %s (\n  id TEXT PRIMARY KEY,\n  source TEXT NOT NULL,\n  source_id TEXT NOT NULL,\n  place TEXT,\n  seen_at INTEGER NOT NULL,\n%s\n) WITHOUT ROWID;\n", t.kind, relationLines(t.columns))
	for _, c := range t.children {
		fmt.Fprintf(b, "CREATE TABLE %s (\n  parent TEXT NOT NULL,\n  pos INTEGER NOT NULL,\n  seen_at INTEGER NOT NULL,\n%s,\n  PRIMARY KEY (parent, pos)\n) WITHOUT ROWID;\n", c.name, relationLines(c.columns))
	}
}

// endLines are the columns that a closed version adds: the state held until
// valid_to, which became known at ended_at; recorded_to is when the version
// was withdrawn as wrong, or, for an event, replaced by a later one.
func endLines(event bool) string {
	if event {
		return "  recorded_to INTEGER NOT NULL,\n"
	}
	return "  valid_to INTEGER,\n  ended_at INTEGER,\n  recorded_to INTEGER,\n  reconstructed INTEGER NOT NULL DEFAULT 0,\n"
}

func columnLines(cols []column) string {
	lines := make([]string, len(cols))
	for i, c := range cols {
		lines[i] = fmt.Sprintf("  %s %s", quote(c.name), c.typ)
	}
	return strings.Join(lines, ",\n")
}

// relationLines are the columns as a KPI text sees them: references as the
// resolved id with the source's own word beside it.
func relationLines(cols []column) string {
	var lines []string
	for _, c := range cols {
		if c.scheme == "" {
			lines = append(lines, fmt.Sprintf("  %s %s", quote(c.name), c.typ))
			continue
		}
		lines = append(lines, fmt.Sprintf("  %s TEXT", quote(c.field.Name)), fmt.Sprintf("  %s TEXT", quote(c.field.Name+"_raw")))
	}
	return strings.Join(lines, ",\n")
}

// quote protects the one field name that is a reserved word of SQL.
func quote(name string) string {
	if name == "group" {
		return `"group"`
	}
	return name
}

// index is one index of a stored table.
type index struct {
	name, table, columns, where string
}

func (i index) sql() string {
	s := fmt.Sprintf("CREATE INDEX %s ON %s (%s)", i.name, i.table, i.columns)
	if i.where != "" {
		s += " WHERE " + i.where
	}
	return s
}

// indexesOf are the indexes that KPI texts lean on. Those of tickets cover the
// columns that shares and lead times read, so that a window over years never
// touches the rows themselves.
func indexesOf(k record.Kind) []index {
	switch k {
	case record.Ticket:
		const facts = "kind, status, resolution_code, auto_created, paused_minutes, org_unit_ref"
		return []index{
			{"ticket_now_opened", "ticket_now", "opened_at, resolved_at, first_response_at, closed_at, " + facts + ", priority", ""},
			{"ticket_now_resolved", "ticket_now", "resolved_at, opened_at, " + facts, "resolved_at IS NOT NULL"},
			{"ticket_now_closed", "ticket_now", "closed_at, opened_at, kind, status, resolution_code, auto_created, reopened_count, org_unit_ref", "closed_at IS NOT NULL"},
			{"ticket_now_open", "ticket_now", "opened_at, queue, priority, org_unit_ref, kind, status", "resolved_at IS NULL AND closed_at IS NULL"},
			{"ticket_now_previous", "ticket_now", "previous_id", "previous_id IS NOT NULL"},
			{"ticket_now_category", "ticket_now", "category, opened_at, resolved_at, kind, status", ""},
		}
	case record.Observation:
		return []index{
			{"observation_now_kind", "observation_now", "kind, started_at, metric, subject, samples, ok, latency_ms", ""},
			{"observation_now_subject", "observation_now", "subject, metric, started_at, samples, ok, latency_ms", "kind = 'probe'"},
			{"observation_now_unmeasured", "observation_now", "subject, started_at, ended_at", "kind = 'unmeasured'"},
			{"observation_now_ongoing", "observation_now", "source_no, kind", "ended_at IS NULL AND kind IN ('outage', 'unmeasured')"},
		}
	case record.Account:
		return []index{{"account_now_category", "account_now", "category, enabled, last_login_at, expires_at, strong_auth, org_unit_ref", ""}}
	case record.Control:
		return []index{{"control_now_system", "control_now", "kind, system_ref", ""}}
	case record.Cost:
		return []index{{"cost_now_booked", "cost_now", "booked_at, category, amount_sek", ""}}
	}
	return nil
}

// childIndexesOf are the indexes of child lists and merged relations.
func childIndexesOf(k record.Kind) []index {
	switch k {
	case record.Account:
		return []index{{"account_key_now_key", "account_key_now", "key, rid", ""}}
	case record.System:
		return []index{{"system_role_person", "system_role", "person_ref", "person_ref IS NOT NULL"}}
	}
	return nil
}
