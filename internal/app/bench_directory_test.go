//go:build linux

package app

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
)

// accountAttributes are what the source asks this directory for.
var accountAttributes = []string{
	"objectClass", "entryUUID", "sAMAccountName", "uid", "userPrincipalName", "mail", "displayName", "givenName", "sn", "cn",
	"userAccountControl", "accountExpires", "pwdLastSet", "lastLogonTimestamp", "lockoutTime", "whenCreated", "memberOf",
	"createTimestamp", "modifyTimestamp", "pwdLastSuccess",
}

// BenchmarkDirectoryIntoStore measures 100,000 entries over LDAPS on their
// whole way: OpenLDAP, child process, wire, staging, store. Against it stands
// a bare go-ldap loop that asks the same server for the same attributes in the
// same pages and keeps nothing, and ldapsearch beside it.
func BenchmarkDirectoryIntoStore(b *testing.B) {
	server := ldaptest.StartSlapd(b, *benchEntries)
	search := testneed.Program(b, "ldapsearch")
	for b.Loop() {
		settings := server.Settings()
		settings["bind"] = map[string]any{"user": server.BindDN, "password": "${file:password}"}
		config := benchConfig(b, "ad", "ldap", settings)
		must(b, os.WriteFile(filepath.Join(filepath.Dir(config), "password"), []byte(server.Password), 0o600))

		bare := bareLoop(b, server)
		tool := ldapsearch(b, search, server)
		d := startDaemon(b, config)
		did, m := d.run("ad")
		d.end()
		if c := did.Counts; c.Inserted < int64(server.Truth.Accounts()) || c.Refused != 0 {
			b.Fatalf("%d accounts in the directory: %+v", server.Truth.Accounts(), c)
		}
		b.Logf("%d entries over LDAPS in the server's order, %d attributes, pages of 1,000; into an empty store, WAL, synchronous=FULL, page cache %d MiB", *benchEntries, len(accountAttributes), sqlite.DefaultCacheKiB>>10)
		b.Logf("ldapsearch                     %6.2f s", tool.Seconds())
		b.Logf("bare go-ldap loop              %6.2f s", bare.Seconds())
		b.Logf("into the store                 %6.2f s = %.2f× the bare loop (≤ 1.5), %.2f× ldapsearch, %d records, longest write lock %.2f s, %s",
			did.Took.Seconds(), did.Took.Seconds()/bare.Seconds(), did.Took.Seconds()/tool.Seconds(), did.Counts.Inserted, did.Counts.LockHeld.Seconds(), m)
		b.ReportMetric(did.Took.Seconds()/bare.Seconds(), "store/bare")
		b.ReportMetric(did.Took.Seconds()/tool.Seconds(), "store/ldapsearch")
		b.ReportMetric(did.Counts.LockHeld.Seconds(), "lock-s")
		b.ReportMetric(m.peak(), "RSS-MB")
	}
}

func ldapsearch(b *testing.B, program string, s *ldaptest.Server) time.Duration {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, append([]string{"-LLL", "-H", s.URL, "-x", "-D", s.BindDN, "-w", s.Password, "-b", s.BaseDN,
		"-E", "pr=1000/noprompt", "(objectClass=user)"}, accountAttributes...)...)
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+s.CAFile)
	began := time.Now()
	must(b, cmd.Run())
	return time.Since(began)
}

func bareLoop(b *testing.B, s *ldaptest.Server) time.Duration {
	b.Helper()
	pem, err := os.ReadFile(s.CAFile)
	must(b, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	began := time.Now()
	c, err := goldap.DialURL(s.URL, goldap.DialWithTLSConfig(&tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}))
	must(b, err)
	defer func() { must(b, c.Close()) }()
	must(b, c.Bind(s.BindDN, s.Password))
	paging := goldap.NewControlPaging(1000)
	req := goldap.NewSearchRequest(s.BaseDN, goldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=user)", accountAttributes, []goldap.Control{paging})
	for n := 0; ; {
		res, err := c.Search(req)
		must(b, err)
		n += len(res.Entries)
		answer, ok := goldap.FindControl(res.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
		if ok && len(answer.Cookie) > 0 {
			paging.SetCookie(answer.Cookie)
			continue
		}
		if n < *benchEntries {
			b.Fatalf("the bare loop got %d entries", n)
		}
		return time.Since(began)
	}
}
