package peers_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/peers"
)

func p(v float64) *float64 { return &v }

func asOf() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func own(t *testing.T) peers.Own {
	return peers.Own{
		Finding: finding.Finding{KPI: "k", Unit: "share", Outcome: finding.Measured, Value: p(0.15), Numerator: p(75), Denominator: p(500), AsOf: asOf()},
		Method:  "1-a", Location: stockholm(t),
	}
}

// other is a municipality's share at the end of October, of 200.
func other(code string, share float64) peers.Figure {
	return peers.Figure{Code: code, Name: "Kommun " + code, Method: "1-a", AsOf: time.Date(2026, 10, 31, 22, 59, 59, 0, time.UTC), Value: share, Numerator: p(share * 200), Denominator: p(200)}
}

func group() peers.Settings {
	return peers.Settings{Source: "andra", Group: "Länet", Minimum: 3, Show: true}
}

func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestTheMiddleOfTheOthersAndTheWayThere(t *testing.T) {
	got := peers.Compare(own(t), []peers.Figure{other("0003", 0.2), other("0001", 0.5), other("0004", 0.4), other("0002", 0.3)}, group())
	if got == nil || got.Count != 4 || math.Abs(*got.Median-0.35) > 1e-12 || math.Abs(*got.Difference+0.2) > 1e-12 {
		t.Fatalf("got %+v", got)
	}
	if len(got.Values) != 4 || got.Values[0].Code != "0001" || *got.Values[0].Numerator != 100 || got.Values[0].AsOf != "2026-10-31" {
		t.Errorf("values %+v", got.Values)
	}
	want := "Medianen för 4 andra kommuner (Länet) är 35,0 %. Kommunen ligger 20,0 procentenheter under. De andras siffror gäller 31 oktober 2026."
	if said := plain(got.Say().SV); said != want {
		t.Errorf("got  %s\nwant %s", said, want)
	}
	if said := plain(got.Say().EN); said != "The median of 4 other municipalities (Länet) is 35.0%. The municipality is 20.0 percentage points below. The others' figures are of 31 October 2026." {
		t.Error(said)
	}
}

func TestEachOnesFigureIsShownOnlyWhereTheGroupHasAgreed(t *testing.T) {
	s := group()
	s.Show, s.Minimum = false, 5
	var others []peers.Figure
	for i := range 5 {
		others = append(others, other(fmt.Sprintf("000%d", i), 0.1*float64(i+1)))
	}
	got := peers.Compare(own(t), others, s)
	if got.Values != nil || *got.Median != 0.30000000000000004 {
		t.Errorf("got %+v", got)
	}
	if got := peers.Compare(own(t), others[:4], s); got.Median != nil || got.Own != nil || got.Values != nil || got.Reason == nil ||
		!strings.Contains(got.Reason.SV, "4 andra kommuner i gruppen") || !strings.Contains(got.Reason.SV, "minst 5") {
		t.Errorf("four of five: %+v", got)
	}
}

func TestWhatIsCountedOtherwiseOrOnTooFewIsSaidAndNotCompared(t *testing.T) {
	otherwise, few := other("0004", 0.9), other("0005", 0.9)
	otherwise.Method = "2-a"
	few.Denominator, few.Numerator = p(9), p(8)
	got := peers.Compare(own(t), []peers.Figure{other("0001", 0.1), other("0002", 0.2), other("0003", 0.3), otherwise, few}, group())
	if got.Count != 3 || got.Otherwise != 1 || got.Few != 1 || *got.Median != 0.2 {
		t.Fatalf("got %+v", got)
	}
	for _, want := range []string{"1 kommun räknar på annat sätt och jämförs inte.", "1 kommun har färre än tio rader att räkna på och jämförs inte."} {
		if !strings.Contains(got.Say().SV, want) {
			t.Errorf("%q lacks %q", got.Say().SV, want)
		}
	}
}

func TestOnlyTheNewestFigureOfEachWithinAYearAndNotAfterTheOwn(t *testing.T) {
	later, older, ancient := other("0001", 0.9), other("0001", 0.8), other("0004", 0.7)
	later.AsOf = asOf().Add(time.Hour)
	older.AsOf = asOf().AddDate(0, -3, 0)
	ancient.AsOf = asOf().AddDate(-1, 0, -5)
	got := peers.Compare(own(t), []peers.Figure{later, older, other("0001", 0.1), other("0002", 0.2), other("0003", 0.3), ancient}, group())
	if got.Count != 3 || *got.Median != 0.2 || *got.Values[0].Value != 0.1 {
		t.Errorf("got %+v", got)
	}
}

func TestTheDistanceAYearBeforeIsToTheSameMunicipalities(t *testing.T) {
	o := own(t)
	o.Finding.Previous = &finding.Previous{Period: "year", Value: p(0.10), AsOf: "2025-11-20", Trend: "better"}
	then := func(code string, share float64) peers.Figure {
		f := other(code, share)
		f.AsOf = f.AsOf.AddDate(-1, 0, 0)
		return f
	}
	now := []peers.Figure{other("0001", 0.1), other("0002", 0.2), other("0003", 0.3)}
	got := peers.Compare(o, append(now, then("0001", 0.1), then("0002", 0.18), then("0003", 0.3)), group())
	if got.Earlier == nil || got.Earlier.Count != 3 || math.Abs(*got.Earlier.Difference+0.08) > 1e-12 || got.Earlier.AsOf != "2025-11-20" {
		t.Fatalf("got %+v", got.Earlier)
	}
	if !strings.Contains(plain(got.Say().SV), "Ett år tidigare låg den 8,0 procentenheter under medianen för samma kommuner.") {
		t.Error(got.Say().SV)
	}
	if got := peers.Compare(o, append(now, then("0001", 0.1), then("0002", 0.18)), group()); got.Earlier != nil {
		t.Errorf("one of them had no figure then: %+v", got.Earlier)
	}
	o.Finding.Previous.Trend = "not_comparable"
	if got := peers.Compare(o, append(now, then("0001", 0.1), then("0002", 0.18), then("0003", 0.3)), group()); got.Earlier != nil {
		t.Errorf("the own figure was counted otherwise then: %+v", got.Earlier)
	}
}

