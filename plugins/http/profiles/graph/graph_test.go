package graph_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles/profiletest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const (
	usersPath  = "/v1.0/users"
	reportPath = "/v1.0/reports/authenticationMethods/userRegistrationDetails"
)

func start(t *testing.T, opt fakes.GraphOptions) (*fakes.Graph, fakes.GraphTenant, profiletest.Run) {
	t.Helper()
	tenant := fakes.SeedGraph(now)
	g := fakes.NewGraph(fakes.SeedGraph(now), opt)
	t.Cleanup(g.Close)
	persons := []string{fakes.GraphClientSecret}
	for _, u := range tenant.Users {
		persons = append(persons, u.DisplayName, u.UPN, u.Mail, u.SAMAccountName, u.ID)
	}
	persons = slices.DeleteFunc(persons, func(s string) bool { return s == "" || s == "Kontaktcenter" })
	return g, tenant, profiletest.Run{Now: now, Persons: persons, Settings: map[string]any{
		"profile": "graph", "graph_url": g.URL, "login_url": g.URL, "tenant": tenant.ID, "client_id": tenant.ClientID,
		"client_secret": fakes.GraphClientSecret, "protected_groups": []string{fakes.GraphProtectedGroup},
		"categories": map[string]string{
			"extensionAttribute1=elev": "pupil", "login=adm-*": "admin", "userPrincipalName=svc-*": "service",
			"employeeType=Funktion": "shared", "department=förtroendevalda": "politician",
		},
		"default_category": "employee", "groups": map[string]string{"Lärare": fakes.GraphTeacherGroup},
	}}
}

// category is what a seeded user is, told by who it is and not by the rules.
func category(u fakes.GraphUser) string {
	switch {
	case strings.HasPrefix(u.GivenName, "Elev"):
		return "pupil"
	case u.GivenName == "Skyddad":
		return "protected"
	case u.Surname == "Admin":
		return "admin"
	case strings.HasPrefix(u.Surname, "Nämndeman"):
		return "politician"
	case strings.HasPrefix(u.Surname, "Konsultsson"):
		return "contractor"
	case u.DisplayName == "svc-backup":
		return "service"
	case u.DisplayName == "Kontaktcenter":
		return "shared"
	}
	return "employee"
}

func midnight(t *testing.T, at string, month bool) int64 {
	t.Helper()
	v, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	v = v.In(zone)
	day := v.Day()
	if month {
		day = 1
	}
	return time.Date(v.Year(), v.Month(), day, 0, 0, 0, 0, zone).Unix()
}

// account is the id that a user's record has.
func account(t *testing.T, u fakes.GraphUser) string {
	t.Helper()
	return profiletest.Pseudonymiser(t).OfExact(u.ID)
}

func TestEveryAccountIsWhatTheTenantSays(t *testing.T) {
	g, tenant, run := start(t, fakes.GraphOptions{PageSize: 20})
	res := profiletest.Collect(t, run)
	if f := g.Faults(); len(f) > 0 {
		t.Errorf("asked wrongly: %v", f)
	}
	p := profiletest.Pseudonymiser(t)
	want := 0
	for _, u := range tenant.Users {
		c := category(u)
		got, ok := res.Records[record.Account][account(t, u)]
		if c == "pupil" || c == "protected" {
			if ok {
				t.Errorf("%s is an account", c)
			}
			continue
		}
		want++
		if !ok {
			t.Fatalf("%s is not there", u.DisplayName)
		}
		if got.Get("category").S != c || got.Get("org_unit").S != u.Department || (got.Get("enabled").I == 1) != u.Enabled {
			t.Errorf("%s: %+v %+v %+v", u.DisplayName, got.Get("category"), got.Get("org_unit"), got.Get("enabled"))
		}
		if v := got.Get("created_at"); v.I != midnight(t, u.Created, true) {
			t.Errorf("%s: created %v", u.DisplayName, v)
		}
		signedIn := ""
		if s := u.SignIn; s != nil {
			if signedIn = s.Successful; signedIn == "" {
				signedIn = max(s.Interactive, s.NonInteractive)
			}
		}
		if v := got.Get("last_login_at"); (signedIn == "") != (v.State == record.Blank) || signedIn != "" && v.I != midnight(t, signedIn, false) {
			t.Errorf("%s: last sign-in %+v, want %s", u.DisplayName, v, signedIn)
		}
		strong := ""
		if u.Registration != nil {
			if strong = "none"; u.Registration.MFACapable {
				strong = "mfa"
			}
		}
		if v := got.Get("strong_auth"); v.S != strong {
			t.Errorf("%s: strong authentication %+v, want %q", u.DisplayName, v, strong)
		}
		never := got.Get("password_never_expires")
		if u.ImmutableID != "" != (never.State == record.Blank) || u.ImmutableID == "" && (never.I == 1) != strings.Contains(u.PasswordPolicies, "DisablePasswordExpiration") {
			t.Errorf("%s: password never expires %+v", u.DisplayName, never)
		}
		keys := profiletest.Rows(got, "key")
		for of, text := range map[string]string{"login": u.SAMAccountName, "upn": u.UPN, "mail": u.Mail, "name": u.DisplayName} {
			if text != "" && !slices.ContainsFunc(keys, func(k []string) bool { return k[0] == p.Of(text) && k[1] == of }) {
				t.Errorf("%s answers not to its %s: %v", u.DisplayName, of, keys)
			}
		}
		if u.SID != "" && !slices.ContainsFunc(keys, func(k []string) bool { return k[0] == p.OfExact(u.SID) && k[1] == "sid" }) {
			t.Errorf("%s answers not to its SID", u.DisplayName)
		}
	}
	if n := len(res.Records[record.Account]); n != want {
		t.Errorf("%d accounts, want %d", n, want)
	}
}

