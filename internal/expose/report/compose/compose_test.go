package compose_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Words that people who run a municipality do not use.
var technical = regexp.MustCompile(`(?i)(^|[^\pL\d])(kpi\pL*|sso|ad|ldap|mfa|coverage|p90|dashboard\pL*|metakatalog\pL*|quantile\pL*|plugin\pL*|api|sql|json|csv|vpn|entra|nis2|token)([^\pL\d]|$)`)

func TestTheOnePageForThoseWhoRunTheMunicipality(t *testing.T) {
	said := golden(t, "ledning", compose.ForLeadership(example(t)))
	require.NotRegexp(t, technical, said)
	require.NotContains(t, said, "förvaltningen ", "no förvaltning is singled out")
	for _, title := range []string{"Där vi står", "bättre", "sämre", "Tre steg", "Så säkra är siffrorna"} {
		require.Contains(t, said, title)
	}
	require.NotContains(t, strings.SplitN(said, "blivit sämre", 2)[1], "435 timmar", "nothing at all a year ago was not written down then")
}

func TestEverySentenceOfTheCatalogueIsPlain(t *testing.T) {
	in := example(t)
	n := 0
	for _, d := range in.Catalogue.KPIs {
		if d.Sentence.SV != "" {
			n++
			require.NotRegexp(t, technical, d.Sentence.SV, d.ID)
		}
	}
	require.Greater(t, n, 20)
}

func TestAStepWithTechnicalWordsIsPassedOver(t *testing.T) {
	in := example(t)
	steps := in.Steps.Whole
	require.NotEmpty(t, steps)
	odd := steps[0]
	odd.Do.SV = "Slå på MFA i Entra."
	in.Steps.Whole = append(in.Steps.Whole[:0:0], odd, steps[0])
	said := text(compose.ForLeadership(in))
	require.NotContains(t, said, "Entra")
	require.Contains(t, said, steps[0].Do.SV)
}

func TestWithoutAnyTargetItIsSaidHowToSetOne(t *testing.T) {
	in := example(t)
	for i := range in.Findings {
		in.Findings[i].Target = nil
		if in.Findings[i].Outcome.HasValue() {
			in.Findings[i].Outcome = finding.Measured
		}
	}
	require.Contains(t, text(compose.ForLeadership(in)), "! Kommunen har inte beslutat något mål")
}

func TestNothingKnownIsSaidInPlainWords(t *testing.T) {
	in := example(t)
	for i := range in.Findings {
		in.Findings[i] = finding.Finding{KPI: in.Findings[i].KPI, Title: in.Findings[i].Title, Outcome: finding.NoData}
	}
	in.Before, in.Sources = nil, nil
	in.Steps.Whole = nil
	said := text(compose.ForLeadership(in))
	for _, want := range []string{"Det finns ingen siffra att visa än.", "Vi vet inte: inga äldre siffror är framräknade att jämföra med.", "Inget steg går att räkna fram"} {
		require.Contains(t, said, want)
	}
	require.NotPanics(t, func() { compose.ForAuditors(in, nil, nil) })
}

func recommendations() []followup.Row {
	days := 300
	return []followup.Row{
		{Reference: "EY-2024-3", Title: "Utse ägare för alla system", Place: "Uppfoljning.csv, rad 14", State: followup.Overdue, Days: &days, Late: 20, Due: at(11, 1, 12, 0), MeasuredBy: "system_owner_coverage",
			Measure: &finding.Finding{KPI: "system_owner_coverage", Title: finding.Text{SV: "Andel system med utsedd systemägare"}, Unit: "share", Value: f64(.15), Numerator: f64(75), Denominator: f64(500), Outcome: finding.NotMet}},
		{Reference: "EY-2024-4", Title: "Öva återställning", State: followup.Closed},
	}
}

func TestAGoalThatIsClosedBesideAFigureThatMissesItIsPointedOut(t *testing.T) {
	goal := followup.Row{Reference: "12", Title: "Hälften av systemen får gott betyg", State: followup.Closed, Status: "met", MeasuredBy: "system_satisfaction_share",
		Measure: &finding.Finding{KPI: "system_satisfaction_share", Title: finding.Text{SV: "Andel system med högt betyg"}, Unit: "share", Value: f64(29. / 60), Numerator: f64(29), Denominator: f64(60), Outcome: finding.NotMet,
			Target: &finding.Target{Kind: "value", Value: f64(.5)}}}
	said := text(compose.ForAuditors(example(t), []followup.Row{goal}, nil))
	require.Contains(t, said, "! Stängt enligt listan, men siffran når inte målet: 12. Vilket som stämmer får den ansvariga svara på.")
	require.Contains(t, said, "12 Hälften av systemen får gott betyg | ◐ stängd enligt listan |")
	require.Contains(t, said, "29~av~60, 48,3~%; målet 50~% är inte nått")
	goal.Measure.Outcome = finding.Met
	said = text(compose.ForAuditors(example(t), []followup.Row{goal}, nil))
	require.NotContains(t, said, "enligt listan")
	require.NotContains(t, said, "är inte nått |")
}

