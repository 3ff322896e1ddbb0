//go:build unix

package zabbix_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed/kept"
	http "github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/servertest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// What comes out of a real Zabbix is what its database says, counted by itself.
func TestZabbix(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	z := servertest.StartZabbix(t)
	z.Problems(3000, now.Unix())
	settings := map[string]any{
		"profile": "zabbix", "url": z.URL, "user": z.User, "password": z.Password, "org_units": map[string]any{"Skolor": "Utbildningsförvaltningen"},
	}
	k := kept.Open(t)
	if c := k.Collect(http.Source{}, "zabbix", settings, now); !c.Header.Full || c.Refused != 0 || len(c.Warnings) != 0 {
		t.Errorf("%+v", c)
	}
	same(t, z, k, now)
	if f := k.Figure("network_disruption_time", now); f.Value == nil || *f.Value <= 0 {
		t.Errorf("network_disruption_time is %+v", f)
	}

	open := z.DB.Count("SELECT max(e.eventid) FROM events e LEFT JOIN event_recovery r USING (eventid) WHERE e.value = 1 AND e.objectid = 900 AND e.severity >= 4 AND r.eventid IS NULL")
	z.End(open, now.Unix()+60)
	later := now.Add(time.Hour)
	if c := k.Collect(http.Source{}, "zabbix", settings, later); c.Updated != 1 || c.Inserted != 0 || c.Vanished != 0 {
		t.Errorf("one ended: %+v", c.Counts)
	}
	same(t, z, k, later)

	settings["password"] = "fel-losenord"
	if _, err := k.TryCollect(http.Source{}, "zabbix", settings, later); !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "fel-losenord") {
		t.Errorf("wrong password: %v", err)
	} else {
		t.Log(err)
	}
	delete(settings, "password")
	delete(settings, "user")
	settings["token"] = strings.Repeat("0", 64)
	if _, err := k.TryCollect(http.Source{}, "zabbix", settings, later); !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "0000") {
		t.Errorf("wrong token: %v", err)
	} else {
		t.Log(err)
	}
	same(t, z, k, later)
}

// same holds what is kept against Zabbix' database.
func same(t *testing.T, z *servertest.Zabbix, k *kept.Kept, at time.Time) {
	t.Helper()
	const theirs = " FROM events e LEFT JOIN event_recovery r USING (eventid) LEFT JOIN events u ON u.eventid = r.r_eventid WHERE e.value = 1 AND e.objectid = 900 AND e.severity >= 4"
	for _, c := range []struct{ ours, theirs string }{
		{"count(*) FROM observation WHERE kind = 'outage' AND subject = 'nav-skolan' AND users = 120", "count(*)" + theirs},
		{"count(*) FROM observation WHERE ended_at IS NULL", "count(*)" + theirs + " AND r.eventid IS NULL"},
		{"sum(started_at) FROM observation", "sum(e.clock::bigint)" + theirs},
		{"sum(ended_at) FROM observation", "sum(u.clock::bigint)" + theirs},
	} {
		if ours, theirs := k.Count(at, "SELECT "+c.ours), z.DB.Count("SELECT "+c.theirs); ours != theirs || theirs == 0 {
			t.Errorf("%s: %d, and Zabbix' database has %d", c.ours, ours, theirs)
		}
	}
}
