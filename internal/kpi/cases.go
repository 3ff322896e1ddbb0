package kpi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// CaseResult is how a case came out: it passed if Faults is empty.
type CaseResult struct {
	Case    catalogue.Case
	Faults  []string // every difference, "numerator: want 75, got 74"
	Finding finding.Finding
}

// RunCases runs every case of a catalogue against a database of its own in
// memory. It returns one result per case, in order; a case that ctx cuts short
// has that as its fault.
func RunCases(ctx context.Context, c catalogue.Catalogue) []CaseResult {
	out := make([]CaseResult, len(c.Cases))
	for i, one := range c.Cases {
		f, err := runCase(ctx, c, one)
		out[i] = CaseResult{Case: one, Finding: f}
		if err != nil {
			out[i].Faults = []string{err.Error()}
			continue
		}
		out[i].Faults = compare(one.Want, f)
	}
	return out
}

// runCase evaluates a case's KPI, together with the KPIs that a formula names.
func runCase(ctx context.Context, c catalogue.Catalogue, one catalogue.Case) (f finding.Finding, err error) {
	m, e, at, err := openCase(ctx, c, one)
	if m != nil {
		defer func() { err = errors.Join(err, m.db.Close()) }()
	}
	if err != nil {
		return f, err
	}
	return e.Explain(ctx, one.KPI, at, 1000)
}

// openCase makes the database and the engine of a case.
func openCase(ctx context.Context, c catalogue.Catalogue, one catalogue.Case) (*memory, *Engine, store.Point, error) {
	var at store.Point
	asOf, err := time.Parse(time.RFC3339, one.AsOf)
	if err != nil {
		return nil, nil, at, fmt.Errorf("as_of: %w", err)
	}
	only := catalogue.Catalogue{Views: c.Views, KPIs: withOperands(c.KPIs, one.KPI)}
	if len(only.KPIs) == 0 {
		return nil, nil, at, fmt.Errorf("there is no KPI %s", one.KPI)
	}
	m, err := openMemory(ctx)
	if err != nil {
		return nil, nil, at, err
	}
	l := loader{memory: m, loc: calendar.Location(), asOf: asOf}
	if err := l.load(ctx, one); err != nil {
		return m, nil, at, err
	}
	if err := l.calendar(ctx); err != nil {
		return m, nil, at, err
	}
	set, err := l.decisions(one)
	if err != nil {
		return m, nil, at, err
	}
	return m, New(only, set, m, WithWorkers(1)), store.Point{AsOf: asOf, KnownAt: asOf}, nil
}

// withOperands returns the KPI and those that its formulas need.
func withOperands(all []catalogue.Definition, id string) []catalogue.Definition {
	want := map[string]bool{id: true}
	for grown := true; grown; {
		grown = false
		for i := range all {
			if !want[all[i].ID] {
				continue
			}
			for j := range all {
				if !want[all[j].ID] && names(&all[i], all[j].ID) {
					want[all[j].ID], grown = true, true
				}
			}
		}
	}
	var out []catalogue.Definition
	for _, d := range all {
		if want[d.ID] {
			out = append(out, d)
		}
	}
	return out
}

// calendar gives the case the usual opening hours of the years around it.
func (l *loader) calendar(ctx context.Context) error {
	c, err := calendar.New(calendar.Hours{})
	if err != nil {
		return err
	}
	return l.setCalendar(ctx, c.Days(l.asOf.AddDate(-2, 0, 0), l.asOf.AddDate(1, 0, 0)))
}

// decisions reads what a case decides.
func (l *loader) decisions(one catalogue.Case) (decision.Set, error) {
	set := decision.Set{Rules: one.Rules}
	for i, t := range one.Targets {
		target, err := l.target(one.KPI, t)
		if err != nil {
			return set, fmt.Errorf("targets[%d]: %w", i, err)
		}
		set.Targets = append(set.Targets, target)
	}
	for i, w := range one.Waivers {
		waiver, err := l.waiver(one.KPI, w)
		if err != nil {
			return set, fmt.Errorf("waivers[%d]: %w", i, err)
		}
		set.Waivers = append(set.Waivers, waiver)
	}
	for i, w := range one.Rows["waiver"] {
		waiver, err := l.waiver("", w)
		if err != nil {
			return set, fmt.Errorf("rows.waiver[%d]: %w", i, err)
		}
		set.Waivers = append(set.Waivers, waiver)
	}
	for _, n := range one.None {
		set.None = append(set.None, decision.DeclaredNone{Record: n})
	}
	return set, nil
}

func (l *loader) target(kpi string, m map[string]any) (decision.Target, error) {
	t := decision.Target{KPI: kpi, Target: finding.Target{Kind: "value"}}
	var errs []error
	for k, v := range m {
		switch k {
		case "kpi":
			t.KPI = fmt.Sprint(v)
		case "org_unit":
			t.OrgUnit = fmt.Sprint(v)
		case "kind":
			t.Kind = fmt.Sprint(v)
		case "value", "low", "high", "base":
			n, ok := asNumber(v)
			if !ok {
				errs = append(errs, fmt.Errorf("%s: want a number, got %v", k, v))
			}
			*map[string]**float64{"value": &t.Value, "low": &t.Low, "high": &t.High, "base": &t.Base}[k] = &n
		case "list":
			for _, x := range asList(v) {
				t.List = append(t.List, fmt.Sprint(x))
			}
		case "due":
			t.Due = day(v)
		case "decision":
			t.Decision = fmt.Sprint(v)
		case "state":
			t.State = fmt.Sprint(v)
		case "base_date", "valid_from", "valid_to":
			at, err := time.ParseInLocation("2006-01-02", day(v), l.loc)
			errs = append(errs, err)
			*map[string]*time.Time{"base_date": &t.BaseDate, "valid_from": &t.ValidFrom, "valid_to": &t.ValidTo}[k] = at
		default:
			errs = append(errs, fmt.Errorf("unknown key %s", k))
		}
	}
	return t, errors.Join(errs...)
}

func (l *loader) waiver(kpi string, m map[string]any) (decision.Waiver, error) {
	w := decision.Waiver{KPI: kpi}
	var errs []error
	for k, v := range m {
		switch k {
		case "kpi":
			w.KPI = fmt.Sprint(v)
		case "org_unit":
			w.OrgUnit = fmt.Sprint(v)
		case "record":
			w.Record = fmt.Sprint(v)
		case "name", "decision":
			w.Decision = fmt.Sprint(v)
		case "by":
			w.By = fmt.Sprint(v)
		case "reason":
			w.Reason = fmt.Sprint(v)
		case "instead":
			w.Instead = fmt.Sprint(v)
		case "from":
			at, err := time.ParseInLocation("2006-01-02", day(v), l.loc)
			errs = append(errs, err)
			w.From = at
		case "expires", "expires_at":
			w.Waiver.Expires = day(v)
			end, ok := endOfDay(day(v), l.loc)
			if !ok {
				errs = append(errs, fmt.Errorf("%s: want a day, got %v", k, v))
			}
			w.Expires = end
		case "id", "place", "repeat":
		default:
			errs = append(errs, fmt.Errorf("unknown key %s", k))
		}
	}
	return w, errors.Join(errs...)
}

// day reads a day that YAML may have taken for a time.
func day(v any) string {
	if t, ok := v.(time.Time); ok {
		return t.Format("2006-01-02")
	}
	return fmt.Sprint(v)
}
