//go:build unix

package redmine_test

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

// What comes out of a real Redmine is what its database says, counted by
// itself: after everything was read, after changes, and after a wrong key.
func TestRedmine(t *testing.T) {
	r := servertest.StartRedmine(t)
	all := map[string]any{"profile": "redmine", "url": r.URL, "api_key": r.Key}
	k := kept.Open(t)
	c := k.Collect(http.Source{}, "redmine", all, now)
	if c.Inserted != 2000 || c.Seen != 2000 || !c.Header.Full || c.Refused != 0 || len(c.Warnings) != 0 {
		t.Errorf("first: %+v, full %v", c.Counts, c.Header.Full)
	}
	same(t, r, k, now)
	within24h(t, r, k, now)

	// Two are closed and one is opened again, which leaves closed_on as it was.
	changed := now.Add(2 * time.Hour).Format(time.DateTime)
	r.DB.Exec("UPDATE issues SET status_id = 5, closed_on = '"+changed+"', updated_on = '"+changed+"' WHERE id IN (SELECT id FROM issues WHERE status_id = 1 ORDER BY id LIMIT 2)",
		"UPDATE issues SET status_id = 2, updated_on = '"+changed+"' WHERE id = (SELECT min(id) FROM issues WHERE status_id = 5 AND closed_on < '2026-11-01')")
	later := now.Add(3 * time.Hour)
	if c := k.Collect(http.Source{}, "redmine", all, later); c.Header.Full || c.Updated != 3 || c.Seen < 3 || c.Seen > 20 {
		t.Errorf("changes: %+v, full %v", c.Counts, c.Header.Full)
	}
	same(t, r, k, later)

	part := map[string]any{"profile": "redmine", "url": r.URL, "api_key": r.Key, "projects": []string{"skola", "telefoni"}}
	if c := k.Collect(http.Source{}, "del", part, later); c.Inserted != 1000 {
		t.Errorf("two projects: %+v", c.Counts)
	}

	// A wrong key is told of also where Redmine answers it with 200 and what is
	// public, and never shown.
	wrong := map[string]any{"profile": "redmine", "url": r.URL, "api_key": strings.Repeat("0", 40)}
	for _, open := range []bool{false, true} {
		if open {
			r.Open()
		}
		_, err := k.TryCollect(http.Source{}, "redmine", wrong, later)
		if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "godtar inte inloggningen") || strings.Contains(err.Error(), wrong["api_key"].(string)) {
			t.Errorf("wrong key, open %v: %v", open, err)
		}
	}
	if n := k.Count(later, "SELECT count(*) FROM ticket WHERE source = 'redmine'"); n != 2000 {
		t.Errorf("%d issues are known after a wrong key", n)
	}
}

// same holds what is kept against Redmine's database.
func same(t *testing.T, r *servertest.Redmine, k *kept.Kept, at time.Time) {
	t.Helper()
	for _, c := range []struct{ ours, theirs string }{
		{"count(*) FROM ticket", "count(*) FROM issues"},
		{"count(*) FROM ticket WHERE status = 'closed'", "count(*) FROM issues WHERE status_id = 5"},
		{"count(*) FROM ticket WHERE status = 'open'", "count(*) FROM issues i JOIN issue_statuses s ON s.id = i.status_id WHERE s.name = 'In Progress'"},
		{"count(*) FROM ticket WHERE kind = 'incident'", "count(*) FROM issues i JOIN trackers t ON t.id = i.tracker_id WHERE t.name = 'Bug'"},
		{"count(*) FROM ticket WHERE queue = 'Skola'", "count(*) FROM issues i JOIN projects p ON p.id = i.project_id WHERE p.name = 'Skola'"},
		{"count(*) FROM ticket WHERE category = 'Utskrift'", "count(*) FROM issues WHERE category_id IS NOT NULL"},
		{"count(*) FROM ticket WHERE due_at IS NOT NULL", "count(*) FROM issues WHERE due_date IS NOT NULL"},
		{"sum(opened_at) FROM ticket", "sum(floor(extract(epoch FROM created_on)))::bigint FROM issues"},
		{"sum(closed_at) FROM ticket", "sum(floor(extract(epoch FROM closed_on)))::bigint FROM issues WHERE status_id = 5"},
		{"sum(last_activity_at) FROM ticket", "sum(floor(extract(epoch FROM updated_on)))::bigint FROM issues"},
	} {
		if ours, theirs := k.Count(at, "SELECT "+c.ours), r.DB.Count("SELECT "+c.theirs); ours != theirs || theirs == 0 {
			t.Errorf("%s: %d, and Redmine's database has %d", c.ours, ours, theirs)
		}
	}
}

// within24h computes the share solved within a day in Redmine's database.
func within24h(t *testing.T, r *servertest.Redmine, k *kept.Kept, at time.Time) {
	t.Helper()
	clock := "timestamp '" + at.Format(time.DateTime) + "'"
	in := " FROM issues i JOIN trackers t ON t.id = i.tracker_id WHERE t.name = 'Bug' AND created_on <= " + clock + " - interval '24 hour' AND created_on > " + clock + " - interval '12 month'"
	den := r.DB.Count("SELECT count(*)" + in)
	num := r.DB.Count("SELECT count(*)" + in + " AND status_id = 5 AND date_trunc('second', closed_on) - date_trunc('second', created_on) <= interval '24 hour'")
	f := k.Figure("ticket_resolution_24h", at)
	if f.Value == nil || f.Numerator == nil || f.Denominator == nil || *f.Numerator != float64(num) || *f.Denominator != float64(den) || num == 0 || num == den {
		t.Errorf("ticket_resolution_24h is %+v, and Redmine's database has %d of %d", f, num, den)
	}
}
