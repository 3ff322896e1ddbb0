package page

import (
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/peers"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Peers is how a figure stands beside other municipalities'.
type Peers struct {
	Group, Said string
	Rows        []PeerRow // the own municipality among them; empty where they are not shown
	Counts      bool      // some row has counts beside its value
}

// PeerRow is one municipality, or the middle of them.
type PeerRow struct {
	Name   string
	Figure wording.Figure
	Day    string
	Own    bool
	value  float64
}

// peers is the comparison of the whole municipality, nil where there is none.
func (f Frame) peers(x finding.Finding) *Peers {
	p := x.Peers
	if p == nil {
		return nil
	}
	out := &Peers{Group: p.Group, Said: f.Text(p.Say())}
	if len(p.Values) == 0 || p.Median == nil || p.Own == nil {
		return out
	}
	amount := func(v float64) string { return peers.Amount(f.Words, x, p.Per != "", v) }
	for _, o := range p.Values {
		r := PeerRow{Name: o.Name, Day: f.DayText(o.AsOf), Figure: wording.Figure{Value: amount(*o.Value)}, value: *o.Value}
		if o.Numerator != nil && o.Denominator != nil && x.Unit == "share" && p.Per == "" {
			r.Figure.Counts = f.Pair(wording.Pair{Value: o.Value, Numerator: o.Numerator, Denominator: o.Denominator, Unit: x.Unit, CountUnit: x.CountUnit}).Counts
		}
		out.Rows = append(out.Rows, r)
	}
	own := PeerRow{Name: f.Municipality, Own: true, Day: f.DayText(x.AsOf.In(calendar.Location()).Format("2006-01-02")), Figure: wording.Figure{Value: amount(*p.Own)}, value: *p.Own}
	if p.Per == "" {
		own.Figure.Counts = f.Pair(wording.Of(x)).Counts
	}
	out.Rows = append(out.Rows, own)
	slices.SortStableFunc(out.Rows, func(a, b PeerRow) int {
		switch {
		case a.value > b.value:
			return -1
		case a.value < b.value:
			return 1
		}
		return 0
	})
	out.Counts = slices.ContainsFunc(out.Rows, func(r PeerRow) bool { return r.Figure.Counts != "" })
	return out
}
