//go:build unix

package rt_test

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

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// fifty is how many tickets there are; 300 of them are in a queue of their own.
const fifty = 50_000

// What comes out of a real Request Tracker with 50,000 tickets is what its
// database says, counted by itself: after everything was read, after changes,
// after a fault, and after a deletion.
func TestRequestTracker(t *testing.T) {
	rt := servertest.StartRT(t)
	rt.Tickets(fifty, now.Format(time.DateTime))
	rt.DB.Exec("UPDATE tickets SET queue = (SELECT id FROM queues WHERE name = 'Liten') WHERE id > 149700", "UPDATE tickets SET due = created + interval '30 day' WHERE id % 9 = 0")
	all := map[string]any{"profile": "rt", "url": rt.URL, "token": rt.Token}
	k := kept.Open(t)

	began := time.Now()
	if c := k.Collect(http.Source{}, "rt", all, now); c.Inserted != fifty || c.Seen != fifty || !c.Header.Full || c.Refused != 0 || len(c.Warnings) != 0 {
		t.Errorf("first: %+v, full %v", c.Counts, c.Header.Full)
	}
	t.Logf("%d tickets in %s", fifty, time.Since(began).Round(time.Second))
	same(t, rt, k, now)
	within24h(t, rt, k, now)

	// Three tickets change; a page asks for 100 however many there are.
	changed := now.Add(2 * time.Hour)
	rt.DB.Exec("UPDATE tickets SET status = 'resolved', resolved = '" + changed.Format(time.DateTime) + "', lastupdated = '" + changed.Format(time.DateTime) + "' WHERE id IN (100005, 100010, 100015)")
	later := now.Add(3 * time.Hour)
	if c := k.Collect(http.Source{}, "rt", all, later); c.Header.Full || c.Updated != 3 || c.Seen < 3 || c.Seen > 50 {
		t.Errorf("changes: %+v, full %v", c.Counts, c.Header.Full)
	}
	same(t, rt, k, later)
	within24h(t, rt, k, later)

	wrong := map[string]any{"profile": "rt", "url": rt.URL, "token": "1-43-" + strings.Repeat("0", 32)}
	_, err := k.TryCollect(http.Source{}, "rt", wrong, later)
	if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "ärenden, sida 1") || !strings.Contains(err.Error(), "godtar inte inloggningen") || strings.Contains(err.Error(), wrong["token"].(string)) {
		t.Errorf("wrong token: %v", err)
	}
	same(t, rt, k, later)
	deleted(t, rt)
}

// deleted removes tickets of the small queue: they leave the figures at the next
// full pass, for no answer of RT says that they went.
func deleted(t *testing.T, rt *servertest.RT) {
	t.Helper()
	settings := map[string]any{"profile": "rt", "url": rt.URL, "token": rt.Token, "queues": []string{"Liten"}}
	k := kept.Open(t)
	if c := k.Collect(http.Source{}, "rt", settings, now); c.Inserted != 300 {
		t.Fatalf("%+v", c.Counts)
	}
	before := k.Figure("ticket_resolution_24h", now)
	gone := now.Add(time.Hour)
	rt.DB.Exec("UPDATE tickets SET status = 'deleted', lastupdated = '" + gone.Format(time.DateTime) + "' WHERE id IN (SELECT id FROM tickets WHERE id > 149700 AND resolved > '1971-01-01' AND resolved - created <= interval '24 hour' ORDER BY id LIMIT 10)")
	if c := k.Collect(http.Source{}, "rt", settings, now.Add(2*time.Hour)); c.Header.Full || c.Vanished != 0 {
		t.Errorf("changes: %+v, full %v", c.Counts, c.Header.Full)
	}
	week := now.Add(7*24*time.Hour + time.Hour)
	if c := k.Collect(http.Source{}, "rt", settings, week); !c.Header.Full || c.Vanished != 10 || c.Seen != 290 {
		t.Errorf("full: %+v, full %v", c.Counts, c.Header.Full)
	}
	if n := k.Count(week, "SELECT count(*) FROM ticket"); n != 290 {
		t.Errorf("%d tickets are known", n)
	}
	after := k.Figure("ticket_resolution_24h", week)
	if *before.Numerator-*after.Numerator < 10 {
		t.Errorf("solved within a day: %v, then %v", *before.Numerator, *after.Numerator)
	}
}

