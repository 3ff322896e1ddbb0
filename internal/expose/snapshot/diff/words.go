package diff

import (
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Name is what people call a change.
func (c Change) Name() string {
	switch c {
	case Same:
		return "oförändrat"
	case Unchanged:
		return "ungefär som förut"
	case Better:
		return "bättre"
	case Worse:
		return "sämre"
	case Changed:
		return "ändrat"
	case NotComparable:
		return "går inte att jämföra"
	case Appeared:
		return "saknades i A"
	case Vanished:
		return "saknas i B"
	case Absent:
		return "saknas i båda"
	}
	return string(c)
}

// state is a change as a word with a sign, so that it does not hang on colour.
func (c Change) state() *document.State {
	s := document.State{Word: c.Name()}
	switch c {
	case Better:
		s.Sign, s.Good = "▲", 1
	case Worse:
		s.Sign, s.Good = "▼", -1
	case Appeared:
		s.Sign = "+"
	case Vanished:
		s.Sign = "−"
	case Same, Unchanged:
		s.Sign = "="
	case Changed, NotComparable, Absent:
		s.Sign = "○"
	}
	return &s
}

// figureText writes a figure, counts before percent.
func figureText(a *Amounts, unit, countUnit string) string {
	switch {
	case a == nil:
		return "saknas"
	case a.Suppressed:
		return "för få för att visas"
	case a.Value == nil || !a.Outcome.HasValue():
		return "saknas"
	}
	w := wording.Words{}
	p := w.Pair(wording.Pair{Value: a.Value, Numerator: a.Numerator, Denominator: a.Denominator, Unit: unit, CountUnit: countUnit})
	if p.Counts == "" || p.Value == "" {
		return p.Counts + p.Value
	}
	return p.Counts + " (" + p.Value + ")"
}

// outcomeText says the outcome in B, and what it was if it was another.
func (f Figure) outcomeText() string {
	name := func(a *Amounts) string {
		switch {
		case a == nil:
			return "inget mått"
		case a.Outcome == finding.Measured:
			return "inget mål"
		}
		return a.Outcome.Name().SV
	}
	if name(f.A) == name(f.B) {
		return name(f.B)
	}
	return name(f.A) + " → " + name(f.B)
}

// changeCell is what became of a figure, and of a restated one.
func (f Figure) changeCell() document.Cell {
	c := document.Cell{State: f.Change.state()}
	if f.Restated != "" {
		c.Text = "(omräknat: " + f.Restated.Name() + ")"
	}
	return c
}

// plural is a number with its word.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return wording.Words{}.Count(int64(n)) + " " + many
}

// sentence joins parts with commas and a last "och".
func sentence(parts []string) string {
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " och " + parts[len(parts)-1]
}

// fieldName is what people call a field of a definition.
func fieldName(name string) string {
	names := map[string]string{
		"title": "rubriken", "question": "frågan", "not_counted": "vad som inte räknas", "next_step": "vad man kan göra", "population_text": "populationen i ord",
		"population": "populationen", "pass": "kravet på en rad", "measure": "vad som mäts", "method": "metodversionen", "window": "tidsfönstret", "clock": "klockan",
		"exclude": "vad som tas bort", "breakdowns": "indelningarna", "also": "siffrorna bredvid", "evidence": "vad raderna visar", "remarks": "varningarna",
		"secrecy": "sekretessen", "direction": "vad som är bättre", "source": "källan till måttet", "tags": "ramverken", "area": "området", "priority": "vikten",
		"unit": "enheten", "quantile": "vilken del av väntetiderna", "numerator": "täljaren", "denominator": "nämnaren", "formula": "formeln", "fields": "fälten",
		"related": "den tillhörande uppgiften", "planned": "vad som var planerat", "intervals": "tidsperioderna", "needs": "vad som behövs", "narrow": "avgränsningen",
		"levels": "nivåerna", "sentence": "meningen om siffran", "split": "slagen av rader", "small_cells": "vad som döljs",
	}
	if n, ok := names[name]; ok {
		return n
	}
	if m, ok := strings.CutPrefix(name, "measure "); ok {
		return "måttet " + m + " som siffran räknas ur"
	}
	if v, ok := strings.CutPrefix(name, "view "); ok {
		return "den delade frågan " + v
	}
	return name
}

// fieldNames are what changed of a definition, in words.
func (d Definition) fieldNames() string {
	var out []string
	for _, f := range d.Fields {
		if n := fieldName(f.Name); !contains(out, n) {
			out = append(out, n)
		}
	}
	return sentence(out)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// ageText is how old content was.
func ageText(seconds *float64) string {
	if seconds == nil {
		return "okänt"
	}
	return finding.Duration(*seconds)
}

// targetText writes a decided target in the words of its file.
func targetText(w Words) string {
	if len(w) == 0 {
		return "inget mål"
	}
	level := w["value"]
	switch {
	case w["low"] != "" || w["high"] != "":
		level = w["low"] + " till " + w["high"]
	case w["list"] != "":
		level = w["list"]
	case w["kind"] == "count":
		level += " stycken"
	case w["kind"] == "yes_no":
		level = map[string]string{"0": "nej", "1": "ja"}[level]
	default:
		if v, err := strconv.ParseFloat(level, 64); err == nil && w["unit"] == "share" {
			level = wording.Words{}.Level("share", v)
		}
	}
	if w["due"] != "" {
		level += " senast " + dayText(w["due"])
	}
	return level
}
