package ldap

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// people of a file, one per rule.
const rulesExport = `dn: CN=elev,OU=Skola,DC=k
objectClass: user
sAMAccountName: elev1
userAccountControl: 512
department: Skola

dn: CN=lärare,OU=Skola,DC=k
objectClass: user
sAMAccountName: larare1
userAccountControl: 262656
department: Skola
employeeType: Lärare

dn: CN=politiker,OU=Kansli,DC=k
objectClass: user
sAMAccountName: pol1
userAccountControl: 514
department: 19121212-1212
memberOf: CN=Ledamöter,OU=G,DC=k

dn: CN=ledamöter,OU=G,DC=k
objectClass: group
cn: Ledamöter
member: CN=suppleanter,OU=G,DC=k

dn: CN=suppleanter,OU=G,DC=k
objectClass: group
cn: Suppleanter
member: CN=suppleant,OU=Kansli,DC=k
member: CN=ledamöter,OU=G,DC=k

dn: CN=suppleant,OU=Kansli,DC=k
objectClass: user
sAMAccountName: sup1
userAccountControl: 66048
accountExpires: 0
pwdLastSet: kaputt

dn: CN=hälsobrevlåda,OU=Kansli,DC=k
objectClass: user
sAMAccountName: HealthMailbox1
userAccountControl: 512

dn: CN=flyttad,OU=Utanför,DC=x
objectClass: user
sAMAccountName: flyttad
userAccountControl: 512

dn: CN=LT1,OU=Datorer,DC=k
objectClass: computer
cn: LT1
operatingSystem: Windows 11
userAccountControl: 4098

dn: CN=SRV1,OU=Datorer,DC=k
objectClass: computer
cn: SRV1
operatingSystem: Windows Server 2022

`

func TestRulesInOrder(t *testing.T) {
	req := fileRequest(t, rulesExport, map[string]any{
		"bases":     []string{"DC=k"},
		"protected": map[string]any{"ous": []string{"OU=Utanför,DC=x"}},
		"categories": []map[string]any{
			{"category": "ignore", "attributes": []map[string]any{{"name": "sAMAccountName", "values": []string{"healthmailbox*"}}}},
			{"category": "employee", "ous": []string{"OU=Skola,DC=k"}, "attributes": []map[string]any{{"name": "employeeType", "values": []string{"lärare"}}}},
			{"category": "pupil", "ous": []string{"OU=Skola,DC=k"}},
			{"category": "politician", "groups": []string{"Ledamöter"}},
		},
		"org_unit":    map[string]any{"from": "department"},
		"strong_auth": []map[string]any{{"value": "siths", "smartcard_required": true}},
		"mobile_mail": []map[string]any{{"groups": []string{"Ledamöter"}}},
		"groups":      []map[string]any{{"name": "ledamöter"}},
		"computers":   map[string]any{"rules": []map[string]any{{"kind": "laptop", "user_category": "staff", "attributes": []map[string]any{{"name": "cn", "values": []string{"LT*"}}}}}},
	})
	r, end := collect(t, req)
	for what, c := range map[string]struct {
		kind record.Kind
		want map[string]string
		n    int
	}{
		"all but the pupil, the mailbox and the protected one": {record.Account, nil, 3},
		"the teacher is an employee":                           {record.Account, map[string]string{"category": "employee", "strong_auth": "siths", "org_unit": "Skola"}, 1},
		"politicians, one by memberOf, one nested":             {record.Account, map[string]string{"category": "politician", "mobile_mail": "1", "strong_auth": "none"}, 2},
		"a personal number is no org unit":                     {record.Account, map[string]string{"category": "politician", "org_unit": "", "enabled": "0"}, 1},
		"the laptop by its name":                               {record.Asset, map[string]string{"kind": "laptop", "user_category": "staff", "status": "stored"}, 1},
		"a server of unknown kind":                             {record.Asset, map[string]string{"kind": "", "os": "Windows Server 2022"}, 1},
		"one pupil is a count":                                 {record.Observation, map[string]string{"kind": "counter", "metric": "accounts", "category": "pupil", "org_unit": "Skola"}, 1},
	} {
		if got := r.count(c.kind, c.want); got != c.n {
			t.Errorf("%s: got %d, want %d", what, got, c.n)
		}
	}
	if len(r.purged) != 2 { // the protected account outside the bases, and the pupil once
		t.Errorf("%d purges, want 2", len(r.purged))
	}
	if end.Seen != 6 {
		t.Errorf("%d seen, want 6", end.Seen)
	}
	codes := map[string]bool{}
	for _, w := range r.warnings {
		codes[w.Code] = true
		if strings.Contains(fmt.Sprint(w), "1912") {
			t.Error("the warning quotes the number")
		}
	}
	for _, code := range []string{"bad_time", "personal_number", "server_kind_unknown"} {
		if !codes[code] {
			t.Errorf("no warning %s", code)
		}
	}
	nested := 0
	for _, a := range r.records[record.Account] {
		for _, g := range a.Children[1] {
			if g[0].S == "ledamöter" {
				nested += int(g[2].I) + 1
			}
		}
	}
	if nested != 3 { // one direct, one nested
		t.Errorf("direct and nested memberships: %d", nested)
	}
}

