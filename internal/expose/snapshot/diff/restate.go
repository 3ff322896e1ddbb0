package diff

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Restated is an old figure computed anew in the way that the new one is, or
// why it could not be.
type Restated struct {
	KPI      string       `json:"id"`
	Title    finding.Text `json:"title"`
	Unit     string       `json:"unit"`
	MethodA  int          `json:"method_a"`
	MethodB  int          `json:"method_b"`
	OldByOld *Amounts     `json:"old_by_old_method"`
	OldByNew *Amounts     `json:"old_by_new_method"` // null: Why says why
	NewByNew *Amounts     `json:"new_by_new_method"`
	From     string       `json:"from,omitempty"` // where the old records were read from
	Why      string       `json:"why,omitempty"`

	by *finding.Finding // the old figure by the new method
}

func restatedOf(rs []Restated, kpi string) *Restated {
	if i := slices.IndexFunc(rs, func(r Restated) bool { return r.KPI == kpi }); i >= 0 {
		return &rs[i]
	}
	return nil
}

// restate computes the old figure anew for every measure that is counted in a
// new way. Records are trusted with the new method where they give the old
// figure by the old method, and not otherwise.
func restate(ctx context.Context, a, b *snapshot.Snapshot, defs compared, engines []Engine) ([]Restated, error) {
	var out []Restated
	var ids []string
	for _, now := range b.Definitions {
		if defs.method(now.ID) == "" {
			continue
		}
		old, _ := a.Figure(now.ID)
		is, _ := b.Figure(now.ID)
		r := Restated{KPI: now.ID, Title: now.Title, Unit: now.Unit, MethodA: defs.a[now.ID].Method, MethodB: now.Method, OldByOld: amounts(old), NewByNew: amounts(is)}
		switch {
		case !hasValue(old):
			r.Why = "siffran saknades i A"
		case !defs.whole:
			r.Why = defs.why
		case len(engines) == 0:
			r.Why = "underlaget i A kan inte läsas, och inget register är angivet"
		default:
			ids = append(ids, now.ID)
		}
		out = append(out, r)
	}
	for _, e := range engines {
		if len(ids) == 0 {
			break
		}
		if err := restateWith(ctx, a, defs, e, ids, out); err != nil {
			return nil, err
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return restatedOf(out, id).OldByNew != nil })
	}
	return out, nil
}

// restateWith tries one engine for some measures.
func restateWith(ctx context.Context, a *snapshot.Snapshot, defs compared, e Engine, ids []string, out []Restated) error {
	control, err := e.Evaluate(ctx, a, defs.old, ids)
	if err == nil {
		var now []finding.Finding
		if now, err = e.Evaluate(ctx, a, defs.now, ids); err == nil {
			for _, id := range ids {
				r := restatedOf(out, id)
				r.take(e, defs, findingOf(control, id), findingOf(now, id))
			}
			return ctx.Err()
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, id := range ids {
		r := restatedOf(out, id)
		r.because(e, err.Error())
	}
	return nil
}

// take keeps a figure by the new method if the records may be trusted with it.
func (r *Restated) take(e Engine, defs compared, control, now *finding.Finding) {
	why := e.Holds(*definition(defs.old, r.KPI), *definition(defs.now, r.KPI))
	switch {
	case why != "":
		r.because(e, why)
	case control == nil || now == nil:
		r.because(e, "måttet går inte att räkna")
	case !hasValue(control):
		r.because(e, "med den gamla metoden går det inte att räkna: "+reason(control))
	case !alike(control.Value, r.OldByOld.Value) || !alike(control.Numerator, r.OldByOld.Numerator) || !alike(control.Denominator, r.OldByOld.Denominator):
		r.because(e, "den gamla metoden ger i dag en annan siffra än den som står i A, så raderna är inte desamma")
	case now.Suppressed:
		r.because(e, "för få för att visas")
	case !hasValue(now):
		r.because(e, reason(now))
	default:
		r.by, r.OldByNew, r.From, r.Why = now, amounts(now), e.Name(), ""
	}
}

// because adds why an engine could not restate a figure.
func (r *Restated) because(e Engine, why string) {
	why = e.Name() + ": " + strings.TrimSuffix(why, ".")
	if r.Why != "" {
		why = r.Why + "; " + why
	}
	r.Why = why
}

// alike tells whether two figures are the same but for how they were added up.
func alike(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) <= 1e-9*max(1, math.Abs(*b))
}

func findingOf(fs []finding.Finding, kpi string) *finding.Finding {
	if i := slices.IndexFunc(fs, func(f finding.Finding) bool { return f.KPI == kpi }); i >= 0 {
		return &fs[i]
	}
	return nil
}
