package config

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
)

// Access says who may see what. Without it figures and rows need api_token.
type Access struct {
	OIDC  *OIDC            `yaml:"oidc" json:"oidc,omitempty" jsonschema:"description=Login at the municipality's own identity provider"`
	Users map[string]Grant `yaml:"users" json:"users,omitempty" jsonschema:"description=Roles of the users in web_config; one that is not here may read /metrics and /status alone"`
	// Metrics is "login", "open", or "" for open to direct requests on loopback alone.
	Metrics        string   `yaml:"metrics" json:"metrics,omitempty" jsonschema:"enum=login,enum=open,description=Whether /metrics and /status need a password; without it they are open to direct requests on loopback where web_config has no users"`
	WithoutTLS     string   `yaml:"without_tls" json:"without_tls,omitempty" jsonschema:"description=Why it is right to listen on a network without TLS"`
	TrustedProxies []string `yaml:"trusted_proxies" json:"trusted_proxies,omitempty" jsonschema:"description=Addresses or networks whose X-Forwarded-For is believed"`
	Session        Session  `yaml:"session" json:"session,omitempty"`
	Log            bool     `yaml:"log" json:"log,omitempty" jsonschema:"description=Writes each request to the log without address or name"`
}

// OIDC is login by OpenID Connect.
type OIDC struct {
	Issuer       string   `yaml:"issuer" json:"issuer" jsonschema:"required,examples=https://login.microsoftonline.com/TENANT-ID/v2.0"`
	ClientID     string   `yaml:"client_id" json:"client_id" jsonschema:"required"`
	ClientSecret Secret   `yaml:"client_secret" json:"client_secret" jsonschema:"required"`
	Scopes       []string `yaml:"scopes" json:"scopes,omitempty" jsonschema:"description=Asked for besides openid"`
	Claims       []string `yaml:"claims" json:"claims,omitempty" jsonschema:"description=Claims that hold groups or roles; groups and roles unless said"`
	Roles        Roles    `yaml:"roles" json:"roles" jsonschema:"required"`
}

// Roles are the groups that give each role. Who has several gets the one that
// sees most.
type Roles struct {
	Admin       []string         `yaml:"admin" json:"admin,omitempty"`
	Auditor     []string         `yaml:"auditor" json:"auditor,omitempty"`
	Viewer      []string         `yaml:"viewer" json:"viewer,omitempty"`
	Forvaltning map[string]Units `yaml:"forvaltning" json:"forvaltning,omitempty" jsonschema:"description=Group and the org units (id or name) that it sees"`
}

// Session bounds how long a login holds.
type Session struct {
	Lifetime Duration `yaml:"lifetime" json:"lifetime,omitempty" jsonschema:"default=8h"`
	Idle     Duration `yaml:"idle" json:"idle,omitempty" jsonschema:"default=1h"`
}

// Grant is the role of a user: "auditor", or with units
// {role: forvaltning, org_units: [soc]}.
type Grant struct {
	Role     string `yaml:"role" json:"role"`
	OrgUnits Units  `yaml:"org_units" json:"org_units,omitempty"`
}

// UnmarshalYAML reads the short form or the long one.
func (g *Grant) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&g.Role) == nil {
		return nil
	}
	type long Grant
	return unmarshal((*long)(g))
}

// JSONSchema describes both forms.
func (Grant) JSONSchema() *jsonschema.Schema {
	long := &jsonschema.Schema{Type: "object", Required: []string{"role", "org_units"}, Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	long.Properties.Set("role", &jsonschema.Schema{Const: "forvaltning"})
	long.Properties.Set("org_units", Units{}.JSONSchema())
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string", Enum: []any{"scrape", "viewer", "auditor", "admin"}}, long}}
}

// Units are org units by id or name, one or a list.
type Units []string

// UnmarshalYAML reads one or a list.
func (u *Units) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*u = Units{one}
		return nil
	}
	return unmarshal((*[]string)(u))
}

// JSONSchema describes both forms.
func (Units) JSONSchema() *jsonschema.Schema {
	one := &jsonschema.Schema{Type: "string"}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{one, {Type: "array", Items: one}}}
}

// Defaults of a session, and the longest that one may hold.
const (
	DefaultLifetime = 8 * time.Hour
	DefaultIdle     = time.Hour
	maxLifetime     = 24 * time.Hour
)

func (a *Access) setDefaults() {
	if a.Session.Lifetime == 0 {
		a.Session.Lifetime = Duration(DefaultLifetime)
	}
	if a.Session.Idle == 0 {
		a.Session.Idle = min(Duration(DefaultIdle), a.Session.Lifetime)
	}
	if a.OIDC != nil && len(a.OIDC.Claims) == 0 {
		a.OIDC.Claims = []string{"groups", "roles"}
	}
}

