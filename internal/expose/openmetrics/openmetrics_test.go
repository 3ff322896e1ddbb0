package openmetrics

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// yearly answers with the month number as the value, and no data before 2024.
type yearly struct{}

func (yearly) Findings(_ context.Context, at store.Point) ([]finding.Finding, error) {
	f := finding.Finding{KPI: "x", Outcome: finding.NoData}
	if at.AsOf.Year() >= 2024 {
		v, n, year := float64(at.AsOf.Month())/12, float64(at.AsOf.Month()), 12.0
		f.Outcome, f.Value, f.Numerator = finding.Measured, &v, &n
		goal, level := 1.0, 2
		f.Target, f.Level, f.Coverage = &finding.Target{Kind: "value", Value: &goal, Due: "2027-12-31"}, &level, &goal
		f.Forecast = &finding.Forecast{Points: 6, ETA: "2028-03-14"}
		f.Previous = &finding.Previous{Period: "year", Value: &v, Trend: "unchanged"}
		f.WaivedRows, f.Denominator = 3, &year
		f.Breakdown = []finding.Cell{{Dimension: "tier", Key: `gu"ld\`, Value: &v, Outcome: finding.Measured}}
	}
	return []finding.Finding{f}, nil
}

func months(from, to string) Range {
	f, _ := time.Parse(time.DateOnly, from)
	t, _ := time.Parse(time.DateOnly, to)
	return Range{From: f, To: t, Months: 1}
}

func TestPrometheusShowsTheYearsThatWereExported(t *testing.T) {
	var b bytes.Buffer
	if err := Write(t.Context(), &b, yearly{}, months("2023-10-31", "2026-10-31"), func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, data := filepath.Join(dir, "history.txt"), filepath.Join(dir, "data")
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(testneed.Program(t, "promtool"), "tsdb", "create-blocks-from", "openmetrics", in, data).CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v\n%s", err, out)
	}
	p := testneed.StartPrometheus(t, data)
	at := time.Date(2025, 2, 28, 0, 0, 30, 0, time.UTC)
	for expr, want := range map[string][]string{
		`kommunpuls_kpi_numerator{kpi="x"}`:                                         {"2"},
		`kommunpuls_kpi_value{kpi="x", key="gu\"ld\\"}`:                             {"0.16666666666666666"},
		`kommunpuls_kpi_denominator{kpi="x"}`:                                       {"12"},
		`kommunpuls_kpi_target{kpi="x"}`:                                            {"1"},
		`kommunpuls_kpi_level{kpi="x"}`:                                             {"2"},
		`kommunpuls_kpi_coverage{kpi="x"}`:                                          {"1"},
		`kommunpuls_kpi_waived_rows{kpi="x"}`:                                       {"3"},
		`kommunpuls_kpi_trend{kpi="x", trend="unchanged", period="year"}`:           {"1"},
		`kommunpuls_kpi_target_due_timestamp_seconds{kpi="x"}`:                      {"1830293999"},
		`kommunpuls_kpi_target_eta_timestamp_seconds{kpi="x"}`:                      {"1836687599"},
		`kommunpuls_kpi_status{kpi="x", key="", status="measured"}`:                 {"1"},
		`count(last_over_time({__name__=~"kommunpuls_kpi_.+", kpi="x"}[30d]))`:      {"14"},
		`count_over_time(kommunpuls_kpi_value{kpi="x", key=""}[5y])`:                {"14"},
		`count_over_time(kommunpuls_kpi_status{kpi="x", status="no_data"}[5y])`:     {"3"},
		`last_over_time(kommunpuls_kpi_value{kpi="x", key=""}[40d] offset 5w) * 12`: {"12"},
	} {
		if got := p.Query(expr, at); !reflect.DeepEqual(got, want) {
			t.Errorf("%s = %v, want %v", expr, got, want)
		}
	}
}

func TestMonthStepsEndOnTheLastDayOfShortMonths(t *testing.T) {
	ps, err := months("2024-01-31", "2024-05-01").Points()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range ps {
		got = append(got, p.Format("01-02"))
	}
	if want := "01-31 02-29 03-31 04-30"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestAnEmptyRangeIsRefused(t *testing.T) {
	for _, r := range []Range{months("2026-01-02", "2026-01-01"), {From: time.Unix(0, 0), To: time.Unix(9, 0)}} {
		if err := Write(t.Context(), &bytes.Buffer{}, yearly{}, r, func(int, int) {}); !errors.Is(err, ErrRange) {
			t.Errorf("got %v", err)
		}
	}
	for _, s := range []string{"", "0mo", "-1d", "1y", "5s", "d"} {
		if _, _, err := ParseStep(s); err == nil {
			t.Errorf("step %q is taken", s)
		}
	}
}
