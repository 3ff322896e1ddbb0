package disruption

import (
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Fields are those of an observation that an interval fills.
func Fields() []string {
	return []string{"kind", "metric", "subject", "site", "org_unit", "category", "started_at", "ended_at", "planned", "cause", "users", "secondary", "opening"}
}

// Record is an interval as it is stored. What is not known is blank.
func Record(iv *Interval) record.Record {
	r := record.New(record.Observation, iv.ID)
	s, _ := record.Lookup(record.Observation)
	put := func(name string, v record.Value) { r.Values[s.Index(name)] = v }
	text := func(name, v string) {
		if v == "" {
			put(name, record.Value{State: record.Blank})
			return
		}
		put(name, record.Value{State: record.Set, S: v})
	}
	number := func(name string, n int64, known bool) {
		if !known {
			put(name, record.Value{State: record.Blank})
			return
		}
		put(name, record.Value{State: record.Set, I: n})
	}
	flag := func(name string, v bool) { number(name, map[bool]int64{true: 1}[v], true) }
	text("kind", string(iv.Kind))
	text("metric", iv.Metric)
	text("subject", iv.Target)
	text("site", iv.Site)
	text("org_unit", iv.OrgUnit)
	text("category", iv.Class)
	text("cause", iv.Cause)
	text("opening", iv.Opening)
	number("started_at", iv.Start.Unix(), true)
	number("ended_at", iv.End.Unix(), !iv.Ongoing())
	number("users", int64(iv.Users), iv.Users > 0)
	flag("planned", iv.Planned)
	flag("secondary", iv.Secondary)
	return r
}

// Stored is an interval that was ongoing when the daemon last stopped, as a
// row of the relation observation gives it.
type Stored struct {
	ID, Kind, Target                             string
	Start                                        int64
	Planned, Secondary                           bool
	Cause, Metric, Site, OrgUnit, Class, Opening string
	Users                                        int
}

// Interval reads the row. The name is that of the target today.
func (r Stored) Interval() Interval {
	return Interval{
		ID: r.ID, Kind: Kind(r.Kind), Target: r.Target, Start: time.Unix(r.Start, 0).UTC(), Planned: r.Planned, Secondary: r.Secondary,
		Cause: r.Cause, Metric: r.Metric, Site: r.Site, OrgUnit: r.OrgUnit, Class: r.Class, Opening: r.Opening, Users: r.Users, Name: r.Target,
	}
}
