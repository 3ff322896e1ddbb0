package demo

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"
)

// baseDN is the root of the municipality's directory.
const baseDN = "DC=exempelkommun,DC=test"

// Flags of userAccountControl.
const (
	normalAccount  = 512
	disabled       = 2
	neverExpires   = 65536
	filetimeEpoch  = 11644473600 // seconds from 1601 to 1970
	filetimeNever  = "9223372036854775807"
	adminAccounts  = 24
	serviceAccount = 140
)

// ldif writes entries; the first error stays.
type ldif struct {
	*world
	b    *bufio.Writer
	err  error
	next uint32 // RID of the next entry
}

// writeDirectory writes what an export of the directory gives.
func (w *world) writeDirectory(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	l := &ldif{world: w, b: bufio.NewWriterSize(f, 1<<16), next: 1100}
	l.line("version: 1\n")
	l.containers()
	var mfa, cards, admins, secret []string
	for i := range w.people {
		p := &w.people[i]
		dn := fmt.Sprintf("CN=%s,OU=%s,OU=Personal,%s", p.login, units[p.unit].name, baseDN)
		l.account(dn, p)
		if p.mfa {
			mfa = append(mfa, dn)
		}
		if p.mfa && units[p.unit].name == "Socialförvaltningen" && i%3 != 0 {
			cards = append(cards, dn)
		}
		if i%2500 == 17 {
			secret = append(secret, dn)
		}
	}
	for i := range adminAccounts {
		dn := fmt.Sprintf("CN=adm%03d,OU=Adminkonton,%s", i, baseDN)
		l.account(dn, &person{name: fmt.Sprintf("Administratör %d", i), login: fmt.Sprintf("adm%03d", i), enabled: i != 5, lastLogin: []int{1, 2, 3, 230}[i%4], neverExpire: i%6 == 0})
		admins = append(admins, dn)
		if i%2 == 0 {
			mfa = append(mfa, dn)
		}
	}
	for i := range serviceAccount {
		l.account(fmt.Sprintf("CN=svc%03d,OU=Tjänstekonton,%s", i, baseDN), &person{name: fmt.Sprintf("Tjänst %d", i), login: fmt.Sprintf("svc%03d", i), enabled: true, lastLogin: w.rnd.IntN(400), neverExpire: true})
	}
	for i := range Pupils {
		l.account(fmt.Sprintf("CN=e%05d,OU=Skola %02d,OU=Elever,%s", i, i%schools+1, baseDN), &person{name: fmt.Sprintf("Elev %d", i), login: fmt.Sprintf("e%05d", i), enabled: true, lastLogin: i % 60})
	}
	l.group("Domain Admins", 512, admins[:9])
	l.group("Serverdrift", 0, admins[9:14])
	l.group("Administrators", 544, []string{"CN=Domain Admins,OU=Grupper," + baseDN, "CN=Serverdrift,OU=Grupper," + baseDN})
	l.group("Tjänstekort", 0, cards)
	l.group("Stark inloggning", 0, mfa)
	l.group("Skyddade personuppgifter", 0, secret)
	return errors.Join(l.err, l.b.Flush(), f.Close())
}

func (l *ldif) line(s string) {
	if l.err == nil {
		_, l.err = l.b.WriteString(s)
	}
}

// attr writes one attribute, in base64 where LDIF asks for it (RFC 2849).
func (l *ldif) attr(name, v string) {
	for i := range len(v) {
		if v[i] >= 0x80 || v[i] < 0x20 || (i == 0 && (v[i] == ' ' || v[i] == ':' || v[i] == '<')) {
			l.line(name + ":: " + base64.StdEncoding.EncodeToString([]byte(v)) + "\n")
			return
		}
	}
	l.line(name + ": " + v + "\n")
}

func (l *ldif) containers() {
	l.entry(baseDN, "domain")
	ous := []string{"OU=Personal", "OU=Elever", "OU=Adminkonton", "OU=Tjänstekonton", "OU=Grupper"}
	for _, u := range units {
		ous = append(ous, "OU="+u.name+",OU=Personal")
	}
	for i := range schools {
		ous = append(ous, fmt.Sprintf("OU=Skola %02d,OU=Elever", i+1))
	}
	for _, ou := range ous {
		l.entry(ou+","+baseDN, "organizationalUnit")
	}
}

func (l *ldif) entry(dn string, classes ...string) {
	l.line("\n")
	l.attr("dn", dn)
	l.attr("objectClass", "top")
	for _, c := range classes {
		l.attr("objectClass", c)
	}
}

func (l *ldif) identity(rid uint32) {
	if rid == 0 {
		l.next++
		rid = l.next
	}
	sid := []byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	if rid == 544 { // BUILTIN\Administrators has a SID of its own: S-1-5-32-544
		sid = []byte{1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0}
	}
	l.attr("objectSid", string(binary.LittleEndian.AppendUint32(sid, rid)))
	guid := make([]byte, 16)
	binary.BigEndian.PutUint32(guid[12:], rid)
	guid[0] = 0xd0
	l.attr("objectGUID", string(guid))
}

func (l *ldif) account(dn string, p *person) {
	l.entry(dn, "person", "organizationalPerson", "user")
	uac := normalAccount
	if !p.enabled {
		uac |= disabled
	}
	if p.neverExpire {
		uac |= neverExpires
	}
	l.identity(0)
	l.attr("sAMAccountName", p.login)
	l.attr("userPrincipalName", p.login+"@exempelkommun.test")
	l.attr("mail", p.login+"@exempelkommun.test")
	l.attr("displayName", p.name)
	l.attr("userAccountControl", fmt.Sprint(uac))
	if p.lastLogin >= 0 {
		l.attr("lastLogonTimestamp", filetime(l.day(p.lastLogin)))
	}
	l.attr("pwdLastSet", filetime(l.day(30+l.rnd.IntN(300))))
	l.attr("whenCreated", l.day(400+l.rnd.IntN(3000)).UTC().Format("20060102150405.0Z"))
	expires := filetimeNever
	if p.leavesIn > 0 {
		expires = filetime(l.day(-p.leavesIn))
	}
	l.attr("accountExpires", expires)
}

func (l *ldif) group(name string, rid uint32, members []string) {
	l.entry(fmt.Sprintf("CN=%s,OU=Grupper,%s", name, baseDN), "group")
	l.identity(rid)
	l.attr("sAMAccountName", name)
	for _, m := range members {
		l.attr("member", m)
	}
}

func filetime(t time.Time) string { return fmt.Sprint((t.Unix() + filetimeEpoch) * 10_000_000) }
