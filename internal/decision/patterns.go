package decision

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/pattern"
)

// priorityRE is what may follow a pattern: "Skola * (prioritet: 5)". A source
// may follow it as it may follow a name.
var priorityRE = regexp.MustCompile(`^(.*\S)\s*\(prioritet:\s*(-?\d{1,6})\)$`)

// patternColumns are the columns of patterns and what each holds.
func patternColumns() []struct{ key, kind string } {
	return []struct{ key, kind string }{{"patterns", pattern.Wildcard}, {"ou", pattern.OU}, {"cost_centres", pattern.CostCentre}}
}

// patterns reads the forms of names of one identity.
func (in *interpreter) patterns(e entry) []store.Pattern {
	var out []store.Pattern
	for _, col := range patternColumns() {
		c := e.cells[col.key]
		for _, text := range c.list {
			p := store.Pattern{Kind: col.kind, Text: text}
			for range 2 { // the two additions in either order
				if m := sourceRE.FindStringSubmatch(p.Text); m != nil {
					p.Text, p.Source = m[1], m[2]
				}
				if m := priorityRE.FindStringSubmatch(p.Text); m != nil {
					p.Text = m[1]
					p.Priority, _ = strconv.Atoi(m[2]) // the expression lets nothing else through
				}
			}
			if _, err := pattern.New(p.Kind, p.Text); err != nil {
				in.faultf(c.at, "%s", err)
				continue
			}
			out = append(out, p)
		}
	}
	return out
}

// writtenPattern is a pattern as the files have it.
func writtenPattern(p store.Pattern) string {
	out := p.Text
	if p.Priority != 0 {
		out += " (prioritet: " + strconv.Itoa(p.Priority) + ")"
	}
	if p.Source != "" {
		out += " (källa: " + p.Source + ")"
	}
	return out
}

// checkPatterns refuses two patterns that are one, and ranges of cost centres
// that share any, in two identities at one time: which of them is meant would
// be a guess. Other patterns that happen to fit one name are counted as unclear.
func (in *interpreter) checkPatterns() {
	for i, a := range in.set.Identities {
		for j, b := range in.set.Identities[:i] {
			if a.Scheme != b.Scheme || a.ID == b.ID || !overlap(a.ValidFrom, a.ValidTo, b.ValidFrom, b.ValidTo) {
				continue
			}
			for _, p := range a.Patterns {
				for _, q := range b.Patterns {
					if what := clash(p, q); what != "" {
						in.faultf(in.identityAt[i], "%s har två ägare, %s och %s; det andra är %s. Ge det som ska gå före en prioritet", what, a.Name, b.Name, in.identityAt[j].from(in.identityAt[i]))
					}
				}
			}
		}
	}
}

// clash names what two patterns claim both; "" if nothing.
func clash(p, q store.Pattern) string {
	if p.Priority != q.Priority || p.Source != q.Source {
		return ""
	}
	a, errA := pattern.New(p.Kind, p.Text)
	b, errB := pattern.New(q.Kind, q.Text)
	switch {
	case errA != nil || errB != nil:
		return "" // said already
	case a.Overlap(b):
		return "kostnadsställen i " + strings.Join([]string{p.Text, q.Text}, " och ")
	case a.Same(b):
		return "mönstret ”" + p.Text + "”"
	}
	return ""
}
