package mail_test

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/mail"
)

// served answers one connection after another until the test ends.
func served(t *testing.T, answer func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		work.Wait()
	})
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			answer(conn)
			_ = conn.Close()
		}
	})
	return l.Addr().String()
}

// until speaks SMTP and hangs up at a command.
func until(command string) func(net.Conn) {
	return func(conn net.Conn) {
		say := func(line string) { _, _ = fmt.Fprint(conn, line+"\r\n") }
		say("220 smtp.exempel.test")
		content := false
		for in := bufio.NewScanner(conn); in.Scan(); {
			word, _, _ := strings.Cut(strings.ToUpper(in.Text()), " ")
			switch {
			case content && word == ".":
				content = false
				say("250 OK")
			case content:
			case word == command:
				return
			case word == "DATA":
				content = true
				say("354 go on")
			default:
				say("250 OK")
			}
		}
	}
}

func TestALetterThatTheServerTookIsSentAlthoughItHangsUp(t *testing.T) {
	for command, taken := range map[string]bool{"RSET": true, "QUIT": true, "DATA": false, "MAIL": false} {
		t.Run(command, func(t *testing.T) {
			s := mail.Settings{Server: served(t, until(command)), Security: mail.Clear, From: "kommunpuls@kommunen.se"}
			m := letter()
			m.Attachments = nil
			err := s.Send(t.Context(), m)
			var f *mail.Failure
			if taken && err != nil || !taken && (!errors.As(err, &f) || f.Class != "unreachable") {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}

// A server that does not take our certificate says so when its own is accepted.
func TestAServerThatRefusesOurCertificateIsThere(t *testing.T) {
	certified := httptest.NewTLSServer(http.NotFoundHandler())
	certified.Close()
	addr := served(t, func(conn net.Conn) {
		_ = tls.Server(conn, &tls.Config{Certificates: certified.TLS.Certificates, ClientAuth: tls.RequireAnyClientCert}).Handshake() // it fails
	})
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw})
	s := mail.Settings{Server: addr, Security: mail.FullTLS, CA: cert, From: "kommunpuls@kommunen.se"}
	m := letter()
	m.Attachments = nil
	var f *mail.Failure
	if err := s.Send(t.Context(), m); !errors.As(err, &f) || f.Class != "tls" {
		t.Errorf("%T %v", err, err)
	}
}
