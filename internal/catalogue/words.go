package catalogue

import (
	"regexp"
	"slices"
)

var word = regexp.MustCompile(`[a-z_][a-z0-9_]*`)

// ViewsOf are the views that a KPI's definition names, directly, through another
// view or through a KPI that its formula names.
func (c Catalogue) ViewsOf(kpi string) []View {
	views, _ := c.reach(kpi)
	return views
}

// Words are the words of a KPI's definition and of all that it leads to: what
// it reads is among them, whatever else is too.
func (c Catalogue) Words(kpi string) []string {
	_, words := c.reach(kpi)
	return words
}

func (c Catalogue) reach(kpi string) (views []View, words []string) {
	var texts []string
	seen := map[string]bool{}
	definition := func(id string) {
		i := slices.IndexFunc(c.KPIs, func(d Definition) bool { return d.ID == id })
		if i < 0 || seen[id] {
			return
		}
		seen[id] = true
		if text, err := Write(c.KPIs[i:i+1], nil); err == nil {
			texts = append(texts, string(text))
		}
	}
	definition(kpi)
	for ; len(texts) > 0; texts = texts[1:] {
		for _, w := range word.FindAllString(texts[0], -1) {
			if slices.Contains(words, w) {
				continue
			}
			words = append(words, w)
			definition(w)
			if i := slices.IndexFunc(c.Views, func(v View) bool { return v.Name == w }); i >= 0 {
				views, texts = append(views, c.Views[i]), append(texts, c.Views[i].SQL)
			}
		}
	}
	return views, words
}
