package kpi_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestALateCorrectionDoesNotChangeAnOldFigure(t *testing.T) {
	s := newStore(t)
	list := store.SourceInfo{Name: "lista", Plugin: "table"}
	collection{source: list, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, "sso", "none", "none", "none")...)
	corrected := systems(t, "sso", "sso", "none", "none")
	corrected[1].EffectiveFrom = day(-30).Unix() // it had been so all the time
	collection{source: list, mapped: systemFields, at: day(2)}.apply(t, s, corrected...)

	e := kpi.New(catalogueOf(ssoKPI()), decision.Set{}, s)
	for _, c := range []struct {
		name, figure string
		at           store.Point
	}{
		{"as it is now", "0.5000", store.Point{AsOf: day(3), KnownAt: day(3)}},
		{"as it was, as known now", "0.5000", store.Point{AsOf: day(1), KnownAt: day(3)}},
		{"as it was, as known then", "0.2500", store.Point{AsOf: day(1), KnownAt: day(1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := evaluate(t, e, c.at)[0]
			want(t, f, c.figure, finding.Measured)
			if !f.AsOf.Equal(c.at.AsOf) || !f.KnownAt.Equal(c.at.KnownAt) {
				t.Errorf("got as of %s known at %s", f.AsOf, f.KnownAt)
			}
		})
	}
}

func TestTheRowsOfAFindingAtHandAreThoseOfAnExplanation(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, "sso", "none", "sso", "none")...)
	e := kpi.New(catalogueOf(ssoKPI()), decision.Set{}, s)
	at := store.Point{AsOf: day(1), KnownAt: day(1)}
	opt := kpi.ExplainOptions{Limit: 3, Failing: true}
	want, err := e.ExplainWith(t.Context(), "sso", at, opt)
	if err != nil {
		t.Fatal(err)
	}
	f := evaluate(t, e, at)[0]
	got, err := e.RowsOf(t.Context(), f, opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Evidence) != 2 || got.SQL == "" || !reflect.DeepEqual(got.Evidence, want.Evidence) || got.SQL != want.SQL || got.EvidenceTotal != want.EvidenceTotal {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if len(f.Evidence) > 0 || f.SQL != "" {
		t.Error("the finding at hand was changed")
	}
	f.KPI = "annan"
	if _, err := e.RowsOf(t.Context(), f, opt); !errors.Is(err, kpi.ErrUnknownKPI) {
		t.Error(err)
	}
}

func TestTheAuditorsTextRunsOnACopyOfTheStore(t *testing.T) {
	sqlite3 := testneed.Program(t, "sqlite3")
	path := filepath.Join(t.TempDir(), "kommunpuls.db")
	s := openStore(t, path)
	list := store.SourceInfo{Name: "lista", Plugin: "table"}
	collection{source: list, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, "sso", "none", "none", "none")...)
	collection{source: list, mapped: systemFields, at: day(2)}.apply(t, s, systems(t, "sso", "sso", "none", "sso")...)
	wait := catalogue.Definition{ID: "wait", Record: record.Ticket, Shape: catalogue.Quantile, Quantile: 0.9, Measure: "resolved_at - opened_at",
		Window: &catalogue.Window{Field: "opened_at", Length: "12m"}, Unit: "seconds", Direction: "down", Method: 1}
	var tickets []record.Record
	for i := range 37 {
		tickets = append(tickets, rec(t, record.Ticket, "t"+strconv.Itoa(i), "opened_at", day(-20), "resolved_at", day(-20).Add(time.Duration(i*i)*time.Minute)))
	}
	collection{source: store.SourceInfo{Name: "desk", Plugin: "table"}, mapped: []string{"opened_at", "resolved_at"}, at: day(0)}.apply(t, s, tickets...)

	e := kpi.New(catalogueOf(ssoKPI(), wait), decision.Set{}, s)
	for _, at := range []store.Point{{AsOf: day(3), KnownAt: day(3)}, {AsOf: day(1), KnownAt: day(1)}} {
		for _, id := range []string{"sso", "wait"} {
			f, err := e.Explain(t.Context(), id, at, 10)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(f.SQL, ":as_of") || strings.Contains(f.SQL, "percentile_disc") {
				t.Errorf("the text needs more than sqlite3:\n%s", f.SQL)
			}
			cmd := exec.CommandContext(context.WithoutCancel(t.Context()), sqlite3, "-batch", "-readonly", path)
			cmd.Stdin = strings.NewReader(f.SQL)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s\n%s", err, out, f.SQL)
			}
			cells := strings.Split(strings.TrimSpace(string(out)), "|")
			got, err := strconv.ParseFloat(cells[len(cells)-1], 64)
			if err != nil || got != *f.Value {
				t.Errorf("%s at %s: sqlite3 gives %v, the engine %v", id, at.AsOf, cells, *f.Value)
			}
		}
	}
}

