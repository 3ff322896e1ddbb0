package words

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
)

// HolderKind says what a cell has in place of a responsible person.
type HolderKind string

// The kinds, as the records have them.
const (
	Person HolderKind = "person"
	Title  HolderKind = "title"
	Vacant HolderKind = "vacant"
)

// Holder is one holder of a role. Text is the person as written, to be
// pseudonymised; it is empty for titles and vacancies.
type Holder struct {
	Kind HolderKind
	Text string
}

// Holders reads a cell that says who holds a role. Two people in one cell give
// two holders. extra are further title words.
func Holders(cell string, nulls value.Nulls, extra []string) []Holder {
	if nulls.Is(cell) {
		return []Holder{{Kind: Vacant}}
	}
	var out []Holder
	seen := make(map[Holder]bool)
	for _, part := range SplitNames(cell, extra) {
		h := holder(part, nulls, extra)
		if !seen[h] {
			seen[h] = true
			out = append(out, h)
		}
	}
	return out
}

func holder(part string, nulls value.Nulls, extra []string) Holder {
	if nulls.Is(part) {
		return Holder{Kind: Vacant}
	}
	name := withoutRemark(part)
	if name == "" || nulls.Is(name) || nobody.MatchString(value.Fold(name)) {
		return Holder{Kind: Vacant}
	}
	if IsTitle(name, extra) {
		return Holder{Kind: Title}
	}
	return Holder{Kind: Person, Text: withoutTitle(name, extra)}
}

// nobody are the ways to say that a role has no holder, or none any more.
var nobody = regexp.MustCompile(`^(?:vaka(?:nt|ns)\b.*|ingen\b.*|sakna[rs]\b.*|inga|nej|no|0|n\.? ?n\.?|oklart\b.*|osäkert|slutat\b.*|har slutat|pensionerad|tillsätts\b.*|(?:ska|skall) (?:till)?sättas|rekrytering(?: pågår)?|utredning pågår|(?:f\.? ?d\.?|tidigare|fd) .+|(?:ej|inte|utan) (?:ägare|systemägare|ansvarig)|\?.*|se .+|samma som .+|dito|d[:.] ?o\.?|["”]+)$`)

