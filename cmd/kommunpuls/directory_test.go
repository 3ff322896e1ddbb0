//go:build !windows

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
)

// What the figures are held against: counts that OpenLDAP's own client makes.
type asker struct {
	t *testing.T
	s *ldaptest.Server
}

func (a asker) logins(filter string) []string {
	a.t.Helper()
	out := a.s.Tool(a.t, []string{"LDAPTLS_CACERT=" + a.s.CAFile}, testneed.Program(a.t, "ldapsearch"), "-LLL", "-o", "ldif-wrap=no",
		"-H", a.s.URL, "-x", "-D", a.s.BindDN, "-w", a.s.Password, "-b", "OU=Personal,"+a.s.BaseDN, "-E", "pr=500/noprompt",
		"(&(objectCategory=person)(objectClass=user)"+filter+")", "sAMAccountName")
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^sAMAccountName: (.+)$`).FindAllSubmatch(out, -1) {
		names = append(names, string(m[1]))
	}
	return names
}

const (
	inChain    = ":1.2.840.113556.1.4.1941:="
	flag       = "userAccountControl:1.2.840.113556.1.4.803:="
	neverEnds  = "(|(!(accountExpires=*))(accountExpires=0)(accountExpires=9223372036854775807))"
	adSettings = `
  - name: ad
    type: ldap
    settings:
      url: %[1]s
      ca_file: %[2]s
      bases: ["OU=Personal,%[3]s", "OU=Elever,%[3]s"]
      bind: {user: %[4]q, password: "${file:ad.password}"}
      protected: {groups: ["CN=Skyddade uppgifter,OU=Grupper,%[3]s"]}
      categories:
        - {category: pupil, ous: ["OU=Elever,%[3]s"]}
        - {category: admin, attributes: [{name: sAMAccountName, values: ["adm-*"]}]}
      default_category: employee
      org_unit: {from: ou, level: 2}
`
)

func TestARealDirectoryAndSpreadsheetsGiveTheFiguresOfAnIndependentCount(t *testing.T) {
	s := ldaptest.StartSamba(t, 2000)
	ask := asker{t, s}
	open := "(!(memberOf" + inChain + "CN=Skyddade uppgifter,OU=Grupper," + s.BaseDN + "))"
	enabled := ask.logins(open + "(!(" + flag + "2))(!(sAMAccountName=adm-*))" + neverEnds)
	disabled := ask.logins(open + "(" + flag + "2)(!(sAMAccountName=adm-*))")
	protected := s.Truth.Protected
	if len(enabled) < 30 || len(disabled) < 10 || len(protected) < 3 {
		t.Fatalf("too few to test with: %d enabled, %d disabled, %d protected", len(enabled), len(disabled), len(protected))
	}
	dir := t.TempDir()
	owners := append([]string{}, enabled[:30]...)
	owners = append(owners, disabled[:10]...)
	owners = append(owners, protected[0], protected[1], "Skolchef", "Förvaltningschef", "IT-chef", "Enhetschef", "Rektor")
	for len(owners) < 60 {
		owners = append(owners, []string{"", "Vakant", "?"}[len(owners)%3])
	}
	registry := []string{"Systemnamn,Förvaltning,Systemägare"}
	for i, o := range owners {
		registry = append(registry, fmt.Sprintf("System %02d,Socialförvaltningen,%s", i, o))
	}
	put(t, filepath.Join(dir, "Systemlista.csv"), strings.Join(registry, "\n"))
	libreOffice(t, dir, "Systemlista.csv")
	put(t, filepath.Join(dir, "arenden.csv"), tickets(time.Now()))
	put(t, filepath.Join(dir, "ad.password"), s.Password)
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 40))
	config := filepath.Join(dir, "kommunpuls.yaml")
	put(t, config, "municipality: Provkommun\npseudonym_key: ${file:key}\nsources:"+fmt.Sprintf(adSettings, s.URL, s.CAFile, s.BaseDN, s.BindDN)+spreadsheets)

	code, out, errOut := kommunpuls(t, "-c", config, "collect")
	if code != exitOK {
		t.Fatalf("collect: exit %d\n%s\n%s", code, out, errOut)
	}
	by := figures(t, config)
	never := len(ask.logins(open + "(" + flag + "65536)(!(" + flag + "2))"))
	for id, want := range map[string][2]float64{
		"system_owner_coverage":         {47, 60},
		"owner_reconciliation":          {30, 60},
		"ticket_resolution_24h":         {710, 1000},
		"never_expiring_password_count": {float64(never), 0},
	} {
		f := by[id]
		if f.Value == nil || f.Numerator == nil {
			t.Errorf("%s: %s %+v", id, f.Outcome, f.Reason)
			continue
		}
		if *f.Numerator != want[0] || want[1] > 0 && *f.Denominator != want[1] {
			t.Errorf("%s: %v of %v, want %v", id, *f.Numerator, deref(f.Denominator), want)
			for _, c := range f.Breakdown {
				t.Logf("%s %q: %v of %v", c.Dimension, c.Key, deref(c.Numerator), deref(c.Denominator))
			}
		}
	}
	protectedIsNowhere(t, config, dir, protected[2])
	wrongPasswordKeepsTheFigures(t, config, dir)
	initFromDirectory(t, s)
}

// protectedIsNowhere looks for a protected person, clear and as a pseudonym,
// in every file that the daemon wrote and in what it says.
func protectedIsNowhere(t *testing.T, config, dir, login string) {
	code, ref, errOut := kommunpuls(t, "-c", config, "pseudonym", login)
	if code != exitOK {
		t.Fatal(errOut)
	}
	_, said, _ := kommunpuls(t, "-c", config, "explain", "owner_reconciliation", "--format", "json", "--limit", "0")
	haystacks := map[string][]byte{"explain": []byte(said)}
	for _, f := range []string{"kommunpuls.db", "kommunpuls.db-wal"} {
		if b, err := os.ReadFile(filepath.Join(dir, "data", f)); err == nil {
			haystacks[f] = b
		}
	}
	if len(haystacks["kommunpuls.db"]) == 0 {
		t.Fatal("there is no store to look in")
	}
	for where, b := range haystacks {
		for _, needle := range []string{login, strings.TrimSpace(ref)} {
			if bytes.Contains(b, []byte(needle)) {
				t.Errorf("a protected person stands in %s", where)
			}
		}
	}
}

// wrongPasswordKeepsTheFigures: a source that cannot be reached exits 3, says
// why, and changes nothing.
func wrongPasswordKeepsTheFigures(t *testing.T, config, dir string) {
	before := figures(t, config)["owner_reconciliation"]
	put(t, filepath.Join(dir, "ad.password"), "fel")
	code, _, errOut := kommunpuls(t, "-c", config, "collect", "ad", "--full")
	if code != exitReached || !strings.Contains(errOut, "lösenord") {
		t.Errorf("exit %d: %s", code, errOut)
	}
	after := figures(t, config)["owner_reconciliation"]
	if after.Value == nil || *after.Value != *before.Value || *after.Denominator != *before.Denominator {
		t.Errorf("before %v, after %v", before, after)
	}
}

const spreadsheets = `
  - name: systemlista
    type: table
    settings:
      file: Systemlista.xlsx
      record: system
      constants: {kind: verksamhetssystem, lifecycle: in_use}
      columns: {name: Systemnamn, org_unit: Förvaltning, "role:owner": Systemägare}
  - name: arenden
    type: table
    settings:
      file: arenden.csv
      record: ticket
      columns: {ticket_no: Nr, opened_at: Skapad, resolved_at: Löst}
      constants: {kind: incident}
`

// tickets are 1,000 incidents, 710 of them solved within a day, ten of these
// after exactly 24 hours.
func tickets(now time.Time) string {
	rows := []string{"Nr,Skapad,Löst"}
	for i := range 1000 {
		at := now.AddDate(0, 0, -2-i%300).UTC().Truncate(time.Second)
		took := time.Duration(i%23+1) * time.Hour
		switch {
		case i >= 710:
			took = 24*time.Hour + time.Second
		case i < 10:
			took = 24 * time.Hour
		}
		rows = append(rows, fmt.Sprintf("T%04d,%s,%s", i, at.Format(time.RFC3339), at.Add(took).Format(time.RFC3339)))
	}
	return strings.Join(rows, "\n")
}

// libreOffice turns a CSV into the XLSX beside it.
func libreOffice(t *testing.T, dir, name string) {
	t.Helper()
	cmd := exec.Command(testneed.Program(t, "soffice"), "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--infilter=CSV:44,34,76,1", "--convert-to", "xlsx", "--outdir", dir, filepath.Join(dir, name))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
}
