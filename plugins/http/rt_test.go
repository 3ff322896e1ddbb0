package http_test

import (
	nethttp "net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// tracker answers as Request Tracker does, as far as these tests go: pages of
// tickets, some of which are changed later than asked for.
type tracker struct {
	*httptest.Server
	tickets []map[string]any
	queries []string
}

func ticket(id int, status, changed string) map[string]any {
	return map[string]any{
		"id": strconv.Itoa(id), "type": "ticket", "Status": status, "Priority": "50", "Queue": map[string]any{"id": "3", "Name": "IT-Support"},
		"Created": "2026-10-01T08:00:00Z", "Started": "1970-01-01T00:00:00Z", "Resolved": "1970-01-01T00:00:00Z", "Due": "1970-01-01T00:00:00Z",
		"LastUpdated": changed, "TimeWorked": "15", "Subject": "Anna Svensson får inte byta lösenord",
	}
}

func newTracker(t *testing.T, n int) *tracker {
	tr := &tracker{}
	for i := range n {
		tr.tickets = append(tr.tickets, ticket(i+1, []string{"new", "open", "stalled", "resolved"}[i%4], "2026-11-01T10:00:00Z"))
	}
	tr.Server = serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.Header.Get("Authorization") != "token hemlig-token" {
			w.WriteHeader(nethttp.StatusUnauthorized)
			return
		}
		if r.URL.Path != "/REST/2.0/tickets" {
			nethttp.NotFound(w, r)
			return
		}
		q := r.URL.Query()
		tr.queries = append(tr.queries, q.Get("query"))
		since := ""
		if _, rest, ok := strings.Cut(q.Get("query"), "LastUpdated > '"); ok {
			since, _, _ = strings.Cut(rest, "'")
			since = strings.Replace(since, " ", "T", 1)
		}
		var found []map[string]any
		for _, one := range tr.tickets {
			if one["LastUpdated"].(string) > since {
				found = append(found, one)
			}
		}
		page, _ := strconv.Atoi(q.Get("page"))
		per, _ := strconv.Atoi(q.Get("per_page"))
		if page < 1 || per < 1 || per > 100 {
			w.WriteHeader(nethttp.StatusBadRequest)
			return
		}
		from, to := min((page-1)*per, len(found)), min(page*per, len(found))
		items := found[from:to]
		if items == nil {
			items = []map[string]any{}
		}
		write(w, map[string]any{"items": items, "total": len(found), "count": len(items), "page": page, "per_page": per})
	})
	return tr
}

func (tr *tracker) settings() map[string]any {
	return map[string]any{"profile": "rt", "url": tr.URL, "token": "hemlig-token"}
}

func TestTicketsComeByPagesAndThenByChanges(t *testing.T) {
	tr := newTracker(t, 250)
	first := collect(t, ask{settings: tr.settings()})
	if first.err != nil {
		t.Fatal(first.err)
	}
	if first.Records != 250 || !first.Header.Full || !first.Header.CoversAll || len(tr.queries) != 3 {
		t.Errorf("%d records in %d requests, header %+v", first.Records, len(tr.queries), first.Header)
	}
	r := first.record(t, "3")
	for field, want := range map[string]string{"status": "waiting", "status_raw": "stalled", "queue": "IT-Support", "priority": "50", "ticket_no": "3"} {
		if got := r.Get(field); got.S != want {
			t.Errorf("%s: %+v, want %s", field, got, want)
		}
	}
	if v := r.Get("opened_at"); v.I != time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC).Unix() {
		t.Errorf("opened_at: %+v", v)
	}
	for _, field := range []string{"resolved_at", "first_response_at", "due_at"} {
		if v := r.Get(field); v.State != record.Blank {
			t.Errorf("%s is 1970 and was not taken as blank: %+v", field, v)
		}
	}
	if v := r.Get("work_minutes"); v.F != 15 {
		t.Errorf("work_minutes: %+v", v)
	}
	if r.Place.Doc != "Request Tracker, ticket/3" {
		t.Errorf("place %+v", r.Place)
	}

	// Six hours later two tickets have changed, one of them within the overlap.
	tr.queries = nil
	tr.tickets[6] = ticket(7, "resolved", "2026-11-21T15:00:00Z")
	tr.tickets[7] = ticket(8, "rejected", "2026-11-01T09:55:00Z")
	second := collect(t, ask{settings: tr.settings(), cursor: first.end.Cursor, now: now.Add(6 * time.Hour)})
	if second.err != nil {
		t.Fatal(second.err)
	}
	if want := "LastUpdated > '2026-11-01 09:50:00'"; len(tr.queries) == 0 || tr.queries[0] != want {
		t.Errorf("asked %q, want %q", tr.queries, want)
	}
	if second.Header.Full || second.Header.CoversAll {
		t.Errorf("an increment says that it is full: %+v", second.Header)
	}
	if v := second.record(t, "7").Get("status"); v.S != "resolved" {
		t.Errorf("status %+v", v)
	}
	if v := second.record(t, "8").Get("status"); v.S != "cancelled" {
		t.Errorf("status %+v", v)
	}

	// The next starts at the newest; a week later everything is read again.
	tr.queries = nil
	third := collect(t, ask{settings: tr.settings(), cursor: second.end.Cursor, now: now.Add(7 * time.Hour)})
	if want := "LastUpdated > '2026-11-21 14:50:00'"; third.Records != 1 || tr.queries[0] != want {
		t.Errorf("%d records, asked %q, want %q", third.Records, tr.queries, want)
	}
	for name, a := range map[string]ask{
		"a week later":      {settings: tr.settings(), cursor: third.end.Cursor, now: now.Add(7 * 24 * time.Hour)},
		"when asked to":     {settings: tr.settings(), cursor: third.end.Cursor, now: now.Add(8 * time.Hour), full: true},
		"other settings":    {settings: with(tr.settings(), "queues", []string{"IT-Support"}), cursor: third.end.Cursor, now: now.Add(8 * time.Hour)},
		"a clock gone back": {settings: tr.settings(), cursor: third.end.Cursor, now: now.Add(-time.Hour)},
		"a strange cursor":  {settings: tr.settings(), cursor: []byte("{}")},
	} {
		if g := collect(t, a); g.err != nil || !g.Header.Full || g.Records != 250 {
			t.Errorf("%s: %v, %d records, full %v", name, g.err, g.Records, g.Header.Full)
		}
	}
}

