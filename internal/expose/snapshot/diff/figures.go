package diff

import (
	"cmp"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Change is what became of a figure.
type Change string

// The changes. Zero is a figure; no data is not.
const (
	Same          Change = "same"           // to the last digit
	Unchanged     Change = "unchanged"      // about the same: too little to say anything of
	Better        Change = "better"         //
	Worse         Change = "worse"          //
	Changed       Change = "changed"        // no direction says what better is
	NotComparable Change = "not_comparable" // Why says why
	Appeared      Change = "appeared"       // there was no figure in A
	Vanished      Change = "vanished"       // there is none in B
	Absent        Change = "absent"         // there is a figure in neither
)

// Figure is one measure, or one förvaltning's part of it, in both snapshots.
type Figure struct {
	KPI       string       `json:"id"`
	Title     finding.Text `json:"title"`
	Area      string       `json:"area"`
	Unit      string       `json:"unit"`
	CountUnit string       `json:"count_unit,omitempty"`
	OrgUnit   string       `json:"org_unit,omitempty"`
	Name      string       `json:"name,omitempty"` // of the förvaltning
	A         *Amounts     `json:"a"`              // null: the measure is not in the snapshot
	B         *Amounts     `json:"b"`
	Change    Change       `json:"change"`
	Why       string       `json:"why,omitempty"`
	// Restated is what became of the figure when the old one is counted as the
	// new one is; "" where it is counted as before, or cannot be restated.
	Restated Change   `json:"restated,omitempty"`
	Units    []Figure `json:"org_units,omitempty"`
}

// Amounts is a figure as it stands in a snapshot.
type Amounts struct {
	Value       *float64        `json:"value"`
	Numerator   *float64        `json:"numerator"`
	Denominator *float64        `json:"denominator"`
	Outcome     finding.Outcome `json:"outcome"`
	Suppressed  bool            `json:"suppressed,omitempty"`
	Reason      string          `json:"reason,omitempty"`
}

func amounts(f *finding.Finding) *Amounts {
	if f == nil {
		return nil
	}
	a := &Amounts{Value: f.Value, Numerator: f.Numerator, Denominator: f.Denominator, Outcome: f.Outcome, Suppressed: f.Suppressed}
	if f.Reason != nil {
		a.Reason = f.Reason.SV
	}
	return a
}

// figures compares every measure of both snapshots, in the order of B, those
// that B no longer has last.
func figures(a, b *snapshot.Snapshot, defs compared, restated []Restated) []Figure {
	var out []Figure
	for i := range b.Figures {
		now := &b.Figures[i]
		old, _ := a.Figure(now.KPI)
		out = append(out, figure(old, now, defs, restated, a.About.AsOf, b.About.AsOf))
	}
	for i := range a.Figures {
		if _, ok := b.Figure(a.Figures[i].KPI); !ok {
			out = append(out, figure(&a.Figures[i], nil, defs, restated, a.About.AsOf, b.About.AsOf))
		}
	}
	return out
}

// figure compares one measure. old or now may be nil.
func figure(old, now *finding.Finding, defs compared, restated []Restated, from, to time.Time) Figure {
	f := now
	if f == nil {
		f = old
	}
	out := Figure{
		KPI: f.KPI, Title: f.Title, Area: defs.of(f.KPI).Area, Unit: f.Unit, CountUnit: f.CountUnit,
		A: amounts(old), B: amounts(now),
	}
	if old != nil && now != nil && defs.reworded(f.KPI) { // the same rows in other words
		x := *old
		x.Population, old = now.Population, &x
	}
	k := comparison{direction: defs.of(f.KPI).Direction, method: defs.method(f.KPI), from: from, to: to}
	out.Change, out.Why = k.change(old, now)
	r := restatedOf(restated, f.KPI)
	if r != nil && r.by != nil {
		out.Restated, _ = comparison{direction: k.direction, from: from, to: to}.change(r.by, now)
	}
	for _, key := range unitKeys(old, now) {
		x, y := unit(old, key), unit(now, key)
		u := Figure{KPI: f.KPI, Title: f.Title, Unit: f.Unit, CountUnit: f.CountUnit, OrgUnit: key, Name: unitName(key, now, old), A: amounts(x), B: amounts(y)}
		u.Change, u.Why = k.change(x, y)
		if r != nil && r.by != nil && x != nil {
			if z := unit(r.by, key); z != nil {
				u.Restated, _ = comparison{direction: k.direction, from: from, to: to}.change(z, y)
			}
		}
		out.Units = append(out.Units, u)
	}
	return out
}

// comparison is what must be known to say what a change is.
type comparison struct {
	direction string
	method    string // why the two are counted differently, "" if they are not
	from, to  time.Time
}

func hasValue(f *finding.Finding) bool {
	return f != nil && f.Value != nil && f.Outcome.HasValue() && !f.Suppressed
}

func (k comparison) change(old, now *finding.Finding) (Change, string) {
	switch {
	case old == nil:
		return Appeared, "måttet fanns inte i A"
	case now == nil:
		return Vanished, "måttet finns inte i B"
	case old.Suppressed || now.Suppressed:
		return NotComparable, "för få för att visas"
	case !hasValue(old) && !hasValue(now):
		return Absent, reason(now)
	case equal(old, now):
		return Same, ""
	case !hasValue(old):
		return Appeared, reason(old)
	case !hasValue(now):
		return Vanished, reason(now)
	case k.method != "":
		return NotComparable, k.method
	case old.Unit != now.Unit || old.Population != now.Population:
		return NotComparable, "siffrorna gäller inte samma rader: " + old.Population.SV + " då, " + now.Population.SV + " nu"
	}
	if b := broken(now.Breaks, k.from, k.to); b != nil {
		return NotComparable, "serien bryts " + dayText(b.On) + ": " + b.Reason
	}
	if finding.Few(old.Denominator) || finding.Few(now.Denominator) {
		return NotComparable, "färre än tio rader säger inget om bättre eller sämre"
	}
	if *old.Value == *now.Value {
		return Unchanged, ""
	}
	if k.direction != "up" && k.direction != "down" {
		return Changed, "måttet säger inte vad som är bättre"
	}
	switch finding.Trend(k.direction, old, now) {
	case "better":
		return Better, ""
	case "worse":
		return Worse, ""
	}
	return Unchanged, ""
}

// same tells whether nothing at all is another.
func (f Figure) same() bool {
	switch f.Change {
	case Same:
		return true
	case Absent:
		return f.A.Outcome == f.B.Outcome
	case NotComparable:
		return f.A.Suppressed && f.B.Suppressed
	}
	return false
}

// equal tells whether two figures are the same to the last digit, with the same
// outcome for the same reason.
func equal(a, b *finding.Finding) bool {
	same := func(x, y *float64) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return same(a.Value, b.Value) && same(a.Numerator, b.Numerator) && same(a.Denominator, b.Denominator) && a.Outcome == b.Outcome && a.Suppressed == b.Suppressed
}

func reason(f *finding.Finding) string {
	if f.Reason != nil && f.Reason.SV != "" {
		return f.Reason.SV
	}
	return f.Outcome.Name().SV
}

// broken finds a break of the series between two instants.
func broken(breaks []finding.Break, from, to time.Time) *finding.Break {
	for i, b := range breaks {
		if b.On > isoDay(from) && b.On <= isoDay(to) {
			return &breaks[i]
		}
	}
	return nil
}

// unitKeys are the förvaltningar of both, by name.
func unitKeys(old, now *finding.Finding) []string {
	var out []string
	for _, f := range []*finding.Finding{now, old} {
		if f == nil {
			continue
		}
		for _, c := range f.Breakdown {
			if c.Dimension == "org_unit" && !slices.Contains(out, c.Key) {
				out = append(out, c.Key)
			}
		}
	}
	slices.SortFunc(out, func(x, y string) int {
		return cmp.Or(unknownLast(x)-unknownLast(y), cmp.Compare(wording.SortKey(unitName(x, now, old)), wording.SortKey(unitName(y, now, old))))
	})
	return out
}

func cell(f *finding.Finding, key string) *finding.Cell {
	if f == nil {
		return nil
	}
	for i, c := range f.Breakdown {
		if c.Dimension == "org_unit" && c.Key == key {
			return &f.Breakdown[i]
		}
	}
	return nil
}

// unit is a förvaltning's part of a figure as a figure of its own. A figure that
// has none of it says so: no row is no data.
func unit(f *finding.Finding, key string) *finding.Finding {
	if f == nil {
		return nil
	}
	out := *f
	out.Breakdown, out.Reason, out.Target = nil, nil, nil
	c := cell(f, key)
	if c == nil {
		out.Value, out.Numerator, out.Denominator, out.Outcome, out.Suppressed = nil, nil, nil, finding.NoData, false
		out.Reason = &finding.Text{SV: "inga rader", EN: "no rows"}
		return &out
	}
	out.Value, out.Numerator, out.Denominator, out.Outcome, out.Suppressed = c.Value, c.Numerator, c.Denominator, c.Outcome, c.Suppressed
	return &out
}

func unitName(key string, fs ...*finding.Finding) string {
	for _, f := range fs {
		if c := cell(f, key); c != nil && c.Label != "" {
			return c.Label
		}
	}
	if key == "" {
		return "Okänd"
	}
	return key
}
