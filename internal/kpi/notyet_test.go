package kpi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The registry is known of earlier days, the accounts are not: what matches the
// two has no figure for such a day, where a zero would say that every owner had
// left. When the accounts are known of that day too, it has one.
func TestWhatWasNotReadForAnEarlierDayIsNotAZero(t *testing.T) {
	early := func(rs ...record.Record) []record.Record {
		for i := range rs {
			rs[i].EffectiveFrom = day(-30).Unix()
		}
		return rs
	}
	matched := catalogue.Definition{ID: "matched", Record: record.System, Shape: catalogue.Share, Unit: "share", Direction: "up", Method: 1,
		PopulationText: finding.Text{SV: "alla system"}, Pass: "EXISTS (SELECT 1 FROM account WHERE account.enabled = 1)"}
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, early(systems(t, "sso", "none")...)...)
	accounts := collection{source: store.SourceInfo{Name: "katalog", Plugin: "ldap"}, mapped: []string{"enabled"}, at: day(0)}
	accounts.apply(t, s, rec(t, record.Account, "a1", "enabled", 1))
	e := kpi.New(catalogueOf(ssoKPI(), matched), decision.Set{}, s)

	then := store.Point{AsOf: day(-10), KnownAt: day(3)}
	fs := evaluate(t, e, then)
	want(t, fs[0], "0.5000", finding.Measured) // needs the registry alone
	if f := fs[1]; f.Outcome != finding.NoData || f.Reason == nil || !strings.Contains(f.Reason.SV, "konton") {
		t.Errorf("%s %v %v", f.Outcome, f.Value, f.Reason)
	}
	want(t, evaluate(t, e, store.Point{AsOf: day(3), KnownAt: day(3)})[1], "1.0000", finding.Measured)

	accounts.at = day(1)
	accounts.apply(t, s, early(rec(t, record.Account, "a1", "enabled", 1))...)
	want(t, evaluate(t, e, then)[1], "1.0000", finding.Measured)
}

// A list of breaks begins in the spring. The time lost in the year up to the
// spring is not known, while a share of what is known still is one; and the
// present says what it has.
func TestTheYearBeforeAListOfEventsBeganIsNotCounted(t *testing.T) {
	window := &catalogue.Window{Field: "started_at", Length: "12m"}
	all := finding.Text{SV: "alla avbrott"}
	lost := catalogue.Definition{ID: "lost", Record: record.Observation, Shape: catalogue.Intervals, Unit: "seconds", Direction: "down", Method: 1,
		PopulationText: all, Population: "kind = 'outage' AND planned = 1", Window: window, Intervals: &catalogue.Interval{Start: "started_at", End: "ended_at", Hours: "all"}}
	many := catalogue.Definition{ID: "many", Record: record.Observation, Shape: catalogue.CountOf, Unit: "count", Direction: "down", Method: 1,
		PopulationText: all, Population: "kind = 'outage'", Window: window}
	share := catalogue.Definition{ID: "share", Record: record.Observation, Shape: catalogue.Share, Unit: "share", Direction: "down", Method: 1,
		PopulationText: all, Population: "kind = 'outage'", Pass: "planned = 1", Window: window}
	s := newStore(t)
	source := collection{source: store.SourceInfo{Name: "avbrott", Plugin: "table"}, mapped: []string{"kind", "started_at", "ended_at", "planned"}, at: day(0)}
	outage := func(id string, from int, planned int) record.Record {
		return rec(t, record.Observation, id, "kind", "outage", "started_at", day(from), "ended_at", day(from).Add(time.Hour), "planned", planned)
	}
	source.apply(t, s, outage("a", -400, 0), outage("b", -390, 0), outage("c", -10, 1), rec(t, record.Observation, "d", "kind", "counter", "started_at", day(-3000)))
	e := kpi.New(catalogueOf(lost, many, share), decision.Set{}, s)

	before := evaluate(t, e, store.Point{AsOf: day(-200), KnownAt: day(3)})
	for _, f := range before[:2] {
		if f.Outcome != finding.NoData || f.Reason == nil || !strings.Contains(f.Reason.SV, "Det äldsta som är känt är från den") {
			t.Errorf("%s: %s %v %v", f.KPI, f.Outcome, f.Value, f.Reason)
		}
	}
	want(t, before[2], "0.0000", finding.Measured)
	// Of planned ones there is a single one, and the list began long before it.
	then := evaluate(t, e, store.Point{AsOf: day(-1), KnownAt: day(3)})
	want(t, then[0], "3600.0000", finding.Measured)
	want(t, then[1], "1.0000", finding.Measured)
	// Before the first of them, and before anything was read, no year is a zero.
	// Once the list is read, a year without any is one.
	for _, f := range evaluate(t, e, store.Point{AsOf: day(-1000), KnownAt: day(3)})[:2] {
		if f.Outcome != finding.NoData || f.Reason == nil || !strings.Contains(f.Reason.SV, "var inläst för den dagen") {
			t.Errorf("%s: %s %v %v", f.KPI, f.Outcome, f.Value, f.Reason)
		}
	}
	quiet := newStore(t)
	source.apply(t, quiet, rec(t, record.Observation, "d", "kind", "counter", "started_at", day(-3000)))
	for _, f := range evaluate(t, kpi.New(catalogueOf(lost, many), decision.Set{}, quiet), store.Point{AsOf: day(10), KnownAt: day(30)}) {
		want(t, f, "0.0000", finding.Measured)
	}
	// Nothing stands before the present: the figure is what there is.
	now := evaluate(t, e, store.Point{AsOf: day(3), KnownAt: day(3)})
	want(t, now[0], "3600.0000", finding.Measured)
}
