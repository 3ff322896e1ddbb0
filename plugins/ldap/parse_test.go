package ldap

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"
)

func TestFiletime(t *testing.T) {
	for in, want := range map[string]string{
		"0": "never", "9223372036854775807": "never", "": "bad", "x": "bad", "-1": "bad", "9223372036854775808": "bad",
		"116444736000000000": "1970-01-01T00:00:00Z", "133444736000000000": "2023-11-14T22:13:20Z", "1": "1601-01-01T00:00:00Z",
	} {
		got, err := filetime(in)
		text := time.Unix(got, 0).UTC().Format(time.RFC3339)
		if errors.Is(err, errNoTime) {
			text = "never"
		} else if err != nil {
			text = "bad"
		}
		if text != want {
			t.Errorf("%q: got %s, want %s", in, text, want)
		}
	}
}

func FuzzFiletime(f *testing.F) {
	for _, s := range []string{"0", "9223372036854775807", "133444736000000000", "-5", "1e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := filetime(s)
		if err != nil {
			return
		}
		v, perr := strconv.ParseInt(s, 10, 64)
		if perr != nil || v < 1 || got+epochGap != v/1e7 {
			t.Errorf("%q: %d", s, got)
		}
	})
}

func TestGeneralizedTime(t *testing.T) {
	for in, want := range map[string]string{
		"20261121101112.0Z": "2026-11-21T10:11:12Z", "20261121101112Z": "2026-11-21T10:11:12Z", "20261121111112+0100": "2026-11-21T10:11:12Z",
		"16010101000000.0Z": "1601-01-01T00:00:00Z", "000001010000Z": "bad", "": "bad", "2026": "bad", "20261321101112Z": "bad",
	} {
		got, err := generalized(in)
		text := time.Unix(got, 0).UTC().Format(time.RFC3339)
		if err != nil {
			text = "bad"
		}
		if text != want {
			t.Errorf("%q: got %s (%v), want %s", in, text, err, want)
		}
	}
}

func TestTimesAreCoarsenedInSwedishTime(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC).Unix() // 1 July 00.30 in Sweden
	c := clock{loc}
	if got := time.Unix(c.day(at), 0).In(loc).Format(time.DateTime); got != "2026-07-01 00:00:00" {
		t.Errorf("day %s", got)
	}
	if got := time.Unix(c.month(at), 0).In(loc).Format(time.DateTime); got != "2026-07-01 00:00:00" {
		t.Errorf("month %s", got)
	}
}

func TestOrgUnitFromTheDN(t *testing.T) {
	const base = "OU=Personal,DC=k,DC=se"
	for name, c := range map[string]struct {
		dn    string
		level int
		want  string
	}{
		"the highest":              {"CN=a,OU=Centralskolan,OU=Barn och utbildning," + base, 1, "Barn och utbildning"},
		"the next":                 {"CN=a,OU=Centralskolan,OU=Barn och utbildning," + base, 2, "Centralskolan"},
		"the nearest":              {"CN=a,OU=Lärare,OU=Centralskolan,OU=Barn och utbildning," + base, -1, "Lärare"},
		"a path that is shallower": {"CN=a,OU=Vård," + base, 3, "Vård"},
		"right in the base":        {"CN=a," + base, 1, "Personal"},
		"a comma in the name":      {`CN=Ek\, Anna,OU=Vård\, omsorg,` + base, 1, "Vård, omsorg"},
		"no OU at all":             {"CN=a,CN=Users,DC=k,DC=se", 1, ""},
		"spaces and case":          {"cn=a, ou=Vård, ou=personal, dc=K, dc=se", 1, "Vård"},
		"not a DN":                 {"nonsense", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := pick(ouPath(c.dn, base), c.level); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestDNKeysMakeTheSameObjectEqual(t *testing.T) {
	for _, pair := range [][2]string{
		{`CN=Ek\, Anna,OU=Vård,DC=k`, `cn=ek\2C anna, ou=vård, dc=K`},
		{"CN=A+SN=B,DC=k", "cn=a+sn=b,dc=k"},
		{"uid=a,dc=k", "UID=A, DC=K"},
	} {
		if a, b := dnKey(pair[0]), dnKey(pair[1]); a != b {
			t.Errorf("%q and %q differ", a, b)
		}
	}
	if dnKey(`CN=a\,OU=b,DC=k`) == dnKey("CN=a,OU=b,DC=k") {
		t.Error("an escaped comma is taken for a separator")
	}
}

func FuzzDN(f *testing.F) {
	for _, s := range []string{"CN=a,OU=b,DC=c", `CN=Ek\, A,OU=x\+y,DC=k`, "cn=a , ou=b", `CN=\c3\a5,DC=k`, "=", ",", `\`, "OU=a+OU=b,DC=c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := dnKey(s)
		for _, ou := range ouPath(s, "DC=k") {
			if strings.TrimSpace(ou) == "" {
				t.Errorf("%q has an empty OU", s)
			}
		}
		for rest := s; rest != ""; {
			next := parentDN(rest)
			if len(next) >= len(rest) {
				t.Fatalf("%q does not get shorter", rest)
			}
			rest = next
		}
		if p, err := goldap.ParseDN(s); err == nil && len(p.RDNs) > 0 && dnKey(key) != key {
			t.Errorf("%q: the key %q has another key %q", s, key, dnKey(key))
		}
	})
}

func TestSIDAndGUID(t *testing.T) {
	sid := "\x01\x05\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x00\x02\x00\x00"
	if got := sidText(sid); got != "S-1-5-21-1-2-3-512" || rid(got) != "512" {
		t.Errorf("got %s", got)
	}
	for _, bad := range []string{"", "x", sid[:20]} {
		if got := sidText(bad); got != "" {
			t.Errorf("%q: got %s", bad, got)
		}
	}
	if got := guidText("\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"); got != "00112233-4455-6677-8899-aabbccddeeff" {
		t.Errorf("got %s", got)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"adm-*", "adm-anna", true}, {"adm-*", "badm-anna", false}, {"*", "", true}, {"*-t", "anna-t", true}, {"*-t", "anna-tt", false},
		{"a*b*c", "aXbYc", true}, {"a*b*c", "acb", false}, {"abc", "abc", true}, {"abc", "abcd", false}, {"a*a", "a", false},
	} {
		if glob(c.pattern, c.text) != c.want {
			t.Errorf("%q on %q is not %v", c.pattern, c.text, c.want)
		}
	}
}

func TestSchemaNames(t *testing.T) {
	for def, want := range map[string][]string{
		"( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )": {"cn", "commonName"},
		"( 0.9 NAME 'mail' DESC 'it''s' )":                {"mail"},
		"( 1.2.3 )":                                       nil,
	} {
		if got := schemaNames(def); !slices.Equal(got, want) {
			t.Errorf("%s: got %v", def, got)
		}
	}
}

func TestPersonalNumbersNeverBecomeOrgUnits(t *testing.T) {
	l := newLocator(OrgUnit{From: "extensionAttribute3"}, nil)
	var e entry
	for value, want := range map[string]string{"19640823-3234": "", "6408233234": "", "640823+3234": "", "Vård 12": "Vård 12", "4711-22": "4711-22"} {
		e.reset("CN=a,DC=k", 0)
		e.add(extensionAttribute1+2, value)
		if got := l.of(&e); got != want {
			t.Errorf("%q: got %q", value, got)
		}
	}
	if l.refused != 3 {
		t.Errorf("%d refused", l.refused)
	}
}
