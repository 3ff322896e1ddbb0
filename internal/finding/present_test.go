package finding_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

func TestRoundIsHalfUp(t *testing.T) {
	for _, tt := range []struct {
		v        float64
		decimals int
		want     float64
	}{
		{0.5, 0, 1}, {1.5, 0, 2}, {2.5, 0, 3}, {-0.5, 0, -1}, {-2.5, 0, -3}, {2.4999, 0, 2},
		{1.005, 2, 1.01}, {0.285, 2, 0.29}, {2.675, 2, 2.68}, {1.45, 1, 1.5}, {99.95, 1, 100}, {0.05, 1, 0.1}, {0.04, 1, 0},
		{-0.04, 1, 0}, {123456789.5, 0, 123456790}, {1e21, 0, 1e21}, {0, 3, 0},
	} {
		if got := finding.Round(tt.v, tt.decimals); got != tt.want {
			t.Errorf("%v to %d decimals is %v, want %v", tt.v, tt.decimals, got, tt.want)
		}
	}
	if got := finding.Round(math.Inf(1), 1); !math.IsInf(got, 1) {
		t.Errorf("infinity becomes %v", got)
	}
	if got := finding.Round(math.NaN(), 1); !math.IsNaN(got) {
		t.Errorf("NaN becomes %v", got)
	}
}

// spaces makes the spaces that keep a number together visible.
func spaces(s string) string { return strings.ReplaceAll(s, "\u00a0", "~") }

func TestWritingInSwedish(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{finding.Percent(0.71, 1), "71,0~%"},
		{finding.Percent(0.275, 1), "27,5~%"},
		{finding.Percent(0.15, 0), "15~%"},
		{finding.Percent(0.145, 0), "15~%"},
		{finding.Percent(1, 1), "100,0~%"},
		{finding.Percent(0.00049, 1), "0,0~%"},
		{finding.Number(1140, 0), "1~140"},
		{finding.Number(1234567.25, 1), "1~234~567,3"},
		{finding.Number(999, 0), "999"},
		{finding.Number(-1500.5, 1), "−1~500,5"},
		{finding.ShareOf(148, 212), "148 av 212 (70 procent)"},
		{finding.ShareOf(812, 1140), "812 av 1~140 (71 procent)"},
		{finding.ShareOf(2, 3), "2 av 3"},
		{finding.ShareOf(9, 9), "9 av 9"},
		{finding.ShareOf(0, 10), "0 av 10 (0 procent)"},
		{finding.ShareOf(10, 10), "10 av 10 (100 procent)"},
		{finding.ShareOf(211, 212), "211 av 212 (över 99 procent)"},
		{finding.ShareOf(1, 212), "1 av 212 (under 1 procent)"},
		{finding.ShareOf(1, 200), "1 av 200 (1 procent)"},
		{finding.ShareOf(0, 0), "ingen att räkna"},
		{finding.ShareOf(2.5, 40), "2,5 av 40 (6 procent)"},
		{finding.Duration(0), "0 sekunder"},
		{finding.Duration(1), "1 sekund"},
		{finding.Duration(59.7), "1 minut"},
		{finding.Duration(96 * 60), "1 timme och 36 minuter"},
		{finding.Duration(41 * 60), "41 minuter"},
		{finding.Duration(3599.9), "1 timme"},
		{finding.Duration(2*3600 + 60), "2 timmar och 1 minut"},
		{finding.Duration(86400), "1 dygn"},
		{finding.Duration(86400 + 4*3600 - 10), "1 dygn och 4 timmar"},
		{finding.Duration(86399), "1 dygn"},
		{finding.Duration(420 * 86400), "420 dygn"},
		{finding.Duration(-60), "minus 1 minut"},
		{finding.Value("share", 0.71), "71,0~%"},
		{finding.Value("count", 1140), "1~140"},
		{finding.Value("seconds", 300), "5 minuter"},
		{finding.Value("sek", 1234567.5), "1~234~568~kr"},
		{finding.Value("months", 1), "1 månad"},
		{finding.Value("months", 13.5), "13,5 månader"},
		{finding.Value("ratio", 6.6667), "6,67"},
		{finding.Value("score", 2.25), "2,3"},
		{finding.Value("per_hundred", 3.14), "3,1 per hundra"},
	} {
		if spaces(tt.got) != tt.want {
			t.Errorf("got %q, want %q", spaces(tt.got), tt.want)
		}
	}
}

