package ldap

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestValidateNamesEveryFault(t *testing.T) {
	good := `"url": "ldaps://dc1.kommun.se", "bases": ["DC=kommun,DC=se"], "bind": {"user": "svc@kommun.se", "password": "x"}, "protected": {"groups": ["Skyddade"]}`
	for name, c := range map[string]struct{ json, field, want string }{
		"good":                              {json: `{` + good + `}`},
		"a file":                            {json: `{"file": "ad.ldf", "protected": "none", "protected_none_reason": "Testdata"}`},
		"several domains":                   {json: `{"domains": [{"url": "ldaps://a", "bind": {"user": "u", "password": "p"}}, {"file": "b.ldf"}], "protected": {"ous": ["OU=S,DC=k"]}}`},
		"nothing is said of protection":     {`{"file": "ad.ldf"}`, "protected", "Måste anges"},
		"protection of nothing":             {`{"file": "ad.ldf", "protected": {}}`, "protected", "Måste anges"},
		"none without a reason":             {`{"file": "ad.ldf", "protected": "none"}`, "protected_none_reason", "Skriv varför"},
		"another word than none":            {`{"file": "ad.ldf", "protected": "ingen"}`, "", `"ingen"`},
		"a password in the clear":           {strings.Replace(`{`+good+`}`, "ldaps:", "ldap:", 1), "url", "i klartext"},
		"a password in the address":         {strings.Replace(`{`+good+`}`, "ldaps://", "ldaps://u:p@", 1), "url", "aldrig i adressen"},
		"no account":                        {`{"url": "ldaps://a", "protected": {"groups": ["S"]}}`, "bind.user", "läskontot"},
		"StartTLS within TLS":               {`{` + good + `, "start_tls": true}`, "start_tls", "redan krypterat"},
		"no directory":                      {`{"protected": {"groups": ["S"]}}`, "url", "Ange url"},
		"both kinds of directory":           {`{` + good + `, "file": "a.ldf"}`, "file", "inte båda"},
		"a way to skip verification":        {`{` + good + `, "insecure_skip_verify": true}`, "", "insecure_skip_verify"},
		"a base that is no DN":              {`{` + good + `, "emptied_ous": ["Skolan"]}`, "emptied_ous[0]", "inte ett DN"},
		"an unknown category":               {`{` + good + `, "categories": [{"category": "chef", "groups": ["C"]}]}`, "categories[0].category", `"chef" finns inte`},
		"a rule for everybody":              {`{` + good + `, "categories": [{"category": "pupil"}]}`, "categories[0]", "saknar villkor"},
		"pupils by default":                 {`{` + good + `, "default_category": "pupil"}`, "default_category", `"pupil" finns inte`},
		"an attribute never read":           {`{` + good + `, "categories": [{"category": "service", "attributes": [{"name": "employeeNumber", "values": ["1"]}]}]}`, "categories[0].attributes[0].name", "läses aldrig"},
		"org unit from a phone":             {`{` + good + `, "org_unit": {"from": "telephoneNumber"}}`, "org_unit.from", "kan inte användas"},
		"keytab and ccache":                 {strings.Replace(`{`+good+`}`, `"password": "x"`, `"method": "gssapi", "keytab": "a", "ccache": "b"`, 1), "bind.ccache", "antingen"},
		"an unknown method":                 {strings.Replace(`{`+good+`}`, `"password": "x"`, `"method": "md5"`, 1), "bind.method", "simple eller gssapi"},
		"a bad time span":                   {`{` + good + `, "full_every": "veckovis"}`, "", "veckovis"},
		"a computer rule that says nothing": {`{` + good + `, "computers": {"rules": [{"groups": ["D"]}]}}`, "computers.rules[0]", "varken kind"},
	} {
		t.Run(name, func(t *testing.T) {
			ps := New().Validate(context.Background(), sdk.Settings{JSON: json.RawMessage(c.json), PseudonymKey: []byte(strings.Repeat("k", 32)), KeyID: "k1"})
			if c.want == "" {
				if len(ps) > 0 {
					t.Errorf("got %+v", ps)
				}
				return
			}
			for _, p := range ps {
				if p.Field == c.field && strings.Contains(p.Message, c.want) {
					return
				}
			}
			t.Errorf("got %+v, want %s: %s", ps, c.field, c.want)
		})
	}
	t.Run("all of them at once", func(t *testing.T) {
		ps := New().Validate(context.Background(), sdk.Settings{JSON: json.RawMessage(`{"url": "ldap://a", "default_category": "x", "page_size": 99999}`)})
		if len(ps) != 6 { // url, account, protected, category, page size, pseudonym key
			t.Errorf("got %d: %+v", len(ps), ps)
		}
	})
}

func TestSettingsComeBackAsTheyWereWritten(t *testing.T) {
	const in = `{"file":"a.ldf","protected":"none","protected_none_reason":"Test","full_every":"36h"}`
	s, err := Decode([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Protected.None || again.FullEvery != s.FullEvery || again.File != "a.ldf" {
		t.Errorf("got %+v from %s", again, b)
	}
}
