package compose

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// waivers are the decisions that accept a shortfall.
func (c composer) waivers() document.Section {
	s := document.Section{ID: "undantag", Level: 1, Title: "Brister som är godtagna genom beslut"}
	t := document.Table{Caption: "Godtagna brister", Columns: []document.Column{
		{Title: "Mått", Width: .24}, {Title: "Gäller", Width: .14}, {Title: "Beslut", Width: .18}, {Title: "Skäl och vad som görs i stället", Width: .28}, {Title: "Till och med", Width: .16},
	}}
	for _, f := range c.all() {
		for _, w := range f.Waivers {
			until := "tills vidare"
			if w.Expires != "" {
				until = c.w.DayText(w.Expires)
			}
			decision := strings.ReplaceAll(w.Decision, "§ ", "§"+nbsp)
			if w.By != "" {
				decision += ", " + w.By
			}
			t.Rows = append(t.Rows, []document.Cell{{Text: c.title(f), Head: true}, {Text: c.scope(f, w.Scope)}, {Text: decision}, {Text: strings.TrimSpace(w.Reason + " " + w.Instead)}, {Text: until}})
		}
	}
	if len(t.Rows) == 0 {
		s.Blocks = []document.Block{document.Paragraph{Text: "Ingen brist är godtagen genom beslut."}}
		return s
	}
	s.Blocks = []document.Block{document.Paragraph{Text: "Efter sista dagen räknas det åter som en brist."}, t}
	return s
}

// scope says what a waiver covers.
func (c composer) scope(f *finding.Finding, scope string) string {
	if unit, ok := strings.CutPrefix(scope, "org_unit:"); ok {
		for _, cell := range f.Breakdown {
			if cell.Dimension == "org_unit" && cell.Key == unit {
				return c.w.Cell(cell)
			}
		}
		return unit
	}
	if rec, ok := strings.CutPrefix(scope, "record:"); ok {
		return rec
	}
	return "hela måttet"
}

// evidence sums up what stands behind each figure.
func (c composer) evidence() document.Section {
	t := document.Table{Caption: "Underlaget bakom varje siffra", Columns: []document.Column{
		{Title: "Mått och beteckning", Width: .26}, {Title: "Siffra", Width: .15, Right: true}, {Title: "Räknas på", Width: .19}, {Title: "Räknas inte", Width: .19}, {Title: "Källor", Width: .15}, {Title: "Metod", Width: .06, Right: true},
	}}
	with, _ := known(c.all())
	for _, f := range with {
		t.Rows = append(t.Rows, []document.Cell{
			{Text: c.title(f) + " (" + f.KPI + ")", Head: true}, {Text: c.figure(f)}, {Text: c.population(f)}, {Text: c.leftOut(f)}, {Text: c.sourcesOf(f)}, {Text: c.w.Count(int64(f.MethodVersion))},
		})
	}
	s := document.Section{ID: "underlag", Level: 1, Title: "Underlag per mått"}
	if len(t.Rows) == 0 {
		s.Blocks = []document.Block{document.Paragraph{Text: "Ingen siffra gick att räkna."}}
		return s
	}
	s.Blocks = []document.Block{
		document.Paragraph{Text: "Varje siffra öppnas rad för rad med ”kommunpuls explain” och måttets beteckning. I en ögonblicksbild ligger raderna i underlaget, med platsen där var och en står i källan."}, t,
	}
	return s
}

// population says what is counted on and what else must be known.
func (c composer) population(f *finding.Finding) string {
	parts := []string{wording.Capital(c.w.Text(f.Population))}
	if f.WaivedRows > 0 {
		parts = append(parts, "varav "+c.w.Count(f.WaivedRows)+" godtagna")
	}
	if f.Coverage != nil && *f.Coverage < 0.995 && !f.Suppressed {
		parts = append(parts, c.w.Percent(*f.Coverage, 0)+" har uppgiften")
	}
	return strings.Join(parts, ", ")
}

