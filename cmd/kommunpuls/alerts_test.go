package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func TestTheAlertsOfAMunicipalityAreWrittenAndAccepted(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "kommunpuls.yaml")
	text := `municipality: Storby
public_url: https://kommunpuls.storby.test
pseudonym_key: ${file:key}
alerts:
  disruption: {many: {sites: 3}}
  rules: {KommunpulsRefusedRows: {off: true}}
  receivers: {jour: {mail: [jour@storby.test], webhook: "https://larm.storby.test/in"}}
`
	for name, content := range map[string]string{config: text, filepath.Join(dir, "key"): strings.Repeat("k", 64)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "ut")
	for _, said := range []string{"skriven", "oförändrad"} {
		code, told, errOut := kommunpuls(t, "-c", config, "alerts", "render", "--dir", out)
		if code != exitOK || strings.Count(told, ": "+said+"\n") != 5 {
			t.Fatalf("%d %s%s", code, told, errOut)
		}
	}
	for _, c := range [][]string{
		{"promtool", "check", "rules", "--lint=all", "--lint-fatal", filepath.Join(out, "prometheus", "kommunpuls.rules.yaml")},
		{"amtool", "check-config", filepath.Join(out, "alertmanager", "alertmanager.yaml")},
	} {
		if told, err := exec.Command(testneed.Program(t, c[0]), c[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", c[0], err, told)
		}
	}
	for name, wants := range map[string][]string{
		"prometheus/kommunpuls.rules.yaml":                            {">= 3", "https://kommunpuls.storby.test/storningar"},
		"alertmanager/alertmanager.yaml":                              {"to: jour@storby.test", "url: https://larm.storby.test/in", "to: drift@exempel.test"},
		"grafana/provisioning/alerting/kommunpuls-contactpoints.yaml": {"addresses: jour@storby.test", "url: https://larm.storby.test/in"},
	} {
		b, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(b), want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		if strings.Contains(string(b), alert.RefusedRows) {
			t.Errorf("%s tells of refused rows, which are switched off", name)
		}
	}
	code, told, _ := kommunpuls(t, "-c", config, "alerts", "list")
	if code != exitOK || !strings.Contains(told, "KommunpulsSiteDisruption (raddningstjanst)           väcker jouren  drift\n") || strings.Contains(told, alert.RefusedRows) {
		t.Errorf("%d\n%s", code, told)
	}
}

// What the page shows is a configuration that holds.
func TestTheSettingsOnThePageOfAlertsHold(t *testing.T) {
	page, err := os.ReadFile("../../docs/larm.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), "```yaml\n")
	text, _, closed := strings.Cut(text, "```")
	if !ok || !closed {
		t.Fatal("no settings on the page")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "kommunpuls.yaml")
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 64))
	put(t, config, "municipality: Storby\npseudonym_key: ${file:key}\n"+text)
	code, told, errOut := kommunpuls(t, "-c", config, "alerts", "list")
	if code != exitOK {
		t.Fatalf("%d %s", code, errOut)
	}
	for _, want := range []string{"KommunpulsSiteDisruption (hog)                       väcker jouren  drift\n", "KommunpulsQueueGrowing (Växeln, storning)", "KommunpulsDaemonDown                                 väcker jouren  drift\n"} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q in\n%s", want, told)
		}
	}
}
