//go:build unix

package icinga2_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed/kept"
	http "github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/servertest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// A service of a real Icinga 2 goes down and up while it is collected from, and
// becomes a disruption that goes on and then one that has ended.
func TestIcinga2(t *testing.T) {
	i := servertest.StartIcinga(t)
	settings := map[string]any{
		"profile": "icinga2", "url": i.URL, "user": i.User, "password": i.Password, "ca_file": i.CAFile,
		"org_units": map[string]any{"skolor": "Utbildningsförvaltningen"},
	}
	k := kept.Open(t)
	count := func(where string) int64 {
		t.Helper()
		return k.Count(time.Now(), "SELECT count(*) FROM observation WHERE "+where)
	}
	collect := func() kept.Collection {
		t.Helper()
		return k.Collect(http.Source{}, "icinga", settings, time.Now())
	}
	i.State("nav-skolan!stangd", 2)
	i.State("nav-skolan!dorr", 0)
	i.State("nav-skolan!disk", 2)
	if c := collect(); !c.Header.Full || c.Refused != 0 || c.WarningCounts["not_network"] != 1 {
		t.Errorf("%+v", c)
	}
	for where, want := range map[string]int64{
		"kind = 'outage'": 2,
		"kind = 'outage' AND subject = 'nav-borta' AND ended_at IS NULL AND metric = 'icmp' AND users IS NULL":                                                    1,
		"kind = 'outage' AND subject = 'nav-skolan!stangd' AND ended_at IS NULL AND metric = 'tcp' AND users = 120 AND coalesce(site, site_raw) = 'Norra skolan'": 1,
		"subject = 'nav-skolan!disk'": 0,
		"subject = 'nav-skolan!stangd' AND coalesce(planned, 0) = 0 AND coalesce(secondary, 0) = 0 AND opening = 'always' AND started_at > 0": 1,
	} {
		if n := count(where); n != want {
			t.Errorf("%s: %d, want %d", where, n, want)
		}
	}

	i.Close()
	down := i.State("nav-skolan!dorr", 2)
	collect()
	if n := count(fmt.Sprintf("kind = 'outage' AND subject = 'nav-skolan!dorr' AND ended_at IS NULL AND started_at = %d", down)); n != 1 {
		t.Errorf("down since %d: %d open disruptions of %d", down, n, count("subject = 'nav-skolan!dorr'"))
	}
	f := k.Figure("network_disruption_time", time.Now().Add(24*time.Hour))
	if f.Value == nil || *f.Value <= 0 {
		t.Errorf("network_disruption_time a day later is %+v", f)
	}

	i.Open()
	up := i.State("nav-skolan!dorr", 0)
	for range 2 { // the second tells nothing new
		collect()
		if n := count(fmt.Sprintf("kind = 'outage' AND subject = 'nav-skolan!dorr' AND started_at = %d AND ended_at = %d", down, up)); n != 1 || count("kind = 'outage' AND subject = 'nav-skolan!dorr'") != 1 {
			t.Errorf("down from %d to %d: %d", down, up, n)
		}
	}

	// It goes down anew: what was before stays.
	i.Close()
	again := i.State("nav-skolan!dorr", 2)
	collect()
	if n := count(fmt.Sprintf("kind = 'outage' AND subject = 'nav-skolan!dorr' AND (started_at = %d AND ended_at = %d OR started_at = %d AND ended_at IS NULL)", down, up, again)); n != 2 {
		t.Errorf("down again: %d disruptions", n)
	}

	wrong := map[string]any{}
	for name, v := range settings {
		wrong[name] = v
	}
	wrong["password"] = "fel-losenord"
	if _, err := k.TryCollect(http.Source{}, "icinga", wrong, time.Now()); !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "noder, sida 1") || strings.Contains(err.Error(), "fel-losenord") {
		t.Errorf("wrong password: %v", err)
	}
	delete(settings, "ca_file")
	if _, err := k.TryCollect(http.Source{}, "icinga", settings, time.Now()); !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "certifikat") {
		t.Errorf("an unknown CA: %v", err)
	}
}
