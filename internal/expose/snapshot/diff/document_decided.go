package diff

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

// decidedSection lists targets and waivers that came, changed or went.
func (d *Diff) decidedSection() document.Section {
	s := document.Section{ID: "mal", Level: 1, Title: "Mål och godtagna brister"}
	t := document.Table{Caption: "Mål", Columns: []document.Column{{Title: "Mått", Width: 0.3}, {Title: ""}, {Title: "A"}, {Title: "B"}, {Title: "Beslut"}}}
	for _, x := range d.Targets {
		word := map[string]string{Added: "nytt", Altered: "ändrat", Dropped: "gäller inte längre"}[x.What]
		unit := map[string]string{"unit": d.unitOf(x.KPI)}
		t.Rows = append(t.Rows, []document.Cell{
			{Text: x.title(), Head: true}, {Text: word}, {Text: targetText(x.Was.with(unit))}, {Text: targetText(x.Became.with(unit))}, {Text: x.decisions()},
		})
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, t)
	}
	t = document.Table{Caption: "Godtagna brister", Columns: []document.Column{{Title: "Mått", Width: 0.3}, {Title: ""}, {Title: "Till och med"}, {Title: "Skäl"}, {Title: "Beslut"}}}
	for _, x := range d.Waivers {
		word := map[string]string{Granted: "ny", Altered: "ändrad", Expired: "har löpt ut", Revoked: "gäller inte längre"}[x.What]
		w := x.Became
		if w == nil {
			w = x.Was
		}
		until := w["expires"]
		if until != "" {
			until = dayText(until)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: x.title(), Head: true}, {Text: word}, {Text: until}, {Text: w["reason"]}, {Text: x.decisions()}})
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, t)
	}
	return s
}

func (d *Diff) unitOf(kpi string) string {
	for _, f := range d.Figures {
		if f.KPI == kpi {
			return f.Unit
		}
	}
	return ""
}

// with is a decision with fields added; nothing stays nothing.
func (w Words) with(more map[string]string) Words {
	if len(w) == 0 {
		return nil
	}
	out := Words{}
	for k, v := range w {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func (x Decided) title() string {
	t := cmp.Or(x.Title.SV, "Alla mått")
	for _, part := range []string{x.OrgUnit, x.Record} {
		if part != "" {
			t += ", " + part
		}
	}
	return t
}

func (x Decided) decisions() string {
	switch {
	case x.DecisionA == x.DecisionB || x.DecisionA == "":
		return x.DecisionB
	case x.DecisionB == "":
		return x.DecisionA
	}
	return x.DecisionA + " → " + x.DecisionB
}

// definitionsSections list what is measured otherwise, and what was computed anew.
func (d *Diff) definitionsSections() []document.Section {
	var list document.List
	for _, x := range d.Definitions {
		item := document.Item{}
		switch x.What {
		case Added:
			item.Text = x.Title.SV + ": nytt mått."
		case Removed:
			item.Text = x.Title.SV + ": mäts inte längre."
		case Reworded:
			item.Text = x.Title.SV + ": räknas som förut. Ändrat: " + x.fieldNames() + "."
		case Method:
			item.Text = x.Title.SV + ": NYTT SÄTT ATT RÄKNA, " + methodStep(x.MethodA, x.MethodB) + "."
			if n := x.fieldNames(); n != "" {
				item.Text += " Ändrat: " + n + "."
			}
			if x.Silent {
				item.Text += " Metodversionen borde ha höjts."
			}
		default:
			item.Text = x.Title.SV + ": bestämningen har ändrats. Bilderna säger inte om det gäller sättet att räkna."
		}
		item.Small = x.KPI
		list.Items = append(list.Items, item)
	}
	if len(list.Items) == 0 {
		return nil
	}
	out := []document.Section{{ID: "bestamningar", Level: 1, Title: "Hur måtten är bestämda", Blocks: []document.Block{list}}}
	if len(d.Restated) == 0 {
		return out
	}
	t := document.Table{Columns: []document.Column{{Title: "Mått", Width: 0.28}, {Title: "A, det gamla sättet", Right: true}, {Title: "A, det nya sättet", Right: true}, {Title: "B, det nya sättet", Right: true}, {Title: "Omräknat"}}}
	for _, r := range d.Restated {
		restated, how := "inte omräknat", r.Why
		if r.OldByNew != nil {
			restated, how = figureText(r.OldByNew, r.Unit, ""), r.From
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: r.Title.SV, Head: true}, {Text: figureText(r.OldByOld, r.Unit, "")}, {Text: restated}, {Text: figureText(r.NewByNew, r.Unit, "")}, {Text: how}})
	}
	return append(out, document.Section{ID: "omrakning", Level: 2, Title: "Den gamla siffran med det nya sättet att räkna", Blocks: []document.Block{
		document.Paragraph{Text: "En siffra räknas om bara när det gamla sättet, ur samma rader, ger just den siffra som står i A."}, t,
	}})
}

func methodStep(a, b int) string {
	if a == b {
		return fmt.Sprintf("metod %d", b)
	}
	return fmt.Sprintf("metod %d blev %d", a, b)
}

// sourcesSection lists the sources that came, went or are worse off.
func (d *Diff) sourcesSection() document.Section {
	s := document.Section{ID: "kallor", Level: 1, Title: "Källorna"}
	var list document.List
	for _, x := range d.Sources {
		var parts []string
		switch x.What {
		case Added:
			parts = append(parts, "ny källa")
		case Removed:
			parts = append(parts, "läses inte längre")
		}
		if x.Older {
			parts = append(parts, fmt.Sprintf("innehållet var %s gammalt när B gjordes, och %s när A gjordes", ageText(x.AgeB), ageText(x.AgeA)))
		}
		if x.Failing {
			parts = append(parts, "den senaste läsningen misslyckades")
		}
		if x.RefusedB > x.RefusedA && x.What == Altered {
			parts = append(parts, fmt.Sprintf("avvisade rader ökade från %d till %d", x.RefusedA, x.RefusedB))
		}
		list.Items = append(list.Items, document.Item{Text: x.Name + ": " + strings.Join(parts, "; ") + "."})
	}
	if len(list.Items) > 0 {
		s.Blocks = []document.Block{list}
	}
	return s
}
