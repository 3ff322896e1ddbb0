package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
)

// registryRow is a row of the spreadsheet, as the test thinks of it.
type registryRow struct {
	name, owner, login              string
	k, r, t                         string
	classified, restored, continued string
}

const firstScreenConfig = `municipality: Provkommun
pseudonym_key: ${file:key}
decisions: [beslut.yaml]
sources:
  - name: entra
    type: http
    settings:
      profile: graph
      graph_url: %[1]s
      login_url: %[1]s
      tenant: %[2]s
      client_id: %[3]s
      client_secret: ${file:graph.secret}
      protected_groups: [%[4]s]
      categories: {"extensionAttribute1=elev": pupil, "login=adm-*": admin, "userPrincipalName=svc-*": service, "employeeType=Funktion": shared}
      default_category: employee
  - name: easit
    type: http
    settings: {profile: easit, url: %[5]s, api_key: "${file:easit.key}", view: kommunpuls}
  - name: systemlista
    type: table
    settings:
      file: Systemlista.csv
      record: system
      constants: {kind: verksamhetssystem, lifecycle: in_use}
      columns:
        name: System
        "role:owner": Systemägare
        sso_mode: Inloggning
        class_c: K
        class_i: R
        class_a: T
        classified_at: Klassad
        restore_tested_at: Återställning prövad
        continuity_plan_at: Kontinuitetsplan
  - name: revision
    type: table
    settings:
      file: Revision.csv
      record: control
      constants: {kind: audit_recommendation}
      columns: {name: Rekommendation, issued_at: Lämnad, closed_at: Åtgärdad}
`

const firstScreenDecisions = `rules:
  classification_max_age: 12m
waivers:
  - kpi: restore_test_currency
    decision: "KS 2026/145, § 62"
    by: kommunstyrelsen
    reason: Ny säkerhetskopiering upphandlas.
    instead: Återställning prövas för hand.
    from: %s
`

// TestEntraATicketSystemAndASpreadsheetFillTheFirstScreen collects from the
// three that an IT unit has, and holds each figure of the first screen against
// a count of the rows that the fakes and the files were made of.
func TestEntraATicketSystemAndASpreadsheetFillTheFirstScreen(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	dir := t.TempDir()
	tenant, tickets, registry := fakes.SeedGraph(now), fakes.SeedEasit(now), seedRegistry(now)
	view, err := fakes.View("kommunpuls", tickets)
	if err != nil {
		t.Fatal(err)
	}
	graph, easit := fakes.NewGraph(fakes.SeedGraph(now), fakes.GraphOptions{PageSize: 40}), fakes.NewEasit("easit-key-1", view)
	t.Cleanup(graph.Close)
	t.Cleanup(easit.Close)

	audit := []string{"Rekommendation,Lämnad,Åtgärdad"}
	for i := range 12 {
		closed := ""
		if i%3 == 0 {
			closed = daysAgo(now, 40+i)
		}
		audit = append(audit, fmt.Sprintf("Rekommendation %d,%s,%s", i, daysAgo(now, 300+i), closed))
	}
	rows := []string{"System,Systemägare,Inloggning,K,R,T,Klassad,Återställning prövad,Kontinuitetsplan"}
	for _, r := range registry {
		rows = append(rows, strings.Join([]string{r.name, r.owner, r.login, r.k, r.r, r.t, r.classified, r.restored, r.continued}, ","))
	}
	for name, text := range map[string]string{
		"Systemlista.csv": strings.Join(rows, "\n"), "Revision.csv": strings.Join(audit, "\n"), "key": strings.Repeat("k", 40),
		"graph.secret": fakes.GraphClientSecret, "easit.key": "easit-key-1", "beslut.yaml": fmt.Sprintf(firstScreenDecisions, daysAgo(now, 30)),
		"kommunpuls.yaml": fmt.Sprintf(firstScreenConfig, graph.URL, tenant.ID, tenant.ClientID, fakes.GraphProtectedGroup, easit.URL),
	} {
		put(t, filepath.Join(dir, name), text)
	}
	config := filepath.Join(dir, "kommunpuls.yaml")
	if code, out, errOut := kommunpuls(t, "-c", config, "collect"); code != exitOK {
		t.Fatalf("collect: exit %d\n%s\n%s", code, out, errOut)
	}
	if faults := append(graph.Faults(), easit.Faults()...); len(faults) > 0 {
		t.Errorf("asked wrongly: %v", faults)
	}
	by := figures(t, config)
	want := map[string][2]float64{"audit_recommendation_closure": {4, 12}, "accepted_risk_count": {1, -1}}
	countRegistry(want, registry, tenant, now)
	countTickets(want, tickets, now)
	countAccounts(want, tenant, now)
	countGap(want, registry, tickets, tenant)
	for id, w := range want {
		f, ok := by[id]
		if !ok || f.Value == nil || f.Numerator == nil {
			t.Errorf("%s: no figure: %s %+v", id, f.Outcome, f.Reason)
			continue
		}
		if *f.Numerator != w[0] || w[1] >= 0 && (f.Denominator == nil || *f.Denominator != w[1]) {
			t.Errorf("%s: %v of %v, want %v of %v", id, *f.Numerator, deref(f.Denominator), w[0], w[1])
		}
	}
	waitTime(t, by["service_desk_wait_time"], tickets)
	if f := by["content_age"]; f.Value == nil {
		t.Errorf("content_age: %s %+v", f.Outcome, f.Reason)
	}
	// Nothing measures the network here, and that is said.
	if f, ok := by["network_disruption_time"]; ok && (f.Value != nil || f.Outcome != finding.NoData || f.Reason == nil) {
		t.Errorf("network_disruption_time: %s %v %+v", f.Outcome, deref(f.Value), f.Reason)
	}
}

