package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/closest"
)

func (v *validator) checkAlerts(a *Alerts) {
	v.times("alerts", time.Second, map[string]*Duration{"every": a.Every})
	v.times("alerts.disruption", 0, map[string]*Duration{"after": a.Disruption.After, "hold": a.Disruption.Hold, "many.after": a.Disruption.Many.After})
	v.times("alerts", time.Minute, map[string]*Duration{
		"waiting.within": a.Waiting.Within, "figures.waiver_warning": a.Figures.WaiverWarning, "sources.late_at_least": a.Sources.LateAtLeast,
	})
	v.times("alerts.sources", 0, map[string]*Duration{"blind": a.Sources.Blind, "down": a.Sources.Down, "export": a.Sources.Export})
	v.siteSeverity("alerts.disruption.severity", a.Disruption.Severity)
	for _, name := range sorted(a.Disruption.Classes) {
		c := a.Disruption.Classes[name]
		v.times("alerts.disruption.classes."+name, 0, map[string]*Duration{"after": c.After})
		v.siteSeverity("alerts.disruption.classes."+name+".severity", c.Severity)
	}
	v.atLeast("alerts.disruption.many.sites", a.Disruption.Many.Sites, 2)
	v.checkQueue("alerts.queue", a.Queue)
	for _, name := range sorted(a.Queues) {
		v.checkQueue("alerts.queues."+name, a.Queues[name])
	}
	for _, name := range sorted(a.Waiting.Groups) {
		d := a.Waiting.Groups[name]
		v.times("alerts.waiting.groups", time.Minute, map[string]*Duration{name: &d})
	}
	v.atLeast("alerts.figures.level_step", a.Figures.LevelStep, 1)
	v.atLeast("alerts.sources.refused_rows", a.Sources.RefusedRows, 1)
	v.share("alerts.figures.day_share_drop", a.Figures.DayShareDrop)
	v.share("alerts.sources.refused_share", a.Sources.RefusedShare)
	v.factor("alerts.sources.late_factor", a.Sources.LateFactor)
	for _, name := range sorted(a.Rules) {
		v.checkAlertRule("alerts.rules."+name, name, a.Rules[name])
	}
	for _, name := range sorted(a.Receivers) {
		v.checkReceiver("alerts.receivers."+name, name, a.Receivers[name])
	}
	v.webAddress("alerts.runbooks", a.Runbooks)
	if a.MailFrom != "" {
		v.mailAddress("alerts.mail_from", a.MailFrom)
	}
	if host, port, err := net.SplitHostPort(a.MailServer); a.MailServer != "" && (err != nil || host == "" || port == "") {
		v.fault("alerts.mail_server", "%q är inte värd:port, till exempel smtp.kommunen.se:587", a.MailServer)
	}
}

func sorted[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (v *validator) times(prefix string, least time.Duration, of map[string]*Duration) {
	for _, name := range sorted(of) {
		if d := of[name]; d != nil && d.Std() < least {
			v.fault(prefix+"."+name, "%s är för kort; minst %s", d.Std(), least)
		}
	}
}

func (v *validator) atLeast(field string, n *int, least int) {
	if n != nil && *n < least {
		v.fault(field, "%d är för lite; minst %d", *n, least)
	}
}

func (v *validator) share(field string, x *float64) {
	if x != nil && !(*x > 0 && *x <= 1) {
		v.fault(field, "en andel är större än 0 och högst 1, fick %v", *x)
	}
}

func (v *validator) factor(field string, x *float64) {
	if x != nil && !(*x >= 1 && *x <= 1000) {
		v.fault(field, "ska vara mellan 1 och 1000, fick %v", *x)
	}
}

func (v *validator) checkQueue(field string, q QueueAlerts) {
	v.atLeast(field+".growth", q.Growth, 1)
	v.factor(field+".factor", q.Factor)
	v.times(field, time.Minute, map[string]*Duration{"oldest": q.Oldest})
}

// siteSeverity: a disruption is told of at once, so it is no letter.
func (v *validator) siteSeverity(field, s string) {
	if s != "" && s != string(alert.Page) && s != string(alert.Notify) {
		v.fault(field, "%q finns inte; page väcker jouren, notify säger till utan att väcka", s)
	}
}

func (v *validator) checkAlertRule(field, name string, r AlertRule) {
	names := alert.Names()
	i := slices.Index(names, name)
	if i < 0 {
		hint := ""
		if near := closest.Name(name, names); near != "" {
			hint = "; menas " + near + "?"
		}
		v.fault(field, "det larmet finns inte%s", hint)
		return
	}
	if r.Owner != "" && !slices.Contains(alert.Owners(), r.Owner) {
		v.fault(field+".owner", "%q finns inte; en av %s", r.Owner, strings.Join(alert.Owners(), ", "))
	}
	sev := alert.Severity(r.Severity)
	switch {
	case sev == "":
	case sev != alert.Page && sev != alert.Notify && sev != alert.Mail:
		v.fault(field+".severity", "%q finns inte; en av page, notify, mail", r.Severity)
	case sev == alert.Page && alert.Letter(name):
		v.fault(field+".severity", "larmet hör till månadsbrevet och väcker aldrig jouren; notify eller mail")
	case name == alert.SiteDisruption:
		v.fault(field+".severity", "sätts per klass under alerts.disruption")
	}
}

func (v *validator) checkReceiver(field, name string, r Receiver) {
	known := append([]string{alert.OnCall}, alert.Owners()...)
	if !slices.Contains(known, name) {
		v.fault(field, "den mottagaren finns inte; en av %s", strings.Join(known, ", "))
	}
	if len(r.Mail) == 0 && r.Webhook == "" {
		v.fault(field, "varken mail eller webhook är angivet")
	}
	for i, m := range r.Mail {
		v.mailAddress(fmt.Sprintf("%s.mail[%d]", field, i), m)
	}
	v.webAddress(field+".webhook", r.Webhook)
}

func (v *validator) mailAddress(field, s string) {
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		v.fault(field, "%q är ingen e-postadress", s)
	}
}

// webAddress wants an address without anything that is likely to be a secret.
// It is not repeated in the error, since it may hold one.
func (v *validator) webAddress(field, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		v.fault(field, "är ingen webbadress; skriv till exempel https://intranat.kommunen.se/larm")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		v.fault(field, "adressen får inte ha inloggning, frågetecken eller #: en hemlighet står aldrig i själva filen")
	}
}