func TestPupilsAreCountedPerUnitAndProtectedPeopleArePurged(t *testing.T) {
	_, tenant, run := start(t, fakes.GraphOptions{})
	res := profiletest.Collect(t, run)
	want := map[string]float64{}
	for _, u := range tenant.Users {
		switch c := category(u); {
		case c == "pupil" && u.Enabled:
			want[u.Department]++
		case c == "protected" && !slices.Contains(res.Purged[record.Account], account(t, u)):
			t.Error("a protected person's history is not removed")
		}
	}
	got := map[string]float64{}
	for _, o := range res.Records[record.Observation] {
		if o.Get("kind").S != "counter" || o.Get("metric").S != "accounts" || o.Get("category").S != "pupil" {
			t.Errorf("observation %+v", o.Values)
		}
		got[o.Get("org_unit").S] = o.Get("value").F
	}
	if len(want) != 2 || len(got) != 2 || got["Björkskolan"] != want["Björkskolan"] || got["Centralskolan"] != want["Centralskolan"] {
		t.Errorf("pupils: %v, want %v", got, want)
	}
}

func TestHighPrivilegesAreFoundThroughGroupsToo(t *testing.T) {
	_, tenant, run := start(t, fakes.GraphOptions{})
	res := profiletest.Collect(t, run)
	want := map[string][][]string{ // group, privileged, nested
		"adm-alva": {{"Global Administrator", "1", "0"}}, "adm-birger": {{"User Administrator", "1", "1"}},
		"anst000": {{"User Administrator", "1", "1"}}, "anst003": {{"User Administrator", "1", "1"}},
		"anst001": {{"Lärare", "0", "0"}}, "anst005": {{"Lärare", "0", "0"}}, "anst009": {{"Lärare", "0", "0"}},
	}
	for _, u := range tenant.Users {
		if c := category(u); c == "pupil" || c == "protected" {
			continue
		}
		rec := res.Records[record.Account][account(t, u)]
		rows := profiletest.Rows(rec, "group")
		if !slices.EqualFunc(rows, want[u.SAMAccountName], slices.Equal) {
			t.Errorf("%s: groups %v, want %v", u.DisplayName, rows, want[u.SAMAccountName])
		}
		privileged := len(rows) > 0 && rows[0][1] == "1"
		if got := rec.Get("privileged"); got.State != record.Set || (got.I == 1) != privileged {
			t.Errorf("%s: privileged %+v", u.DisplayName, got)
		}
	}
}

func TestApplicationsSupplementTheRegistry(t *testing.T) {
	_, _, run := start(t, fakes.GraphOptions{})
	res := profiletest.Collect(t, run)
	if res.Header.Supplements[record.System] != "Entra-applikation" {
		t.Errorf("supplements: %v", res.Header.Supplements)
	}
	got := map[string]string{}
	for _, s := range res.Records[record.System] {
		got[s.Get("name").S] = s.Get("sso_mode").S
	}
	want := map[string]string{"Ekonomisystemet": "sso", "Skolplattformen": "sso", "Lärportalen": "sso", "Tidrapporten": "sso", "Gamla intranätet": "", "Bara ett skript": ""}
	if len(got) != len(want) {
		t.Errorf("applications: %v", got)
	}
	for name, mode := range want {
		if m, ok := got[name]; !ok || m != mode {
			t.Errorf("%s: %q, want %q", name, m, mode)
		}
	}
}

func TestWhatMayNotBeReadHasNoDataAndIsTold(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*fakes.GraphTenant)
		not    []string
		still  []string
	}{
		{"no AuditLog.Read.All", revoke("AuditLog.Read.All"), []string{"last_login_at", "strong_auth"}, []string{"enabled", "privileged", "key"}},
		{"no P1 licence", func(x *fakes.GraphTenant) { x.Premium = false }, []string{"last_login_at", "strong_auth"}, []string{"enabled", "privileged"}},
		{"no RoleManagement.Read.Directory", revoke("RoleManagement.Read.Directory"), []string{"privileged", "group"}, []string{"enabled", "last_login_at", "strong_auth"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _, run := start(t, fakes.GraphOptions{})
			g.Change(c.change)
			res := profiletest.Collect(t, run)
			for _, f := range c.not {
				if res.Mapped(record.Account, f) {
					t.Errorf("%s is mapped", f)
				}
			}
			for _, f := range c.still {
				if !res.Mapped(record.Account, f) {
					t.Errorf("%s is not mapped", f)
				}
			}
			if !res.Warned("not_available") {
				t.Errorf("warnings: %v", res.Warnings)
			}
		})
	}
	t.Run("no Application.Read.All", func(t *testing.T) {
		g, _, run := start(t, fakes.GraphOptions{})
		g.Change(revoke("Application.Read.All"))
		res := profiletest.Collect(t, run)
		if len(res.Records[record.System]) > 0 || len(res.Header.Mapped[record.System]) > 0 || len(res.Records[record.Account]) == 0 || !res.Warned("not_available") {
			t.Errorf("mapped %v, warnings %v", res.Header.Mapped, res.Warnings)
		}
	})
}

