package alerts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// GrafanaFiles are files of Grafana's alerting provisioning, by their name in
// the folder provisioning/alerting.
type GrafanaFiles struct {
	Rules, ContactPoints, Policies []byte
}

// Names of the files of GrafanaFiles.
const (
	RulesFile         = "kommunpuls-rules.yaml"
	ContactPointsFile = "kommunpuls-contactpoints.yaml"
	PoliciesFile      = "kommunpuls-policies.yaml"
)

// What the files refer to in Grafana where nothing else is said.
const (
	DataSourceUID = "kommunpuls-prometheus"
	Folder        = "kommunpuls"
)

// Grafana writes the same rules for Grafana's own alerting, as 9.4 reads them.
// It knows no inhibition, so what is silenced by another alert there asks of
// that in its own question; it asks at whole tens of seconds; and it knows no
// way to hold on to an alert. datasource is the uid of the Prometheus to ask.
func Grafana(s alert.Settings, c Contacts, datasource string) (GrafanaFiles, error) {
	var out GrafanaFiles
	var err error
	if out.Rules, err = grafanaRules(s, datasource); err != nil {
		return out, err
	}
	if out.ContactPoints, err = encode(contactPoints(c)); err != nil {
		return out, err
	}
	out.Policies, err = encode(policies(s))
	return out, err
}

func grafanaRules(s alert.Settings, datasource string) ([]byte, error) {
	rules := alert.Rules(s)
	many := alert.Find(rules, alert.ManySitesDisrupted)
	var names []string
	by := map[string][]any{}
	for i := range rules {
		r := &rules[i]
		if r.Name == alert.SiteDisruption && len(many) > 0 {
			r.Expr = `(` + r.Expr + `) unless on (job, instance) (` + many[0].Expr + `)`
		}
		rule, err := grafanaRule(r, datasource)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.ID(), err)
		}
		if by[r.Group] == nil {
			names = append(names, r.Group)
		}
		by[r.Group] = append(by[r.Group], rule)
	}
	var groups []any
	for _, g := range names {
		groups = append(groups, item("orgId", 1, "name", groupName(g), "folder", Folder, "interval", duration(tens(every(s, g))), "rules", by[g]))
	}
	return encode(item("apiVersion", 1, "groups", groups))
}

// tens rounds up to whole tens of seconds.
func tens(d time.Duration) time.Duration {
	return (d + 10*time.Second - 1) / (10 * time.Second) * (10 * time.Second)
}

func grafanaRule(r *alert.Rule, datasource string) (yaml.MapSlice, error) {
	data := []any{question("A", `(`+r.Expr+`)`+orNothing, datasource)}
	texts := yaml.MapSlice{}
	clock, next := false, false
	for _, a := range annotations(r) {
		text, err := grafanaText(a.text, a.lang)
		if err != nil {
			return nil, err
		}
		clock, next = clock || strings.Contains(text, "$values.S"), next || strings.Contains(text, "$values.N")
		texts = append(texts, yaml.MapItem{Key: a.name, Value: text})
	}
	if clock {
		data = append(data, question("S", `(`+r.Expr+`) + `+offset+` or on () vector(0)`, datasource))
	}
	if next {
		data = append(data, question("N", `ceil((vector(time()) + 1800) / 900) * 900 + `+offset, datasource))
	}
	const expressions = "__expr__"
	data = append(data, item("refId", "C", "queryType", "", "relativeTimeRange", item("from", 0, "to", 0), "datasourceUid", expressions,
		"model", item("refId", "C", "type", "math", "expression", "is_number($A)", "datasource", item("type", expressions, "uid", expressions))))
	return item("uid", uid("kp-", r.ID()), "title", r.ID(), "condition", "C", "for", whole(r.For), "noDataState", "OK", "execErrState", unasked(r),
		"labels", append(yaml.MapSlice{{Key: "kommunpuls", Value: r.Name}}, labels(r)...), "annotations", texts, "data", data), nil
}

// unasked is what a rule becomes that cannot ask Prometheus. One alert tells
// that; the others would page somebody with a text that has no place in it.
func unasked(r *alert.Rule) string {
	if r.Name == alert.DaemonDown {
		return "Alerting"
	}
	return "OK"
}

func whole(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	return duration(d)
}

// uid makes a stable id that Grafana takes.
func uid(prefix, of string) string {
	sum := sha256.Sum256([]byte(of))
	return prefix + hex.EncodeToString(sum[:8])
}

// orNothing answers where a question has no answer: some versions of Grafana
// 9.4 take none at all for a fault of the data source. What is no number
// alerts nobody.
const orNothing = ` or on () vector(NaN)`

