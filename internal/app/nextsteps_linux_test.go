package app

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// The demo's own lists, read by their own sources: every ranked step holds as
// many rows as its work list, and the weights are those of the registry's tiers.
func TestTheDemosStepsHoldTheRowsOfTheirWorkLists(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)
	dir := t.TempDir()
	need(t, demo.Generate(dir, now, "127.0.0.1:0"))
	parts, err := Prepare(filepath.Join(dir, demo.ConfigFile), now)
	need(t, err)
	a, err := Open(t.Context(), parts, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	need(t, err)
	defer func() { need(t, a.Close()) }()
	for _, name := range []string{"systemlista", "styrdokument", "utrustning"} {
		_, err := a.CollectNow(t.Context(), name, source.CollectOptions{}, nil)
		need(t, err)
	}
	r := a.NextSteps()
	if len(r.Whole) < 15 || len(r.OrgUnits) < 8 {
		t.Fatalf("%d steps of the whole, %d förvaltningar", len(r.Whole), len(r.OrgUnits))
	}
	steps := append(r.Whole[:5:5], append(r.Of("soc")[:3:3], r.Of("rtj")[:3]...)...)
	for _, s := range steps {
		f, err := a.Engine().ExplainWith(t.Context(), s.KPI, store.Point{AsOf: now, KnownAt: now}, kpi.ExplainOptions{Limit: 1000, OrgUnit: s.OrgUnit, Failing: true})
		need(t, err)
		if f.EvidenceTotal != s.Rows {
			t.Errorf("%s %s: %d rows to move, and a work list of %d", s.KPI, s.OrgUnit, s.Rows, f.EvidenceTotal)
		}
	}
	// Owners: 425 of 500 systems lack one, and 22 of the 40 most critical have one.
	// The score is counted once more, from the registry itself.
	reader, err := a.store.OpenReader(t.Context(), store.Point{AsOf: now, KnownAt: now})
	need(t, err)
	defer func() { need(t, reader.Close()) }()
	var score float64
	need(t, rows(t.Context(), reader, []string{"system", "system_role"}, `SELECT sum(CASE tier WHEN 'gold' THEN 8 WHEN 'silver' THEN 4 WHEN 'bronze' THEN 2 ELSE 1 END) FROM system
		WHERE lifecycle = 'in_use' AND NOT EXISTS (SELECT 1 FROM system_role r WHERE r.parent = system.id AND r.role = 'owner' AND r.holder <> 'vacant')`,
		func(scan func(...any) error) error { return scan(&score) }))
	found := false
	for _, s := range r.Whole {
		if s.KPI == "system_owner_coverage" {
			found = true
			if s.Rows != demo.Systems-demo.Owned || s.Critical != demo.Gold+demo.Silver-22 || s.Score != score {
				t.Errorf("owners: %+v, want the score %v", s, score)
			}
			if got := s.Sentence().SV; !strings.Contains(got, "kommunen med 425 system, varav 18 hör till kommunens viktigaste: utse ägare för systemen på listan") {
				t.Error(got)
			}
		}
	}
	if !found {
		t.Error("owners are no step")
	}
}
