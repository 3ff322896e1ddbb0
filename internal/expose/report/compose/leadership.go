package compose

import (
	"cmp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// How much fits on the one page.
const (
	mostStanding = 5
	mostChanged  = 3
	mostSteps    = 3
)

// ForLeadership is the one page for those who run the municipality: where it
// stands, what got better and worse, what to do next and how sure that is. Only
// figures whose definition says them in a sentence stand in it.
func ForLeadership(in Input) document.Document {
	c := newComposer(in)
	d := c.document(Leadership, "Så står det till med kommunens it", "Läget den "+c.day(c.At.AsOf)+".")
	told := c.told()
	better, worse := c.changed(told, "better"), c.changed(told, "worse")
	standing := document.Section{ID: "laget", Level: 1, Title: "Där vi står", Blocks: c.aims()}
	standing.Blocks = append(standing.Blocks, c.sentences(rest(told, better, worse)))
	d.Marks = c.marks(told)
	d.Sections = []document.Section{
		standing,
		{ID: "battre", Level: 1, Title: "Det som har blivit bättre", Blocks: c.changes(better, "bättre")},
		{ID: "samre", Level: 1, Title: "Det som har blivit sämre", Blocks: c.changes(worse, "sämre")},
		{ID: "nasta", Level: 1, Title: "Tre steg som gör störst skillnad nu", Blocks: c.steps()},
		{ID: "sakert", Level: 1, Title: "Så säkra är siffrorna", Blocks: []document.Block{c.sure()}},
	}
	return d
}

// told lists the figures that have a sentence: those with a decided target
// first, then those that a municipality meets first, then the rest.
func (c composer) told() []*finding.Finding {
	place := map[string]int{}
	for i, group := range catalogue.First() {
		for j, id := range group {
			place[id] = i*10 + j + 1
		}
	}
	var out []*finding.Finding
	for i := range c.Findings {
		f := &c.Findings[i]
		if d := c.defs[f.KPI]; d != nil && c.say(d, f) != "" && isPlain(c.say(d, f)) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *finding.Finding) int { return cmp.Compare(c.rank(a, place), c.rank(b, place)) })
	return out
}

// rank orders the figures: what has a target, what stands on the first screen,
// the rest.
func (c composer) rank(f *finding.Finding, place map[string]int) int {
	const later = 1000
	n := cmp.Or(place[f.KPI], later)
	if f.Target == nil {
		n += later
	}
	return n
}

func (c composer) changed(fs []*finding.Finding, trend string) []*finding.Finding {
	var out []*finding.Finding
	for _, f := range fs {
		if c.comparable(f) && f.Previous.Trend == trend && len(out) < mostChanged {
			out = append(out, f)
		}
	}
	return out
}

// rest is what has not been said under another heading.
func rest(all []*finding.Finding, said ...[]*finding.Finding) []*finding.Finding {
	var out []*finding.Finding
	for _, f := range all {
		if len(out) < mostStanding && !slices.ContainsFunc(said, func(fs []*finding.Finding) bool { return slices.Contains(fs, f) }) {
			out = append(out, f)
		}
	}
	return out
}

func (c composer) sentences(fs []*finding.Finding) document.Block {
	var l document.List
	for _, f := range fs {
		l.Items = append(l.Items, document.Item{Text: c.whole(c.defs[f.KPI], f), Small: c.aim(f)})
	}
	if len(l.Items) == 0 {
		return document.Paragraph{Text: "Det finns ingen siffra att visa än."}
	}
	return l
}

func (c composer) changes(fs []*finding.Finding, word string) []document.Block {
	if len(fs) > 0 {
		return []document.Block{c.sentences(fs)}
	}
	for _, f := range c.Findings {
		if c.comparable(&f) {
			return []document.Block{document.Paragraph{Text: "Inget av det vi följer har blivit så mycket " + word + " på ett år att det går att säga."}}
		}
	}
	return []document.Block{document.Paragraph{Text: "Vi vet inte: inga äldre siffror är framräknade att jämföra med."}}
}

// aim says the target of a figure and how it stands against it.
func (c composer) aim(f *finding.Finding) string {
	if f.Target == nil {
		return ""
	}
	s := "Målet är " + inLetters(c.w.Target(f.Target, f.Unit))
	switch f.Outcome {
	case finding.Met:
		return s + ", och det är nått."
	case finding.Partly:
		return s + ", och det är delvis nått."
	case finding.NotMet:
		return s + ", och det är inte nått."
	case finding.Stale:
		return s + ", men siffran kan vara inaktuell."
	case finding.Waived:
		return s + "; att det inte nås är godtaget genom beslut."
	}
	s += "."
	if f.Forecast != nil && f.Forecast.Reason == nil {
		s += " " + c.w.Text(f.Forecast.Sentence)
	}
	return s
}

// aims sums up the decided targets, or says that there are none.
func (c composer) aims() []document.Block {
	var met, behind, ahead, missed, other int64
	for _, f := range c.Findings {
		switch {
		case f.Target == nil:
		case f.Outcome == finding.Met:
			met++
		case f.Outcome == finding.NotDue && f.Pace == "behind":
			behind++
		case f.Outcome == finding.NotDue:
			ahead++
		case f.Outcome == finding.NotMet || f.Outcome == finding.Partly:
			missed++
		default:
			other++
		}
	}
	all := met + behind + ahead + missed + other
	if all == 0 {
		return []document.Block{document.Note{Text: "Kommunen har inte beslutat något mål för det som mäts här. Siffrorna visar hur det är, men inte om det är bra nog. " +
			"Ett mål sätts genom att kommunstyrelsen eller nämnden beslutar hur långt kommunen ska ha kommit och till vilken dag. Skriv in målet och beslutets nummer under Mål bland besluten, så följs det här."}}
	}
	s := "Kommunen har beslutat " + wording.Letters(all, false) + " mål" + " för det som mäts här"
	var parts []string
	for _, p := range []struct {
		n         int64
		one, many string
	}{
		{met, " är nått", " är nådda"}, {missed, " är inte nått", " är inte nådda"}, {ahead, " är på väg", " är på väg"}, {behind, " är efter planen", " är efter planen"},
		{other, " går inte att bedöma säkert", " går inte att bedöma säkert"},
	} {
		switch {
		case p.n == 1:
			parts = append(parts, "ett"+p.one)
		case p.n > 1:
			parts = append(parts, wording.Letters(p.n, false)+p.many)
		}
	}
	return []document.Block{document.Paragraph{Text: s + ": " + c.w.List(parts) + "."}}
}

// steps are the first of the ranked next steps.
func (c composer) steps() []document.Block {
	l := document.List{Ordered: true}
	for _, s := range c.Steps.Whole {
		if do := c.w.Text(s.Do); len(l.Items) < mostSteps && isPlain(do) {
			l.Items = append(l.Items, document.Item{Text: do, Small: "Gäller " + c.w.Text(s.Amount()) + "."})
		}
	}
	if len(l.Items) == 0 {
		return []document.Block{document.Paragraph{Text: "Inget steg går att räkna fram ur det som är läst."}}
	}
	return []document.Block{l}
}
