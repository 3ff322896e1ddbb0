package privacy

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// KindTitle is what people call the records of a kind.
func KindTitle(k record.Kind) string {
	switch k {
	case record.OrgUnit:
		return "Organisationsenheter"
	case record.Account:
		return "Konton"
	case record.System:
		return "System och deras roller"
	case record.Ticket:
		return "Ärenden"
	case record.Asset:
		return "Datorer och annan utrustning"
	case record.Observation:
		return "Mätningar och störningar"
	case record.Service:
		return "Tjänster"
	case record.Cost:
		return "Kostnader"
	case record.Project:
		return "Projekt"
	case record.Assessment:
		return "Enkäter och självskattningar"
	case record.Control:
		return "Planer, avtal och andra styrdokument"
	}
	return string(k)
}

// retention is how long each kind is kept: what the configuration says, and
// what the program does by itself.
func retention(p config.Privacy) []Kept {
	var out []Kept
	for _, s := range record.Schemas() {
		k := Kept{Kind: string(s.Kind), Title: KindTitle(s.Kind)}
		r, said := p.Retention[string(s.Kind)]
		k.Keep, k.Decision, k.By = r.Keep.String(), r.Decision, r.By
		switch {
		case !said:
			k.Text = "Tills vidare: ingen tid är bestämd."
		case r.Decision == "":
			k.Text = fmt.Sprintf("Ska bevaras i %s. Inget gallringsbeslut är angivet, så ingenting tas bort av sig självt.", SpanText(r.Keep))
		default:
			k.Text = fmt.Sprintf("Det som är äldre än %s gallras enligt %s, som %s svarar för.", SpanText(r.Keep), r.Decision, r.By)
		}
		out = append(out, k)
	}
	return append(out,
		Kept{Kind: "probe_minute", Title: "Mätresultat minut för minut", Text: "35 dygn, sedan finns de bara per timme. Handlar inte om personer."},
		Kept{Kind: "probe_hour", Title: "Mätresultat timme för timme", Text: "5 år, sedan finns de bara per dygn. Handlar inte om personer."},
	)
}

// SpanText says a span in words.
func SpanText(s config.Span) string {
	switch {
	case s.Years > 0:
		return fmt.Sprintf("%d år", s.Years)
	case s.Months == 1:
		return "1 månad"
	case s.Months > 1:
		return fmt.Sprintf("%d månader", s.Months)
	}
	return fmt.Sprintf("%d dygn", s.Days)
}

// measures are the security measures, with whether each is on.
func measures(f Facts) []Measure {
	c := f.Config
	pick := func(on bool, yes, no string) string {
		if on {
			return yes
		}
		return no
	}
	login := c.Access.OIDC != nil || len(c.Access.Users) > 0 || c.APIToken.Value() != ""
	out := []Measure{
		{"Pseudonymer", true, fmt.Sprintf("Inloggning, adresser och namn görs om hos läsaren med en hemlig nyckel (HMAC-SHA256, nyckelns id %s). Klartexten lagras aldrig.", f.KeyID)},
		{"Läser bara det som är utpekat", true, "Fält som en källa inte har uppgett att den läser släpps inte in. Personnummer och ärendens text läses aldrig."},
		{"Radering som inte går att läsa tillbaka", true, "Det som tas bort ur databasen skrivs över (secure_delete)."},
		{"Bara den egna datorn", c.OnLoopback(), pick(c.OnLoopback(), "Tjänsten svarar bara på den egna datorn.", "Tjänsten svarar på nätet.")},
		{"Kryptering på vägen", f.TLS, pick(f.TLS, "Sidorna nås över TLS.", pick(c.Access.WithoutTLS != "", "Sidorna nås utan TLS. Skäl som angetts: "+c.Access.WithoutTLS, "Sidorna nås utan TLS."))},
		{"Inloggning", login && !c.Demo, pick(c.Demo, "Demonstration: allt visas utan inloggning.", pick(login, "Siffror och rader kräver inloggning eller nyckel.", "Ingen kan logga in; siffror och rader visas inte."))},
		{"Logg över begäran", c.Access.Log, pick(c.Access.Log, "Varje begäran loggas utan adress och namn.", "Begäran loggas inte.")},
		{"Små tal döljs", true, "Siffror om färre än fem personer eller svar visas inte, i något format."},
		{"Underskrivna ögonblicksbilder", c.Snapshot.Key.Value() != "", pick(c.Snapshot.Key.Value() != "", "Varje ögonblicksbild skrivs under.", "Ögonblicksbilder skrivs inte under: ingen nyckel är angiven.")},
	}
	sealed := len(c.Snapshot.Recipients) > 0
	out = append(out, Measure{"Krypterat underlag", sealed, pick(sealed, "Ögonblicksbildernas underlag krypteras till mottagaren (age).", "Ögonblicksbildernas underlag krypteras inte: ingen mottagare är angiven.")})
	if f.Store != nil && f.Store.Erased > 0 {
		out = append(out, Measure{"Raderade personer läses inte in igen", true, count(int(f.Store.Erased), "spärr", "spärrar") + " hindrar att den som har raderats läses in igen. Ur en spärr går personen inte att få fram."})
	}
	return append(out, Measure{"Kryptering av databasen på disken", false, "Programmet krypterar inte databasen. Om disken är krypterad vet bara den som sköter servern."})
}

// unknown is what the record would need and the configuration does not say.
func unknown(f Facts, r Register) []string {
	var out []string
	say := func(missing bool, what string) {
		if missing {
			out = append(out, what)
		}
	}
	say(r.Controller.Name == "", "Vem som är personuppgiftsansvarig (privacy.controller.name).")
	say(r.Controller.Mail+r.Controller.Phone == "", "Hur den personuppgiftsansvarige nås (privacy.controller.mail eller phone).")
	say(r.DPO.Mail+r.DPO.Phone == "", "Hur dataskyddsombudet nås (privacy.dpo.mail eller phone).")
	say(r.LegalBasis == "", "Rättslig grund (privacy.legal_basis). Den måste kommunen själv bedöma.")
	say(!r.OwnPurposes, "Kommunens egna ändamål (privacy.purposes). Det som står ovan är vad programmet är gjort för.")
	say(f.Store == nil, "Hur många personer det gäller: ingenting är läst ännu.")
	for i := range r.Sources {
		s := &r.Sources[i]
		say(f.Store != nil && s.LastRead.IsZero(), "Vad källan "+s.Name+" har läst: den har inte lästs ännu.")
	}
	out = append(out,
		"Om källornas egna fält har annat innehåll än namnet säger, till exempel ett personnamn i en kolumn för system.",
		"Vem som har tagit emot ögonblicksbilder och rapporter efter att de skrevs.",
		"Om ett personuppgiftsbiträde sköter servern, disken eller säkerhetskopiorna.")
	return out
}
