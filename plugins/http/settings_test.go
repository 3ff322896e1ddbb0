package http_test

import (
	"context"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestSettingsThatCannotBeUsed(t *testing.T) {
	good := `"profile": "rt", "url": "https://rt.kommun.test", "token": "hemlig-token"`
	for _, c := range []struct{ name, settings, want string }{
		{"good", good, ""},
		{"no profile", `"url": "https://a.test"`, "profile: Ange vilken profil som ska användas, en av ["},
		{"an unknown profile", `"profile": "rtt"`, `profile: profilen finns inte: "rtt", menades rt?`},
		{"nothing that the profile needs", `"profile": "rt"`, "url: Måste anges: Adressen till Request Tracker."},
		{"nothing to log in with", `"profile": "rt", "url": "https://a.test", "user": "svc"`, "token: Ange en token, eller user och password."},
		{"an address that is none", `"profile": "rt", "url": "rt.kommun.test", "token": "x"`, "url: Ska vara en adress som https://server.kommun.se"},
		{"a login in the address", `"profile": "rt", "url": "https://a:b@rt.test", "token": "x"`, "url: Ska vara en adress"},
		{"no encryption", `"profile": "rt", "url": "http://rt.kommun.test", "token": "x"`, "url: Http skickar lösenord och nycklar i klartext"},
		{"no encryption, knowingly", `"profile": "rt", "url": "http://rt.kommun.test", "token": "x", "allow_plain_http": true`, ""},
		{"this machine", `"profile": "rt", "url": "http://127.0.0.1:8080", "token": "x"`, ""},
		{"a setting of another profile", good + `, "quues": ["a"]`, "quues: Profilen rt har ingen inställning som heter quues; menades queues?"},
		{"a list that is a text", good + `, "queues": "a"`, "queues: Ska vara en lista med texter."},
		{"a secret that is a number", `"profile": "rt", "url": "https://a.test", "token": 17`, "token: Ska vara en text som inte är tom."},
		{"an unknown list", good + `, "streams": ["arenden"]`, "streams: Profilen rt har ingen lista som heter arenden; det finns [tickets]."},
		{"fields of an unknown list", good + `, "fields": {"x": {"org_unit": ".a"}}`, "fields.x: Profilen rt har ingen lista"},
		{"a field that no ticket has", good + `, "fields": {"tickets": {"forvaltning": ".a"}}`, "fields.tickets.forvaltning: Posttypen ticket har inget fält"},
		{"an expression that is none", good + `, "fields": {"tickets": {"org_unit": ".a["}}`, "fields.tickets.org_unit.from: Uttrycket går inte att tolka: det slutar för tidigt."},
		{"a variable that is none", good + `, "skip": {"tickets": "$x == 1"}`, "skip.tickets: Uttrycket går inte att tolka: variabeln $x finns inte här."},
		{"a word that tickets do not have", good + `, "values": {"tickets": {"status": {"Löst": "löst"}}}`, `fields.tickets.status.values.Löst: "löst" är inte ett av`},
		{"words for a field that is not read", good + `, "values": {"tickets": {"channel": {"a": "mail"}}}`, "values.tickets.channel: Listan tickets fyller inget fält som heter channel."},
		{"pages larger than the server's", good + `, "page_size": 500`, "page_size: Listan tickets kan ha högst 100 rader i en sida."},
		{"an unknown time zone", good + `, "timezone": "Sverige"`, `timezone: Tidszonen "Sverige" är okänd`},
		{"a time span that is none", good + `, "full_every": "ibland"`, `Inställningarna går inte att tolka: "ibland" är inget tidsspann`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sdk.Settings{Instance: "prov", JSON: []byte("{" + c.settings + "}"), PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1"}
			var said []string
			for _, p := range (http.Source{}).Validate(context.Background(), s) {
				said = append(said, strings.TrimPrefix(p.Field+": "+p.Message, ": "))
			}
			all := strings.Join(said, "\n")
			if c.want == "" && all != "" || !strings.Contains(all, c.want) {
				t.Errorf("got %s\nwant %s", all, c.want)
			}
			if strings.Contains(all, "hemlig-token") || strings.Contains(all, "17") && strings.Contains(c.name, "secret") {
				t.Errorf("a secret is shown: %s", all)
			}
		})
	}
}
