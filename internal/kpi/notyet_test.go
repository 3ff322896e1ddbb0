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
