package page

import (
	"net/url"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Measure is the page of one figure: what it is, how it stands and over time,
// taken apart, and what it is made of.
type Measure struct {
	Frame
	ID, Question string
	Area         string
	AreaHref     string
	Figure       wording.Figure
	Whole        wording.Figure // beside a förvaltning's own
	State        wording.State
	Reason       string
	Facts        []Fact
	Remarks      []string
	History      History
	Also         []AlsoRow
	Splits       []Split
	Peers        *Peers
	Next         string
	ToGo         string // how many rows there are to go through, "" if it is not known
	RowsHref     string
	NotCounted   string
	LeftOut      []Fact
	Waivers      []finding.Waiver
	Sources      []SourceAge
	Definition   []Fact
	SQL          string
	Before, Then *Link // the neighbours within the area
}

func (Measure) name() string { return "measure" }

// Fact is a name and what is said of it.
type Fact struct{ Name, Said string }

// AlsoRow is a second figure.
type AlsoRow struct {
	Title  string
	Figure wording.Figure
}

// SourceAge is a source behind a figure.
type SourceAge struct{ Name, Read, Changed, State string }

// Link is a page to go to.
type Link struct{ Title, Href string }

// MeasureData is what the page of a figure is made of.
type MeasureData struct {
	Finding    finding.Finding
	Definition catalogue.Definition
	Catalogue  catalogue.Catalogue
	History    []finding.Finding
	Unfinished bool
	SQL        string
}

// NewMeasure makes the page of a figure.
func NewMeasure(f Frame, d MeasureData) Measure {
	f.Here = "kpis"
	f.Title = f.Text(d.Definition.Title)
	x, def := d.Finding, d.Definition
	m := Measure{
		Frame: f, ID: def.ID, Question: f.Text(def.Question), AreaHref: f.To("/matt") + "#" + def.Area, SQL: d.SQL,
		Next: f.Text(def.NextStep), NotCounted: wording.NotCounted(f.Text(def.NotCounted)), Waivers: x.Waivers, RowsHref: f.Rows(def.ID),
	}
	for _, a := range catalogue.Areas() {
		if a.ID == def.Area {
			m.Area = f.Text(a.Name)
		}
	}
	shown := x
	if f.Choices.Unit != "" {
		shown = ofUnit(x, f.Choices.Unit)
		m.Whole = f.Pair(wording.Of(x))
	}
	m.Figure, m.State = f.Pair(wording.Of(shown)), f.State(shown)
	if m.Figure == (wording.Figure{}) && x.Reason != nil {
		m.Reason = f.Text(*x.Reason)
	} else if x.Outcome == finding.Stale && x.Reason != nil {
		m.Reason = f.Text(*x.Reason)
	}
	m.Facts = f.standing(shown)
	for _, r := range x.Remarks {
		m.Remarks = append(m.Remarks, f.Text(r))
	}
	m.History = f.history(d.History, x, d.Unfinished, f.Title)
	if f.Choices.Unit == "" {
		for _, a := range x.Also {
			if fig := f.Pair(wording.OfAlso(a)); fig != (wording.Figure{}) {
				m.Also = append(m.Also, AlsoRow{Title: f.Text(a.Title), Figure: fig})
			}
		}
	}
	m.Splits = f.splits(x, def)
	m.Peers = f.peers(x)
	if n := def.ToGoThroughTotal(shown); n > 0 {
		m.ToGo = f.Count(int64(n))
	}
	for _, c := range x.NotCounted {
		m.LeftOut = append(m.LeftOut, Fact{f.Text(c.Reason), f.Count(c.Rows)})
	}
	m.Sources = f.sourceAges(x.Sources)
	m.Definition = f.definition(def, x)
	m.neighbours(d.Catalogue)
	return m
}

// standing is what is known of how a figure stands: its target, how it was,
// what it is counted on.
func (f Frame) standing(x finding.Finding) []Fact {
	var out []Fact
	add := func(key, said string) {
		if said != "" {
			out = append(out, Fact{f.say(key), said})
		}
	}
	add("target", f.Target(x.Target, x.Unit))
	add("earlier", f.Previous(x))
	if x.Forecast != nil {
		add("forecast", f.Text(x.Forecast.Say()))
	}
	if x.WaivedRows > 0 {
		add("waived", f.say("waived-rows", f.Count(x.WaivedRows)))
	}
	add("counted-on", f.Text(x.Population))
	if x.Coverage != nil && *x.Coverage < 0.995 {
		add("coverage", f.say("coverage-said", f.Percent(*x.Coverage, 0)))
	}
	return out
}

func (f Frame) sourceAges(sources []finding.Source) []SourceAge {
	var out []SourceAge
	for _, s := range sources {
		a := SourceAge{Name: s.Name, Read: f.moment(s.LastSuccess), Changed: f.moment(s.ContentAt), State: "● " + f.say("source-fine")}
		switch {
		case s.OldContent:
			a.State = "▲ " + f.say("source-old")
		case s.Late:
			a.State = "▲ " + f.say("source-late")
		}
		out = append(out, a)
	}
	return out
}

// moment writes an instant in local time, with its year where that is another.
func (f Frame) moment(t time.Time) string {
	if t.IsZero() {
		return f.say("unknown-time")
	}
	t = t.In(calendar.Location())
	if !f.AsOf.IsZero() && t.Year() != f.AsOf.Year() {
		return f.Day(t)
	}
	return f.Clock(t)
}

// definition is what an auditor asks of a definition.
func (f Frame) definition(d catalogue.Definition, x finding.Finding) []Fact {
	var out []Fact
	add := func(key, said string) {
		if said != "" {
			out = append(out, Fact{f.say(key), said})
		}
	}
	add("id", d.ID)
	add("method", strconv.Itoa(d.Method))
	add("definition-source", d.Source)
	if d.Window != nil && d.Window.Length != "" {
		add("window", f.span(d.Window.Length))
	}
	if d.Clock == "working" {
		add("clock", f.say("clock-working"))
	}
	add("frameworks", f.frameworks(d.Tags))
	if d.Secrecy.Level != "" && d.Secrecy.Level != "ingen" {
		add("secrecy", f.say("secrecy-"+d.Secrecy.Level, d.Secrecy.Provision))
	}
	if !x.KnownAt.IsZero() {
		add("known-at", f.Day(x.KnownAt.In(calendar.Location())))
	}
	return out
}

// neighbours are the figures before and after within the area.
func (m *Measure) neighbours(c catalogue.Catalogue) {
	var area []catalogue.Definition
	at := -1
	for i := range c.KPIs {
		if c.KPIs[i].ID == m.ID {
			at = len(area)
		}
		if m.Area != "" && c.KPIs[i].Area == areaOf(c, m.ID) {
			area = append(area, c.KPIs[i])
		}
	}
	link := func(d catalogue.Definition) *Link {
		return &Link{Title: m.Text(d.Title), Href: m.To("/matt/" + url.PathEscape(d.ID))}
	}
	if at > 0 {
		m.Before = link(area[at-1])
	}
	if at >= 0 && at+1 < len(area) {
		m.Then = link(area[at+1])
	}
}

func areaOf(c catalogue.Catalogue, id string) string {
	for i := range c.KPIs {
		if c.KPIs[i].ID == id {
			return c.KPIs[i].Area
		}
	}
	return ""
}