func TestAPermissionThatIsTakenAwayDeletesNothing(t *testing.T) {
	g, _, run := start(t, fakes.GraphOptions{})
	first := profiletest.Collect(t, run)
	g.Change(revoke("Application.Read.All"))
	run.Cursor, run.Now = first.Cursor, now.Add(time.Hour)
	if _, err := profiletest.Try(t, run); !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "anslutna program") {
		t.Errorf("got %v", err)
	}
	run.Full = true // somebody says that it is meant
	if res := profiletest.Collect(t, run); len(res.Records[record.System]) > 0 || !res.Warned("not_available") {
		t.Errorf("header %+v", res.Header)
	}
}

func revoke(permission string) func(*fakes.GraphTenant) {
	return func(x *fakes.GraphTenant) {
		x.Granted = slices.DeleteFunc(x.Granted, func(p string) bool { return p == permission })
	}
}

func TestNobodyIsReadUntilTheProtectedAreKnown(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*fakes.GraphTenant)
		says   string
	}{
		{"the group is hidden", func(x *fakes.GraphTenant) { x.Groups[0].Hidden = true }, "protected_groups"},
		{"the group is gone", func(x *fakes.GraphTenant) { x.Groups = x.Groups[1:] }, "protected_groups finns inte"},
		{"groups may not be read", revoke("GroupMember.Read.All"), "403"},
		{"users may not be read", revoke("User.Read.All"), "403"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _, run := start(t, fakes.GraphOptions{})
			g.Change(c.change)
			_, err := profiletest.Try(t, run)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v", err)
			}
			if c.name != "users may not be read" && g.Count(usersPath, http.StatusOK) > 0 {
				t.Error("users were read all the same")
			}
		})
	}
}

func TestATokenThatEndsInTheMiddleAndABusyServerLoseNothing(t *testing.T) {
	g, tenant, run := start(t, fakes.GraphOptions{PageSize: 20, TokenUses: 4})
	g.Busy(reportPath, 1, 2, time.Second)
	res := profiletest.Collect(t, run)
	if f := g.Faults(); len(f) > 0 {
		t.Errorf("asked wrongly: %v", f)
	}
	want := 0
	for _, u := range tenant.Users {
		if c := category(u); c != "pupil" && c != "protected" {
			want++
		}
	}
	unauthorised := 0
	for _, r := range g.Requests() {
		if r.Status == http.StatusUnauthorized {
			unauthorised++
		}
	}
	if len(res.Records[record.Account]) != want || unauthorised < 3 || g.Count(reportPath, http.StatusTooManyRequests) != 2 {
		t.Errorf("%d accounts of %d, %d refused tokens", len(res.Records[record.Account]), want, unauthorised)
	}
}

func TestReportsAreAskedForAsOftenAsTheyMayBe(t *testing.T) {
	g, _, run := start(t, fakes.GraphOptions{PageSize: 10, ReportWindow: 2 * time.Second})
	res := profiletest.Collect(t, run)
	strong := res.Count(record.Account, func(r record.Record) bool { return r.Get("strong_auth").S == "mfa" })
	if f := g.Faults(); len(f) > 0 || strong == 0 || g.Count(reportPath, http.StatusTooManyRequests) == 0 {
		t.Errorf("%d with strong authentication, faults %v", strong, f)
	}
}

func TestChangesAndDeletionsAreSeenAtTheNextCollection(t *testing.T) {
	g, tenant, run := start(t, fakes.GraphOptions{})
	first := profiletest.Collect(t, run)
	g.Change(func(x *fakes.GraphTenant) {
		x.Users[0].Enabled = false
		x.Groups[1].Members = append(x.Groups[1].Members, x.Users[1].ID) // protected from now on
		x.Users = slices.Delete(x.Users, 2, 3)
	})
	run.Cursor, run.Now = first.Cursor, now.Add(time.Hour)
	second := profiletest.Collect(t, run)
	_, deleted := second.Records[record.Account][account(t, tenant.Users[2])]
	_, protected := second.Records[record.Account][account(t, tenant.Users[1])]
	if !second.Header.Full || deleted || protected || second.Get(record.Account, account(t, tenant.Users[0]), "enabled").I != 0 {
		t.Errorf("header %+v, deleted %v, protected %v", second.Header, deleted, protected)
	}
	if !slices.Contains(second.Purged[record.Account], account(t, tenant.Users[1])) {
		t.Error("the history of the one who became protected stays")
	}
}
