package app

import (
	"cmp"

	"github.com/kommunpuls/kommunpuls/internal/generate/alerts"
)

// AlertContacts are those whom the configuration names. Whoever it does not
// name keeps an address that reaches nobody, so that it is seen in the files.
func (p *Parts) AlertContacts() alerts.Contacts {
	a, c := p.Config.Alerts, alerts.Example()
	c.MailServer, c.MailFrom = cmp.Or(a.MailServer, c.MailServer), cmp.Or(a.MailFrom, c.MailFrom)
	for name, r := range a.Receivers {
		c.Of[name] = alerts.Contact{Mail: r.Mail, Webhook: r.Webhook}
	}
	return c
}
