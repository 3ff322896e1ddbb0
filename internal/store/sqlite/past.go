package sqlite

import (
	"fmt"
	"math"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// always is an instant after every other.
const always = int64(math.MaxInt64)

// pointAt is a reader's point as it stands in the SQL.
type pointAt struct {
	asOf, known int64
	ranks       map[record.Kind]int // most records that are of one thing
	hidden      []int64             // sources whose first load is not published yet
	twins       bool                // some accounts are seen by two sources
}

// With returns the common table expressions that give relations their content
// at the reader's point; "" where the stored relations serve as they are.
func (r *reader) With(relations ...string) string {
	var parts []string
	for _, name := range relations {
		if name == nameSeenRelation {
			if kt := &r.s.tables.list[r.s.tables.index(record.System)]; !r.present(kt) {
				parts = append(parts, name+" AS ("+r.at.nameSeen(kt)+")")
			}
			continue
		}
		kt, ct, ok := r.s.tables.relation(name)
		if !ok || r.present(kt) {
			continue
		}
		text := ""
		switch {
		case ct == nil && kt.identity:
			text = r.at.identityRelation(kt)
		case ct == nil:
			text = r.at.kindRelation(kt)
		case kt.identity:
			text = r.at.identityList(kt, ct)
		default:
			text = r.at.list(kt, ct)
		}
		parts = append(parts, name+" AS ("+text+")")
	}
	return strings.Join(parts, ",\n")
}

// present tells whether the stored relation of a kind is right at the point.
func (r *reader) present(kt *kindTable) bool {
	last := r.changed[kt.kind]
	if kt.identity {
		last = max(r.changed[record.OrgUnit], r.changed[record.System])
	}
	return r.at.asOf >= last && r.at.known >= last
}

// kindRelation is a kind that one source describes each record of.
func (p pointAt) kindRelation(kt *kindTable) string {
	if kt.kind == record.Account && p.twins {
		return p.accounts(kt)
	}
	if !kt.event {
		return "SELECT " + kindColumns(*kt) + " FROM (" + p.states(string(kt.kind), pastColumns(kt)) + ") t"
	}
	cols := []string{"t.rid AS id", sourceExpr + " AS source", sourceIDExpr + " AS source_id", placeExpr + " AS place", "t.seen_at"}
	for _, c := range kt.columns {
		if c.scheme != "" {
			cols = append(cols, fieldColumns([]column{c})...)
			continue
		}
		if e := p.eventColumn(kt, c); e != "t."+c.name {
			cols = append(cols, e+" AS "+quote(c.name))
		} else {
			cols = append(cols, "t."+quote(c.name))
		}
	}
	return fmt.Sprintf("SELECT %s FROM %s t WHERE t.%s <= %d", strings.Join(cols, ", "), p.events(kt), kt.schema.EventTime, p.asOf)
}

// events are the versions of an event kind that were known.
func (p pointAt) events(kt *kindTable) string {
	if p.known == always && len(p.hidden) == 0 {
		return string(kt.kind) + "_now"
	}
	cols := pastColumns(kt)
	return fmt.Sprintf("(SELECT %[2]s FROM %[1]s_now WHERE seen_at <= %[3]d%[4]s UNION ALL SELECT %[2]s FROM %[1]s_past WHERE seen_at <= %[3]d AND recorded_to > %[3]d)", kt.kind, cols, p.known, p.unhidden())
}

// eventColumn is a field of an event as it stood: a time that had not come is
// blank, and a field that changes has the value of the version of that time.
func (p pointAt) eventColumn(kt *kindTable, c column) string {
	name := "t." + quote(c.name)
	ended := fmt.Sprintf("(t.closed_at <= %[1]d OR t.resolved_at <= %[1]d)", p.asOf)
	switch {
	case c.field.Type == record.Time && !c.field.Ahead && c.name != kt.schema.EventTime:
		return fmt.Sprintf("CASE WHEN %[1]s <= %[2]d THEN %[1]s END", name, p.asOf)
	case kt.kind == record.Ticket && c.name == "status":
		return fmt.Sprintf("CASE WHEN t.status IS NULL THEN NULL WHEN %s AND t.status = 'cancelled' THEN 'cancelled' WHEN t.closed_at <= %[2]d THEN 'closed' WHEN t.resolved_at <= %[2]d THEN 'resolved' ELSE coalesce(%s, 'open') END",
			ended, p.asOf, p.valueThen(kt, c))
	case kt.kind == record.Ticket && c.name == "resolution_code":
		return fmt.Sprintf("CASE WHEN %s THEN t.resolution_code ELSE %s END", ended, p.valueThen(kt, c))
	case c.field.Changing:
		return p.valueThen(kt, c)
	}
	return name
}

// valueThen is a changing field's value in the version of the instant, NULL
// if the record was not seen by then.
func (p pointAt) valueThen(kt *kindTable, c column) string {
	return fmt.Sprintf("CASE WHEN t.seen_at <= %[3]d THEN t.%[2]s ELSE (SELECT p.%[2]s FROM %[1]s_past p WHERE p.rid = t.rid AND p.seen_at <= %[3]d AND p.recorded_to > %[3]d) END", kt.kind, quote(c.name), p.asOf)
}

// states are the versions of a state that held at the instant, as known.
func (p pointAt) states(table, cols string) string {
	now, past := fmt.Sprintf("valid_from <= %d", p.asOf), fmt.Sprintf("valid_from <= %d", p.asOf)
	if p.known == always {
		past += fmt.Sprintf(" AND recorded_to IS NULL AND valid_to > %d", p.asOf)
	} else {
		now += fmt.Sprintf(" AND seen_at <= %d", p.known)
		past += fmt.Sprintf(" AND seen_at <= %[1]d AND (recorded_to IS NULL OR recorded_to > %[1]d) AND (valid_to IS NULL OR valid_to > %[2]d OR ended_at > %[1]d)", p.known, p.asOf)
	}
	now += p.unhidden()
	return fmt.Sprintf("SELECT %[2]s FROM %[1]s_now WHERE %[3]s UNION ALL SELECT %[2]s FROM %[1]s_past WHERE %[4]s", table, cols, now, past)
}

// unhidden leaves out the sources whose first load is not published.
func (p pointAt) unhidden() string {
	if cond := notHidden("", p.hidden); cond != "" {
		return " AND " + cond
	}
	return ""
}

// list is a child list as it stood.
func (p pointAt) list(kt *kindTable, ct *childTable) string {
	if kt.event {
		return "SELECT " + childColumns(*ct) + " FROM " + ct.name + "_now t" + whereClause(notHidden("t.", p.hidden))
	}
	columns := childColumns(*ct)
	if kt.kind == record.Account && p.twins {
		columns = accountList(*ct)
	}
	return "SELECT " + columns + " FROM (" + p.states(ct.name, pastListColumns(kt, ct)) + ") t"
}

// identityRelation merges what several sources said, as merge does for the present.
func (p pointAt) identityRelation(kt *kindTable) string {
	// The owners among the sources rank by themselves: the place and the name
	// are the first owner's (o = 1), and without an owner there is no row.
	stored := []string{"id"}
	first := "max(CASE WHEN o = 1 THEN %[1]s END) AS %[1]s"
	for _, c := range []string{"rid", "doc_no", "doc_row", "seen_at"} {
		stored = append(stored, fmt.Sprintf(first, c))
	}
	for _, c := range kt.columns {
		var by []string
		if c.name == "name" {
			by = append(by, "max(CASE WHEN o = 1 THEN name END)")
		}
		for n := 1; n <= p.ranks[kt.kind]; n++ {
			by = append(by, fmt.Sprintf("max(CASE WHEN n = %d THEN %s END)", n, quote(c.name)))
		}
		stored = append(stored, fmt.Sprintf("coalesce(%s, NULL) AS %s", strings.Join(by, ", "), quote(c.name)))
	}
	ranked := fmt.Sprintf("SELECT v.*, CASE WHEN v.supplements = 0 THEN row_number() OVER (PARTITION BY v.id, v.supplements ORDER BY v.precedence, v.source_name, v.rid) END AS o, row_number() OVER (PARTITION BY v.id ORDER BY v.precedence, v.supplements, v.source_name, v.rid) AS n"+
		" FROM (SELECT u.*, s.precedence, s.name AS source_name, %s AS supplements FROM (%s) u JOIN source s ON s.no = u.source_no WHERE u.id IS NOT NULL) v",
		supplementsOf(kt, "u"), p.states(string(kt.kind), pastColumns(kt)))
	cols := []string{"t.id", sourceIDExpr + " AS source_id", sourceExpr + " AS source", placeExpr + " AS place", "t.seen_at"}
	for _, f := range fieldColumns(kt.columns) {
		if kt.kind == record.OrgUnit {
			f = fromSettings(f)
		}
		cols = append(cols, f)
	}
	text := fmt.Sprintf("SELECT %s FROM (SELECT %s FROM (%s) GROUP BY id HAVING max(o) IS NOT NULL) t", strings.Join(cols, ", "), strings.Join(stored, ", "), ranked)
	if kt.kind != record.OrgUnit {
		return text
	}
	// Org units that only the settings know stand as they do today.
	names := []string{"id", "source_id", "source", "place", "seen_at"}
	for _, c := range kt.columns {
		names = append(names, quote(c.field.Name))
		if c.scheme != "" {
			names = append(names, c.field.Name+"_raw")
		}
	}
	return text + fmt.Sprintf(" UNION ALL SELECT %s FROM main.org_unit WHERE source = ''", strings.Join(names, ", "))
}

// fromSettings lets the settings fill in an org unit's kind and parent.
func fromSettings(f string) string {
	const setting = "(SELECT i.%[1]s FROM identity i WHERE i.scheme = 'org_unit' AND i.id = t.id)) AS %[1]s"
	switch {
	case strings.HasSuffix(f, " AS parent"):
		return "coalesce(" + strings.TrimSuffix(f, " AS parent") + ", " + fmt.Sprintf(setting, "parent")
	case f == "t.kind":
		return "coalesce(t.kind, " + fmt.Sprintf(setting, "kind")
	}
	return f
}

// identityList is a list of a kind that several sources describe: the rows of
// the most trusted source that has any; other names come from all.
func (p pointAt) identityList(kt *kindTable, ct *childTable) string {
	// The cast tells the planner that it is text, without which no index made on
	// the fly helps a join.
	owner := fmt.Sprintf("CAST(coalesce((SELECT n.id FROM %[1]s_now n WHERE n.rid = u.rid), (SELECT max(o.id) FROM %[1]s_past o WHERE o.rid = u.rid)) AS TEXT)", kt.kind)
	rows := fmt.Sprintf("SELECT u.*, %s AS parent, s.precedence, %s AS supplements, s.name AS source_name FROM (%s) u JOIN source s ON s.no = u.source_no", owner, supplementsOf(kt, "u"), p.states(ct.name, pastListColumns(kt, ct)))
	owned := fmt.Sprintf("v.supplements = 0 OR v.parent IN (%s)", p.owned(kt))
	ranked := fmt.Sprintf("SELECT v.*, dense_rank() OVER (PARTITION BY v.parent ORDER BY v.precedence, v.supplements, v.source_name, v.rid) AS n FROM (%s) v WHERE %s", rows, owned)
	where := " WHERE t.n = 1"
	if ct.name == "system_alias" {
		where = ""
	}
	return "SELECT " + strings.Join(append([]string{"t.parent", "t.pos", "t.seen_at"}, fieldColumns(ct.columns)...), ", ") + " FROM (" + ranked + ") t" + where
}

// owned are the identities that a source owned at the point.
func (p pointAt) owned(kt *kindTable) string {
	return fmt.Sprintf("SELECT w.id FROM (%s) w WHERE w.id IS NOT NULL AND NOT %s", p.states(string(kt.kind), pastColumns(kt)), supplementsOf(kt, "w"))
}

// nameSeen is the relation name_seen as it stood.
func (p pointAt) nameSeen(kt *kindTable) string {
	return nameSeen("("+p.states(string(kt.kind), pastColumns(kt))+")", p.owned(kt))
}
