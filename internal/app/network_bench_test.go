package app

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/disruption"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// BenchmarkNetworkFigures computes the five figures of the network on a year of
// a thousand targets: a result of each and every day, ten thousand disruptions
// and as many gaps.
func BenchmarkNetworkFigures(b *testing.B) {
	const targets, days = 1000, 365
	now := time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)
	parts, err := Prepare(probeConfig(b, map[string]any{"targets": []any{map[string]any{"id": "x", "module": "icmp", "address": "10.0.0.1"}}}, nil), now)
	need(b, err)
	a, err := Open(b.Context(), parts, Options{Version: "bench", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	need(b, err)
	defer func() { need(b, a.Close()) }()
	src := store.SourceInfo{Name: "stadshuset", Plugin: "probe"}
	s, _ := record.Lookup(record.Observation)
	mapped := withIntervals(map[record.Kind][]string{record.Observation: {"kind", "subject", "metric", "samples", "ok", "started_at", "site"}})
	for d := range days {
		at := now.AddDate(0, 0, d-days)
		var recs []record.Record
		for t := range targets {
			r := record.New(record.Observation, "x")
			for name, v := range map[string]string{"kind": "probe", "subject": fmt.Sprint("mal-", t), "metric": "icmp", "site": fmt.Sprint("plats-", t/3)} {
				r.Values[s.Index(name)] = record.Value{State: record.Set, S: v}
			}
			for name, v := range map[string]int64{"samples": 5760, "ok": 5700, "started_at": at.Unix(), "ended_at": at.Unix() + 86400} {
				r.Values[s.Index(name)] = record.Value{State: record.Set, I: v}
			}
			recs = append(recs, r)
		}
		for i := range 27 {
			t := (d*27 + i) % targets
			iv := disruption.Interval{ID: fmt.Sprint("o", d, "-", i), Kind: disruption.Outage, Target: fmt.Sprint("mal-", t), Metric: "icmp", Site: fmt.Sprint("plats-", t/3), Users: 40, Start: at.Add(time.Duration(i) * time.Minute), End: at.Add(time.Duration(i+41) * time.Minute), Opening: "always"}
			gap := iv
			gap.ID, gap.Kind, gap.Start, gap.End = "g"+gap.ID, disruption.Unmeasured, iv.Start.Add(5*time.Minute), iv.Start.Add(9*time.Minute)
			recs = append(recs, disruption.Record(&iv), disruption.Record(&gap))
		}
		need(b, a.store.Commit(b.Context(), src, sdk.WatchBatch{Mapped: mapped, Records: recs}, now))
	}
	only := catalogue.Catalogue{Views: parts.Catalogue.Views}
	for _, k := range parts.Catalogue.KPIs {
		if strings.HasPrefix(k.ID, "network_") || k.ID == "eservice_availability" || k.ID == "wait_disruption_correlation" {
			only.KPIs = append(only.KPIs, k)
		}
	}
	for b.Loop() {
		for i := range only.KPIs {
			one := catalogue.Catalogue{Views: only.Views, KPIs: only.KPIs[i : i+1]}
			began := time.Now()
			fs, err := kpi.New(one, decision.Set{}, a.store).Evaluate(b.Context(), store.Point{AsOf: now, KnownAt: now})
			need(b, err)
			b.ReportMetric(time.Since(began).Seconds(), "s/"+fs[0].KPI)
		}
	}
}
