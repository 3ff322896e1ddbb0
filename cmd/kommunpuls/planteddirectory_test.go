//go:build linux && !race

package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// The planted accounts: one that has every right, one that is protected, one
// in a folder that is named by a number, one whose times are names, a pupil.
const (
	plantedDN    = "CN=" + plantedName + ",OU=IT-avdelningen,OU=Personal,DC=exempelkommun,DC=test"
	protectedDN  = "CN=" + protectedName + ",OU=IT-avdelningen,OU=Personal,DC=exempelkommun,DC=test"
	keptPupils   = 300
	accountClass = "objectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\nobjectClass: user\n"
)

// inDirectory puts accounts into the export of the directory, and takes most
// pupils and equipment away.
func inDirectory(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	pupils := 0
	for entry := range strings.SplitSeq(string(b), "\n\n") {
		if strings.Contains(entry, "sAMAccountName: e") {
			if pupils++; pupils > keptPupils {
				continue
			}
		}
		switch {
		case strings.Contains(entry, "sAMAccountName: Domain Admins"):
			out.WriteString(accounts())
			entry += "\nmember:: " + encoded(plantedDN)
		case strings.Contains(entry, "sAMAccountName: Skyddade personuppgifter"):
			entry = strings.TrimSpace(entry) + "\nmember:: " + encoded(protectedDN)
		}
		out.WriteString(entry + "\n\n")
	}
	if pupils != demo.Pupils {
		t.Fatalf("the directory has %d pupils", pupils)
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func accounts() string {
	var b strings.Builder
	account(&b, 90001, plantedDN, plantedName, plantedLogin, plantedNumber, "accountExpires: 9223372036854775807\n")
	account(&b, 90002, protectedDN, protectedName, protectedLogin, protectedNumber, "accountExpires: 9223372036854775807\n")
	account(&b, 90003, "CN=plzett01b,OU=19"+plantedNumber+",OU=Personal,DC=exempelkommun,DC=test", plantedName+" B", plantedLogin+"b", plantedNumber, "")
	account(&b, 90004, "CN=plzett01c,OU=IT-avdelningen,OU=Personal,DC=exempelkommun,DC=test", plantedName+" C", plantedLogin+"c", plantedNumber, "accountExpires: "+plantedName+"\nwhenCreated: "+plantedLogin+"\n")
	account(&b, 90005, "CN="+plantedNumber+",OU=Skola 01,OU=Elever,DC=exempelkommun,DC=test", plantedName+" E", "19"+plantedNumber, plantedNumber, "")
	return b.String()
}

// account writes an account with all that such accounts have.
func account(b *strings.Builder, rid relativeID, dn, name, login, number, more string) {
	fmt.Fprintf(b, "dn:: %s\n%s", encoded(dn), accountClass)
	fmt.Fprintf(b, "objectSid:: %s\n", base64.StdEncoding.EncodeToString(append([]byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, rid.bytes()...)))
	fmt.Fprintf(b, "objectGUID:: %s\n", base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte{0xee}, 12), rid.bytes()...)))
	fmt.Fprintf(b, "sAMAccountName: %[1]s\nuserPrincipalName: %[1]s@exempelkommun.test\nmail: %[1]s@exempelkommun.test\ndisplayName:: %[2]s\ncn:: %[2]s\nuserAccountControl: 66048\n", login, encoded(name))
	fmt.Fprintf(b, "description:: %s\nemployeeNumber: 19%s\nemployeeID: %s\ninfo:: %s\ntelephoneNumber: 070-123 45 67\n", encoded("Konto för "+name+", "+number), number, number, encoded("Skyddad? Fråga "+name))
	fmt.Fprintf(b, "manager:: %s\nproxyAddresses: SMTP:%s@exempelkommun.test\nhomeDirectory: \\\\fs\\%s\ntitle:: %s\ndepartment:: %s\nextensionAttribute1: %s\n%s\n\n", encoded(plantedDN), login, login, encoded(name), encoded(name), number, more)
}

// relativeID is the last part of a SID.
type relativeID uint32

func (r relativeID) bytes() []byte {
	return []byte{byte(r), byte(r >> 8), byte(r >> 16), byte(r >> 24)}
}

// pseudonyms are those of the planted name and of the protected one.
func pseudonyms(t *testing.T, config string) (planted, protected string) {
	t.Helper()
	for name, to := range map[string]*string{plantedName: &planted, protectedName: &protected} {
		*to = strings.TrimSpace(do(t, "-c", config, "pseudonym", name))
	}
	return planted, protected
}

// wasRead makes sure that what is planted was read, so that to find nothing means something.
func wasRead(t *testing.T, store, config string) {
	t.Helper()
	count := func(query string) string {
		b, err := exec.Command(testneed.Program(t, "sqlite3"), "-readonly", store, query).Output()
		if err != nil {
			t.Fatal(query, err)
		}
		return strings.TrimSpace(string(b))
	}
	dump := count(".dump")
	for _, p := range plantings {
		if !strings.Contains(dump, p.mark(unread)) {
			t.Errorf("%s: the row %s was not read", p.file, p.mark(unread))
		}
	}
	planted, protected := pseudonyms(t, config)
	for query, want := range map[string]string{
		"SELECT count(*) FROM account_key WHERE key = '" + planted + "'":                                            "1",
		"SELECT count(*) FROM account_key WHERE key = '" + protected + "'":                                          "0",
		"SELECT count(*) >= 4 FROM system_role WHERE person_ref = '" + planted + "'":                                "1",
		"SELECT count(*) >= 4 FROM system_role WHERE person_ref = '" + protected + "'":                              "1",
		"SELECT privileged FROM account WHERE id IN (SELECT parent FROM account_key WHERE key = '" + planted + "')": "1",
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
