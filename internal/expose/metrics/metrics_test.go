package metrics

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func p(v float64) *float64 { return &v }

func sample() Snapshot {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	level := 2
	return Snapshot{
		Findings: []finding.Finding{
			{
				KPI: "system_owner_coverage", Value: p(0.15), Numerator: p(75), Denominator: p(500), Outcome: finding.NotMet, Level: &level,
				Target: &finding.Target{Kind: "value", Value: p(1), Due: "2027-12-31"}, Sources: []finding.Source{{Name: "lista", LastSuccess: at}},
				Forecast: &finding.Forecast{Points: 11, PacePerMonth: p(0.02), ETA: "2028-03-14"},
				Previous: &finding.Previous{Period: "year", Value: p(0.1), Trend: "better"},
				Coverage: p(0.9), WaivedRows: 6, Waivers: []finding.Waiver{{Scope: "kpi"}},
				Breakdown: []finding.Cell{
					{Dimension: "org_unit", Key: "soc", Value: p(0.5), Numerator: p(1), Denominator: p(2), Outcome: finding.Measured},
					{Dimension: "org_unit", Key: "", Value: p(0), Numerator: p(0), Denominator: p(3), Outcome: finding.Measured},
					{Dimension: "tier", Key: "gold", Label: "Guld", Outcome: finding.Measured, Suppressed: true},
				},
				Also: []finding.Also{{Key: "p90", Value: p(7)}},
			},
			{KPI: "mfa_coverage", Outcome: finding.NoData},
			{KPI: "slow", Value: p(1), Outcome: finding.NotMet, Forecast: &finding.Forecast{Points: 3, Reason: &finding.Text{SV: "För få."}}},
			{KPI: "queue", Value: p(0), Numerator: p(0), Outcome: finding.Measured},
		},
		Infos: []Info{{KPI: "system_owner_coverage", Unit: "share", Direction: "up", Area: "systemforvaltning", Title: finding.Text{SV: "Andel system med utsedd ägare", EN: "Systems with an owner"},
			NextStep: finding.Text{SV: "Utse en ägare.", EN: "Appoint an owner."}, Tags: []Tag{{"nis2", "art21.2.i"}, {"ey", "styrning"}, {"ey", "styrning"}}}},
		NextSteps: []NextStep{{KPI: "system_owner_coverage", Rows: 425, Score: 900.5}, {KPI: "system_owner_coverage", OrgUnit: "soc", Rows: 1, Score: 4}},
		OrgUnits:  []OrgUnit{{ID: "soc", Name: "Socialförvaltningen", Parent: "kommun"}},
		Sources:   []store.SourceState{{SourceInfo: store.SourceInfo{Name: "lista", Plugin: "table", Interval: time.Hour, ContentMaxAge: 90 * 24 * time.Hour}, LastSuccess: at, ContentAt: at, Counts: store.Counts{Seen: 500, Refused: 2}}},
		Queues:    []Queue{{Queue: "1:a linjen", Priority: "1", Open: 4, Oldest: at}, {Queue: "1:a linjen", Priority: "2", Open: 1, Oldest: at.Add(-time.Hour)}},
		Flows:     []Flow{{Queue: "1:a linjen", Window: "1h", Opened: 3}, {Queue: "1:a linjen", Window: "7d", Opened: 80, Resolved: 75}},
		Waivers: []Waiver{
			{KPI: "policy_currency", Scope: "kpi", Decision: "KS 2026/145, § 62", Expires: time.Unix(1_814_392_799, 0)},
			{KPI: "policy_currency", Scope: "kpi", Decision: "KS 2026/145, § 62", Expires: time.Unix(1_800_000_000, 0)},
			{Scope: "record:ekonomi", Decision: "KS 2026/9", Expires: time.Unix(1_830_293_999, 0)},
		},
		Sites:        []Site{{Site: "centralskolan", Name: "Centralskolan", OrgUnit: "utb", Criticality: "skola"}},
		Unmapped:     []Unmapped{{Scheme: "system", Kind: "ticket", Names: 12}},
		Took:         map[string]time.Duration{"lista": 2500 * time.Millisecond},
		Municipality: "Exempelköping", PublicURL: "https://kommunpuls.exempel.se",
		EvaluatedAt: at, EvaluationTime: 1500 * time.Millisecond,
	}
}

