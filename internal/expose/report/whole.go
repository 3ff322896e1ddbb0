package report

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// onPaper is how many rows of a long list are printed on paper; the template's
// style leaves out the rest.
const onPaper = 12

// measureID begins the ids of the sections of figures.
const measureID = "m-"

// document is the page of everything: all figures with what stands behind them.
func (v view) document(r Report) document.Document {
	d := document.Document{
		Title: "Läget i it", Kind: "samlad", Municipality: v.Municipality, Lang: wording.Swedish,
		Made: r.Generated, Version: v.Version, Demo: v.Demo, Lead: v.Date + ".",
	}
	if v.AsOf != "" {
		d.Lead = v.Date + ". Siffrorna gäller läget den " + v.AsOf + "."
	}
	d.Sections = append(d.Sections, v.read())
	d.Sections = append(d.Sections, v.figures()...)
	if v.Next != nil {
		d.Sections = append(d.Sections, v.Next.section())
	}
	if len(v.Units) > 0 {
		d.Sections = append(d.Sections, v.units())
	}
	d.Sections = append(d.Sections, v.work()...)
	d.Sections = append(d.Sections, v.notCounted(), v.sure())
	if len(v.Missing) > 0 {
		t := document.Table{Caption: "Mått som väntar på en källa", Columns: columns("Mått", "Kan mätas när")}
		for _, m := range v.Missing {
			t.Rows = append(t.Rows, row(m.Title, m.When))
		}
		d.Sections = append(d.Sections, chapter("kan-matas", "Kan mätas när …", t))
	}
	if len(v.Methods) > 0 {
		t := document.Table{Caption: "Metod och källa till definitionen", Columns: []document.Column{{Title: "Mått"}, {Title: "Beteckning"}, {Title: "Metod", Right: true}, {Title: "Källa till definitionen"}}}
		for _, m := range v.Methods {
			t.Rows = append(t.Rows, row(m.Title, m.ID, fmt.Sprint(m.Version), m.Source))
		}
		s := chapter("metoder", "Så räknas siffrorna", t)
		if v.Law {
			s.Blocks = append(s.Blocks, document.Paragraph{Text: "Visar underlag, inte att lagen följs."})
		}
		s.Blocks = append(s.Blocks, document.Paragraph{Text: "Sidan innehåller inga personnamn och hämtar inget från nätet."})
		d.Sections = append(d.Sections, s)
	}
	return d
}

func chapter(id, title string, blocks ...document.Block) document.Section {
	return document.Section{ID: id, Level: 1, Title: title, Blocks: blocks}
}

func columns(titles ...string) []document.Column {
	out := make([]document.Column, len(titles))
	for i, t := range titles {
		out[i] = document.Column{Title: t}
	}
	return out
}

func row(head string, cells ...string) []document.Cell {
	out := []document.Cell{{Text: head, Head: true}}
	for _, c := range cells {
		out = append(out, document.Cell{Text: c})
	}
	return out
}

// read is what the lists gave.
func (v view) read() document.Section {
	s := chapter("last", "Det här har lästs")
	if len(v.Sources) == 0 {
		s.Blocks = append(s.Blocks, document.Paragraph{Text: "Ingen lista är läst än."})
	} else {
		t := document.Table{Caption: "Listor och system", Columns: []document.Column{{Title: "Lista"}, {Title: "Rader", Right: true}, {Title: "Används", Right: true}, {Title: "Avvisade", Right: true}, {Title: "Innehållet ändrat"}, {Title: "Läst"}}}
		for _, x := range v.Sources {
			t.Rows = append(t.Rows, row(x.Name, x.Seen, x.Used, x.Refused, x.Content, x.State+" "+x.Read))
		}
		s.Blocks = append(s.Blocks, t)
	}
	if len(v.Refused) > 0 {
		t := document.Table{Caption: "Rader som inte gick att använda", Columns: columns("Var", "Kolumn", "Varför"), Paper: onPaper}
		for _, x := range v.Refused {
			t.Rows = append(t.Rows, row(x.Place, x.Column, x.Reason))
		}
		s.Blocks = append(s.Blocks, t)
	}
	return s
}

