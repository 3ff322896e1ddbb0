package pdf

import (
	"fmt"
	"strings"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// signs tell a state. They are drawn, since fonts have some of them and not others.
const signs = "●○◐■□▲△▼▽◆◇"

// glyphs know which letters the fonts have; all three have the same.
type glyphs struct {
	font *sfnt.Font
	buf  sfnt.Buffer
	has  map[rune]bool
}

func newGlyphs() (*glyphs, error) {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	return &glyphs{font: f, has: map[rune]bool{}}, nil
}

func (g *glyphs) known(r rune) bool {
	if r < 0x7f {
		return r >= ' '
	}
	if known, ok := g.has[r]; ok {
		return known
	}
	i, err := g.font.GlyphIndex(&g.buf, r)
	g.has[r] = err == nil && i != 0 && r <= 0xffff
	return g.has[r]
}

// clean writes a text with the letters that the fonts have: letters in one
// piece, white space as blanks, nothing that is not seen, and ? for the rest.
func (g *glyphs) clean(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r == '\u00a0' || r == '\u202f' || r == '\u2007':
			b.WriteRune('\u00a0') // kept until the lines are broken
		case r == '\u00ad' || r == '\ufeff' || r >= '\u200b' && r <= '\u200f' || r >= '\u202a' && r <= '\u202e' || r == '\u2060':
		case r == '\u2010' || r == '\u2011':
			b.WriteByte('-')
		case strings.ContainsRune(signs, r) || g.known(r):
			b.WriteRune(r)
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// plain is a text as it is put on paper: a blank that holds two words together
// has done so by then, and whoever searches types an ordinary one.
func (p *paper) plain(s string) string {
	return strings.ReplaceAll(p.glyphs.clean(s), "\u00a0", " ")
}

// part is a sign, or text without any.
type part struct {
	sign rune
	text string
}

func parts(s string) []part {
	if !strings.ContainsAny(s, signs) {
		if s == "" {
			return nil
		}
		return []part{{text: s}}
	}
	var out []part
	for s != "" {
		i := strings.IndexAny(s, signs)
		if i < 0 {
			return append(out, part{text: s})
		}
		if i > 0 {
			out = append(out, part{text: s[:i]})
		}
		r := []rune(s[i:])[0]
		out = append(out, part{sign: r})
		s = s[i+len(string(r)):]
	}
	return out
}
