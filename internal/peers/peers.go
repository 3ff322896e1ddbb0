// Package peers holds a figure against those of other municipalities that count
// it in the same way. It is pure: who they are and what they counted has been
// read by the source exchange and comes in as arguments.
package peers

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Fewest is how many other municipalities a comparison needs: where each one's
// figure may be shown, and where only the middle one is.
const (
	FewestShown  = 3
	FewestHidden = 5
)

// oldest is how much older than the own figure another may be, in days.
const oldest = 366

// perInhabitants is how many inhabitants counts and money are given per.
const perInhabitants = 1000

// Settings are what the group of municipalities has agreed.
type Settings struct {
	// Source is the name of the source that reads the others' files; "" is no
	// comparison at all.
	Source  string
	Group   string // what the group is called
	Minimum int    // fewest others that are compared with
	Show    bool   // each one's figure may be shown
	// Inhabitants of the own municipality; 0 is not known.
	Inhabitants float64
}

// Figure is one other municipality's figure of one day.
type Figure struct {
	Code, Name             string
	Method                 string // as [Method] gives it
	AsOf                   time.Time
	Value                  float64
	Numerator, Denominator *float64
	Inhabitants            float64 // 0 is not known
}

// Own is the figure that is compared.
type Own struct {
	Finding finding.Finding
	Method  string
	// Absolute: it is a sum that grows with the municipality, see [Absolute].
	Absolute bool
	// Location is the zone that days are told in.
	Location *time.Location
}

// Compare holds a figure against those of others. It is nil where there is
// nothing to say: no group, no figure of one's own, nobody else has it.
func Compare(own Own, others []Figure, s Settings) *finding.Peers {
	f := own.Finding
	if s.Source == "" || len(others) == 0 || f.Value == nil || f.Suppressed {
		return nil
	}
	p := &finding.Peers{Group: s.Group}
	c := comparison{own: own, settings: s, absolute: own.Absolute}
	if c.absolute {
		p.Per = "inhabitants"
	}
	if p.Reason = c.incomparable(); p.Reason != nil {
		return p
	}
	value := c.amount(*f.Value, s.Inhabitants)
	p.Own = &value
	taken := c.at(others, f.AsOf, p)
	p.Count = len(taken)
	if p.Count < s.Minimum {
		p.Own, p.Reason = nil, tooFew(p, s)
		return p
	}
	slices.SortFunc(taken, func(a, b Figure) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code)) })
	median := c.median(taken)
	difference := value - median
	p.Median, p.Difference = &median, &difference
	first, last := span(taken)
	p.From, p.To = c.day(first), c.day(last)
	if s.Show {
		for _, x := range taken {
			v := c.amount(x.Value, x.Inhabitants)
			p.Values = append(p.Values, finding.Peer{Code: x.Code, Name: x.Name, Value: &v, Numerator: x.Numerator, Denominator: x.Denominator, AsOf: c.day(x.AsOf)})
		}
	}
	p.Earlier = c.earlier(others, taken)
	p.Sentence = c.say(p)
	return p
}

// comparison is what one call of Compare knows throughout.
type comparison struct {
	own      Own
	settings Settings
	absolute bool
}

// incomparable says why the own figure is compared with none.
func (c comparison) incomparable() *finding.Text {
	f := c.own.Finding
	switch {
	case f.Unit == "share" && finding.Few(f.Denominator):
		return text("Jämförs inte med andra kommuner: siffran bygger på färre än tio rader.",
			"Not compared with other municipalities: the figure stands on fewer than ten rows.")
	case c.absolute && c.settings.Inhabitants <= 0:
		return text("Jämförs inte med andra kommuner: antal och belopp jämförs per 1 000 invånare, och kommunens invånarantal är inte angivet.",
			"Not compared with other municipalities: counts and amounts are compared per 1,000 inhabitants, and the municipality's number of inhabitants is not given.")
	}
	return nil
}

// amount is a figure as it is compared.
func (c comparison) amount(v, inhabitants float64) float64 {
	if c.absolute {
		return v / inhabitants * perInhabitants
	}
	return v
}

// at takes each municipality's newest comparable figure of a day, and counts in
// p, unless it is nil, the municipalities that are left out and why.
func (c comparison) at(others []Figure, day time.Time, p *finding.Peers) []Figure {
	newest := map[string]Figure{}
	for _, x := range others {
		if x.AsOf.After(day) || x.AsOf.Before(day.AddDate(0, 0, -oldest)) || c.absolute && x.Inhabitants <= 0 {
			continue
		}
		if old, ok := newest[x.Code]; !ok || x.AsOf.After(old.AsOf) {
			newest[x.Code] = x
		}
	}
	var out []Figure
	for _, code := range slices.Sorted(maps.Keys(newest)) {
		x := newest[code]
		otherwise, few := x.Method != c.own.Method, c.own.Finding.Unit == "share" && finding.Few(x.Denominator)
		switch {
		case !otherwise && !few:
			out = append(out, x)
		case p == nil:
		case otherwise:
			p.Otherwise++
		default:
			p.Few++
		}
	}
	return out
}

func (c comparison) median(fs []Figure) float64 {
	values := make([]float64, len(fs))
	for i, x := range fs {
		values[i] = c.amount(x.Value, x.Inhabitants)
	}
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return (values[n/2-1] + values[n/2]) / 2
}

// earlier is the distance a year before to the same municipalities, where all
// of them and the own municipality have a figure of then.
func (c comparison) earlier(others, now []Figure) *finding.PeersEarlier {
	was := c.own.Finding.Previous
	if was == nil || was.Period != "year" || was.Value == nil || was.Trend == "not_comparable" || c.absolute {
		return nil // how many inhabitants there were then is not known
	}
	day, err := time.ParseInLocation(time.DateOnly, was.AsOf, c.own.Location)
	if err != nil {
		return nil
	}
	then := c.at(others, day.AddDate(0, 0, 1).Add(-time.Second), nil)
	same := func(a, b Figure) bool { return a.Code == b.Code }
	slices.SortFunc(then, byCode)
	if now = slices.SortedFunc(slices.Values(now), byCode); !slices.EqualFunc(then, now, same) {
		return nil
	}
	median := c.median(then)
	difference := *was.Value - median
	return &finding.PeersEarlier{AsOf: was.AsOf, Count: len(then), Median: &median, Difference: &difference}
}

func byCode(a, b Figure) int { return cmp.Compare(a.Code, b.Code) }

func span(fs []Figure) (first, last time.Time) {
	first, last = fs[0].AsOf, fs[0].AsOf
	for _, x := range fs {
		if x.AsOf.Before(first) {
			first = x.AsOf
		}
		if x.AsOf.After(last) {
			last = x.AsOf
		}
	}
	return first, last
}

func (c comparison) day(t time.Time) string { return t.In(c.own.Location).Format(time.DateOnly) }
