//go:build !windows

package ldaptest

import (
	"bufio"
	_ "embed" // the schema
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

//go:embed adlike.schema
var adlike []byte

const (
	olBase     = "dc=storby,dc=test"
	olPassword = "secret"
)

// StartSlapd provisions OpenLDAP with n accounts that look like those of
// Active Directory and runs it on loopback. It gives at most 1,000 entries to
// a search that is not paged, as Active Directory does.
func StartSlapd(t testing.TB, n int) *Server {
	t.Helper()
	ca := NewCA(t)
	cert, key := ca.Issue(t, time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour), "localhost", "127.0.0.1")
	return StartSlapdWith(t, n, SlapdOptions{CA: ca, Cert: cert, Key: key})
}

// SlapdOptions change what StartSlapd does.
type SlapdOptions struct {
	CA        *CA
	Cert, Key string
	// Hidden is an OU beneath which the reading account sees nothing.
	Hidden string
}

// StartSlapdWith is StartSlapd with a certificate of one's own choice, or with
// an OU that is not readable.
func StartSlapdWith(t testing.TB, n int, o SlapdOptions) *Server {
	t.Helper()
	slapadd, slapd := testneed.Program(t, "slapadd"), testneed.Program(t, "slapd")
	testneed.Program(t, "ldapsearch")
	dir := t.TempDir()
	s := &Server{
		CAFile: o.CA.File, BaseDN: olBase, BindDN: "cn=reader," + olBase, Password: olPassword,
		AdminDN: "cn=admin," + olBase, AdminPassword: olPassword, dir: dir, conf: filepath.Join(dir, "slapd.conf"),
		ous: []string{"Personal", "Elever", "Tjänstekonton"},
	}
	must(t, os.Mkdir(filepath.Join(dir, "db"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "adlike.schema"), adlike, 0o600))
	must(t, os.WriteFile(s.conf, []byte(slapdConf(dir, o)), 0o600))
	file := filepath.Join(dir, "load.ldif")
	f, err := os.Create(file)
	must(t, err)
	w := bufio.NewWriter(f)
	writeOL(w, n, &s.Truth)
	must(t, w.Flush())
	must(t, f.Close())
	s.Tool(t, nil, slapadd, "-q", "-f", s.conf, "-l", file)
	plain, secure := testneed.FreeAddr(t), testneed.FreeAddr(t)
	s.PlainURL, s.URL = "ldap://"+plain, "ldaps://"+secure
	start(t, dir, slapd, "-f", s.conf, "-h", s.PlainURL+" "+s.URL, "-d", "0")
	await(t, dir, secure)
	return s
}

func slapdConf(dir string, o SlapdOptions) string {
	hidden := ""
	if o.Hidden != "" {
		hidden = fmt.Sprintf("access to dn.children=%q by * none\n", o.Hidden)
	}
	return fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include %[1]s/adlike.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile %[1]s/slapd.pid
argsfile %[1]s/slapd.args
TLSCACertificateFile %[2]s
TLSCertificateFile %[3]s
TLSCertificateKeyFile %[4]s
security simple_bind=128
sizelimit size.soft=1000 size.hard=1000 size.prtotal=unlimited size.pr=1000
database mdb
suffix "%[5]s"
rootdn "cn=admin,%[5]s"
rootpw %[6]s
directory %[1]s/db
maxsize 1073741824
dbnosync
index objectClass,entryUUID,member eq
index modifyTimestamp eq
access to attrs=userPassword by anonymous auth by * none
%[7]saccess to * by users read by * none
`, dir, o.CA.File, o.Cert, o.Key, olBase, olPassword, hidden)
}

func writeOL(w io.Writer, n int, truth *Truth) {
	put(w, "dn: %s\nobjectClass: dcObject\nobjectClass: organization\no: Storby\ndc: storby\n", olBase)
	put(w, "dn: cn=reader,%s\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: %s\n", olBase, olPassword)
	ous(w, olBase)
	book := groupBook{base: olBase}
	people(n, time.Now(), truth, func(p *person) {
		p.write(w, olBase)
		put(w, "objectClass: user\n")
		book.take(p)
	})
	for _, g := range book.list() {
		if len(g.members) == 0 {
			g.members = []string{olBase} // groupOfNames must have one
		}
		g.write(w, olBase, "groupOfNames")
		put(w, "")
	}
	domainAdmins := group{"Domain Admins", []string{book.dn("IT Drift")}}
	domainAdmins.write(w, olBase, "groupOfNames")
	put(w, "")
}