func question(ref, expr, datasource string) yaml.MapSlice {
	return item("refId", ref, "queryType", "", "relativeTimeRange", item("from", 600, "to", 0), "datasourceUid", datasource,
		"model", item("refId", ref, "expr", expr, "instant", true, "range", false, "intervalMs", 1000, "maxDataPoints", 43200,
			"datasource", item("type", "prometheus", "uid", datasource)))
}

// offset is how many seconds Swedish time is ahead of UTC now. Grafana's
// templates know no time zone, so the question answers in local time. Summer
// time lasts from the last Sunday of March to that of October, at one o'clock
// UTC: the Sunday on or before an hour ago tells which it is.
const (
	sunday = `(vector(time()) - 3600 - day_of_week(vector(time() - 3600)) * 86400)`
	date   = `(month` + sunday + ` * 100 + day_of_month` + sunday + `)`
	offset = `scalar(3600 + 3600 * (` + date + ` >= bool 325) * (` + date + ` < bool 1025))`
)

// grafanaText writes one language of a text as a template of Grafana 9.4.
func grafanaText(text, lang string) (string, error) {
	var b strings.Builder
	local := func(ref string) string {
		return `{{ slice (humanizeTimestamp $values.` + ref + `.Value) 11 16 | reReplaceAll ":" "." }}`
	}
	for _, p := range alert.Pieces(text) {
		switch p.Place {
		case "":
			b.WriteString(p.Literal)
		case "next":
			b.WriteString(local("N"))
		case "each": // a template of Grafana asks nothing; the page has the list
			before := strings.TrimSuffix(b.String(), ": ")
			b.Reset()
			b.WriteString(before)
		case "users":
		case "value":
			if p.Form == alert.Clock {
				b.WriteString(local("S"))
				continue
			}
			v, err := form(p.Form, lang, "$values.A.Value")
			if err != nil {
				return "", err
			}
			b.WriteString(v)
		default:
			b.WriteString(label(p.Place, lang))
		}
	}
	return b.String(), nil
}

func contactPoints(c Contacts) yaml.MapSlice {
	var points []any
	for _, name := range receivers() {
		contact, letter := c.Of[name], name == alert.Chief
		var list []any
		if len(contact.Mail) > 0 {
			subject := mailSubject
			if letter {
				subject = letterSubject
			}
			list = append(list, item("uid", uid("kp-mail-", name), "type", "email", "disableResolveMessage", letter,
				"settings", item("addresses", strings.Join(contact.Mail, ";"), "subject", subject, "message", mailText)))
		}
		if contact.Webhook != "" {
			list = append(list, item("uid", uid("kp-web-", name), "type", "webhook", "disableResolveMessage", letter, "settings", item("url", contact.Webhook)))
		}
		if len(list) > 0 {
			points = append(points, item("orgId", 1, "name", name, "receivers", list))
		}
	}
	return item("apiVersion", 1, "contactPoints", points)
}

// policies are the routes of Alertmanager in Grafana's form. The monthly
// letter is silent on all days but the first.
func policies(s alert.Settings) yaml.MapSlice {
	const silent = "kommunpuls-utom-den-forsta"
	is := func(label, value string) []any { return []any{[]string{label, "=", value}} }
	incident := []string{"incident", "job", "instance"}
	routes := []any{
		item("receiver", alert.Chief, "object_matchers", is("severity", string(alert.Mail)), "group_by", []string{"severity"},
			"group_wait", "5m", "group_interval", "1d", "repeat_interval", duration(repeatLetter), "mute_time_intervals", []string{silent}),
		item("receiver", alert.OnCall, "object_matchers", is("severity", string(alert.Page)), "group_by", incident, "continue", true),
		item("receiver", alert.Operations, "object_matchers", is("incident", alert.NetworkIncident), "group_by", incident),
	}
	for _, owner := range alert.Owners() {
		if owner != alert.Operations {
			routes = append(routes, item("receiver", owner, "object_matchers", is("owner", owner), "repeat_interval", duration(repeatSlow)))
		}
	}
	root := item("orgId", 1, "receiver", alert.Operations, "group_by", []string{"grafana_folder", "alertname"},
		"group_wait", duration(s.Every), "group_interval", duration(4*s.Every), "repeat_interval", duration(repeat), "routes", routes)
	return item("apiVersion", 1,
		"muteTimes", []any{item("orgId", 1, "name", silent, "time_intervals", []any{item("days_of_month", []string{"2:31"})})},
		"policies", []any{root})
}
