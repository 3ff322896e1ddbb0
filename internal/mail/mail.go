// Package mail sends letters through the municipality's mail server: encrypted
// unless told otherwise, whole or not at all. Whatever the program mails, it
// mails through here.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// How a connection to a mail server is encrypted.
const (
	StartTLS = "starttls" // required: without it nothing is sent
	FullTLS  = "tls"
	Clear    = "none"
)

// DefaultTimeout is how long a letter may take where nothing else is said.
const DefaultTimeout = time.Minute

// Settings are a mail server and who writes.
type Settings struct {
	Server        string // host:port
	Security      string // "" is StartTLS
	CA, Cert, Key []byte // PEM
	ServerName    string // that the server's certificate bears, "" is the host
	Username      string // "" logs in nowhere
	Password      string
	From          string
	Timeout       time.Duration // of one letter; zero is DefaultTimeout
}

// Message is a letter.
type Message struct {
	To          []string
	Subject     string
	Text        string
	Attachments []Attachment
	At          time.Time // when it was written; zero is now
	ID          string    // the same for the same letter, so that a second copy can be told; "" is one of its own
}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name string
	Type string // such as "application/pdf"
	Data []byte
}

// Send hands a letter over to the server: to every recipient, or to none. Its
// error is a *Failure, which names nobody.
func (s *Settings) Send(ctx context.Context, m Message) error {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c, err := s.client(timeout)
	if err != nil {
		return Judge(err)
	}
	out, err := s.letter(m)
	if err != nil {
		return Judge(err)
	}
	// What the server took it has, although it hung up before we said goodbye:
	// sent again it would come twice.
	if err := c.DialAndSendWithContext(ctx, out); err != nil && !out.IsDelivered() {
		return Judge(err)
	}
	return nil
}

func (s *Settings) letter(m Message) (*gomail.Msg, error) {
	out := gomail.NewMsg()
	if err := errors.Join(out.From(s.From), out.To(m.To...)); err != nil {
		return nil, fmt.Errorf("%w: %w", errSettings, err)
	}
	out.Subject(m.Subject)
	if m.At.IsZero() {
		out.SetDate()
	} else {
		out.SetDateWithValue(m.At)
	}
	if m.ID == "" {
		out.SetMessageID()
	} else {
		out.SetMessageIDWithValue(m.ID + "@kommunpuls")
	}
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	for _, a := range m.Attachments {
		out.AttachReadSeeker(a.Name, bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(a.Type)))
	}
	return out, nil
}

func (s *Settings) client(timeout time.Duration) (*gomail.Client, error) {
	host, port, err := net.SplitHostPort(s.Server)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSettings, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSettings, err)
	}
	conf, err := s.tls(host)
	if err != nil {
		return nil, err
	}
	opts := []gomail.Option{gomail.WithPort(n), gomail.WithTimeout(timeout), gomail.WithTLSConfig(conf), gomail.WithTLSPolicy(gomail.TLSMandatory)}
	switch s.Security {
	case FullTLS:
		opts = append(opts, gomail.WithSSL())
	case Clear:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.Username != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.Username), gomail.WithPassword(s.Password))
	}
	c, err := gomail.NewClient(host, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSettings, err)
	}
	return c, nil
}

func (s *Settings) tls(host string) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if s.ServerName != "" {
		conf.ServerName = s.ServerName
	}
	if len(s.CA) > 0 {
		conf.RootCAs = x509.NewCertPool()
		conf.RootCAs.AppendCertsFromPEM(s.CA)
	}
	if len(s.Cert) > 0 {
		pair, err := tls.X509KeyPair(s.Cert, s.Key)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errSettings, err)
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	return conf, nil
}
