package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// dialer connects to the servers of one directory.
type dialer struct {
	dir     Directory
	baseDir string
	timeout time.Duration
}

// connection is one bound connection. Closing it, or ending the context it was
// made with, ends whatever waits on it.
type connection struct {
	*goldap.Conn
	raw  net.Conn
	stop func() bool
	host string
}

func (c *connection) end() {
	c.stop()
	_ = c.raw.Close() // unblocks a writer, so that Close cannot hang
	_ = c.Close()
}

// connect dials, verifies the server, and binds.
func (d *dialer) connect(ctx context.Context, rawURL string) (*connection, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	conf, err := d.tlsConfig(u.Hostname())
	if err != nil {
		return nil, err
	}
	dialCtx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	raw, err := dialSecure(dialCtx, u, conf)
	if err != nil {
		return nil, connectFault(ctx, u.Host, err)
	}
	c := &connection{Conn: goldap.NewConn(raw, true), raw: raw, host: u.Host}
	c.stop = context.AfterFunc(ctx, func() { _ = raw.Close() })
	c.SetTimeout(d.timeout)
	c.Start()
	if err := d.bind(ctx, c, u.Hostname()); err != nil {
		c.end()
		return nil, bindFault(ctx, u.Host, err)
	}
	return c, nil
}

// tlsConfig trusts the own CA file, or else the machine's store.
func (d *dialer) tlsConfig(host string) (*tls.Config, error) {
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if d.dir.CAFile == "" {
		return conf, nil
	}
	pem, err := os.ReadFile(within(d.baseDir, d.dir.CAFile))
	if err != nil {
		return nil, fmt.Errorf("ca_file kan inte läsas: %w: %w", err, sdk.ErrBadInput)
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s innehåller inget certifikat (PEM): %w", d.dir.CAFile, sdk.ErrBadInput)
	}
	return conf, nil
}

// dialSecure returns an encrypted connection to a verified server. StartTLS is
// done here and not by go-ldap, which returns the handshake's error as text
// alone and does not stop when the context ends.
func dialSecure(ctx context.Context, u *url.URL, conf *tls.Config) (net.Conn, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"ldaps": goldap.DefaultLdapsPort, "ldap": goldap.DefaultLdapPort}[u.Scheme]
	}
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	if u.Scheme == "ldap" {
		stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
		if err = startTLS(raw); err == nil && !stop() {
			err = ctx.Err()
		}
	}
	secure := tls.Client(raw, conf)
	if err == nil {
		err = secure.HandshakeContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return secure, nil
}

const oidStartTLS = "1.3.6.1.4.1.1466.20037"

// startTLS asks the server to begin TLS (RFC 4511, 4.14) and reads its answer.
func startTLS(raw net.Conn) error {
	msg := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	msg.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(1), ""))
	req := ber.Encode(ber.ClassApplication, ber.TypeConstructed, goldap.ApplicationExtendedRequest, nil, "")
	req.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, oidStartTLS, ""))
	msg.AppendChild(req)
	if _, err := raw.Write(msg.Bytes()); err != nil {
		return err
	}
	answer, err := ber.ReadPacket(raw)
	if err != nil {
		return err
	}
	return goldap.GetLDAPError(answer)
}

// bind logs in. GSSAPI asks a Kerberos server, on connections of its own that
// know nothing of ctx, so it is waited for beside ctx.
func (d *dialer) bind(ctx context.Context, c *connection, host string) error {
	b := d.dir.Bind
	if b.Method != "gssapi" {
		return c.Bind(b.User, b.Password)
	}
	spn := b.SPN
	if spn == "" {
		spn = "ldap/" + host
	}
	state, _ := c.TLSConnectionState()
	done := make(chan error, 1)
	go func() {
		client, err := kerberosClient(b, d.baseDir, state)
		if err != nil {
			done <- &kerberosError{err}
			return
		}
		err = c.GSSAPIBind(client, spn, "")
		if cerr := client.Close(); err == nil {
			err = cerr
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// securityClient is what either operating system's kerberosClient returns.
type securityClient interface {
	goldap.GSSAPIClient
	Close() error
}

// kerberosError marks a fault of the local Kerberos set-up.
type kerberosError struct{ err error }

func (k *kerberosError) Error() string { return k.err.Error() }
func (k *kerberosError) Unwrap() error { return k.err }

// within places a relative file name in the config's folder.
func within(base, name string) string {
	if base == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(base, name)
}
