package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Department is the förvaltning that a report is for.
type Department struct {
	ID, Name string
	// Work are the figures with rows for it to go through, each with its failing
	// rows, in the order in which to take them.
	Work []finding.Finding
	// Tiers is how important each system is, by its id; Order lists the tiers, the
	// most important first.
	Tiers map[string]string
	Order []string
}

// mostDepartmentSteps is how many next steps a förvaltning gets.
const mostDepartmentSteps = 5

// MostWork is how many rows of each work list are printed.
const MostWork = 40

// ForDepartment is a förvaltning's own report: its figures, its tickets, what
// its people think, what makes the most difference and the rows to go through.
// It names no other förvaltning.
func ForDepartment(in Input, u Department) document.Document {
	c := newComposer(in)
	d := c.document(Own, u.Name, "Läget den "+c.day(c.At.AsOf)+": egna siffror och en lista att gå igenom.")
	d.Marks = []string{toCheck}
	groups := []struct {
		id, title, caption, none string
		has                      func(area string) bool
	}{
		{"siffror", "Egna siffror", "Förvaltningens siffror bredvid kommunens", "Ingen siffra går att dela upp på förvaltningen.", func(a string) bool { return a != "servicedesk" && a != "mognad" }},
		{"arenden", "Ärenden", "Förvaltningens ärenden bredvid kommunens", "Inga ärenden går att föra till förvaltningen.", func(a string) bool { return a == "servicedesk" }},
		{"nojda", "Vad de som använder it tycker", "Betyg och bedömningar", "Ingen undersökning går att dela upp på förvaltningen.", func(a string) bool { return a == "mognad" }},
	}
	for _, g := range groups {
		s := document.Section{ID: g.id, Level: 1, Title: g.title}
		if t := c.ownTable(g.caption, u.ID, g.has); len(t.Rows) > 0 {
			s.Blocks = []document.Block{t}
		} else {
			s.Blocks = []document.Block{document.Paragraph{Text: g.none}}
		}
		d.Sections = append(d.Sections, s)
	}
	d.Sections = append(d.Sections, c.ownSteps(u))
	d.Sections = append(d.Sections, c.work(u)...)
	d.Sections = append(d.Sections, document.Section{ID: "sakert", Level: 1, Title: "Så säkra är siffrorna", Blocks: []document.Block{c.sure()}})
	return d
}

// ownTable is the förvaltning's figures beside those of the whole municipality.
func (c composer) ownTable(caption, unit string, has func(area string) bool) document.Table {
	t := document.Table{Caption: caption, Columns: []document.Column{
		{Title: "Mått", Width: .36}, {Title: "Förvaltningen", Width: .2, Right: true}, {Title: "Hela kommunen", Width: .2, Right: true}, {Title: "Läge", Width: .24},
	}}
	for _, f := range c.all() {
		d := c.defs[f.KPI]
		if d == nil || !has(d.Area) {
			continue
		}
		cell, alone := unitCell(f, unit)
		if cell == nil {
			continue
		}
		own := both(c.w.Pair(wording.OfCell(*f, *cell)))
		if own == "" {
			continue
		}
		whole := c.figure(f)
		if alone {
			whole = "visas inte" // the whole less one's own would be the figure of the only other one
		}
		mine := *f
		mine.Outcome, mine.Denominator, mine.Pace = cell.Outcome, cell.Denominator, ""
		t.Rows = append(t.Rows, []document.Cell{{Text: c.title(f), Head: true}, {Text: own}, {Text: whole}, {State: c.state(&mine)}})
	}
	return t
}

// unitCell is the row of a breakdown that is a förvaltning's; alone tells that
// there is only one other, whose figure the whole would give away.
func unitCell(f *finding.Finding, unit string) (cell *finding.Cell, alone bool) {
	others := 0
	for i := range f.Breakdown {
		switch x := &f.Breakdown[i]; {
		case x.Dimension != "org_unit":
		case x.Key == unit:
			cell = x
		default:
			others++
		}
	}
	return cell, others == 1
}

// ownSteps are the next steps of the förvaltning.
func (c composer) ownSteps(u Department) document.Section {
	s := document.Section{ID: "nasta", Level: 1, Title: "Det som gör störst skillnad"}
	l := document.List{Ordered: true}
	steps := c.Steps.Of(u.ID)
	for _, step := range steps[:min(len(steps), mostDepartmentSteps)] {
		l.Items = append(l.Items, document.Item{Text: c.w.Text(step.Do), Small: "Gäller " + c.w.Text(step.Amount()) + "."})
	}
	if len(l.Items) == 0 {
		s.Blocks = []document.Block{document.Paragraph{Text: "Inget steg går att räkna fram ur det som är läst."}}
		return s
	}
	s.Blocks = []document.Block{l}
	return s
}

// work is the rows to go through, those of the most important systems first.
func (c composer) work(u Department) []document.Section {
	out := []document.Section{{ID: "att-ga-igenom", Level: 1, Title: "Att gå igenom", Blocks: []document.Block{
		document.Paragraph{Text: "Raderna bakom siffrorna, med platsen där de står i källan. De viktigaste systemen står först."},
	}}}
	for i := range u.Work {
		f := &u.Work[i]
		d := c.defs[f.KPI]
		if d == nil || f.Suppressed {
			continue
		}
		rows := slices.DeleteFunc(slices.Clone(f.Evidence), func(r finding.Row) bool { return !d.ToGoThrough(r) })
		if len(rows) == 0 {
			continue
		}
		slices.SortStableFunc(rows, func(a, b finding.Row) int { return cmp.Compare(u.place(a), u.place(b)) })
		t := document.Table{Caption: c.title(f), Columns: []document.Column{{Title: "Vad", Width: .3}, {Title: "Hur viktigt", Width: .12}, {Title: "Varför", Width: .32}, {Title: "Var", Width: .26}}}
		for _, r := range rows[:min(len(rows), MostWork)] {
			why := r.Reason
			if r.Waived {
				why = strings.TrimSpace(why + " Godtaget genom beslut.")
			}
			t.Rows = append(t.Rows, []document.Cell{{Text: r.Label, Head: true}, {Text: u.tier(r)}, {Text: why}, {Text: r.Place}})
		}
		if more := len(rows) - MostWork; more > 0 {
			t.More = fmt.Sprintf("Och %s till; alla visas med ”kommunpuls explain %s --org-unit %s”.", c.w.Count(int64(more)), f.KPI, u.ID)
		}
		out = append(out, document.Section{ID: "arbete-" + f.KPI, Level: 2, Title: c.title(f), Blocks: []document.Block{document.Paragraph{Text: c.w.Text(d.NextStep)}, t}})
	}
	if len(out) == 1 {
		out[0].Blocks = []document.Block{document.Paragraph{Text: "Det finns ingen rad att gå igenom."}}
	}
	return out
}

// place is where a row comes by how important its system is.
func (u Department) place(r finding.Row) int {
	if i := slices.Index(u.Order, u.Tiers[r.ID]); i >= 0 && r.Entity == "system" {
		return i
	}
	return len(u.Order)
}

func (u Department) tier(r finding.Row) string {
	if t := u.Tiers[r.ID]; t != "" && r.Entity == "system" {
		return naming.Of("system.tier", t)
	}
	return ""
}
