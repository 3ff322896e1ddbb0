package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Month is what the report of a month is made of besides the figures at its end.
type Month struct {
	Start, End time.Time // first and last second
	// Points are the ends of months, oldest first: those of the charts, the last
	// of them the month's own. Of what happens, each figure is of its month alone.
	Points []MonthPoint
	// Disruptions are the parts of unplanned disruptions of the network that fell
	// within opening hours in the month.
	Disruptions []Disruption
	// Log is what became decided in the month, as far as it was noted.
	Log []store.DecisionChange
}

// MonthPoint is the figures of one month.
type MonthPoint struct {
	End      time.Time
	Findings []finding.Finding
}

// Disruption is a stretch without the network at one place.
type Disruption struct {
	Spot     string
	Users    int64
	From, To time.Time
}

// point is a month's figure, nil where there is none.
func (m Month) point(i int, kpi string) *finding.Finding {
	if i < 0 || i >= len(m.Points) {
		return nil
	}
	for j := range m.Points[i].Findings {
		if f := &m.Points[i].Findings[j]; f.KPI == kpi {
			return f
		}
	}
	return nil
}

// The figures that have a sentence of their own in the report of a month.
const (
	networkTime = "network_disruption_time"
	solvedInDay = "ticket_resolution_24h"
	queueLength = "service_desk_queue_length"
)

const yearBack = 12 // months

// ForMonth is the report of one month: its figures against the month before and
// the year before, disruptions, tickets and queues, thirteen months in charts,
// and what was decided.
func ForMonth(in Input, m Month) document.Document {
	c := newComposer(in)
	name := c.monthName(m.End) + " " + fmt.Sprint(m.End.In(calendar.Location()).Year())
	d := c.document(Monthly, "Månadsrapport för "+name, "Vad som hände i "+c.monthName(m.End)+", och hur det stod till när månaden var slut.")
	d.Marks = c.marks(c.all())
	last := len(m.Points) - 1
	happened := document.Section{ID: "hande", Level: 1, Title: "Det som hände i " + c.monthName(m.End)}
	for _, s := range []string{c.network(m), c.solved(m), c.queue(m)} {
		if s != "" {
			happened.Blocks = append(happened.Blocks, document.Paragraph{Text: s})
		}
	}
	if c.afterwards() && !c.Began.IsZero() && m.End.Before(c.Began) {
		happened.Blocks = append(happened.Blocks, document.Note{Text: c.pastSaid()})
	}
	d.Sections = append(d.Sections, happened,
		document.Section{ID: "manaden", Level: 1, Title: "Månadens siffror", Blocks: c.monthTable(m, last, "Det som hände under månaden", true)},
		document.Section{ID: "slutet", Level: 1, Title: "När månaden var slut", Blocks: c.monthTable(m, last, "Så stod det till när månaden var slut", false)},
		document.Section{ID: "diagram", Level: 1, Title: "Tretton månader", Blocks: c.charts(m)},
		c.decided(m),
	)
	d.Sections = append(d.Sections, c.others()...)
	d.Sections = append(d.Sections,
		document.Section{ID: "sakert", Level: 1, Title: "Så säkra är siffrorna", Blocks: []document.Block{c.sure()}},
	)
	return d
}

func (c composer) monthName(t time.Time) string {
	name, _, _ := strings.Cut(c.w.Month(t.In(calendar.Location())), nbsp)
	return name
}

// network tells of the disruptions: how many, how long, and the worst of them.
func (c composer) network(m Month) string {
	f := m.point(len(m.Points)-1, networkTime)
	month := c.monthName(m.End)
	switch {
	case f == nil:
		return ""
	case f.Value == nil:
		return c.absent("Hur nätet fungerade i "+month+" vet vi inte", f)
	}
	count, lost := also(f, "count"), also(f, "places")
	if count == nil || *count == 0 {
		return "Inget avbrott i nätet är antecknat i " + month + "."
	}
	s := fmt.Sprintf("Nätet var nere %s i %s", times(int64(*count)), month)
	if lost != nil && *lost > 0 {
		s += ", sammanlagt " + finding.Duration(*lost) + " under öppettid"
	}
	s += "."
	if w, ok := worst(m.Disruptions); ok {
		from := w.From.In(calendar.Location())
		s += fmt.Sprintf(" Värst var %sen den %d%s%s, då omkring %s på %s inte kunde arbeta på %s.", weekday(from), from.Day(), nbsp, c.monthName(from),
			people(w.Users), w.Spot, finding.Duration(w.To.Sub(w.From).Seconds()))
	}
	return s
}

