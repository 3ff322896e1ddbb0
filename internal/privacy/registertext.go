package privacy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Document is the record as a text.
func (r Register) Document() document.Document {
	d := document.Document{Title: "Register över behandling av personuppgifter", Kind: "personuppgifter", Municipality: r.Municipality, Lang: wording.Swedish,
		Made: r.Made, Version: r.Version, Demo: r.Demo,
		Lead: "Enligt artikel 30 i dataskyddsförordningen, skrivet ur den konfiguration som gäller. Visar underlag, inte att lagen följs."}
	s := sections{}
	s.begin("ansvar", "Vem som svarar för behandlingen")
	s.table("Ansvariga", "", []string{"Vem", "Namn", "E-post", "Telefon", "Adress"}, [][]string{
		r.Controller.row("Personuppgiftsansvarig"), r.DPO.row("Dataskyddsombud")})
	s.begin("andamal", "Ändamål och rättslig grund")
	s.list(r.Purposes)
	if r.LegalBasis == "" {
		s.note("Rättslig grund är inte angiven. Den måste kommunen själv bedöma.")
	} else {
		s.text("Rättslig grund: " + r.LegalBasis)
	}
	s.begin("personer", "Vilka personer och vilka uppgifter")
	s.table("Kategorier av registrerade", "Ingen källa läser konton eller vem som har en roll.", []string{"Kategori", "Antal nu", "Uppgifter"}, personRows(r.Persons))
	s.text("Elever blir aldrig poster. Personer med skyddade uppgifter släpps inte in. Personnummer och ärendens text läses aldrig.")
	s.begin("kallor", "Källor")
	var others [][]string
	for i := range r.Sources {
		if u := &r.Sources[i]; u.persons() {
			s.source(u)
		} else {
			others = append(others, []string{u.Name, u.Type, strings.Join(u.kinds(), ", "), u.read()})
		}
	}
	if len(others) > 0 {
		s.sub("ovriga-kallor", "Källor som inte läser något om personer")
		s.table("Övriga källor", "", []string{"Källa", "Typ", "Läser", "Lästes senast"}, others)
	}
	if len(r.Sources) == 0 {
		s.text("Ingen källa är inlagd.")
	}
	s.begin("mottagare", "Mottagare och överföring")
	s.table("Vem som får vad", "Ingen kan logga in, och inget skickas någonstans.", []string{"Mottagare", "Får", "Personuppgifter", "Var"}, recipientRows(r.Recipients))
	if transfers := transferring(r.Recipients); transfers != "" {
		s.note(transfers + ": " + elsewhere)
	}
	s.begin("lagring", "Var uppgifterna finns")
	var places [][]string
	for _, p := range r.Storage {
		places = append(places, []string{p.What, p.Where})
	}
	s.table("Lagringsplatser", "", []string{"Vad", "Var"}, places)
	s.begin("gallring", "Hur länge uppgifterna finns kvar")
	var kept [][]string
	for _, k := range r.Retention {
		kept = append(kept, []string{k.Title, k.Text})
	}
	s.table("Bevarande och gallring", "", []string{"Uppgifter", "Tid"}, kept)
	s.begin("skydd", "Skydd")
	var measures [][]string
	for _, m := range r.Measures {
		measures = append(measures, []string{m.Title, yesNo(m.On), m.Text})
	}
	s.table("Skyddsåtgärder", "", []string{"Åtgärd", "På", "Vad det innebär"}, measures)
	s.begin("okant", "Det här vet programmet inte")
	s.list(r.Unknown)
	d.Sections = s.all
	return d
}

func (p Party) row(who string) []string {
	return []string{who, orMissing(p.Name), orMissing(p.Mail), orMissing(p.Phone), orMissing(p.Address)}
}

func orMissing(s string) string {
	if s == "" {
		return "inte angivet"
	}
	return s
}

func yesNo(on bool) string {
	if on {
		return "ja"
	}
	return "nej"
}

func personRows(ps []Persons) [][]string {
	var out [][]string
	for _, p := range ps {
		n := "inte känt"
		if p.N != nil {
			n = wording.Words{}.Count(*p.N)
		}
		out = append(out, []string{p.Category, n, p.Data})
	}
	return out
}

func recipientRows(rs []Recipient) [][]string {
	var out [][]string
	for _, r := range rs {
		persons := "nej"
		if r.Persons {
			persons = "ja, som pseudonymer"
		}
		out = append(out, []string{r.Who, r.What, persons, orDash(r.Host)})
	}
	return out
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// transferring are the hosts of which the country is to be judged.
func transferring(rs []Recipient) string {
	var hosts []string
	for _, r := range rs {
		if r.Transfer != "" && r.Host != "" {
			hosts = append(hosts, r.Host)
		}
	}
	return strings.Join(hosts, ", ")
}

// source is one source under its own heading.
func (s *sections) source(u *SourceUse) {
	s.sub("kalla-"+u.Name, fmt.Sprintf("%s (%s)", u.Name, u.Type))
	s.text(u.Note)
	switch {
	case !u.Retired.IsZero():
		s.text("Källan lades ned " + day(u.Retired) + ". Det som lästes finns kvar.")
	case u.LastRead.IsZero():
		s.text("Källan har inte lästs ännu. Det som står här är vad den får läsa som mest.")
	default:
		s.text("Lästes senast " + day(u.LastRead) + ".")
	}
	var rows [][]string
	for _, d := range u.Data {
		rows = append(rows, []string{KindTitle(d.Kind), orNothing(d.Pseudonyms), orNothing(d.OfPersons), fmt.Sprint(d.Others)})
	}
	s.table("Vad "+u.Name+" läser", "", []string{"Uppgifter", "Läses bara för att bli pseudonymer", "Om en person, känd bara som pseudonym", "Antal fält som inte handlar om en person"}, rows)
}

// persons tells whether a source reads anything of a person.
func (u *SourceUse) persons() bool {
	return slices.ContainsFunc(u.Data, func(d DataOfKind) bool { return len(d.Pseudonyms)+len(d.OfPersons) > 0 })
}

func (u *SourceUse) kinds() []string {
	var out []string
	for _, d := range u.Data {
		out = append(out, KindTitle(d.Kind))
	}
	return out
}

func (u *SourceUse) read() string {
	if u.LastRead.IsZero() {
		return "inte läst ännu"
	}
	return day(u.LastRead)
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "inget"
	}
	return strings.Join(names, ", ")
}

func day(t time.Time) string { return wording.Words{}.Day(t.In(calendar.Location())) }
