package ldap

import (
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// pupilFields are what a count of pupils says.
func pupilFields() []string {
	return []string{"kind", "metric", "value", "unit", "org_unit", "category", "started_at", "ended_at"}
}

// pupilCounts makes one observation per org unit: how many pupil accounts that
// are enabled it has today. An org unit that had pupils before and has none
// now counts 0. No pupil is a record.
func pupilCounts(l *layout, counts map[string]int64, before []string, where string, now time.Time, loc *time.Location) []record.Record {
	units := make([]string, 0, len(counts)+len(before))
	for u := range counts {
		units = append(units, u)
	}
	units = append(units, before...)
	slices.Sort(units)
	units = slices.Compact(units)
	set := l.observation
	day := now.In(loc).Format(time.DateOnly)
	out := make([]record.Record, 0, len(units))
	for _, u := range units {
		r := set.record("accounts/pupil/"+day+"/"+u, record.Place{Doc: where})
		set.text(&r, "kind", "counter")
		set.text(&r, "metric", "accounts")
		set.text(&r, "category", "pupil")
		set.text(&r, "unit", "accounts")
		set.text(&r, "org_unit", u)
		set.float(&r, "value", float64(counts[u]))
		set.number(&r, "started_at", now.Unix())
		set.number(&r, "ended_at", now.Unix())
		out = append(out, r)
	}
	return out
}
