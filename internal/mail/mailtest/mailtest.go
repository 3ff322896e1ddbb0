// Package mailtest runs a strict mail server for tests: Debian's aiosmtpd.
package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/mail"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

//go:embed smtpd.py
var program []byte

// Options of the server.
const (
	WantsTLS   = "--starttls"     // takes nothing in clear
	WantsLogin = "--auth"         // kommunpuls and losenord
	Refuses    = "--refuse"       // knows no recipient
	RefusesOne = "--refuse-okand" // knows everyone but okand@
)

// Server writes each letter down.
type Server struct {
	Addr    string
	CA      []byte // PEM
	letters string
	stop    func()
}

// Letter is one that the server took.
type Letter struct {
	TLS     bool
	User    string
	From    string
	To      []string
	Content string
}

// Start runs the server until the test ends.
func Start(t testing.TB, options ...string) *Server {
	t.Helper()
	return StartAt(t, testneed.FreeAddr(t), options...)
}

// StartAt is Start at an address.
func StartAt(t testing.TB, addr string, options ...string) *Server {
	t.Helper()
	// Debian's own Python has Debian's packages; another may come first in PATH.
	python := testneed.Program(t, "/usr/bin/python3")
	if err := exec.Command(python, "-c", "import aiosmtpd").Run(); err != nil {
		testneed.Program(t, "python3-aiosmtpd") // says what is missing
	}
	dir := t.TempDir()
	s := &Server{Addr: addr, letters: filepath.Join(dir, "letters")}
	cert, key := selfSigned(t)
	s.CA = cert
	for name, b := range map[string][]byte{"smtpd.py": program, "cert.pem": cert, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, append([]string{filepath.Join(dir, "smtpd.py"), host, port, dir}, options...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(s.stop)
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatal(line, err)
	}
	return s
}

// Stop ends the server before the test does.
func (s *Server) Stop() { s.stop() }

// Taken are the letters that it took.
func (s *Server) Taken(t testing.TB) []Letter {
	t.Helper()
	b, err := os.ReadFile(s.letters)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []Letter
	for line := range strings.Lines(string(b)) {
		if !strings.HasSuffix(line, "\n") {
			break // it is being written
		}
		var l Letter
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// Settings are those of one who may send through a server that wants TLS and login.
func (s *Server) Settings() mail.Settings {
	return mail.Settings{
		Server: s.Addr, Security: mail.StartTLS, CA: s.CA, Username: "kommunpuls", Password: "losenord", From: "kommunpuls@kommunen.se",
		Timeout: 15 * time.Second, // aiosmtpd keeps silent to the goodbye of one whom it refused
	}
}

func selfSigned(t testing.TB) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smtp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP("127.0.0.1")}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	b, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: b})
}
