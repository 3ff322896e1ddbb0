package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
)

func TestInitReadsATicketSystemByItsProfile(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	var incidents []fakes.TOPdeskIncident
	for i := range 20 {
		opened := now.AddDate(0, 0, -10-i)
		incidents = append(incidents, fakes.TOPdeskIncident{
			ID: "00000000-0000-4000-8000-0000000000" + string(rune('a'+i/10)) + string(rune('0'+i%10)), Number: "I 2610 " + string(rune('A'+i)),
			CallType: "Incident", Created: opened, Modified: opened.Add(2 * time.Hour), Completed: opened.Add(time.Hour), Closed: opened.Add(2 * time.Hour),
		})
	}
	top := fakes.NewTOPdesk("kommunpuls", "hemligt-ord", incidents...)
	t.Cleanup(top.Close)
	dir := t.TempDir()
	args := []string{"init", "--http", "topdesk", "--dir", dir, "--kommun", "Provkommun", "--svar", "url=" + top.URL, "--svar", "user=kommunpuls"}

	code, out, errOut := kommunpuls(t, args...)
	if code != exitUsage || !strings.Contains(out, "application_password") || strings.Contains(out, "--svar url=") {
		t.Fatalf("what is left to answer: exit %d\n%s\n%s", code, out, errOut)
	}
	code, _, errOut = kommunpuls(t, append(args, "--svar", "application_password=hemligt-ord")...)
	if code != exitUsage || !strings.Contains(errOut, "skriv inte hemligheten här") || strings.Contains(errOut, "hemligt-ord") {
		t.Errorf("a secret in clear: exit %d: %s", code, errOut)
	}
	code, _, errOut = kommunpuls(t, append(args, "--yes")...)
	if code != exitUsage || !strings.Contains(errOut, "lägg hemligheten där") {
		t.Errorf("a secret that is not there: exit %d: %s", code, errOut)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Fatalf("something was written before every question had its answer: %v", entries)
	}

	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "data", "topdesk.application_password"), "hemligt-ord\n")
	code, out, errOut = kommunpuls(t, append(args, "--yes")...)
	if code != exitOK {
		t.Fatalf("exit %d\n%s\n%s", code, out, errOut)
	}
	for _, want := range []string{"TOPdesk:", "Systemet läggs till som källan topdesk", "topdesk: 20 rader lästa", "20 av 20"} {
		if !strings.Contains(out, want) {
			t.Errorf("init does not say %q:\n%s", want, out)
		}
	}
	for _, name := range []string{"kommunpuls.yaml", "kommunpuls-svar.yaml", "report.html"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || strings.Contains(string(b), "hemligt-ord") {
			t.Errorf("%s: %v, or it holds the secret", name, err)
		}
	}
	if code, _, errOut := kommunpuls(t, "init", "--http", "topdeks", "--dir", dir); code != exitUsage || !strings.Contains(errOut, "topdesk") {
		t.Errorf("a profile that there is not: exit %d: %s", code, errOut)
	}
}
