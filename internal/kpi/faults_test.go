package kpi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func TestABadDefinitionIsAnErrorAndTheOthersStillEvaluate(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, manyModes(300)...)...)
	bad := func(id, pass string) catalogue.Definition {
		d := ssoKPI()
		d.ID, d.Pass, d.Breakdowns = id, pass, nil
		return d
	}
	forever := "(SELECT count(*) FROM system a JOIN system b ON b.id <> a.id JOIN system c ON c.id <> b.id JOIN system d ON d.id <> c.id) > 1"
	ds := []catalogue.Definition{
		ssoKPI(),
		bad("does_not_parse", "sso_mode = "),
		bad("unknown_column", "sso_mod = 'sso'"),
		bad("double_quotes", `"sso_mod" = 'sso'`),
		bad("pragma", "PRAGMA query_only = 0"),
		bad("stacked", "sso_mode = 'sso'; DROP TABLE system"),
		bad("attach", "ATTACH 'x.db' AS x"),
		bad("vacuum", "VACUUM INTO 'copy.db'"),
		bad("blob", "length(randomblob(1000000000)) > 1"),
		bad("value", "user_count"),
		bad("runs_forever", forever),
		bad("by_zero", "1 / (length(sso_mode) - 3) > 0"),
	}
	e := kpi.New(catalogueOf(ds...), decision.Set{}, s, kpi.WithDeadline(2*time.Second)) // which the others stay far below
	start := time.Now()
	fs := evaluate(t, e, store.Point{AsOf: day(1), KnownAt: day(1)})
	if took := time.Since(start); took > time.Minute { // it would last for days
		t.Errorf("took %s with a deadline of 2 s", took)
	}
	want(t, fs[0], "0.5000", finding.Measured)
	reasons := map[string]string{"unknown_column": "sso_mode", "runs_forever": "avbröts", "by_zero": "noll", "stacked": ";"}
	for _, f := range fs[1:] {
		if f.Outcome != finding.Error || f.Value != nil || f.Reason == nil || !strings.Contains(f.Reason.SV, reasons[f.KPI]) {
			t.Errorf("%s: got %s, %s, %v", f.KPI, f.Outcome, value(f), f.Reason)
		}
	}
}

// manyModes alternates none and sso.
func manyModes(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = []string{"none", "sso"}[i%2]
	}
	return out
}

func TestEvaluationEndsWhenItIsCancelled(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, manyModes(300)...)...)
	d := ssoKPI()
	d.Pass = "(SELECT count(*) FROM system a JOIN system b ON b.id <> a.id JOIN system c ON c.id <> b.id JOIN system e ON e.id <> c.id) > 1"
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := kpi.New(catalogueOf(d), decision.Set{}, s).Evaluate(ctx, store.Point{AsOf: day(1), KnownAt: day(1)}); err == nil {
		t.Error("want an error")
	}
	if took := time.Since(start); took > time.Minute { // it would last for days
		t.Errorf("took %s", took)
	}
}
