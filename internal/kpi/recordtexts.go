package kpi

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Texts are the two forms of a figure's SQL.
type Texts struct {
	// Portable runs in plain sqlite3 over tables of the populations' rows.
	Portable string
	// AsRun are the statements that the figure was measured with.
	AsRun string
	// Rows is false where the portable form needs rows that are held back.
	Rows bool
}

// SQL returns the texts of a figure; false if it has none.
func (rec *Recording) SQL(kpi string) (Texts, bool) {
	x, ok := rec.texts[kpi]
	return x, ok
}

// emptyReader is a reader whose relations stand as tables.
type emptyReader struct{ store.Reader }

func (emptyReader) With(...string) string { return "" }

// figureTexts makes the texts of a figure, and notes what they read.
func (rec *Recording) figureTexts(t *task) error {
	x := Texts{Rows: true}
	var err error
	if x.Portable, err = t.auditorText(emptyReader{rec.r}); err != nil {
		return err
	}
	var run []string
	for _, sp := range t.specs {
		one, err := rec.s.texts.statement(rec.r, sp.use, nil, sp.body())
		if err != nil {
			return err
		}
		run = append(run, one+";\n")
	}
	x.AsRun = strings.Join(run, "\n")
	words := strings.FieldsFunc(x.Portable, func(r rune) bool { return r > 127 || !isWord(byte(r)) })
	relations := merge(slices.Clone(t.use.relations), t.pop.rel)
	for _, rel := range relations {
		if _, inline := rec.s.texts.own[rel]; inline && rel != t.pop.rel {
			continue
		}
		p := rec.relation(rel)
		x.Rows = x.Rows && !p.partial
		for _, w := range words {
			p.words[w] = true
		}
	}
	rec.texts[t.def.ID] = x
	return nil
}
