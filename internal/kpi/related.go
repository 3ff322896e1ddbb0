package kpi

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// relatedPass: a related record, or a date on the record itself, is young
// enough. The sub-select stands after IN so that the database looks each id up
// in it instead of joining.
func (t *task) relatedPass() (string, error) {
	p := t.def.Related
	if p == nil || p.Record == "" && p.OwnField == "" {
		return "", fmt.Errorf("related: want a record or an own_field")
	}
	var u usage
	sub, err := t.relatedDates(&u)
	if err != nil {
		return "", err
	}
	own, err := t.ownDate(&u)
	if err != nil {
		return "", err
	}
	t.use.timed = true
	t.use.addAll(u)
	t.need.addAll(t.eitherNeeded(u))
	limit, ok, err := t.relatedLimit()
	if err != nil {
		return "", err
	}
	if !ok {
		return "1 = 0", nil
	}
	young := " >= " + strconv.FormatInt(limit, 10)
	var ways []string
	if sub != "" {
		ways = append(ways, t.pop.rel+".id IN (SELECT related.link FROM ("+sub+") AS related WHERE related.at"+young+")")
	}
	if own != "" {
		ways = append(ways, own+young)
	}
	return strings.Join(ways, " OR "), nil
}

// relatedLimit is the oldest date that counts. It is false where the limit is
// the municipality's to decide and it has not.
func (t *task) relatedLimit() (int64, bool, error) {
	age := t.def.Related.MaxAge
	if rule, ok := strings.CutPrefix(age, "rule:"); ok {
		if age = t.s.engine.decisions.Rules[rule]; age == "" {
			return 0, false, nil
		}
	}
	sp, err := catalogue.ParseSpan(age)
	if err != nil {
		return 0, false, fmt.Errorf("max_age: %w", err)
	}
	return sp.Before(t.s.asOf(), t.s.location()).Unix(), true, nil
}

// relatedDates is "SELECT link, at FROM …": the related records that count,
// each with the id it belongs to and its date, none of them in the future.
func (t *task) relatedDates(u *usage) (string, error) {
	p := t.def.Related
	if p.Record == "" {
		return "", nil
	}
	rel := string(p.Record)
	link, err := t.s.texts.value(p.Link, rel, "", u)
	if err != nil {
		return "", fmt.Errorf("link: %w", err)
	}
	date, err := t.s.texts.value(p.Date, rel, "", u)
	if err != nil {
		return "", fmt.Errorf("date: %w", err)
	}
	conds := []string{link + " IS NOT NULL", date + " <= " + t.s.texts.upTo(rel, p.Date, t.s.asOf())}
	if p.Where != "" {
		c, err := t.s.texts.condition(p.Where, rel, "", u)
		if err != nil {
			return "", fmt.Errorf("where: %w", err)
		}
		conds = append(conds, c)
	}
	return "SELECT " + link + " AS link, " + date + " AS at " + from(rel, joinConds(conds)), nil
}

func (t *task) ownDate(u *usage) (string, error) {
	f := t.def.Related.OwnField
	if f == "" {
		return "", nil
	}
	own, err := t.s.texts.value(f, t.pop.rel, "", u)
	if err != nil {
		return "", fmt.Errorf("own_field: %w", err)
	}
	return own, nil
}

// eitherNeeded is what is needed to know: all of it, or, where there are two
// ways of knowing, the one that some source gives.
func (t *task) eitherNeeded(u usage) usage {
	p := t.def.Related
	if p.Record == "" || p.OwnField == "" {
		return u
	}
	if len(t.s.mapped[p.Record]) > 0 || t.s.declaredNone(string(p.Record)) {
		return usage{}
	}
	return usage{columns: []expr.ColumnRef{{Relation: t.pop.rel, Column: p.OwnField}}}
}

