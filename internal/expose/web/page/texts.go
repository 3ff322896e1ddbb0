package page

import (
	"maps"
	"sync"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// texts are the words of the pages, made once: a page asks for hundreds.
var texts = sync.OnceValue(func() map[string]finding.Text {
	all := words()
	maps.Copy(all, goalWords())
	return all
})

// words are the words of the pages. What is said of figures stands in the
// catalogue and in package wording.
func words() map[string]finding.Text {
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
		"days": {SV: "%s dagar", EN: "%s days"}, "one-day": {SV: "En dag", EN: "One day"}, "age-oldest": {SV: "Äldst är källan %s.", EN: "The source %s is the oldest."},
		"age-old": {SV: "Äldre än vad ni satt som gräns: %s. Siffror därifrån kan vara inaktuella.", EN: "Older than the limit you set: %s. Figures from there may be out of date."},
		"rows-of": {SV: "%s av %s", EN: "%s of %s"}, "refused-none": {SV: "Alla rader i källorna används.", EN: "Every row of the sources is used."},
		"refused-in": {SV: "I %s. De räknas inte.", EN: "In %s. They are not counted."}, "sources-now": {SV: "Så är källorna nu; hur de stod den dagen sparas inte.", EN: "So the sources are now; how they stood that day is not kept."},
		"ten": {SV: "Börja här", EN: "Begin here"}, "measure": {SV: "Mått", EN: "Measure"}, "value": {SV: "Värde", EN: "Value"}, "counts": {SV: "Antal", EN: "Count"},
		"target": {SV: "Mål", EN: "Target"}, "earlier": {SV: "Tidigare", EN: "Earlier"}, "state": {SV: "Läge", EN: "State"},
		"whole-short": {SV: "Hela kommunen", EN: "Whole municipality"}, "no-target": {SV: "inget beslutat", EN: "none decided"},
		"than-month": {SV: "%s än en månad tidigare", EN: "%s than a month earlier"}, "than-year": {SV: "%s än ett år tidigare", EN: "%s than a year earlier"},
		"as-month": {SV: "ungefär som en månad tidigare", EN: "about the same as a month earlier"}, "as-year": {SV: "ungefär som ett år tidigare", EN: "about the same as a year earlier"},
		"not-with-month": {SV: "går inte att jämföra med en månad tidigare", EN: "not comparable with a month earlier"}, "not-with-year": {SV: "går inte att jämföra med ett år tidigare", EN: "not comparable with a year earlier"},
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

		"note": {SV: "Obs!", EN: "Note:"}, "next-step": {SV: "Nästa steg", EN: "Next step"},
		"rows-to-go": {SV: "Visa de %s raderna att gå igenom", EN: "Show the %s rows to go through"}, "rows-behind": {SV: "Visa raderna bakom siffran", EN: "Show the rows behind the figure"},
		"over-time": {SV: "Över tid", EN: "Over time"}, "one-point": {SV: "Det finns ännu bara ett värde, så det finns ingen utveckling att visa.", EN: "There is only one value so far, so there is no development to show."},
		"unfinished": {SV: "Alla månader är inte framräknade än. Ladda om sidan så räknas fler.", EN: "Not every month has been computed yet. Reload the page and more are."},
		"after-said": {SV: "Ringar är värden som har räknats fram i efterhand ur det som är känt nu. Fyllda punkter räknades då.", EN: "Rings are values computed afterwards from what is known now. Filled points were computed at the time."},
		"breaks":     {SV: "Serien bryts", EN: "The series breaks"}, "as-table": {SV: "Visa som tabell", EN: "Show as a table"}, "by-month": {SV: "månad för månad", EN: "month by month"}, "remark": {SV: "Anmärkning", EN: "Remark"},
		"computed-after": {SV: "Räknat i efterhand", EN: "Computed afterwards"}, "new-method": {SV: "Nytt sätt att räkna", EN: "New method"},
		"chart-desc":   {SV: "Från %s (%s) till %s (%s). Lägst %s i %s, högst %s i %s.", EN: "From %s (%s) to %s (%s). Lowest %s in %s, highest %s in %s."},
		"chart-target": {SV: "Målet är %s.", EN: "The target is %s."},
		"peers":        {SV: "Andra kommuner", EN: "Other municipalities"}, "holds-for": {SV: "Gäller", EN: "As of"},
		"peers-said": {
			SV: "Medianen är mittvärdet: hälften av kommunerna ligger över och hälften under. Bara kommuner som räknar på samma sätt är med. De andras siffror är deras egna uppgifter.",
			EN: "The median is the middle: half of the municipalities are above and half below. Only those that count in the same way are included. The others' figures are their own statements.",
		},
		"parts": {SV: "Uppdelat", EN: "Taken apart"}, "also": {SV: "Dessutom", EN: "Beside it"},
		"what-counts": {SV: "Vad som räknas", EN: "What is counted"}, "not-counted": {SV: "Räknas inte", EN: "Not counted"}, "left-out": {SV: "Rader som lämnats utanför", EN: "Rows left out"}, "why": {SV: "Varför", EN: "Why"}, "rows": {SV: "Rader", EN: "Rows"},
		"waivers": {SV: "Godtagna undantag", EN: "Waivers"}, "decision": {SV: "Beslut", EN: "Decision"}, "decided-by": {SV: "Beslutat av", EN: "Decided by"}, "until": {SV: "Gäller till och med", EN: "Until"},
		"behind-sources": {SV: "Källor bakom siffran", EN: "Sources behind the figure"}, "source": {SV: "Källa", EN: "Source"}, "last-read": {SV: "Lästes senast", EN: "Last read"}, "content-changed": {SV: "Innehållet ändrades", EN: "Content changed"},
		"source-fine": {SV: "läst", EN: "read"}, "source-old": {SV: "innehållet är gammalt", EN: "the content is old"}, "source-late": {SV: "läsningen är sen", EN: "the reading is late"}, "unknown-time": {SV: "vi vet inte", EN: "we do not know"},
		"definition": {SV: "Definition", EN: "Definition"}, "id": {SV: "Beteckning", EN: "Id"}, "method": {SV: "Metod, version", EN: "Method, version"}, "definition-source": {SV: "Källa till definitionen", EN: "Source of the definition"},
		"window": {SV: "Tid som räknas", EN: "Time that counts"}, "clock": {SV: "Klocka", EN: "Clock"}, "clock-working": {SV: "arbetstid", EN: "working hours"}, "frameworks": {SV: "Ramverk", EN: "Frameworks"}, "secrecy": {SV: "Sekretess", EN: "Secrecy"},
		"secrecy-prövas": {SV: "Ska prövas innan raderna lämnas ut (%s).", EN: "To be assessed before rows are handed out (%s)."}, "secrecy-sannolik": {SV: "Raderna omfattas sannolikt av sekretess (%s).", EN: "The rows are probably secret (%s)."},
		"known-at": {SV: "Räknat med det som var känt", EN: "Computed with what was known on"}, "latest": {SV: "de senaste %s", EN: "the latest %s"}, "months": {SV: "%s månader", EN: "%s months"}, "hours": {SV: "%s timmar", EN: "%s hours"}, "minutes": {SV: "%s minuter", EN: "%s minutes"},
		"tags-ey": {SV: "EY: %s.", EN: "EY: %s."}, "tags-kpmg": {SV: "KPMG: %s.", EN: "KPMG: %s."}, "tags-itil": {SV: "ITIL: %s.", EN: "ITIL: %s."}, "tags-nis2": {SV: "NIS2 och cybersäkerhetslagen (2025:1506): %s.", EN: "NIS2 and Cybersäkerhetslagen (2025:1506): %s."},
		"ey-strategi": {SV: "strategi", EN: "strategy"}, "ey-styrning": {SV: "styrning", EN: "governance"}, "ey-operativ_it": {SV: "operativ it", EN: "operational IT"}, "ey-overvakning": {SV: "övervakning", EN: "monitoring"},
		"evidence-only": {SV: "Visar underlag, inte att lagen följs.", EN: "Shows evidence, not that the law is followed."},
		"forecast":      {SV: "I nuvarande takt", EN: "At today's pace"},
		"waived":        {SV: "Godtagna", EN: "Waived"}, "waived-rows": {SV: "Av bristerna räknas alla, varav %s godtagna.", EN: "Every shortfall counts, %s of them waived."},
		"counted-on": {SV: "Räknas på", EN: "Counted on"}, "coverage": {SV: "Underlag", EN: "Basis"}, "coverage-said": {SV: "%s av raderna har de uppgifter som behövs.", EN: "%s of the rows have what is needed."},
		"sql": {SV: "Frågan som ger siffran (SQL)", EN: "The query behind the figure (SQL)"}, "sql-said": {SV: "Den går att köra i sqlite3 mot en kopia av databasen och ger samma svar.", EN: "It runs in sqlite3 against a copy of the database and gives the same answer."},
		"neighbours": {SV: "Andra mått i området", EN: "Other measures of the area"},

		"name":       {SV: "Namn", EN: "Name"},
		"title-kpis": {SV: "Alla mått", EN: "All measures"}, "found": {SV: "%s mått om ”%s”.", EN: "%s measures about “%s”."}, "found-none": {SV: "Inget mått handlar om ”%s”. Pröva ett annat ord.", EN: "No measure is about “%s”. Try another word."},
		"show-all": {SV: "Visa alla mått", EN: "Show all measures"}, "measurable": {SV: "Kan mätas när …", EN: "Can be measured when …"}, "when-said": {SV: "Kan mätas när", EN: "Can be measured when"}, "question": {SV: "Fråga som besvaras", EN: "Question answered"},
		"title-units": {SV: "Förvaltningar", EN: "Departments"}, "units-said": {SV: "Varje förvaltnings egna siffror och rader att gå igenom. Ingen jämförs i ordning.", EN: "Each department's own figures and rows to go through. Nobody is ranked."},
		"measures-n": {SV: "Mått", EN: "Measures"}, "rows-n": {SV: "Rader att gå igenom", EN: "Rows to go through"}, "no-units": {SV: "Inga siffror är uppdelade på förvaltningar än.", EN: "No figures are divided by department yet."},
		"work": {SV: "Att gå igenom", EN: "To go through"}, "work-said": {SV: "De rader som flyttar mest först, med platsen där de står i er lista.", EN: "The rows that move most first, with the place where they stand in your list."},
		"figures-of": {SV: "Siffrorna", EN: "The figures"}, "what": {SV: "Vad", EN: "What"}, "where": {SV: "Var", EN: "Where"}, "accepted": {SV: "godtagen", EN: "waived"},
		"shown-of": {SV: "%s av %s rader.", EN: "%s of %s rows."}, "all-rows": {SV: "Visa alla", EN: "Show all"}, "withheld": {SV: "Raderna visas inte", EN: "The rows are not shown"},
		"nothing-to-go": {SV: "Det finns inga rader att gå igenom.", EN: "There are no rows to go through."}, "more-work": {SV: "Fler mått med rader att gå igenom", EN: "More measures with rows to go through"},
		"see-figures":   {SV: "Se alla mått för förvaltningen", EN: "See every measure of the department"},
		"title-sources": {SV: "Källor", EN: "Sources"}, "no-sources": {SV: "Ingen källa är inlagd än. Börja med kommunpuls init och en lista.", EN: "No source has been added yet. Begin with kommunpuls init and a list."},
		"type": {SV: "Slag", EN: "Kind"}, "rows-seen": {SV: "Rader", EN: "Rows"}, "rows-refused": {SV: "Avvisade", EN: "Refused"}, "rows-vanished": {SV: "Försvunna", EN: "Vanished"},
		"source-held": {SV: "väntar på besked: många rader försvann", EN: "waits for word: many rows vanished"}, "source-failed": {SV: "gick inte att läsa", EN: "could not be read"}, "source-retired": {SV: "avslutad", EN: "retired"}, "source-never": {SV: "inte läst än", EN: "not read yet"},
		"refused-rows": {SV: "Anmärkningar om rader", EN: "Remarks on rows"}, "column": {SV: "Kolumn", EN: "Column"}, "refused-note": {SV: "De första av varje slag från senaste läsningen. Avvisade rader räknas inte.", EN: "The first of each kind from the latest reading. Refused rows are not counted."},
		"refused-word": {SV: "avvisad", EN: "refused"}, "used-word": {SV: "upplysning", EN: "note"},
		"unmapped": {SV: "Namn som inte leder till något", EN: "Names that lead nowhere"}, "unmapped-said": {SV: "Namn som står i källorna men inte i organisationen, systemförteckningen eller bland platserna. Ingen träff gissas; lägg namnet bland andra namn i besluten om förslaget stämmer.", EN: "Names that stand in the sources but not in the organisation, the registry or among the sites. No match is guessed; add the name among the other names in the decisions if the suggestion is right."},
		"closest": {SV: "Närmast", EN: "Closest"}, "unmapped-group": {SV: "%s: %s namn i %s rader", EN: "%s: %s names in %s rows"}, "unmapped-shown": {SV: ". De %s vanligaste visas.", EN: ". The %s most used are shown."}, "fits-many": {SV: "passar flera: %s", EN: "fits several: %s"},
		"reports": {SV: "Rapporter", EN: "Reports"}, "title-reports": {SV: "Rapporter", EN: "Reports"},
		"no-reports":      {SV: "Inga rapporter finns sparade än, eller inga som din roll ser. Den som sköter kommunpuls bestämmer vilka som görs och när.", EN: "No reports are kept yet, or none that your role sees. Whoever runs kommunpuls decides which are made and when."},
		"reports-said":    {SV: "De här rapporterna har gjorts enligt schema. De ändras aldrig: det som stod där då står där nu.", EN: "These reports have been made on schedule. They never change: what they said then they say now."},
		"reports-pdf":     {SV: "En PDF saknar de märken som en skärmläsare går efter och ska inte publiceras. Webbsidan är originalet.", EN: "A PDF lacks the tags that a screen reader goes by and is not to be published. The web page is the original."},
		"reports-caption": {SV: "Sparade rapporter, den senaste först", EN: "Reports that are kept, the latest first"},
		"report":          {SV: "Rapport", EN: "Report"}, "report-file": {SV: "Spara", EN: "Save"}, "report-as-pdf": {SV: "PDF av %s, %s", EN: "PDF of %s, %s"},
		"report-ledning": {SV: "till ledningen", EN: "for the leadership"}, "report-revision": {SV: "till revisorn", EN: "for the auditor"}, "report-forvaltning": {SV: "till en förvaltning", EN: "for a department"}, "report-manad": {SV: "månadsrapport", EN: "monthly report"},
		"snapshots": {SV: "Ögonblicksbilder", EN: "Snapshots"}, "title-snapshots": {SV: "Ögonblicksbilder för revisorn", EN: "Snapshots for the auditor"},
		"snapshots-said":    {SV: "En ögonblicksbild är siffrorna en viss dag, med allt som behövs för att räkna om dem. Den ändras aldrig; en rättelse är en ny bild. Jämför fingeravtrycket med det som är diariefört.", EN: "A snapshot is the figures of a day, with everything needed to compute them anew. It never changes; a correction is a new one. Hold the fingerprint against the one that is registered."},
		"no-snapshots":      {SV: "Ingen ögonblicksbild är gjord än. Den som sköter kommunpuls gör en med kommandot kommunpuls snapshot create, eller bestämmer hur ofta de görs.", EN: "No snapshot has been made yet. Whoever runs kommunpuls makes one with the command kommunpuls snapshot create, or decides how often they are made."},
		"snapshots-broken":  {SV: "Kedjan av ögonblicksbilder håller inte.", EN: "The chain of snapshots does not hold."},
		"snapshots-caption": {SV: "Kedjan av ögonblicksbilder, den nyaste först", EN: "The chain of snapshots, the newest first"},
		"snapshots-secret":  {SV: "Sekretessprövas före utlämnande.", EN: "To be reviewed for secrecy before it is handed out."},
		"snapshot":          {SV: "Ögonblicksbild", EN: "Snapshot"}, "snapshot-of": {SV: "läget %s", EN: "as of %s"}, "snapshot-made": {SV: "Gjord", EN: "Made"}, "fingerprint": {SV: "Fingeravtryck", EN: "Fingerprint"}, "snapshot-state": {SV: "Tillstånd", EN: "State"},
		"snapshot-signed": {SV: "underskriven", EN: "signed"}, "snapshot-unsigned": {SV: "inte underskriven", EN: "not signed"}, "snapshot-stamped": {SV: "tidsstämplad %s", EN: "time-stamped %s"}, "snapshot-unstamped": {SV: "inte tidsstämplad", EN: "not time-stamped"},
		"snapshot-encrypted": {SV: "underlaget krypterat", EN: "evidence encrypted"}, "snapshot-forgotten": {SV: "nyckeln till pseudonymerna förstörd", EN: "key to the pseudonyms destroyed"},
		"snapshot-corrected": {SV: "rättad av %s", EN: "corrected by %s"}, "snapshot-corrects": {SV: "rättar %s: %s", EN: "corrects %s: %s"},
		"snapshot-report": {SV: "redovisning", EN: "account"}, "snapshot-evidence": {SV: "underlag", EN: "evidence"}, "snapshot-signature": {SV: "%s, underskrift", EN: "%s, signature"}, "snapshot-stamp": {SV: "%s, tidsstämpel", EN: "%s, time stamp"}, "snapshot-chain": {SV: "Spara kedjan (kedja.jsonl)", EN: "Save the chain (kedja.jsonl)"},
		"title-disruptions": {SV: "Störningar just nu", EN: "Disruptions now"}, "no-disruptions": {SV: "Ingen störning pågår, såvitt vi vet.", EN: "No disruption is under way, as far as we know."},
		"switchboard": {SV: "Text för växel och intranät", EN: "Text for switchboard and intranet"}, "since": {SV: "Sedan", EN: "Since"}, "users": {SV: "Berörda", EN: "People concerned"}, "planned": {SV: "planerat arbete", EN: "planned work"}, "ongoing": {SV: "pågår", EN: "ongoing"},
		"targets-down": {SV: "Det som inte svarar", EN: "What does not answer"}, "cause": {SV: "Orsak", EN: "Cause"}, "next-notice": {SV: "Nytt besked", EN: "Next notice"}, "behind": {SV: "följer av %s", EN: "follows from %s"}, "people": {SV: "omkring %s personer", EN: "about %s people"},
		"network-measure": {SV: "Tid som användare varit utan nät", EN: "Time that users were without network"}, "past-disruptions": {SV: "Störningar som har varit räknas i måttet", EN: "Disruptions that are over count in the measure"},

		"title-rows": {SV: "Raderna bakom: %s", EN: "The rows behind: %s"}, "rows-page": {SV: "Rad %s till %s av %s.", EN: "Row %s to %s of %s."}, "only-failing": {SV: "Visa bara dem att gå igenom", EN: "Show only those to go through"},
		"all-of-them": {SV: "Visa alla rader", EN: "Show every row"}, "earlier-rows": {SV: "Tidigare rader", EN: "Earlier rows"}, "later-rows": {SV: "Fler rader", EN: "More rows"}, "no-rows": {SV: "Det finns inga rader att visa.", EN: "There are no rows to show."},
		"passes": {SV: "räknas med", EN: "passes"}, "to-look-at": {SV: "att gå igenom", EN: "to go through"}, "back-to": {SV: "Till måttet", EN: "To the measure"}, "bad-page": {SV: "Sidnumret går inte att använda", EN: "The page number cannot be used"}, "bad-page-said": {SV: "Skriv ett helt tal från 1. Är talet för stort finns inga rader kvar att visa.", EN: "Write a whole number from 1. If it is too large there are no rows left to show."},
		"about": {SV: "Om raderna", EN: "About the rows"}, "municipality": {SV: "Kommun", EN: "Municipality"}, "made-by": {SV: "Gjord med", EN: "Made with"}, "as-file": {SV: "Alla rader som fil:", EN: "Every row as a file:"},
		"too-many-rows": {SV: "Filen skulle bli för stor", EN: "The file would be too large"}, "too-many-rows-said": {SV: "En fil rymmer hundra tusen rader. Välj en förvaltning, eller gör en ögonblicksbild: den har alla rader.", EN: "A file holds a hundred thousand rows. Choose a department, or make a snapshot: it has every row."},

		"none-here": {SV: "Inga siffror för den här förvaltningen.", EN: "No figures for this department."},
	}
}
