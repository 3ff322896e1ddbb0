package config

import (
	"maps"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Notify tells people of disruptions, queues and sources without Prometheus.
type Notify struct {
	Channels map[string]Channel `yaml:"channels" json:"channels" jsonschema:"required,description=Ways to reach people by a name of your own"`
	Repeat   Duration           `yaml:"repeat" json:"repeat,omitempty" jsonschema:"default=4h,description=How often an alert that goes on is told of again"`
	Ping     *Ping              `yaml:"ping" json:"ping,omitempty" jsonschema:"description=A sign of life to a service that alerts when it stops"`
}

// Channel is one way to reach people: mail, teams or webhook.
type Channel struct {
	Owners  []string `yaml:"owners" json:"owners,omitempty" jsonschema:"description=Only alerts of these owners: drift, servicedesk, kommunpuls; all unless given"`
	Mail    *Mail    `yaml:"mail" json:"mail,omitempty"`
	Teams   *Hook    `yaml:"teams" json:"teams,omitempty" jsonschema:"description=A workflow that posts in a channel when a webhook request is received"`
	Webhook *Hook    `yaml:"webhook" json:"webhook,omitempty"`
}

// Mail is whom to write to, and through which mail server unless it is the common one.
type Mail struct {
	Server   string    `yaml:"server" json:"server,omitempty" jsonschema:"description=host:port; the server under mail unless given,examples=smtp.kommunen.se:587"`
	Security string    `yaml:"security" json:"security,omitempty" jsonschema:"enum=starttls,enum=tls,enum=none,default=starttls,description=none sends in clear text"`
	TLS      ClientTLS `yaml:"tls" json:"tls,omitempty"`
	Username string    `yaml:"username" json:"username,omitempty"`
	Password Secret    `yaml:"password" json:"password,omitempty"`
	From     string    `yaml:"from" json:"from,omitempty" jsonschema:"description=The sender under mail unless given"`
	To       []string  `yaml:"to" json:"to" jsonschema:"required"`
}

// Hook is an address that takes a POST. Whoever knows it can use it, so it is a secret.
type Hook struct {
	URL      Secret `yaml:"url" json:"url" jsonschema:"required"`
	Secret   Secret `yaml:"secret" json:"secret,omitempty"`
	Insecure bool   `yaml:"insecure" json:"insecure,omitempty" jsonschema:"description=Allows http://"`
}

// Ping is a sign of life outward.
type Ping struct {
	URL      Secret   `yaml:"url" json:"url" jsonschema:"required"`
	Every    Duration `yaml:"every" json:"every,omitempty" jsonschema:"default=1m"`
	Method   string   `yaml:"method" json:"method,omitempty" jsonschema:"enum=GET,enum=POST,default=GET"`
	Insecure bool     `yaml:"insecure" json:"insecure,omitempty" jsonschema:"description=Allows http://"`
}

// Defaults of notify.
const (
	DefaultNotifyRepeat = 4 * time.Hour
	DefaultPingEvery    = time.Minute
	// PingChannel is the ping's name among the channels.
	PingChannel = "ping"
)

func (n *Notify) setDefaults(server *MailServer) {
	if n == nil {
		return
	}
	if n.Repeat == 0 {
		n.Repeat = Duration(DefaultNotifyRepeat)
	}
	for _, c := range n.Channels {
		if c.Mail == nil {
			continue
		}
		c.Mail.inherit(server)
		if c.Mail.Security == "" {
			c.Mail.Security = "starttls"
		}
	}
	if p := n.Ping; p != nil {
		if p.Every == 0 {
			p.Every = Duration(DefaultPingEvery)
		}
		if p.Method == "" {
			p.Method = http.MethodGet
		}
	}
}

func (v *validator) checkNotify(n *Notify) {
	if n == nil {
		return
	}
	if len(n.Channels) == 0 && n.Ping == nil {
		v.fault("notify.channels", "ange minst en väg att nå någon, eller ping")
	}
	if d := n.Repeat.Std(); d < time.Minute {
		v.fault("notify.repeat", "%s är för tätt; minst 1m", d)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Channels)) {
		c := n.Channels[name]
		v.checkChannel("notify.channels."+name, name, c)
	}
	if p := n.Ping; p != nil {
		v.hookURL("notify.ping.url", &p.URL, p.Insecure)
		if d := p.Every.Std(); d < time.Second {
			v.fault("notify.ping.every", "%s är för tätt; minst 1s", d)
		}
		if p.Method != http.MethodGet && p.Method != http.MethodPost {
			v.fault("notify.ping.method", "%q finns inte; välj GET eller POST", p.Method)
		}
	}
}

func (v *validator) checkChannel(field, name string, c Channel) {
	if !nameRE.MatchString(name) || name == PingChannel {
		v.fault(field, "ett namn får bara ha små bokstäver a–z, siffror, - och _, och är inte ping")
	}
	for _, o := range c.Owners {
		if !slices.Contains([]string{"drift", "servicedesk", "kommunpuls"}, o) {
			v.fault(field+".owners", "%q finns inte; välj bland drift, servicedesk och kommunpuls", o)
		}
	}
	kinds := 0
	if c.Mail != nil {
		kinds++
		v.checkMail(field+".mail", c.Mail)
	}
	if c.Teams != nil {
		kinds++
		v.hookURL(field+".teams.url", &c.Teams.URL, c.Teams.Insecure)
		if c.Teams.Secret.ref != "" {
			v.fault(field+".teams.secret", "Teams prövar ingen signatur; ta bort den")
		}
	}
	if c.Webhook != nil {
		kinds++
		v.hookURL(field+".webhook.url", &c.Webhook.URL, c.Webhook.Insecure)
		v.secret(field+".webhook.secret", &c.Webhook.Secret, true)
	}
	if kinds != 1 {
		v.fault(field, "ska ha just en av mail, teams och webhook")
	}
}

func (v *validator) checkMail(field string, m *Mail) {
	v.mailServer(field, m.Server, m.Security, m.From)
	v.clientTLS(field+".tls", &m.TLS)
	v.recipients(field+".to", m.To)
	v.mailLogin(field, m.Username, m.Security, &m.Password)
}

func (v *validator) recipients(field string, to []string) {
	if len(to) == 0 {
		v.fault(field, "ange minst en mottagare")
	}
	for _, a := range to {
		if _, err := mail.ParseAddress(a); err != nil {
			v.fault(field, "%q är ingen e-postadress", a)
		}
	}
}

// hookURL resolves an address that is a secret. It is never repeated in a fault.
func (v *validator) hookURL(field string, s *Secret, insecure bool) {
	v.secret(field, s, true)
	if s.value == "" {
		return
	}
	u, err := url.Parse(strings.TrimSpace(s.value))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		v.fault(field, "det som hemligheten innehåller är ingen adress")
	case u.Scheme == "http" && !insecure:
		v.fault(field, "http:// kan läsas av alla på vägen; använd https://, eller insecure: true om det är meningen")
	}
}
