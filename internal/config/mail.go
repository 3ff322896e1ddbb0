package config

import (
	"net"
	"net/mail"
	"slices"
	"time"
)

// MailServer is the municipality's mail server, for whatever is mailed.
type MailServer struct {
	Server   string    `yaml:"server" json:"server" jsonschema:"required,description=host:port,examples=smtp.kommunen.se:587"`
	Security string    `yaml:"security" json:"security,omitempty" jsonschema:"enum=starttls,enum=tls,enum=none,default=starttls,description=none sends in clear text"`
	TLS      ClientTLS `yaml:"tls" json:"tls,omitempty"`
	Username string    `yaml:"username" json:"username,omitempty"`
	Password Secret    `yaml:"password" json:"password,omitempty"`
	From     string    `yaml:"from" json:"from" jsonschema:"required"`
	Timeout  Duration  `yaml:"timeout" json:"timeout,omitempty" jsonschema:"default=1m,description=How long one letter may take"`
}

// At is the server as a channel wants it.
func (m *Mail) At() *MailServer {
	return &MailServer{Server: m.Server, Security: m.Security, TLS: m.TLS, Username: m.Username, Password: m.Password, From: m.From}
}

// DefaultMailTimeout is how long one letter may take.
const DefaultMailTimeout = time.Minute

func (m *MailServer) setDefaults() {
	if m == nil {
		return
	}
	if m.Security == "" {
		m.Security = "starttls"
	}
	if m.Timeout == 0 {
		m.Timeout = Duration(DefaultMailTimeout)
	}
}

// inherit fills in what a channel leaves to the common mail server. A login
// follows the server that it belongs to, and goes to no other.
func (m *Mail) inherit(s *MailServer) {
	if s == nil {
		return
	}
	if m.From == "" {
		m.From = s.From
	}
	if m.Server != "" {
		return
	}
	m.Server = s.Server
	if m.Security == "" {
		m.Security = s.Security
	}
	if m.TLS.CA+m.TLS.Cert+m.TLS.Key+m.TLS.ServerName == "" {
		m.TLS = s.TLS
	}
	if m.Username == "" {
		m.Username, m.Password = s.Username, s.Password
	}
}

func (v *validator) checkMailServer(m *MailServer) {
	if m == nil {
		return
	}
	v.mailServer("mail", m.Server, m.Security, m.From)
	v.clientTLS("mail.tls", &m.TLS)
	v.mailLogin("mail", m.Username, m.Security, &m.Password)
	if d := m.Timeout.Std(); d < time.Second || d > 10*time.Minute {
		v.fault("mail.timeout", "%s går inte; välj mellan 1s och 10m", d)
	}
}

func (v *validator) mailServer(field, server, security, from string) {
	if host, port, err := net.SplitHostPort(server); err != nil || host == "" || port == "" {
		v.fault(field+".server", "%q är inte värd:port; skriv till exempel smtp.kommunen.se:587", server)
	}
	if !slices.Contains([]string{"starttls", "tls", "none"}, security) {
		v.fault(field+".security", "%q finns inte; välj starttls, tls eller none", security)
	}
	if _, err := mail.ParseAddress(from); err != nil {
		v.fault(field+".from", "%q är ingen e-postadress", from)
	}
}

func (v *validator) mailLogin(field, username, security string, password *Secret) {
	v.secret(field+".password", password, username != "")
	if username == "" && password.ref != "" {
		v.fault(field+".username", "måste anges när det finns ett password")
	}
	if username != "" && security == "none" {
		v.fault(field+".security", "none skulle skicka lösenordet i klartext; välj starttls eller tls")
	}
}
