package docs

import (
	"fmt"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
)

func unitNames() map[string]finding.Text {
	return map[string]finding.Text{
		"share": {SV: "andel, med antalen bredvid", EN: "share, with the counts beside it"}, "count": {SV: "antal", EN: "count"},
		"seconds": {SV: "tid", EN: "time"}, "sek": {SV: "kronor", EN: "kronor"}, "ratio": {SV: "kvot", EN: "ratio"},
		"months": {SV: "månader", EN: "months"}, "score": {SV: "poäng", EN: "score"}, "index": {SV: "index", EN: "index"}, "per_hundred": {SV: "per hundra", EN: "per hundred"},
	}
}

func directionNames() map[string]finding.Text {
	return map[string]finding.Text{
		"up": {SV: "siffran är hög", EN: "the figure is high"}, "down": {SV: "siffran är låg", EN: "the figure is low"},
		"none": {SV: "varken högt eller lågt är bra i sig", EN: "neither high nor low is good in itself"},
	}
}

func secrecyNames() map[string]finding.Text {
	return map[string]finding.Text{
		"ingen": {SV: "ingen känd", EN: "none known"}, "prövas": {SV: "ska prövas före utlämnande", EN: "to be examined before disclosure"},
		"sannolik": {SV: "sannolik", EN: "likely"},
	}
}

// dimensionNames says what breakdowns are called.
func dimensionNames(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		if out[i] = naming.Field(id); id == "org_unit" {
			out[i] = "förvaltning"
		}
	}
	return out
}

// window says a stretch of time in words.
func window(w catalogue.Window, span func(string) string, past, settle string) string {
	length := w.Length
	if length == "" {
		length = "12m" // as the engine has it
	}
	s := fmt.Sprintf(past, span(length))
	if w.Settle != "" {
		s += "; " + fmt.Sprintf(settle, span(w.Settle))
	}
	return s
}

// spanSV says "12m" as "12 månaderna": what follows "de senaste".
func spanSV(s string) string {
	return spanWords(s, map[byte]string{'m': "månaderna", 'd': "dagarna", 'h': "timmarna", 'y': "åren"})
}

func spanEN(s string) string {
	return spanWords(s, map[byte]string{'m': "months", 'd': "days", 'h': "hours", 'y': "years"})
}

func spanWords(s string, units map[byte]string) string {
	if s == "" {
		return s
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	unit, ok := units[s[len(s)-1]]
	if err != nil || !ok {
		return s // "2min": as it stands
	}
	return fmt.Sprintf("%d %s", n, unit)
}
