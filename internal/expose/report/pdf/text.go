package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is text in one style.
type run struct {
	style style
	text  string
}

// row is a line of text; words of a style that stand beside each other are one run.
type row []run

func span(s style, text string) []run { return []run{{s, text}} }

// width is how wide a text is, in points.
func (p *paper) width(s style, text string) float64 {
	p.use(s)
	w := 0.0
	for _, part := range parts(p.plain(text)) {
		if part.sign != 0 {
			w += s.size
			continue
		}
		w += p.f.GetStringWidth(part.text)
	}
	return w
}

// put writes a text with its first letter at x. It returns where it ends.
func (p *paper) put(s style, x, baseline float64, text string) float64 {
	for _, part := range parts(p.plain(text)) {
		if part.sign != 0 {
			p.sign(part.sign, x, baseline, s)
			x += s.size
			continue
		}
		p.use(s)
		p.f.Text(x, baseline, part.text)
		x += p.f.GetStringWidth(part.text)
	}
	return x
}

// wrap breaks text into lines no wider than width.
func (p *paper) wrap(runs []run, width float64) []row {
	var out []row
	var cur row
	used := 0.0
	flush := func() {
		if len(cur) > 0 {
			out = append(out, cur)
		}
		cur, used = nil, 0
	}
	for _, r := range runs {
		blank := p.width(r.style, " ")
		for _, word := range strings.FieldsFunc(p.glyphs.clean(r.text), func(c rune) bool { return c == ' ' }) {
			w := p.width(r.style, word)
			if used > 0 && used+blank+w > width {
				flush()
			}
			for w > width {
				var first string
				first, word = p.cut(r.style, word, width)
				cur = append(cur, run{r.style, first})
				flush()
				w = p.width(r.style, word)
			}
			if n := len(cur); n > 0 && cur[n-1].style == r.style {
				cur[n-1].text += " " + word
				used += blank + w
				continue
			} else if n > 0 {
				used += blank
			}
			cur = append(cur, run{r.style, word})
			used += w
		}
	}
	flush()
	return out
}

// cut takes as much of a long word as there is room for: up to a place where it
// may be read on, else with a hyphen. Figures are not divided while there is
// another place.
func (p *paper) cut(s style, word string, width float64) (first, rest string) {
	fits, place, within := 0, 0, 0
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		if p.width(s, word[:end]+"-") > width && fits > 0 {
			break
		}
		fits = end
		switch {
		case r == '\u00a0' && digit(word[:i], utf8.DecodeLastRuneInString) && digit(word[end:], utf8.DecodeRuneInString):
			within = end
		case strings.ContainsRune("-/._@:;,\u00a0", r):
			place = end
		}
	}
	if fits >= len(word) {
		_, last := utf8.DecodeLastRuneInString(word)
		fits = len(word) - last
	}
	for _, at := range []int{place, within} {
		if at > fits/3 && at <= fits {
			return strings.TrimRight(word[:at], "\u00a0"), word[at:]
		}
	}
	before, _ := utf8.DecodeLastRuneInString(word[:fits])
	after, _ := utf8.DecodeRuneInString(word[fits:])
	if unicode.IsLetter(before) && unicode.IsLetter(after) {
		return word[:fits] + "-", word[fits:]
	}
	return word[:fits], word[fits:]
}

func digit(s string, decode func(string) (rune, int)) bool {
	r, _ := decode(s)
	return unicode.IsDigit(r)
}

// short is a text on one line, cut with an ellipsis where it is too wide.
func (p *paper) short(s style, text string, width float64) string {
	text = p.glyphs.clean(text)
	if p.width(s, text) <= width {
		return text
	}
	for text != "" && p.width(s, text+"…") > width {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
	}
	return strings.TrimRight(text, " ·") + "…"
}

// line writes a line of text and returns where it ends.
func (p *paper) line(r row, x, baseline float64) float64 {
	for i, part := range r {
		if i > 0 {
			x += p.width(part.style, " ")
		}
		x = p.put(part.style, x, baseline, part.text)
	}
	return x
}

func (p *paper) rowWidth(r row) float64 {
	w := 0.0
	for i, part := range r {
		if i > 0 {
			w += p.width(part.style, " ")
		}
		w += p.width(part.style, part.text)
	}
	return w
}

// flow writes lines under each other from where the page is filled, on as many
// pages as it takes, and never leaves one line alone. beside draws what stands
// beside the lines of a page, before them.
func (p *paper) flow(lines []row, s style, x float64, beside func(y, height float64)) {
	h := s.height()
	for len(lines) > 0 {
		n := min(len(lines), int(p.left()/h))
		switch {
		case n == len(lines):
		case n < 2 && p.y > top+1, len(lines) < 4 && p.y > top+1:
			p.page()
			continue
		case len(lines)-n == 1 && n > 2:
			n--
		}
		n = max(n, 1)
		if beside != nil {
			beside(p.y, float64(n)*h)
		}
		for _, l := range lines[:n] {
			p.line(l, x, p.y+h*0.76)
			p.y += h
		}
		if lines = lines[n:]; len(lines) > 0 {
			p.page()
		}
	}
}
