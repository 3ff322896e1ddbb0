package peers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// counted is what decides a figure; titles, texts, evidence and breakdowns do
// not. The order of the fields is part of the sum.
type counted struct {
	ID          string                 `json:"id"`
	Record      string                 `json:"record"`
	Shape       string                 `json:"shape"`
	Population  string                 `json:"population"`
	Narrow      *[2]string             `json:"narrow"`
	Exclude     []string               `json:"exclude"`
	Pass        string                 `json:"pass"`
	Measure     string                 `json:"measure"`
	Of          string                 `json:"of"`
	Fields      [][2]string            `json:"fields"`
	Quantile    float64                `json:"quantile"`
	GroupPass   string                 `json:"group_pass"`
	Numerator   *catalogue.Part        `json:"numerator"`
	Denominator *catalogue.Part        `json:"denominator"`
	Per         float64                `json:"per"`
	Related     *catalogue.RelatedPart `json:"related"`
	Planned     *catalogue.PlannedPart `json:"planned"`
	Intervals   *catalogue.Interval    `json:"intervals"`
	Formula     string                 `json:"formula"`
	Base        *catalogue.Base        `json:"base"`
	Window      *catalogue.Window      `json:"window"`
	Clock       string                 `json:"clock"`
	Unit        string                 `json:"unit"`
	Views       []string               `json:"views"`
	Rule        string                 `json:"rule"` // the municipality's own length of a "rule:…"
	Said        string                 `json:"said"` // the population as it was, with what it was measured with
}

// Method names how a figure is counted: its method version and a sum over what
// decides it, "2-9f86d081884c7d65". Two figures of one id with different
// methods are not compared. rules are the lengths that the municipality has
// decided, population is the finding's own.
func Method(c catalogue.Catalogue, d *catalogue.Definition, rules map[string]string, population finding.Text) string {
	x := counted{
		ID: d.ID, Record: string(d.Record), Shape: string(d.Shape), Population: spaced(d.Population), Pass: spaced(d.Pass), Measure: spaced(d.Measure),
		Of: spaced(d.Of), Quantile: d.Quantile, GroupPass: spaced(d.GroupPass), Numerator: d.Numerator, Denominator: d.Denominator, Per: d.Per,
		Related: d.Related, Planned: d.Planned, Intervals: d.Intervals, Formula: spaced(d.Formula), Base: d.Base, Window: d.Window, Clock: d.Clock, Unit: d.Unit, Said: population.SV,
	}
	if d.Related != nil {
		if rule, ok := strings.CutPrefix(d.Related.MaxAge, "rule:"); ok {
			x.Rule = rules[rule]
		}
	}
	if d.Narrow != nil {
		x.Narrow = &[2]string{spaced(d.Narrow.When), spaced(d.Narrow.Population)}
	}
	for _, e := range d.Exclude {
		x.Exclude = append(x.Exclude, spaced(e.When))
	}
	for _, f := range d.Fields {
		x.Fields = append(x.Fields, [2]string{f.Key, spaced(f.Filled)})
	}
	b, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprintf("%d-", d.Method) // no part of it can fail to be written
	}
	if x.Views = views(c, string(b)); x.Views != nil {
		if b, err = json.Marshal(x); err != nil {
			return fmt.Sprintf("%d-", d.Method)
		}
	}
	sum := sha256.Sum256(b)
	return fmt.Sprintf("%d-%s", d.Method, hex.EncodeToString(sum[:8]))
}

// views are the shared sub-selects that a text names, those that they name
// among them, by name.
func views(c catalogue.Catalogue, text string) []string {
	var out []string
	taken := map[string]bool{}
	for again := true; again; {
		again = false
		for _, v := range c.Views {
			if !taken[v.Name] && names(text, v.Name) {
				taken[v.Name], again = true, true
				text += " " + v.SQL
				out = append(out, v.Name+": "+spaced(v.SQL))
			}
		}
	}
	slices.Sort(out)
	return out
}

// names tells whether a text holds a name as a word of its own.
func names(text, name string) bool {
	for i := 0; ; {
		at := strings.Index(text[i:], name)
		if at < 0 {
			return false
		}
		at += i
		if i = at + len(name); !word(text, at-1) && !word(text, i) {
			return true
		}
	}
}

func word(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// spaced is a text with its white space evened out.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// Comparable tells whether a definition's figure means anything beside others':
// one that is itself a comparison, or the way to a target of one's own, does not.
func Comparable(d *catalogue.Definition) bool {
	return d.Shape != catalogue.PeerGap && d.Shape != catalogue.Progress
}

// Absolute tells the figures that grow with the municipality: counts, and sums
// of money and time. A cost per employee does not.
func Absolute(d *catalogue.Definition, f finding.Finding) bool {
	switch {
	case f.Unit == "count", f.CountUnit == "user_time", d.Shape == catalogue.CountOf, d.Shape == catalogue.Distinct, d.Shape == catalogue.Intervals:
		return true
	case d.Shape == catalogue.Arithmetic:
		return f.Unit == "sek"
	}
	return d.Shape == catalogue.Ratio && d.Denominator != nil && d.Denominator.Record == "one_year" // a sum over a year
}