var (
	between = regexp.MustCompile(`\s*(?:;|\n|\r|\||&|\+|/)\s*|\s+(?i:och|samt|and|resp\.?|respektive)\s+`)
	remark  = regexp.MustCompile(`\s*[(\[][^()\[\]]*[)\]]\s*`)
	acting  = regexp.MustCompile(`(?i)^(?:t\.? ?f\.?|vik\.?|bitr\.?|tillförordnad|vikarierande)\s+`)
	day     = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})\b`)
	phone   = regexp.MustCompile(`[\s,]+(?:(?i:tel|mob|tfn)[.:]?\s*)?\+?\d[\d\s\-/]{5,}$`)
)

// SplitNames splits a cell that names several holders: at ; / & + | and line
// breaks, at "och" and "samt", and at commas when every part is a whole name
// ("Svensson, Anna" is one person). The slash of a day ("fr.o.m. 1/9") parts
// nobody.
func SplitNames(cell string, extra []string) []string {
	cell = phone.ReplaceAllString(strings.TrimSpace(cell), "")
	cell = day.ReplaceAllString(cell, "$1\u2044$2")
	var out []string
	for _, p := range between.Split(cell, -1) {
		parts := strings.Split(p, ",")
		if len(parts) > 1 && !everyWhole(parts, extra) {
			parts = withoutTitles(parts, extra)
		}
		for _, q := range parts {
			if q = strings.TrimSpace(q); q != "" {
				out = append(out, strings.ReplaceAll(q, "\u2044", "/"))
			}
		}
	}
	return out
}

// everyWhole tells that each part stands alone: two words or more, an address,
// or a title.
func everyWhole(parts []string, extra []string) bool {
	titles := 0
	for _, p := range parts {
		p = strings.TrimSpace(p)
		switch {
		case IsTitle(p, extra):
			titles++
		case len(strings.Fields(p)) < 2 && !strings.Contains(p, "@"):
			return false
		}
	}
	return titles == 0 || titles == len(parts)
}

// withoutTitles drops the titles after a name: "Anna Svensson, skolchef".
func withoutTitles(parts []string, extra []string) []string {
	kept := parts[:0:0]
	for _, p := range parts {
		if !IsTitle(strings.TrimSpace(p), extra) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return parts
	}
	return []string{strings.Join(kept, ",")}
}

// withoutRemark drops what stands in brackets: "Anna Svensson (vik.)".
func withoutRemark(s string) string {
	if strings.ContainsAny(s, "<@") {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(acting.ReplaceAllString(strings.TrimSpace(remark.ReplaceAllString(s, " ")), ""))
}

// withoutTitle drops a title before a name: "Skolchef Anna Svensson".
func withoutTitle(s string, extra []string) string {
	f := strings.Fields(s)
	for len(f) > 2 && IsTitle(f[0], extra) {
		f = f[1:]
	}
	return strings.Join(f, " ")
}

// titleEnds are how role titles, functions and organisations end.
var titleEnds = []string{
	"chef", "chefen", "direktör", "direktören", "ansvarig", "ansvariga", "ansvarige", "samordnare", "samordnaren", "strateg", "strategen",
	"rektor", "rektorn", "rektorer", "handläggare", "administratör", "administratören", "förvaltare", "förvaltaren", "ägare", "ägaren", "ledare", "ledaren",
	"koordinator", "utvecklare", "tekniker", "teknikern", "sekreterare", "sekreteraren", "controller", "arkitekt", "ingenjör", "assistent", "specialist",
	"enhet", "enheten", "avdelning", "avdelningen", "nämnd", "nämnden", "kontor", "kontoret", "förvaltning", "förvaltningen", "grupp", "gruppen", "team", "teamet",
	"kansli", "kansliet", "styrelse", "styrelsen", "support", "servicedesk", "helpdesk", "kommun", "kommunen", "verksamheten", "organisationen", "ombud", "ombudet",
	"chefer", "ordförande", "funktion", "funktionen", "roll", "leverantör", "leverantören", "manager", "director", "officer", "owner", "lead", "head", "department", "tjänsten", "service",
}

// titleWords are titles as a whole.
var titleWords = []string{"it", "hr", "ekonomi", "vd", "cio", "cto", "ciso", "cdo", "dso", "ekonom", "kanslist", "jurist", "arkivarie", "bibliotekarie", "it-avd", "it avd", "drift", "alla", "flera", "respektive enhet", "ledningsgruppen"}

// IsTitle tells a role title or function ("Skolchef", "IT-avdelningen") from a
// person's name. Any one title word is enough unless two further capitalised
// words follow it, which then are the name.
func IsTitle(s string, extra []string) bool {
	if local, _, ok := strings.Cut(s, "@"); ok {
		return !strings.ContainsAny(local, " <") && titleWord(value.Fold(local), extra)
	}
	f := strings.Fields(s)
	if len(f) == 0 {
		return false
	}
	if titleWord(value.Fold(s), extra) {
		return true
	}
	names := 0
	title := false
	for _, w := range f {
		switch {
		case titleWord(value.Fold(strings.Trim(w, ".,:()")), extra):
			title = true
		case startsUpper(w) && !allUpper(w):
			names++
		}
	}
	return title && names < 2
}

func titleWord(w string, extra []string) bool {
	for _, t := range extra {
		if w == value.Fold(t) {
			return true
		}
	}
	for _, t := range titleWords {
		if w == t {
			return true
		}
	}
	for _, e := range titleEnds {
		if strings.HasSuffix(w, e) && (len(w) == len(e) || len(e) >= 4) {
			return true
		}
	}
	return false
}

func startsUpper(w string) bool {
	for _, r := range w {
		return unicode.IsUpper(r)
	}
	return false
}

func allUpper(w string) bool {
	return len(w) > 1 && w == strings.ToUpper(w) && !strings.Contains(w, ".")
}
