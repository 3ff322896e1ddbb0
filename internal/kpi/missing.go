package kpi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// kindName says what people call the records of a kind.
func kindName(k record.Kind) finding.Text {
	sv, en := naming.Relation(string(k))
	return finding.Text{SV: sv, EN: en}
}

// missing says why a figure cannot be measured: no source of a kind that it
// needs, or a needed field that no source maps; nil if nothing is missing.
func (s *session) missing(ctx context.Context, r store.Reader, t *task) (*finding.Text, error) {
	for _, rel := range t.neededRelations() {
		kind := kindOf(rel)
		if kind == "" || s.isOwn(kind) || s.declaredNone(string(kind)) {
			continue
		}
		has, err := s.feeds(ctx, r, kind)
		if err != nil {
			return nil, err
		}
		if !has {
			t.figure.awaits = string(kind)
			n := kindName(kind)
			return text("Kan mätas när en källa med "+n.SV+" läses in.", "Can be measured when a source of "+n.EN+" is read."), nil
		}
	}
	if none, err := s.missingAny(ctx, r, t); err != nil || none != nil {
		return none, err
	}
	var lacking []string
	for _, c := range t.needed() {
		has, err := s.maps(ctx, r, c)
		if err != nil {
			return nil, err
		}
		if !has {
			lacking = merge(lacking, fieldName(c, s.listMapped(c)))
		}
	}
	if len(lacking) == 0 {
		return nil, nil
	}
	swedish := make([]string, len(lacking))
	for i, n := range lacking {
		swedish[i] = naming.Field(n)
	}
	return text("Ingen källa visar "+strings.Join(swedish, " eller ")+".", "No source has "+strings.Join(lacking, " or ")+"."), nil
}

// missingAny says that no source has any of the fields of which one is needed.
func (s *session) missingAny(ctx context.Context, r store.Reader, t *task) (*finding.Text, error) {
	var swedish, english []string
	for _, n := range t.def.NeedsAny {
		c := t.fieldRef(n)
		has, err := s.maps(ctx, r, c)
		if err != nil || has {
			return nil, err
		}
		name := fieldName(c, s.listMapped(c))
		swedish, english = append(swedish, naming.Field(name)), append(english, name)
	}
	if len(swedish) == 0 {
		return nil, nil
	}
	return text("Ingen källa visar "+strings.Join(swedish, " eller ")+".", "No source has "+strings.Join(english, " or ")+"."), nil
}

// fieldName is what a source maps: a field, or a whole child list ("system.role").
func fieldName(c expr.ColumnRef, listMapped bool) string {
	kind := string(kindOf(c.Relation))
	if child, ok := strings.CutPrefix(c.Relation, kind+"_"); ok && kind != "" {
		name := kind + "." + child
		if rows, _, ok := strings.Cut(strings.TrimPrefix(c.Column, ":"), "|"); ok || strings.HasPrefix(c.Column, ":") {
			name += ":" + rows
		} else if listMapped && !listBasics(c.Column) {
			name += "." + c.Column
		}
		return name
	}
	return c.Relation + "." + c.Column
}

// neededRelations lists the relations that must have a source: the record's
// own and those that the figure needs, save one whose every named field is
// optional.
func (t *task) neededRelations() []string {
	out := []string{t.pop.rel}
	needed := t.needed()
	for _, rel := range t.need.relations {
		if t.oneOfSeveral(rel) {
			continue
		}
		in := func(c expr.ColumnRef) bool { return c.Relation == rel }
		if !slices.ContainsFunc(t.need.columns, in) || slices.ContainsFunc(needed, in) {
			out = merge(out, rel)
		}
	}
	return out
}

// needed lists the fields whose absence leaves no figure.
func (t *task) needed() []expr.ColumnRef {
	var optional []expr.ColumnRef
	for _, o := range t.def.Optional {
		optional = append(optional, t.fieldRef(o))
	}
	var out []expr.ColumnRef
	for _, c := range t.need.columns {
		if !t.oneOfSeveral(c.Relation) && !slices.ContainsFunc(optional, func(o expr.ColumnRef) bool { return o == c || o.Column == "" && o.Relation == c.Relation }) {
			out = append(out, c)
		}
	}
	for _, n := range t.def.Needs {
		out = merge(out, t.fieldRef(n))
	}
	return out
}

// oneOfSeveral tells whether a relation is of those of which one is enough.
func (t *task) oneOfSeveral(rel string) bool {
	seen := string(catalogue.NameSeenRelation)
	return slices.ContainsFunc(t.def.NeedsAny, func(n string) bool {
		other := t.fieldRef(n).Relation
		return rel == other || rel != seen && other != seen && kindOf(rel) == kindOf(other)
	})
}

