package kpi_test

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// TestTheShippedCatalogueEvaluatesOnTheRealStore has a source for every kind
// that maps every field, so that every text runs on the store's own relations,
// for the present and for a day that is past.
func TestTheShippedCatalogueEvaluatesOnTheRealStore(t *testing.T) {
	s := newStore(t)
	for _, sc := range record.Schemas() {
		var fields []string
		for _, f := range sc.Fields {
			fields = append(fields, f.Name)
		}
		for _, c := range sc.Children {
			fields = append(fields, string(sc.Kind)+"."+c.Name)
		}
		r := record.New(sc.Kind, "one")
		if sc.EventTime != "" {
			if err := r.SetInt(sc.EventTime, day(-40).Unix()); err != nil {
				t.Fatal(err)
			}
		}
		c := collection{source: store.SourceInfo{Name: "k_" + string(sc.Kind), Plugin: "table"}, mapped: fields, at: day(0)}
		c.apply(t, s, r)
		c.at = day(2)
		r.EffectiveFrom = day(1).Unix()
		c.apply(t, s, r)
	}
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	e := kpi.New(c, decision.Set{}, s)
	for _, at := range []store.Point{{AsOf: day(3), KnownAt: day(3)}, {AsOf: day(1), KnownAt: day(3)}, {AsOf: day(1), KnownAt: day(1)}} {
		fs := evaluate(t, e, at)
		if len(fs) != len(c.KPIs) {
			t.Fatalf("got %d findings of %d KPIs", len(fs), len(c.KPIs))
		}
		for _, f := range fs {
			if f.Outcome == finding.Error {
				t.Errorf("%s as of %s: %s", f.KPI, at.AsOf, f.Reason.EN)
			}
		}
		if at.KnownAt.Equal(at.AsOf) {
			continue
		}
		for _, d := range c.KPIs {
			if _, err := e.Explain(t.Context(), d.ID, at, 5); err != nil {
				t.Errorf("explain %s as of %s: %v", d.ID, at.AsOf, err)
			}
		}
	}
}

// TestWhatNoSourceHasIsSaidInWords has a source for every kind that maps nothing
// but names.
func TestWhatNoSourceHasIsSaidInWords(t *testing.T) {
	s := newStore(t)
	for _, sc := range record.Schemas() {
		r := record.New(sc.Kind, "one")
		if sc.EventTime != "" {
			if err := r.SetInt(sc.EventTime, day(-40).Unix()); err != nil {
				t.Fatal(err)
			}
		}
		collection{source: store.SourceInfo{Name: "k_" + string(sc.Kind), Plugin: "table"}, mapped: []string{"name"}, at: day(0)}.apply(t, s, r)
	}
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	lacking := 0
	for _, f := range evaluate(t, kpi.New(c, decision.Set{}, s), store.Point{AsOf: day(1), KnownAt: day(1)}) {
		if f.Reason == nil || !strings.HasPrefix(f.Reason.SV, "Ingen källa visar ") {
			continue
		}
		lacking++
		if said := (wording.Words{}).Why(*f.Reason); strings.ContainsAny(strings.TrimSuffix(said, "."), "._:()") {
			t.Errorf("%s: %s", f.KPI, said)
		}
	}
	if lacking < 60 {
		t.Errorf("only %d measures lack a field", lacking)
	}
}
