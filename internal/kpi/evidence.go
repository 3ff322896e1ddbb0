package kpi

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// evidenceText is the compiled list of what an evidence row shows.
type evidenceText struct {
	items   []string // id, label, org unit, place, pass, reason, then columns
	columns []record.Field
	order   string
	pop     population
	use     usage
}

// evidence reads the rows behind a figure: those that fail first. Rows of a
// cell that is too small to show are left out, and no personal column is read.
func (t *task) evidence(ctx context.Context, r store.Reader, f *finding.Finding, opt ExplainOptions) (err error) {
	x, err := t.evidenceText()
	if err != nil {
		return err
	}
	conds, possible := t.visible(f, opt.OrgUnit)
	if !possible {
		return nil
	}
	if opt.Failing {
		conds = append(conds, x.items[passItem]+" = 0")
	}
	for _, c := range conds {
		x.pop = x.pop.and(c)
	}
	where := from(x.pop.rel, x.pop.kept())
	total, err := t.s.one(ctx, r, x.use, "SELECT COUNT(*) "+where)
	if err != nil {
		return err
	}
	if total != nil {
		f.EvidenceTotal = int64(*total)
	}
	f.Evidence = []finding.Row{}
	if f.EvidenceTotal <= sortedRows {
		body := where + " ORDER BY " + x.order + limitText(opt.Limit, opt.Offset)
		return t.evidenceRows(ctx, r, x, body, f)
	}
	// Putting a million rows in order to show fifty costs more than the
	// figure: then the first ones found that fail, and after them that pass.
	failing := from(x.pop.rel, x.pop.and(x.items[passItem]+" = 0").kept())
	fails, err := t.s.one(ctx, r, x.use, "SELECT COUNT(*) "+failing)
	if err != nil {
		return err
	}
	n := 0
	if fails != nil {
		n = int(*fails)
	}
	if opt.Offset < n {
		if err := t.evidenceRows(ctx, r, x, failing+limitText(opt.Limit, opt.Offset), f); err != nil {
			return err
		}
	}
	if rest := opt.Limit - len(f.Evidence); rest > 0 && !opt.Failing {
		passing := from(x.pop.rel, x.pop.and(x.items[passItem]+" = 1").kept())
		if err := t.evidenceRows(ctx, r, x, passing+limitText(rest, opt.Offset-n), f); err != nil {
			return err
		}
	}
	slices.SortStableFunc(f.Evidence, func(a, b finding.Row) int {
		return cmp.Or(cmp.Compare(boolOrder(a.Pass), boolOrder(b.Pass)), cmp.Compare(a.OrgUnit, b.OrgUnit), cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID))
	})
	return nil
}

// sortedRows is how many rows are put in order before some are shown.
const sortedRows = 20_000

// passItem is the place of the pass column in a row's items.
const passItem = 4

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

func limitText(limit, offset int) string {
	return " LIMIT " + strconv.Itoa(limit) + " OFFSET " + strconv.Itoa(max(offset, 0))
}

// evidenceRows reads the rows of a FROM clause into a finding.
func (t *task) evidenceRows(ctx context.Context, r store.Reader, x evidenceText, body string, f *finding.Finding) error {
	return t.eachEvidence(ctx, r, x, body, func(row finding.Row) error {
		f.Evidence = append(f.Evidence, row)
		return nil
	})
}