// relatedParts adds the median age of the newest related record to a share,
// and says so when no limit is decided.
func (t *task) relatedParts(ctx context.Context, r store.Reader, f *figure) error {
	if err := t.shareParts(ctx, r, f); err != nil || f.noData != nil {
		return err
	}
	if unknown, err := t.neverRegistered(ctx, r); err != nil || unknown {
		f.noData = nothingRegistered()
		f.total, f.breakdowns = amounts{}, nil
		return err
	}
	if !t.s.engine.totals {
		if err := t.medianAge(ctx, r, f); err != nil {
			return err
		}
	}
	if _, ok, err := t.relatedLimit(); ok || err != nil {
		return err
	}
	f.noData = text("Kommunen har inte beslutat hur gammalt det får vara, så bara medianåldern visas.",
		"The municipality has not decided how old it may be, so only the median age is shown.")
	f.total, f.breakdowns = amounts{}, nil
	return nil
}

// neverRegistered tells whether the only way of knowing is related records and
// there are some, but none of the kind, dated or not: a list of policies says
// nothing of how many systems have a plan. A list that was read and is empty
// does: there is none.
func (t *task) neverRegistered(ctx context.Context, r store.Reader) (bool, error) {
	p := t.def.Related
	if p.Record == "" || p.Where == "" || t.s.declaredNone(string(p.Record)) {
		return false, nil
	}
	if p.OwnField != "" {
		if has, err := t.s.maps(ctx, r, expr.ColumnRef{Relation: t.pop.rel, Column: p.OwnField}); err != nil || has {
			return false, err
		}
	}
	return t.s.none(ctx, r, p.Record, p.Where)
}

// medianAge is the median of as_of less the newest date, over the records of
// the population that have any.
func (t *task) medianAge(ctx context.Context, r store.Reader, f *figure) error {
	u := t.use
	sub, err := t.relatedDates(&u)
	if err != nil {
		return err
	}
	own, err := t.ownDate(&u)
	if err != nil {
		return err
	}
	var arms []string
	if sub != "" {
		arms = append(arms, sub)
	}
	if own != "" {
		arms = append(arms, "SELECT "+t.pop.rel+".id AS link, "+own+" AS at "+from(t.pop.rel, t.pop.and(own+" IS NOT NULL").kept()))
	}
	newest := "SELECT MAX(dates.at) AS newest FROM (" + strings.Join(arms, " UNION ALL ") + ") AS dates WHERE dates.link IN (SELECT " +
		t.pop.rel + ".id " + from(t.pop.rel, t.pop.kept()) + ") GROUP BY dates.link"
	asOf := strconv.FormatInt(t.s.asOf().Unix(), 10)
	age := "CASE WHEN ages.newest < " + asOf + " THEN " + asOf + " - ages.newest ELSE 0 END"
	n, err := t.s.one(ctx, r, u, "SELECT COUNT(*) FROM ("+newest+") AS ages")
	if err != nil || n == nil || *n == 0 {
		return err
	}
	v, err := t.s.one(ctx, r, u, "SELECT percentile_disc("+age+", 0.5) FROM ("+newest+") AS ages")
	if err != nil || v == nil {
		return err
	}
	f.also = append(f.also, second{key: "median_age", unit: "seconds",
		title:   finding.Text{SV: "Medianålder för det senaste", EN: "Median age of the newest"},
		amounts: amounts{value: v, den: n, size: *n}})
	return nil
}

// plannedPass: what was planned has been held. Rows that were never planned
// are not in the population.
func (t *task) plannedPass() (string, error) {
	p := t.def.Planned
	if p == nil {
		return "", fmt.Errorf("planned is missing")
	}
	planned, err := t.s.texts.value(p.PlannedAt, t.pop.rel, "", &t.need)
	if err != nil {
		return "", fmt.Errorf("planned_at: %w", err)
	}
	held, err := t.s.texts.value(p.HeldAt, t.pop.rel, "", &t.need)
	if err != nil {
		return "", fmt.Errorf("held_at: %w", err)
	}
	conds := []string{planned + " IS NOT NULL"}
	if t.def.Window == nil {
		if conds, err = t.s.texts.window(&catalogue.Window{Field: p.PlannedAt}, t.pop.rel, &t.need); err != nil {
			return "", err
		}
	}
	for _, c := range conds {
		t.pop = t.pop.and(c)
	}
	t.use.timed = true
	return held + " <= " + t.s.texts.upTo(t.pop.rel, p.HeldAt, t.s.asOf()), nil
}
