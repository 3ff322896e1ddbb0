package catalogue

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// disclaimer stands wherever law is mentioned.
const disclaimer = "Visar underlag, inte att lagen följs"

// jargon may not stand in what people without a technical background read.
// Words that end in * match every word that begins so.
func jargon() []string {
	return []string{"kpi", "kpier", "coverage*", "sso", "p90", "metakatalog*", "quantile*", "dashboard*"}
}

// law matches what makes the disclaimer necessary.
var law = regexp.MustCompile(`(?i)cybersäkerhetslag|\bnis ?2\b|dataskyddsförordning|\bgdpr\b|lagkrav|\blagen\b|\bi lag\b`)

// texts checks everything that is read in two languages.
func (k *kpiCheck) texts() {
	d := k.d
	read := []struct {
		field string
		text  finding.Text
		ends  string
	}{{"title", d.Title, ""}, {"question", d.Question, "?"}, {"not_counted", d.NotCounted, ".”"}, {"next_step", d.NextStep, ".”"}}
	mentionsLaw := false
	for _, r := range read {
		k.both(r.field, r.text)
		k.swedish(r.field+".sv", r.text.SV)
		if r.ends != "" && r.text.SV != "" && !strings.ContainsAny(lastRune(r.text.SV), r.ends) {
			k.fault(r.field+".sv", "want a full sentence that ends with %s", string([]rune(r.ends)[0]))
		}
		mentionsLaw = mentionsLaw || law.MatchString(r.text.SV)
	}
	if d.Sentence != (finding.Text{}) {
		k.sentence()
	}
	if mentionsLaw && !strings.Contains(d.NotCounted.SV, disclaimer) {
		k.fault("not_counted.sv", "law is mentioned, so it must say: %s", disclaimer)
	}
	if d.PopulationText != (finding.Text{}) {
		k.both("population_text", d.PopulationText)
	}
	if d.Narrow != nil {
		k.both("narrow.population_text", d.Narrow.PopulationText)
	}
	for i, e := range d.Exclude {
		k.both(index("exclude", i)+".reason", e.Reason)
	}
	for i, s := range d.Split {
		k.both(index("split", i)+".title", s.Title)
	}
	for i, f := range d.Fields {
		k.both(index("fields", i)+".title", f.Title)
	}
	for i, a := range d.Also {
		k.both(index("also", i)+".title", a.Title)
	}
	for i, r := range d.Remarks {
		k.both(index("remarks", i)+".text", r.Text)
	}
}

// filled matches what is filled in in a sentence.
var filled = regexp.MustCompile(`\{[^}]*\}`)

// sentence checks the sentence that says the figure.
func (k *kpiCheck) sentence() {
	k.both("sentence", k.d.Sentence)
	k.swedish("sentence.sv", k.d.Sentence.SV)
	for i, s := range []string{k.d.Sentence.SV, k.d.Sentence.EN} {
		field := []string{"sentence.sv", "sentence.en"}[i]
		if strings.HasSuffix(s, ".") {
			k.fault(field, "want no full stop: what it was a year ago may follow")
		}
		if len(filled.FindAllString(s, -1)) == 0 {
			k.fault(field, "want a figure in it: {n}, {of}, {percent} or {value}")
		}
		for _, name := range filled.FindAllString(s, -1) {
			if !slices.Contains([]string{"{n}", "{of}", "{percent}", "{value}", "{population}"}, name) {
				k.fault(field, "%s is not filled in: want {n}, {of}, {percent}, {value} or {population}", name)
			}
		}
	}
}

// both wants a text in both languages, and two texts.
func (e *entryCheck) both(field string, t finding.Text) {
	switch {
	case strings.TrimSpace(t.SV) == "" && strings.TrimSpace(t.EN) == "":
		e.fault(field, "is missing: want sv and en")
	case strings.TrimSpace(t.SV) == "":
		e.fault(field+".sv", "is missing")
	case strings.TrimSpace(t.EN) == "":
		e.fault(field+".en", "is missing")
	case t.SV == t.EN && strings.Contains(t.SV, " "):
		e.fault(field, "is the same in both languages")
	}
	for i, s := range []string{t.SV, t.EN} {
		if s != strings.TrimSpace(s) || strings.Contains(s, "  ") {
			e.fault(field+[]string{".sv", ".en"}[i], "has spaces too many")
		}
	}
}

// swedish refuses jargon.
func (e *entryCheck) swedish(field, s string) {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, w := range words {
		for _, j := range jargon() {
			begin, open := strings.CutSuffix(j, "*")
			if w == begin || open && strings.HasPrefix(w, begin) {
				e.fault(field, "%s is not a word for those who read this", w)
			}
		}
	}
}

func lastRune(s string) string {
	r := []rune(strings.TrimSpace(s))
	return string(r[len(r)-1:])
}
