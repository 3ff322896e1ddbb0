//go:build !windows

package ldap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestOpenLDAPFiguresEqualTheGenerator(t *testing.T) {
	s := ldaptest.StartSlapd(t, 5000)
	r, _ := collect(t, request(t, s.Settings()))
	checkTruth(t, r, &s.Truth)
}

func TestOpenLDAPIncrements(t *testing.T) {
	s := ldaptest.StartSlapd(t, 500)
	req := request(t, s.Settings())
	first, end := collect(t, req)
	next := func() *recorder {
		t.Helper()
		req.Cursor = end.Cursor
		r, e := collect(t, req)
		end = e
		return r
	}
	// Everything was loaded within the overlap, so all of it is read again, but
	// as changes.
	if r := next(); r.header.Full {
		t.Error("an increment was possible and everything was read")
	}
	employee := "CN=u000013,OU=Enhet 1,OU=Socialförvaltningen,OU=Personal," + s.BaseDN
	change(t, s, modify(employee, func(m *goldap.ModifyRequest) { m.Replace("userAccountControl", []string{"514"}) }))
	before := first.count(record.Account, map[string]string{"enabled": "0"})
	if r := next(); r.header.Full || r.count(record.Account, map[string]string{"enabled": "0"}) != before+1 {
		t.Errorf("full %v, %d disabled, had %d", r.header.Full, r.count(record.Account, map[string]string{"enabled": "0"}), before)
	}
	change(t, s, modify("CN=Skyddade uppgifter,OU=Grupper,"+s.BaseDN, func(m *goldap.ModifyRequest) { m.Add("member", []string{employee}) }))
	r := next()
	if !r.header.Full || len(r.records[record.Account]) != len(first.records[record.Account])-1 {
		t.Errorf("an account became protected: full %v, %d accounts of %d", r.header.Full, len(r.records[record.Account]), len(first.records[record.Account]))
	}
	known := 0
	for _, id := range r.purged {
		if _, was := first.records[record.Account][id]; was {
			known++
		}
	}
	if known != 1 {
		t.Errorf("%d known accounts were purged, want 1", known)
	}
}