func TestABreakdownByAQueueThatNobodySawHasNoDataButTheTotalStands(t *testing.T) {
	s := newStore(t)
	fields := []string{"opened_at", "queue", "category"}
	collection{source: store.SourceInfo{Name: "desk", Plugin: "table"}, mapped: fields, at: day(0)}.apply(t, s,
		rec(t, record.Ticket, "1", "opened_at", day(-10), "queue", "a", "category", "x"),
		rec(t, record.Ticket, "2", "opened_at", day(-8), "queue", "b", "category", "x"))
	e := kpi.New(catalogueOf(queueKPI()), decision.Set{}, s)
	now := evaluate(t, e, store.Point{AsOf: day(1), KnownAt: day(1)})[0]
	want(t, now, "2.0000", finding.Measured)
	if len(now.Breakdown) != 3 {
		t.Errorf("now: %+v", now.Breakdown)
	}
	then := evaluate(t, e, store.Point{AsOf: day(-9), KnownAt: day(1)})[0]
	want(t, then, "1.0000", finding.Measured)
	if len(then.Breakdown) != 2 || then.Breakdown[0].Outcome != finding.NoData || then.Breakdown[0].Value != nil {
		t.Errorf("queue: want no data, got %+v", then.Breakdown)
	}
	if c := then.Breakdown[1]; c.Dimension != "category" || c.Value == nil || *c.Value != 1 {
		t.Errorf("category: want 1, got %+v", c)
	}
}

func TestSourcesBehindAFigureAge(t *testing.T) {
	target := decision.Set{Targets: []decision.Target{{KPI: "sso", Target: finding.Target{Kind: "value", Value: new(0.9)}}}}
	for _, c := range []struct {
		name    string
		source  store.SourceInfo
		header  sdk.Header
		outcome finding.Outcome
		reason  string
	}{
		{"in time", store.SourceInfo{Interval: 24 * time.Hour, ContentMaxAge: 200 * 24 * time.Hour}, sdk.Header{ContentAt: day(-1)}, finding.NotMet, ""},
		{"late", store.SourceInfo{Interval: time.Hour}, sdk.Header{}, finding.Stale, "lästes senast 2026-11-16 09:00"},
		{"read hourly but untouched for 14 months", store.SourceInfo{Interval: 48 * time.Hour, ContentMaxAge: 365 * 24 * time.Hour}, sdk.Header{ContentAt: day(-425)}, finding.Stale, "ändrades senast 2025-09-17"},
		{"retired", store.SourceInfo{Interval: time.Hour, ContentMaxAge: time.Hour, RetiredOn: day(0)}, sdk.Header{ContentAt: day(-425)}, finding.NotMet, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t)
			c.source.Name, c.source.Plugin = "lista", "table"
			collection{source: c.source, mapped: systemFields, at: day(0), header: c.header}.apply(t, s, systems(t, "sso", "none")...)
			f := evaluate(t, kpi.New(catalogueOf(ssoKPI()), target, s), store.Point{AsOf: day(1), KnownAt: day(1)})[0]
			want(t, f, "0.5000", c.outcome)
			reason := ""
			if f.Reason != nil {
				reason = f.Reason.SV
			}
			if !strings.Contains(reason, c.reason) || c.reason == "" && reason != "" {
				t.Errorf("reason: got %q, want %q", reason, c.reason)
			}
			if len(f.Sources) != 1 || f.Sources[0].Name != "lista" {
				t.Errorf("sources: %+v", f.Sources)
			}
		})
	}
}

func TestCoverageIsTheShareWhoseSourceMapsWhatIsNeeded(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "a", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, "sso", "none", "sso")...)
	collection{source: store.SourceInfo{Name: "b", Plugin: "table"}, mapped: []string{"name"}, at: day(0)}.apply(t, s, rec(t, record.System, "other", "name", "Annat"))
	f := evaluate(t, kpi.New(catalogueOf(ssoKPI()), decision.Set{}, s), store.Point{AsOf: day(1), KnownAt: day(1)})[0]
	want(t, f, "0.5000", finding.Measured)
	if f.Coverage == nil || *f.Coverage != 0.75 {
		t.Errorf("coverage: got %v, want 0.75", f.Coverage)
	}
}

