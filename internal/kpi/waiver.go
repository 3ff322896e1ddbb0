package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// waiverEnd is the last instant of a waiver: the end of its last day.
func waiverEnd(w decision.Waiver, loc *time.Location) time.Time {
	day := w.Waiver.Expires
	if day == "" && !w.Expires.IsZero() {
		day = w.Expires.In(loc).Format("2006-01-02")
	}
	end, ok := endOfDay(day, loc)
	if !ok {
		return w.Expires
	}
	return end
}

// inForce tells whether a waiver holds at an instant.
func inForce(w decision.Waiver, at time.Time, loc *time.Location) bool {
	end := waiverEnd(w, loc)
	return !w.From.After(at) && (end.IsZero() || !end.Before(at))
}

// waivers lists the waivers in force that cover any part of a KPI. A system
// that a decision names is there by its id.
func (s *session) waivers(kpi string) []decision.Waiver {
	var out []decision.Waiver
	for _, w := range s.engine.decisions.Waivers {
		if (w.KPI == "" || w.KPI == kpi) && inForce(w, s.asOf(), s.location()) {
			if id, ok := s.systems[plainName(w.Record)]; ok {
				w.Record = id
			}
			out = append(out, w)
		}
	}
	return out
}

// decidedFor tells apart which decisions about single rows are in force for a
// KPI: a figure measured under others is measured anew, so that a waiver ends
// on its day though no record changed.
func (s *session) decidedFor(kpi string) string {
	var b strings.Builder
	for _, w := range s.waivers(kpi) {
		if w.Record != "" || w.OrgUnit != "" {
			fmt.Fprintf(&b, "%q %q;", w.Record, w.OrgUnit)
		}
	}
	if t := s.target(kpi, ""); t != nil && t.Kind == "list" {
		fmt.Fprintf(&b, "%q", t.List)
	}
	return b.String()
}

// loadSystems reads the systems by name, if any waiver names one that is no id.
func (s *session) loadSystems(ctx context.Context, r store.Reader) (err error) {
	if !slices.ContainsFunc(s.engine.decisions.Waivers, func(w decision.Waiver) bool { return w.Record != "" }) {
		return nil
	}
	text := "SELECT id, name FROM system WHERE name IS NOT NULL"
	if with := r.With("system"); with != "" {
		text = "WITH " + with + " " + text
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return fmt.Errorf("systems by name: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	ids, twice := map[string]bool{}, map[string]bool{}
	s.systems = map[string]string{}
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return fmt.Errorf("systems by name: %w", err)
		}
		ids[id] = true
		key := plainName(name)
		if _, ok := s.systems[key]; ok {
			twice[key] = true
		}
		s.systems[key] = id
	}
	for key, id := range s.systems {
		if ids[key] && id != key || twice[key] { // an id goes first, and a name that two have is nobody's
			delete(s.systems, key)
		}
	}
	return rows.Err()
}

// plainName is a name without regard to case and doubled spaces.
func plainName(name string) string { return strings.Join(strings.Fields(strings.ToLower(name)), " ") }

// scopeOf says what a waiver covers, as a finding shows it.
func scopeOf(w decision.Waiver) string {
	switch {
	case w.Record != "":
		return "record:" + w.Record
	case w.OrgUnit != "":
		return "org_unit:" + w.OrgUnit
	}
	return "kpi"
}

// covers tells whether a waiver covers a record of an org unit.
func (s *session) covers(w decision.Waiver, id, orgUnit string) bool {
	if w.Record != "" && w.Record != id {
		return false
	}
	return w.OrgUnit == "" || orgUnit != "" && (w.OrgUnit == orgUnit || w.OrgUnit == s.org.of(orgUnit))
}

// decided reads what decisions ask about single rows: which of a target's list
// pass, and which failing rows a waiver covers. It is part of measuring.
func (t *task) decided(ctx context.Context, r store.Reader) error {
	f := &t.figure
	f.decided = t.s.decidedFor(t.def.ID)
	if f.noData != nil || !t.rowwise() {
		return nil
	}
	pass, err := t.rowPass()
	if err != nil {
		return err
	}
	if tg := t.s.target(t.def.ID, ""); tg != nil && tg.Kind == "list" {
		if f.listed, err = t.listed(ctx, r, pass, tg.List); err != nil {
			return fmt.Errorf("target list: %w", err)
		}
		f.also = append(f.also, second{key: "target_list", unit: "share", amounts: *f.listed,
			title: finding.Text{SV: "Av dem som målet räknar upp", EN: "Of those that the target lists"}})
	}
	return t.acceptedRows(ctx, r, pass)
}

