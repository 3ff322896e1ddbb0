package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Options say how much a document tells.
type Options struct {
	Verbose bool // every figure and every row
}

// mostShown is how many rows of a list are shown without Verbose.
const mostShown = 10

// Document puts a comparison into words.
func (d *Diff) Document(o Options) document.Document {
	out := document.Document{
		Title:        fmt.Sprintf("Vad som ändrades från %s till %s", day(d.A.AsOf), day(d.B.AsOf)),
		Kind:         "jamforelse",
		Municipality: d.B.Municipality,
		Lang:         wording.Swedish,
		AsOf:         d.B.AsOf,
		Version:      d.B.Version,
		Demo:         d.A.Demo || d.B.Demo,
		Marks:        []string{"Sekretessprövas före utlämnande"},
		Lead:         d.lead(),
	}
	if isoDay(d.A.AsOf) == isoDay(d.B.AsOf) {
		out.Title = "Två ögonblicksbilder av läget den " + day(d.B.AsOf)
	}
	add := func(s ...document.Section) {
		for _, x := range s {
			if len(x.Blocks) > 0 {
				out.Sections = append(out.Sections, x)
			}
		}
	}
	add(d.about())
	if d.Same && !o.Verbose {
		return out
	}
	add(d.figuresSections(o)...)
	add(d.unitsSections(o)...)
	add(d.decidedSection())
	add(d.definitionsSections()...)
	add(d.rowsSections(o)...)
	add(d.sourcesSection())
	return out
}

// lead says the whole in a sentence or two.
func (d *Diff) lead() string {
	if d.Same {
		return "Inget har ändrats."
	}
	counts := map[Change]int{}
	for _, f := range d.Figures {
		counts[f.Change]++
	}
	var parts []string
	for _, p := range []struct {
		change Change
		word   string
	}{
		{Better, "bättre"}, {Worse, "sämre"}, {Changed, "ändrade åt inget särskilt håll"}, {Unchanged, "ungefär som förut"}, {Same, "oförändrade"},
		{NotComparable, "går inte att jämföra"}, {Appeared, "saknades i A"}, {Vanished, "saknas i B"}, {Absent, "saknas i båda"},
	} {
		if n := counts[p.change]; n > 0 {
			parts = append(parts, wording.Words{}.Count(int64(n))+" "+p.word)
		}
	}
	return fmt.Sprintf("%s: %s.", plural(len(d.Figures), "mått", "mått"), sentence(parts))
}

// about says which snapshots are compared.
func (d *Diff) about() document.Section {
	s := document.Section{ID: "bilderna", Level: 1, Title: "Bilderna som jämförs"}
	var rows [][]document.Cell
	for _, x := range []struct {
		letter string
		side   Side
	}{{"A", d.A}, {"B", d.B}} {
		rows = append(rows, []document.Cell{{Text: x.letter, Head: true}, {Text: x.side.Name}, {Text: wording.Words{}.Day(x.side.AsOf)}, {Text: wording.Words{}.Day(x.side.Created)}})
	}
	s.Blocks = append(s.Blocks, document.Table{
		Columns: []document.Column{{Title: "", Width: 0.08}, {Title: "Ögonblicksbild"}, {Title: "Läget den", Width: 0.22}, {Title: "Gjord den", Width: 0.22}},
		Rows:    rows,
	})
	for _, n := range d.Notes {
		s.Blocks = append(s.Blocks, document.Note{Text: n})
	}
	return s
}

// figuresSections list the figures by what became of them.
func (d *Diff) figuresSections(o Options) []document.Section {
	out := []document.Section{{ID: "siffror", Level: 1, Title: "Siffrorna", Blocks: []document.Block{document.Paragraph{
		Text: "Bättre eller sämre sägs bara där ändringen är mer än två procentenheter, eller två procent av en siffra som inte är en andel, och mer än tre rader.",
	}}}}
	for _, x := range []struct {
		title   string
		changes []Change
		quiet   bool
	}{
		{"Sämre", []Change{Worse}, false}, {"Bättre", []Change{Better}, false}, {"Ändrat, varken bättre eller sämre", []Change{Changed}, false},
		{"Går inte att jämföra", []Change{NotComparable}, false}, {"Saknades i A", []Change{Appeared}, false}, {"Saknas i B", []Change{Vanished}, false},
		{"Ungefär som förut", []Change{Unchanged}, true}, {"Oförändrat, eller saknas i båda", []Change{Same, Absent}, true},
	} {
		if x.quiet && !o.Verbose {
			continue
		}
		var fs []Figure
		for _, f := range d.Figures {
			if slices.Contains(x.changes, f.Change) {
				fs = append(fs, f)
			}
		}
		if len(fs) > 0 {
			out = append(out, document.Section{ID: fmt.Sprint("siffror-", len(out)), Level: 2, Title: fmt.Sprintf("%s: %d", x.title, len(fs)), Blocks: figureTables(fs)})
		}
	}
	return out
}

