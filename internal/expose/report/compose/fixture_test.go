package compose_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func f64(v float64) *float64 { return &v }

func at(month, day, hour, minute int) time.Time {
	return time.Date(2026, time.Month(month), day, hour, minute, 0, 0, calendar.Location())
}

// example is a municipality like that of the demo: some figures with a target,
// some better, some worse, and most of the catalogue unknown.
func example(t *testing.T) compose.Input {
	t.Helper()
	c, err := catalogue.Parse(configs.Catalogue())
	require.NoError(t, err)
	asOf := at(11, 22, 9, 0)
	share := func(n, of float64) finding.Finding {
		return finding.Finding{Value: f64(n / of), Numerator: f64(n), Denominator: f64(of)}
	}
	value := func(v float64) finding.Finding { return finding.Finding{Value: f64(v)} }
	known := map[string]finding.Finding{
		"system_owner_coverage": share(75, 500), "owner_reconciliation": share(58, 500), "ticket_resolution_24h": share(10224, 14400),
		"service_desk_queue_length": value(239), "service_desk_wait_time": value(7200), "network_disruption_time": value(1565000),
		"classification_coverage": share(334, 500), "classification_currency": share(141, 334), "sso_coverage": share(11, 40), "mfa_coverage": share(4513, 7212),
		"restore_test_currency": share(5, 14), "it_cost_share": share(110189925, 4500000000), "nki_it": value(74.7), "audit_recommendation_closure": share(4, 7),
		"risk_analysis_currency": share(62, 500), "accepted_risk_count": value(1), "policy_currency": share(9, 12),
	}
	target := func(f finding.Finding, o finding.Outcome, t finding.Target) finding.Finding {
		t.Decision, f.Outcome, f.Target = "KS 2026/101, § 14", o, &t
		return f
	}
	known["system_owner_coverage"] = target(known["system_owner_coverage"], finding.NotDue, finding.Target{Kind: "value", Value: f64(1), Due: "2027-12-31"})
	known["ticket_resolution_24h"] = target(known["ticket_resolution_24h"], finding.Met, finding.Target{Kind: "value", Value: f64(.7)})
	known["classification_coverage"] = target(known["classification_coverage"], finding.NotMet, finding.Target{Kind: "value", Value: f64(1)})
	before := map[string]finding.Finding{"system_owner_coverage": share(59, 500), "classification_currency": share(122, 186), "ticket_resolution_24h": share(10210, 14358)}
	trends := map[string]string{"system_owner_coverage": "better", "classification_currency": "worse", "ticket_resolution_24h": "unchanged", "network_disruption_time": "worse"}

	in := compose.Input{Municipality: "Exempelkommun", Version: "1.0", Demo: true, Made: asOf, At: store.Point{AsOf: asOf, KnownAt: asOf}, Began: asOf.AddDate(0, -8, 0), Catalogue: c}
	for _, d := range c.KPIs {
		f, ok := known[d.ID]
		if !ok {
			f = finding.Finding{Outcome: finding.NoData, Reason: &finding.Text{SV: "Ingen källa visar det."}}
		} else if f.Outcome == "" {
			f.Outcome = finding.Measured
		}
		f.KPI, f.Title, f.Unit, f.Population, f.MethodVersion, f.AsOf = d.ID, d.Title, d.Unit, d.PopulationText, d.Method, asOf
		if d.ID == "network_disruption_time" {
			f.CountUnit, f.Previous = "user_time", &finding.Previous{Period: "year", Value: f64(0), Trend: "worse"}
		}
		if b, ok := before[d.ID]; ok {
			b.KPI, b.Unit = d.ID, d.Unit
			in.Before = append(in.Before, b)
			f.Previous = &finding.Previous{Period: "year", Value: b.Value, AsOf: "2025-10-31", Trend: trends[d.ID]}
		}
		in.Findings = append(in.Findings, f)
	}
	f := in.Findings
	for i := range f {
		switch f[i].KPI {
		case "system_owner_coverage":
			f[i].Pace, f[i].Forecast = "behind", &finding.Forecast{Points: 11, ETA: "2028-03-14", Sentence: finding.Text{SV: "I nuvarande takt nås målet i mars 2028; bygger på 11 månadsvärden."}}
			f[i].Breakdown = []finding.Cell{cell("soc", "Socialförvaltningen", 13, 107), cell("utb", "Utbildningsförvaltningen", 30, 200), cell("tek", "Tekniska kontoret", 2, 3)}
			f[i].NotCounted = []finding.Count{{Reason: finding.Text{SV: "Avvecklade system."}, Rows: 9}}
			f[i].Sources = []finding.Source{{Name: "systemlista", OldContent: true}}
			f[i].Failing = []finding.FailingRows{{OrgUnit: "soc", Tier: "gold", Rows: 4}, {OrgUnit: "soc", Rows: 90}, {OrgUnit: "utb", Tier: "silver", Rows: 170}, {OrgUnit: "tek", Rows: 1}, {Rows: 160}}
		case "nki_it":
			f[i].Breakdown = []finding.Cell{{Dimension: "org_unit", Key: "soc", Label: "Socialförvaltningen", Suppressed: true, Outcome: finding.Measured}, {Dimension: "org_unit", Key: "utb", Value: f64(70), Outcome: finding.Measured}, {Dimension: "org_unit", Key: "tek", Value: f64(71), Outcome: finding.Measured}}
		case "risk_analysis_currency":
			f[i].Breakdown = []finding.Cell{cell("soc", "Socialförvaltningen", 10, 107), cell("utb", "Utbildningsförvaltningen", 52, 393)}
		case "policy_currency":
			f[i].Outcome, f[i].WaivedRows = finding.Waived, 3
			f[i].Waivers = []finding.Waiver{{Scope: "kpi", Decision: "KS 2026/145, § 62", By: "kommunstyrelsen", Reason: "Styrdokumenten skrivs om.", Instead: "Äldre beslut gäller.", Expires: "2027-06-30"}}
		}
	}
	in.Steps = nextstep.Rank(nextstep.Input{Definitions: c.KPIs, Findings: in.Findings, OrgUnits: map[string]string{"soc": "Socialförvaltningen"}})
	in.Sources = []store.SourceState{
		{SourceInfo: store.SourceInfo{Name: "systemlista", Plugin: "table", ContentMaxAge: 90 * 24 * time.Hour}, LastSuccess: asOf, ContentAt: at(3, 3, 12, 0),
			Counts: store.Counts{Seen: 512, Refused: 3, Vanished: 2, Warnings: []sdk.Warning{{Place: record.Place{Doc: "Systemlista.xlsx", Sheet: "System", Row: 217}, Column: "Driftsatt", Reason: "”hösten” är ingen dag.", Refused: true}}}},
		{SourceInfo: store.SourceInfo{Name: "arenden", Plugin: "table"}, LastSuccess: asOf, ContentAt: asOf, Counts: store.Counts{Seen: 65019}},
	}
	return in
}

