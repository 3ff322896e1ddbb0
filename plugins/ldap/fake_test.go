package ldap

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"
)

// fake is a small, strict LDAP server over TLS for what no real directory here
// does: drop a connection at a certain page, refer in circles, cut member
// lists. It fails the test on anything that it does not expect.
type fake struct {
	t      testing.TB
	addr   string
	caFile string
	answer func(s fakeSearch) fakeAnswer
	mu     sync.Mutex
	asked  []fakeSearch
}

type fakeSearch struct {
	base, filter string
	scope        int64
	attrs        []string
	cookie       string
	size         int64
}

type fakeAnswer struct {
	entries  []fakeEntry
	refs     []string // search result references
	code     int64
	referral []string // with code 10
	cookie   string
	drop     bool          // close the connection instead of answering
	wait     chan struct{} // wait for it before answering
}

type fakeEntry struct {
	dn    string
	attrs map[string][]string
}

func startFake(t testing.TB, answer func(fakeSearch) fakeAnswer) *fake {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{t: t, answer: answer, caFile: filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(f.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	f.addr = l.Addr().String()
	var conns sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); conns.Wait() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Add(1)
			go func() { defer conns.Done(); f.serve(c) }()
		}
	}()
	return f
}

func (f *fake) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		p, err := ber.ReadPacket(c)
		if err != nil {
			return
		}
		id, op := p.Children[0].Value.(int64), p.Children[1]
		switch op.Tag {
		case goldap.ApplicationBindRequest:
			if op.Children[1].Value != "reader" || op.Children[2].Data.String() != "secret" {
				f.t.Errorf("fake: bind as %v", op.Children[1].Value)
			}
			f.send(c, id, result(goldap.ApplicationBindResponse, 0, nil), nil)
		case goldap.ApplicationUnbindRequest, goldap.ApplicationAbandonRequest:
			return
		case goldap.ApplicationSearchRequest:
			if !f.search(c, id, p) {
				return
			}
		default:
			f.t.Errorf("fake: unexpected operation %d", op.Tag)
			return
		}
	}
}

func (f *fake) search(c net.Conn, id int64, p *ber.Packet) bool {
	op := p.Children[1]
	s := fakeSearch{base: op.Children[0].Value.(string), scope: op.Children[1].Value.(int64)}
	filter, err := goldap.DecompileFilter(op.Children[6])
	if err != nil {
		f.t.Errorf("fake: filter: %v", err)
		return false
	}
	s.filter = filter
	for _, a := range op.Children[7].Children {
		s.attrs = append(s.attrs, a.Value.(string))
	}
	paged := false
	if len(p.Children) > 2 {
		for _, child := range p.Children[2].Children {
			control, err := goldap.DecodeControl(child)
			if err != nil {
				f.t.Errorf("fake: control: %v", err)
			}
			if pc, ok := control.(*goldap.ControlPaging); ok {
				paged, s.cookie, s.size = true, string(pc.Cookie), int64(pc.PagingSize)
			}
		}
	}
	f.mu.Lock()
	f.asked = append(f.asked, s)
	f.mu.Unlock()
	a := f.answer(s)
	if a.wait != nil {
		<-a.wait
	}
	if a.drop {
		return false
	}
	for _, e := range a.entries {
		f.send(c, id, encodeEntry(e), nil)
	}
	for _, r := range a.refs {
		ref := ber.Encode(ber.ClassApplication, ber.TypeConstructed, goldap.ApplicationSearchResultReference, nil, "")
		ref.AppendChild(octets(r))
		f.send(c, id, ref, nil)
	}
	var controls *ber.Packet
	if paged {
		pc := goldap.NewControlPaging(0)
		pc.SetCookie([]byte(a.cookie))
		controls = ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		controls.AppendChild(pc.Encode())
	}
	return f.send(c, id, result(goldap.ApplicationSearchResultDone, a.code, a.referral), controls)
}

func (f *fake) send(c net.Conn, id int64, op, controls *ber.Packet) bool {
	m := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	m.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	m.AppendChild(op)
	if controls != nil {
		m.AppendChild(controls)
	}
	_, err := c.Write(m.Bytes())
	return err == nil
}

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func result(tag ber.Tag, code int64, referral []string) *ber.Packet {
	r := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	r.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, code, ""))
	r.AppendChild(octets(""))
	r.AppendChild(octets(""))
	if len(referral) > 0 {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 3, nil, "")
		for _, u := range referral {
			list.AppendChild(octets(u))
		}
		r.AppendChild(list)
	}
	return r
}

func encodeEntry(e fakeEntry) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, goldap.ApplicationSearchResultEntry, nil, "")
	p.AppendChild(octets(e.dn))
	attrs := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for name, values := range e.attrs {
		a := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		a.AppendChild(octets(name))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range values {
			set.AppendChild(octets(v))
		}
		a.AppendChild(set)
		attrs.AppendChild(a)
	}
	p.AppendChild(attrs)
	return p
}

// activeDirectory answers what every collection asks first, as a domain
// controller would, and leaves the accounts to more.
func activeDirectory(more func(fakeSearch) fakeAnswer) func(fakeSearch) fakeAnswer {
	const root = "DC=fejk,DC=test"
	return func(s fakeSearch) fakeAnswer {
		switch {
		case s.base == "" && s.scope == 0:
			return fakeAnswer{entries: []fakeEntry{{"", map[string][]string{
				"supportedCapabilities": {capabilityAD}, "defaultNamingContext": {root}, "highestCommittedUSN": {"1000"}, "dsServiceName": {"CN=NTDS Settings," + root},
			}}}}
		case strings.HasPrefix(s.base, "CN=NTDS"):
			return fakeAnswer{entries: []fakeEntry{{s.base, map[string][]string{"invocationId": {"0123456789abcdef"}}}}}
		case s.base == root && s.scope == 0:
			return fakeAnswer{entries: []fakeEntry{{root, map[string][]string{"lockoutDuration": {"-18000000000"}}}}}
		}
		return more(s)
	}
}