func TestCountsArePerThousandInhabitants(t *testing.T) {
	o := own(t)
	o.Finding.Unit, o.Finding.Value, o.Finding.Numerator, o.Finding.Denominator, o.Absolute = "count", p(50), nil, nil, true
	others := []peers.Figure{}
	for i, n := range []float64{20, 40, 60} {
		f := other(fmt.Sprintf("000%d", i), 0)
		f.Value, f.Numerator, f.Denominator, f.Inhabitants = n, nil, nil, 20_000
		others = append(others, f)
	}
	unknown := others[0]
	unknown.Code, unknown.Inhabitants = "0009", 0
	s := group()
	s.Inhabitants = 100_000
	got := peers.Compare(o, append(others, unknown), s)
	if got.Per != "inhabitants" || got.Count != 3 || *got.Own != 0.5 || *got.Median != 2 || *got.Difference != -1.5 {
		t.Fatalf("got %+v", got)
	}
	if said := plain(got.Say().SV); !strings.Contains(said, "är 2,00 per 1 000 invånare. Kommunen ligger 1,50 per 1 000 invånare under.") {
		t.Error(said)
	}
	s.Inhabitants = 0
	if got := peers.Compare(o, others, s); got.Median != nil || got.Reason == nil || !strings.Contains(got.Reason.SV, "invånarantal är inte angivet") {
		t.Errorf("got %+v", got)
	}
}

func TestNothingIsSaidWhereThereIsNothingToCompare(t *testing.T) {
	three := []peers.Figure{other("0001", 0.1), other("0002", 0.2), other("0003", 0.3)}
	hidden, none, few := own(t), own(t), own(t)
	hidden.Finding.Suppressed = true
	none.Finding.Value = nil
	few.Finding.Denominator = p(9)
	if peers.Compare(own(t), three, peers.Settings{}) != nil || peers.Compare(own(t), nil, group()) != nil || peers.Compare(hidden, three, group()) != nil || peers.Compare(none, three, group()) != nil {
		t.Error("something was said")
	}
	if got := peers.Compare(few, three, group()); got.Median != nil || !strings.Contains(got.Reason.SV, "färre än tio rader") {
		t.Errorf("got %+v", got)
	}
	same := own(t)
	same.Finding.Value = p(0.20004)
	if said := peers.Compare(same, three, group()).Say().SV; !strings.Contains(said, "Kommunen ligger i nivå med den.") {
		t.Error(said)
	}
}

// What decides the figure changes the method; words do not.
func TestTheMethodIsOfWhatDecidesTheFigure(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]catalogue.Definition{}
	seen := map[string]string{}
	for _, d := range c.KPIs {
		byID[d.ID] = d
		m := peers.Method(c, &d, nil, d.PopulationText)
		if seen[m] != "" {
			t.Errorf("%s and %s have the same method %s", d.ID, seen[m], m)
		}
		seen[m] = d.ID
	}
	method := func(id string, change func(*catalogue.Definition), rules map[string]string) string {
		d := byID[id]
		if change != nil {
			change(&d)
		}
		return peers.Method(c, &d, rules, d.PopulationText)
	}
	was := method("system_owner_coverage", nil, nil)
	if !strings.HasPrefix(was, "1-") || len(was) != len("1-")+16 {
		t.Errorf("method %q", was)
	}
	for name, change := range map[string]func(*catalogue.Definition){
		"a title":     func(d *catalogue.Definition) { d.Title.SV = "Annat" },
		"white space": func(d *catalogue.Definition) { d.Pass = "  " + strings.ReplaceAll(d.Pass, " ", "\n ") },
		"evidence":    func(d *catalogue.Definition) { d.Evidence.Order = "name" },
		"a breakdown": func(d *catalogue.Definition) { d.Breakdowns = nil },
	} {
		if method("system_owner_coverage", change, nil) != was {
			t.Errorf("%s changes the method", name)
		}
	}
	for name, change := range map[string]func(*catalogue.Definition){
		"the pass rule":  func(d *catalogue.Definition) { d.Pass += " AND 1 = 1" },
		"the population": func(d *catalogue.Definition) { d.Population += " AND 1 = 1" },
		"the method":     func(d *catalogue.Definition) { d.Method++ },
		"the unit":       func(d *catalogue.Definition) { d.Unit = "count" },
	} {
		if method("system_owner_coverage", change, nil) == was {
			t.Errorf("%s does not change the method", name)
		}
	}
	if method("classification_currency", nil, map[string]string{"classification_max_age": "12m"}) == method("classification_currency", nil, map[string]string{"classification_max_age": "24m"}) {
		t.Error("another rule of the municipality's own is the same method")
	}
}