// figureTables are figures in one table, or in one for each reason why they
// cannot be compared, the most common first.
func figureTables(fs []Figure) []document.Block {
	by := map[string][]Figure{}
	for _, f := range fs {
		by[f.Why] = append(by[f.Why], f)
	}
	whys := keysOf(by, nil)
	slices.SortStableFunc(whys, func(a, b string) int { return len(by[b]) - len(by[a]) })
	var out []document.Block
	for _, w := range whys {
		t := figureTable(by[w])
		if w != "" {
			t.Caption = fmt.Sprintf("%s – %d mått", wording.Capital(strings.TrimSuffix(w, ".")), len(by[w]))
		}
		out = append(out, t)
	}
	return out
}

// figureTable is figures beside each other, or alone where only one snapshot has
// them.
func figureTable(fs []Figure) document.Table {
	t := document.Table{Columns: []document.Column{
		{Title: "Mått", Width: 0.28}, {Title: "A", Right: true, Width: 0.21}, {Title: "B", Right: true, Width: 0.21}, {Title: "Ändring", Width: 0.15}, {Title: "Utfall", Width: 0.15},
	}}
	from, to := 1, len(t.Columns)
	switch fs[0].Change {
	case Appeared:
		from, to = 2, 3
	case Vanished:
		from, to = 1, 2
	}
	t.Columns = slices.Concat(t.Columns[:1:1], t.Columns[from:to])
	for _, f := range fs {
		row := []document.Cell{
			{Text: f.Title.SV, Head: true}, {Text: figureText(f.A, f.Unit, f.CountUnit)}, {Text: figureText(f.B, f.Unit, f.CountUnit)}, f.changeCell(), {Text: f.outcomeText()},
		}
		t.Rows = append(t.Rows, slices.Concat(row[:1:1], row[from:to]))
	}
	return t
}

// unitsSections count what became of each förvaltning's figures, by name.
func (d *Diff) unitsSections(o Options) []document.Section {
	byUnit := map[string][]Figure{}
	names := map[string]string{}
	for _, f := range d.Figures {
		for _, u := range f.Units {
			byUnit[u.OrgUnit] = append(byUnit[u.OrgUnit], u)
			names[u.OrgUnit] = u.Name
		}
	}
	keys := keysOf(names, nil)
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(unknownLast(a)-unknownLast(b), cmp.Compare(wording.SortKey(names[a]), wording.SortKey(names[b])))
	})
	s := document.Section{ID: "forvaltningar", Level: 1, Title: "Förvaltningarna"}
	t := document.Table{Columns: []document.Column{{Title: "Förvaltning", Width: 0.34}, {Title: "Bättre", Right: true}, {Title: "Sämre", Right: true}, {Title: "Ungefär som förut eller oförändrat", Right: true}, {Title: "Övriga", Right: true}}}
	out := []document.Section{s}
	for _, k := range keys {
		var n [4]int
		var shown []Figure
		for _, f := range byUnit[k] {
			at := 3
			switch f.Change {
			case Better:
				at = 0
			case Worse:
				at = 1
			case Same, Unchanged:
				at = 2
			}
			n[at]++
			if at < 2 {
				shown = append(shown, f)
			}
		}
		row := []document.Cell{{Text: wording.Capital(names[k]), Head: true}}
		for _, x := range n {
			row = append(row, document.Cell{Text: wording.Words{}.Count(int64(x))})
		}
		t.Rows = append(t.Rows, row)
		if o.Verbose && len(shown) > 0 {
			out = append(out, document.Section{ID: "forvaltning-" + k, Level: 2, Title: names[k], Blocks: []document.Block{figureTable(shown)}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	out[0].Blocks = []document.Block{document.Paragraph{Text: "Så många av varje förvaltnings siffror blev bättre eller sämre. Övriga saknas i någon av bilderna eller går inte att jämföra, ofta för att raderna är färre än tio."}, t}
	return out
}

// unknownLast puts what belongs to no known förvaltning after the others.
func unknownLast(key string) int {
	if key == "" {
		return 1
	}
	return 0
}
