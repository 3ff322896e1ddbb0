//go:build !windows

package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// counter is a sink that only counts.
type counter struct{ records int }

func (c *counter) Begin(sdk.Header) error            { return nil }
func (c *counter) Write(r []record.Record) error     { c.records += len(r); return nil }
func (c *counter) Warn(sdk.Warning) error            { return nil }
func (c *counter) Progress(int64, int64) error       { return nil }
func (c *counter) Purge(record.Kind, []string) error { return nil }

// BenchmarkDirectory reads 100,000 entries over LDAPS through the source, and
// with a bare go-ldap paged loop and ldapsearch asking for the same attributes
// in the same run.
func BenchmarkDirectory(b *testing.B) {
	s := ldaptest.StartSlapd(b, 100_000)
	search := testneed.Program(b, "ldapsearch")
	settings := s.Settings()
	settings["bases"] = []string{s.BaseDN}
	req := request(b, settings)
	known := knownSlots(b, s)
	want := accountSlots(&known)
	want.add(memberOf)
	b.ResetTimer()
	var source, bare, tool time.Duration
	var peak int64
	for range b.N {
		resetPeak(b)
		began := time.Now()
		sink := &counter{}
		if _, err := New().Collect(context.Background(), req, sink); err != nil {
			b.Fatal(err)
		}
		source += time.Since(began)
		peak = max(peak, peakRSS(b))
		if sink.records < s.Truth.Accounts() {
			b.Fatalf("got %d records, want at least %d", sink.records, s.Truth.Accounts())
		}
		began = time.Now()
		if n := bareLoop(b, s, want.names()); n < 100_000 {
			b.Fatalf("the bare loop got %d entries", n)
		}
		bare += time.Since(began)
		began = time.Now()
		cmd := exec.Command(search, append([]string{"-LLL", "-H", s.URL, "-x", "-D", s.BindDN, "-w", s.Password, "-b", s.BaseDN,
			"-E", "pr=1000/noprompt", "(objectClass=user)"}, want.names()...)...)
		cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+s.CAFile)
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		tool += time.Since(began)
	}
	b.ReportMetric(source.Seconds()/float64(b.N), "source-s")
	b.ReportMetric(bare.Seconds()/float64(b.N), "bare-s")
	b.ReportMetric(tool.Seconds()/float64(b.N), "ldapsearch-s")
	b.ReportMetric(source.Seconds()/bare.Seconds(), "x-bare")
	b.ReportMetric(source.Seconds()/tool.Seconds(), "x-ldapsearch")
	b.ReportMetric(float64(peak)/1024, "peak-MB")
}

func knownSlots(b *testing.B, s *ldaptest.Server) slotSet {
	set, err := Decode(request(b, s.Settings()).Settings.JSON)
	if err != nil {
		b.Fatal(err)
	}
	d, err := openServer(context.Background(), &set, set.Directory, "")
	if err != nil {
		b.Fatal(err)
	}
	defer d.close()
	return d.facts.known
}

func bareLoop(b *testing.B, s *ldaptest.Server, attrs []string) int {
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		b.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	c, err := goldap.DialURL(s.URL, goldap.DialWithTLSConfig(&tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Bind(s.BindDN, s.Password); err != nil {
		b.Fatal(err)
	}
	paging := goldap.NewControlPaging(1000)
	req := goldap.NewSearchRequest(s.BaseDN, goldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=user)", attrs, []goldap.Control{paging})
	for n := 0; ; {
		res, err := c.Search(req)
		if err != nil {
			b.Fatal(err)
		}
		n += len(res.Entries)
		answer, ok := goldap.FindControl(res.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
		if !ok || len(answer.Cookie) == 0 {
			return n
		}
		paging.SetCookie(answer.Cookie)
	}
}

// resetPeak forgets the peak of resident memory so far.
func resetPeak(b *testing.B) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		b.Log("peak memory counts from the start of the test:", err)
	}
}

// peakRSS is the peak of resident memory, in kB.
func peakRSS(b *testing.B) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for _, line := range strings.Split(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatal("no VmHWM")
	return 0
}