func daysAgo(now time.Time, n int) string { return now.AddDate(0, 0, -n).Format(time.DateOnly) }

// seedRegistry is 32 systems whose owners are people of the tenant, gone from
// it, protected in it, titles or nobody.
func seedRegistry(now time.Time) []registryRow {
	given := []string{"Alva", "Birger", "Cilla", "Disa", "Egil", "Frida", "Gösta", "Hedda", "Ivar", "Jorun"}
	names := []string{"Ekonomisystemet", "Skolplattformen", "Lärportalen", "Gamla intranätet", "Tidrapporten"}
	var out []registryRow
	for i := range 32 {
		r := registryRow{name: fmt.Sprintf("System %02d", i), owner: given[i%10] + " " + []string{"Almkvist", "Bäckmo"}[i/10%2]}
		switch {
		case i < len(names):
			r.name = names[i] // how people sign in stands only in Entra
		case i%4 == 1:
			r.login = "SSO"
		case i%4 == 2:
			r.login = "Eget lösenord"
		}
		switch i {
		case 20, 21:
			r.owner = "Förvaltningschef"
		case 22, 23, 24:
			r.owner = "Vakant"
		case 25:
			r.owner = "Skyddad Hemlig0"
		case 26:
			r.owner = "Någon Annanstans"
		case 27, 28:
			r.owner = ""
		}
		if i%3 != 0 {
			r.k, r.r, r.t, r.classified = "2", "1", "3", daysAgo(now, 60*(1+i%12))
		}
		if i%5 == 0 {
			r.restored = daysAgo(now, 100+20*i)
		}
		if i%2 == 0 {
			r.continued = daysAgo(now, 200+30*i)
		}
		out = append(out, r)
	}
	return out
}

func countRegistry(want map[string][2]float64, registry []registryRow, tenant fakes.GraphTenant, now time.Time) {
	all := float64(len(registry))
	within := func(day string, months int) bool {
		return day != "" && day >= now.AddDate(0, -months, 0).Format(time.DateOnly)
	}
	apps := map[string]bool{}
	for _, a := range tenant.ServicePrincipals {
		apps[a.Name] = a.Enabled && (a.SSOMode == "saml" || a.SSOMode == "oidc" || a.SSOMode == "" && len(a.AssignedTo) > 0)
	}
	n := map[string]float64{}
	for _, r := range registry {
		add := func(id string, holds bool) {
			if holds {
				n[id]++
			}
		}
		add("system_owner_coverage", r.owner != "" && r.owner != "Vakant")
		add("owner_reconciliation", slices.ContainsFunc(tenant.Users, func(u fakes.GraphUser) bool {
			return u.DisplayName == r.owner && u.Enabled && u.GivenName != "Skyddad" && !strings.HasPrefix(u.SAMAccountName, "adm-")
		}))
		add("sso_coverage", r.login == "SSO" || apps[r.name])
		add("classification_coverage", r.k != "")
		add("classification_currency", within(r.classified, 12))
		add("restore_test_currency", within(r.restored, 12))
		add("continuity_plan_coverage", within(r.continued, 24))
	}
	for _, id := range []string{"system_owner_coverage", "owner_reconciliation", "sso_coverage", "classification_coverage", "restore_test_currency", "continuity_plan_coverage"} {
		want[id] = [2]float64{n[id], all}
	}
	want["classification_currency"] = [2]float64{n["classification_currency"], n["classification_coverage"]}
}