// Loopback tells whether a host is this machine's own.
func Loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// OnLoopback tells whether only this machine can connect.
func (c *Config) OnLoopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err == nil && Loopback(host)
}

func (v *validator) checkAccess(c *Config) {
	a := &c.Access
	if c.Demo && !c.OnLoopback() {
		v.fault("listen", "med demo: true visas allt utan inloggning, så tjänsten får bara svara på den egna datorn: 127.0.0.1")
	}
	if !slices.Contains([]string{"", "login", "open"}, a.Metrics) {
		v.fault("access.metrics", "ska vara login eller open, fick %q", a.Metrics)
	}
	if len(a.Users) > 0 && c.WebConfig == "" {
		v.fault("access.users", "användarnas lösenord står i filen som web_config pekar ut, och den saknas")
	}
	for _, name := range slices.Sorted(maps.Keys(a.Users)) {
		v.checkGrant("access.users."+name, a.Users[name])
	}
	for i, p := range a.TrustedProxies {
		if _, err := ParseNetwork(p); err != nil {
			v.fault(fmt.Sprintf("access.trusted_proxies[%d]", i), "%q är varken en IP-adress eller ett nät; skriv till exempel 10.1.2.3 eller 10.1.0.0/16", p)
		}
	}
	if l := a.Session.Lifetime.Std(); l < time.Minute || l > maxLifetime {
		v.fault("access.session.lifetime", "ska vara mellan 1m och 24h")
	}
	if a.Session.Idle.Std() < time.Minute || a.Session.Idle > a.Session.Lifetime {
		v.fault("access.session.idle", "ska vara minst 1m och inte längre än lifetime")
	}
	if a.OIDC != nil {
		v.checkOIDC(c, a.OIDC)
	}
}

func (v *validator) checkGrant(field string, g Grant) {
	switch g.Role {
	case "scrape", "viewer", "auditor", "admin":
		if len(g.OrgUnits) > 0 {
			v.fault(field+".org_units", "hör bara till rollen forvaltning")
		}
	case "forvaltning":
		if len(g.OrgUnits) == 0 || slices.Contains(g.OrgUnits, "") {
			v.fault(field, "rollen forvaltning behöver sina enheter: {role: forvaltning, org_units: [soc]}")
		}
	default:
		v.fault(field, "rollen ska vara scrape, viewer, forvaltning, auditor eller admin, fick %q", g.Role)
	}
}

func (v *validator) checkOIDC(c *Config, o *OIDC) {
	const field = "access.oidc"
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Hostname())):
		v.fault(field+".issuer", "%q är ingen utfärdare; skriv adressen som tjänsten själv anger den, med https", o.Issuer)
	case u.Hostname() == "login.microsoftonline.com" && slices.Contains([]string{"common", "organizations", "consumers"}, strings.Split(strings.Trim(u.Path, "/"), "/")[0]):
		v.fault(field+".issuer", "ange kommunens egen katalog (https://login.microsoftonline.com/KATALOG-ID/v2.0), inte en som släpper in alla organisationer")
	}
	if o.ClientID == "" {
		v.fault(field+".client_id", "måste anges")
	}
	v.secret(field+".client_secret", &o.ClientSecret, true)
	r := o.Roles
	if len(r.Admin)+len(r.Auditor)+len(r.Viewer)+len(r.Forvaltning) == 0 {
		v.fault(field+".roles", "minst en grupp måste ge en roll, annars kommer ingen in")
	}
	for _, groups := range [][]string{r.Admin, r.Auditor, r.Viewer} {
		if slices.Contains(groups, "") {
			v.fault(field+".roles", "en grupp är tom")
		}
	}
	for _, group := range slices.Sorted(maps.Keys(r.Forvaltning)) {
		if units := r.Forvaltning[group]; group == "" || len(units) == 0 || slices.Contains(units, "") {
			v.fault(field+".roles.forvaltning", "varje grupp behöver sina enheter: {gruppens id: soc}")
		}
	}
	pub, err := url.Parse(c.PublicURL)
	switch {
	case c.PublicURL == "" && !c.OnLoopback():
		v.fault("public_url", "måste anges för inloggningen: adressen som webbläsaren skickas tillbaka till")
	case c.PublicURL != "" && err == nil && pub.Scheme != "https" && !Loopback(pub.Hostname()):
		v.fault("public_url", "inloggning kräver https, annars går den att avlyssna")
	}
}

// ParseNetwork reads an address or a network.
func ParseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}