func TestOnlyWhatMayHaveChangedIsMeasuredAnew(t *testing.T) {
	s := newStore(t)
	list := collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}
	list.apply(t, s, systems(t, "sso", "none")...)
	desk := collection{source: store.SourceInfo{Name: "desk", Plugin: "table"}, mapped: []string{"opened_at", "queue", "category"}, at: day(0)}
	desk.apply(t, s, rec(t, record.Ticket, "1", "opened_at", day(-10), "queue", "a", "category", "x"))
	windowed := queueKPI()
	windowed.ID, windowed.Window = "windowed", &catalogue.Window{Field: "opened_at", Length: "30d"}
	v := kpi.NewEvaluator(kpi.New(catalogueOf(ssoKPI(), queueKPI(), windowed), decision.Set{}, s), s)
	step := func(name string, at time.Time, measured int, figures ...string) {
		t.Helper()
		fs, err := v.Evaluate(t.Context(), store.Point{AsOf: at, KnownAt: at})
		if err != nil {
			t.Fatal(err)
		}
		if v.Measured() != measured {
			t.Errorf("%s: measured %d anew, want %d", name, v.Measured(), measured)
		}
		for i, want := range figures {
			if value(fs[i]) != want {
				t.Errorf("%s: %s: got %s, want %s", name, fs[i].KPI, value(fs[i]), want)
			}
		}
	}
	step("first", day(1), 3, "0.5000", "1.0000", "1.0000")
	step("a minute later", day(1).Add(time.Minute), 0, "0.5000", "1.0000", "1.0000")
	step("an hour later only the window moves", day(1).Add(time.Hour), 1, "0.5000", "1.0000", "1.0000")
	list.at = day(1).Add(90 * time.Minute)
	list.apply(t, s, systems(t, "sso", "sso")...)
	step("systems changed", day(1).Add(100*time.Minute), 1, "1.0000", "1.0000", "1.0000")
	step("the ticket leaves the window", day(25), 1, "1.0000", "1.0000", "0.0000")
}

// stored is a history of one figure.
type stored []finding.Finding

func (h stored) Newest(_ context.Context, _ string, from, to time.Time) (finding.Finding, error) {
	for _, f := range h {
		if !f.AsOf.Before(from) && f.AsOf.Before(to) {
			return f, nil
		}
	}
	return finding.Finding{}, store.ErrNotFound
}

func TestWordsAboutAChangeNeedMoreThanNoise(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, manyModes(200)...)...)
	old := finding.Finding{KPI: "sso", Value: new(0.4), Denominator: new(200.0), Outcome: finding.Measured, MethodVersion: 1, Unit: "share",
		Population: finding.Text{SV: "alla system", EN: "all systems"}, AsOf: day(-364)}
	for _, c := range []struct {
		name, trend string
		change      func(*finding.Finding)
	}{
		{"ten points up", "better", func(*finding.Finding) {}},
		{"from more", "worse", func(f *finding.Finding) { f.Value = new(0.7) }},
		{"two points", "unchanged", func(f *finding.Finding) { f.Value = new(0.48) }},
		{"another method", "not_comparable", func(f *finding.Finding) { f.MethodVersion = 2 }},
		{"another population", "not_comparable", func(f *finding.Finding) { f.Population.SV = "guldsystem" }},
		{"nothing a year ago", "", func(f *finding.Finding) { f.AsOf = day(-100) }},
		{"no figure a year ago", "", func(f *finding.Finding) { f.Outcome, f.Value = finding.NoData, nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := old
			c.change(&h)
			f := evaluate(t, kpi.New(catalogueOf(ssoKPI()), decision.Set{}, s, kpi.WithHistory(stored{h})), store.Point{AsOf: day(1), KnownAt: day(1)})[0]
			got := ""
			if f.Previous != nil {
				got = f.Previous.Trend
			}
			if got != c.trend {
				t.Errorf("got %q (%+v), want %q", got, f.Previous, c.trend)
			}
		})
	}
}