func countTickets(want map[string][2]float64, tickets []fakes.EasitTicket, now time.Time) {
	var queue, solved, incidents float64
	for _, k := range tickets {
		if k.Status == "Pågår" || k.Status == "Väntar på användare" {
			queue++
		}
		if k.Kind != "Incident" || k.Status == "Makulerad" || k.Closing == "Dubblett" || k.Channel == "Övervakning" || k.Opened.After(now.Add(-24*time.Hour)) {
			continue
		}
		incidents++
		if !k.Resolved.IsZero() && k.Resolved.Sub(k.Opened) <= 24*time.Hour {
			solved++
		}
	}
	want["service_desk_queue_length"] = [2]float64{queue, -1}
	want["ticket_resolution_24h"] = [2]float64{solved, incidents}
}

func countAccounts(want map[string][2]float64, tenant fakes.GraphTenant, now time.Time) {
	var strong, people, stale, never float64
	long := now.AddDate(0, 0, -180).Format(time.RFC3339)
	for _, u := range tenant.Users {
		pupil, protected := strings.HasPrefix(u.GivenName, "Elev"), u.GivenName == "Skyddad"
		machine := strings.HasPrefix(u.UPN, "svc-") || u.EmployeeType == "Funktion"
		if !u.Enabled || pupil || protected || machine {
			continue
		}
		people++
		if u.Registration.MFACapable {
			strong++
		}
		// The last success where one is known, else the last attempt, else
		// when the account was made.
		used := u.Created
		if u.SignIn != nil {
			if used = u.SignIn.Successful; used == "" {
				used = max(u.SignIn.Interactive, u.SignIn.NonInteractive)
			}
		}
		if used < long {
			stale++
		}
		// The synchronisation sets the mark on all that it brings.
		if u.ImmutableID == "" && strings.Contains(u.PasswordPolicies, "DisablePasswordExpiration") {
			never++
		}
	}
	want["mfa_coverage"] = [2]float64{strong, people}
	want["stale_account_share"] = [2]float64{stale, people}
	want["never_expiring_password_count"] = [2]float64{never, -1}
	// One by name, one and a closed account and an employee through a group.
	want["privileged_account_count"] = [2]float64{3, -1}
}

func countGap(want map[string][2]float64, registry []registryRow, tickets []fakes.EasitTicket, tenant fakes.GraphTenant) {
	missing := map[string]bool{}
	seen := func(name string) {
		if name != "" && !slices.ContainsFunc(registry, func(r registryRow) bool { return r.name == name }) {
			missing[name] = true
		}
	}
	for _, k := range tickets {
		seen(k.Service)
	}
	for _, a := range tenant.ServicePrincipals {
		if a.Enabled && len(a.Tags) > 0 {
			seen(a.Name)
		}
	}
	want["registry_population_gap"] = [2]float64{float64(len(missing)), -1}
}

// waitTime holds the median against one computed here: that of the tickets
// that a person made and answered.
func waitTime(t *testing.T, f finding.Finding, tickets []fakes.EasitTicket) {
	t.Helper()
	var waits []float64
	for _, k := range tickets {
		if k.Channel != "Övervakning" && !k.FirstResponse.IsZero() {
			waits = append(waits, k.FirstResponse.Sub(k.Opened).Seconds())
		}
	}
	slices.Sort(waits)
	n := len(waits)
	if f.Value == nil || *f.Value < waits[(n-1)/2] || *f.Value > waits[n/2] || math.IsNaN(*f.Value) {
		t.Errorf("service_desk_wait_time: %v, want between %v and %v", deref(f.Value), waits[(n-1)/2], waits[n/2])
	}
}
