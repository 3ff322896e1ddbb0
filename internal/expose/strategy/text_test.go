package strategy

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
)

func TestTheStatusTexts(t *testing.T) {
	for marker, want := range map[string]string{
		"kpi sso_coverage":                              status40,
		"kpi sso_coverage förvaltning=SBF":              "Per den 22 november 2026, Stadsbyggnadskontoret: 2 av 4. Målet 50 procent är nått.",
		`mått sso_coverage enhet="socialförvaltningen"`: "Per den 22 november 2026, Socialförvaltningen: 5 av 20 (25 procent). Målet 50 procent är inte nått.",
		"kpi sso_coverage förvaltning=rtj":              "Per den 22 november 2026, Räddningstjänsten: vi vet inte, därför att siffran inte finns för den förvaltningen.",
		"kpi wait":                                      "Per den 22 november 2026: 2 timmar. Målet högst 1 timme senast den 31 december 2027 är inte nått än, men det går i den takt som behövs.",
		"kpi licences":                                  "Per den 22 november 2026: vi vet inte, därför att ingen källa visar installerade program.",
		"kpi licences förvaltning=soc":                  "Per den 22 november 2026, Socialförvaltningen: vi vet inte, därför att ingen källa visar installerade program.",
		"kpi accounts":                                  "Per den 22 november 2026: underlaget är för litet för att visas.",
		"goal 17":                                       "Per den 22 november 2026: delvis uppnått, öppet i 1 056 dagar. Skulle ha varit klart senast den 30 juni 2026, för 145 dagar sedan. Ansvarig roll: It-chef. Andel system med gemensam inloggning: 11 av 40 (27,5 procent). Målet 60 procent senast den 31 december 2025 är inte nått.",
		"goal 18":                                       "Per den 22 november 2026: uppnått den 2 juli 2025, efter 548 dagar och 2 dagar efter sista dagen.",
		"mål 19":                                        "Per den 22 november 2026: lagt åt sidan genom beslut (KS 2026/98, § 41).",
		"goal 21":                                       "Per den 22 november 2026: avslutat utan att vara uppnått den 31 december 2025, efter 730 dagar.",
		"rekommendation ey‑2024–3":                      "Per den 22 november 2026: inte åtgärdad, öppen i 934 dagar. Ska vara klar senast den 31 januari 2027. Ansvarig roll: Kommundirektör.",
	} {
		m, err := parse(marker)
		if err != nil {
			t.Errorf("%s: %v", marker, err)
			continue
		}
		_, got, err := facts(t, "2026-11-22").Say(m)
		if err != nil || plainSpaces(got) != want {
			t.Errorf("%s:\ngot  %s (%v)\nwant %s", marker, plainSpaces(got), err, want)
		}
	}
}

func TestWhyThereIsNoFigureIsSaidAsPeopleSayIt(t *testing.T) {
	for why, want := range map[string]string{
		"": "vi vet inte.", "Det finns inga rader att räkna på (nämnder).": "vi vet inte, därför att det inte finns några rader att räkna på (nämnder).",
		"Kan mätas när något är registrerat: ingen källa har en enda rad.": "vi vet inte, därför att ingen källa har en enda rad.",
		"Mål och utgångsläge är inte beslutade.":                           "vi vet inte. Mål och utgångsläge är inte beslutade.",
	} {
		f := finding.Finding{Outcome: finding.NoData, Reason: &finding.Text{SV: why}}
		if got := absent(f); got != want {
			t.Errorf("%q: %q, want %q", why, got, want)
		}
	}
	stale := finding.Finding{Unit: "count", Value: n(3), Outcome: finding.Stale, Reason: &finding.Text{SV: "Källan systemlista ändrades senast den 3 mars."}}
	if got := (Facts{}).sayFigure(stale); got != "3. Uppgifterna kan vara inaktuella. Källan systemlista ändrades senast den 3 mars." {
		t.Error(got)
	}
}

func TestADayBeforeTheListsWereReadIsNotKnown(t *testing.T) {
	f := facts(t, "2020-01-01")
	f.Goals = nil
	if _, got, err := f.Say(Marker{Kind: kindGoal, Ref: "17"}); err != nil || plainSpaces(got) != "Per den 1 januari 2020: vi vet inte, därför att ingen lista över mål var inläst den dagen." {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAGoalThatIsDoneByTheListAloneSaysSo(t *testing.T) {
	f := facts(t, "2026-11-22")
	goal := followup.Row{State: followup.Closed, Status: "met", Measure: &finding.Finding{
		Title: finding.Text{SV: "Andel nöjda"}, Unit: "share", Value: n(29. / 60), Numerator: n(29), Denominator: n(60), Outcome: finding.NotMet, Target: &finding.Target{Kind: "value", Value: n(0.5)},
	}}
	if got, want := plainSpaces(f.sayRow(goal, goalWords())), "uppnått. Det säger listan; siffran säger något annat. Andel nöjda: 29 av 60 (48,3 procent). Målet 50 procent är inte nått."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