func TestNothingIsBetterOrWorseAcrossABreak(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, manyModes(200)...)...)
	old := finding.Finding{KPI: "sso", Value: new(0.4), Denominator: new(200.0), Outcome: finding.Measured, MethodVersion: 1, Unit: "share",
		Population: finding.Text{SV: "alla system", EN: "all systems"}, AsOf: day(-364)}
	for _, c := range []struct {
		name, trend string
		breaks      []decision.Break
		shown       []finding.Break
	}{
		{"none", "better", nil, nil},
		{"of the source, between", "not_comparable", []decision.Break{{Source: "lista", On: day(-100), Reason: "Ny lista"}}, []finding.Break{{On: "2026-08-08", Source: "lista", Reason: "Ny lista"}}},
		{"of the figure, between", "not_comparable", []decision.Break{{KPI: "sso", On: day(0), Reason: "Räknas om"}}, []finding.Break{{On: "2026-11-16", Reason: "Räknas om"}}},
		{"before both", "better", []decision.Break{{Source: "lista", On: day(-400), Reason: "Äldre"}}, []finding.Break{{On: "2025-10-12", Source: "lista", Reason: "Äldre"}}},
		{"to come", "better", []decision.Break{{Source: "lista", On: day(2), Reason: "Kommer"}}, nil},
		{"of another source and another figure", "better", []decision.Break{{Source: "annan", On: day(-1)}, {KPI: "annat", On: day(-1)}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := kpi.New(catalogueOf(ssoKPI()), decision.Set{Breaks: c.breaks}, s, kpi.WithHistory(stored{old}))
			f := evaluate(t, e, store.Point{AsOf: day(1), KnownAt: day(1)})[0]
			if f.Previous == nil || f.Previous.Trend != c.trend || !reflect.DeepEqual(f.Breaks, c.shown) {
				t.Errorf("%+v, %+v", f.Previous, f.Breaks)
			}
		})
	}
}

