package reporting

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// How often a report is made.
const (
	Weekly    = "week"
	Monthly   = "month"
	Quarterly = "quarter"
	Yearly    = "year"
)

// Plan is a report that is made again and again.
type Plan struct {
	Name    string
	Kind    string // ledning, revision, forvaltning, manad
	Unit    string // of kind forvaltning: an id, or All
	Every   string
	Weekday time.Weekday // of a week
	Day     int          // 1–28 of a month, or of the first month of what is longer
	Minutes int          // of the day, local time
	Formats []string     // of the files: html, pdf
	To      []string     // whom it is mailed to
	Link    bool         // the letter has a link and no files
	Keep    int          // how many are kept; 0 is all
}

// All is the unit of a plan that makes a report for each förvaltning.
const All = "alla"

// Due is the latest instant, now or before, at which the report is to be made.
func (p *Plan) Due(now time.Time) time.Time {
	at := p.at(now, 0)
	for i := -1; at.After(now); i-- {
		at = p.at(now, i)
	}
	return at
}

// Next is the first instant after now at which the report is to be made.
func (p *Plan) Next(now time.Time) time.Time {
	at := p.Due(now)
	for i := 0; !at.After(now); i++ {
		at = p.at(now, i)
	}
	return at
}

// at is when the report is due in the period of now, or so many periods later.
func (p *Plan) at(now time.Time, later int) time.Time {
	loc := calendar.Location()
	local := now.In(loc)
	y, m, d := local.Date()
	switch p.Every {
	case Weekly:
		d += int(p.Weekday-local.Weekday()) + 7*later
	case Quarterly:
		m, d = (m-1)/3*3+1+time.Month(3*later), p.Day
	case Yearly:
		y, m, d = y+later, time.January, p.Day
	default:
		m, d = m+time.Month(later), p.Day
	}
	return time.Date(y, m, d, p.Minutes/60, p.Minutes%60, 0, 0, loc)
}
