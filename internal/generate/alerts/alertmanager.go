package alerts

import (
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// Contacts are how the owners, and those on call, are reached. [Example] gives
// addresses to replace.
type Contacts struct {
	MailServer, MailFrom string
	Of                   map[string]Contact // by owner, or alert.OnCall
}

// Contact is how one of them is reached.
type Contact struct {
	Mail    []string
	Webhook string
}

// Example returns contacts that reach nobody.
func Example() Contacts {
	c := Contacts{MailServer: "localhost:25", MailFrom: "kommunpuls@exempel.test", Of: map[string]Contact{}}
	for _, name := range receivers() {
		c.Of[name] = Contact{Mail: []string{name + "@exempel.test"}}
	}
	return c
}

func receivers() []string { return append([]string{alert.OnCall}, alert.Owners()...) }

// letterDay names the interval in which the monthly letter is sent.
const letterDay = "manadsbrev"

// Text of mail. An incident is one mail with all that belongs to it, the first
// that happened first.
const (
	mailSubject   = `{{ if .Alerts.Firing }}{{ (index .Alerts.Firing 0).Annotations.summary }}{{ if gt (len .Alerts.Firing) 1 }} (och {{ len (slice .Alerts.Firing 1) }} till){{ end }}{{ else }}Över: {{ (index .Alerts.Resolved 0).Annotations.summary }}{{ end }}`
	letterSubject = `Månadsbrev från kommunpuls: {{ len .Alerts.Firing }} punkter`
	mailText      = `{{ range .Alerts.Firing }}{{ .Annotations.summary }}
{{ .Annotations.description }}
{{ with .Annotations.notice }}Till växel och intranät: {{ . }}
{{ end }}{{ with .Annotations.link }}Se {{ . }}
{{ end }}Att göra: {{ .Annotations.runbook_url }}

{{ end }}{{ range .Alerts.Resolved }}Över: {{ .Annotations.summary }}
{{ end }}`
)

// Alertmanager writes a configuration of Alertmanager 0.25 and later.
func Alertmanager(s alert.Settings, c Contacts) ([]byte, error) {
	root := item("receiver", alert.Operations, "group_by", []string{"alertname", "job", "instance"},
		"group_wait", duration(s.Every), "group_interval", duration(4*s.Every), "repeat_interval", duration(repeat),
		"routes", routes())
	out := item("global", item("smtp_smarthost", c.MailServer, "smtp_from", c.MailFrom),
		"route", root, "inhibit_rules", inhibitions(), "time_intervals", []any{item("name", letterDay,
			"time_intervals", []any{item("days_of_month", []string{"1"}, "location", "Europe/Stockholm")})})
	var list []any
	for _, name := range receivers() {
		list = append(list, receiver(name, c.Of[name]))
	}
	out = append(out, yaml.MapItem{Key: "receivers", Value: list})
	return encode(out)
}

// How often what goes on is told again.
const (
	repeat       = 4 * time.Hour
	repeatSlow   = 24 * time.Hour
	repeatLetter = 5 * 24 * time.Hour
)

// routes, the first that matches wins unless it goes on.
//
//   - The monthly letter never reaches anybody else.
//   - What pages goes to those on call, and on to whoever it concerns.
//   - An incident in the network is one group: the disruption comes first, the
//     queue that follows comes in the same message.
func routes() []any {
	page := item("receiver", alert.OnCall, "matchers", []string{`severity="page"`}, "group_by", []string{"incident", "job", "instance"}, "continue", true)
	letter := item("receiver", alert.Chief, "matchers", []string{`severity="mail"`}, "group_by", []string{"severity"},
		"group_wait", "5m", "group_interval", "1d", "repeat_interval", duration(repeatLetter), "active_time_intervals", []string{letterDay})
	network := item("receiver", alert.Operations, "matchers", []string{`incident="` + alert.NetworkIncident + `"`}, "group_by", []string{"incident", "job", "instance"})
	out := []any{letter, page, network}
	for _, owner := range alert.Owners() {
		if owner == alert.Operations {
			continue // the root's
		}
		out = append(out, item("receiver", owner, "matchers", []string{`owner="` + owner + `"`}, "repeat_interval", duration(repeatSlow)))
	}
	return out
}

// inhibitions keep silent what another alert already says.
func inhibitions() []any {
	rule := func(source, target string, equal ...string) yaml.MapSlice {
		return item("source_matchers", []string{source}, "target_matchers", []string{target}, "equal", append([]string{"job", "instance"}, equal...))
	}
	named := func(name string) string { return `alertname="` + name + `"` }
	return []any{
		rule(named(alert.ManySitesDisrupted), named(alert.SiteDisruption)),
		rule(named(alert.DaemonDown), `alertname=~"Kommunpuls.+"`),
		rule(named(alert.CollectionHeld), named(alert.SourceLate), "source"),
		rule(named(alert.SourceLate), named(alert.ContentOld), "source"),
	}
}

func receiver(name string, c Contact) yaml.MapSlice {
	out := item("name", name)
	letter := name == alert.Chief
	var mails []any
	for _, to := range c.Mail {
		subject := mailSubject
		if letter {
			subject = letterSubject
		}
		mails = append(mails, item("to", to, "send_resolved", !letter, "headers", item("Subject", subject), "text", mailText, "html", ""))
	}
	if len(mails) > 0 {
		out = append(out, yaml.MapItem{Key: "email_configs", Value: mails})
	}
	if c.Webhook != "" {
		out = append(out, yaml.MapItem{Key: "webhook_configs", Value: []any{item("url", c.Webhook, "send_resolved", !letter)}})
	}
	return out
}

// item makes an ordered mapping of keys and values.
func item(pairs ...any) yaml.MapSlice {
	out := make(yaml.MapSlice, 0, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		out = append(out, yaml.MapItem{Key: pair[0], Value: pair[1]})
	}
	return out
}
