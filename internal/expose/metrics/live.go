package metrics

import (
	"time"
)

// Live is what changes between two evaluations: a scrape shows it as it was
// last told, which is within seconds.
type Live struct {
	Disruptions []Disruption
	Points      []ProbePoint
	Restarts    []Restart
}

// ProbePoint is one measuring point.
type ProbePoint struct {
	Name             string
	Blind            bool
	Targets, Unknown int
	// UnknownSeconds adds up the time without measuring over its targets, Due
	// and Missed the probes that should have started and those that could not,
	// since the daemon started.
	UnknownSeconds float64
	Due, Missed    int64
	// Sites are those that it watches, each once.
	Sites []string
}

// Restart tells how often the child of one watching source was started again,
// since the daemon started.
type Restart struct {
	Source, Type string
	Times        int64
}

// PublishLive replaces what is shown of disruptions and measuring points.
// Disruptions of a Snapshot stand beside it.
func (c *Collector) PublishLive(l Live) {
	b := builder{d: c.d}
	b.disruptions(l.Disruptions)
	for _, p := range l.Points {
		b.add(c.d.blind, boolean(p.Blind), p.Name)
		b.add(c.d.watched, float64(p.Targets), p.Name)
		b.add(c.d.unmeasured, float64(p.Unknown), p.Name)
		b.count(c.d.unknownTime, p.UnknownSeconds, p.Name)
		b.count(c.d.slots, float64(p.Due), p.Name)
		b.count(c.d.missedSlots, float64(p.Missed), p.Name)
		for _, site := range p.Sites {
			b.add(c.d.sitePoint, 1, site, p.Name)
		}
	}
	for _, r := range l.Restarts {
		b.count(c.d.restarts, float64(r.Times), r.Source, r.Type)
	}
	c.live.Store(&b.out)
}

// disruptions publishes one series a place. What is down unplanned goes before
// what is planned there, the earliest start counts, and the most people.
func (b *builder) disruptions(list []Disruption) {
	type place struct{ site, orgUnit string }
	at := map[place]int{}
	var merged []Disruption
	for _, d := range list {
		k := place{d.Site, d.OrgUnit}
		i, ok := at[k]
		switch {
		case !ok:
			at[k] = len(merged)
			merged = append(merged, d)
		case merged[i].Planned && !d.Planned:
			merged[i] = d
		case merged[i].Planned == d.Planned:
			m := &merged[i]
			m.Users = max(m.Users, d.Users)
			if m.Start.IsZero() || !d.Start.IsZero() && d.Start.Before(m.Start) {
				m.Start = d.Start
			}
		}
	}
	for _, d := range merged {
		if d.Planned {
			b.add(b.d.planned, 1, d.Site, d.OrgUnit)
		} else {
			b.add(b.d.disruption, 1, d.Site, d.OrgUnit)
		}
		b.at(b.d.disruptionStart, d.Start, d.Site, d.OrgUnit)
		if d.Users > 0 {
			b.add(b.d.disruptionUsers, float64(d.Users), d.Site, d.OrgUnit)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Probe is the newest result of one target.
type Probe struct {
	Target, Site, OrgUnit, Module string
	Point                         string // the measuring point
	Success                       bool
	Duration                      time.Duration
	Expires                       time.Time // of the certificate; zero is not known
}