// leftOut counts the rows that are left out, by reason.
func (c composer) leftOut(f *finding.Finding) string {
	if f.Suppressed {
		return ""
	}
	var parts []string
	for _, n := range f.NotCounted {
		parts = append(parts, strings.TrimSuffix(c.w.Text(n.Reason), ".")+": "+c.w.Count(n.Rows))
	}
	return strings.Join(parts, "; ")
}

// sourcesOf names the sources of a figure with the day of their content.
func (c composer) sourcesOf(f *finding.Finding) string {
	var parts []string
	for _, s := range f.Sources {
		said := s.Name
		if s.OldContent {
			said += " (kan vara inaktuell)"
		} else if s.Late {
			said += " (försenad)"
		}
		parts = append(parts, said)
	}
	return strings.Join(parts, ", ")
}

// unknowns are the figures there are none of, with why.
func (c composer) unknowns() document.Section {
	_, without := known(c.all())
	s := document.Section{ID: "vet-inte", Level: 1, Title: "Det här vet vi inte"}
	t := document.Table{Caption: "Mått utan siffra", Columns: []document.Column{{Title: "Mått", Width: .45}, {Title: "Varför", Width: .55}}}
	for _, f := range without {
		why := wording.Capital(c.w.Text(f.Outcome.Name())) + "."
		if f.Reason != nil {
			why = c.w.Why(*f.Reason)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: c.title(f), Head: true}, {Text: why}})
	}
	if len(t.Rows) == 0 {
		s.Blocks = []document.Block{document.Paragraph{Text: "Varje mått har en siffra."}}
		return s
	}
	s.Blocks = []document.Block{t}
	return s
}

// quality says how good the data are, source by source.
func (c composer) quality() document.Section {
	s := document.Section{ID: "kvalitet", Level: 1, Title: "Hur säkra uppgifterna är", Blocks: []document.Block{c.sure()}}
	if c.afterwards() {
		s.Blocks = append(s.Blocks, document.Note{Text: "Hur gamla och fullständiga källorna var den dagen har inte sparats. Tabellen gäller den senaste läsningen."})
	}
	t := document.Table{Caption: "Källorna", Columns: []document.Column{
		{Title: "Källa", Width: .2}, {Title: "Senast läst", Width: .2}, {Title: "Innehållet ändrat", Width: .2}, {Title: "Rader", Width: .13, Right: true}, {Title: "Avvisade", Width: .13, Right: true}, {Title: "Försvunna", Width: .14, Right: true},
	}}
	refused := document.Table{Caption: "Rader som inte gick att använda", Columns: []document.Column{{Title: "Var", Width: .4}, {Title: "Kolumn", Width: .2}, {Title: "Varför", Width: .4}}}
	for _, src := range c.Sources {
		t.Rows = append(t.Rows, []document.Cell{
			{Text: src.Name, Head: true}, {Text: c.dayOr(src.LastSuccess)}, {Text: c.dayOr(src.ContentAt)},
			{Text: c.w.Count(src.Counts.Seen)}, {Text: c.w.Count(src.Counts.Refused)}, {Text: c.w.Count(src.Counts.Vanished)},
		})
		for _, w := range src.Counts.Warnings {
			if w.Refused {
				refused.Rows = append(refused.Rows, []document.Cell{{Text: place(w.Place.Doc, w.Place.Sheet, w.Place.Row), Head: true}, {Text: w.Column}, {Text: w.Reason}})
			}
		}
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, t)
	}
	if n := len(refused.Rows); n > 0 {
		if n > mostRefused {
			refused.Rows, refused.More = refused.Rows[:mostRefused], fmt.Sprintf("Och %d till, som visas med ”kommunpuls check”.", n-mostRefused)
		}
		s.Blocks = append(s.Blocks, refused)
	}
	return s
}

// mostRefused is how many refused rows a report prints.
const mostRefused = 40

// place says where a row stands.
func place(doc, sheet string, row int64) string {
	s := doc
	if sheet != "" {
		s += ", blad " + sheet
	}
	if row > 0 {
		s += fmt.Sprintf(", rad %d", row)
	}
	return s
}
