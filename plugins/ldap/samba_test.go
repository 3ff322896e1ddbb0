//go:build !windows

package ldap

import (
	"fmt"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// adSettings read everything that the generator makes.
func adSettings(s *ldaptest.Server) map[string]any {
	b := s.BaseDN
	return map[string]any{
		"url": s.URL, "ca_file": s.CAFile,
		"bases":     []string{"OU=Personal," + b, "OU=Elever," + b, "OU=Tjänstekonton," + b, "OU=Datorer," + b},
		"bind":      map[string]any{"user": s.BindDN, "password": s.Password},
		"protected": map[string]any{"groups": []string{"CN=Skyddade uppgifter,OU=Grupper," + b}},
		"categories": []map[string]any{
			{"category": "pupil", "ous": []string{"OU=Elever," + b}},
			{"category": "admin", "attributes": []map[string]any{{"name": "sAMAccountName", "values": []string{"adm-*"}}}},
			{"category": "contractor", "groups": []string{"Inhyrda"}},
			{"category": "service", "ous": []string{"OU=Tjänstekonton," + b}},
		},
		"default_category": "employee",
		"computers":        map[string]any{"server_kind": "server_virtual"},
	}
}

func TestSambaFiguresEqualTheGenerator(t *testing.T) {
	s := ldaptest.StartSamba(t, 2000)
	r, _ := collect(t, request(t, adSettings(s)))
	checkTruth(t, r, &s.Truth)
}

// checkTruth compares what was collected with what the generator made.
func checkTruth(t *testing.T, r *recorder, truth *ldaptest.Truth) {
	t.Helper()
	equal := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %d, want %d", what, got, want)
		}
	}
	for category, n := range truth.Categories {
		if category == "service" {
			n += truth.Managed
		}
		equal(category, r.count(record.Account, map[string]string{"category": category}), n)
	}
	equal("accounts", len(r.records[record.Account]), truth.Accounts()+truth.Managed)
	equal("disabled", r.count(record.Account, map[string]string{"enabled": "0"}), truth.Disabled)
	equal("never expires", r.count(record.Account, map[string]string{"password_never_expires": "1"}), truth.NeverExpires)
	equal("locked", r.count(record.Account, map[string]string{"locked": "1"}), truth.Locked)
	equal("privileged", r.count(record.Account, map[string]string{"privileged": "1"}), truth.Privileged)
	equal("gmsa", r.count(record.Account, map[string]string{"gmsa": "1"}), truth.Managed)
	equal("servers", r.count(record.Asset, map[string]string{"kind": "server_virtual"}), truth.Servers)
	equal("clients", r.count(record.Asset, map[string]string{"kind": "desktop"}), truth.Clients)
	for school, n := range truth.Pupils {
		got := 0
		for _, o := range r.records[record.Observation] {
			if o.Get("org_unit").S == school {
				got = int(o.Get("value").F)
			}
		}
		equal("pupils of "+school, got, n)
	}
	equal("protected", len(truth.Protected), 3)
	all := fmt.Sprintf("%+v", r.records) + fmt.Sprintf("%+v", r.warnings)
	for _, clear := range append(truth.Protected, "u000013", "Förnamn", "Efternamn", "@kommun.test", "S-1-5-21") {
		if contains := len(all) > 0 && indexFold(all, clear); contains {
			t.Errorf("%q crosses the wire", clear)
		}
	}
}
