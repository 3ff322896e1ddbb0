// Package pattern tells whether a name has a form that leads to an identity:
// a wildcard, a regular expression, a path of organisational units in a
// directory, or a range of cost centres. Nothing is matched by likeness.
package pattern

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// The kinds of pattern.
const (
	Wildcard   = "pattern"     // "Grundskolan *", or a regular expression between slashes
	OU         = "ou"          // "OU=Skola,OU=Utbildning"
	CostCentre = "cost_centre" // "4100-4199" or "4250"
)

// Matcher is one compiled pattern.
type Matcher struct {
	kind     string
	glob     string
	re       *regexp.Regexp
	ous      []string
	from, to int64
	digits   int
}

// New compiles a pattern of a kind. The error is a Swedish sentence for who
// wrote it.
func New(kind, text string) (Matcher, error) {
	text = strings.TrimSpace(text)
	m := Matcher{kind: kind}
	switch kind {
	case Wildcard:
		if len(text) > 2 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
			re, err := regexp.Compile("(?i)" + text[1:len(text)-1])
			if err != nil {
				return m, fmt.Errorf("det reguljära uttrycket går inte att tolka: %w", err)
			}
			m.re = re
			return m, nil
		}
		m.glob = fold(text)
		if !strings.ContainsAny(m.glob, "*?") {
			return m, fmt.Errorf("mönstret ”%s” har varken * eller ?; ett helt namn hör hemma bland andra namn", text)
		}
		if strings.Trim(m.glob, "*? ") == "" {
			return m, fmt.Errorf("mönstret ”%s” passar alla namn", text)
		}
		if _, err := path.Match(escaped(m.glob), ""); err != nil {
			return m, fmt.Errorf("mönstret ”%s” går inte att tolka", text)
		}
	case OU:
		if m.ous = units(text); len(m.ous) == 0 || !strings.Contains(strings.ToUpper(text), "OU=") {
			return m, fmt.Errorf("”%s” är ingen katalogsökväg; skriv till exempel OU=Skola,OU=Utbildning", text)
		}
	case CostCentre:
		return m.costCentres(text)
	default:
		return m, fmt.Errorf("okänt slag av mönster ”%s”", kind)
	}
	return m, nil
}

func (m Matcher) costCentres(text string) (Matcher, error) {
	low, high, ranged := strings.Cut(strings.ReplaceAll(text, "–", "-"), "-")
	low, high = strings.TrimSpace(low), strings.TrimSpace(high)
	if !ranged {
		high = low
	}
	var errs [2]error
	m.from, errs[0] = strconv.ParseInt(low, 10, 64)
	m.to, errs[1] = strconv.ParseInt(high, 10, 64)
	m.digits = len(low)
	switch {
	case errs[0] != nil || errs[1] != nil || m.from < 0:
		return m, fmt.Errorf("”%s” är inget kostnadsställe; skriv till exempel 4250 eller 4100-4199", text)
	case len(low) != len(high):
		return m, fmt.Errorf("”%s”: båda ändarna ska ha lika många siffror", text)
	case m.from > m.to:
		return m, fmt.Errorf("”%s”: det första kostnadsstället är större än det sista", text)
	}
	return m, nil
}

// Match tells whether a name has the form. Of several organisational units
// that a path holds, the one nearest the entry goes before those above it:
// nearer is greater. It is 0 for the other kinds, of which none goes before
// another.
func (m Matcher) Match(name string) (nearer int, ok bool) {
	switch {
	case m.re != nil:
		return 0, m.re.MatchString(strings.TrimSpace(name))
	case m.glob != "":
		ok, err := path.Match(escaped(m.glob), strings.ReplaceAll(fold(name), "/", "\x00"))
		return 0, ok && err == nil
	case m.kind == OU:
		return m.matchPath(units(name))
	case m.kind == CostCentre:
		n, digits := number(name)
		return 0, digits == m.digits && m.from <= n && n <= m.to
	}
	return 0, false
}

// matchPath finds the pattern's units in a path, one after the other.
func (m Matcher) matchPath(have []string) (int, bool) {
	for at := 0; at+len(m.ous) <= len(have); at++ {
		same := true
		for i, ou := range m.ous {
			same = same && have[at+i] == ou
		}
		if same {
			return (len(have)-at)*1000 + len(m.ous), true
		}
	}
	return 0, false
}

// Overlap tells whether two ranges of cost centres share any.
func (m Matcher) Overlap(o Matcher) bool {
	return m.kind == CostCentre && o.kind == CostCentre && m.digits == o.digits && m.from <= o.to && o.from <= m.to
}

// Same tells whether two patterns are one.
func (m Matcher) Same(o Matcher) bool {
	switch {
	case m.re != nil || o.re != nil:
		return m.re != nil && o.re != nil && m.re.String() == o.re.String()
	case m.kind == OU:
		return o.kind == OU && strings.Join(m.ous, "\x00") == strings.Join(o.ous, "\x00")
	}
	return m.kind == o.kind && m.kind == Wildcard && m.glob == o.glob
}

// escaped leaves * and ? their meaning and takes it from everything else. A
// slash is no limit to *, as it is in paths.
func escaped(glob string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "/", "\x00").Replace(glob)
}

// number is the cost centre that a name begins with, "4110 Centralskolan", and
// how many digits it has; 0 digits if it begins with none.
func number(name string) (int64, int) {
	name = strings.TrimSpace(name)
	end := 0
	for end < len(name) && name[end] >= '0' && name[end] <= '9' {
		end++
	}
	if end == 0 || end > 18 || end < len(name) && !strings.ContainsRune(" -:;,\t", rune(name[end])) {
		return 0, 0
	}
	n, err := strconv.ParseInt(name[:end], 10, 64)
	if err != nil {
		return 0, 0
	}
	return n, end
}

// units are the organisational units of a distinguished name, the nearest
// first. A path with slashes ("kommun.se/Utbildning/Skola") is read as well.
func units(dn string) []string {
	var out []string
	if !strings.Contains(dn, "=") && strings.Contains(dn, "/") {
		parts := strings.Split(dn, "/")
		for i := len(parts) - 1; i >= 0; i-- {
			if p := fold(parts[i]); p != "" {
				out = append(out, p)
			}
		}
		return out
	}
	for _, rdn := range splitDN(dn) {
		attr, value, ok := strings.Cut(rdn, "=")
		if ok && strings.EqualFold(strings.TrimSpace(attr), "ou") {
			out = append(out, fold(value))
		}
	}
	return out
}

// splitDN takes a distinguished name apart at commas that are not escaped.
func splitDN(dn string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(dn); i++ {
		switch {
		case dn[i] == '\\' && i+1 < len(dn):
			i++
			b.WriteByte(dn[i])
		case dn[i] == ',':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(dn[i])
		}
	}
	return append(out, b.String())
}

func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