// worst is the disruption that cost the most people's time.
func worst(ds []Disruption) (Disruption, bool) {
	if len(ds) == 0 {
		return Disruption{}, false
	}
	cost := func(d Disruption) float64 { return float64(d.Users) * d.To.Sub(d.From).Seconds() }
	w := slices.MaxFunc(ds, func(a, b Disruption) int { return cmp.Compare(cost(a), cost(b)) })
	return w, w.Users > 0
}

func weekday(t time.Time) string {
	return [...]string{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"}[t.Weekday()]
}

func times(n int64) string {
	if n == 1 {
		return "en gång"
	}
	return wording.Letters(n, true) + " gånger"
}

func people(n int64) string {
	if n == 1 {
		return "en person"
	}
	return finding.Number(float64(n), 0) + " personer"
}

func also(f *finding.Finding, key string) *float64 {
	for _, a := range f.Also {
		if a.Key == key && !a.Suppressed {
			return a.Value
		}
	}
	return nil
}

// solved tells how many incidents of the month were solved within a day.
func (c composer) solved(m Month) string {
	f := m.point(len(m.Points)-1, solvedInDay)
	if f == nil {
		return ""
	}
	month := c.monthName(m.End)
	if f.Value == nil || f.Numerator == nil || f.Denominator == nil {
		return c.absent("Hur många felanmälningar som löstes inom ett dygn i "+month+" vet vi inte", f)
	}
	s := fmt.Sprintf("I %s löstes %s av %s felanmälningar %s inom ett dygn", month, c.w.Value("count", *f.Numerator), c.w.Value("count", *f.Denominator), percent(f))
	s = strings.TrimSpace(strings.ReplaceAll(s, "  ", " "))
	if b := m.point(len(m.Points)-2, solvedInDay); b != nil && b.Value != nil && !finding.Few(f.Denominator) && !finding.Few(b.Denominator) {
		before := c.monthName(b.AsOf)
		switch finding.Trend("up", b, f) {
		case "unchanged":
			s += ", ungefär som i " + before
		case "better", "worse":
			s += fmt.Sprintf("; i %s var det %s av %s", before, c.w.Value("count", *b.Numerator), c.w.Value("count", *b.Denominator))
		}
	}
	return s + ". Beställningar och samtal som inte registrerats ingår inte."
}

// queue tells how many wait at the end of the month.
func (c composer) queue(m Month) string {
	f := m.point(len(m.Points)-1, queueLength)
	if f == nil {
		return ""
	}
	if f.Value == nil {
		return c.absent("Hur många ärenden som väntade när månaden var slut vet vi inte", f)
	}
	s := fmt.Sprintf("När månaden var slut väntade %s ärenden hos servicedesk", c.w.Value("count", *f.Value))
	if b := m.point(len(m.Points)-2, queueLength); b != nil && b.Value != nil {
		s += fmt.Sprintf("; en månad tidigare var det %s", c.w.Value("count", *b.Value))
	}
	return s + "."
}

// absent says that nothing is known, and why.
func (c composer) absent(s string, f *finding.Finding) string {
	if f.Reason != nil {
		return s + ". " + c.w.Why(*f.Reason)
	}
	return s + "."
}

// monthTable holds a month's figures against the month before and the year
// before: of what happens within months, or of what is so at their end.
func (c composer) monthTable(m Month, last int, caption string, happens bool) []document.Block {
	t := document.Table{Caption: caption, Columns: []document.Column{
		{Title: "Mått", Width: .34}, {Title: wording.Capital(c.shortMonth(m, last)), Width: .18, Right: true},
		{Title: wording.Capital(c.shortMonth(m, last-1)), Width: .16, Right: true}, {Title: wording.Capital(c.shortMonth(m, last-yearBack)), Width: .16, Right: true}, {Title: "Mot månaden före", Width: .16},
	}}
	for _, all := range c.all() {
		f, d := m.point(last, all.KPI), c.defs[all.KPI]
		if f == nil || d == nil || (d.Window != nil) != happens || f.Value == nil && !f.Suppressed {
			continue
		}
		b := m.point(last-1, all.KPI)
		t.Rows = append(t.Rows, []document.Cell{
			{Text: c.title(f), Head: true}, {Text: c.figure(f)}, {Text: c.figureOr(b)}, {Text: c.figureOr(m.point(last-yearBack, all.KPI))}, {Text: c.change(d.Direction, b, f)},
		})
	}
	if len(t.Rows) == 0 {
		return []document.Block{document.Paragraph{Text: "Det finns ingen siffra för månaden."}}
	}
	return []document.Block{t}
}

func (c composer) shortMonth(m Month, i int) string {
	if i < 0 || i >= len(m.Points) {
		return "året före"
	}
	return c.w.Month(m.Points[i].End.In(calendar.Location()))
}

func (c composer) figureOr(f *finding.Finding) string {
	if f == nil || f.Value == nil && !f.Suppressed {
		return "vet inte"
	}
	return c.figure(f)
}

func (c composer) change(direction string, b, f *finding.Finding) string {
	if b == nil || b.Value == nil || f.Value == nil || finding.Few(f.Denominator) || finding.Few(b.Denominator) {
		return ""
	}
	trend := finding.Trend(direction, b, f)
	if trend == "not_comparable" {
		return ""
	}
	return c.w.Text(finding.TrendName(trend))
}

// decided is what the log of decisions says of the month.
func (c composer) decided(m Month) document.Section {
	s := document.Section{ID: "beslut", Level: 1, Title: "Det som beslutades"}
	t := document.Table{Caption: "Ändrade mål och andra beslut", Columns: []document.Column{{Title: "Antecknat", Width: .16}, {Title: "Vad det gäller", Width: .34}, {Title: "Ändring", Width: .3}, {Title: "Beslut", Width: .2}}}
	for _, g := range decisions(m.Log) {
		first := g[0]
		var changes []string
		for _, x := range g {
			if x.Field == "kpi" || x.Field == "decision" || x.Was == x.Became {
				continue // they stand in cells of their own
			}
			said := decision.FieldName(x.Section, x.Field) + ": "
			if x.Was != "" {
				said += x.Was + " → "
			}
			changes = append(changes, said+cmp.Or(x.Became, "borttaget"))
		}
		kpi, _, _ := strings.Cut(first.Key, " ")
		about := decision.SectionName(first.Section)
		if d := c.defs[kpi]; d != nil {
			about += ": " + c.w.Text(d.Title)
		} else {
			about += ": " + first.Key
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: c.day(first.At)}, {Text: about, Head: true}, {Text: strings.Join(changes, "; ")}, {Text: strings.ReplaceAll(first.Decision, "§ ", "§"+nbsp)}})
	}
	if len(t.Rows) == 0 {
		s.Blocks = []document.Block{document.Paragraph{Text: "Inget mål och inget undantag ändrades under månaden, såvitt det är antecknat här."}}
		return s
	}
	s.Blocks = []document.Block{document.Paragraph{Text: "Dagen är den då beslutet lades in bland besluten här, inte dagen då det fattades."}, t}
	return s
}

// decisions groups the changes of one decision on one day.
func decisions(log []store.DecisionChange) [][]store.DecisionChange {
	var out [][]store.DecisionChange
	at := map[string]int{}
	for _, x := range log {
		switch x.Section {
		case "targets", "waivers", "off", "none", "series_breaks":
		default:
			continue // names and units, which are not decided by a body
		}
		key := x.At.Format(time.DateOnly) + x.Section + x.Key
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], x)
	}
	return out
}