func TestAnOUThatMayNoLongerBeReadFailsTheCollection(t *testing.T) {
	ca := ldaptest.NewCA(t)
	cert, key := ca.Issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "127.0.0.1")
	open := ldaptest.StartSlapdWith(t, 300, ldaptest.SlapdOptions{CA: ca, Cert: cert, Key: key})
	req := request(t, open.Settings())
	_, end := collect(t, req)
	for name, hidden := range map[string]string{
		"an OU":         "OU=Socialförvaltningen,OU=Personal," + open.BaseDN,
		"a whole base":  "OU=Elever," + open.BaseDN,
		"only its leaf": "OU=Enhet 1,OU=Socialförvaltningen,OU=Personal," + open.BaseDN,
	} {
		t.Run(name, func(t *testing.T) {
			closed := ldaptest.StartSlapdWith(t, 300, ldaptest.SlapdOptions{CA: ca, Cert: cert, Key: key, Hidden: hidden})
			again := req
			again.Settings = request(t, closed.Settings()).Settings
			again.Cursor, again.Full = rename(t, end.Cursor, req.Settings.PseudonymKey, open.URL, closed.URL), true
			_, err := New().Collect(context.Background(), again, newRecorder())
			if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "läs") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// rename makes a cursor believe that it is of another server.
func rename(t *testing.T, b, secret []byte, from, to string) []byte {
	t.Helper()
	c, err := openCursor(b, secret)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Dirs {
		if c.Dirs[i].Where == from {
			c.Dirs[i].Where = to
		}
	}
	if b, err = c.seal(secret); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAServerThatCannotBeVerifiedIsNotTalkedTo(t *testing.T) {
	ca := ldaptest.NewCA(t)
	good := time.Now().Add(24 * time.Hour)
	for name, c := range map[string]struct {
		until time.Time
		hosts []string
		ca    *ldaptest.CA
		want  string
	}{
		"expired certificate": {time.Now().Add(-time.Minute), []string{"127.0.0.1"}, ca, "gäller inte nu"},
		"wrong host name":     {good, []string{"annan.kommun.test"}, ca, "annat värdnamn"},
		"unknown CA":          {good, []string{"127.0.0.1"}, ldaptest.NewCA(t), "okänd utfärdare"},
	} {
		t.Run(name, func(t *testing.T) {
			cert, key := ca.Issue(t, time.Now().Add(-time.Hour), c.until, c.hosts...)
			s := ldaptest.StartSlapdWith(t, 10, ldaptest.SlapdOptions{CA: ca, Cert: cert, Key: key})
			for _, way := range []map[string]any{{"url": s.URL}, {"url": s.PlainURL, "start_tls": true}} {
				way["ca_file"] = c.ca.File
				_, err := New().Collect(context.Background(), request(t, set(s.Settings(), way)), newRecorder())
				if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
			}
		})
	}
	t.Run("the machine's own store does not know the CA either", func(t *testing.T) {
		s := ldaptest.StartSlapd(t, 10)
		settings := s.Settings()
		delete(settings, "ca_file")
		_, err := New().Collect(context.Background(), request(t, settings), newRecorder())
		if err == nil || !strings.Contains(err.Error(), "okänd utfärdare") {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhatCannotBeReachedOrFoundSaysSo(t *testing.T) {
	s := ldaptest.StartSlapd(t, 50)
	for name, c := range map[string]struct {
		more map[string]any
		want string
	}{
		"nobody listens":                                  {map[string]any{"url": "ldaps://127.0.0.1:1"}, "ingen lyssnar"},
		"TLS on the plain port":                           {map[string]any{"url": strings.Replace(s.PlainURL, "ldap:", "ldaps:", 1)}, "127.0.0.1"},
		"wrong password":                                  {map[string]any{"bind": map[string]any{"user": s.BindDN, "password": "fel"}}, "fel lösenord"},
		"a base that is not there":                        {map[string]any{"bases": []string{"OU=Finns inte," + s.BaseDN}}, "finns inte, eller"},
		"a base without accounts":                         {map[string]any{"bases": []string{"OU=Grupper," + s.BaseDN}}, "inga konton alls"},
		"a group that is not there":                       {map[string]any{"protected": map[string]any{"groups": []string{"Finns inte"}}}, "Finns inte"},
		"a protecting attribute that the directory lacks": {map[string]any{"protected": map[string]any{"attributes": []map[string]any{{"name": "extensionAttribute7", "values": []string{"S"}}}}}, "extensionAttribute7"},
		"a page larger than the server gives":             {map[string]any{"page_size": 5000}, "storleksgräns"},
		"a CA file that is none":                          {map[string]any{"ca_file": "/etc/hostname"}, "inget certifikat"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New().Collect(context.Background(), request(t, set(s.Settings(), c.more)), newRecorder())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if !errors.Is(err, sdk.ErrUnreachable) && !errors.Is(err, sdk.ErrBadInput) {
				t.Errorf("the daemon cannot sort %v", err)
			}
		})
	}
}

// The same directory as a file gives the same figures as the server.
func TestAnExportOfADirectoryGivesTheSameFigures(t *testing.T) {
	s := ldaptest.StartSlapd(t, 3000)
	out := s.Tool(t, []string{"LDAPTLS_CACERT=" + s.CAFile}, testneed.Program(t, "ldapsearch"), "-LLL", "-H", s.URL, "-x",
		"-D", s.BindDN, "-w", s.Password, "-b", s.BaseDN, "-E", "pr=500/noprompt", "(objectClass=*)", "*", "+")
	settings := s.Settings()
	for _, k := range []string{"url", "ca_file", "bind"} {
		delete(settings, k)
	}
	settings["file"] = "export.ldif"
	req := request(t, settings)
	if err := os.WriteFile(filepath.Join(req.Settings.BaseDir, "export.ldif"), out, 0o600); err != nil {
		t.Fatal(err)
	}
	file, _ := collect(t, req)
	checkTruth(t, file, &s.Truth)
	live, _ := collect(t, request(t, s.Settings()))
	for id, want := range live.records[record.Account] {
		got, ok := file.records[record.Account][id]
		if !ok {
			t.Fatal("an account has another id in the export")
		}
		if fmt.Sprint(got.Values) != fmt.Sprint(want.Values) {
			t.Fatalf("an account differs: %v, on the server %v", got.Values, want.Values)
		}
	}
}
