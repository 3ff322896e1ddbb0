package page

import (
	"cmp"
	"time"
)

// Disruptions is the page of what is down now.
type Disruptions struct {
	Frame
	Places  []DisruptedPlace
	History string // address of the measure that counts those that are over
}

func (Disruptions) name() string { return "disruptions" }

// DisruptedPlace is a place with an ongoing disruption.
type DisruptedPlace struct {
	Name, Sentence    string
	Since, NextNotice time.Time
	Users             int
	Planned           bool
	Targets           []DownTarget
}

// DownTarget is one thing that does not answer.
type DownTarget struct {
	Name, Cause, Behind string
	Since               time.Time
}

// NewDisruptions makes the page of what is down now.
func NewDisruptions(f Frame, places []DisruptedPlace) Disruptions {
	f.Here, f.Title = "disruptions", f.say("title-disruptions")
	for _, p := range places {
		for i := range p.Targets {
			p.Targets[i].Name = cmp.Or(p.Targets[i].Name, p.Name) // a list of disruptions names the place alone
		}
	}
	return Disruptions{Frame: f, Places: places, History: f.Measure("network_disruption_time")}
}

// Moment writes an instant in local time.
func (d Disruptions) Moment(t time.Time) string { return d.moment(t) }

// About writes how many people are concerned, as far as it is known.
func (d Disruptions) About(users int) string {
	if users == 0 {
		return d.say("unknown-time")
	}
	return d.say("people", d.Count(int64(users)))
}
