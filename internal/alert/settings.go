package alert

import (
	"slices"
	"strings"
	"time"
)

// Settings are the thresholds and addresses of the rules. [Defaults] are sound
// for a municipality that has decided nothing.
type Settings struct {
	// Job is what Prometheus calls the scrape of the daemon.
	Job string
	// PublicURL is the root of the pages that texts link to, without a slash at
	// the end; Runbooks the folder of the run books.
	PublicURL, Runbooks string
	// Every is how often the rules are evaluated.
	Every time.Duration

	// Classes of sites, the most critical first; Other is every site of none of them.
	Classes []Class
	Other   Class
	Many    Many
	// Keep is how long a disruption is held on to when a scrape is missed.
	Keep time.Duration

	Queue   Queue
	Queues  map[string]Queue // by the queue's name, instead of Queue
	Waiting Waiting

	DayShareDrop  float64  // share, 0–1
	LevelStep     int      // of the levels 0–4
	FiguresWanted []string // ids; empty is every figure with a target
	WaiverWarning time.Duration

	LateFactor   float64 // of the source's interval
	LateAtLeast  time.Duration
	RefusedShare float64
	RefusedRows  int // of so many at the least
	BlindAfter   time.Duration
	DownAfter    time.Duration
	ExportAfter  time.Duration
	FiguresAge   time.Duration // how old the last evaluation may be

	Overrides map[string]Override // by the alert's name
}

// Class says when a disruption at a site of a class is told of.
type Class struct {
	Name     string
	After    time.Duration // from the disruption's own start
	Severity Severity
}

// Many says when disruptions at several sites become one alert.
type Many struct {
	Sites int
	After time.Duration
}

// Queue says when a queue is told of.
type Queue struct {
	// Growth is how many more tickets came than were solved in an hour, and
	// Factor how many times the usual inflow that is; both must hold.
	Growth int
	Factor float64
	// Oldest is how long a ticket may lie open.
	Oldest time.Duration
	// WorkingHours of a week make an hour's usual inflow of the week's.
	WorkingHours float64
}

// Waiting says how long nine in ten may wait for a first answer, in working
// time, by the group of users.
type Waiting struct {
	Within time.Duration
	Groups map[string]time.Duration
}

// Override changes one alert.
type Override struct {
	Off      bool
	Severity Severity
	Owner    string
}

// DefaultRunbooks is where the run books stand when they are not copied.
const DefaultRunbooks = "https://github.com/kommunpuls/kommunpuls/blob/main/docs/runbooks"

// Defaults of the classes of sites.
const (
	CriticalAfter = time.Minute
	OtherAfter    = 5 * time.Minute
)

// Defaults returns the settings of a municipality that has decided nothing.
func Defaults() Settings {
	return Settings{
		Job: "kommunpuls", PublicURL: "http://127.0.0.1:9464", Runbooks: DefaultRunbooks, Every: 15 * time.Second,
		Classes: ClassesOf([]string{"raddningstjanst", "hog", "normal", "lag"}),
		Other:   Class{After: OtherAfter, Severity: Notify},
		Many:    Many{Sites: 5, After: time.Minute},
		Keep:    time.Minute,
		Queue:   Queue{Growth: 10, Factor: 2, Oldest: 30 * 24 * time.Hour, WorkingHours: 45},
		Waiting: Waiting{Within: 8 * time.Hour, Groups: map[string]time.Duration{"Lärare": 2 * time.Hour}},

		DayShareDrop: 0.10, LevelStep: 1, WaiverWarning: 60 * 24 * time.Hour,
		LateFactor: 2, LateAtLeast: 10 * time.Minute, RefusedShare: 0.05, RefusedRows: 5,
		BlindAfter: 2 * time.Minute, DownAfter: 2 * time.Minute, ExportAfter: 15 * time.Minute, FiguresAge: time.Hour,
	}
}

// ClassesOf gives the defaults of classes, the most critical first: the first
// pages after a minute, the others notify after five.
func ClassesOf(names []string) []Class {
	out := make([]Class, len(names))
	for i, n := range names {
		out[i] = Class{Name: n, After: OtherAfter, Severity: Notify}
		if i == 0 {
			out[i].After, out[i].Severity = CriticalAfter, Page
		}
	}
	return out
}

// Class finds what holds for a class of sites.
func (s *Settings) Class(name string) Class {
	if i := slices.IndexFunc(s.Classes, func(c Class) bool { return c.Name == name }); i >= 0 {
		return s.Classes[i]
	}
	return s.Other
}

// queue finds what holds for a queue.
func (s *Settings) queue(name string) Queue {
	if q, ok := s.Queues[name]; ok {
		return q
	}
	return s.Queue
}

func (s *Settings) page(path string) string { return s.PublicURL + path }

func (s *Settings) runbook(name string) string {
	return strings.TrimSuffix(s.Runbooks, "/") + "/" + name + ".md"
}