// fieldRef reads "field", "relation.field", a child list "system.role" or rows
// of one, "system.role:owner".
func (t *task) fieldRef(name string) expr.ColumnRef {
	rel, field, ok := strings.Cut(name, ".")
	if !ok {
		return expr.ColumnRef{Relation: t.pop.rel, Column: name}
	}
	list, rows, part := strings.Cut(field, ":")
	if sc, known := record.Lookup(record.Kind(rel)); known && sc.Child(list) >= 0 {
		ref := expr.ColumnRef{Relation: rel + "_" + list}
		if part {
			ref.Column = ":" + rows
		}
		return ref
	}
	return expr.ColumnRef{Relation: rel, Column: field}
}

func (s *session) isOwn(k record.Kind) bool {
	_, stored := record.Lookup(k)
	return !stored
}

// feeds tells whether any source gives records of a kind. Org units may stand
// in the decisions alone.
func (s *session) feeds(ctx context.Context, r store.Reader, k record.Kind) (bool, error) {
	if len(s.mapped[k]) > 0 {
		return true, nil
	}
	if k == record.OrgUnit || k == record.System {
		return s.hasRows(ctx, r, string(k))
	}
	return false, nil
}

// maps tells whether any source maps a field or child list.
func (s *session) maps(ctx context.Context, r store.Reader, c expr.ColumnRef) (bool, error) {
	kind := kindOf(c.Relation)
	if kind == "" || s.isOwn(kind) || s.declaredNone(string(kind)) {
		return true, nil
	}
	if ofProbes(c.Relation) {
		return true, nil
	}
	if c.Relation == string(catalogue.NameSeenRelation) {
		return s.supplemented(kind), nil
	}
	m := s.mapped[kind]
	if child, ok := strings.CutPrefix(c.Relation, string(kind)+"_"); ok {
		return mapsList(m, kind, child, c.Column), nil
	}
	if kind == record.OrgUnit && slices.Contains([]string{"name", "kind", "parent"}, c.Column) {
		return s.hasRows(ctx, r, string(kind))
	}
	return m[c.Column], nil
}

// listBasics are the columns that every row of a list has.
func listBasics(column string) bool {
	return slices.Contains([]string{"", "parent", "role", "holder", "person_ref", "key", "of"}, column)
}

// namesRows tells the column that a list's rows are named by: the group of
// account_group, the other system of system_integration.
func namesRows(kind record.Kind, list, column string) bool {
	schema, _ := record.Lookup(kind)
	i := schema.Child(list)
	return i >= 0 && schema.Children[i].Fields[0].Name == column
}

// listMapped tells whether the child list of a column is mapped at all.
func (s *session) listMapped(c expr.ColumnRef) bool {
	kind := kindOf(c.Relation)
	child, ok := strings.CutPrefix(c.Relation, string(kind)+"_")
	return ok && mapsList(s.mapped[kind], kind, child, "")
}

// mapsList tells whether a child list is mapped, and what is asked of it: a
// field ("fte"), or rows (":owner", or one of ":manager|manager_business"). A
// list that a source maps without naming parts is mapped whole.
func mapsList(m map[string]bool, kind record.Kind, list, part string) bool {
	if !m[list] && !m[string(kind)+"."+list] && !m[string(kind)+"_"+list] {
		return false
	}
	rows, asked := strings.CutPrefix(part, ":")
	if !asked && (listBasics(part) || namesRows(kind, list, part)) {
		return true
	}
	whole := true
	for name := range m {
		if strings.HasPrefix(name, list+":") || !asked && strings.HasPrefix(name, list+".") {
			whole = false
		}
	}
	switch {
	case whole:
		return true
	case !asked:
		return m[list+"."+part]
	}
	return slices.ContainsFunc(strings.Split(rows, "|"), func(r string) bool { return m[list+":"+r] })
}

// declaredNone tells whether the municipality has said that there truly are no
// records of a kind, or of a kind within it ("control:continuity_plan").
func (s *session) declaredNone(kind string) bool {
	return slices.ContainsFunc(s.engine.decisions.None, func(n decision.DeclaredNone) bool {
		k, _, _ := strings.Cut(n.Record, ":")
		return k == kind && (n.On.IsZero() || !n.On.After(s.asOf()))
	})
}

// empty decides what an empty population means: a true zero if the relation
// has rows (or is declared to have none), else no data.
func (t *task) empty(ctx context.Context, r store.Reader) (bool, error) {
	if t.s.declaredNone(string(kindOf(t.pop.rel))) || t.s.isOwn(kindOf(t.pop.rel)) {
		return false, nil
	}
	has, err := t.s.hasRows(ctx, r, t.pop.rel)
	return !has, err
}

// nothingIn is the reason for an empty population.
func nothingIn(d *catalogue.Definition) *finding.Text {
	sv, en := "Det finns inga rader att räkna på.", "There are no rows to count."
	if d.PopulationText.SV != "" {
		sv = fmt.Sprintf("Det finns inga rader att räkna på (%s).", d.PopulationText.SV)
		en = fmt.Sprintf("There are no rows to count (%s).", d.PopulationText.EN)
	}
	return text(sv, en)
}
