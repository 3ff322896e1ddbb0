package kpi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ownRelations gives the daemon's own relations their content, as common table
// expressions with the values written out: they live in no table.
func ownRelations(s *session) map[string]string {
	return map[string]string{
		string(catalogue.SourceStateRelation): valuesOf(catalogue.SourceStateRelation, sourceRows(s.sources)),
		string(catalogue.WaiverRelation):      valuesOf(catalogue.WaiverRelation, waiverRows(s)),
	}
}

// row is one row of an own relation, by column.
type row map[string]any

func sourceRows(sources []store.SourceState) []row {
	var out []row
	for _, src := range sources {
		r := row{
			"id": src.Name, "place": src.Name, "name": src.Name, "plugin": src.Plugin,
			"last_success": src.LastSuccess, "last_failure": src.LastFailure, "content_at": src.ContentAt, "retired_on": src.RetiredOn,
			"held": src.Held, "seen": src.Counts.Seen, "refused": src.Counts.Refused,
		}
		if src.Interval > 0 {
			r["interval_seconds"] = int64(src.Interval / time.Second)
		}
		if src.ContentMaxAge > 0 {
			r["content_max_age_seconds"] = int64(src.ContentMaxAge / time.Second)
		}
		out = append(out, r)
	}
	return out
}

func waiverRows(s *session) []row {
	var out []row
	for i, w := range s.engine.decisions.Waivers {
		if !inForce(w, s.asOf(), s.location()) {
			continue
		}
		out = append(out, row{
			"id": "waiver-" + strconv.Itoa(i+1), "place": w.Decision, "name": w.Decision, "kpi": w.KPI,
			"org_unit": w.OrgUnit, "org_unit_raw": w.OrgUnit, "record": w.Record, "expires_at": waiverEnd(w, s.location()),
		})
	}
	return out
}

// valuesOf writes rows as "name(columns) AS (SELECT … UNION ALL …)".
func valuesOf(k record.Kind, rows []row) string {
	schema, ok := catalogue.Relation(k)
	if !ok {
		return ""
	}
	columns := []string{"id", "place"}
	for _, f := range schema.Fields {
		columns = append(columns, f.Name)
		if f.Type == record.Ref {
			columns = append(columns, f.Name+"_raw")
		}
	}
	if schema.Index("org_unit") < 0 {
		columns = append(columns, "org_unit")
	}
	var arms []string
	for _, r := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = cellSQL(r[c])
		}
		arms = append(arms, "SELECT "+strings.Join(cells, ", "))
	}
	if len(arms) == 0 {
		arms = []string{"SELECT " + strings.TrimSuffix(strings.Repeat("NULL, ", len(columns)), ", ") + " WHERE 1 = 0"}
	}
	return fmt.Sprintf("%s(%s) AS (%s)", k, strings.Join(columns, ", "), strings.Join(arms, " UNION ALL "))
}

// cellSQL writes one value; an empty text and a zero time are NULL.
func cellSQL(v any) string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return literal(v)
		}
	case time.Time:
		if !v.IsZero() {
			return strconv.FormatInt(v.Unix(), 10)
		}
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		if v {
			return "1"
		}
		return "0"
	}
	return "NULL"
}
