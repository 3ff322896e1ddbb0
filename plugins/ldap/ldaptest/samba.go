//go:build !windows

package ldaptest

import (
	_ "embed" // the loader
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

//go:embed load_samba.py
var loader []byte

const (
	adBase     = "DC=kommun,DC=test"
	adPassword = "Pw.Kommun.1"
)

// StartSamba provisions a Samba Active Directory domain controller with n
// accounts, of which about a third are pupils and three protected persons, and
// runs it on a loopback address of its own. It needs root, for the LDAP ports.
func StartSamba(t testing.TB, n int) *Server {
	t.Helper()
	testneed.Root(t)
	tool, daemon := testneed.Program(t, "samba-tool"), testneed.Program(t, "samba")
	python := testneed.Program(t, "/usr/bin/python3") // the one that has samba
	testneed.Program(t, "ldapsearch")
	dir, ip, ca := t.TempDir(), freeAddress(t), NewCA(t)
	s := &Server{
		URL: "ldaps://" + ip, PlainURL: "ldap://" + ip, CAFile: ca.File, BaseDN: adBase,
		BindDN: "svc-kpi@kommun.test", Password: adPassword, AdminDN: "Administrator@kommun.test", AdminPassword: adPassword,
		Realm: "KOMMUN.TEST", Principal: "svc-kpi", SPN: "ldap/dc1.kommun.test",
		DisabledUser: "svc-disabled@kommun.test", LockedUser: "svc-locked@kommun.test", ExpiredUser: "svc-expired@kommun.test",
		dir: dir, conf: filepath.Join(dir, "etc", "smb.conf"), ous: []string{"Personal", "Elever", "Tjänstekonton", "Datorer"},
	}
	s.Tool(t, []string{"TDB_NO_FSYNC=1"}, tool, "domain", "provision", "--targetdir="+dir, "--realm=KOMMUN.TEST", "--domain=KOMMUN",
		"--server-role=dc", "--dns-backend=NONE", "--adminpass="+adPassword, "--host-name=dc1", "--host-ip="+ip,
		"--base-schema=2012_R2", "--option=interfaces="+ip+"/8", "--option=bind interfaces only=yes")
	cert, key := ca.Issue(t, time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour), "dc1.kommun.test", ip)
	krb := freePort(t, ip)
	must(t, os.WriteFile(s.conf, []byte(s.smbConf(t, ip, krb, ca.File, cert, key)), 0o600))
	s.fill(t, python, n)
	s.kerberos(t, tool, ip, krb)
	start(t, dir, daemon, "-i", "--no-process-group", "-M", "single", "-s", s.conf, "--debug-stdout")
	await(t, dir, ip+":636")
	await(t, dir, ip+":"+krb)
	return s
}

func (s *Server) smbConf(t testing.TB, ip, krb, ca, cert, key string) string {
	t.Helper()
	var b strings.Builder
	option := func(name, value string) { put(&b, "\t%s = %s", name, value) }
	put(&b, "[global]")
	for _, o := range [][2]string{
		{"netbios name", "DC1"}, {"realm", s.Realm}, {"workgroup", "KOMMUN"}, {"server role", "active directory domain controller"},
		{"server services", "ldap, cldap, kdc"}, {"interfaces", ip + "/8"}, {"bind interfaces only", "yes"},
		{"krb5 port", krb}, {"kpasswd port", freePort(t, ip)}, {"cldap port", freePort(t, ip)},
		{"logging", "file"}, {"log level", "0"}, {"log file", filepath.Join(s.dir, "log.%m")},
		{"tls enabled", "yes"}, {"tls keyfile", key}, {"tls certfile", cert}, {"tls cafile", ca},
		{"disable netbios", "yes"}, {"load printers", "no"}, {"ldap server require strong auth", "allow_sasl_over_tls"},
		{"lock directory", s.dir}, {"private dir", filepath.Join(s.dir, "private")}, {"binddns dir", filepath.Join(s.dir, "bind-dns")},
	} {
		option(o[0], o[1])
	}
	for _, d := range [][2]string{
		{"state directory", "state"}, {"cache directory", "cache"}, {"pid directory", "pid"}, {"ncalrpc dir", "ncalrpc"},
		{"winbindd socket directory", "winbindd"}, {"ntp signd socket directory", "ntp_signd"},
	} {
		path := filepath.Join(s.dir, d[1])
		must(t, os.MkdirAll(path, 0o755))
		option(d[0], path)
	}
	return b.String()
}

