package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// AlertSettings makes the settings of the alerts from the configuration: its
// section alerts, the classes of criticality of its measuring points, its
// opening hours and addresses. The error holds every fault.
func (p *Parts) AlertSettings() (alert.Settings, error) {
	a, s := p.Config.Alerts, alert.Defaults()
	s.Job = cmp.Or(a.Job, s.Job)
	s.Runbooks = cmp.Or(a.Runbooks, s.Runbooks)
	s.PublicURL = cmp.Or(p.Config.PublicURL, "http://"+p.Config.Listen)
	span(&s.Every, a.Every)
	errs := p.alertClasses(&s)

	d := a.Disruption
	span(&s.Keep, d.Hold)
	given(&s.Many.Sites, d.Many.Sites)
	span(&s.Many.After, d.Many.After)
	s.Queue.WorkingHours = p.workingHours()
	s.Queue = queueLimits(s.Queue, a.Queue)
	s.Queues = map[string]alert.Queue{}
	for name, q := range a.Queues {
		s.Queues[name] = queueLimits(s.Queue, q)
	}
	span(&s.Waiting.Within, a.Waiting.Within)
	for name, d := range a.Waiting.Groups {
		s.Waiting.Groups[name] = d.Std()
	}

	f := a.Figures
	s.FiguresWanted = f.Only
	given(&s.LevelStep, f.LevelStep)
	given(&s.DayShareDrop, f.DayShareDrop)
	span(&s.WaiverWarning, f.WaiverWarning)
	for i, id := range f.Only {
		if !hasKPI(p.Catalogue, id) {
			ids := make([]string, 0, len(p.Catalogue.KPIs))
			for _, k := range p.Catalogue.KPIs {
				ids = append(ids, k.ID)
			}
			errs = append(errs, p.alertFault(fmt.Sprintf("figures.only[%d]", i), "måttet %q finns inte%s", id, meaning(id, ids)))
		}
	}

	given(&s.LateFactor, a.Sources.LateFactor)
	span(&s.LateAtLeast, a.Sources.LateAtLeast)
	given(&s.RefusedShare, a.Sources.RefusedShare)
	given(&s.RefusedRows, a.Sources.RefusedRows)
	span(&s.BlindAfter, a.Sources.Blind)
	span(&s.DownAfter, a.Sources.Down)
	span(&s.ExportAfter, a.Sources.Export)
	s.FiguresAge = max(s.FiguresAge, 4*p.Config.Evaluate.Std())
	s.Overrides = map[string]alert.Override{}
	for name, r := range a.Rules {
		s.Overrides[name] = alert.Override{Off: r.Off, Severity: alert.Severity(r.Severity), Owner: r.Owner}
	}
	return s, errors.Join(errs...)
}

// alertClasses takes the classes of the measuring points, in their order, with
// what the section says of each.
func (p *Parts) alertClasses(s *alert.Settings) (errs []error) {
	d := p.Config.Alerts.Disruption
	var names []string
	for _, src := range p.Config.Sources {
		if src.Type != probePlugin {
			continue
		}
		for _, n := range classNames(src) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	if len(names) > 0 {
		s.Classes = alert.ClassesOf(names)
	}
	siteLimits(&s.Other, d.SiteAlert)
	for i := range s.Classes {
		c := &s.Classes[i]
		if i > 0 { // the most critical class has limits of its own
			siteLimits(c, d.SiteAlert)
		}
		siteLimits(c, d.Classes[c.Name])
	}
	for name := range d.Classes {
		if slices.IndexFunc(s.Classes, func(c alert.Class) bool { return c.Name == name }) < 0 {
			known := make([]string, len(s.Classes))
			for i := range s.Classes {
				known[i] = s.Classes[i].Name
			}
			errs = append(errs, p.alertFault("disruption.classes."+name, "den klassen har ingen mätpunkt%s", meaning(name, known)))
		}
	}
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errs
}

// classNames reads the classes of a measuring point; none is those of
// alert.Defaults. Settings that cannot be read are told of by the source.
func classNames(src config.Source) []string {
	var s struct{ Criticality []watchlist.RawClass }
	if err := json.Unmarshal(src.JSON, &s); err != nil || len(s.Criticality) == 0 {
		s.Criticality = nil
		for _, c := range alert.Defaults().Classes {
			s.Criticality = append(s.Criticality, watchlist.RawClass{Name: c.Name})
		}
	}
	out := make([]string, len(s.Criticality))
	for i := range s.Criticality {
		out[i] = s.Criticality[i].Name
	}
	return out
}

func siteLimits(c *alert.Class, s config.SiteAlert) {
	span(&c.After, s.After)
	c.Severity = cmp.Or(alert.Severity(s.Severity), c.Severity)
}

func queueLimits(q alert.Queue, c config.QueueAlerts) alert.Queue {
	given(&q.Growth, c.Growth)
	given(&q.Factor, c.Factor)
	span(&q.Oldest, c.Oldest)
	return q
}

// workingHours is how many hours of a week are working time, in the mean of
// the calendar's weeks, holidays included.
func (p *Parts) workingHours() float64 {
	n := len(p.Calendar)
	if n < 8 {
		return alert.Defaults().Queue.WorkingHours
	}
	open := time.Duration(p.Calendar[n-1].Cumulative-p.Calendar[0].Cumulative) * time.Second
	return max(1, math.Round(open.Hours()/float64(n-1)*7))
}

func (p *Parts) alertFault(field, format string, args ...any) error {
	return config.Fault{File: p.Config.Path, Field: "alerts." + field, Message: fmt.Sprintf(format, args...)}
}

func meaning(s string, known []string) string {
	if near := closest.Name(s, known); near != "" {
		return "; menas " + near + "?"
	}
	return ""
}

func span(into *time.Duration, d *config.Duration) {
	if d != nil {
		*into = d.Std()
	}
}

func given[T any](into *T, v *T) {
	if v != nil {
		*into = *v
	}
}
