package app

import (
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/mail"
)

// MailSettings are those of the common mail server; nil when there is none.
func (p *Parts) MailSettings() *mail.Settings {
	if p.Config.Mail == nil {
		return nil
	}
	s := mailSettings(p.Config.Mail)
	return &s
}

func mailSettings(m *config.MailServer) mail.Settings {
	return mail.Settings{
		Server: m.Server, Security: m.Security, CA: m.TLS.CAPEM, Cert: m.TLS.CertPEM, Key: m.TLS.KeyPEM, ServerName: m.TLS.ServerName,
		Username: m.Username, Password: m.Password.Value(), From: m.From, Timeout: m.Timeout.Std(),
	}
}
