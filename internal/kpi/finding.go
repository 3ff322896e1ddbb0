package kpi

import (
	"context"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// countUnit says what a definition counts where its unit alone does not.
func countUnit(d *catalogue.Definition) string {
	switch {
	case d.OfMoney():
		return "sek"
	case d.Unit == "seconds" && d.Intervals != nil && d.Intervals.Weight != "":
		return "user_time"
	}
	return ""
}

// finding judges a figure: outcome against the target, waivers, stale sources,
// small cells, and the change against an earlier figure.
func (s *session) finding(ctx context.Context, r store.Reader, d *catalogue.Definition, f *figure) (finding.Finding, error) {
	out := finding.Finding{
		KPI: d.ID, Title: d.Title, Unit: d.Unit, MethodVersion: d.Method, Population: f.population,
		AsOf: s.point.AsOf, KnownAt: s.point.KnownAt, Breakdown: []finding.Cell{}, Sources: []finding.Source{},
		NotCounted: slices.Clone(f.notCounted), Remarks: slices.Clone(f.remarks), Coverage: f.coverage,
	}
	out.CountUnit = countUnit(d)
	if f.timed { // the figure stands for the instant it was measured at
		out.AsOf = f.point.AsOf
	}
	out.Sources = s.sourcesOf(f.relations)
	out.Breaks = publicBreaks(s.breaks(d.ID, out.Sources), s.location())
	t := s.target(d.ID, "")
	out.Target = publicTarget(t)
	waivers := s.waivers(d.ID)
	for _, w := range waivers {
		pub := w.Waiver
		pub.Scope = scopeOf(w)
		if pub.Expires == "" && !w.Expires.IsZero() {
			pub.Expires = w.Expires.In(s.location()).Format("2006-01-02")
		}
		out.Waivers = append(out.Waivers, pub)
	}
	if i := slices.IndexFunc(s.engine.decisions.Off, func(o decision.Off) bool { return o.KPI == d.ID }); i >= 0 {
		reason := s.engine.decisions.Off[i].Reason
		out.Outcome, out.Reason = finding.NotApplicable, text(reason, reason)
		return out, nil
	}
	for _, a := range f.also {
		var counts string
		if i := slices.IndexFunc(d.Also, func(p catalogue.AlsoPart) bool { return p.Key == a.key }); i >= 0 {
			part := alsoDefinition(*d, d.Also[i])
			counts = countUnit(&part)
		}
		out.Also = append(out.Also, finding.Also{Key: a.key, Title: a.title, Unit: a.unit, CountUnit: counts, Value: a.value, Numerator: a.num, Denominator: a.den})
	}
	if f.err != nil {
		out.Outcome, out.Reason, out.Also = finding.Error, reasonOf(f.err), nil
		return out, nil
	}
	if f.noData != nil {
		out.Outcome, out.Reason, out.Awaits = finding.NoData, f.noData, f.awaits
		if t != nil {
			out.Level = level(false, false, 0)
		}
		if d.SmallCells == "person" {
			suppress(&out, f)
		}
		return out, nil
	}
	out.Value, out.Numerator, out.Denominator = f.total.value, f.total.num, f.total.den
	v, err := s.weigh(ctx, r, d, t, f.total, f.listed)
	if err != nil { // a bound that cannot be computed is a fault of the definition
		out.Outcome, out.Reason, out.Value, out.Numerator, out.Denominator, out.Also = finding.Error, reasonOf(err), nil, nil, nil, nil
		return out, ctx.Err()
	}
	out.Outcome, out.Pace, out.Level = v.outcome, v.pace, v.level
	s.waive(&out, f, waivers)
	if out.Breakdown, err = s.cells(ctx, r, d, f, waivers); err != nil {
		return out, err
	}
	s.age(&out)
	if d.SmallCells == "person" {
		suppress(&out, f)
	}
	if err := s.previous(ctx, d, &out); err != nil {
		return out, err
	}
	if err := s.forecast(ctx, d, t, &out); err != nil {
		return out, err
	}
	return out, s.compare(ctx, r, d, &out)
}

// waive applies waivers to the total. One for the whole KPI waives it; those
// for records and org units waive it when they cover every failing row.
func (s *session) waive(out *finding.Finding, f *figure, waivers []decision.Waiver) {
	whole := slices.ContainsFunc(waivers, func(w decision.Waiver) bool { return w.Record == "" && w.OrgUnit == "" })
	out.WaivedRows = int64(len(f.accepted))
	if whole {
		out.WaivedRows = int64(f.failing)
	} else {
		out.Failing = failingRows(f)
	}
	covered := f.failing > 0 && float64(len(f.accepted)) >= f.failing
	if (whole || covered) && slices.Contains([]finding.Outcome{finding.NotMet, finding.Partly, finding.NotDue}, out.Outcome) {
		out.Outcome, out.Pace = finding.Waived, ""
	}
}

// cells judges the breakdowns. Only förvaltningar have targets of their own.
func (s *session) cells(ctx context.Context, r store.Reader, d *catalogue.Definition, f *figure, waivers []decision.Waiver) ([]finding.Cell, error) {
	out := []finding.Cell{}
	for _, b := range f.breakdowns {
		for _, c := range b.cells {
			fc := finding.Cell{Dimension: b.dimension, Key: c.key, Label: c.label, Value: c.value, Numerator: c.num, Denominator: c.den, Outcome: finding.Measured}
			switch {
			case c.noData || c.value == nil && c.num == nil && c.den == nil:
				fc.Outcome = finding.NoData
			case b.dimension == "org_unit" && c.key != "" && c.key != restKey:
				v, err := s.weigh(ctx, r, d, s.cellTarget(d.ID, c.key), c.amounts, nil)
				if err != nil {
					return nil, err
				}
				fc.Outcome = v.outcome
				if fc.Outcome == finding.NotMet && slices.ContainsFunc(waivers, func(w decision.Waiver) bool {
					return w.Record == "" && (w.OrgUnit == "" || w.OrgUnit == c.key)
				}) {
					fc.Outcome = finding.Waived
				}
			}
			out = append(out, fc)
		}
	}
	return out, nil
}

// sourcesOf lists the sources behind relations with how late they are. Late is
// twice the interval; old is content untouched for longer than the source's
// limit. A retired source is neither.
func (s *session) sourcesOf(relations []string) []finding.Source {
	out := []finding.Source{}
	now := s.point.KnownAt
	for _, src := range s.feeding(relations) {
		fs := finding.Source{Name: src.Name, LastSuccess: src.LastSuccess, ContentAt: src.ContentAt}
		if retired := !src.RetiredOn.IsZero() && !src.RetiredOn.After(now); !retired {
			fs.Late = src.Interval > 0 && now.Sub(src.LastSuccess) > 2*src.Interval
			fs.OldContent = src.ContentMaxAge > 0 && !src.ContentAt.IsZero() && now.Sub(src.ContentAt) > src.ContentMaxAge
		}
		out = append(out, fs)
	}
	return out
}

// age makes a finding stale when a source behind it is late or its content old.
// The figure stays; what it means against the target is no longer said.
func (s *session) age(out *finding.Finding) {
	for _, src := range out.Sources {
		switch {
		case src.OldContent:
			day := src.ContentAt.In(s.location()).Format("2006-01-02")
			out.Outcome, out.Pace = finding.Stale, ""
			out.Reason = text(fmt.Sprintf("Innehållet i källan %s ändrades senast %s.", src.Name, day), fmt.Sprintf("The content of %s was last changed %s.", src.Name, day))
			return
		case src.Late:
			out.Outcome, out.Pace = finding.Stale, ""
			sv, en := "har aldrig lästs.", "has never been read."
			if !src.LastSuccess.IsZero() {
				at := src.LastSuccess.In(s.location()).Format("2006-01-02 15:04")
				sv, en = "lästes senast "+at+".", "was last read "+at+"."
			}
			out.Reason = text("Källan "+src.Name+" "+sv, "The source "+src.Name+" "+en)
			return
		}
	}
}
