package metrics

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// catalogue publishes what is known of the KPIs and of what was decided.
func (b *builder) catalogue(s Snapshot) {
	for _, i := range s.Infos {
		b.add(b.d.info, 1, i.KPI, i.Unit, i.Direction, i.Area, i.Title.SV, i.Title.EN)
		for _, t := range slices.Compact(slices.SortedFunc(slices.Values(i.Tags), byTag)) {
			b.add(b.d.tag, 1, i.KPI, t.Scheme, t.Tag)
		}
		if i.NextStep.SV != "" {
			b.add(b.d.step, 1, i.KPI, i.NextStep.SV, i.NextStep.EN)
		}
	}
	for _, st := range s.NextSteps {
		b.add(b.d.stepRows, float64(st.Rows), st.KPI, st.OrgUnit)
		b.add(b.d.stepScore, st.Score, st.KPI, st.OrgUnit)
	}
	b.waivers(s.Waivers)
	for _, o := range s.OrgUnits {
		b.add(b.d.orgUnit, 1, o.ID, o.Name, o.Parent)
	}
}

func byTag(a, b Tag) int { return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Tag, b.Tag)) }

// waivers publishes one series a decision and what it covers: where it was
// prolonged under the same reference, the last day counts.
func (b *builder) waivers(list []Waiver) {
	last := map[Waiver]time.Time{}
	for _, w := range list {
		key := Waiver{KPI: w.KPI, Scope: w.Scope, Decision: w.Decision}
		last[key] = later(last[key], w.Expires)
	}
	keys := slices.SortedFunc(maps.Keys(last), func(x, y Waiver) int {
		return cmp.Or(cmp.Compare(x.KPI, y.KPI), cmp.Compare(x.Scope, y.Scope), cmp.Compare(x.Decision, y.Decision))
	})
	for _, k := range keys {
		b.at(b.d.waiver, last[k], k.KPI, k.Scope, k.Decision)
	}
}

func (b *builder) operations(s Snapshot) {
	first := map[string]time.Time{}
	for _, q := range s.Queues {
		b.add(b.d.open, float64(q.Open), q.Queue, q.Priority)
		if t, ok := first[q.Queue]; !ok || q.Oldest.Before(t) {
			first[q.Queue] = q.Oldest
		}
	}
	for _, q := range slices.Sorted(maps.Keys(first)) {
		b.at(b.d.oldest, first[q], q)
	}
	for _, f := range s.Flows {
		b.add(b.d.opened, float64(f.Opened), f.Queue, f.Window)
		b.add(b.d.resolved, float64(f.Resolved), f.Queue, f.Window)
	}
	for _, w := range s.Waits {
		b.add(b.d.wait, w.Seconds, w.UserGroup)
	}
	b.disruptions(s.Disruptions)
	for _, x := range s.Sites {
		b.add(b.d.site, 1, x.Site, x.Name, x.OrgUnit, x.Criticality)
	}
	for _, u := range s.Unmapped {
		b.add(b.d.unmapped, float64(u.Names), u.Scheme, u.Kind)
	}
}

func (b *builder) source(s store.SourceState, took map[string]time.Duration) {
	l := []string{s.Name, s.Plugin}
	b.at(b.d.success, s.LastSuccess, l...)
	b.at(b.d.start, s.LastStarted, l...)
	b.at(b.d.content, s.ContentAt, l...)
	if s.ContentMaxAge > 0 {
		b.add(b.d.contentMax, s.ContentMaxAge.Seconds(), l...)
	}
	b.add(b.d.up, boolean(!s.LastSuccess.IsZero() && !s.LastFailure.After(s.LastSuccess)), l...)
	b.add(b.d.held, boolean(s.Held), l...)
	if s.RetiredOn.IsZero() { // one that was switched off is never late
		b.add(b.d.interval, s.Interval.Seconds(), l...)
	}
	if d, ok := took[s.Name]; ok {
		b.add(b.d.took, d.Seconds(), l...)
	}
	for _, r := range []struct {
		result string
		n      int64
	}{
		{"seen", s.Counts.Seen},
		{"refused", s.Counts.Refused},
		{"repeated", s.Counts.Repeated},
		{"inserted", s.Counts.Inserted},
		{"updated", s.Counts.Updated},
		{"unchanged", s.Counts.Unchanged},
		{"vanished", s.Counts.Vanished},
		{"purged", s.Counts.Purged},
	} {
		b.add(b.d.rows, float64(r.n), s.Name, s.Plugin, r.result)
	}
}