func TestASchoolThatLostItsPupilsCountsZero(t *testing.T) {
	req := fileRequest(t, rulesExport, map[string]any{
		"bases": []string{"DC=k"}, "protected": "none", "protected_none_reason": "Test",
		"categories":  []map[string]any{{"category": "pupil", "ous": []string{"OU=Skola,DC=k"}}},
		"emptied_ous": []string{"OU=Skola,DC=k"},
	})
	r, end := collect(t, req)
	if r.count(record.Observation, map[string]string{"org_unit": "Skola"}) != 1 {
		t.Fatal("no count")
	}
	req.Cursor = end.Cursor
	moved := strings.ReplaceAll(rulesExport, "OU=Skola", "OU=Annan")
	if err := os.WriteFile(filepath.Join(req.Settings.BaseDir, "ad.ldf"), []byte(moved+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ = collect(t, req)
	for _, o := range r.records[record.Observation] {
		if o.Get("org_unit").S == "Skola" && o.Get("value") == (record.Value{State: record.Set}) {
			return
		}
	}
	t.Errorf("got %+v", r.records[record.Observation])
}

func TestTheCursorCannotBeReadWithoutTheKey(t *testing.T) {
	c := cursor{Dirs: []dirCursor{{Where: "ldaps://dc1", Groups: map[string]groupState{"|x": {Whole: true, Members: map[string]bool{"cn=anna ek,dc=k": true}}}}}}
	secret := []byte(strings.Repeat("k", 32))
	sealed, err := c.seal(secret)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "anna") {
		t.Error("the cursor shows a name")
	}
	if _, err := openCursor(sealed, []byte(strings.Repeat("x", 32))); err == nil {
		t.Error("another key opens it")
	}
	back, err := openCursor(sealed, secret)
	if err != nil || !back.Dirs[0].Groups["|x"].Members["cn=anna ek,dc=k"] {
		t.Errorf("got %+v, %v", back, err)
	}
}

func TestALargeGroupIsRememberedByItsDigest(t *testing.T) {
	m := newMembers()
	w := watchlist{{ref: "stor"}, {ref: "liten"}}
	for i := range maxRemembered + 1 {
		join(m.byDN, fmt.Sprintf("cn=u%d", i), membership{group: 0})
	}
	join(m.byDN, "cn=u1", membership{group: 1})
	before := m.states(w)
	if before["|stor"].Whole || !before["|liten"].Whole {
		t.Fatalf("stor %v, liten %v", before["|stor"].Whole, before["|liten"].Whole)
	}
	join(m.byDN, "cn=u2", membership{group: 1})
	if dns, ok := moved(before, m.states(w)); !ok || len(dns) != 1 || dns[0] != "cn=u2" {
		t.Errorf("got %v, %v", dns, ok)
	}
	join(m.byDN, "cn=ny", membership{group: 0})
	if _, ok := moved(before, m.states(w)); ok {
		t.Error("a change in the large group passes unseen")
	}
}
