package disclosure_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/disclosure"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

func p(v float64) *float64 { return &v }

func share(num, den float64) finding.Finding {
	return finding.Finding{KPI: "k", Unit: "share", Outcome: finding.Met, Value: p(num / den), Numerator: p(num), Denominator: p(den)}
}

func cell(key string, num, den float64) finding.Cell {
	c := finding.Cell{Dimension: "org_unit", Key: key, Numerator: p(num), Denominator: p(den), Outcome: finding.Met}
	if den > 0 {
		c.Value = p(num / den)
	}
	return c
}

func persons() *catalogue.Definition {
	return &catalogue.Definition{ID: "k", Unit: "share", SmallCells: "person"}
}

func TestAShareOfPersonsTellsNothingOfFewerThanFiveOnEitherSide(t *testing.T) {
	for _, tc := range []struct {
		num, den float64
		hidden   bool
	}{{3, 4, true}, {3, 100, true}, {97, 100, true}, {5, 100, false}, {0, 100, false}, {100, 100, false}, {50, 100, false}} {
		if got := disclosure.Public(persons(), share(tc.num, tc.den), nil); got.Suppressed != tc.hidden || (got.Value == nil) != tc.hidden {
			t.Errorf("%v of %v: suppressed %v, value %v", tc.num, tc.den, got.Suppressed, got.Value)
		}
	}
}

func TestAFigureOfSystemsKeepsItsSmallNumbers(t *testing.T) {
	d := &catalogue.Definition{ID: "k", Unit: "share", SmallCells: "none"}
	f := share(2, 40)
	f.Breakdown = []finding.Cell{cell("soc", 1, 3), cell("utb", 1, 37), {Dimension: "supplier", Key: "Acme"}}
	got := disclosure.Public(d, f, []string{"org_unit"})
	if got.Suppressed || len(got.Breakdown) != 2 || *got.Breakdown[0].Numerator != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestWhatWasHiddenWhenItWasMeasuredStaysHiddenInEveryPart(t *testing.T) {
	f := finding.Finding{KPI: "k", Unit: "share", Outcome: finding.Measured, Suppressed: true, Breakdown: []finding.Cell{cell("soc", 10, 20)}}
	got := disclosure.Public(&catalogue.Definition{Unit: "share", SmallCells: "none"}, f, []string{"org_unit"})
	if !got.Suppressed || !got.Breakdown[0].Suppressed || got.Breakdown[0].Value != nil {
		t.Errorf("got %+v", got)
	}
}

// An attacker has the total and the cells that are shown. Whatever is left when
// they are taken away is of several cells and of nobody or at least five.
func TestNothingSmallFollowsFromTheTotal(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	shown := 0
	for round := range 5000 {
		n := 2 + rnd.IntN(8)
		var f finding.Finding
		var num, den float64
		var cells []finding.Cell
		truth := map[string][2]float64{}
		for i := range n {
			d := float64(rnd.IntN(40))
			k := math.Floor(d * rnd.Float64())
			cells = append(cells, cell(fmt.Sprint(i), k, d))
			truth[fmt.Sprint(i)] = [2]float64{k, d}
			num, den = num+k, den+d
		}
		if den == 0 {
			continue
		}
		f = share(num, den)
		f.Breakdown = cells
		got := disclosure.Public(persons(), f, []string{"org_unit"})
		if got.Suppressed {
			for _, c := range got.Breakdown {
				if !c.Suppressed {
					t.Fatalf("round %d: the total is hidden and %s is not", round, c.Key)
				}
			}
			continue
		}
		restNum, restDen, hidden := *got.Numerator, *got.Denominator, 0
		for _, c := range got.Breakdown {
			if c.Suppressed {
				hidden++
				continue
			}
			shown++
			restNum, restDen = restNum-*c.Numerator, restDen-*c.Denominator
			for _, x := range []float64{*c.Numerator, *c.Denominator, *c.Denominator - *c.Numerator} {
				if x > 0 && x < 5 {
					t.Fatalf("round %d: %s shows %v of %v", round, c.Key, *c.Numerator, *c.Denominator)
				}
			}
			if want := truth[c.Key]; want != [2]float64{*c.Numerator, *c.Denominator} {
				t.Fatalf("round %d: %s shows %v of %v, want %v", round, c.Key, *c.Numerator, *c.Denominator, want)
			}
		}
		if hidden == 1 {
			t.Fatalf("round %d: one hidden cell follows from the total", round)
		}
		all := hidden == len(got.Breakdown)
		for _, x := range []float64{restNum, restDen, restDen - restNum} {
			if hidden > 1 && !all && x > 0 && x < 5 {
				t.Fatalf("round %d: %v follows for %d hidden cells", round, x, hidden)
			}
		}
	}
	if shown < 1000 {
		t.Errorf("only %d cells were shown at all", shown)
	}
}

func TestSecurityNeedsADecision(t *testing.T) {
	for _, tc := range []struct {
		d    catalogue.Definition
		free bool
	}{
		{catalogue.Definition{Area: "servicedesk", Secrecy: catalogue.Secrecy{Level: "ingen"}}, true},
		{catalogue.Definition{Area: "servicedesk"}, false}, // nobody has judged it
		{catalogue.Definition{Area: "servicedesk", Secrecy: catalogue.Secrecy{Level: "prövas"}}, false},
		{catalogue.Definition{Area: "servicedesk", Secrecy: catalogue.Secrecy{Level: "sannolik"}}, false},
		{catalogue.Definition{Area: "sakerhet", Secrecy: catalogue.Secrecy{Level: "ingen"}}, false},
		{catalogue.Definition{Area: "drift", Secrecy: catalogue.Secrecy{Level: "ingen"}, Tags: catalogue.Tags{NIS2: []string{"art21.2.c"}}}, false},
		{catalogue.Definition{Area: "drift", Secrecy: catalogue.Secrecy{Level: "ingen"}, Tags: catalogue.Tags{ITIL: []string{"information_security_management"}}}, false},
	} {
		if why := disclosure.Security(&tc.d); (why == "") != tc.free {
			t.Errorf("%+v: %q", tc.d, why)
		}
	}
	if disclosure.Names("org_unit") || !disclosure.Names("supplier") || !disclosure.Names("system") || !disclosure.Names("något annat") {
		t.Error("a breakdown by names is not told apart")
	}
}
