package kpi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// groupShare: the mean of a measure per group, then the share of groups that
// pass. A group without any measure is not rated and not counted.
func (t *task) groupShare() error {
	m, err := t.measure()
	if err != nil {
		return err
	}
	of, err := t.s.texts.value(t.def.Of, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return fmt.Errorf("of: %w", err)
	}
	cond, err := t.s.texts.groupPass(t.def.GroupPass)
	if err != nil {
		return err
	}
	t.specs = append(t.specs, &spec{
		rel: t.pop.rel, where: t.pop.and(m + " IS NOT NULL").and(of + " IS NOT NULL").kept(), dims: t.dims, group: of,
		columns: []string{"SUM(" + m + ")", "COUNT(" + m + ")"},
		take:    func(y *tally, g string, c []float64) { y.inGroup(g, c) },
	})
	// Which means pass is asked of the database, once for all distinct pairs.
	judged := map[[2]float64]bool{}
	t.amounts = func(y []*tally) (amounts, error) {
		if y[0] == nil {
			return amounts{}, nil
		}
		var pass, n, rows float64
		for _, g := range y[0].groups {
			n++
			rows += g[1]
			if judged[[2]float64{g[0] / g[1], g[1]}] {
				pass++
			}
		}
		return amounts{value: ratioOf(pass, n), num: &pass, den: &n, size: rows}, nil
	}
	t.before = func(ctx context.Context, r store.Reader) error {
		pairs := map[[2]float64]bool{}
		for _, y := range t.allTallies(0) {
			for _, g := range y.groups {
				pairs[[2]float64{g[0] / g[1], g[1]}] = true
			}
		}
		return t.s.judge(ctx, r, cond, pairs, judged)
	}
	t.extend = func(ctx context.Context, r store.Reader, f *figure) error {
		if f.total.den == nil || *f.total.den == 0 {
			f.noData = nothingIn(&t.def)
			return nil
		}
		f.failing = *f.total.den - *f.total.num
		return t.remarks(ctx, r, f)
	}
	return nil
}

// groupRowPass is 1 for the rows of a group that passes, so that evidence shows
// which rows lie behind a group that does not.
func (t *task) groupRowPass() (string, error) {
	m, err := t.measure()
	if err != nil {
		return "", err
	}
	of, err := t.s.texts.value(t.def.Of, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return "", fmt.Errorf("of: %w", err)
	}
	e, err := expr.Check(t.def.GroupPass, expr.Scope{Values: []string{"mean", "n"}})
	if err != nil {
		return "", fmt.Errorf("group_pass: %w", err)
	}
	groups := "SELECT " + of + " AS g, AVG(" + m + ") AS mean, COUNT(" + m + ") AS n " +
		from(t.pop.rel, t.pop.and(m+" IS NOT NULL").kept()) + " GROUP BY " + of
	return "CASE WHEN " + of + " IN (SELECT groups.g FROM (" + groups + ") AS groups WHERE " + e.SQL() + ") THEN 1 ELSE 0 END", nil
}

// allTallies lists the tallies of a spec: total and every cell, the cells'
// rest included since it is made of them.
func (t *task) allTallies(spec int) []*tally {
	out := []*tally{t.parts[spec].total}
	for d := range t.dims {
		for _, k := range t.keys(d) {
			if y := t.cellParts(d, k)[spec]; y != nil {
				out = append(out, y)
			}
		}
	}
	return out
}

// judge asks the database for which pairs of mean and n a condition holds.
func (s *session) judge(ctx context.Context, r store.Reader, cond string, pairs, into map[[2]float64]bool) error {
	const batch = 200
	list := make([][2]float64, 0, len(pairs))
	for p := range pairs {
		list = append(list, p)
	}
	for part := range slices.Chunk(list, batch) {
		if err := judgeBatch(ctx, r, cond, part, into); err != nil {
			return fmt.Errorf("group_pass: %w", err)
		}
	}
	return nil
}

func judgeBatch(ctx context.Context, r store.Reader, cond string, pairs [][2]float64, into map[[2]float64]bool) (err error) {
	arms := make([]string, len(pairs))
	for i, p := range pairs {
		arms[i] = "SELECT " + strconv.Itoa(i) + " AS i, " + number(p[0]) + " AS mean, " + number(p[1]) + " AS n"
	}
	rows, err := r.Query(ctx, "SELECT i FROM ("+strings.Join(arms, " UNION ALL ")+") AS groups WHERE "+cond)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var i int
		if err := rows.Scan(&i); err != nil {
			return err
		}
		into[pairs[i]] = true
	}
	return rows.Err()
}