// figures are a table of each area, and then each figure on its own.
func (v view) figures() []document.Section {
	first := chapter("siffror", "Siffrorna")
	if len(v.Areas) == 0 {
		first.Blocks = append(first.Blocks, document.Paragraph{Text: "Ingen siffra gick att räkna än. Under ”Vi vet inte än” står vad som saknas."})
	}
	out := []document.Section{first}
	for _, a := range v.Areas {
		t := document.Table{Caption: a.Name, Columns: []document.Column{{Title: "Mått", Width: .42}, {Title: "Antal", Right: true, Width: .18}, {Title: "Värde", Right: true, Width: .19}, {Title: "Läge"}}}
		for _, m := range a.Measures {
			t.Rows = append(t.Rows, []document.Cell{{Text: m.Title, Head: true, Link: measureID + m.ID}, {Text: m.Figure.Counts}, {Text: m.Figure.Value}, {State: state(m.State, m.State.Short)}})
		}
		out[0].Blocks = append(out[0].Blocks, t)
	}
	for _, a := range v.Areas {
		for _, m := range a.Measures {
			out = append(out, m.section())
		}
	}
	return out
}

func state(s wording.State, word string) *document.State {
	return &document.State{Sign: s.Shape, Word: word, Good: map[string]int{"good": 1, "bad": -1}[s.Class]}
}

// section is all that is said of one figure.
func (m measure) section() document.Section {
	s := document.Section{ID: measureID + m.ID, Level: 2, Title: m.Title}
	say := func(text string) {
		if text != "" {
			s.Blocks = append(s.Blocks, document.Paragraph{Text: text})
		}
	}
	say(m.Question)
	value, share := m.Figure.Counts, m.Figure.Value
	if value == "" {
		value, share = share, ""
	}
	said := sentences(after("Mål: ", m.Target), m.Forecast)
	if m.Waived != "" {
		said = sentences(said, "Av bristerna räknas alla, "+m.Waived+".")
	}
	s.Blocks = append(s.Blocks, document.Figures{Figures: []document.Figure{{Title: "Läget nu", Value: value, Share: share, State: *state(m.State, m.State.Word), Text: sentences(said, m.Previous, m.Reason)}}})
	if m.Population != "" {
		say("Räknas på: " + m.Population + ".")
	}
	for _, x := range m.Remarks {
		s.Blocks = append(s.Blocks, document.Note{Text: "Obs! " + x})
	}
	if len(m.Also) > 0 {
		t := pairs("Dessutom", "Mått")
		for _, x := range m.Also {
			t.Rows = append(t.Rows, row(x.Title, x.Counts, x.Value))
		}
		s.Blocks = append(s.Blocks, t)
	}
	for _, split := range m.Splits {
		t := pairs(split.Title, split.Title)
		for _, x := range split.Rows {
			t.Rows = append(t.Rows, row(x.Name, x.Counts, x.Value))
		}
		if split.More > 0 {
			t.More = fmt.Sprintf("… och %d till", split.More)
		}
		s.Blocks = append(s.Blocks, t)
	}
	say(after("Nästa steg: ", m.Next))
	if m.Law != "" {
		say(m.Law + " Visar underlag, inte att lagen följs.")
	}
	return s
}

func pairs(caption, first string) document.Table {
	return document.Table{Caption: caption, Columns: []document.Column{{Title: first, Width: .5}, {Title: "Antal", Right: true, Width: .25}, {Title: "Värde", Right: true, Width: .25}}}
}

// after puts a label before what there is, and a full stop where there is none.
func after(label, text string) string {
	if text == "" {
		return ""
	}
	if last := text[len(text)-1]; last != '.' && last != '!' && last != '?' {
		text += "."
	}
	return label + text
}

// sentences joins those that are there.
func sentences(all ...string) string {
	out := ""
	for _, s := range all {
		if s != "" && out != "" {
			out += " "
		}
		out += s
	}
	return out
}

func (n nextView) section() document.Section {
	l := document.List{Ordered: true}
	for _, s := range n.Whole {
		l.Items = append(l.Items, document.Item{Text: s.Sentence})
	}
	out := chapter("nasta", "Störst skillnad härnäst", l)
	if len(n.Units) > 0 {
		var first document.List
		for _, s := range n.Units {
			first.Items = append(first.Items, document.Item{Text: s.Sentence})
		}
		out.Blocks = append(out.Blocks, document.Paragraph{Text: "Först i varje förvaltning:"}, first)
	}
	out.Blocks = append(out.Blocks, document.Paragraph{Text: n.Rule})
	return out
}

