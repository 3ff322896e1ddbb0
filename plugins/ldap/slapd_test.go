//go:build !windows

package ldap

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
)

// olSettings read everything that the generator makes.
func olSettings(s *ldaptest.Server) map[string]any {
	set := adSettings(s)
	set["bases"] = []string{"OU=Personal," + s.BaseDN, "OU=Elever," + s.BaseDN, "OU=Tjänstekonton," + s.BaseDN}
	return set
}

func TestOpenLDAPFiguresEqualTheGenerator(t *testing.T) {
	s := ldaptest.StartSlapd(t, 5000)
	r, _ := collect(t, request(t, olSettings(s)))
	checkTruth(t, r, &s.Truth)
}
