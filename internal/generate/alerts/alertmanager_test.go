package alerts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func amtool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(testneed.Program(t, "amtool"), args...)
	var told strings.Builder
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("amtool %s: %v\n%s%s", strings.Join(args, " "), err, out, told.String())
	}
	return strings.TrimSpace(string(out))
}

func TestAlertmanagerDrift(t *testing.T) {
	got, err := Alertmanager(alert.Defaults(), Example())
	if err != nil {
		t.Fatal(err)
	}
	drift(t, "alertmanager/alertmanager.yaml", got)
	amtool(t, "check-config", deploy+"/alertmanager/alertmanager.yaml")
}

// Who is told is asked of Alertmanager's own routing.
func TestEachAlertReachesThoseItConcerns(t *testing.T) {
	c := Example()
	c.Of[alert.Operations] = Contact{Webhook: "http://127.0.0.1:9/larm"}
	got, err := Alertmanager(alert.Defaults(), c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "alertmanager.yaml")
	if err := os.WriteFile(path, got, 0o600); err != nil {
		t.Fatal(err)
	}
	rules := alert.Rules(alert.Defaults())
	for _, r := range rules {
		t.Run(r.ID(), func(t *testing.T) {
			args := []string{"config", "routes", "test", "--config.file=" + path, "alertname=" + r.Name, "severity=" + string(r.Severity), "owner=" + r.Owner}
			if r.Incident != "" {
				args = append(args, "incident="+r.Incident)
			}
			want := r.Owner
			switch {
			case r.Severity == alert.Mail:
				want = alert.Chief
			case r.Incident == alert.NetworkIncident:
				want = alert.Operations
			}
			if r.Severity == alert.Page {
				want = alert.OnCall + "," + want
			}
			if to := amtool(t, args...); to != want {
				t.Errorf("reaches %s, want %s", to, want)
			}
			if alert.Letter(r.Name) && strings.Contains(want, alert.OnCall) {
				t.Error("the monthly letter wakes somebody")
			}
		})
	}
}
