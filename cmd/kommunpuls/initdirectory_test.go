//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
)

// initFromDirectory: init looks around in a real directory, asks for the
// protected group, and the configuration it writes gives figures.
func initFromDirectory(t *testing.T, s *ldaptest.Server) {
	dir := t.TempDir()
	password := filepath.Join(dir, "ad.password")
	put(t, password, s.Password+"\n")
	args := []string{"init", "--ad", s.URL, "--konto", s.BindDN, "--losenord-fil", password, "--ca-fil", s.CAFile, "--dir", dir, "--kommun", "Provkommun"}

	code, out, errOut := kommunpuls(t, args...)
	if code != exitUsage || !strings.Contains(out, "har skyddade personuppgifter?") || !strings.Contains(out, "CN=Skyddade uppgifter") {
		t.Fatalf("without an answer: exit %d\n%s\n%s", code, out, errOut)
	}
	if _, err := os.Stat(filepath.Join(dir, "kommunpuls.yaml")); err == nil {
		t.Fatal("a configuration was written before the protected group was known")
	}
	if code, out, errOut = kommunpuls(t, append(args, "--svar", "protected=Ingen sådan grupp", "--yes")...); code == exitOK && strings.Contains(out, "mått har en siffra") && !strings.Contains(out, "finns inte i katalogen") {
		t.Errorf("a group that does not exist was accepted:\n%s\n%s", out, errOut)
	}
	if err := os.Remove(filepath.Join(dir, "kommunpuls.yaml")); err != nil {
		t.Fatal(err)
	}
	code, out, errOut = kommunpuls(t, append(args, "--svar", "protected=CN=Skyddade uppgifter,OU=Grupper,"+s.BaseDN, "--yes")...)
	if code != exitOK {
		t.Fatalf("exit %d\n%s\n%s", code, out, errOut)
	}
	for _, want := range []string{"Active Directory på " + s.URL, "konton syns", "senaste inloggning", "Konton per enhet:", "Personal", "Systemet läggs till som källan katalog", "mått har en siffra nu"} {
		if !strings.Contains(out, want) {
			t.Errorf("init does not say %q:\n%s", want, out)
		}
	}
	config, err := os.ReadFile(filepath.Join(dir, "kommunpuls.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(config), s.Password) || !strings.Contains(string(config), "${file:ad.password}") {
		t.Errorf("the password belongs in its file:\n%s", config)
	}
	by := figures(t, filepath.Join(dir, "kommunpuls.yaml"))
	for _, id := range []string{"stale_account_share", "never_expiring_password_count", "privileged_account_count"} {
		if f := by[id]; f.Value == nil {
			t.Errorf("%s: %s %+v", id, f.Outcome, f.Reason)
		}
	}
	put(t, password, "fel")
	if code, _, errOut := kommunpuls(t, args...); code != exitReached || !strings.Contains(errOut, "lösenord") {
		t.Errorf("wrong password: exit %d: %s", code, errOut)
	}
}
