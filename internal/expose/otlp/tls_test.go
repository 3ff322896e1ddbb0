package otlp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/otlp/otlptest"
)

// authority issues certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
	pool *x509.CertPool
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{t: t, pool: x509.NewCertPool()}
	now := time.Now()
	der, key := issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "utfärdare"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a.cert, a.key, a.pem = cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	a.pool.AddCert(cert)
	return a
}

func issue(t *testing.T, c, parent *x509.Certificate, by *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if parent == nil {
		parent, by = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

// leaf issues a certificate for a name that ends at an instant, as PEM.
func (a authority) leaf(name string, ends time.Time) (cert, key []byte) {
	a.t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: ends,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{name}
	}
	der, k := issue(a.t, c, a.cert, a.key)
	b, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: b})
}

func TestCertificates(t *testing.T) {
	later := time.Now().Add(time.Hour)
	for _, c := range []struct {
		name   string
		server string // whom the server's certificate names
		ends   time.Time
		change func(ours authority, s *Settings)
		client bool   // the server wants a client certificate
		says   string // "" is all well
	}{
		{"trusted", "127.0.0.1", later, func(ours authority, s *Settings) { s.CA = ours.pem }, false, ""},
		{"another issuer", "127.0.0.1", later, func(_ authority, s *Settings) { s.CA = newAuthority(t).pem }, false, "utfärdat av någon som vi inte litar på; ange utfärdaren i otlp.tls.ca"},
		{"the machine's own issuers", "127.0.0.1", later, func(authority, *Settings) {}, false, "ange utfärdaren i otlp.tls.ca"},
		{"another name", "otel.kommunen.se", later, func(ours authority, s *Settings) { s.CA = ours.pem }, false, "bär ett annat namn; ange det i otlp.tls.server_name"},
		{"another name that was given", "otel.kommunen.se", later, func(ours authority, s *Settings) { s.CA, s.ServerName = ours.pem, "otel.kommunen.se" }, false, ""},
		{"expired", "127.0.0.1", time.Now().Add(-time.Hour), func(ours authority, s *Settings) { s.CA = ours.pem }, false, "har gått ut"},
		{"our certificate", "127.0.0.1", later, func(ours authority, s *Settings) {
			s.CA = ours.pem
			s.Cert, s.Key = ours.leaf("kommunpuls", later)
		}, true, ""},
		{"no certificate of ours", "127.0.0.1", later, func(ours authority, s *Settings) { s.CA = ours.pem }, true, "godtar inte vårt certifikat; se otlp.tls.cert"},
		{"a strange certificate of ours", "127.0.0.1", later, func(ours authority, s *Settings) {
			s.CA = ours.pem
			s.Cert, s.Key = newAuthority(t).leaf("kommunpuls", later)
		}, true, "godtar inte vårt certifikat; se otlp.tls.cert"},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, func(t *testing.T, http bool) {
				ours := newAuthority(t)
				pair, err := tls.X509KeyPair(ours.leaf(c.server, c.ends))
				if err != nil {
					t.Fatal(err)
				}
				conf := &tls.Config{Certificates: []tls.Certificate{pair}}
				if c.client {
					conf.ClientCAs, conf.ClientAuth = ours.pool, tls.RequireAndVerifyClientCert
				}
				r := otlptest.Start(t, otlptest.Options{HTTP: http, Authorization: authorization, TLS: conf})
				s := settings(r, http)
				if c.says != "" {
					s.Timeout = time.Second // gRPC tries until it is out
				}
				c.change(ours, &s)
				b := started(t, s)
				st := b.round()
				switch {
				case c.says == "" && !st.Up:
					t.Errorf("%+v", st)
				case c.says != "" && (st.Class != classTLS || !strings.Contains(st.Reason, c.says)):
					t.Errorf("%+v\nwant %q", st, c.says)
				case c.says != "" && len(b.lines("class=tls")) != 1:
					t.Errorf("logged %q", b.lines("OTLP is not sent"))
				}
			})
		})
	}
}