func scrape(t testing.TB, s Snapshot) string {
	t.Helper()
	began := time.Unix(1_795_000_000, 0)
	c := New()
	c.Publish(s)
	c.PublishLive(Live{
		Disruptions: []Disruption{
			{Site: "centralskolan", OrgUnit: "utb", Start: began.Add(time.Minute), Users: 40, Planned: true},
			{Site: "centralskolan", OrgUnit: "utb", Start: began.Add(time.Hour), Users: 60},
			{Site: "centralskolan", OrgUnit: "utb", Start: began.Add(time.Minute), Users: 9},
			{Site: "biblioteket", Start: began, Planned: true},
		},
		Restarts: []Restart{{Source: "natet", Type: "probe", Times: 2}},
		Points:   []ProbePoint{{Name: "stadshuset", Blind: true, Targets: 40, Unknown: 3, UnknownSeconds: 90, Due: 1000, Missed: 2}},
	})
	h, err := Handler(c, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestEveryFigureStandsUnderTheLabelsOfTheDesign(t *testing.T) {
	body := scrape(t, sample())
	for _, want := range []string{
		`kommunpuls_kpi_value{dimension="",key="",kpi="system_owner_coverage",org_unit=""} 0.15`,
		`kommunpuls_kpi_numerator{dimension="",key="",kpi="system_owner_coverage",org_unit=""} 75`,
		`kommunpuls_kpi_value{dimension="",key="",kpi="system_owner_coverage",org_unit="soc"} 0.5`,
		`kommunpuls_kpi_value{dimension="org_unit",key="",kpi="system_owner_coverage",org_unit=""} 0`,
		`kommunpuls_kpi_value{dimension="also",key="p90",kpi="system_owner_coverage",org_unit=""} 7`,
		`kommunpuls_kpi_status{dimension="tier",key="gold",kpi="system_owner_coverage",org_unit="",status="suppressed"} 1`,
		`kommunpuls_kpi_status{dimension="",key="",kpi="mfa_coverage",org_unit="",status="no_data"} 1`,
		`kommunpuls_kpi_value{dimension="",key="",kpi="queue",org_unit=""} 0`,
		`kommunpuls_kpi_previous{dimension="",key="",kpi="system_owner_coverage",org_unit="",period="year"} 0.1`,
		`kommunpuls_kpi_target_due_timestamp_seconds{dimension="",key="",kpi="system_owner_coverage",org_unit=""} 1.830293999e+09`,
		`kommunpuls_kpi_target_eta_timestamp_seconds{dimension="",key="",kpi="system_owner_coverage",org_unit=""} 1.836687599e+09`,
		`kommunpuls_kpi_trend{kpi="system_owner_coverage",period="year",trend="better"} 1`,
		`kommunpuls_kpi_coverage{dimension="",key="",kpi="system_owner_coverage",org_unit=""} 0.9`,
		`kommunpuls_kpi_waived_rows{dimension="",key="",kpi="system_owner_coverage",org_unit=""} 6`,
		`kommunpuls_kpi_tag_info{kpi="system_owner_coverage",scheme="ey",tag="styrning"} 1`,
		`kommunpuls_kpi_tag_info{kpi="system_owner_coverage",scheme="nis2",tag="art21.2.i"} 1`,
		`kommunpuls_kpi_next_step_info{kpi="system_owner_coverage",step="Utse en ägare.",step_en="Appoint an owner."} 1`,
		`kommunpuls_next_step_rows{kpi="system_owner_coverage",org_unit=""} 425`,
		`kommunpuls_next_step_score{kpi="system_owner_coverage",org_unit="soc"} 4`,
		`kommunpuls_waiver_expiry_timestamp_seconds{decision="KS 2026/145, § 62",kpi="policy_currency",scope="kpi"} 1.814392799e+09`,
		`kommunpuls_waiver_expiry_timestamp_seconds{decision="KS 2026/9",kpi="",scope="record:ekonomi"} 1.830293999e+09`,
		`kommunpuls_instance_info{municipality="Exempelköping",public_url="https://kommunpuls.exempel.se"} 1`,
		`kommunpuls_tickets_opened{queue="1:a linjen",window="1h"} 3`,
		`kommunpuls_tickets_resolved{queue="1:a linjen",window="1h"} 0`,
		`kommunpuls_tickets_resolved{queue="1:a linjen",window="7d"} 75`,
		`kommunpuls_site_info{criticality="skola",name="Centralskolan",org_unit="utb",site="centralskolan"} 1`,
		`kommunpuls_unmapped_names{kind="ticket",scheme="system"} 12`,
		`kommunpuls_source_content_max_age_seconds{source="lista",type="table"} 7.776e+06`,
		`kommunpuls_source_collect_duration_seconds{source="lista",type="table"} 2.5`,
		`kommunpuls_source_restarts_total{source="natet",type="probe"} 2`,
		`kommunpuls_disruption_start_timestamp_seconds{org_unit="utb",site="centralskolan"} 1.79500006e+09`,
		`kommunpuls_disruption_users{org_unit="utb",site="centralskolan"} 60`,
		`kommunpuls_disruption_planned{org_unit="",site="biblioteket"} 1`,
		`kommunpuls_disruption_start_timestamp_seconds{org_unit="",site="biblioteket"} 1.795e+09`,
		`kommunpuls_org_unit_info{name="Socialförvaltningen",org_unit="soc",parent="kommun"} 1`,
		`kommunpuls_key_info{dimension="tier",key="gold",name="Guld"} 1`,
		`kommunpuls_tickets_open{priority="1",queue="1:a linjen"} 4`,
		`kommunpuls_ticket_oldest_open_timestamp_seconds{queue="1:a linjen"} 1.7952588e+09`,
		`kommunpuls_source_rows{result="refused",source="lista",type="table"} 2`,
		`kommunpuls_disruption_active{org_unit="utb",site="centralskolan"} 1`,
		`kommunpuls_probe_blind{point="stadshuset"} 1`,
		`kommunpuls_probe_targets_unknown{point="stadshuset"} 3`,
		`kommunpuls_probe_unknown_seconds_total{point="stadshuset"} 90`,
		`kommunpuls_probe_slots_missed_total{point="stadshuset"} 2`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("missing: %s", want)
		}
	}
	for _, never := range []string{`kpi_value{dimension="",key="",kpi="mfa_coverage"`, `eta_timestamp_seconds{dimension="",key="",kpi="slow"`, `kpi_value{dimension="tier",key="gold"`, `disruption_active{org_unit="",site="biblioteket"`, `disruption_planned{org_unit="utb"`, "_age{"} {
		if strings.Contains(body, never) {
			t.Errorf("must not be published: %s", never)
		}
	}
}

func TestPromtoolFindsNothingToRemarkOn(t *testing.T) {
	cmd := exec.Command(testneed.Program(t, "promtool"), "check", "metrics")
	cmd.Stdin = strings.NewReader(scrape(t, sample()))
	if out, err := cmd.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

func TestNothingIsShownBeforeTheFirstEvaluation(t *testing.T) {
	h, err := Handler(New(), "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if strings.Contains(w.Body.String(), "kommunpuls_kpi") {
		t.Error("figures before an evaluation")
	}
}

// BenchmarkScrape compares a scrape of 20,000 series with bare client_golang
// serving as many gauges with the same labels. Limit: 1.3 times its time.
func BenchmarkScrape(b *testing.B) {
	const n = 20_000
	s := Snapshot{}
	bare := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "kommunpuls_kpi_value", Help: "Value."}, kpiLabels)
	for k := range n / 200 {
		f := finding.Finding{KPI: fmt.Sprintf("kpi_number_%03d", k)}
		for i := range 200 {
			key := fmt.Sprintf("key-%03d", i)
			f.Breakdown = append(f.Breakdown, finding.Cell{Dimension: "category", Key: key, Value: p(float64(i) / 200)})
			bare.WithLabelValues(f.KPI, "", "category", key).Set(float64(i) / 200)
		}
		s.Findings = append(s.Findings, f)
	}
	c := New()
	c.Publish(s)
	handler := func(x prometheus.Collector) *http.ServeMux {
		mux := http.NewServeMux()
		reg := prometheus.NewRegistry()
		reg.MustRegister(x)
		mux.Handle("/metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
		return mux
	}
	ours, peer := handler(c), handler(bare)
	var tOurs, tPeer time.Duration
	for b.Loop() {
		for h, d := range map[*http.ServeMux]*time.Duration{ours: &tOurs, peer: &tPeer} {
			start := time.Now()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
			if _, err := io.Copy(io.Discard, w.Body); err != nil || w.Code != http.StatusOK {
				b.Fatal(err, w.Code)
			}
			*d += time.Since(start)
		}
	}
	b.ReportMetric(float64(tOurs)/float64(tPeer), "x-bare-client_golang")
	b.ReportMetric(float64(tOurs.Milliseconds())/float64(b.N), "ms/scrape")
}

func TestWhatFailedOfSnapshotsIsCountedFromNought(t *testing.T) {
	c := NewChain()
	c.Failed("mail")
	c.Watch("make", "mail")
	c.Failed("mail")
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(c)
	got, err := reg.Gather()
	if err != nil || len(got) != 1 || got[0].GetName() != "kommunpuls_snapshot_failures_total" {
		t.Fatalf("%v, %v", got, err)
	}
	counts := map[string]float64{}
	for _, m := range got[0].GetMetric() {
		counts[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
	}
	if len(counts) != 2 || counts["mail"] != 2 || counts["make"] != 0 {
		t.Errorf("%v", counts)
	}
}