func (v view) units() document.Section {
	s := chapter("forvaltningar", "Per förvaltning", document.Paragraph{Text: "Antal före procent. Under tio rader visas bara antalen."})
	for _, u := range v.Units {
		t := document.Table{Columns: []document.Column{{Title: "Förvaltning", Width: .31}}, Caption: sentencesOf(u.Columns)}
		for _, c := range u.Columns {
			t.Columns = append(t.Columns, document.Column{Title: c, Right: true, Width: .23})
		}
		for _, r := range u.Rows {
			cells := make([]string, len(r.Cells))
			for i, f := range r.Cells {
				switch {
				case f.Counts != "" && f.Value != "":
					cells[i] = f.Counts + ", " + f.Value
				case f.Counts+f.Value == "":
					cells[i] = "–"
				default:
					cells[i] = f.Counts + f.Value
				}
			}
			t.Rows = append(t.Rows, row(r.Name, cells...))
		}
		s.Blocks = append(s.Blocks, t)
	}
	return s
}

func sentencesOf(titles []string) string { return wording.Words{}.List(titles) }

func (v view) work() []document.Section {
	if len(v.Work) == 0 {
		return nil
	}
	out := []document.Section{chapter("arbetslista", "Att gå igenom", document.Paragraph{Text: "Raderna bakom siffrorna, med platsen där de står i er lista."})}
	for _, w := range v.Work {
		how := " Alla visas med ”kommunpuls explain " + w.ID + "”."
		said := w.Total + " rader."
		switch {
		case w.Open:
			said = "De första " + w.Shown + " raderna." + how
		case w.More:
			said = "De första " + w.Shown + " av " + w.Total + " rader." + how
		case w.Total == "1":
			said = "1 rad."
		}
		t := document.Table{Caption: "Rader: " + w.Title, Columns: columns("Vad", "Förvaltning"), Paper: onPaper}
		if w.Reasons {
			t.Columns = append(t.Columns, document.Column{Title: "Varför"})
		}
		t.Columns = append(t.Columns, document.Column{Title: "Var"})
		for _, r := range w.Rows {
			cells := []string{r.Unit}
			if w.Reasons {
				why := r.Reason
				if r.Waived {
					why = sentences(why, "◇ godtagen")
				}
				cells = append(cells, why)
			}
			t.Rows = append(t.Rows, row(r.Label, append(cells, r.Place)...))
		}
		out = append(out, document.Section{ID: "arbete-" + w.ID, Level: 2, Title: w.Title, Blocks: []document.Block{document.Paragraph{Text: said}, t}})
	}
	return out
}

func (v view) notCounted() document.Section {
	var l document.List
	for _, m := range v.NotCounted {
		small := ""
		for i, x := range m.NotCounted {
			if i > 0 {
				small += "; "
			}
			small += x
		}
		l.Items = append(l.Items, document.Item{Text: sentences(m.Title+".", m.Missed), Small: small})
	}
	if len(l.Items) == 0 {
		return chapter("raknas-inte", "Räknas inte", document.Paragraph{Text: "Inget är undantaget."})
	}
	return chapter("raknas-inte", "Räknas inte", l)
}

func (v view) sure() document.Section {
	s := chapter("sakert", "Hur säkra är siffrorna?")
	var l document.List
	for _, x := range v.Sure {
		l.Items = append(l.Items, document.Item{Text: x})
	}
	if len(l.Items) > 0 {
		s.Blocks = append(s.Blocks, l)
	} else {
		s.Blocks = append(s.Blocks, document.Paragraph{Text: "Inget är läst än, så det finns inget att bedöma."})
	}
	if len(v.Unknown) > 0 {
		t := document.Table{Caption: "Vi vet inte än", Columns: columns("Mått", "Varför")}
		for _, m := range v.Unknown {
			why := m.Reason
			if why == "" {
				why = m.State.Word + "."
			}
			t.Rows = append(t.Rows, row(m.Title, why))
		}
		s.Blocks = append(s.Blocks, t)
	}
	return s
}
