//go:build !windows

package ldap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// One domain controller serves all of these: it takes long to provision. The
// order matters, as the later ones change the directory.
func TestSamba(t *testing.T) {
	s := ldaptest.StartSamba(t, 2000)
	t.Run("figures equal the generator's", func(t *testing.T) {
		r, _ := collect(t, request(t, s.Settings()))
		checkTruth(t, r, &s.Truth)
	})
	t.Run("figures equal an independent count by ldapsearch", func(t *testing.T) { sambaByLdapsearch(t, s) })
	t.Run("a refused login says why", func(t *testing.T) { sambaLogins(t, s) })
	t.Run("StartTLS, Kerberos and a password in Kerberos give the same", func(t *testing.T) { sambaWays(t, s) })
	t.Run("an attribute that this directory's schema lacks protects nobody, and is refused", func(t *testing.T) {
		more := map[string]any{"protected": map[string]any{"attributes": []map[string]any{{"name": "extensionAttribute7", "values": []string{"S"}}}}}
		_, err := New().Collect(context.Background(), request(t, set(s.Settings(), more)), newRecorder())
		if !errors.Is(err, sdk.ErrBadInput) || !strings.Contains(err.Error(), "extensionAttribute7 finns inte") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a look around counts what there is to see", func(t *testing.T) { sambaSurvey(t, s) })
	t.Run("increments", func(t *testing.T) { sambaIncrements(t, s) })
	t.Run("an OU that may no longer be read fails the collection", func(t *testing.T) { sambaHidden(t, s) })
}

// sambaByLdapsearch asks OpenLDAP's own client the same questions.
func sambaByLdapsearch(t *testing.T, s *ldaptest.Server) {
	ask := func(filter string) int {
		out := s.Tool(t, []string{"LDAPTLS_CACERT=" + s.CAFile}, testneed.Program(t, "ldapsearch"), "-LLL", "-H", s.URL, "-x",
			"-D", s.BindDN, "-w", s.Password, "-b", "OU=Personal,"+s.BaseDN, "-E", "pr=500/noprompt", filter, "1.1")
		return bytes.Count(out, []byte("dn:"))
	}
	set := s.Settings()
	set["bases"] = []string{"OU=Personal," + s.BaseDN}
	r, _ := collect(t, request(t, set))
	open := "(!(memberOf:" + inChain + ":=CN=Skyddade uppgifter,OU=Grupper," + s.BaseDN + "))"
	for what, c := range map[string]struct {
		filter string
		want   map[string]string
	}{
		"all":        {"", nil},
		"disabled":   {"(userAccountControl:1.2.840.113556.1.4.803:=2)", map[string]string{"enabled": "0"}},
		"contractor": {"(memberOf:" + inChain + ":=CN=Inhyrda,OU=Grupper," + s.BaseDN + ")", map[string]string{"category": "contractor"}},
		"privileged": {"(memberOf:" + inChain + ":=CN=Domain Admins,CN=Users," + s.BaseDN + ")", map[string]string{"privileged": "1"}},
		"locked":     {"(lockoutTime>=1)", map[string]string{"locked": "1"}},
	} {
		want := ask("(&(objectCategory=person)(objectClass=user)" + open + c.filter + ")")
		if got := r.count(record.Account, c.want); got != want || want == 0 {
			t.Errorf("%s: got %d, ldapsearch says %d", what, got, want)
		}
	}
}

func sambaLogins(t *testing.T, s *ldaptest.Server) {
	for name, c := range map[string]struct {
		bind map[string]any
		want string
	}{
		"wrong password":                            {map[string]any{"user": s.BindDN, "password": "fel"}, "fel lösenord eller användarnamn"},
		"disabled account":                          {map[string]any{"user": s.DisabledUser, "password": s.Password}, "kontot är inaktiverat"},
		"locked account":                            {map[string]any{"user": s.LockedUser, "password": s.Password}, "kontot är låst"},
		"expired account":                           {map[string]any{"user": s.ExpiredUser, "password": s.Password}, "giltighetstid har gått ut"},
		"keytab of another account":                 {map[string]any{"method": "gssapi", "user": "svc-disabled", "realm": s.Realm, "keytab": s.Keytab, "krb5_conf": s.Krb5Conf, "spn": s.SPN}, "Kerberos"},
		"a server name that Kerberos does not know": {map[string]any{"method": "gssapi", "user": s.Principal, "realm": s.Realm, "keytab": s.Keytab, "krb5_conf": s.Krb5Conf, "spn": "ldap/annan.kommun.test"}, "servern har inte namnet i spn"},
	} {
		t.Run(name, func(t *testing.T) {
			req := request(t, set(s.Settings(), map[string]any{"bind": c.bind}))
			_, err := New().Collect(context.Background(), req, newRecorder())
			if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "svc-") {
				t.Errorf("the error names the account: %v", err)
			}
		})
	}
}

func sambaWays(t *testing.T, s *ldaptest.Server) {
	for name, more := range map[string]map[string]any{
		"StartTLS":                   {"url": s.PlainURL, "start_tls": true},
		"Kerberos, keytab":           {"bind": map[string]any{"method": "gssapi", "user": s.Principal, "realm": s.Realm, "keytab": s.Keytab, "krb5_conf": s.Krb5Conf, "spn": s.SPN}},
		"Kerberos, password":         {"bind": map[string]any{"method": "gssapi", "user": s.Principal, "realm": s.Realm, "password": s.Password, "krb5_conf": s.Krb5Conf, "spn": s.SPN}},
		"Kerberos over StartTLS":     {"url": s.PlainURL, "start_tls": true, "bind": map[string]any{"method": "gssapi", "user": s.Principal, "realm": s.Realm, "keytab": s.Keytab, "krb5_conf": s.Krb5Conf, "spn": s.SPN}},
		"Kerberos, credential cache": {"bind": map[string]any{"method": "gssapi", "ccache": ticket(t, s), "krb5_conf": s.Krb5Conf, "spn": s.SPN}},
	} {
		t.Run(name, func(t *testing.T) {
			small := set(s.Settings(), map[string]any{
				"bases": []string{"OU=Tjänstekonton," + s.BaseDN}, "protected": "none", "protected_none_reason": "Bara tjänstekonton.",
				"categories": nil, "groups": nil,
			})
			r, _ := collect(t, request(t, set(small, more)))
			if got, want := len(r.records[record.Account]), s.Truth.Categories["service"]+s.Truth.Managed; got != want {
				t.Errorf("got %d accounts, want %d", got, want)
			}
		})
	}
}

// ticket gets a Kerberos ticket with MIT's kinit.
func ticket(t *testing.T, s *ldaptest.Server) string {
	cache := t.TempDir() + "/cc"
	s.Tool(t, []string{"KRB5_CONFIG=" + s.Krb5Conf, "KRB5CCNAME=FILE:" + cache}, testneed.Program(t, "kinit"), "-kt", s.Keytab, s.Principal+"@"+s.Realm)
	return cache
}

// change does something to the directory as its administrator.
func change(t *testing.T, s *ldaptest.Server, do func(c *goldap.Conn) error) {
	t.Helper()
	d := &dialer{dir: Directory{URL: s.URL, CAFile: s.CAFile, Bind: Bind{User: s.AdminDN, Password: s.AdminPassword}}, timeout: 30 * time.Second}
	c, err := d.connect(context.Background(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer c.end()
	if err := do(c.Conn); err != nil {
		t.Fatal(err)
	}
}

func modify(dn string, edit func(*goldap.ModifyRequest)) func(*goldap.Conn) error {
	return func(c *goldap.Conn) error {
		m := goldap.NewModifyRequest(dn, nil)
		edit(m)
		return c.Modify(m)
	}
}

func sambaIncrements(t *testing.T, s *ldaptest.Server) {
	req := request(t, s.Settings())
	first, end := collect(t, req)
	employee := func(n int) string {
		return fmt.Sprintf("CN=u%06d,OU=Enhet %d,OU=%s,%s", n, n%3, []string{"Socialförvaltningen", "Barn och utbildning", "Samhällsbyggnad", "Kommunledning"}[n/20%4], "OU=Personal,"+s.BaseDN)
	}
	next := func() *recorder {
		t.Helper()
		req.Cursor = end.Cursor
		r, e := collect(t, req)
		end = e
		return r
	}
	locked := s.Truth.Locked // asked for every time, as locks end by themselves

	if r := next(); r.header.Full || len(r.records[record.Account]) != locked {
		t.Errorf("nothing changed: full %v, %d accounts", r.header.Full, len(r.records[record.Account]))
	}
	change(t, s, modify(employee(13), func(m *goldap.ModifyRequest) { m.Replace("userAccountControl", []string{"514"}) }))
	if r := next(); r.header.Full || r.count(record.Account, map[string]string{"enabled": "0", "locked": "0"}) != 1 {
		t.Errorf("one account was disabled: full %v, %d", r.header.Full, r.count(record.Account, map[string]string{"enabled": "0"}))
	}
	it := "CN=IT Drift,OU=Grupper," + s.BaseDN
	change(t, s, modify(it, func(m *goldap.ModifyRequest) { m.Add("member", []string{employee(13)}) }))
	if r := next(); r.header.Full || r.count(record.Account, map[string]string{"privileged": "1", "enabled": "0", "locked": "0"}) != 1 {
		t.Errorf("a nested group got a member: full %v, %d privileged", r.header.Full, r.count(record.Account, map[string]string{"privileged": "1"}))
	}
	change(t, s, modify(it, func(m *goldap.ModifyRequest) { m.Delete("member", []string{employee(13)}) }))
	if r := next(); r.header.Full || r.count(record.Account, map[string]string{"privileged": "0", "enabled": "0", "locked": "0"}) != 1 {
		t.Errorf("a nested group lost a member: full %v, %d", r.header.Full, len(r.records[record.Account]))
	}
	change(t, s, modify("CN=Skyddade familjer,OU=Grupper,"+s.BaseDN, func(m *goldap.ModifyRequest) { m.Add("member", []string{employee(33)}) }))
	r := next()
	var purged int
	for _, id := range r.purged {
		if _, was := first.records[record.Account][id]; was {
			purged++
		}
	}
	if purged != 1 || !r.header.Full || len(r.records[record.Account]) != len(first.records[record.Account])-1 {
		t.Errorf("an account became protected: full %v, %d known accounts purged, %d left", r.header.Full, purged, len(r.records[record.Account]))
	}
	sambaDeletions(t, s, employee, req, &end)
	sambaFullPasses(t, req, end)
}

// sambaDeletions deletes accounts: one who may see tombstones notices at once,
// one who may not at the next full pass.
func sambaDeletions(t *testing.T, s *ldaptest.Server, employee func(int) string, req sdk.CollectRequest, end *sdk.End) {
	remove := func(n int) {
		change(t, s, func(c *goldap.Conn) error { return c.Del(goldap.NewDelRequest(employee(n), nil)) })
	}
	admin := request(t, set(s.Settings(), map[string]any{"bind": map[string]any{"user": s.AdminDN, "password": s.AdminPassword}}))
	all, e := collect(t, admin)
	remove(53)
	admin.Cursor = e.Cursor
	if r, _ := collect(t, admin); !r.header.Full || len(r.records[record.Account]) != len(all.records[record.Account])-1 {
		t.Errorf("a tombstone was seen: full %v, %d accounts of %d", r.header.Full, len(r.records[record.Account]), len(all.records[record.Account]))
	}
	req.Cursor = end.Cursor
	r, e := collect(t, req)
	if r.header.Full {
		t.Error("an account that may not see tombstones saw one")
	}
	req.Cursor, req.Now = e.Cursor, testNow.AddDate(0, 0, 7)
	r, e = collect(t, req)
	if !r.header.Full || len(r.records[record.Account]) != len(all.records[record.Account])-1 {
		t.Errorf("the weekly full pass: full %v, %d accounts of %d", r.header.Full, len(r.records[record.Account]), len(all.records[record.Account])-1)
	}
	e.Cursor = req.Cursor
	*end = e
}

// sambaFullPasses tells when an increment is not enough.
func sambaFullPasses(t *testing.T, req sdk.CollectRequest, end sdk.End) {
	edit := func(f func(*cursor)) []byte {
		c, err := openCursor(end.Cursor, req.Settings.PseudonymKey)
		if err != nil {
			t.Fatal(err)
		}
		f(c)
		b, err := c.seal(req.Settings.PseudonymKey)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ctx := context.Background()
	c, err := newCollection(req, newRecorder())
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := errors.Join(c.open(ctx), c.resolve(ctx)); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]struct {
		cursor []byte
		now    time.Time
		full   bool
	}{
		"the same domain controller":       {end.Cursor, testNow, false},
		"another domain controller":        {edit(func(c *cursor) { c.Dirs[0].Replica = "another" }), testNow, true},
		"a controller behind its own past": {edit(func(c *cursor) { c.Dirs[0].USN += 1000 }), testNow, true},
		"the weekly full pass":             {end.Cursor, testNow.AddDate(0, 0, 7), true},
		"other settings":                   {edit(func(c *cursor) { c.Settings = "" }), testNow, true},
		"a damaged cursor":                 {[]byte("damaged"), testNow, true},
	} {
		t.Run(name, func(t *testing.T) {
			again := req
			again.Cursor, again.Now = k.cursor, k.now
			next, err := newCollection(again, newRecorder())
			if err != nil {
				t.Fatal(err)
			}
			next.dirs = c.dirs
			next.dirs[0].before = next.prev.dir(c.dirs[0].dir.about().where)
			if full, err := next.mustReadAll(ctx); full != k.full || err != nil {
				t.Errorf("full %v (%v), want %v", full, err, k.full)
			}
		})
	}
}

func sambaHidden(t *testing.T, s *ldaptest.Server) {
	req := request(t, s.Settings())
	_, end := collect(t, req)
	s.Hide(t, "OU=Enhet 1,OU=Socialförvaltningen,OU=Personal,"+s.BaseDN)
	req.Cursor, req.Full = end.Cursor, true
	_, err := New().Collect(context.Background(), req, newRecorder())
	if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "läsrätten") {
		t.Errorf("got %v", err)
	}
	again := request(t, set(s.Settings(), map[string]any{"emptied_ous": []string{"OU=Socialförvaltningen,OU=Personal," + s.BaseDN}}))
	again.Cursor = end.Cursor
	if r, _ := collect(t, again); len(r.records[record.Account]) == 0 {
		t.Error("an OU that is rightly empty stops the collection all the same")
	}
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
	checkPrivacy(t, r, truth)
}

// checkPrivacy looks for anything that names a person in all that was sent.
func checkPrivacy(t *testing.T, r *recorder, truth *ldaptest.Truth) {
	t.Helper()
	if len(truth.Protected) != 3 {
		t.Errorf("the directory has %d protected accounts, want 3", len(truth.Protected))
	}
	sent := strings.ToLower(fmt.Sprintf("%+v %+v %+v", r.header, r.records, r.warnings))
	for _, clear := range append(truth.Protected, "u000013", "adm-", "förnamn", "efternamn", "@kommun.test", "s-1-5-21", "cn=") {
		if strings.Contains(sent, strings.ToLower(clear)) {
			t.Errorf("%q crosses the wire", clear)
		}
	}
	for id, x := range r.records[record.Account] {
		if !sdk.IsPseudonym(id) {
			t.Fatalf("an account's id is no pseudonym: %s", id)
		}
		for _, row := range x.Children[0] {
			if !sdk.IsPseudonym(row[0].S) {
				t.Fatalf("a key is no pseudonym")
			}
		}
	}
}