func TestWhatARevisorAsksFor(t *testing.T) {
	said := golden(t, "revision", compose.ForAuditors(example(t), recommendations()[1:], recommendations()))
	law := regexp.MustCompile(`(?i)cybersäkerhetslag|NIS2`)
	for _, chapter := range strings.Split(said, "\n# ") {
		if law.MatchString(chapter) {
			require.Contains(t, chapter, "Visar underlag, inte att lagen följs.")
		}
	}
	require.Contains(t, said, "KS 2026/145, §~62")
	require.Contains(t, said, "30~juni~2027")
	require.Contains(t, said, "Sekretessprövas före utlämnande")
	for _, letter := range "abcdefghij" {
		require.Contains(t, said, "Artikel 21.2 "+string(letter)+":")
	}
}

func TestEveryFigureSaysWhatItWasOrWhyThatIsNotKnown(t *testing.T) {
	in := example(t)
	in.Began = in.At.AsOf.AddDate(-2, 0, 0)
	for i := range in.Findings {
		switch f := &in.Findings[i]; f.KPI {
		case "nki_it":
			f.Suppressed = true
		case "classification_coverage":
			f.Value, f.Numerator, f.Denominator, f.Outcome = nil, nil, nil, finding.NoData
		}
	}
	d := compose.ForAuditors(in, nil, nil)
	said := map[string]bool{}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			table, ok := b.(document.Table)
			if last := len(table.Columns) - 1; ok && table.Columns[last].Title == "Ett år tidigare" {
				for _, r := range table.Rows {
					require.NotEmpty(t, r[1].Text, r[0].Text)
					require.NotEmpty(t, r[last].Text, r[0].Text)
					said[r[last].Text] = true
				}
			}
		}
	}
	for _, why := range []string{"ingen siffra från då", "för få att jämföra", "visas inte", "ingen siffra nu"} {
		require.True(t, said[why], "%s of %v", why, said)
	}
	require.Contains(t, text(d), "”Ingen siffra från då” betyder")
	require.NotContains(t, text(d), "ttes inte då")
}

func TestAPastDaySaysWhatWasNotKnown(t *testing.T) {
	in := example(t)
	in.At = store.Point{AsOf: in.Began.AddDate(0, -1, 0), KnownAt: in.At.AsOf}
	for _, said := range []string{text(compose.ForLeadership(in)), text(compose.ForAuditors(in, nil, nil))} {
		require.Contains(t, said, "räknade i efterhand")
		require.Contains(t, said, "Den första källan lästes den 22~mars~2026")
		require.NotContains(t, said, "Alla källor har ändrats")
	}
}

func TestAReportOfAFörvaltningIsItsOwn(t *testing.T) {
	in := example(t)
	work := in.Findings[0]
	for _, f := range in.Findings {
		if f.KPI == "system_owner_coverage" {
			work = f
		}
	}
	for i, id := range []string{"bokning", "kassa", "journal"} {
		work.Evidence = append(work.Evidence, finding.Row{Entity: "system", ID: id, Label: "System " + id, Reason: "Ingen ägare är ifylld.", Place: "Systemlista.xlsx, blad System, rad " + string(rune('1'+i)), Waived: id == "kassa"})
	}
	work.Evidence = append(work.Evidence, finding.Row{Entity: "system", ID: "fine", Label: "Ett system med ägare", Pass: true})
	said := golden(t, "forvaltning", compose.ForDepartment(in, compose.Department{ID: "soc", Name: "Socialförvaltningen", Work: []finding.Finding{work}, Tiers: map[string]string{"journal": "gold", "kassa": "silver"}, Order: []string{"gold", "silver"}}))
	require.NotContains(t, said, "Utbildningsförvaltningen")
	require.NotContains(t, said, "Tekniska kontoret")
	require.NotContains(t, said, "Ett system med ägare")
	require.Contains(t, said, "för få för att visas")
	require.Contains(t, said, "visas inte", "the whole less one's own is the figure of the only other one")
	require.Less(t, strings.Index(said, "System journal"), strings.Index(said, "System kassa"))
	require.Less(t, strings.Index(said, "System kassa"), strings.Index(said, "System bokning"))
}

