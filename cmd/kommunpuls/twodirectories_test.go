package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
)

const twoDirectories = `
  - name: ad
    type: ldap
    settings:
      file: ad.ldif
      protected: none
      protected_none_reason: Exporten har bara vanliga konton.
      default_category: employee
`

// TestAnAccountInBothDirectoriesIsOneWithTheNewestOfBoth reads the accounts
// that Entra ID has from the own directory, from an export of that too.
func TestAnAccountInBothDirectoriesIsOneWithTheNewestOfBoth(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	dir := t.TempDir()
	tenant := fakes.SeedGraph(now)
	graph := fakes.NewGraph(fakes.SeedGraph(now), fakes.GraphOptions{})
	t.Cleanup(graph.Close)

	var ldif strings.Builder
	var people, strong, stale, never float64
	long := now.AddDate(0, 0, -180)
	for i, u := range tenant.Users {
		pupil, protected := strings.HasPrefix(u.GivenName, "Elev"), u.GivenName == "Skyddad"
		local := now.AddDate(0, 0, -200) // most sign in only to the cloud
		if i%4 == 0 {
			local = now.AddDate(0, 0, -10) // some only to the own directory
		}
		closes := i%8 == 0
		if u.SID != "" {
			ldif.WriteString(entry(t, u, local, closes))
		}
		if !u.Enabled || pupil || protected || strings.HasPrefix(u.UPN, "svc-") || u.EmployeeType == "Funktion" {
			continue
		}
		people++
		if u.Registration.MFACapable {
			strong++
		}
		used := time.Time{}
		if s := u.SignIn; s != nil {
			at := s.Successful
			if at == "" {
				at = max(s.Interactive, s.NonInteractive)
			}
			v, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			used = v
		}
		if u.SID != "" && local.After(used) {
			used = local
		}
		if used.IsZero() { // never: counted from when it was made, long ago
			used = now.AddDate(-1, 0, 0)
		}
		if used.Before(long) {
			stale++
		}
		if u.SID != "" && closes || u.SID == "" && strings.Contains(u.PasswordPolicies, "DisablePasswordExpiration") {
			never++
		}
	}
	registry := "System,Systemägare\nEtt,Alva Almkvist\nTvå,Cilla Almkvist\nTre,Birger Almkvist\n" // the first two stand in both
	for name, text := range map[string]string{
		"ad.ldif": ldif.String(), "Systemlista.csv": registry, "beslut.yaml": "rules: {}\n",
		"key": strings.Repeat("k", 40), "graph.secret": fakes.GraphClientSecret,
	} {
		put(t, filepath.Join(dir, name), text)
	}
	text := fmt.Sprintf(firstScreenConfig, graph.URL, tenant.ID, tenant.ClientID, fakes.GraphProtectedGroup, "")
	before, _, _ := strings.Cut(text, "  - name: easit\n")
	config := filepath.Join(dir, "kommunpuls.yaml")
	put(t, config, before+strings.TrimPrefix(twoDirectories, "\n")+`  - name: systemlista
    type: table
    settings:
      file: Systemlista.csv
      record: system
      constants: {kind: verksamhetssystem, lifecycle: in_use}
      columns: {name: System, "role:owner": Systemägare}
`)
	if code, out, errOut := kommunpuls(t, "-c", config, "collect"); code != exitOK {
		t.Fatalf("collect: exit %d\n%s\n%s", code, out, errOut)
	}
	by := figures(t, config)
	for id, w := range map[string][2]float64{
		"mfa_coverage": {strong, people}, "stale_account_share": {stale, people},
		"never_expiring_password_count": {never, -1}, "owner_reconciliation": {3, 3},
	} {
		f := by[id]
		if f.Value == nil || *f.Numerator != w[0] || w[1] >= 0 && *f.Denominator != w[1] {
			t.Errorf("%s: %v of %v, want %v (%s %+v)", id, deref(f.Numerator), deref(f.Denominator), w, f.Outcome, f.Reason)
		}
	}
}

// entry is an account as ldifde writes it.
func entry(t *testing.T, u fakes.GraphUser, signedIn time.Time, neverExpires bool) string {
	t.Helper()
	control := 0x200
	if !u.Enabled {
		control |= 0x2
	}
	if neverExpires {
		control |= 0x10000
	}
	const since1601 = 11644473600
	var b strings.Builder
	attr := func(name string, value []byte) {
		fmt.Fprintf(&b, "%s:: %s\n", name, base64.StdEncoding.EncodeToString(value))
	}
	attr("dn", []byte("CN="+u.DisplayName+",OU=Personal,DC=kommun,DC=example"))
	b.WriteString("objectClass: top\nobjectClass: person\nobjectClass: user\n")
	guid, err := base64.StdEncoding.DecodeString(u.ImmutableID)
	if err != nil {
		t.Fatal(err)
	}
	attr("objectGUID", guid)
	attr("objectSid", binarySID(t, u.SID))
	for name, v := range map[string]string{
		"sAMAccountName": u.SAMAccountName, "userPrincipalName": u.UPN, "displayName": u.DisplayName, "userAccountControl": strconv.Itoa(control),
		"lastLogonTimestamp": strconv.FormatInt((signedIn.Unix()+since1601)*1e7, 10), "whenCreated": "20240101000000.0Z",
	} {
		attr(name, []byte(v))
	}
	return b.String() + "\n"
}

// binarySID is a SID as a directory keeps it.
func binarySID(t *testing.T, text string) []byte {
	t.Helper()
	parts := strings.Split(text, "-")[3:]
	out := []byte{1, byte(len(parts)), 0, 0, 0, 0, 0, 5}
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	return out
}