// fill writes the persons, groups and computers, and loads them.
func (s *Server) fill(t testing.TB, python string, n int) {
	t.Helper()
	file := filepath.Join(s.dir, "load.ldif")
	f, err := os.Create(file)
	must(t, err)
	writeAD(f, n, &s.Truth)
	must(t, f.Close())
	script := filepath.Join(s.dir, "load.py")
	must(t, os.WriteFile(script, loader, 0o600))
	s.Tool(t, []string{"TDB_NO_FSYNC=1"}, python, script, s.conf, filepath.Join(s.dir, "private", "sam.ldb"), file, adPassword,
		"svc-kpi", "svc-disabled", "svc-locked", "svc-expired")
}

func writeAD(w io.Writer, n int, truth *Truth) {
	now := time.Now()
	ous(w, adBase)
	book := groupBook{base: adBase}
	people(n, now, truth, func(p *person) {
		p.write(w, adBase)
		put(w, "objectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\nobjectClass: user\n")
		book.take(p)
	})
	for i, g := range book.list() {
		g.write(w, adBase, "group")
		put(w, "sAMAccountName: %s\ngroupType: -2147483646", g.name)
		if i == 4 { // IT Drift is in Domain Admins: privileged through nesting
			put(w, "\ndn: CN=Domain Admins,CN=Users,%s\nchangetype: modify\nadd: member\nmember: %s\n", adBase, book.dn(g.name))
		}
		put(w, "")
	}
	for login, uac := range map[string]int{"svc-kpi": 0x10200, "svc-disabled": 0x202, "svc-locked": 0x200, "svc-expired": 0x200} {
		put(w, "dn: CN=%s,OU=Läskonton,%s\nobjectClass: user\nsAMAccountName: %s\nuserPrincipalName: %s@kommun.test\nuserAccountControl: %d", login, adBase, login, login, uac)
		switch login {
		case "svc-locked":
			put(w, "lockoutTime: %d", filetime(now))
		case "svc-expired":
			put(w, "accountExpires: %d", filetime(now.AddDate(0, 0, -1)))
		}
		put(w, "")
	}
	truth.Managed = 1
	put(w, "dn: CN=gmsa-sql,OU=Tjänstekonton,%s\nobjectClass: msDS-GroupManagedServiceAccount\nsAMAccountName: gmsa-sql$\nmsDS-ManagedPasswordInterval: 30\nuserAccountControl: 4096\n", adBase)
	truth.Servers, truth.Clients = 5, 20
	for i := range truth.Servers + truth.Clients {
		os, name := "Windows 11 Enterprise", fmt.Sprintf("PC%04d", i)
		if i < truth.Servers {
			os, name = "Windows Server 2022 Standard", fmt.Sprintf("SRV%04d", i)
		}
		put(w, "dn: CN=%s,OU=Datorer,%s\nobjectClass: computer\nsAMAccountName: %s$\nuserAccountControl: 4096\noperatingSystem: %s\nlastLogonTimestamp: %d\n",
			name, adBase, name, os, filetime(now.AddDate(0, 0, -i)))
	}
}

// kerberos writes the client's configuration and the reading account's keytab.
func (s *Server) kerberos(t testing.TB, tool, ip, port string) {
	t.Helper()
	s.Krb5Conf, s.Keytab = filepath.Join(s.dir, "krb5.conf"), filepath.Join(s.dir, "svc-kpi.keytab")
	must(t, os.WriteFile(s.Krb5Conf, fmt.Appendf(nil, `[libdefaults]
 default_realm = %s
 dns_lookup_realm = false
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 %s = {
  kdc = %s:%s
 }
[domain_realm]
 .kommun.test = %s
`, s.Realm, s.Realm, ip, port, s.Realm), 0o600))
	s.Tool(t, nil, tool, "domain", "exportkeytab", s.Keytab, "--principal="+s.Principal, "-s", s.conf)
}

// Hide takes the right to list what stands directly in an OU from everybody but
// administrators. The OU itself stays visible, as Active Directory has it.
func (s *Server) Hide(t testing.TB, ou string) {
	t.Helper()
	s.Tool(t, nil, testneed.Program(t, "samba-tool"), "dsacl", "set", "--objectdn="+ou, "--sddl=(D;;LC;;;AU)",
		"-H", filepath.Join(s.dir, "private", "sam.ldb"), "-s", s.conf)
}