// same holds what is kept against RT's database.
func same(t *testing.T, rt *servertest.RT, k *kept.Kept, at time.Time) {
	t.Helper()
	const set = " > '1971-01-01'"
	for _, c := range []struct{ ours, theirs string }{
		{"count(*) FROM ticket", "count(*) FROM tickets WHERE status <> 'deleted'"},
		{"count(*) FROM ticket WHERE status = 'resolved'", "count(*) FROM tickets WHERE status = 'resolved'"},
		{"count(*) FROM ticket WHERE status = 'waiting'", "count(*) FROM tickets WHERE status = 'stalled'"},
		{"count(*) FROM ticket WHERE status_raw = 'new'", "count(*) FROM tickets WHERE status = 'new'"},
		{"count(*) FROM ticket WHERE queue = 'Skola'", "count(*) FROM tickets t JOIN queues q ON q.id = t.queue WHERE q.name = 'Skola'"},
		{"count(*) FROM ticket WHERE queue = 'Liten'", "count(*) FROM tickets t JOIN queues q ON q.id = t.queue WHERE q.name = 'Liten'"},
		{"sum(opened_at) FROM ticket", "sum(extract(epoch FROM created))::bigint FROM tickets"},
		{"sum(resolved_at) FROM ticket", "sum(extract(epoch FROM resolved))::bigint FROM tickets WHERE resolved" + set},
		{"sum(first_response_at) FROM ticket", "sum(extract(epoch FROM started))::bigint FROM tickets WHERE started" + set},
		{"sum(due_at) FROM ticket", "sum(extract(epoch FROM due))::bigint FROM tickets WHERE due" + set},
		{"sum(last_activity_at) FROM ticket", "sum(extract(epoch FROM lastupdated))::bigint FROM tickets"},
		{"cast(sum(work_minutes) AS integer) FROM ticket", "sum(timeworked) FROM tickets"},
		{"count(*) FROM ticket WHERE resolved_at IS NULL", "count(*) FROM tickets WHERE resolved = '1970-01-01'"},
		{"count(*) FROM ticket WHERE first_response_at IS NULL", "count(*) FROM tickets WHERE started = '1970-01-01'"},
	} {
		if ours, theirs := k.Count(at, "SELECT "+c.ours), rt.DB.Count("SELECT "+c.theirs); ours != theirs || theirs == 0 {
			t.Errorf("%s: %d, and RT's database has %d", c.ours, ours, theirs)
		}
	}
}

// within24h computes the share solved within a day in RT's database.
func within24h(t *testing.T, rt *servertest.RT, k *kept.Kept, at time.Time) {
	t.Helper()
	clock := "timestamp '" + at.Format(time.DateTime) + "'"
	in := " FROM tickets WHERE created <= " + clock + " - interval '24 hour' AND created > " + clock + " - interval '12 month'"
	den := rt.DB.Count("SELECT count(*)" + in)
	num := rt.DB.Count("SELECT count(*)" + in + " AND resolved > '1971-01-01' AND resolved - created <= interval '24 hour'")
	f := k.Figure("ticket_resolution_24h", at)
	if f.Value == nil || f.Numerator == nil || f.Denominator == nil || *f.Numerator != float64(num) || *f.Denominator != float64(den) || num == 0 || num == den {
		t.Errorf("ticket_resolution_24h is %+v, and RT's database has %d of %d", f, num, den)
	} else {
		t.Logf("ticket_resolution_24h %.4f: %d of %d", *f.Value, num, den)
	}
}