// eachEvidence calls each for every row of a FROM clause.
func (t *task) eachEvidence(ctx context.Context, r store.Reader, x evidenceText, body string, each func(finding.Row) error) (err error) {
	text, err := t.s.texts.statement(r, x.use, nil, "SELECT "+strings.Join(x.items, ", ")+" "+body)
	if err != nil {
		return err
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	waivers := t.s.waivers(t.def.ID)
	cells := make([]sql.NullString, len(x.items))
	into := make([]any, len(cells))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := each(t.evidenceRow(x, cells, waivers)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// evidenceRow makes one row of what was read.
func (t *task) evidenceRow(x evidenceText, cells []sql.NullString, waivers []decision.Waiver) finding.Row {
	row := finding.Row{Entity: string(kindOf(t.pop.rel)), ID: cells[0].String, Label: cells[1].String,
		OrgUnit: cells[2].String, Place: cells[3].String, Pass: cells[passItem].String == "1"}
	if row.Entity == "" {
		row.Entity = t.pop.rel
	}
	if row.Label == "" {
		row.Label = row.ID
	}
	row.Label = t.rowLabel(row.Label, row.ID)
	if row.OrgUnit != "" {
		row.OrgUnitName = t.s.org.label(row.OrgUnit)
	}
	if !row.Pass {
		row.Reason = cells[5].String
		row.Waived = slices.ContainsFunc(waivers, func(w decision.Waiver) bool { return t.s.covers(w, row.ID, row.OrgUnit) })
	}
	for i, c := range x.columns {
		if v := cells[6+i]; v.Valid {
			if row.Columns == nil {
				row.Columns = map[string]string{}
			}
			row.Columns[c.Name] = t.s.shown(c, v.String)
		}
	}
	return row
}

// evidenceText compiles what a row shows.
func (t *task) evidenceText() (evidenceText, error) {
	x := evidenceText{pop: t.pop, use: t.use}
	pass := "1"
	var err error
	switch {
	case t.rowwise():
		if pass, err = t.rowPass(); err != nil {
			return x, err
		}
	case t.def.Shape == catalogue.FieldMean:
		if pass, err = t.allFilled(); err != nil {
			return x, err
		}
	case t.def.Shape == catalogue.GroupShare:
		if pass, err = t.groupRowPass(); err != nil {
			return x, err
		}
	}
	label, err := t.evidenceLabel(&x.use)
	if err != nil {
		return x, err
	}
	reason := "NULL"
	if t.def.Evidence.Reason != "" {
		if reason, err = t.public(t.def.Evidence.Reason, &x.use); err != nil {
			return x, fmt.Errorf("reason: %w", err)
		}
	}
	x.items = []string{t.column0("id"), label, t.orgItem(), t.column0("place"), pass, reason}
	for _, name := range t.def.Evidence.Columns {
		f, ok := t.s.texts.relations.Field(t.pop.rel, name)
		if !ok || personal(f) {
			continue
		}
		var u usage
		sql, err := t.s.texts.value(name, t.pop.rel, "", &u)
		if err != nil {
			return x, fmt.Errorf("column %s: %w", name, err)
		}
		x.use.addAll(u)
		x.items, x.columns = append(x.items, sql), append(x.columns, f)
	}
	if t.def.Shape == catalogue.Quantile || t.def.Shape == catalogue.MeanScore || t.def.Shape == catalogue.InsideOutside {
		if m, err := t.measure(); err == nil {
			x.items, x.columns = append(x.items, m), append(x.columns, record.Field{Name: "value", Type: record.Float})
		}
	}
	x.order = "5, 3, 2, 1"
	if t.def.Evidence.Order != "" {
		o, err := t.s.texts.value(t.def.Evidence.Order, t.pop.rel, t.pop.clock, &x.use)
		if err != nil {
			return x, fmt.Errorf("order: %w", err)
		}
		x.order = "5, " + o + ", 1"
	}
	return x, nil
}

// column0 is an envelope column, NULL in a relation that has none.
func (t *task) column0(name string) string {
	if t.s.hasColumn(t.pop.rel, name) {
		return t.pop.rel + "." + name
	}
	return "NULL"
}

func (t *task) orgItem() string {
	if t.pop.rel == string(record.OrgUnit) {
		return "org_unit.id"
	}
	return t.column0("org_unit")
}

// evidenceLabel is what a row is called: the definition's own text, else name,
// ticket number or id. Where only one of many records of a kind has a name, the
// id stands in.
func (t *task) evidenceLabel(u *usage) (string, error) {
	if src := t.def.Evidence.Label; src != "" {
		l, err := t.public(src, u)
		if err != nil {
			return "", fmt.Errorf("label: %w", err)
		}
		return l, nil
	}
	for _, c := range []string{"name", "ticket_no"} {
		if t.s.hasColumn(t.pop.rel, c) {
			return t.pop.rel + "." + c, nil
		}
	}
	return t.column0("id"), nil
}

// rowLabel is what people call a row: the name of a supplier or a role instead
// of its id, and an inventory number without the source before it.
func (t *task) rowLabel(label, id string) string {
	switch t.def.Evidence.Label {
	case "supplier", "coalesce(supplier, supplier_raw, id)":
		return t.s.nameOf("supplier", label)
	case "role":
		return naming.TitleOf(t.pop.rel+".role", label)
	}
	if label == id {
		if n := t.s.nameOf("supplier", id); n != id {
			return n
		}
		if _, own, ok := strings.Cut(label, ":"); ok && own != "" {
			return own
		}
	}
	return label
}

// public compiles a text that people will read. It may not read a personal field.
func (t *task) public(src string, u *usage) (string, error) {
	e, err := t.s.texts.check(src, expr.Scope{Relations: t.s.texts.relations, Main: t.pop.rel, Clock: t.pop.clock})
	if err != nil {
		return "", err
	}
	if e.IsCondition() {
		return "", fmt.Errorf("%q is a condition where a text is wanted", src)
	}
	for _, c := range e.Columns() {
		if fields, ok := relationSchema(c.Relation); ok {
			if i := slices.IndexFunc(fields, func(f record.Field) bool { return f.Name == c.Column }); i >= 0 && fields[i].Privacy == record.Personal {
				return "", fmt.Errorf("%s.%s is personal and never shown", c.Relation, c.Column)
			}
		}
	}
	u.addReading(e)
	return e.SQL(), nil
}

// personal tells whether a field bears on a person.
func personal(f record.Field) bool {
	return f.Privacy != record.Impersonal || f.Type == record.Pseudonym
}

// allFilled is 1 for rows whose every field is filled in.
func (t *task) allFilled() (string, error) {
	var conds []string
	for _, fp := range t.def.Fields {
		var u usage
		c, err := t.s.texts.condition(fp.Filled, t.pop.rel, t.pop.clock, &u)
		if err != nil {
			return "", fmt.Errorf("field %s: %w", fp.Key, err)
		}
		if t.fieldMapped(u) {
			conds = append(conds, c)
		}
	}
	if len(conds) == 0 {
		return "1", nil
	}
	return "CASE WHEN " + joinConds(conds) + " THEN 1 ELSE 0 END", nil
}

// visible gives the conditions for the rows of an org unit, and those that keep
// rows of hidden cells out. It is false where nothing may be shown.
func (t *task) visible(f *finding.Finding, orgUnit string) ([]string, bool) {
	var conds []string
	org := t.orgItem()
	if orgUnit != "" {
		if org == "NULL" {
			return nil, false
		}
		conds = append(conds, org+" IN ("+t.units(orgUnit)+")")
	}
	for _, c := range f.Breakdown {
		if !c.Suppressed || c.Dimension == "split" || c.Dimension == "age" || c.Dimension == "field" || c.Key == restKey {
			continue
		}
		if c.Dimension == "org_unit" && orgUnit != "" && t.s.org.of(orgUnit) == c.Key {
			return nil, false
		}
		for _, d := range t.dims {
			if d.name != c.Dimension {
				continue
			}
			if d.top && c.Key != "" {
				conds = append(conds, "COALESCE("+d.sql+", '') NOT IN ("+t.units(c.Key)+")")
			} else {
				conds = append(conds, "COALESCE(CAST("+d.sql+" AS TEXT), '') <> "+literal(c.Key))
			}
		}
	}
	return conds, true
}

// units lists a unit and those under it, quoted.
func (t *task) units(orgUnit string) string {
	var out []string
	for _, u := range t.s.org.within(orgUnit) {
		out = append(out, literal(u))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// shown writes a stored value as people read it.
func (s *session) shown(f record.Field, v string) string {
	switch f.Type {
	case record.Date, record.Time:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return v
		}
		at := time.Unix(n, 0).In(s.location())
		if f.Type == record.Date {
			return at.Format("2006-01-02")
		}
		return at.Format("2006-01-02 15:04")
	case record.Bool:
		if v == "1" {
			return "ja"
		}
		return "nej"
	}
	return v
}
