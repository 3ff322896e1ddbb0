package access

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

// ErrClientCertificate is returned where the daemon lets nobody in without a
// certificate that this command does not have.
var ErrClientCertificate = errors.New("tjänsten kräver klientcertifikat, så kommandot når den inte; skicka SIGHUP för att läsa om, eller starta om tjänsten")

// errOtherCertificate is returned when what answers is not the daemon.
var errOtherCertificate = errors.New("den som svarar har ett annat certifikat än web_config")

// Client returns a client that reaches the daemon of a configuration on this
// machine, and the daemon's address. Over TLS it knows the daemon by the very
// certificate of web_config, whatever name that bears.
func Client(c *config.Config) (*http.Client, string, error) {
	f, err := openWebFile(c, nil)
	if err != nil {
		return nil, "", err
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // it is on this machine
	t.DisableKeepAlives = true
	client := &http.Client{Transport: t}
	if !f.tls {
		return client, "http://" + c.Listen, nil
	}
	own, err := certificate(f)
	if err != nil {
		return nil, "", fmt.Errorf("%w: web_config: %w", config.ErrInvalid, err)
	}
	switch f.now.tls.ClientAuth {
	case tls.RequireAndVerifyClientCert, tls.RequireAnyClientCert:
		return nil, "", ErrClientCertificate
	}
	t.TLSClientConfig = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // the certificate itself is compared below
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !bytes.Equal(s.PeerCertificates[0].Raw, own.Raw) {
				return errOtherCertificate
			}
			return nil
		},
	}
	return client, "https://" + c.Listen, nil
}

// certificate is the daemon's own.
func certificate(f *webFile) (*x509.Certificate, error) {
	text := []byte(f.now.config.TLSConfig.TLSCert)
	if path := f.now.config.TLSConfig.TLSCertPath; path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		text = b
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("cert: ingen PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}
