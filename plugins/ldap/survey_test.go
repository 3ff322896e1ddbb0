//go:build !windows

package ldap

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// lookAround surveys with the server's settings less what is yet to be decided.
func lookAround(t *testing.T, s *ldaptest.Server) (Survey, error) {
	t.Helper()
	set := s.Settings()
	for k := range set {
		if k != "url" && k != "bind" && k != "ca_file" && k != "start_tls" {
			delete(set, k)
		}
	}
	return LookAround(context.Background(), request(t, set).Settings)
}

func sambaSurvey(t *testing.T, s *ldaptest.Server) {
	v, err := lookAround(t, s)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(base, filter string) int64 {
		out := s.Tool(t, []string{"LDAPTLS_CACERT=" + s.CAFile}, testneed.Program(t, "ldapsearch"), "-LLL", "-H", s.URL, "-x",
			"-D", s.BindDN, "-w", s.Password, "-b", base, "-E", "pr=500/noprompt", filter, "1.1")
		return int64(bytes.Count(out, []byte("dn:")))
	}
	const person = "(|(&(objectCategory=person)(objectClass=user))(objectClass=msDS-GroupManagedServiceAccount))"
	open := "(!(userAccountControl:1.2.840.113556.1.4.803:=2))"
	for what, c := range map[string][2]int64{
		"accounts":  {v.Accounts, ask(s.BaseDN, "(&"+person+")")},
		"enabled":   {v.Enabled, ask(s.BaseDN, "(&"+person+open+")")},
		"computers": {v.Computers, ask(s.BaseDN, "(objectCategory=computer)")},
		"groups":    {v.Groups, ask(s.BaseDN, "(objectCategory=group)")},
	} {
		if c[0] != c[1] || c[1] == 0 {
			t.Errorf("%s: got %d, ldapsearch says %d", what, c[0], c[1])
		}
	}
	for _, shown := range v.Shown {
		if want := ask(s.BaseDN, "(&"+person+open+"("+shown.Attribute+"=*))"); shown.Accounts != want {
			t.Errorf("%s: got %d, ldapsearch says %d", shown.Attribute, shown.Accounts, want)
		}
	}
	// One of them is a member of the other, and Windows' own Protected Users is neither.
	if len(v.Protected) != 2 || v.Protected[0].Name != "Skyddade familjer" || v.Protected[1].Name != "Skyddade uppgifter" || v.Protected[1].Accounts == 0 {
		t.Errorf("protected: got %+v", v.Protected)
	}
	for _, u := range v.Units {
		if want := ask(u.DN, "(&"+person+")"); u.Accounts != want {
			t.Errorf("%s: got %d, ldapsearch says %d", u.DN, u.Accounts, want)
		}
	}
	if len(v.Pupils) == 0 || v.Pupils[0].Accounts == 0 {
		t.Errorf("pupils: got %+v", v.Pupils)
	}
	raw, err := Proposal{Directory: Directory{URL: s.URL, CAFile: s.CAFile, Bind: Bind{User: s.BindDN, Password: s.Password}},
		Protected: []string{v.Protected[1].DN}, Pupils: []string{v.Pupils[0].DN}, Category: "employee"}.Settings()
	if err != nil {
		t.Fatal(err)
	}
	var set map[string]any
	if err := json.Unmarshal(raw, &set); err != nil {
		t.Fatal(err)
	}
	if r, _ := collect(t, request(t, set)); len(r.records[record.Account]) == 0 {
		t.Error("the proposal reads nothing")
	}
}

func TestALookAroundThatCannotLogInSaysSo(t *testing.T) {
	s := ldaptest.StartSlapd(t, 10)
	s.Password = "fel"
	if _, err := lookAround(t, s); !errors.Is(err, sdk.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}
