package http

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// countFields are what a count says.
func countFields() []string {
	return []string{"kind", "metric", "value", "unit", "org_unit", "category", "started_at", "ended_at"}
}

// counted counts an item, if it is one that is counted and not read.
func (r *reading) counted(ctx context.Context, i int, item any) (bool, error) {
	k := &r.st.counts[i]
	is, err := r.test(ctx, k.when, item)
	if err != nil {
		return false, r.where("count."+k.Metric, err)
	}
	if !is {
		return false, nil
	}
	unit := ""
	if k.orgUnit != nil {
		v, err := k.orgUnit.Run(ctx, item, r.values)
		if err == nil {
			unit, err = expr.Text(v)
		}
		if err != nil {
			return false, r.where("count."+k.Metric+".org_unit", err)
		}
	}
	r.tally[i][strings.TrimSpace(unit)]++
	return true, nil
}

// writeCounts makes one observation for each org unit. One that had something
// before and has nothing now counts 0. A pass that is not full has not seen
// everything, and counts nothing.
func (r *reading) writeCounts() error {
	if !r.full {
		return nil
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return err
	}
	day := r.req.Now.In(zone).Format(time.DateOnly)
	for i := range r.st.counts {
		k := &r.st.counts[i]
		name := k.Metric + "/" + k.Category
		var units []string
		for u := range r.tally[i] {
			units = append(units, u)
		}
		if r.next.Counted == nil {
			r.next.Counted = make(map[string][]string)
		}
		slices.Sort(units)
		r.next.Counted[name] = slices.Clone(units)
		if r.old != nil {
			units = append(units, r.old.Counted[name]...)
			slices.Sort(units)
			units = slices.Compact(units)
		}
		for _, u := range units {
			if err := r.observation(k, name+"/"+day+"/"+u, u, float64(r.tally[i][u])); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reading) observation(k *countPlan, id, unit string, n float64) error {
	rec := r.out.next(record.Observation)
	rec.ID, rec.Place = id, record.Place{Doc: r.plan.profile.Title.SV + ", " + r.st.Title.SV}
	text := func(field, v string) error {
		if v == "" {
			return rec.SetBlank(field)
		}
		return rec.SetText(field, v)
	}
	for _, f := range []struct{ field, v string }{
		{"kind", "counter"}, {"metric", k.Metric}, {"category", k.Category}, {"unit", k.Unit}, {"org_unit", unit},
	} {
		if err := text(f.field, f.v); err != nil {
			return err
		}
	}
	if err := rec.SetFloat("value", n); err != nil {
		return err
	}
	for _, f := range []string{"started_at", "ended_at"} {
		if err := rec.SetInt(f, r.req.Now.Unix()); err != nil {
			return err
		}
	}
	r.seen++
	return r.out.keep()
}
