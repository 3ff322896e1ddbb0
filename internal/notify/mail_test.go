package notify

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// mailServer is Debian's aiosmtpd: it wants STARTTLS and a login when told, and
// writes each letter down as a line of JSON.
type mailServer struct {
	addr, letters string
	ca            []byte
}

func startMail(t *testing.T, options ...string) mailServer {
	t.Helper()
	// Debian's own Python has Debian's packages; another may come first in PATH.
	python := testneed.Program(t, "/usr/bin/python3")
	if err := exec.Command(python, "-c", "import aiosmtpd").Run(); err != nil {
		testneed.Program(t, "python3-aiosmtpd") // says what is missing
	}
	dir := t.TempDir()
	s := mailServer{addr: testneed.FreeAddr(t), letters: filepath.Join(dir, "letters")}
	cert, key := selfSigned(t)
	s.ca = cert
	write(t, filepath.Join(dir, "cert.pem"), string(cert))
	write(t, filepath.Join(dir, "key.pem"), string(key))
	host, port, _ := net.SplitHostPort(s.addr)
	cmd := exec.Command(python, append([]string{"testdata/smtpd.py", host, port, dir}, options...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatal(line, err)
	}
	return s
}

func selfSigned(t *testing.T) (cert, key []byte) {
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

// letter is one that the server took.
type letter struct {
	TLS     bool
	User    string
	From    string
	To      []string
	Content string
}

func (s mailServer) taken(t *testing.T) []letter {
	t.Helper()
	b, err := os.ReadFile(s.letters)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []letter
	for line := range strings.Lines(string(b)) {
		var l letter
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

func (s mailServer) account() *Mail {
	return &Mail{
		Server: s.addr, Security: StartTLS, CA: s.ca, Username: "kommunpuls", Password: "losenord",
		From: "kommunpuls@kommunen.se", To: []string{"Jouren <jour@kommunen.se>", "drift@kommunen.se"},
	}
}

func TestALetterIsSentEncryptedByWhoeverLogsIn(t *testing.T) {
	s := startMail(t, "--starttls", "--auth")
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{{Name: "jour", Mail: s.account()}}})
	d.look(schools(6*time.Minute, 1))
	eventually(t, "a letter", func() bool { return len(s.taken(t)) > 0 || d.Status().Channels[0].Failures > 2 })
	got := s.taken(t)
	if len(got) != 1 {
		t.Fatalf("%+v", d.Status())
	}
	l := got[0]
	if !l.TLS || l.User != "kommunpuls" || l.From != "kommunpuls@kommunen.se" || len(l.To) != 2 || l.To[0] != "jour@kommunen.se" {
		t.Errorf("%+v", l)
	}
	m, err := mail.ReadMessage(strings.NewReader(l.Content))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "[Exempelkommun] Störning i nätet på Plats skola0" {
		t.Errorf("%q %v", subject, err)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Message-Id") == "" || m.Header.Get("Date") == "" {
		t.Errorf("%v", m.Header)
	}
	for _, want := range []string{"Felsökning pågår", "/storningar", "Exempelkommun, kommunpuls"} {
		if !strings.Contains(quoted(l.Content), want) {
			t.Errorf("%q is not in %s", want, l.Content)
		}
	}
}

// quoted undoes what quoted-printable does to the letters of the text.
func quoted(s string) string {
	return strings.NewReplacer("=\r\n", "", "=\n", "", "=C3=A5", "å", "=C3=A4", "ä", "=C3=B6", "ö").Replace(s)
}

func TestWhyALetterIsNotSent(t *testing.T) {
	for _, c := range []struct {
		name   string
		server []string
		change func(*Mail)
		class  string
	}{
		{"wrong password", []string{"--starttls", "--auth"}, func(m *Mail) { m.Password = "fel" }, "unauthenticated"},
		{"a login that is wanted", []string{"--starttls", "--auth"}, func(m *Mail) { m.Username = "" }, "unauthenticated"},
		{"no encryption to be had", nil, func(m *Mail) { m.Username = "" }, "no_tls"},
		{"a strange certificate", []string{"--starttls", "--auth"}, func(m *Mail) { m.CA = nil }, "tls"},
		{"a refused recipient", []string{"--starttls", "--refuse"}, func(m *Mail) { m.Username = "" }, "rejected"},
		{"nobody there", nil, func(m *Mail) { m.Server = testneed.FreeAddr(t) }, "unreachable"},
		{"in clear when told", nil, func(m *Mail) { m.Username, m.Security = "", Clear }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startMail(t, c.server...)
			m := s.account()
			c.change(m)
			err := (&Channel{Name: "jour", Mail: m}).Try(t.Context(), "Exempelkommun", false, time.Now())
			if c.class == "" {
				if got := s.taken(t); err != nil || len(got) != 1 || got[0].TLS {
					t.Errorf("%v %+v", err, got)
				}
				return
			}
			f, ok := err.(*failure) //nolint:errorlint // it is that and nothing around it
			if !ok || f.class != c.class {
				t.Errorf("%T %v, want %s", err, err, c.class)
			}
			if err != nil && (strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "losenord")) {
				t.Errorf("an address in %q", err)
			}
			if got := s.taken(t); len(got) > 0 {
				t.Errorf("sent all the same: %+v", got)
			}
		})
	}
}
