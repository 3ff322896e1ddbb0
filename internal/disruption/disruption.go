// Package disruption makes disruptions of probe results: intervals in which a
// target was down, short breaks that came and went, and intervals in which
// nothing is known. It is a state machine: it asks no clock and stores nothing.
//
// A target is down when so many of its last known results failed as its rules
// say (3 of 5); the disruption began with the first of those failures. It ends
// with the first of the successes that outweigh it. What was shorter than the
// rules' limit (2 minutes) is a flap, and so are two failures in a row that
// declared nothing. A result that is unknown is neither up nor down, and time
// without known results is unmeasured, also in the middle of a disruption.
//
// Each target has intervals of its own. A place is disrupted while any of its
// targets is, for as many as the greatest of them concerns: whoever adds up
// takes the union over the place, so nothing is counted twice there.
package disruption

import (
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// Kind is what an interval is.
type Kind string

// The kinds, as the records name them.
const (
	Outage     Kind = "outage"
	Flap       Kind = "flap"       // came and went; never counted in minutes
	Unmeasured Kind = "unmeasured" // neither up nor down
)

// NotMeasured is the cause of an interval without any results: the daemon or
// its source stood still, or missed its turns.
const NotMeasured = "not_measured"

// Interval is a stretch of time of one target. Its ID never changes, also when
// an outage turns out to be a flap, or to be unmeasured.
type Interval struct {
	ID      string
	Kind    Kind
	Target  string
	Start   time.Time
	End     time.Time // zero: ongoing
	Planned bool      // within a planned window
	// Secondary: the target stands behind one that is down, which Cause names.
	Secondary bool
	Cause     string

	// What the target was configured as when the interval began.
	Name, Metric, Site, OrgUnit, Class string
	Users                              int
	Opening                            string
}

// Ongoing tells whether the interval has not ended.
func (i *Interval) Ongoing() bool { return i.End.IsZero() }

// interval begins an interval of a target.
func (x *target) interval(kind Kind, start time.Time) *Interval {
	t := x.conf
	prefix := ""
	if kind == Unmeasured {
		prefix = "unmeasured:"
	}
	return &Interval{
		ID: prefix + t.ID + "@" + strconv.FormatInt(start.Unix(), 10), Kind: kind, Target: t.ID, Start: start,
		Name: t.Name, Metric: string(t.Type), Site: t.Site, OrgUnit: t.OrgUnit, Class: t.Criticality, Users: t.Users,
		Opening: t.Opening.Name,
	}
}

// State is the disruption state of one measuring point. It is not safe for
// concurrent use.
type State struct {
	list     *watchlist.List
	targets  map[string]*target
	children map[string][]*target // by the id of the parent
	gateways []*target
	blind    bool
	// seeing is when a gateway last answered.
	seeing time.Time
	// told is when the source last said that it is blind, answered when any
	// target last answered.
	told, answered time.Time

	changed changes
	missed  Missed
	due     int64
	late    int64
	// began is the first instant that the state was told of; unseen the ended
	// time without measuring since, shown the most of it that was ever told.
	began  time.Time
	unseen time.Duration
	shown  time.Duration
}

// Missed is what the source last told of probes that could not start in time.
type Missed struct {
	Hour        time.Time
	Due, Missed int64
}

// target is what is known of one target.
type target struct {
	conf  *watchlist.Target
	last  time.Time // newest result
	known time.Time // newest result that was up or down
	// recent are the known results since the state last changed, oldest first.
	recent []seen
	// run are the failures in a row that ended just now, or go on.
	run    int
	runAt  time.Time
	shorts []*Interval // flaps that may yet prove part of a disruption
	open   *Interval   // the ongoing disruption
	was    *Interval   // the disruption before it
	gap    *Interval   // the ongoing time without measuring
	why    watchlist.Cause

	newest  watchlist.Result
	glance  watchlist.Verdict // of a gateway: whether it answered when last asked
	expires time.Time
}

// seen is one known result.
type seen struct {
	at time.Time
	ok bool
}

// New returns the state of targets of which nothing is known yet.
func New(list *watchlist.List) *State {
	s := &State{targets: map[string]*target{}}
	s.use(list)
	return s
}

// use takes a list, keeping what is known of targets that remain.
func (s *State) use(list *watchlist.List) (gone []*target) {
	old := s.targets
	s.list, s.targets, s.children, s.gateways = list, make(map[string]*target, len(list.Targets)), map[string][]*target{}, nil
	for i := range list.Targets {
		conf := &list.Targets[i]
		x := old[conf.ID]
		if x == nil {
			x = &target{}
		}
		delete(old, conf.ID)
		x.conf = conf
		s.targets[conf.ID] = x
		if conf.Parent != "" {
			s.children[conf.Parent] = append(s.children[conf.Parent], x)
		}
		if conf.Gateway {
			s.gateways = append(s.gateways, x)
		}
	}
	for _, x := range old {
		gone = append(gone, x)
	}
	return gone
}

// Configure takes a changed list. Intervals of targets that are gone end when
// they were last measured.
func (s *State) Configure(list *watchlist.List) {
	for _, x := range s.use(list) {
		s.leave(x)
	}
}

// leave ends what is open of a target that is watched no more.
func (s *State) leave(x *target) {
	if x.open != nil {
		s.end(x, later(x.known, x.open.Start))
	}
	if x.gap != nil {
		x.gap.End = later(x.last, x.gap.Start)
		s.changed.add(x.gap)
		x.gap = nil
	}
}

// Restore takes up what was open when the daemon last stopped, and when each
// target last had a result. An interval of a target that is gone is ended.
func (s *State) Restore(open []Interval, last map[string]time.Time) {
	for id, at := range last {
		if x := s.targets[id]; x != nil {
			x.last, x.known = at, at
		}
		s.seeing = later(s.seeing, at) // what was held against anybody then was judged then
	}
	for i := range open {
		iv := &open[i]
		x := s.targets[iv.Target]
		if x == nil {
			iv.End = later(last[iv.Target], iv.Start)
			s.changed.add(iv)
			continue
		}
		iv.Name = x.conf.Name
		if iv.Kind == Unmeasured {
			x.gap = iv
		} else {
			x.open = iv
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// changes are intervals that began, changed or ended, each once, in order.
type changes struct {
	list []*Interval
	at   map[string]int
}

func (c *changes) add(iv *Interval) {
	if c.at == nil {
		c.at = map[string]int{}
	}
	if _, ok := c.at[iv.ID]; ok {
		return
	}
	c.at[iv.ID] = len(c.list)
	c.list = append(c.list, iv)
}

// Changes returns the intervals that are to be stored since the last call.
func (s *State) Changes() []Interval {
	out := make([]Interval, len(s.changed.list))
	for i, iv := range s.changed.list {
		out[i] = *iv
	}
	s.changed = changes{}
	return out
}