func TestAMergedUnitIsShownAsItWasOrWithItsSuccessor(t *testing.T) {
	s := newStore(t)
	unit := func(id, name, successor string, until time.Time) store.Identity {
		return store.Identity{Scheme: "org_unit", ID: id, Name: name, Kind: "forvaltning", Successor: successor, ValidTo: until}
	}
	split := unit("fritid", "Fritid", "", day(-30))
	split.Successors = []string{"bun", "vard"}
	school := store.Identity{Scheme: "org_unit", ID: "norr", Name: "Skola Norr", Kind: "skola", Parent: "skola"}
	ids := []store.Identity{unit("skola", "Skola", "bun", day(-30)), unit("bun", "Barn och unga", "", time.Time{}), split, school, unit("vard", "Vård", "soc", day(300)), unit("soc", "Social", "", time.Time{})}
	if err := s.SetIdentities(t.Context(), ids, day(0)); err != nil {
		t.Fatal(err)
	}
	recs := systems(t, "sso", "sso", "none", "sso", "sso")
	for i, name := range []string{"Skola", "Skola Norr", "Barn och unga", "Fritid", "Vård"} {
		if err := recs[i].SetText("org_unit", name); err != nil {
			t.Fatal(err)
		}
	}
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: append(slices.Clone(systemFields), "org_unit"), at: day(0)}.apply(t, s, recs...)
	d := ssoKPI()
	d.Breakdowns = []catalogue.Breakdown{{Dimension: "org_unit"}}
	for want, opts := range map[string][]kpi.Option{
		"bun 0/1 fritid 1/1 skola 2/2 vard 1/1 ": nil,
		"bun 2/3 fritid 1/1 vard 1/1 ":           {kpi.WithTodaysOrganisation()},
	} {
		f := evaluate(t, kpi.New(catalogueOf(d), decision.Set{Identities: ids}, s, opts...), store.Point{AsOf: day(1), KnownAt: day(1)})[0]
		got := []string{}
		for _, c := range f.Breakdown {
			got = append(got, fmt.Sprintf("%s %v/%v ", c.Key, *c.Numerator, *c.Denominator))
		}
		slices.Sort(got)
		if strings.Join(got, "") != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// A waiver ends on its day by itself: no record changes, no file is read anew.
func TestAWaiverEndsByItself(t *testing.T) {
	s := newStore(t)
	collection{source: store.SourceInfo{Name: "lista", Plugin: "table"}, mapped: systemFields, at: day(0)}.apply(t, s, systems(t, "sso", "none")...)
	half := 1.0
	set := decision.Set{
		Targets: []decision.Target{{KPI: "sso", Target: finding.Target{Kind: "value", Value: &half}, State: "active"}},
		Waivers: []decision.Waiver{{KPI: "sso", Record: systems(t, "sso", "none")[1].Get("name").S, From: day(0), Expires: day(10), Waiver: finding.Waiver{Decision: "KS § 1", Expires: "2026-11-26"}}},
	}
	e := kpi.New(catalogueOf(ssoKPI()), set, s)
	v := kpi.NewEvaluator(e, s)
	last := time.Date(2026, 11, 26, 22, 59, 59, 0, time.UTC) // 23.59.59 in Stockholm
	for _, c := range []struct {
		at      time.Time
		outcome finding.Outcome
		waived  int64
	}{{day(1), finding.Waived, 1}, {last, finding.Waived, 1}, {last.Add(time.Second), finding.NotMet, 0}, {day(30), finding.NotMet, 0}} {
		fs, err := v.Evaluate(t.Context(), store.Point{AsOf: c.at, KnownAt: c.at})
		if err != nil {
			t.Fatal(err)
		}
		plain := evaluate(t, e, store.Point{AsOf: c.at, KnownAt: c.at})
		for _, f := range []finding.Finding{fs[0], plain[0]} {
			if f.Outcome != c.outcome || f.WaivedRows != c.waived || *f.Denominator != 2 || *f.Numerator != 1 {
				t.Errorf("%s: %s, %d accepted, %v of %v", c.at, f.Outcome, f.WaivedRows, *f.Numerator, *f.Denominator)
			}
		}
	}
}

func TestExplainNarrowsRowsAndNeverReadsWhatIsPersonal(t *testing.T) {
	s := newStore(t)
	units := []store.Identity{
		{Scheme: "org_unit", ID: "bun", Name: "Barn och utbildning"},
		{Scheme: "org_unit", ID: "skola", Name: "Skolan", Kind: "skola", Parent: "bun"},
		{Scheme: "org_unit", ID: "soc", Name: "Social", Kind: "forvaltning"},
	}
	if err := s.SetIdentities(t.Context(), units, day(0)); err != nil {
		t.Fatal(err)
	}
	var recs []record.Record
	for i := range 30 {
		recs = append(recs, rec(t, record.Account, "acc"+strconv.Itoa(i), "category", "employee", "org_unit", []string{"Skolan", "Social", "Okänt namn"}[i%3], "enabled", 1, "strong_auth", []string{"mfa", "none"}[i%2], "last_login_at", day(-i)))
	}
	collection{source: store.SourceInfo{Name: "ad", Plugin: "ldap"}, mapped: []string{"category", "org_unit", "enabled", "strong_auth", "last_login_at"}, at: day(0)}.apply(t, s, recs...)
	d := catalogue.Definition{ID: "mfa", Record: record.Account, Shape: catalogue.Share, Population: "enabled = 1", Pass: "strong_auth = 'mfa'", Unit: "share", Direction: "up", Method: 1, SmallCells: "person",
		Breakdowns: []catalogue.Breakdown{{Dimension: "org_unit"}}, Evidence: catalogue.Evidence{Columns: []string{"category", "strong_auth", "last_login_at"}}}
	e := kpi.New(catalogueOf(d), decision.Set{Identities: units}, s)
	at := store.Point{AsOf: day(1), KnownAt: day(1)}
	f, err := e.ExplainWith(t.Context(), "mfa", at, kpi.ExplainOptions{Limit: 3, OrgUnit: "bun"})
	if err != nil {
		t.Fatal(err)
	}
	if f.EvidenceTotal != 10 || len(f.Evidence) != 3 || f.Evidence[0].Pass || f.Evidence[0].OrgUnit != "skola" {
		t.Errorf("got %d of %d: %+v", len(f.Evidence), f.EvidenceTotal, f.Evidence)
	}
	for _, r := range f.Evidence {
		if _, shown := r.Columns["last_login_at"]; shown || r.Columns["category"] != "employee" {
			t.Errorf("columns: %v", r.Columns)
		}
	}
	if f.Breakdown[0].Key != "bun" || f.Breakdown[0].Label != "Barn och utbildning" || f.Breakdown[2].Key != "" {
		t.Errorf("breakdown: %+v", f.Breakdown)
	}
	if f, err = e.ExplainWith(t.Context(), "mfa", at, kpi.ExplainOptions{Limit: 100, Failing: true}); err != nil || f.EvidenceTotal != 15 {
		t.Errorf("failing rows: got %d, %v", f.EvidenceTotal, err)
	}
	if _, err = e.Explain(t.Context(), "nothing", at, 1); err == nil {
		t.Error("an unknown KPI is explained")
	}
}
