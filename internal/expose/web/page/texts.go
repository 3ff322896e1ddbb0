package page

import "github.com/kommunpuls/kommunpuls/internal/finding"

// texts are the words of the pages. What is said of figures stands in the
// catalogue and in package wording.
func texts() map[string]finding.Text {
	return map[string]finding.Text{
		"skip": {SV: "Hoppa till innehållet", EN: "Skip to the content"},
		"nav":  {SV: "Sidor", EN: "Pages"}, "overview": {SV: "Översikt", EN: "Overview"}, "kpis": {SV: "Alla mått", EN: "All measures"},
		"units": {SV: "Förvaltningar", EN: "Departments"}, "sources": {SV: "Källor", EN: "Sources"}, "disruptions": {SV: "Störningar", EN: "Disruptions"},
		"other-language": {SV: "In English", EN: "På svenska"}, "demo": {SV: "DEMODATA – påhittad kommun", EN: "DEMODATA – invented municipality"},
		"log-in": {SV: "Logga in", EN: "Log in"}, "log-out": {SV: "Logga ut", EN: "Log out"},
		"as-of": {SV: "Läget den %s", EN: "As of %s"}, "whole": {SV: "hela kommunen", EN: "the whole municipality"},
		"change-view": {SV: "Visa en annan dag eller en förvaltning", EN: "Show another day or a department"}, "change-day": {SV: "Visa en annan dag", EN: "Show another day"},
		"day": {SV: "Dag", EN: "Day"}, "unit": {SV: "Förvaltning", EN: "Department"}, "show": {SV: "Visa", EN: "Show"}, "today": {SV: "Visa läget nu", EN: "Show the present"},
		"footer": {SV: "Gjord med kommunpuls %s. Inga personnamn visas. Visar underlag, inte att lagen följs.", EN: "Made with kommunpuls %s. No names of persons are shown. Shows evidence, not that the law is followed."},

		"title-overview": {SV: "Läget i it", EN: "The state of IT"}, "sure": {SV: "Hur säkra är siffrorna?", EN: "How sure are the figures?"},
		"age": {SV: "Äldsta innehållet", EN: "Oldest content"}, "gap": {SV: "Saknas i systemförteckningen", EN: "Missing in the system registry"},
		"refused": {SV: "Rader som inte gick att använda", EN: "Rows that could not be used"}, "not-known": {SV: "Vi vet inte", EN: "We do not know"},
		"names": {SV: "%s namn", EN: "%s names"}, "gap-said": {SV: "Namn som syns i ärenden eller andra listor men inte i förteckningen.", EN: "Names seen in tickets or other lists but not in the registry."},
		"days": {SV: "%s dagar", EN: "%s days"}, "days-at-most": {SV: "%s", EN: "%s"}, "age-oldest": {SV: "%s är den källa vars innehåll är äldst.", EN: "%s is the source with the oldest content."},
		"age-old": {SV: "Äldre än vad ni satt som gräns: %s. Siffror därifrån kan vara inaktuella.", EN: "Older than the limit you set: %s. Figures from there may be out of date."},
		"rows-of": {SV: "%s av %s", EN: "%s of %s"}, "refused-none": {SV: "Alla rader i källorna används.", EN: "Every row of the sources is used."},
		"refused-in": {SV: "I %s. De räknas inte.", EN: "In %s. They are not counted."},
		"ten":        {SV: "Tio att börja med", EN: "Ten to begin with"}, "measure": {SV: "Mått", EN: "Measure"}, "value": {SV: "Värde", EN: "Value"}, "counts": {SV: "Antal", EN: "Count"},
		"target": {SV: "Mål", EN: "Target"}, "earlier": {SV: "Tidigare", EN: "Earlier"}, "state": {SV: "Läge", EN: "State"},
		"whole-short": {SV: "Hela kommunen", EN: "Whole municipality"}, "no-target": {SV: "inget beslutat", EN: "none decided"},
		"than-month": {SV: "%s jämfört med en månad tidigare", EN: "%s compared with a month earlier"}, "than-year": {SV: "%s jämfört med ett år tidigare", EN: "%s compared with a year earlier"},
		"steps": {SV: "Nästa steg", EN: "Next steps"}, "steps-rule": {SV: "I ordning efter hur många rader steget flyttar gånger hur viktiga de är.", EN: "Ordered by how many rows the step moves times how important they are."},
		"areas": {SV: "Alla mått, område för område", EN: "All measures, area by area"}, "unknown": {SV: "Vi vet inte än: %s mått", EN: "We do not know yet: %s measures"},
		"unknown-one": {SV: "Vi vet inte än: ett mått", EN: "We do not know yet: one measure"},
		"now-down":    {SV: "Pågående störningar", EN: "Disruptions now"}, "not-ready": {SV: "Inte klar än", EN: "Not ready yet"},
		"move-rows": {SV: "%s rader", EN: "%s rows"}, "step-open": {SV: "Mått: ", EN: "Measure: "},
		"before-began": {
			SV: "Den första läsningen gjordes den %s. Om dagar före den vet vi bara det som har egna datum: ärenden, störningar, mätningar och bokförda kostnader. Hur system, konton och annat såg ut då gissar vi inte; där står det att vi inte vet.",
			EN: "The first reading was made on %s. Of days before it we know only what has dates of its own: tickets, disruptions, measurements and booked costs. How systems, accounts and other things were then is not guessed; there it says that we do not know.",
		},
		"find": {SV: "Sök bland måtten", EN: "Search the measures"}, "find-button": {SV: "Sök", EN: "Search"}, "meant": {SV: "Menade du", EN: "Did you mean"},
		"to-overview": {SV: "Till översikten", EN: "To the overview"},
		"bad-day":     {SV: "Dagen går inte att visa", EN: "That day cannot be shown"}, "bad-day-said": {SV: "Skriv dagen som 2025-12-31. Den får inte ligga framåt i tiden.", EN: "Write the day as 2025-12-31. It may not be in the future."},
		"bad-unit": {SV: "Förvaltningen finns inte här", EN: "There is no such department here"}, "bad-unit-said": {SV: "Inga siffror gäller en förvaltning med den beteckningen, eller så ser du den inte.", EN: "No figures concern a department with that id, or you may not see it."},
		"bad-measure": {SV: "Måttet finns inte", EN: "There is no such measure"}, "bad-measure-said": {SV: "Inget mått har den beteckningen. Sök efter det du vill veta.", EN: "No measure has that id. Search for what you want to know."},
		"too-long": {SV: "Frågan är för lång", EN: "The query is too long"}, "too-long-said": {SV: "Adressen innehåller mer text än vad som går att söka på. Förkorta den.", EN: "The address holds more text than can be searched for. Shorten it."},
		"not-found": {SV: "Sidan finns inte", EN: "There is no such page"}, "not-found-said": {SV: "Adressen leder ingenstans. Den kan vara felskriven, eller så har sidan bytt namn.", EN: "The address leads nowhere. It may be misspelt, or the page has another name now."},
		"forbidden": {SV: "Du ser inte det här", EN: "You do not see this"}, "forbidden-said": {SV: "Din roll ger inte rätt att se sidan. Den som sköter kommunpuls kan ändra det.", EN: "Your role does not allow you to see the page. Whoever runs kommunpuls can change that."},
		"log-in-first": {SV: "Logga in för att se siffrorna", EN: "Log in to see the figures"}, "log-in-first-said": {
			SV: "Siffrorna och raderna bakom dem visas bara för den som har loggat in. Finns ingen inloggning här är den inte inställd än; den som sköter kommunpuls ställer in den i konfigurationen under access.",
			EN: "The figures and the rows behind them are shown only to those who have logged in. If there is no login here it has not been set up yet; whoever runs kommunpuls sets it up in the configuration under access.",
		},
		"stopped": {SV: "Det tog för lång tid", EN: "It took too long"}, "stopped-said": {SV: "Räkningen avbröts innan den var klar. Försök igen om en stund.", EN: "The computation was stopped before it was done. Try again in a while."},
		"fault": {SV: "Något gick fel", EN: "Something went wrong"}, "fault-said": {SV: "Sidan gick inte att göra. Vad som hände står i tjänstens logg.", EN: "The page could not be made. What happened stands in the log of the service."},

		"none-here": {SV: "Inga siffror för den här förvaltningen.", EN: "No figures for this department."},
	}
}
