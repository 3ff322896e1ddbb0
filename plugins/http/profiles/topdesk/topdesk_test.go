package topdesk_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles/profiletest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const path = "/tas/api/incidents"

// seed is 100 incidents: open, solved and archived ones, and parts of others.
func seed() []fakes.TOPdeskIncident {
	var out []fakes.TOPdeskIncident
	for i := range 100 {
		opened := now.Add(-time.Duration(1+i*30) * time.Hour)
		x := fakes.TOPdeskIncident{
			ID: fmt.Sprintf("%08d-aaaa", i*7919%100), Number: fmt.Sprintf("I 2611 %03d", i), Status: "firstLine",
			CallType: []string{"Incident", "Beställning", "Fråga"}[i%3], EntryType: []string{"Telefon", "E-post", "Portal"}[i%3],
			Category: "Nät", Priority: "P3", OperatorGroup: "Servicedesk", Processing: "Under behandling",
			Branch: "Kommunen", Department: []string{"Socialförvaltningen", "", "Tekniska förvaltningen"}[i%3], Object: "Ekonomisystemet",
			Caller: "Alva Almkvist", Brief: "Skrivaren hos Alva Almkvist", Request: "Ring Alva på 070-1234567",
			Call: opened, Created: opened.Add(time.Minute), Modified: opened.Add(time.Hour), Target: opened.Add(48 * time.Hour),
			Responded: opened.Add(20 * time.Minute), OnHoldMinutes: i % 4 * 30, Feedback: i % 6,
		}
		if i > 10 {
			x.Completed, x.Processing, x.Closure = opened.Add(5*time.Hour), "Löst", "Löst"
			x.Closed, x.Modified = opened.Add(6*time.Hour), opened.Add(6*time.Hour)
			x.Processing = "Stängd"
		}
		switch {
		case i%20 == 19:
			x.Status = "partial"
		case i > 50:
			x.Status = "secondLineArchived"
		case i == 5:
			x.Processing = ""
		}
		out = append(out, x)
	}
	return out
}

func start(t *testing.T) (*fakes.TOPdesk, profiletest.Run) {
	t.Helper()
	d := fakes.NewTOPdesk("kommunpuls", "app-password-1", seed()...)
	t.Cleanup(d.Close)
	return d, profiletest.Run{
		Settings: map[string]any{"profile": "topdesk", "url": d.URL, "user": "kommunpuls", "application_password": "app-password-1", "page_size": 30},
		Now:      now, Persons: []string{"Alva Almkvist", "070-1234567"},
	}
}

func TestArchivedIncidentsAreReadAndPartsAreNot(t *testing.T) {
	d, run := start(t)
	res := profiletest.Collect(t, run)
	if f := d.Faults(); len(f) > 0 {
		t.Errorf("asked wrongly: %v", f)
	}
	if n := d.Count(path, http.StatusPartialContent); n != 3 {
		t.Errorf("%d pages that say that there is more", n)
	}
	kinds := map[string]string{"Incident": "incident", "Beställning": "order", "Fråga": "request"}
	whole := 0
	for _, want := range seed() {
		got, ok := res.Records[record.Ticket][want.ID]
		if part := want.Status == "partial"; ok == part {
			t.Fatalf("%s (%s): read %v", want.Number, want.Status, ok)
		} else if part {
			continue
		}
		whole++
		state, unit := "closed", want.Department
		if want.Closed.IsZero() {
			state = "open"
		}
		if unit == "" {
			unit = "Kommunen"
		}
		for field, text := range map[string]string{
			"ticket_no": want.Number, "kind": kinds[want.CallType], "status": state, "status_raw": want.Processing,
			"org_unit": unit, "queue": "Servicedesk", "system": "Ekonomisystemet", "priority": "P3",
		} {
			if got.Get(field).S != text {
				t.Fatalf("%s: %s is %q, want %q", want.Number, field, got.Get(field).S, text)
			}
		}
		for field, at := range map[string]time.Time{"opened_at": want.Call, "first_response_at": want.Responded, "resolved_at": want.Completed, "due_at": want.Target} {
			if v := got.Get(field); at.IsZero() != (v.State == record.Blank) || !at.IsZero() && v.I != at.Unix() {
				t.Fatalf("%s: %s is %+v, want %v", want.Number, field, v, at)
			}
		}
		if v := got.Get("paused_minutes"); v.F != float64(want.OnHoldMinutes) || v.State != record.Set {
			t.Fatalf("%s: paused %+v", want.Number, v)
		}
		if v := got.Get("csat"); v.F != float64(want.Feedback) || (want.Feedback == 0) != (v.State == record.Blank) {
			t.Fatalf("%s: csat %+v", want.Number, v)
		}
	}
	if len(res.Records[record.Ticket]) != whole || !res.Warned("part") {
		t.Errorf("%d records, want %d", len(res.Records[record.Ticket]), whole)
	}
}

func TestOnlyWhatHasChangedIsAskedForAndDeletionsAreFoundLater(t *testing.T) {
	d, run := start(t)
	first := profiletest.Collect(t, run)
	d.Change(func(list []fakes.TOPdeskIncident) []fakes.TOPdeskIncident {
		list[30].Processing, list[30].Modified = "Under behandling", now.Add(30*time.Minute)
		return append(list[:40:40], list[41:]...) // one is deleted
	})
	run.Cursor, run.Now = first.Cursor, now.Add(time.Hour)
	second := profiletest.Collect(t, run)
	list := second.Records[record.Ticket]
	if second.Header.Full || len(list) > 3 || second.Get(record.Ticket, seed()[30].ID, "status").S != "open" {
		t.Errorf("full %v, %d records, %v", second.Header.Full, len(list), second.Get(record.Ticket, seed()[30].ID, "status"))
	}
	run.Cursor, run.Now = second.Cursor, now.Add(8*24*time.Hour)
	third := profiletest.Collect(t, run)
	if _, there := third.Records[record.Ticket][seed()[40].ID]; !third.Header.Full || !third.Header.CoversAll || there {
		t.Errorf("the full pass: header %+v, deleted one there: %v", third.Header, there)
	}
	if f := d.Faults(); len(f) > 0 {
		t.Error(f)
	}
}

func TestNothingNewIsAnAnswerWithoutABody(t *testing.T) {
	d, run := start(t)
	first := profiletest.Collect(t, run)
	d.Change(func(list []fakes.TOPdeskIncident) []fakes.TOPdeskIncident {
		for i := range list {
			list[i].Modified = now.AddDate(-1, 0, 0)
		}
		return list
	})
	run.Cursor, run.Now = first.Cursor, now.Add(time.Hour)
	if res := profiletest.Collect(t, run); len(res.Records[record.Ticket]) != 0 || d.Count(path, http.StatusNoContent) != 1 {
		t.Errorf("%d records", len(res.Records[record.Ticket]))
	}
}

func TestWrongPasswordNoPermissionAndTooManyRequests(t *testing.T) {
	d, run := start(t)
	d.Busy(path, 1, 1, time.Second)
	if res := profiletest.Collect(t, run); len(res.Records[record.Ticket]) == 0 || len(d.Faults()) > 0 {
		t.Errorf("busy: %d records, faults %v", len(res.Records[record.Ticket]), d.Faults())
	}
	run.Settings["application_password"] = "the-ordinary-one"
	if _, err := profiletest.Try(t, run); !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "the-ordinary-one") {
		t.Errorf("wrong password: %v", err)
	}
	run.Settings["application_password"] = "app-password-1"
	d.Deny()
	if _, err := profiletest.Try(t, run); !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "403") {
		t.Errorf("no permission: %v", err)
	}
}
