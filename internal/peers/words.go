package peers

import (
	"fmt"
	"math"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

func text(sv, en string) *finding.Text { return &finding.Text{SV: sv, EN: en} }

// tooFew says that there are not enough municipalities to compare with.
func tooFew(p *finding.Peers, s Settings) *finding.Text {
	left := leftOut(p)
	return text(
		fmt.Sprintf("Ingen jämförelse: %s i gruppen har en siffra som räknas på samma sätt, och det behövs minst %d.%s", none(p.Count, "ingen annan kommun", "annan kommun", "andra kommuner"), s.Minimum, left.SV),
		fmt.Sprintf("No comparison: %s of the group have a figure that is counted in the same way, and at least %d are needed.%s", none(p.Count, "no others", "other", "others"), s.Minimum, left.EN))
}

func none(n int, no, one, many string) string {
	switch n {
	case 0:
		return no
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// leftOut says which municipalities were not compared with, beginning with a space.
func leftOut(p *finding.Peers) finding.Text {
	var t finding.Text
	if n := p.Otherwise; n > 0 {
		t.SV += fmt.Sprintf(" %s räknar på annat sätt och jämförs inte.", none(n, "", "kommun", "kommuner"))
		t.EN += fmt.Sprintf(" %s counted in another way and not compared with.", none(n, "", "municipality is", "municipalities are"))
	}
	if n := p.Few; n > 0 {
		t.SV += fmt.Sprintf(" %s har färre än tio rader att räkna på och jämförs inte.", none(n, "", "kommun", "kommuner"))
		t.EN += fmt.Sprintf(" %s fewer than ten rows and not compared with.", none(n, "", "municipality has", "municipalities have"))
	}
	return t
}

// say writes a comparison in full sentences.
func (c comparison) say(p *finding.Peers) finding.Text {
	sv, en := wording.In(wording.Swedish), wording.In(wording.English)
	left := leftOut(p)
	out := finding.Text{
		SV: fmt.Sprintf("Medianen för %d andra kommuner (%s) är %s. Kommunen ligger %s.", p.Count, p.Group, c.level(sv, *p.Median), c.distance(sv, *p.Difference, " den")),
		EN: fmt.Sprintf("The median of %d other municipalities (%s) is %s. The municipality is %s.", p.Count, p.Group, c.level(en, *p.Median), c.distance(en, *p.Difference, " it")),
	}
	if e := p.Earlier; e != nil {
		out.SV += fmt.Sprintf(" Ett år tidigare låg den %s medianen för samma kommuner.", c.distance(sv, *e.Difference, ""))
		out.EN += fmt.Sprintf(" A year before it was %s the median of the same municipalities.", c.distance(en, *e.Difference, ""))
	}
	if p.From == p.To {
		out.SV += " De andras siffror gäller " + sv.DayText(p.To) + "."
		out.EN += " The others' figures are of " + en.DayText(p.To) + "."
	} else {
		out.SV += " De andras siffror gäller mellan " + sv.DayText(p.From) + " och " + sv.DayText(p.To) + "."
		out.EN += " The others' figures are of days between " + en.DayText(p.From) + " and " + en.DayText(p.To) + "."
	}
	out.SV, out.EN = out.SV+left.SV, out.EN+left.EN
	return out
}

// level writes an amount as it is compared.
func (c comparison) level(w wording.Words, v float64) string {
	return Amount(w, c.own.Finding, c.absolute, v)
}

// Amount writes an amount of a comparison in its unit; per tells those that are
// per 1,000 inhabitants.
func Amount(w wording.Words, f finding.Finding, per bool, v float64) string {
	switch {
	case !per:
		return w.Figure(f.Unit, f.CountUnit, v)
	case w.Lang() == wording.English:
		return perThousand(w, f, v) + " per 1,000 inhabitants"
	}
	return perThousand(w, f, v) + " per 1\u00a0000 invånare"
}

func perThousand(w wording.Words, f finding.Finding, v float64) string {
	if f.Unit == "count" {
		decimals := 1
		if math.Abs(v) < 10 {
			decimals = 2
		}
		return w.Number(v, decimals)
	}
	return w.Figure(f.Unit, f.CountUnit, v)
}

// distance is Distance for what the comparison is about.
func (c comparison) distance(w wording.Words, d float64, follows string) string {
	return Distance(w, c.own.Finding, c.absolute, d, follows)
}

// Distance writes how far a figure is from the median: "6,7 procentenheter
// under". What is not seen when rounded is no distance; it is then level with
// what follows.
func Distance(w wording.Words, f finding.Finding, per bool, d float64, follows string) string {
	english := w.Lang() == wording.English
	size := math.Abs(d)
	var said string
	switch {
	case f.Unit == "share" && !per && english:
		said = w.Number(size*100, 1) + " percentage points"
	case f.Unit == "share" && !per:
		said = w.Number(size*100, 1) + " procentenheter"
	default:
		said = Amount(w, f, per, size)
	}
	seen := strings.ContainsAny(said[:end(said)], "123456789")
	switch {
	case !seen && english:
		return "level with" + follows
	case !seen:
		return "i nivå med" + follows
	case english && d > 0:
		return said + " above"
	case english:
		return said + " below"
	case d > 0:
		return said + " över"
	}
	return said + " under"
}

// end is where the amount ends and its unit begins, which may hold digits.
func end(s string) int {
	if i := strings.Index(s, " per "); i >= 0 {
		return i
	}
	return len(s)
}
