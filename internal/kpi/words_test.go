package kpi_test

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestAShareOfMoneyNamesItsValuesUnitsAndSuppliers(t *testing.T) {
	s := newStore(t)
	decided := []store.Identity{{Scheme: "supplier", ID: "nord", Name: "Nordsystem AB"}}
	if err := s.SetIdentities(t.Context(), decided, day(0)); err != nil {
		t.Fatal(err)
	}
	ledger := store.SourceInfo{Name: "ekonomi", Plugin: "table"}
	collection{source: ledger, mapped: []string{"booked_at", "amount_sek", "category", "supplier", "org_unit"}, at: day(0)}.apply(t, s,
		rec(t, record.Cost, "a", "booked_at", day(-10), "amount_sek", 30.0, "category", "security", "supplier", "Nordsystem AB"),
		rec(t, record.Cost, "b", "booked_at", day(-10), "amount_sek", 90.0, "category", "staff", "supplier", "Nordsystem AB"))
	d := catalogue.Definition{
		ID: "security", Record: record.Cost, Shape: catalogue.Ratio, Unit: "share", Direction: "none", Method: 1,
		Numerator:   &catalogue.Part{Record: record.Cost, Population: "category = 'security'", Sum: "amount_sek"},
		Denominator: &catalogue.Part{Record: record.Cost, Sum: "amount_sek"},
		Breakdowns:  []catalogue.Breakdown{{Dimension: "category"}, {Dimension: "supplier"}},
		Evidence:    catalogue.Evidence{Label: "supplier"},
	}
	set := decision.Set{Identities: decided}
	f, err := kpi.New(catalogueOf(d), set, s).Explain(t.Context(), "security", store.Point{AsOf: day(1)}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if f.CountUnit != "sek" || value(f) != "0.2500" {
		t.Errorf("got %s in %q (%v)", value(f), f.CountUnit, f.Reason)
	}
	labels := map[string]string{}
	for _, c := range f.Breakdown {
		labels[c.Dimension+" "+c.Key] = c.Label
	}
	if labels["category security"] != "Säkerhet" || labels["category staff"] != "Personal" || labels["supplier nord"] != "Nordsystem AB" {
		t.Errorf("got labels %v", labels)
	}
	if len(f.Evidence) != 1 || f.Evidence[0].Label != "Nordsystem AB" {
		t.Errorf("got rows %+v", f.Evidence)
	}
}

func TestTheKindOfACostIsNotTheKindOfAUnit(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "ekonomi", Plugin: "table"}, mapped: []string{"booked_at", "amount_sek", "kind"}, at: day(0)}.apply(t, s,
		rec(t, record.Cost, "a", "booked_at", day(-10), "amount_sek", 500.0, "kind", "opex"))
	collection{source: store.SourceInfo{Name: "organisation", Plugin: "table"}, mapped: []string{"name", "kind", "headcount"}, at: day(0)}.apply(t, s,
		rec(t, record.OrgUnit, "k", "name", "Kommunen", "kind", "kommun", "headcount", 10))
	d := catalogue.Definition{
		ID: "per_head", Record: record.Cost, Shape: catalogue.Ratio, Unit: "sek", Direction: "none", Method: 1,
		Numerator:   &catalogue.Part{Record: record.Cost, Sum: "amount_sek"},
		Denominator: &catalogue.Part{Record: record.OrgUnit, Population: "headcount IS NOT NULL", Sum: "headcount"},
		Breakdowns:  []catalogue.Breakdown{{Dimension: "kind"}},
	}
	f := evaluate(t, kpi.New(catalogueOf(d), decision.Set{}, s), store.Point{AsOf: day(1)})[0]
	if value(f) != "50.0000" || len(f.Breakdown) != 1 {
		t.Fatalf("got %s by %+v", value(f), f.Breakdown)
	}
	if c := f.Breakdown[0]; c.Key != "opex" || c.Label != "Drift" || c.Value == nil || *c.Value != 50 {
		t.Errorf("got %+v", c)
	}
}

func TestUsersTimeAddedUpIsToldApartFromThatOfPlaces(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "natet", Plugin: "table"}, mapped: []string{"kind", "started_at", "ended_at", "users", "site"}, at: day(0)}.apply(t, s,
		rec(t, record.Observation, "a", "kind", "outage", "started_at", day(-10), "ended_at", day(-9), "users", 40, "site", "Skolan"))
	plain := &catalogue.Interval{Start: "started_at", End: "ended_at", Hours: "all"}
	weighted := *plain
	weighted.Weight = "users"
	everything := "kind = 'outage' AND users > 0"
	d := catalogue.Definition{
		ID: "lost", Record: record.Observation, Shape: catalogue.Intervals, Unit: "seconds", Direction: "down", Method: 1,
		Population: "kind = 'outage'", Intervals: &weighted,
		Also: []catalogue.AlsoPart{{Key: "places", Intervals: plain}, {Key: "some", Population: &everything}},
	}
	f, err := kpi.New(catalogueOf(d), decision.Set{}, s).Explain(t.Context(), "lost", store.Point{AsOf: day(1)}, 10)
	if err != nil {
		t.Fatal(err)
	}
	beside := map[string]string{}
	for _, a := range f.Also {
		beside[a.Key] = a.CountUnit
	}
	if f.CountUnit != "user_time" || beside["places"] != "" || beside["some"] != "user_time" {
		t.Errorf("got %q, beside it %+v (%v)", f.CountUnit, f.Also, f.Reason)
	}
}

// The costs are there and nobody has said how many the employees are: that is
// what is told, and not that there are no costs.
func TestWhatIsMissingBelowTheLineIsToldAsThat(t *testing.T) {
	perHead := catalogue.Definition{ID: "per_head", Record: record.Cost, Shape: catalogue.Ratio, Unit: "sek", Direction: "down", Method: 1,
		PopulationText: finding.Text{SV: "it-kostnader"}, Numerator: &catalogue.Part{Record: record.Cost, Sum: "amount_sek"}, Denominator: &catalogue.Part{Record: record.OrgUnit, Sum: "headcount"}}
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "reskontra", Plugin: "table"}, mapped: []string{"amount_sek", "booked_at"}, at: day(0)}.apply(t, s, rec(t, record.Cost, "a", "amount_sek", 100.0, "booked_at", day(-5)))
	collection{source: store.SourceInfo{Name: "enheter", Plugin: "table"}, mapped: []string{"name", "headcount"}, at: day(0)}.apply(t, s, rec(t, record.OrgUnit, "soc", "name", "Socialförvaltningen", "headcount", nil))
	f := evaluate(t, kpi.New(catalogueOf(perHead), decision.Set{}, s), store.Point{AsOf: day(3), KnownAt: day(3)})[0]
	if f.Outcome != finding.NoData || f.Reason == nil || !strings.HasPrefix(f.Reason.SV, "Inget är känt om ") || !strings.HasSuffix(f.Reason.SV, " att dela med.") {
		t.Errorf("%s %+v", f.Outcome, f.Reason)
	}
}
