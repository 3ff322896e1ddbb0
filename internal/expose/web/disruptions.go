package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Disruption is a place with an ongoing disruption.
type Disruption struct {
	Site    string            `json:"site"` // id, or the source's own word
	Name    string            `json:"name"`
	OrgUnit string            `json:"org_unit"`
	Since   time.Time         `json:"since"`
	Planned bool              `json:"planned"`
	Users   int               `json:"users,omitempty"` // people concerned; 0 is not known
	Targets []DisruptedTarget `json:"targets"`
	// Sentence is ready for the switchboard and the intranet.
	Sentence string    `json:"sentence"`
	NextAt   time.Time `json:"next_notice"` // when Sentence promises to tell more
}

// DisruptedTarget is one target that is down at the place.
type DisruptedTarget struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Since  time.Time `json:"since"`
	Metric string    `json:"metric,omitempty"` // how it is probed
	Cause  string    `json:"cause,omitempty"`
	// Behind names the target that it follows from.
	Behind string `json:"behind,omitempty"`
	Source string `json:"source"`
}

// notice is how long those who look for the fault get at the least before the
// next notice, which comes at an even quarter of an hour.
const (
	notice  = 30 * time.Minute
	quarter = 15 * time.Minute
)

// Say writes the sentence, as of now.
func (d *Disruption) Say(now time.Time) {
	loc := calendar.Location()
	d.NextAt = now.Add(notice + quarter - time.Second).Truncate(quarter)
	since := Clock(d.Since.In(loc), now.In(loc))
	what := "Störning i " + d.what()
	if d.Planned {
		d.Sentence = fmt.Sprintf("Planerat arbete med %s sedan %s. Nytt besked %s.", d.what(), since, Clock(d.NextAt.In(loc), now.In(loc)))
		return
	}
	work := "Felsökning pågår."
	if behind := d.behind(); behind != "" {
		work = "Felet finns i " + behind + ", och felsökning pågår."
	}
	d.Sentence = fmt.Sprintf("%s sedan %s. %s Nytt besked %s.", what, since, work, Clock(d.NextAt.In(loc), now.In(loc)))
}

// what is disturbed: the network at a place, or a service by its name.
func (d *Disruption) what() string {
	for _, t := range d.Targets {
		if t.Metric != "http" && t.Metric != "tls" {
			return "nätet på " + d.Name
		}
	}
	if len(d.Targets) == 1 && d.Targets[0].Name != "" {
		return d.Targets[0].Name
	}
	return d.Name
}

// behind names what everything at the place follows from.
func (d *Disruption) behind() string {
	out := ""
	for i, t := range d.Targets {
		if i > 0 && t.Behind != out {
			return ""
		}
		out = t.Behind
	}
	return out
}

// Clock writes an instant as it is said: "09.38", or with the day if that is another.
func Clock(at, now time.Time) string {
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch hour := at.Format("15.04"); day(at) {
	case day(now):
		return hour
	case day(now.AddDate(0, 0, -1)):
		return "i går " + hour
	case day(now.AddDate(0, 0, 1)):
		return "i morgon " + hour
	default:
		return fmt.Sprintf("den %d %s %s", at.Day(), finding.MonthName(at.Month()), hour)
	}
}

func (s *server) disruptions(w http.ResponseWriter, r *http.Request) {
	ds, err := s.Daemon.Disruptions(r.Context())
	if err != nil {
		s.failure(w, err)
		return
	}
	if ds == nil {
		ds = []Disruption{}
	}
	s.answer(w, http.StatusOK, ds)
}
