package pdf

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

// columns measures out a table: what the document says, else by what the cells
// hold, and never narrower than a column's longest word as long as the page has
// room for that. Where it has not, the table is set a little smaller.
func (p *paper) columns(t *document.Table) (widths []float64, scale float64) {
	scale = p.scale
	for _, step := range []float64{1, 0.94, 0.88, 0.82} {
		scale = p.scale * step
		word, whole := p.needs(t, scale)
		sum := 0.0
		for _, w := range word {
			sum += w
		}
		if sum > measure && step > 0.83 {
			continue
		}
		return share(t, word, whole), scale
	}
	return nil, scale // not reached: the last step returns
}

// What is longer is broken rather than given its way: words, and figures whose
// parts are held together.
const (
	longWord   = measure / 3
	longFigure = measure / 6
)

// needs are how wide the longest word and the longest text of each column are.
func (p *paper) needs(t *document.Table, scale float64) (word, whole []float64) {
	n := len(t.Columns)
	word, whole = make([]float64, n), make([]float64, n)
	seen := make([]map[string]bool, n)
	at := func(s style) style {
		s.size *= scale
		return s
	}
	look := func(i int, s style, text string) {
		if text == "" || seen[i][text] {
			return
		}
		seen[i][text] = true
		text = p.glyphs.clean(text)
		whole[i] = max(whole[i], p.width(s, text))
		for w := range strings.FieldsSeq(text) {
			most := longWord
			if strings.Contains(w, "\u00a0") {
				most = longFigure
			}
			word[i] = max(word[i], min(p.width(s, w), most))
		}
	}
	for i, c := range t.Columns {
		seen[i] = map[string]bool{}
		look(i, at(column), c.Title)
		for _, r := range t.Rows {
			if i >= len(r) {
				continue
			}
			text := r[i].Text
			if st := r[i].State; st != nil {
				text = strings.TrimSpace(stateText(*st) + " " + text)
			}
			look(i, at(cell), text)
		}
		gap := after(t, i)
		word[i] += gap + 0.5
		whole[i] = max(whole[i]+gap+0.5, word[i])
	}
	return word, whole
}

// share gives each column what it was promised or needs, and evens out until
// none is narrower than its longest word.
func share(t *document.Table, word, whole []float64) []float64 {
	n := len(t.Columns)
	out := make([]float64, n)
	rest, free := measure, 0.0
	for i, c := range t.Columns {
		if c.Width > 0 {
			out[i] = c.Width * measure
			rest -= out[i]
			continue
		}
		free += min(whole[i], measure/2)
	}
	for i, c := range t.Columns {
		if c.Width <= 0 {
			out[i] = max(rest, 0) * min(whole[i], measure/2) / free
		}
	}
	// Whatever was promised, the columns fill the page and no more.
	total := 0.0
	for _, w := range out {
		total += w
	}
	lack, spare := 0.0, 0.0
	for i := range out {
		out[i] *= measure / total
		lack += max(word[i]-out[i], 0)
		spare += max(out[i]-word[i], 0)
	}
	if lack == 0 {
		return out
	}
	take := 1.0
	if spare > 0 {
		take = min(lack/spare, 1)
	}
	give := min(spare/lack, 1)
	for i := range out {
		if d := word[i] - out[i]; d > 0 {
			out[i] += d * give
		} else {
			out[i] += d * take
		}
	}
	return out
}
