package snapshot

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/book"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// bookSheets are the sheets of the workbook but those of the populations.
func (c *Content) bookSheets(live *workbook) []list {
	return []list{c.aboutSheet(live), c.figureSheet(live), c.cellSheet(live), c.decisionSheet(), c.logSheet(), c.sourceSheet()}
}

func (c *Content) aboutSheet(live *workbook) list {
	lines := []string{
		c.Municipality + ", it-läget " + localTime(&c.At.AsOf),
		"",
		"Siffrorna visar underlag. De visar inte att lagen följs.",
		"Andelar står som 0–1, tider i sekunder och pengar i kronor.",
	}
	if c.Demo {
		lines = append([]string{"DEMODATA"}, lines...)
	}
	if live == nil {
		lines = append(lines, "Raderna bakom siffrorna finns i underlaget, i en arbetsbok där formlerna räknar.")
	} else {
		lines = append(lines,
			"Kolumnerna ”räknat här” är formler över bladen med poster. Ändra en 1:a till 0 på ett sådant blad så följer siffran med.",
			"Bladen med poster heter som filerna i mappen population. Där finns också de uppgifter som siffrorna bygger på.",
			"En median är det värde som minst hälften av raderna är lika med eller under: av två värden i mitten det lägre. Andra kvantiler på samma sätt.",
			"Där ingen formel finns sägs varför. Då räknas siffran om ur CSV-filen, med sqlite3 eller med kommunpuls snapshot verify.")
		for _, p := range live.ps {
			if live.pages[p.Relation].full {
				lines = append(lines, tooManyRows(p.Relation))
			}
		}
	}
	l := list{name: "Läs mig", widths: []float64{120}}
	for _, t := range lines {
		l.rows = append(l.rows, []book.Cell{book.Text(t)})
	}
	return l
}

func (c *Content) secrecy(kpi string) catalogue.Secrecy {
	if i := slices.IndexFunc(c.Catalogue.KPIs, func(d catalogue.Definition) bool { return d.ID == kpi }); i >= 0 {
		return c.Catalogue.KPIs[i].Secrecy
	}
	return catalogue.Secrecy{}
}

// secrecyWords says how a figure is to be handled.
func secrecyWords(level string) string {
	switch level {
	case "sannolik":
		return "sekretess är sannolik"
	case "prövas":
		return "prövas särskilt"
	}
	return "ingen känd sekretess"
}

func (c *Content) figureSheet(live *workbook) list {
	l := list{
		name: "Siffror", about: "Varje siffra.", widths: []float64{36, 60, 10, 14, 14, 14},
		head: []string{"id", "mått", "enhet", "redovisad täljare", "redovisad nämnare", "redovisat värde"},
	}
	if live != nil {
		l.head = append(l.head, "täljare räknat här", "nämnare räknat här", "värde räknat här", "stämmer", "blad", "anmärkning")
		l.widths = append(l.widths, 18, 18, 18, 14, 20, 50)
	}
	l.head, l.widths = append(l.head, "sekretess", "bestämmelse"), append(l.widths, 24, 40)
	for _, f := range c.Findings {
		l.rows = append(l.rows, c.figureRow(live, f, finding.Also{Unit: f.Unit}, f.Title.SV, amount{f.Value, f.Numerator, f.Denominator}, len(l.rows)))
		for _, a := range f.Also {
			l.rows = append(l.rows, c.figureRow(live, f, a, f.Title.SV+": "+lowerFirst(a.Title.SV), amount{a.Value, a.Numerator, a.Denominator}, len(l.rows)))
		}
	}
	return l
}

// figureRow is a row of the sheet of figures, of a finding or, with a key, of a
// second figure of it; n rows stand before it.
func (c *Content) figureRow(live *workbook, f finding.Finding, also finding.Also, title string, reported amount, n int) []book.Cell {
	id := f.KPI
	if also.Key != "" {
		id += "." + also.Key
	}
	row := []book.Cell{book.Text(id), book.Text(oneLine(title)), book.Text(also.Unit), book.Number(reported.numerator), book.Number(reported.denominator), book.Number(reported.value)}
	if live != nil {
		x, note := formula{}, ""
		switch {
		case f.Suppressed || also.Suppressed:
			note = "Dold: bygger på färre än fem. Går inte att räkna om."
		case reported.value == nil:
			note = "Har inget värde."
			if f.Reason != nil {
				note = f.Reason.SV
			}
		default:
			x = live.total(f.KPI, also.Key)
			if note = x.why; note != "" && f.NotRecomputed != nil {
				note = f.NotRecomputed.SV
			}
		}
		row = append(row, live.computed(x, 5, n)...)
		row = append(row, book.Text(note))
	}
	s := c.secrecy(f.KPI)
	return append(row, book.Text(secrecyWords(s.Level)), book.Text(s.Provision))
}

