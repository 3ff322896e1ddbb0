//go:build !windows

package ldaptest

import (
	"fmt"
	"io"
	"time"
)

// Truth is what the generator knows of a directory: what a figure must equal.
// Protected accounts are in no count but their own.
type Truth struct {
	Categories   map[string]int // employee, admin, service, contractor, without pupils
	Pupils       map[string]int // enabled pupils per school
	Disabled     int            // of the accounts that are not pupils
	NeverExpires int
	Locked       int
	Privileged   int // among the generated accounts
	Managed      int
	Servers      int
	Clients      int
	// Protected accounts: their logins, which must be found nowhere.
	Protected []string
}

// Accounts is how many accounts there are besides pupils and protected persons.
func (t *Truth) Accounts() int {
	n := 0
	for _, c := range t.Categories {
		n += c
	}
	return n
}

const windowsEpoch = 11644473600

func filetime(t time.Time) int64 { return (t.Unix() + windowsEpoch) * 1e7 }

var (
	units   = []string{"Socialförvaltningen", "Barn och utbildning", "Samhällsbyggnad", "Kommunledning"}
	schools = []string{"Centralskolan", "Björkskolan", "Åkerskolan"}
)

// person is one generated account, the same for every kind of directory.
type person struct {
	n        int
	login    string
	category string // employee, admin, service, contractor, pupil, protected
	ou       string // beneath the base
	uac      int
	locked   bool
	expires  time.Time
	pwdSet   time.Time
	lastSeen time.Time // zero: never
	created  time.Time
}

// people makes n persons, the same for the same n and now, and counts them.
func people(n int, now time.Time, truth *Truth, each func(*person)) {
	truth.Categories, truth.Pupils = map[string]int{}, map[string]int{}
	for i := range n {
		p := person{n: i, login: fmt.Sprintf("u%06d", i), category: "employee", uac: 512}
		switch i % 20 {
		case 0:
			p.category, p.ou = "service", "OU=Tjänstekonton"
		case 1, 2, 3, 4, 5, 6:
			p.category = "pupil"
			p.ou = fmt.Sprintf("OU=%s,OU=Elever", schools[i%len(schools)])
		case 7:
			p.category = "contractor" // by a nested group
		case 8:
			if i%100 == 8 {
				p.category, p.login = "admin", fmt.Sprintf("adm-%06d", i)
			}
		}
		if p.ou == "" {
			p.ou = fmt.Sprintf("OU=Enhet %d,OU=%s,OU=Personal", i%3, units[i/20%len(units)])
		}
		if i >= 9 && i <= 11 { // three protected persons
			p.category, p.login = "protected", fmt.Sprintf("skyddad%d", i)
		}
		if i%12 == 11 {
			p.uac |= 2
		}
		if i%9 == 0 {
			p.uac |= 0x10000
		}
		p.locked = i%97 == 14
		p.pwdSet = now.AddDate(0, 0, -(i*7)%400)
		if i%10 != 0 {
			p.lastSeen = now.AddDate(0, 0, -(i*13)%300)
		}
		p.created = now.AddDate(0, 0, -(i*11)%2000)
		if i%50 == 21 {
			p.expires = now.AddDate(0, 0, i%60-30)
		}
		p.count(truth)
		each(&p)
	}
}

func (p *person) count(t *Truth) {
	switch p.category {
	case "protected":
		t.Protected = append(t.Protected, p.login)
		return
	case "pupil":
		if p.uac&2 == 0 {
			t.Pupils[schools[p.n%len(schools)]]++
		}
		return
	}
	t.Categories[p.category]++
	if p.uac&2 != 0 {
		t.Disabled++
	}
	if p.uac&0x10000 != 0 {
		t.NeverExpires++
	}
	if p.locked {
		t.Locked++
	}
	if p.category == "admin" {
		t.Privileged++
	}
}

func (p *person) dn(base string) string { return "CN=" + p.login + "," + p.ou + "," + base }

// write writes the attributes that both kinds of directory have.
func (p *person) write(w io.Writer, base string) {
	put(w, "dn: %s", p.dn(base))
	put(w, "cn: %s", p.login)
	put(w, "sn: Efternamn%d", p.n)
	put(w, "givenName: Förnamn%d", p.n)
	put(w, "displayName: Förnamn%d Efternamn%d", p.n, p.n)
	put(w, "mail: %s@kommun.test", p.login)
	put(w, "department: Avdelning %d", p.n%40)
	put(w, "sAMAccountName: %s", p.login)
	put(w, "userPrincipalName: %s@kommun.test", p.login)
	put(w, "userAccountControl: %d", p.uac)
	put(w, "pwdLastSet: %d", filetime(p.pwdSet))
	if !p.lastSeen.IsZero() {
		put(w, "lastLogonTimestamp: %d", filetime(p.lastSeen))
	}
	if !p.expires.IsZero() {
		put(w, "accountExpires: %d", filetime(p.expires))
	}
	if p.locked {
		put(w, "lockoutTime: %d", filetime(time.Now().Add(-time.Minute)))
	}
	put(w, "whenCreated: %s", p.created.UTC().Format("20060102150405.0Z"))
}

// ous writes the organizational units.
func ous(w io.Writer, base string) {
	unit := func(dn, name string) {
		put(w, "dn: %s,%s\nobjectClass: organizationalUnit\nou: %s\n", dn, base, name)
	}
	for _, name := range []string{"Personal", "Elever", "Tjänstekonton", "Grupper", "Datorer", "Läskonton"} {
		unit("OU="+name, name)
	}
	for _, u := range units {
		unit("OU="+u+",OU=Personal", u)
		for i := range 3 {
			unit(fmt.Sprintf("OU=Enhet %d,OU=%s,OU=Personal", i, u), fmt.Sprintf("Enhet %d", i))
		}
	}
	for _, s := range schools {
		unit("OU="+s+",OU=Elever", s)
	}
}

// put writes one line to a buffer or pipe; the reader of the LDIF finds a
// write that failed.
func put(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
