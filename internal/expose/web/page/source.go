package page

import (
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Sources is the page of everything that is read.
type Sources struct {
	Frame
	Rows    []SourceRow
	Refused []RefusedRow
	Names   []NameGroup
}

func (Sources) name() string { return "sources" }

// SourceRow is one source.
type SourceRow struct {
	Name, Kind, Read, Changed     string
	Seen, Refused, Vanished       string
	Shape, Class, State, WhyState string
}

// RefusedRow is a located message of a source.
type RefusedRow struct {
	Source, Place, Column, Reason string
	Refused                       bool
}

// NameGroup is the names of one sort that lead nowhere.
type NameGroup struct {
	Heading string
	Names   []Name
}

// Name is a name that leads nowhere.
type Name struct{ Name, Source, Closest, Rows string }

// SourceState is a source with what may be said of it now.
type SourceState struct {
	store.SourceState
	Late    bool
	Failing string
}

// NewSources makes the page of the sources.
func NewSources(f Frame, sources []SourceState) Sources {
	f.Here, f.Title = "sources", f.say("title-sources")
	out := Sources{Frame: f}
	for _, s := range sources {
		r := SourceRow{
			Name: s.Name, Kind: f.kind(s.Plugin), Read: f.moment(s.LastSuccess), Changed: f.moment(s.ContentAt),
			Seen: f.Count(s.Counts.Seen), Refused: f.Count(s.Counts.Refused), Vanished: f.Count(s.Counts.Vanished),
			Shape: "●", Class: "good", State: f.say("source-fine"),
		}
		switch {
		case s.Held:
			r.Shape, r.Class, r.State = "■", "bad", f.say("source-held")
		case s.Failing != "":
			r.Shape, r.Class, r.State, r.WhyState = "■", "bad", f.say("source-failed"), s.Failing
		case !s.RetiredOn.IsZero():
			r.Shape, r.Class, r.State = "–", "calm", f.say("source-retired")+" "+f.Day(s.RetiredOn.In(calendar.Location()))
		case s.LastSuccess.IsZero():
			r.Shape, r.Class, r.State = "○", "calm", f.say("source-never")
		case s.Late:
			r.Shape, r.Class, r.State = "▲", "mid", f.say("source-late")
		}
		out.Rows = append(out.Rows, r)
		for _, w := range s.Counts.Warnings {
			out.Refused = append(out.Refused, RefusedRow{Source: s.Name, Place: place(w.Place.Doc, w.Place.Sheet, w.Place.Row), Column: w.Column, Reason: w.Reason, Refused: w.Refused})
		}
	}
	return out
}

// kind is what a kind of source is called.
func (f Frame) kind(plugin string) string {
	if f.Lang() == wording.English {
		return plugin
	}
	return naming.Of("source.plugin", plugin)
}

// place writes where a row stands.
func place(doc, sheet string, row int64) string {
	s := doc
	if sheet != "" {
		s += ", blad " + sheet
	}
	if row > 0 {
		s += ", rad " + strconv.FormatInt(row, 10)
	}
	return s
}

// UnmappedHeading says how many names of a sort lead nowhere.
// Where only the most used of them stand below, it says how many that is.
func (f Frame) UnmappedHeading(sort string, names, rows int64, shown int) string {
	s := f.say("unmapped-group", wording.Capital(sort), f.Count(names), f.Count(rows))
	if int64(shown) < names {
		s += f.say("unmapped-shown", f.Count(int64(shown)))
	}
	return s
}

// FitsSeveral says that a name fits several identities and is given to none.
func (f Frame) FitsSeveral(ids string) string { return f.say("fits-many", ids) }