// computed are the cells with formulas: numerator, denominator, value, whether
// it is the reported one, and the sheet. value is the column of the reported one.
func (w *workbook) computed(x formula, value, n int) []book.Cell {
	cells := make([]book.Cell, 5)
	for i, f := range []string{x.numerator, x.denominator, x.value} {
		if f != "" {
			cells[i] = book.Formula(f)
		}
	}
	held, here := value, value+3
	if x.value == "" && x.numerator != "" { // a class of rows: its number is what is held
		held, here = value-2, value+1
	}
	if x.value != "" || x.numerator != "" {
		r := plain(float64(headRows + n + 1))
		a, b := book.Column(held)+r, book.Column(here)+r
		cells[3] = book.Formula("IF(ABS(" + a + "-" + b + `)<=0.000000001*MAX(1,ABS(` + b + `)),"stämmer","STÄMMER INTE")`)
	}
	cells[4] = book.Text(x.sheet)
	return cells
}

func (c *Content) cellSheet(live *workbook) list {
	l := list{
		name: "Indelningar", about: "Varje siffra uppdelad.", widths: []float64{36, 20, 24, 32, 14, 14, 14},
		head: []string{"id", "indelning", "nyckel", "namn", "redovisad täljare", "redovisad nämnare", "redovisat värde"},
	}
	if live != nil {
		l.head = append(l.head, "täljare räknat här", "nämnare räknat här", "värde räknat här", "stämmer", "blad", "anmärkning")
		l.widths = append(l.widths, 18, 18, 18, 14, 20, 50)
	}
	for _, f := range c.Findings {
		for _, x := range f.Breakdown {
			row := []book.Cell{book.Text(f.KPI), book.Text(x.Dimension), book.Text(x.Key), book.Text(x.Label), book.Number(x.Numerator), book.Number(x.Denominator), book.Number(x.Value)}
			if live != nil {
				form, note := formula{}, ""
				switch {
				case x.Suppressed:
					note = "Dold: bygger på färre än fem. Går inte att räkna om."
				case x.Value == nil:
					note = "Har inget värde."
				case x.Dimension == "field":
					note = "Räkna om ur CSV-filen."
				default:
					form = live.formula(f.KPI, "", x.Dimension, x.Key)
					note = form.why
				}
				row = append(append(row, live.computed(form, 6, len(l.rows))...), book.Text(note))
			}
			l.rows = append(l.rows, row)
		}
	}
	return l
}

func (c *Content) decisionSheet() list {
	l := list{name: "Beslut", about: "Vad som gällde: mål, godtagna brister med mera.", head: []string{"slag", "nyckel", "beslut", "beslutat av", "skäl", "innehåll"}, widths: []float64{16, 40, 30, 30, 40, 80}}
	for _, d := range c.Decided {
		var says []string
		for _, k := range sortedKeys(d.Fields) {
			says = append(says, k+": "+d.Fields[k])
		}
		l.rows = append(l.rows, textCells(d.Section, d.Key, d.Decision, d.By, d.Why, strings.Join(says, "; ")))
	}
	return l
}

func (c *Content) logSheet() list {
	l := list{name: "Beslutslogg", about: "Hur besluten har ändrats, äldst först.", head: []string{"när", "slag", "nyckel", "uppgift", "var", "blev", "beslut", "beslutat av", "skäl"}, widths: []float64{18, 16, 40, 20, 30, 30, 30, 30, 40}}
	for _, d := range c.Log {
		l.rows = append(l.rows, textCells(localTime(&d.At), d.Section, d.Key, d.Field, d.Was, d.Became, d.Decision, d.By, d.Why))
	}
	return l
}

func (c *Content) sourceSheet() list {
	l := list{
		name: "Källor", about: "Källorna när bilden gjordes. Rader som tillkom, ändrades och försvann gäller de 30 dygnen före dagen som siffrorna är från.",
		head: []string{"källa", "tillägg", "senast läst", "ålder, dygn", "innehållet från", "innehållets ålder, dygn", "väntar på besked", "sedda", "avvisade", "försvunna", "skrivna",
			"andel läsbara", "post", "andel av fälten", "tillkomna", "ändrade", "borttagna"},
		widths: []float64{24, 14, 18, 12, 18, 22, 18, 10, 10, 12, 10, 14, 16, 16, 12, 10, 12},
	}
	for _, r := range sourceRows(c.sources()) {
		row := textCells(r...)
		for _, i := range []int{3, 5, 7, 8, 9, 10, 11, 13, 14, 15, 16} {
			row[i].Number = row[i].Text != ""
		}
		l.rows = append(l.rows, row)
	}
	return l
}

func textCells(cells ...string) []book.Cell {
	out := make([]book.Cell, len(cells))
	for i, s := range cells {
		out[i] = book.Text(s)
	}
	return out
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) < 2 || strings.ToUpper(string(r[1])) == string(r[1]) { // an abbreviation stays
		return s
	}
	return strings.ToLower(string(r[0])) + string(r[1:])
}
