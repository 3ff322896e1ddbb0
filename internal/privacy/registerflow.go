package privacy

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

const (
	elsewhere = "Konfigurationen säger inte i vilket land mottagaren finns. Finns den utanför EU/EES ska grunden för överföringen dokumenteras här."
	noRows    = "siffror och text; inga rader om personer"
)

// recipients are all that the configuration lets something out to.
func recipients(f Facts) []Recipient {
	c := f.Config
	out := readers(c)
	if c.OTLP != nil {
		out = append(out, outward("Mottagare av mätvärden (OTLP)", noRows, hostOf(c.OTLP.Endpoint)))
	}
	if c.Grafana != nil {
		out = append(out, outward("Grafana", "vyer och larmregler; siffrorna hämtar Grafana ur Prometheus", hostOf(c.Grafana.URL)))
	}
	out = append(out, told(c)...)
	out = append(out, audit(c)...)
	for _, r := range c.Privacy.Recipients {
		out = append(out, Recipient{Who: r, What: "enligt kommunens egen uppgift"})
	}
	return out
}

// readers are who can log in, by role: what a role sees is decided by the
// program, who has it by the configuration.
func readers(c *config.Config) []Recipient {
	how := map[string][]string{}
	add := func(role, by string) {
		if !slices.Contains(how[role], by) {
			how[role] = append(how[role], by)
		}
	}
	for _, g := range c.Access.Users {
		add(g.Role, "lösenord i web_config")
	}
	if o := c.Access.OIDC; o != nil {
		for role, n := range map[string]int{"admin": len(o.Roles.Admin), "auditor": len(o.Roles.Auditor), "viewer": len(o.Roles.Viewer), "forvaltning": len(o.Roles.Forvaltning)} {
			if n > 0 {
				add(role, "inloggning hos "+hostOf(o.Issuer))
			}
		}
	}
	if c.APIToken.Value() != "" {
		add("admin", "api_token")
	}
	var out []Recipient
	for _, r := range []struct{ role, what string }{
		{"admin", "allt, och sköter programmet"},
		{"auditor", "alla siffror och rader, även de som kan vara hemliga"},
		{"viewer", "siffror, och rader som inte kan vara hemliga; i rader om konton står pseudonymer"},
		{"forvaltning", "kommunens siffror, och rader om de egna enheterna; i rader om konton står pseudonymer"},
		{"scrape", noRows},
	} {
		if by := how[r.role]; len(by) > 0 {
			slices.Sort(by)
			out = append(out, Recipient{Who: fmt.Sprintf("Rollen %s (%s)", r.role, strings.Join(by, ", ")), What: r.what, Persons: r.role != "scrape"})
		}
	}
	return out
}

// told are those who are told of alerts. Of an address of mail only the part
// after the @ is said, of a hook that is a secret only the host.
func told(c *config.Config) []Recipient {
	if c.Notify == nil {
		return nil
	}
	var out []Recipient
	const what = "larm om störningar, köer och källor; inga personuppgifter"
	for _, name := range slices.Sorted(maps.Keys(c.Notify.Channels)) {
		ch := c.Notify.Channels[name]
		switch {
		case ch.Mail != nil:
			out = append(out, outward(fmt.Sprintf("E-post från larmkanalen %s, genom %s", name, hostOf(ch.Mail.Server)), what, mailHosts(ch.Mail.To)))
		case ch.Teams != nil:
			out = append(out, outward("Teams, larmkanalen "+name, what, hostOf(ch.Teams.URL.Value())))
		case ch.Webhook != nil:
			out = append(out, outward("Webbanrop, larmkanalen "+name, what, hostOf(ch.Webhook.URL.Value())))
		}
	}
	if p := c.Notify.Ping; p != nil {
		out = append(out, outward("Livstecken", "att programmet är igång; ingenting annat", hostOf(p.URL.Value())))
	}
	return out
}

// audit are those who get snapshots, reports and published figures.
func audit(c *config.Config) []Recipient {
	var out []Recipient
	rows := Recipient{Who: "Den som får en ögonblicksbild, till exempel revisorn", What: "redovisningen: siffror utan rader om personer; underlaget: rader om konton med pseudonymer som bara finns i den bilden", Persons: true}
	if n := len(c.Snapshot.Recipients); n > 0 {
		rows.What += fmt.Sprintf("; underlaget är krypterat till %s", count(n, "mottagare", "mottagare"))
	}
	out = append(out, rows)
	if t := c.Snapshot.Timestamp; t != nil {
		out = append(out, outward("Tjänst för tidsstämplar", "en kontrollsumma; ingenting annat", hostOf(t.URL)))
	}
	if m := c.Snapshot.MailHead; m != nil {
		out = append(out, outward("E-post med ögonblicksbildernas fingeravtryck", "namn och kontrollsummor", mailHosts(m.To)))
	}
	for _, r := range c.Reports {
		if len(r.To) > 0 {
			out = append(out, outward("E-post med rapporten "+r.Name, noRows, mailHosts(r.To)))
		}
	}
	if o := c.OpenData; o != nil && len(o.KPIs) > 0 {
		out = append(out, Recipient{Who: "Allmänheten, genom öppna data", What: fmt.Sprintf("%s utan rader; små tal borttagna", count(len(o.KPIs), "siffra", "siffror"))})
	}
	if x := c.Exchange; x != nil && len(x.KPIs) > 0 {
		out = append(out, Recipient{Who: "Andra kommuner, genom utbytesfilen", What: fmt.Sprintf("%s utan rader; små tal borttagna", count(len(x.KPIs), "siffra", "siffror"))})
	}
	return out
}

// outward is a recipient beyond this machine.
func outward(who, what, host string) Recipient {
	r := Recipient{Who: who, What: what, Host: host}
	if !config.Loopback(host) {
		r.Transfer = elsewhere
	}
	return r
}

// hostOf is the host of an address or of host:port.
func hostOf(address string) string {
	if u, err := url.Parse(strings.TrimSpace(address)); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// mailHosts is what stands after the @ of some addresses, each once.
func mailHosts(addresses []string) string {
	hosts := map[string]bool{}
	for _, a := range addresses {
		if m, err := mail.ParseAddress(a); err == nil {
			_, host, _ := strings.Cut(m.Address, "@")
			hosts[strings.ToLower(host)] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(hosts)), ", ")
}

// storage is where what is kept lies.
func storage(f Facts) []StoragePlace {
	c := f.Config
	dir := cmp.Or(c.DataDir, "data")
	snapshots := cmp.Or(c.Snapshot.Dir, dir+"/snapshots")
	return []StoragePlace{
		{"Databasen med poster, historik och beräknade siffror", dir + "/kommunpuls.db"},
		{"Poster som läses in just nu, i väntan på att läsningen blir klar", dir + " (tas bort när läsningen är klar)"},
		{"Ögonblicksbilder: redovisning och underlag", snapshots},
		{"Gallringsloggen", dir + "/" + LogName},
		{"Säkerhetskopior", "Det vet inte programmet: de görs av kommunens egen rutin."},
	}
}