func cell(key, label string, n, of float64) finding.Cell {
	return finding.Cell{Dimension: "org_unit", Key: key, Label: label, Value: f64(n / of), Numerator: f64(n), Denominator: f64(of), Outcome: finding.Measured}
}

// golden holds the text of a document against the one that is kept.
func golden(t *testing.T, name string, d document.Document) string {
	t.Helper()
	got := text(d)
	path := filepath.Join("testdata", name+".txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
	return got
}

// text is a document as it is read, spaces that hold together made visible.
func text(d document.Document) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s\n%s\n%s\n%s", strings.Join(d.Marks, ", "), d.Municipality, d.Title, d.Lead)
	for _, s := range d.Sections {
		line("\n%s %s [%s]", strings.Repeat("#", s.Level), s.Title, s.ID)
		for _, block := range s.Blocks {
			switch x := block.(type) {
			case document.Paragraph:
				line("%s", x.Text)
			case document.Note:
				line("! %s", x.Text)
			case document.List:
				for i, it := range x.Items {
					mark := "-"
					if x.Ordered {
						mark = fmt.Sprintf("%d.", i+1)
					}
					line("%s", strings.TrimRight(fmt.Sprintf("%s %s  %s", mark, it.Text, it.Small), " "))
				}
			case document.Table:
				var head []string
				for _, c := range x.Columns {
					head = append(head, c.Title)
				}
				line("[%s] %s", x.Caption, strings.Join(head, " | "))
				for _, r := range x.Rows {
					var cells []string
					for _, c := range r {
						s := c.Text
						if c.State != nil {
							s = c.State.Sign + " " + c.State.Word + s
						}
						cells = append(cells, s)
					}
					line("%s", strings.TrimRight("  "+strings.Join(cells, " | "), " "))
				}
				if x.More != "" {
					line("  %s", x.More)
				}
			case document.Chart:
				line("(%s, %s) %s", x.Title, x.Unit, x.Text)
			default:
				line("?? %T", block)
			}
		}
	}
	return strings.ReplaceAll(b.String(), "\u00a0", "~")
}
