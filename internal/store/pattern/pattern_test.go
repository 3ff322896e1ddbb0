package pattern_test

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/store/pattern"
)

func TestANameHasTheFormOrNot(t *testing.T) {
	for _, tt := range []struct {
		kind, pattern, name string
		want                bool
	}{
		{pattern.Wildcard, "Grundskolan *", "grundskolan  Ängen", true},
		{pattern.Wildcard, "Grundskolan *", "Grundskolan", false},
		{pattern.Wildcard, "Grundskolan *", "Min Grundskolan Ängen", false},
		{pattern.Wildcard, "Enhet ?", "Enhet Å", true},
		{pattern.Wildcard, "Enhet ?", "Enhet 10", false},
		{pattern.Wildcard, "*/skola/*", "Kommun/Skola/Ängen", true},
		{pattern.Wildcard, "a[b]*", "A[B]c", true},
		{pattern.Wildcard, "a[b]*", "abc", false},
		{pattern.Wildcard, `/^F \d+$/`, "f 10", true},
		{pattern.Wildcard, `/^F \d+$/`, "F 10 B", false},
		{pattern.OU, "OU=Skola,OU=Utbildning", "CN=x,OU=Rektor,ou=skola, OU=Utbildning ,DC=kommun,DC=se", true},
		{pattern.OU, "OU=Skola,OU=Utbildning", "OU=Skola,OU=Vård,OU=Utbildning", false},
		{pattern.OU, "OU=Skola,OU=Utbildning", "OU=Utbildning,OU=Skola", false},
		{pattern.OU, "OU=Skola,OU=Utbildning", "kommun.se/Utbildning/Skola/Rektor", true},
		{pattern.OU, `OU=Vård\, omsorg`, `OU=Hemtjänst,OU=Vård\, omsorg,DC=se`, true},
		{pattern.OU, "OU=Skola", "Skola", false},
		{pattern.CostCentre, "4100-4199", "4110", true},
		{pattern.CostCentre, "4100-4199", "4199 Centralskolan", true},
		{pattern.CostCentre, "4100–4199", "4200", false},
		{pattern.CostCentre, "4100-4199", "41100", false},
		{pattern.CostCentre, "4100-4199", "4110b", false},
		{pattern.CostCentre, "0410", "0410", true},
		{pattern.CostCentre, "0410", "410", false},
	} {
		m, err := pattern.New(tt.kind, tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		if _, got := m.Match(tt.name); got != tt.want {
			t.Errorf("%s on %q: got %v", tt.pattern, tt.name, got)
		}
	}
}

func TestTheNearestUnitOfAPathGoesFirst(t *testing.T) {
	const name = "OU=Rektor,OU=Skola,OU=Utbildning,OU=Kommunen,DC=se"
	last := 0
	for _, p := range []string{"OU=Kommunen", "OU=Utbildning", "OU=Utbildning,OU=Kommunen", "OU=Skola", "OU=Skola,OU=Utbildning", "OU=Rektor"} {
		m, err := pattern.New(pattern.OU, p)
		if err != nil {
			t.Fatal(err)
		}
		nearer, ok := m.Match(name)
		if !ok || nearer <= last {
			t.Errorf("%s: %d, %v; the one before has %d", p, nearer, ok, last)
		}
		last = nearer
	}
}

func TestAPatternThatCannotBeMeantIsRefused(t *testing.T) {
	for _, tt := range []struct{ kind, text, want string }{
		{pattern.Wildcard, "Grundskolan", "varken * eller ?"},
		{pattern.Wildcard, "* ?", "passar alla namn"},
		{pattern.Wildcard, "/(/", "reguljära uttrycket"},
		{pattern.OU, "Skola", "ingen katalogsökväg"},
		{pattern.OU, "CN=x,DC=se", "ingen katalogsökväg"},
		{pattern.CostCentre, "41*", "inget kostnadsställe"},
		{pattern.CostCentre, "4199-4100", "större än det sista"},
		{pattern.CostCentre, "410-4199", "lika många siffror"},
		{"annat", "x", "okänt slag"},
	} {
		if _, err := pattern.New(tt.kind, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %q: got %v", tt.kind, tt.text, err)
		}
	}
}

func TestOverlappingRangesAndEqualPatternsAreSeen(t *testing.T) {
	compile := func(kind, text string) pattern.Matcher {
		t.Helper()
		m, err := pattern.New(kind, text)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"4100-4199", "4199-4250", true}, {"4100-4199", "4200", false}, {"4100-4199", "41000-41990", false}} {
		if got := compile(pattern.CostCentre, tt.a).Overlap(compile(pattern.CostCentre, tt.b)); got != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
	if !compile(pattern.Wildcard, "Skola *").Same(compile(pattern.Wildcard, "skola  *")) || compile(pattern.Wildcard, "a*").Same(compile(pattern.Wildcard, "/a*/")) ||
		!compile(pattern.OU, "OU=a, OU=b").Same(compile(pattern.OU, "ou=A,ou=B")) {
		t.Error("equal patterns are not told from others")
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("Skola *", "OU=a\\,b,OU=c/4100")
	f.Fuzz(func(t *testing.T, text, name string) {
		for _, kind := range []string{pattern.Wildcard, pattern.OU, pattern.CostCentre} {
			if m, err := pattern.New(kind, text); err == nil {
				m.Match(name)
			}
		}
	})
}
