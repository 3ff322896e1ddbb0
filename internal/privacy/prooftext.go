package privacy

import (
	"fmt"
	"sort"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Counts sorts counts by table, without those that are zero.
func Counts(by map[string]int64) []Count {
	out := []Count{}
	for of, n := range by {
		if n > 0 {
			out = append(out, Count{of, n})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Of < out[j].Of })
	return out
}

// Document is the proof as a text to keep with the decision.
func (p Proof) Document() document.Document {
	d := document.Document{Title: "Intyg om radering", Kind: "personuppgifter", Municipality: p.Municipality, Lang: wording.Swedish, Made: p.Made, Version: p.Version, Demo: p.Demo,
		Lead: fmt.Sprintf("Uppgifter om en person har raderats ur programmet kommunpuls enligt %s, utfört av %s. Intyget pekar inte ut personen. Rad %d i gallringsloggen.", p.Decision, p.By, p.LogLine)}
	if !p.Found {
		d.Lead = "Inget finns. Det finns varken ett konto eller en roll som svarar mot det som söktes, så inget har raderats."
	}
	b := sections{}
	b.begin("borta", "Vad som är borta")
	b.table("Raderade rader", "Det fanns inget konto att radera.", []string{"Tabell i databasen", "Rader"}, countRows(p.Removed))
	b.begin("ersatt", "Vad som inte längre pekar på personen")
	b.table("Ersatta hänvisningar", "Ingen roll pekade på personen.", []string{"Tabell i databasen", "Rader"}, countRows(p.Replaced))
	b.text("Rollen står kvar, men pekar på ett värde som inte är någon. Den räknas som att den ansvariga inte längre finns i kommunen, så att andelarna inte blir bättre av raderingen.")
	b.begin("siffror", "Siffror som ändrades")
	var figures [][]string
	for _, f := range p.Figures {
		figures = append(figures, []string{f.Title, f.KPI, f.Before, f.After})
	}
	b.table("Siffror", "Ingen siffra ändrades.", []string{"Siffra", "Id", "Före", "Efter"}, figures)
	p.remains(&b)
	b.begin("sokt", "Hur det har kontrollerats")
	how := "Efter raderingen lästes varje fil i datamappen byte för byte efter personens pseudonymer."
	if p.Compacted {
		how += " Databasen skrevs om i sin helhet (VACUUM)."
	}
	b.text(how)
	var files [][]string
	for _, s := range p.Searched {
		hits := "nej"
		if s.Hits > 0 {
			hits = fmt.Sprintf("ja, %d", s.Hits)
		}
		files = append(files, []string{s.File, wording.Words{}.Count(s.Bytes), hits})
	}
	b.table("Genomsökta filer", "Ingen fil lästes.", []string{"Fil", "Byte", "Finns kvar"}, files)
	if !p.Clean {
		b.note("Något av personens pseudonymer finns kvar i en fil. Raderingen är inte fullständig.")
	}
	d.Sections = b.all
	return d
}

// remains says what is left and why.
func (p Proof) remains(b *sections) {
	b.begin("kvar", "Vad som finns kvar, och varför")
	items := []string{
		"Publicerade månadssiffror och sparade siffror: de är antal och andelar och innehåller ingen person.",
		"Säkerhetskopior och filer som någon har hämtat: dem når inte programmet.",
		"Källorna: katalogen och förteckningarna svarar för sina egna uppgifter.",
	}
	if p.KeptOut > 0 {
		items = append(items, fmt.Sprintf("%s som gör att personen inte läses in igen. En spärr är en kontrollsumma gjord med kommunens nyckel; ur den går personen inte att få fram. Börjar personen igen hävs spärren med kommunpuls privacy erase --lift.", count(p.KeptOut, "spärr", "spärrar")))
	}
	if p.SharedNames > 0 {
		items = append(items, fmt.Sprintf("%s som andra konton också svarar mot. Hänvisningar med bara det namnet kan gälla någon annan och är orörda.", count(p.SharedNames, "namn", "namn")))
	}
	b.list(items)
	var rows [][]string
	for _, s := range p.Snapshots {
		rows = append(rows, []string{s.Name, day(s.AsOf), s.State, orDash(s.Why)})
	}
	b.table("Ögonblicksbilder", "Det finns ingen ögonblicksbild.", []string{"Ögonblicksbild", "Visar läget", "Personen", "Anmärkning"}, rows)
	if len(rows) > 0 {
		b.text("En ögonblicksbild är förseglad och ändras aldrig. Pseudonymerna i den kan kopplas loss för gott genom att bildens nyckel förstörs: kommunpuls snapshot forget NAMN --decision BESLUT.")
	}
}

func countRows(cs []Count) [][]string {
	var out [][]string
	for _, c := range cs {
		out = append(out, []string{c.Of, wording.Words{}.Count(c.N)})
	}
	return out
}
