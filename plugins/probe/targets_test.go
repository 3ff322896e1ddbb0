package probe_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// listener accepts and hands each connection to serve.
func listener(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

// silent says nothing until the other end goes.
func silent(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// resets breaks the connection off as soon as something has been said.
func resets(c net.Conn) {
	_, _ = c.Read(make([]byte, 1))
	_ = c.(*net.TCPConn).SetLinger(0)
}

// certificate makes a self-signed certificate for 127.0.0.1 and localhost.
func certificate(t testing.TB, until time.Time) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func secure(t testing.TB, cert tls.Certificate) string {
	t.Helper()
	return listener(t, func(c net.Conn) {
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}})
		if s.Handshake() == nil {
			silent(s)
		}
	})
}

// web answers in the ways that websites do.
func web(t testing.TB) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Välkommen") })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		for chunk := bytes.Repeat([]byte("x"), 1<<16); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, ".")
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	})
	s := httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// nameServer answers for finns.test with an address and for all else that it
// does not exist.
func nameServer(t testing.TB) string {
	t.Helper()
	s, err := serveNames("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Shutdown() })
	return s.PacketConn.LocalAddr().String()
}

func serveNames(addr string) (*dns.Server, error) {
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	s := &dns.Server{NotifyStartedFunc: func() { close(ready) }, PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(r)
		if r.Question[0].Name == "finns.test." {
			rr, _ := dns.NewRR("finns.test. 60 IN A 10.1.2.3")
			m.Answer = append(m.Answer, rr)
		} else {
			m.Rcode = dns.RcodeNameError
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = s.ActivateAndServe() }()
	<-ready
	return s, nil
}

func TestEveryWayToFailIsToldApart(t *testing.T) {
	good, ca := certificate(t, time.Now().Add(30*24*time.Hour))
	old, oldCA := certificate(t, time.Now().Add(-24*time.Hour))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), append(ca, oldCA...), 0o600); err != nil {
		t.Fatal(err)
	}
	w, names := web(t), nameServer(t)
	quiet := listener(t, silent)
	greets := listener(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "220 mail.test ESMTP\r\n")
		silent(c)
	})
	goodTLS, oldTLS := secure(t, good), secure(t, old)
	no := false
	modules := map[string]watchlist.RawModule{
		"login":   {Type: "http", Status: []int{401}},
		"still":   {Type: "http", FollowRedirects: &no},
		"text":    {Type: "http", Contains: "Välkommen"},
		"words":   {Type: "http", Contains: "Hej då"},
		"lacks":   {Type: "http", Lacks: "Välkommen"},
		"mail":    {Type: "tcp", Greeting: "^220 "},
		"ftp":     {Type: "tcp", Greeting: "^221 "},
		"own":     {Type: "tls", CAFile: "ca.pem"},
		"any":     {Type: "tls", Insecure: true},
		"answers": {Type: "dns", Answer: `10\.1\.2\.3$`},
		"other":   {Type: "dns", Answer: `10\.9\.9\.9$`},
	}
	type c struct {
		module, address string
		verdict         watchlist.Verdict
		cause           watchlist.Cause
	}
	const up, down, unknown = watchlist.Up, watchlist.Down, watchlist.Unknown
	cases := map[string]c{
		"tcp":            {"tcp", quiet, up, ""},
		"refused":        {"tcp", testneed.FreeAddr(t), down, watchlist.Refused},
		"greeting":       {"mail", greets, up, ""},
		"other-greeting": {"ftp", greets, down, watchlist.Timeout},
		"no-greeting":    {"mail", quiet, down, watchlist.Timeout},
		"reset":          {"http", "http://" + listener(t, resets), down, watchlist.Reset},
		"tls":            {"own", goodTLS, up, ""},
		"tls-unknown-ca": {"tls", goodTLS, down, watchlist.BadTLS},
		"tls-expired":    {"own", oldTLS, down, watchlist.BadTLS},
		"tls-unverified": {"any", oldTLS, up, ""},
		"tls-hangs":      {"tls", quiet, down, watchlist.Timeout},
		"tls-on-plain":   {"tls", greets, down, watchlist.BadTLS},
		"tls-reset":      {"tls", listener(t, resets), down, watchlist.Reset},
		"http":           {"http", w.URL + "/ok", up, ""},
		"http-status":    {"http", w.URL + "/broken", down, watchlist.HTTPStatus},
		"http-login":     {"login", w.URL + "/login", up, ""},
		"http-loop":      {"http", w.URL + "/loop", down, watchlist.RedirectLoop},
		"http-moved":     {"http", w.URL + "/moved", up, ""},
		"http-still":     {"still", w.URL + "/moved", down, watchlist.HTTPStatus},
		"http-huge":      {"http", w.URL + "/huge", down, watchlist.TooLarge},
		"http-slow":      {"http", w.URL + "/slow", down, watchlist.Timeout},
		"http-hangs":     {"http", "http://" + quiet, down, watchlist.Timeout},
		"http-text":      {"text", w.URL + "/ok", up, ""},
		"http-words":     {"words", w.URL + "/ok", down, watchlist.Content},
		"http-lacks":     {"lacks", w.URL + "/ok", down, watchlist.Content},
		"http-refused":   {"http", "http://" + testneed.FreeAddr(t), down, watchlist.Refused},
		"dns":            {"answers", names, up, ""},
		"dns-other":      {"other", names, down, watchlist.Content},
		"dns-no-name":    {"dns", names, down, watchlist.NoName},
		"no-name":        {"tcp", "finns-inte.invalid:80", down, watchlist.NoName},
		"icmp":           {"icmp", "127.0.0.1", up, ""},
	}
	s := watchlist.Settings{Interval: "10s", Timeout: "5s", Modules: modules}
	for id, x := range cases {
		raw := watchlist.RawTarget{ID: id, Module: x.module, Address: x.address, Site: "s-" + id}
		if strings.HasPrefix(id, "dns") {
			raw.Query = "finns.test"
			if id == "dns-no-name" {
				raw.Query = "finns-inte.test"
			}
		}
		s.Targets = append(s.Targets, raw)
	}
	testneed.Root(t) // to ping
	f := collect(t, s, dir)
	for id, want := range cases {
		t.Run(id, func(t *testing.T) {
			if id == "no-name" && f.last(id).Cause == watchlist.Resolver {
				want.verdict, want.cause = unknown, watchlist.Resolver // a machine without any name server
			}
			got := f.last(id)
			if got.Verdict != want.verdict || got.Cause != want.cause {
				t.Errorf("verdict %d, cause %q; want %d, %q", got.Verdict, got.Cause, want.verdict, want.cause)
			}
			if (got.Latency > 0) != (want.verdict == up) || got.Site != "s-"+id {
				t.Errorf("%+v", got)
			}
		})
	}
	for id, cert := range map[string]tls.Certificate{"tls": good, "tls-unverified": old} {
		leaf, err := x509.ParseCertificate(cert.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		if !f.expires[id].Equal(leaf.NotAfter) {
			t.Errorf("%s: expires %v, want %v", id, f.expires[id], leaf.NotAfter)
		}
	}
	if len(f.expires) != 2 {
		t.Errorf("certificates: %v", fmt.Sprint(f.expires))
	}
}