// fieldMean: mean over fields of the share that is filled in. Every field has
// the same rows under it, so that is filled cells ÷ all cells. A field that no
// source maps leaves the mean and is shown without a figure.
func (t *task) fieldMean() error {
	t.sums()
	t.column("n", t.pop.count(""))
	mapped := 0
	for i, fp := range t.def.Fields {
		var u usage
		c, err := t.s.texts.condition(fp.Filled, t.pop.rel, t.pop.clock, &u)
		if err != nil {
			return fmt.Errorf("field %s: %w", fp.Key, err)
		}
		if t.fieldMapped(u) {
			t.column(fmt.Sprint("field", i), t.pop.count(c))
			t.use.addAll(u)
			mapped++
		}
	}
	if mapped == 0 { // then all of them are needed, and none is there
		for _, fp := range t.def.Fields {
			if _, err := t.s.texts.condition(fp.Filled, t.pop.rel, t.pop.clock, &t.need); err != nil {
				return fmt.Errorf("field %s: %w", fp.Key, err)
			}
		}
	}
	t.amounts = func(y []*tally) (amounts, error) {
		n := t.of(y[0], "n")
		filled, cells := 0.0, n*float64(mapped)
		for i := range t.def.Fields {
			filled += t.of(y[0], fmt.Sprint("field", i))
		}
		return amounts{value: ratioOf(filled, cells), num: &filled, den: &cells, size: n}, nil
	}
	t.extend = func(ctx context.Context, r store.Reader, f *figure) error {
		n := t.counted("n")
		if n == 0 {
			f.noData = nothingIn(&t.def)
			return nil
		}
		b := breakdown{dimension: "field"}
		for i, fp := range t.def.Fields {
			name := fmt.Sprint("field", i)
			c := cell{key: fp.Key, label: fp.Title.SV, noData: true}
			if _, ok := t.columns[name]; ok {
				v := t.counted(name)
				c.noData, c.amounts = false, amounts{value: ratioOf(v, n), num: &v, den: &n, size: n}
			}
			b.cells = append(b.cells, c)
		}
		f.breakdowns = append(f.breakdowns, b)
		if k := len(t.def.Fields); mapped < k {
			f.coverage = f64(float64(mapped) / float64(k))
			f.remarks = append(f.remarks, finding.Text{
				SV: fmt.Sprintf("%d av %d uppgifter finns inte i någon källa och räknas inte.", k-mapped, k),
				EN: fmt.Sprintf("%d of %d fields stand in no source and are not counted.", k-mapped, k)})
		}
		return t.remarks(ctx, r, f)
	}
	return nil
}

// fieldMapped tells whether some source maps all that a text reads.
func (t *task) fieldMapped(u usage) bool {
	for _, c := range u.columns {
		kind := kindOf(c.Relation)
		m := t.s.mapped[kind]
		child, isChild := strings.CutPrefix(c.Relation, string(kind)+"_")
		if isChild && !m[child] && !m[string(kind)+"."+child] && !m[c.Relation] || !isChild && !m[c.Column] {
			return t.s.declaredNone(string(kind))
		}
	}
	return true
}

// distinct: how many different values there are, and the change against an
// earlier time.
func (t *task) distinct() error {
	of, err := t.s.texts.value(t.def.Of, t.pop.rel, t.pop.clock, &t.need)
	if err != nil {
		return fmt.Errorf("of: %w", err)
	}
	t.specs = append(t.specs, &spec{
		rel: t.pop.rel, where: t.pop.and(of + " IS NOT NULL").kept(), dims: t.dims, group: of, columns: []string{"COUNT(*)"},
		take: func(y *tally, g string, c []float64) { y.inGroup(g, c) },
	})
	t.column("n", t.pop.count(""))
	t.column("with", "COUNT("+t.pop.guarded(nil, "", of, "NULL")+")")
	t.amounts = func(y []*tally) (amounts, error) {
		n := 0.0
		if y[0] != nil {
			n = float64(len(y[0].groups))
		}
		return amounts{value: &n, num: &n, size: n}, nil
	}
	t.extend = t.distinctParts
	return nil
}

func (t *task) distinctParts(ctx context.Context, r store.Reader, f *figure) error {
	n, with := t.counted("n"), t.counted("with")
	if n == 0 {
		empty, err := t.empty(ctx, r)
		if err != nil || empty {
			f.noData = nothingIn(&t.def)
			return err
		}
	}
	if blank := n - with; blank > 0 {
		f.notCounted = append(f.notCounted, finding.Count{Reason: finding.Text{SV: "uppgiften är inte ifylld", EN: "not filled in"}, Rows: int64(blank)})
	}
	// A partition adds up to the total; distinct values of two förvaltningar overlap.
	for i := range f.breakdowns {
		f.breakdowns[i].rest = false
	}
	if t.def.Base != nil && t.def.Base.Ago != "" {
		if err := t.changeSince(ctx, f); err != nil {
			return err
		}
	}
	return t.remarks(ctx, r, f)
}

// changeSince measures the same figure at an earlier instant, as it is known
// now, and shows the change.
func (t *task) changeSince(ctx context.Context, f *figure) error {
	ago, err := catalogue.ParseSpan(t.def.Base.Ago)
	if err != nil {
		return fmt.Errorf("base: %w", err)
	}
	at := t.s.point
	at.AsOf = ago.Before(at.AsOf, t.s.location())
	base, err := t.s.engine.figureAt(ctx, t.def, at)
	if err != nil {
		return fmt.Errorf("base: %w", err)
	}
	if base.total.value == nil || *base.total.value == 0 {
		return nil
	}
	f.also = append(f.also, changeOf("change", *f.total.value, *base.total.value))
	return nil
}

func changeOf(key string, now, base float64) second {
	return second{key: key, unit: "share", title: finding.Text{SV: "Förändring mot utgångsläget", EN: "Change against the base"},
		amounts: amounts{value: f64((now - base) / base), num: f64(now - base), den: &base, size: math.Max(now, base)}}
}

// groupPass compiles the condition over mean and n.
func (t *texts) groupPass(src string) (string, error) {
	e, err := expr.Check(src, expr.Scope{Values: []string{"mean", "n"}})
	if err != nil {
		return "", fmt.Errorf("group_pass: %w", err)
	}
	if !e.IsCondition() {
		return "", fmt.Errorf("group_pass: %q is a value where a condition is wanted", src)
	}
	return e.SQL(), nil
}
