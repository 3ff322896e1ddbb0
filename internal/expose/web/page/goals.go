package page

import (
	"cmp"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Goals is the page of goals and recommendations.
type Goals struct {
	Frame
	Lists    []GoalList
	Withheld string // why the recommendations are not shown
}

func (Goals) name() string { return "goals" }

// GoalsData is what the page is made of.
type GoalsData struct {
	Goals, Recommendations []followup.Row
	Withheld               string
}

// GoalList is the goals, or the recommendations.
type GoalList struct {
	ID, Heading, Summary string
	Open, Done           GoalTable
}

// GoalTable is a table of them. It holds what its template asks the page for.
type GoalTable struct {
	Frame
	What     string // heading of the first column
	Caption  string
	HasUnits bool
	Done     bool
	Rows     []GoalRow
}

// GoalRow is one goal or recommendation.
type GoalRow struct {
	Number, Title string
	About         []string // part of the strategy, auditor, owner, decision
	Unit          string
	Due           string
	Days, Late    string
	Measure       *GoalMeasure
	State         wording.State
	Note          string // how far it had come when it was closed
}

// GoalMeasure is the figure that a goal or recommendation is measured by.
type GoalMeasure struct{ Title, Href, Said string }

// NewGoals makes the page; of a chosen förvaltning its own and, of goals, those
// of the whole municipality.
func NewGoals(f Frame, d GoalsData) Goals {
	f.Here, f.Title = "goals", f.say("title-goals")
	g := Goals{Frame: f, Withheld: d.Withheld}
	g.Lists = append(g.Lists, f.goalList("goal", d.Goals))
	if d.Withheld == "" {
		g.Lists = append(g.Lists, f.goalList("recommendation", d.Recommendations))
	}
	return g
}

// goalList makes one list; kind begins the keys of its words.
func (f Frame) goalList(kind string, rows []followup.Row) GoalList {
	l := GoalList{ID: kind, Heading: f.say(kind + "s")}
	l.Open = GoalTable{Frame: f, What: f.say(kind), Caption: f.say(kind + "s-open")}
	l.Done = GoalTable{Frame: f, What: f.say(kind), Caption: f.say(kind + "s-done"), Done: true}
	n := map[followup.State]int{}
	for _, r := range rows {
		if u := f.Choices.Unit; u != "" && r.OrgUnit != u && (kind != "goal" || r.OrgUnit != "") {
			continue
		}
		n[r.State]++
		t := &l.Open
		if r.State.Done() {
			t = &l.Done
		}
		t.HasUnits = t.HasUnits || r.OrgUnitName != ""
		t.Rows = append(t.Rows, f.goalRow(kind, r))
	}
	total := len(l.Open.Rows) + len(l.Done.Rows)
	if total == 0 {
		l.Summary = f.say(kind + "s-none")
		return l
	}
	var parts []string
	for _, s := range []followup.State{followup.Overdue, followup.Open, followup.SetAside, followup.Closed} {
		if n[s] > 0 {
			key := kind + "-" + string(s)
			if n[s] > 1 {
				key = "many-" + string(s)
			}
			word := strings.ToLower(f.say(key))
			if n[s] < total {
				word = f.Count(int64(n[s])) + " " + word
			}
			parts = append(parts, word)
		}
	}
	key := kind + "-one"
	if total > 1 {
		key = kind + "-many"
	}
	l.Summary = f.say(key, f.Count(int64(total))) + ": " + strings.Join(parts, ", ") + "."
	return l
}

func (f Frame) goalRow(kind string, r followup.Row) GoalRow {
	out := GoalRow{Number: cmp.Or(r.Reference, "–"), Title: cmp.Or(r.Title, r.Reference), Unit: r.OrgUnitName, Due: "–", Days: "–", State: f.goalState(kind, r)}
	for _, s := range []string{r.Subject, r.Auditor} {
		if s != "" {
			out.About = append(out.About, s)
		}
	}
	if r.Owner != "" {
		out.About = append(out.About, f.say("goal-owner", r.Owner))
	}
	if r.Decision != "" {
		out.About = append(out.About, f.say("goal-decision", r.Decision))
	}
	if !r.Due.IsZero() {
		out.Due = f.Day(r.Due)
	}
	if r.Days != nil {
		out.Days = f.Count(int64(*r.Days))
	}
	if r.Late > 0 {
		out.Late = f.say("goal-late", f.Count(int64(r.Late)))
		if r.Late == 1 {
			out.Late = f.say("goal-late-one")
		}
	}
	switch {
	case r.State == followup.Closed && !r.Done.IsZero():
		out.Note = f.Day(r.Done)
	case r.State != followup.Closed && r.Status == "partly":
		out.Note = f.say("goal-partly")
	}
	if r.State == followup.Closed && (r.Status == "not_met" || r.Status == "partly") {
		out.Note = strings.TrimSpace(out.Note + " " + f.say("goal-closed-"+r.Status))
	}
	if r.Contradicted() {
		out.Note = strings.TrimSpace(out.Note + " " + f.say("goal-contradicted"))
	}
	if r.Measure != nil {
		out.Measure = f.goalMeasure(r)
	}
	return out
}

// goalMeasure says the figure of a row in a line: "75 av 500, 15,0 %; mål 100 %".
func (f Frame) goalMeasure(r followup.Row) *GoalMeasure {
	x := *r.Measure
	m := &GoalMeasure{Title: f.Text(x.Title), Href: f.Measure(x.KPI)}
	fig := f.Pair(wording.Of(x))
	var said []string
	for _, s := range []string{fig.Counts, fig.Value} {
		if s != "" {
			said = append(said, s)
		}
	}
	if m.Said = strings.Join(said, ", "); m.Said == "" {
		m.Said = strings.ToLower(f.say("not-known"))
		return m
	}
	if t := f.TargetLevel(x.Target, x.Unit); t != "" {
		m.Said += "; " + f.say("goal-target", t)
	}
	return m
}

// goalState is the state of a row as a word and a shape.
func (f Frame) goalState(kind string, r followup.Row) wording.State {
	looks := map[followup.State]wording.State{
		followup.Overdue: {Shape: "■", Class: "bad"}, followup.Open: {Shape: "○", Class: "calm"},
		followup.SetAside: {Shape: "◇", Class: "calm"}, followup.Closed: {Shape: "●", Class: "good"},
	}
	s := looks[r.State]
	if r.State == followup.Closed && (r.Status == "not_met" || r.Status == "partly") || r.Contradicted() {
		s.Shape, s.Class = "◐", "mid"
	}
	s.Word = f.say(kind + "-" + string(r.State))
	s.Short = s.Word
	return s
}

// Len is how many rows there are.
func (t GoalTable) Len() float64 { return float64(len(t.Rows)) }
