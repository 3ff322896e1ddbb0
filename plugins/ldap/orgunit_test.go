package ldap

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

const pathExport = `dn: CN=a,OU=Rektor,OU=Vård\, skola,OU=Utbildning,DC=k
objectClass: user
sAMAccountName: a
userAccountControl: 512

dn: CN=b,DC=k
objectClass: user
sAMAccountName: b
userAccountControl: 512

`

func TestTheWholePathOfAnAccountIsItsOrgUnit(t *testing.T) {
	r, _ := collect(t, fileRequest(t, pathExport, map[string]any{
		"bases": []string{"DC=k"}, "protected": "none", "protected_none_reason": "Prov", "org_unit": map[string]any{"from": "ou_path"},
	}))
	for unit, n := range map[string]int{`OU=Rektor,OU=Vård\, skola,OU=Utbildning`: 1, "": 1} {
		if got := r.count(record.Account, map[string]string{"org_unit": unit}); got != n {
			t.Errorf("%q: %d accounts, want %d", unit, got, n)
		}
	}
}
