package strategy

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kommunpuls/kommunpuls/internal/closest"
)

// What a marker can ask for.
const (
	kindKPI            = "kpi"
	kindGoal           = "goal"
	kindRecommendation = "recommendation"
)

// Marker is what stands between {{ and }}.
type Marker struct {
	Kind string // kpi, goal, recommendation
	Ref  string // id of a figure, or the number of a goal or recommendation
	Unit string // of a figure: a förvaltning; "" is the whole
}

// String is the marker as it is kept in a filled document.
func (m Marker) String() string {
	s := m.Kind + " " + m.Ref
	if m.Unit != "" {
		s += " förvaltning=" + m.Unit
	}
	return s
}

// words are the names that the kinds of markers go by.
func words() map[string]string {
	return map[string]string{
		"kpi": kindKPI, "mått": kindKPI, "goal": kindGoal, "mål": kindGoal,
		"recommendation": kindRecommendation, "rekommendation": kindRecommendation,
	}
}

// isKind tells whether a text begins as a marker does.
func isKind(text string) bool {
	first, _, _ := strings.Cut(tidy(text), " ")
	return words()[strings.ToLower(first)] != ""
}

// longestMarker is how long a marker may be, in bytes.
const longestMarker = 300

// parse reads what stands between the braces.
func parse(text string) (Marker, error) {
	if len(text) > longestMarker {
		return Marker{}, fmt.Errorf("markören som börjar {{%s är för lång", firstWords(text[:longestMarker]))
	}
	first, rest, _ := strings.Cut(tidy(text), " ")
	m := Marker{Kind: words()[strings.ToLower(first)], Ref: rest}
	switch {
	case first == "":
		return m, errors.New("markören är tom; skriv till exempel {{kpi system_owner_coverage}} eller {{goal 17}}")
	case m.Kind == "":
		if near := closest.Name(first, []string{"kpi", "mått", "goal", "mål", "recommendation", "rekommendation"}); near != "" {
			return m, fmt.Errorf("okänd markör {{%s}}; menade du %s?", tidy(text), near)
		}
		return m, fmt.Errorf("okänd markör {{%s}}; de som finns är kpi, goal och recommendation", tidy(text))
	case rest == "":
		return m, fmt.Errorf("markören {{%s}} säger inte vilket; skriv till exempel {{kpi system_owner_coverage}} eller {{goal 17}}", first)
	case strings.Contains(rest, "--"):
		return m, fmt.Errorf("markören {{%s}} har två bindestreck i rad, som inte går att spara i dokumentet", tidy(text))
	}
	if m.Kind != kindKPI {
		return m, nil
	}
	id, more, _ := strings.Cut(rest, " ")
	m.Ref = strings.ToLower(id)
	if more == "" {
		return m, nil
	}
	name, unit, ok := strings.Cut(more, "=")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "förvaltning", "forvaltning", "enhet":
	default:
		ok = false
	}
	if m.Unit = strings.TrimSpace(strings.Trim(strings.TrimSpace(unit), `"`)); !ok || m.Unit == "" {
		return m, fmt.Errorf("%q efter %s förstås inte; skriv till exempel förvaltning=Socialförvaltningen", more, m.Ref)
	}
	return m, nil
}

// tidy undoes what word processors do to what is typed: hard spaces, curly
// quotes, long hyphens, letters in two parts.
func tidy(text string) string {
	text = strings.NewReplacer("”", `"`, "“", `"`, "„", `"`, "‑", "-", "–", "-", "\u00ad", "", "\u200b", "", "\ufeff", "").Replace(norm.NFC.String(text))
	return strings.Join(strings.Fields(text), " ")
}
