package strategy

import (
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

const nbsp = "\u00a0"

// day begins a status: "Per den 31 oktober 2026: ".
func (f Facts) day(unit string) string {
	s := "Per " + on(f.AsOf)
	if unit != "" {
		s += ", " + unit
	}
	return s + ": "
}

func on(t time.Time) string { return "den" + nbsp + wording.Words{}.Day(t) }

// sayFigure says a figure and how it stands against its target.
func (f Facts) sayFigure(k finding.Finding) string {
	switch {
	case k.Suppressed:
		return "underlaget är för litet för att visas."
	case !k.Outcome.HasValue() || k.Value == nil:
		return absent(k)
	}
	return f.amount(k) + ". " + f.stands(k)
}

// amount writes a figure with its counts first: "11 av 40 (27,5 procent)".
func (f Facts) amount(k finding.Finding) string {
	p := wording.Words{}.Pair(wording.Of(k))
	value := percent(p.Value)
	if k.Unit == "share" && p.Value != "" {
		switch v := *k.Value; {
		case v > 0 && v < 0.0005:
			value = "under 0,1" + nbsp + "procent"
		case v < 1 && v >= 0.9995:
			value = "över 99,9" + nbsp + "procent"
		}
	}
	if value != "" && k.Unit == "share" && f.definition(k.KPI).Shape == catalogue.Progress {
		value += " av vägen till målet"
	}
	switch {
	case p.Counts == "":
		return value
	case value == "":
		return p.Counts
	}
	return p.Counts + " (" + value + ")"
}

// percent writes the sign out, and whole percents without a decimal.
func percent(s string) string {
	if n, ok := strings.CutSuffix(s, nbsp+"%"); ok {
		return strings.TrimSuffix(n, ",0") + nbsp + "procent"
	}
	return s
}

// stands says how a figure stands against its target.
func (f Facts) stands(k finding.Finding) string {
	if k.Outcome == finding.Stale {
		s := "Uppgifterna kan vara inaktuella."
		if why := reason(k); why != "" {
			s += " " + why + "."
		}
		return s
	}
	switch {
	case k.Outcome == finding.Waived && k.Target == nil:
		return "Inget mål är beslutat." + waived(k)
	case k.Target == nil || k.Outcome == finding.Measured:
		return "Inget mål är beslutat."
	}
	target := "Målet" + f.level(k)
	switch k.Outcome {
	case finding.Met:
		return target + " är nått."
	case finding.Partly:
		return target + " är delvis nått."
	case finding.NotDue:
		switch k.Pace {
		case "on_pace":
			return target + " är inte nått än, men det går i den takt som behövs."
		case "behind":
			return target + " är inte nått än, och det går långsammare än vad som behövs."
		}
		return target + " är inte nått än."
	case finding.Waived:
		return target + " är inte nått." + waived(k)
	}
	return target + " är inte nått."
}

// level is what is aimed at and when: " 60 procent senast den 31 december 2027".
func (f Facts) level(k finding.Finding) string {
	s := ""
	if k.Target.Kind != "yes_no" {
		if l := percent(wording.Words{}.TargetLevel(k.Target, k.Unit)); l != "" {
			s = " " + l
			if f.definition(k.KPI).Direction == "down" && k.Target.Kind != "band" && k.Target.Kind != "list" {
				s = " högst " + l
			}
		}
	}
	if k.Target.Due != "" {
		if t, err := time.Parse(time.DateOnly, k.Target.Due); err == nil {
			s += " senast " + on(t)
		}
	}
	return s
}

func waived(k finding.Finding) string {
	for _, w := range k.Waivers {
		if strings.HasPrefix(w.Scope, "record:") {
			continue
		}
		s := " Det som brister är godtaget genom beslut"
		if w.Decision != "" {
			s += " (" + w.Decision + ")"
		}
		if t, err := time.Parse(time.DateOnly, w.Expires); err == nil {
			s += " till och med " + on(t)
		}
		return s + "."
	}
	return " Det som brister är godtaget genom beslut."
}

// absent says why there is no figure.
func absent(k finding.Finding) string {
	s := finding.Unknown
	switch k.Outcome {
	case finding.Error:
		s = "siffran gick inte att räkna ut"
	case finding.NotApplicable:
		s = "det mäts inte i kommunen"
	}
	return s + because(reason(k)) + "."
}

// because is a reason as the end of a sentence, or as a sentence of its own.
func because(why string) string {
	const therefore = ", därför att "
	for begins, instead := range map[string]string{
		"Ingen ": "ingen ", "Inget ": "inget ", "Det finns inga ": "det inte finns några ", "Kan mätas när något är registrerat: ": "",
	} {
		if rest, ok := strings.CutPrefix(why, begins); ok {
			return therefore + instead + rest
		}
	}
	if why == "" {
		return ""
	}
	return ". " + why
}

// reason is why there is no figure, without the full stop.
func reason(k finding.Finding) string {
	if k.Reason == nil {
		return ""
	}
	return strings.TrimSuffix(wording.Words{}.Why(*k.Reason), ".")
}

// followWords are what is said of goals or recommendations.
type followWords struct {
	one, many                   string
	done, partly, not, open     string
	planned, aside, ended, late string
}

func goalWords() followWords {
	return followWords{
		one: "mål", many: "mål", done: "uppnått", partly: "delvis uppnått", not: "inte uppnått", open: "öppet",
		planned: "inte påbörjat", aside: "lagt åt sidan", ended: "avslutat", late: "klart",
	}
}

func recommendationWords() followWords {
	return followWords{
		one: "rekommendation", many: "rekommendationer", done: "åtgärdad", partly: "delvis åtgärdad", not: "inte åtgärdad", open: "öppen",
		planned: "inte påbörjad", aside: "lagd åt sidan", ended: "avslutad", late: "klar",
	}
}

// sayRow says how far a goal or a recommendation has come.
func (f Facts) sayRow(r followup.Row, w followWords) string {
	s := state(r, w) + "."
	if !r.State.Done() {
		switch {
		case r.State == followup.Overdue:
			s += fmt.Sprintf(" Skulle ha varit %s senast %s, för %s sedan.", w.late, on(r.Due), days(r.Late))
		case !r.Due.IsZero():
			s += fmt.Sprintf(" Ska vara %s senast %s.", w.late, on(r.Due))
		default:
			s += " Ingen sista dag är angiven."
		}
		if r.Owner != "" {
			s += " Ansvarig roll: " + r.Owner + "."
		}
	}
	if k := r.Measure; k != nil && r.State != followup.SetAside {
		title := k.Title.SV
		if r.MeasuredOwn && r.OrgUnitName != "" {
			title += ", " + r.OrgUnitName
		}
		if r.Contradicted() {
			s += " Det säger listan; siffran säger något annat."
		}
		s += " " + title + ": " + f.sayFigure(*k)
	}
	return s
}

// state is the word of a row, with its days.
func state(r followup.Row, w followWords) string {
	switch r.State {
	case followup.SetAside:
		if r.Decision != "" {
			return w.aside + " genom beslut (" + r.Decision + ")"
		}
		return w.aside + " genom beslut"
	case followup.Closed:
		return closed(r, w)
	}
	s := w.not
	switch r.Status {
	case "partly":
		s = w.partly
	case "planned":
		s = w.planned
	}
	if r.Days != nil {
		s += ", " + w.open + " i " + days(*r.Days)
	}
	return s
}

func closed(r followup.Row, w followWords) string {
	s := w.done
	switch {
	case r.Status == "partly":
		s = w.ended + " och " + w.partly
	case r.Status == "not_met" && w.one == "mål":
		s = w.ended + " utan att vara " + w.done
	}
	if r.Done.IsZero() {
		return s
	}
	s += " " + on(r.Done)
	if r.Days != nil {
		s += ", efter " + days(*r.Days)
	}
	if r.Late > 0 {
		s += " och " + days(r.Late) + " efter sista dagen"
	}
	return s
}

func days(n int) string {
	if n == 1 {
		return "1" + nbsp + "dag"
	}
	return wording.Words{}.Count(int64(n)) + nbsp + "dagar"
}