// rowwise tells whether rows pass or fail one by one.
func (t *task) rowwise() bool {
	return slices.Contains([]catalogue.Shape{catalogue.Share, catalogue.Related, catalogue.Planned, catalogue.CountOf}, t.def.Shape)
}

// rowPass is 1 for rows that pass, as SQL. A count's rows are what is wrong,
// unless more of them is better; so is what a share counts, unless more of it
// is better.
func (t *task) rowPass() (string, error) {
	if t.def.Shape == catalogue.CountOf && t.def.Pass == "" {
		if t.def.Direction == "down" {
			return "0", nil
		}
		return "1", nil
	}
	var need usage
	saved, pop := t.need, t.pop
	defer func() { t.need, t.pop = saved, pop }()
	t.need = need
	c, err := t.passing()
	if err != nil {
		return "", err
	}
	if t.def.Direction == "down" || t.def.Shape != catalogue.CountOf && t.def.Direction == "none" {
		return "CASE WHEN " + c + " THEN 0 ELSE 1 END", nil
	}
	return "CASE WHEN " + c + " THEN 1 ELSE 0 END", nil
}

// listed counts how many of the listed records (by id or name) pass.
func (t *task) listed(ctx context.Context, r store.Reader, pass string, list []string) (*amounts, error) {
	quoted := make([]string, len(list))
	for i, l := range list {
		quoted[i] = literal(l)
	}
	num, den := 0.0, float64(len(list))
	out := &amounts{num: &num, den: &den, size: den}
	if len(list) == 0 {
		return out, nil
	}
	in := " IN (" + strings.Join(quoted, ", ") + ")"
	cond := t.pop.rel + ".id" + in
	if t.s.hasColumn(t.pop.rel, "name") {
		cond += " OR " + t.pop.rel + ".name" + in
	}
	n, err := t.s.one(ctx, r, t.use, "SELECT SUM("+pass+") "+from(t.pop.rel, t.pop.and(cond).kept()))
	if err != nil {
		return nil, err
	}
	if n != nil {
		num = *n
	}
	out.value = f64(num / den)
	return out, nil
}

// acceptedRows finds the failing rows that a waiver for a record or an org unit
// covers. The denominator never shrinks because of them.
func (t *task) acceptedRows(ctx context.Context, r store.Reader, pass string) (err error) {
	var conds []string
	list := t.s.waivers(t.def.ID)
	hasOrg := t.s.hasColumn(t.pop.rel, "org_unit")
	org := t.pop.rel + ".org_unit"
	if t.pop.rel == "org_unit" {
		org, hasOrg = "org_unit.id", true
	}
	for _, w := range list {
		switch {
		case w.Record != "":
			conds = append(conds, t.pop.rel+".id = "+literal(w.Record))
		case w.OrgUnit != "" && hasOrg:
			var units []string
			for _, u := range t.s.org.within(w.OrgUnit) {
				units = append(units, literal(u))
			}
			conds = append(conds, org+" IN ("+strings.Join(units, ", ")+")")
		}
	}
	if len(conds) == 0 {
		return nil
	}
	if !hasOrg {
		org = "NULL"
	}
	p := t.pop.and(strings.Join(conds, " OR ")).and(pass + " = 0")
	text, err := t.s.texts.statement(r, t.use, nil, "SELECT "+t.pop.rel+".id, "+org+", "+t.tierColumn()+" "+from(t.pop.rel, p.kept()))
	if err != nil {
		return err
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	t.figure.accepted, t.figure.acceptedAt = map[string]bool{}, map[place]int64{}
	for rows.Next() {
		var id, unit, tier sql.NullString
		if err := rows.Scan(&id, &unit, &tier); err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(w decision.Waiver) bool {
			return (w.Record != "" || w.OrgUnit != "") && t.s.covers(w, id.String, unit.String)
		}) {
			t.figure.accepted[id.String] = true
			t.figure.acceptedAt[place{t.s.org.of(unit.String), tier.String}]++
		}
	}
	return rows.Err()
}