func TestSentence(t *testing.T) {
	n := func(v float64) *float64 { return &v }
	for _, tt := range []struct {
		name string
		f    finding.Finding
		want string
	}{
		{"a share", finding.Finding{Unit: "share", Outcome: finding.Measured, Value: n(0.7), Numerator: n(148), Denominator: n(212)}, "148 av 212 (70 procent)"},
		{"a share of few", finding.Finding{Unit: "share", Outcome: finding.Met, Value: n(2. / 3), Numerator: n(2), Denominator: n(3)}, "2 av 3"},
		{"a mean of shares has no counts", finding.Finding{Unit: "share", Outcome: finding.Met, Value: n(0.5)}, "50,0~%"},
		{"zero is a measurement", finding.Finding{Unit: "count", Outcome: finding.Measured, Value: n(0)}, "0"},
		{"an old figure is still a figure", finding.Finding{Unit: "seconds", Outcome: finding.Stale, Value: n(600)}, "10 minuter"},
		{"no data", finding.Finding{Unit: "share", Outcome: finding.NoData}, "vi vet inte"},
		{"no data, with the reason", finding.Finding{Outcome: finding.NoData, Reason: &finding.Text{SV: "kolumnen ägare saknas"}}, "vi vet inte: kolumnen ägare saknas"},
		{"an error", finding.Finding{Outcome: finding.Error, Value: n(1)}, "gick inte att räkna ut"},
		{"not applicable", finding.Finding{Outcome: finding.NotApplicable}, "mäts inte här"},
		{"suppressed", finding.Finding{Unit: "share", Outcome: finding.Measured, Suppressed: true}, "för få för att visas"},
		{"measured without a value", finding.Finding{Unit: "count", Outcome: finding.Measured}, "vi vet inte"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := spaces(tt.f.Sentence()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			cell := finding.Cell{Value: tt.f.Value, Numerator: tt.f.Numerator, Denominator: tt.f.Denominator, Outcome: tt.f.Outcome, Suppressed: tt.f.Suppressed}
			if tt.f.Reason == nil && cell.Sentence(tt.f.Unit) != tt.f.Sentence() {
				t.Errorf("a row of a breakdown says %q", cell.Sentence(tt.f.Unit))
			}
		})
	}
}

func TestMoneyAndTheTimeOfManyAreWrittenInTheirUnit(t *testing.T) {
	num, den, few := 5_439_375.0, 110_189_925.0, 6.0
	f := finding.Finding{Unit: "share", CountUnit: "sek", Value: &num, Numerator: &num, Denominator: &den, Outcome: finding.Measured}
	if got := spaces(f.Sentence()); got != "5~439~375 av 110~189~925~kr (5 procent)" {
		t.Errorf("got %q", got)
	}
	f.Numerator, f.Denominator = &few, &few
	if got := spaces(f.Sentence()); got != "6 av 6~kr" {
		t.Errorf("got %q", got)
	}
	if got := spaces(finding.Figure("seconds", "user_time", 18*86400+3*3600)); got != "435 timmar" {
		t.Errorf("got %q", got)
	}
	if got := spaces(finding.Figure("seconds", "", 18*86400+3*3600)); got != "18 dygn och 3 timmar" {
		t.Errorf("got %q", got)
	}
	if got := spaces(finding.Counts("", 75, 500)); got != "75 av 500" {
		t.Errorf("got %q", got)
	}
}

func TestEveryOutcomeHasItsNames(t *testing.T) {
	seen := map[finding.Text]bool{}
	for _, o := range finding.Outcomes() {
		name := o.Name()
		if name.SV == "" || name.EN == "" || name.SV == string(o) || seen[name] {
			t.Errorf("%s is called %q and %q", o, name.SV, name.EN)
		}
		seen[name] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d outcomes, want 10", len(seen))
	}
	for _, n := range []finding.Text{finding.PaceName("behind"), finding.PaceName("on_pace"), finding.TrendName("worse"), finding.TrendName("better"), finding.TrendName("unchanged"), finding.TrendName("not_comparable")} {
		if n.SV == n.EN || strings.Contains(n.SV, "_") {
			t.Errorf("%v is not words", n)
		}
	}
}

func FuzzRound(f *testing.F) {
	f.Add(1.005, 2)
	f.Add(-99.95, 1)
	f.Add(5e-324, 3)
	f.Fuzz(func(t *testing.T, v float64, decimals int) {
		if decimals < 0 || decimals > 6 || math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e15 {
			return
		}
		got := finding.Round(v, decimals)
		if unit := math.Pow10(-decimals); math.Abs(got-v) > unit*0.5000001+math.Abs(v)*1e-12 {
			t.Errorf("%v to %d decimals is %v", v, decimals, got)
		}
	})
}

func ExampleShareOf() {
	fmt.Println(finding.ShareOf(148, 212))
	fmt.Println(finding.ShareOf(2, 3))
	// Output:
	// 148 av 212 (70 procent)
	// 2 av 3
}

func ExampleDuration() {
	fmt.Println(finding.Duration(96 * 60))
	// Output: 1 timme och 36 minuter
}
