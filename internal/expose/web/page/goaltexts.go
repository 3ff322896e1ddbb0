package page

import "github.com/kommunpuls/kommunpuls/internal/finding"

// goalWords are the words of the page of goals and recommendations.
func goalWords() map[string]finding.Text {
	return map[string]finding.Text{
		"title-goals": {SV: "Mål och rekommendationer", EN: "Goals and recommendations"}, "goals-nav": {SV: "Mål", EN: "Goals"},
		"goals-said": {SV: "Det som kommunen har beslutat eller revisorerna har rekommenderat, och hur länge det har väntat. Det sena står först.", EN: "What the municipality has decided or the auditors have recommended, and for how long it has waited. What is late stands first."},
		"goal":       {SV: "Mål", EN: "Goal"}, "goals": {SV: "Mål i strategin", EN: "Goals of the strategy"}, "goals-open": {SV: "Mål att nå", EN: "Goals to reach"}, "goals-done": {SV: "Stängda mål och mål som lagts åt sidan", EN: "Goals closed or set aside"},
		"goals-none":     {SV: "Inga mål är inlästa för den här dagen och det här urvalet.", EN: "No goals were read for this day and this choice."},
		"recommendation": {SV: "Rekommendation", EN: "Recommendation"}, "recommendations": {SV: "Revisorernas rekommendationer", EN: "The auditors' recommendations"}, "recommendations-open": {SV: "Rekommendationer att åtgärda", EN: "Recommendations to carry out"},
		"recommendations-done": {SV: "Stängda rekommendationer och sådana som lagts åt sidan", EN: "Recommendations closed or set aside"}, "recommendations-none": {SV: "Inga rekommendationer är inlästa för den här dagen och det här urvalet.", EN: "No recommendations were read for this day and this choice."},
		"goal-overdue": {SV: "Försenat", EN: "Overdue"}, "goal-open": {SV: "Öppet", EN: "Open"}, "goal-closed": {SV: "Stängt", EN: "Closed"}, "goal-set_aside": {SV: "Lagt åt sidan", EN: "Set aside"},
		"recommendation-overdue": {SV: "Försenad", EN: "Overdue"}, "recommendation-open": {SV: "Öppen", EN: "Open"}, "recommendation-closed": {SV: "Stängd", EN: "Closed"}, "recommendation-set_aside": {SV: "Lagd åt sidan", EN: "Set aside"},
		"many-overdue": {SV: "Försenade", EN: "Overdue"}, "many-open": {SV: "Öppna", EN: "Open"}, "many-closed": {SV: "Stängda", EN: "Closed"}, "many-set_aside": {SV: "Lagda åt sidan", EN: "Set aside"},
		"goal-number": {SV: "Nr", EN: "No."}, "goal-due": {SV: "Sista dag", EN: "Last day"}, "goal-days": {SV: "Dagar öppet", EN: "Days open"}, "goal-late": {SV: "%s dagar för sent", EN: "%s days too late"}, "goal-late-one": {SV: "1 dag för sent", EN: "1 day too late"}, "goal-measure": {SV: "Siffran bakom", EN: "The figure behind"},
		"goal-owner": {SV: "ansvarig roll: %s", EN: "responsible role: %s"}, "goal-decision": {SV: "beslut %s", EN: "decision %s"}, "goal-partly": {SV: "delvis klart", EN: "partly done"}, "goal-closed-not_met": {SV: "utan att ha nåtts", EN: "without being met"}, "goal-contradicted": {SV: "enligt listan; siffran når inte målet", EN: "by the list; the figure does not reach the target"}, "goal-closed-partly": {SV: "delvis nått", EN: "partly met"},
		"goal-one": {SV: "%s mål", EN: "%s goal"}, "goal-many": {SV: "%s mål", EN: "%s goals"}, "recommendation-one": {SV: "%s rekommendation", EN: "%s recommendation"}, "recommendation-many": {SV: "%s rekommendationer", EN: "%s recommendations"}, "goal-target": {SV: "mål %s", EN: "target %s"},
		"goals-finished": {SV: "Visa %s som är avslutade", EN: "Show %s that are finished"},
	}
}
