package kpi

import (
	"context"
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// shareParts adds what a share has beside its value: why there is no figure in
// an empty population, the names of what does not pass, and remarks.
func (t *task) shareParts(ctx context.Context, r store.Reader, f *figure) error {
	n, pass := t.counted("n"), t.counted("pass")
	if n == 0 {
		f.noData = nothingIn(&t.def)
		return nil
	}
	f.failing = n - pass
	if t.def.Direction == "down" || t.def.Direction == "none" {
		f.failing = pass
	}
	t.splitCells(f, n, false)
	return t.remarks(ctx, r, f)
}

// countParts adds age buckets and splits to a count, and tells a true zero
// from no data.
func (t *task) countParts(ctx context.Context, r store.Reader, f *figure) error {
	n := t.counted("n")
	if n == 0 {
		empty, err := t.empty(ctx, r)
		if err != nil {
			return err
		}
		if empty {
			f.noData = nothingIn(&t.def)
			return nil
		}
		f.coverage = f64(1)
	}
	f.failing = t.counted("pass")
	if t.def.Direction == "up" {
		f.failing = n - f.failing
	}
	t.splitCells(f, n, true)
	if b := t.def.Buckets; b != nil {
		cells := breakdown{dimension: "age", rest: true}
		for i := range len(b.Edges) + 1 {
			v := t.counted(fmt.Sprint("bucket", i))
			key, label := bucketName(b.Edges, i)
			cells.cells = append(cells.cells, cell{key: key, label: label, amounts: amounts{value: &v, num: &v, size: v}})
		}
		f.breakdowns = append(f.breakdowns, cells)
	}
	return t.remarks(ctx, r, f)
}

// bucketName gives "0-24h", "24h-3d" … "30d+" and what people call it.
func bucketName(edges []string, i int) (key, label string) {
	switch {
	case i == 0:
		return "0-" + edges[0], "under " + spoken(edges[0])
	case i == len(edges):
		return edges[i-1] + "+", "över " + spoken(edges[i-1])
	}
	return edges[i-1] + "-" + edges[i], spoken(edges[i-1]) + "–" + spoken(edges[i])
}

func spoken(edge string) string {
	for _, u := range []struct{ short, long string }{{"min", " minuter"}, {"h", " timmar"}, {"d", " dygn"}, {"w", " veckor"}, {"m", " månader"}, {"y", " år"}, {"s", " sekunder"}} {
		if n, ok := strings.CutSuffix(edge, u.short); ok {
			return n + u.long
		}
	}
	return edge
}

// aggregate compiles a condition over all rows of a relation.
func (t *texts) aggregate(src, main, clock string, u *usage) (string, error) {
	e, err := t.check(src, expr.Scope{Relations: t.relations, Main: main, Clock: clock, Aggregates: true})
	if err != nil {
		return "", err
	}
	if !e.IsCondition() {
		return "", fmt.Errorf("%q is a value where a condition is wanted", src)
	}
	u.addReading(e)
	return e.SQL(), nil
}

// splitCells turns the columns of the splits into cells.
func (t *task) splitCells(f *figure, n float64, counts bool) {
	if len(t.def.Split) == 0 {
		return
	}
	b := breakdown{dimension: "split"}
	for i, sp := range t.def.Split {
		v := t.counted(fmt.Sprint("split", i))
		c := cell{key: sp.Key, label: sp.Title.SV, amounts: amounts{num: &v, den: &n, size: v}}
		if c.value = ratioOf(v, n); counts {
			c.value = &v
		}
		b.cells = append(b.cells, c)
	}
	f.breakdowns = append(f.breakdowns, b)
}

// measureParts adds what figures over a measure have: the rows without one.
func (t *task) measureParts(ctx context.Context, r store.Reader, f *figure) error {
	n, with := t.counted("n"), t.counted("with")
	if with == 0 {
		f.noData = nothingIn(&t.def)
	}
	if blank := n - with; blank > 0 && n > 0 {
		f.notCounted = append(f.notCounted, finding.Count{Reason: finding.Text{SV: "uppgiften är inte ifylld", EN: "not filled in"}, Rows: int64(blank)})
	}
	if f.noData != nil {
		return nil
	}
	return t.remarks(ctx, r, f)
}

// remarks shows the warnings whose test over the population holds.
func (t *task) remarks(ctx context.Context, r store.Reader, f *figure) error {
	if t.s.engine.totals {
		return nil
	}
	for i, m := range t.def.Remarks {
		u := t.use
		e, err := t.s.texts.aggregate(m.When, t.pop.rel, t.pop.clock, &u)
		if err != nil {
			return fmt.Errorf("remark %d: %w", i+1, err)
		}
		v, err := t.s.one(ctx, r, u, "SELECT CASE WHEN "+e+" THEN 1 ELSE 0 END "+from(t.pop.rel, t.pop.kept()))
		if err != nil {
			return fmt.Errorf("remark %d: %w", i+1, err)
		}
		if v != nil && *v == 1 {
			f.remarks = append(f.remarks, m.Text)
		}
	}
	return nil
}