func october(in compose.Input) compose.Month {
	m := compose.Month{Start: at(10, 1, 0, 0), End: at(11, 1, 0, 0).Add(-time.Second)}
	for i := range 13 {
		end := time.Date(2025, time.Month(11+i), 1, 0, 0, 0, 0, m.Start.Location()).Add(-time.Second)
		p := compose.MonthPoint{End: end}
		for _, f := range in.Findings {
			f.AsOf, f.Target = end, nil
			switch f.KPI {
			case "ticket_resolution_24h":
				n := 800 + float64(i)
				f.Numerator, f.Denominator, f.Value = f64(n), f64(1140), f64(n/1140)
			case "network_disruption_time":
				f.Value = f64(float64(i) * 3600)
				f.Also = []finding.Also{{Key: "count", Value: f64(3)}, {Key: "places", Value: f64(96 * 60)}}
			case "service_desk_queue_length", "system_owner_coverage":
			default:
				continue
			}
			p.Findings = append(p.Findings, f)
		}
		m.Points = append(m.Points, p)
	}
	m.Disruptions = []compose.Disruption{
		{Spot: "Brandstationen", Users: 24, From: at(10, 13, 13, 5), To: at(10, 13, 13, 11)},
		{Spot: "Centralskolan", Users: 60, From: at(10, 13, 9, 38), To: at(10, 13, 10, 19)},
	}
	m.Log = []store.DecisionChange{
		{At: at(10, 5, 8, 0), Section: "targets", Key: "sso_coverage", Field: "value", Was: "10", Became: "30", Decision: "KS 2026/101, § 15"},
		{At: at(10, 5, 8, 0), Section: "targets", Key: "sso_coverage", Field: "due", Became: "2027-12-31", Decision: "KS 2026/101, § 15"},
		{At: at(10, 6, 8, 0), Section: "org_units", Key: "soc", Field: "name", Became: "Socialförvaltningen"},
	}
	return m
}

func TestTheReportOfAMonth(t *testing.T) {
	in := example(t)
	said := golden(t, "manad", compose.ForMonth(in, october(in)))
	require.Contains(t, said, "Nätet var nere tre gånger i oktober, sammanlagt 1 timme och 36 minuter under öppettid. Värst var tisdagen den 13~oktober, då omkring 60 personer på Centralskolan inte kunde arbeta på 41 minuter.")
	require.Contains(t, said, "I oktober löstes 812 av 1~140 felanmälningar (71~procent) inom ett dygn, ungefär som i september.")
	require.NotContains(t, said, "org_units")
}

func TestAMonthWithoutDisruptionsAndOneNobodyKnows(t *testing.T) {
	in := example(t)
	m := october(in)
	m.Disruptions = nil
	last := m.Points[12].Findings
	for i := range last {
		if last[i].KPI == "network_disruption_time" {
			last[i].Also = []finding.Also{{Key: "count", Value: f64(0)}}
		}
	}
	require.Contains(t, text(compose.ForMonth(in, m)), "Inget avbrott i nätet är antecknat i oktober.")
	for i := range last {
		last[i].Value, last[i].Outcome, last[i].Reason = nil, finding.NoData, &finding.Text{SV: "Det äldsta som är känt är från den 3 november 2026."}
	}
	said := text(compose.ForMonth(in, m))
	for _, want := range []string{"Hur nätet fungerade i oktober vet vi inte. Det äldsta", "löstes inom ett dygn i oktober vet vi inte", "Det finns ingen siffra för månaden."} {
		require.Contains(t, said, want)
	}
}

func TestTheSameInputGivesTheSameReport(t *testing.T) {
	in := example(t)
	in.Made = time.Time{}
	require.Equal(t, compose.ForAuditors(in, nil, recommendations()), compose.ForAuditors(in, nil, recommendations()))
	require.Equal(t, compose.ForLeadership(in), compose.ForLeadership(in))
}

func TestTheOldestSourceIsTheOneThatTheTableSaysIsOldest(t *testing.T) {
	in := example(t)
	now := in.At.AsOf
	in.Sources = []store.SourceState{
		{SourceInfo: store.SourceInfo{Name: "systemlista", ContentMaxAge: 90 * 24 * time.Hour}, ContentAt: now.AddDate(0, 0, -2)},
		{SourceInfo: store.SourceInfo{Name: "andra"}, ContentAt: now.AddDate(0, 0, -21)},
		{SourceInfo: store.SourceInfo{Name: "borttagen", RetiredOn: now}, ContentAt: now.AddDate(-1, 0, 0)},
		{SourceInfo: store.SourceInfo{Name: "tom"}},
	}
	require.Contains(t, text(compose.ForLeadership(in)), "Äldst är ”andra”")

	in.Sources[0].ContentAt = now.AddDate(0, 0, -91) // older than it may be, which matters more
	in.Sources[1].ContentAt = now.AddDate(0, 0, -92)
	require.Contains(t, text(compose.ForLeadership(in)), "Äldst är uppgifterna i ”systemlista”")
}
