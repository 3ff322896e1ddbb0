package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	mail "github.com/wneessen/go-mail"
)

// How a connection to a mail server is encrypted.
const (
	StartTLS = "starttls" // required: without it nothing is sent
	FullTLS  = "tls"
	Clear    = "none"
)

// Mail is a mail server and whom to write to.
type Mail struct {
	Server, Security   string
	CA, Cert, Key      []byte // PEM
	ServerName         string
	Username, Password string
	From               string
	To                 []string
}

func (m *Mail) send(ctx context.Context, msg Message, timeout time.Duration) error {
	c, err := m.client(timeout)
	if err != nil {
		return err
	}
	out := mail.NewMsg()
	if err := errors.Join(out.From(m.From), out.To(m.To...)); err != nil {
		return fmt.Errorf("%w: %w", errSettings, err)
	}
	title := msg.Title
	if msg.Municipality != "" {
		title = "[" + msg.Municipality + "] " + title
	}
	out.Subject(title)
	out.SetDateWithValue(msg.At)
	out.SetMessageIDWithValue(msg.ID + "@kommunpuls")
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.SetBodyString(mail.TypeTextPlain, msg.Text())
	return c.DialAndSendWithContext(ctx, out)
}

func (m *Mail) client(timeout time.Duration) (*mail.Client, error) {
	host, port, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSettings, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSettings, err)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if m.ServerName != "" {
		conf.ServerName = m.ServerName
	}
	if len(m.CA) > 0 {
		conf.RootCAs = x509.NewCertPool()
		conf.RootCAs.AppendCertsFromPEM(m.CA)
	}
	if len(m.Cert) > 0 {
		pair, err := tls.X509KeyPair(m.Cert, m.Key)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errSettings, err)
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	opts := []mail.Option{mail.WithPort(n), mail.WithTimeout(timeout), mail.WithTLSConfig(conf), mail.WithTLSPolicy(mail.TLSMandatory)}
	switch m.Security {
	case FullTLS:
		opts = append(opts, mail.WithSSL())
	case Clear:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if m.Username != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.Username), mail.WithPassword(m.Password))
	}
	c, err := mail.NewClient(host, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSettings, err)
	}
	return c, nil
}