func with(m map[string]any, k string, v any) map[string]any {
	out := map[string]any{k: v}
	for name, was := range m {
		if name != k {
			out[name] = was
		}
	}
	return out
}

func TestTheMunicipalitysOwnFieldsAndWords(t *testing.T) {
	tr := newTracker(t, 3)
	tr.tickets[0]["Status"] = "Väntar leverantör"
	tr.tickets[1]["CustomFields"] = []any{map[string]any{"name": "Förvaltning", "values": []any{"Socialförvaltningen"}}}
	s := with(tr.settings(), "values", map[string]any{"tickets": map[string]any{"status": map[string]any{"väntar leverantör": "waiting"}}})
	s["fields"] = map[string]any{"tickets": map[string]any{"org_unit": `[.CustomFields[]? | select(.name == "Förvaltning") | .values[0]] | first`, "kind": map[string]any{"value": "incident"}}}
	s["skip"] = map[string]any{"tickets": `.id == "3"`}
	g := collect(t, ask{settings: s})
	if g.err != nil {
		t.Fatal(g.err)
	}
	if v := g.record(t, "1").Get("status"); v.S != "waiting" {
		t.Errorf("status %+v", v)
	}
	if v := g.record(t, "1").Get("org_unit"); v.State != record.Blank {
		t.Errorf("org_unit %+v", v)
	}
	if v := g.record(t, "2").Get("org_unit"); v.S != "Socialförvaltningen" {
		t.Errorf("org_unit %+v", v)
	}
	if v := g.record(t, "2").Get("kind"); v.S != "incident" {
		t.Errorf("kind %+v", v)
	}
	if w, ok := g.warned("skipped_by_settings"); !ok || g.Records != 2 || g.end.Seen != 2 || w.Reason != "1 rad: läses inte, enligt skip i inställningarna." {
		t.Errorf("%d records of %d, %+v", g.Records, g.end.Seen, g.Warnings)
	}
}

func TestAWordThatNobodyKnowsIsToldWithoutQuotingItAndKept(t *testing.T) {
	tr := newTracker(t, 1)
	tr.tickets[0]["Status"] = "abrakadabra"
	g := collect(t, ask{settings: tr.settings()})
	if g.err != nil {
		t.Fatal(g.err)
	}
	w, ok := g.warned("unknown_value")
	if !ok || w.Place.Doc != "Request Tracker, ticket/1" || w.Column != "status (.Status)" || strings.Contains(w.Reason, "abrakadabra") {
		t.Errorf("%+v", g.Warnings)
	}
	if r := g.record(t, "1"); r.Get("status").State != record.Blank || r.Get("status_raw").S != "abrakadabra" {
		t.Errorf("%+v %+v", r.Get("status"), r.Get("status_raw"))
	}
}
