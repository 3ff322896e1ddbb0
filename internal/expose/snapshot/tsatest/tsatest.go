// Package tsatest runs a server of time stamps for tests: openssl ts behind HTTP.
package tsatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// Fault is what a server does wrong.
type Fault int

// The faults.
const (
	None       Fault = iota
	OtherFile        // stamps another sum than it was asked for
	OtherNonce       // answers another question
	Refuses          // has no policy for the question
	Broken           // HTTP 500
	Page             // an HTML page
	Hangs            // never answers
)

// Options of a server.
type Options struct {
	// Expired lets the certificate of who signs have ended yesterday.
	Expired bool
	// User and Password are asked for, if given.
	User, Password string
}

// Server gives time stamps.
type Server struct {
	URL     string
	CA      string // file with the issuer's certificate
	Issuers *x509.CertPool

	dir     string
	openssl string
	options Options
	mu      sync.Mutex
	fault   Fault
	release chan struct{}
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{dir: t.TempDir(), openssl: testneed.Program(t, "openssl"), options: o, release: make(chan struct{})}
	s.certificates(t)
	write(t, s.path("serial"), []byte("01\n"))
	write(t, s.path("ts.cnf"), fmt.Appendf(nil, `[tsa]
default_tsa = stamps
[stamps]
serial = %[1]s/serial
crypto_device = builtin
signer_cert = %[1]s/tsa.pem
signer_key = %[1]s/tsa.key
certs = %[1]s/ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`, s.dir))
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		close(s.release)
		web.Close()
	})
	s.URL, s.CA = web.URL+"/tsr", s.path("ca.pem")
	return s
}

// Does makes the server do something wrong from now on.
func (s *Server) Does(f Fault) {
	s.mu.Lock()
	s.fault = f
	s.mu.Unlock()
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

// ServeHTTP answers one question at a time.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	if user, password, _ := r.BasicAuth(); user != s.options.User || password != s.options.Password {
		http.Error(w, "who is it?", http.StatusUnauthorized)
		return
	}
	switch fault {
	case Broken:
		http.Error(w, "broken", http.StatusInternalServerError)
		return
	case Page:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<p>Logga in")
		return
	case Hangs:
		<-s.release
		return
	}
	q, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err == nil && r.Header.Get("Content-Type") != "application/timestamp-query" {
		err = fmt.Errorf("content type %q", r.Header.Get("Content-Type"))
	}
	var reply []byte
	if err == nil {
		reply, err = s.reply(q, fault)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(reply)
}

func (s *Server) reply(query []byte, fault Fault) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fault != None {
		q, err := timestamp.ParseRequest(query)
		if err != nil {
			return nil, err
		}
		switch fault {
		case OtherFile:
			q.HashedMessage[0] ^= 1
		case OtherNonce:
			q.Nonce = new(big.Int).Add(q.Nonce, big.NewInt(1))
		case Refuses:
			q.TSAPolicyOID = asn1.ObjectIdentifier{1, 2, 3, 4, 99}
		}
		if query, err = q.Marshal(); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(s.path("query"), query, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command(s.openssl, "ts", "-reply", "-config", s.path("ts.cnf"), "-queryfile", s.path("query"), "-out", s.path("reply"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("openssl ts: %w: %s", err, out)
	}
	return os.ReadFile(s.path("reply"))
}

// certificates makes an issuer and who signs the time stamps.
func (s *Server) certificates(t testing.TB) {
	t.Helper()
	now := time.Now()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Exempelutfärdaren"}, NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(2, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caKey := newKey(t)
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	must(t, err)
	// The use must be marked critical, which x509 does not do by itself.
	extended, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	must(t, err)
	tsa := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Exempelklockan"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: extended}},
	}
	if s.options.Expired {
		tsa.NotAfter = now.AddDate(0, 0, -1)
	}
	tsaKey := newKey(t)
	tsaDER, err := x509.CreateCertificate(rand.Reader, tsa, ca, &tsaKey.PublicKey, caKey)
	must(t, err)
	key, err := x509.MarshalPKCS8PrivateKey(tsaKey)
	must(t, err)
	write(t, s.path("ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}))
	write(t, s.path("tsa.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tsaDER}))
	write(t, s.path("tsa.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	issuer, err := x509.ParseCertificate(caDER)
	must(t, err)
	s.Issuers = x509.NewCertPool()
	s.Issuers.AddCert(issuer)
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return k
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	must(t, os.WriteFile(path, b, 0o600))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
