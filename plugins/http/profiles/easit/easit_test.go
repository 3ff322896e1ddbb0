package easit_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles/profiletest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const path = "/integration-api/items"

func start(t *testing.T) (*fakes.Easit, []fakes.EasitTicket, profiletest.Run) {
	t.Helper()
	tickets := fakes.SeedEasit(now)
	view, err := fakes.View("kommunpuls", tickets)
	if err != nil {
		t.Fatal(err)
	}
	e := fakes.NewEasit("key-of-the-view", view)
	t.Cleanup(e.Close)
	return e, tickets, profiletest.Run{
		Settings: map[string]any{"profile": "easit", "url": e.URL + "/", "api_key": "key-of-the-view", "view": "kommunpuls", "page_size": 50},
		Now:      now, Persons: []string{"Alva Almkvist", "anst003"},
	}
}

func TestEveryTicketOfTheViewBecomesARecord(t *testing.T) {
	e, tickets, run := start(t)
	res := profiletest.Collect(t, run)
	if n := len(res.Records[record.Ticket]); n != len(tickets) || !res.Header.Full || !res.Header.CoversAll {
		t.Fatalf("%d records of %d tickets, header %+v", n, len(tickets), res.Header)
	}
	if f := e.Faults(); len(f) > 0 {
		t.Errorf("asked wrongly: %v", f)
	}
	if n := e.Count(path, http.StatusOK); n != (len(tickets)+49)/50 {
		t.Errorf("%d pages", n)
	}
	kinds := map[string]string{"Incident": "incident", "Beställning": "order"}
	channels := map[string]string{"Telefon": "phone", "E-post": "mail", "Självservice": "portal", "Övervakning": "auto"}
	states := map[string]string{"Stängd": "closed", "Makulerad": "cancelled", "Pågår": "open", "Väntar på användare": "waiting"}
	codes := map[string]string{"Löst": "solved", "Återkallat": "cancelled", "Dubblett": "duplicate", "": ""}
	for _, want := range tickets {
		got, ok := res.Records[record.Ticket][strconv.Itoa(want.No)+":2"]
		if !ok {
			t.Fatalf("ticket %d is not there", want.No)
		}
		for field, text := range map[string]string{
			"ticket_no": strconv.Itoa(want.No), "kind": kinds[want.Kind], "channel": channels[want.Channel], "status": states[want.Status],
			"status_raw": want.Status, "resolution_code": codes[want.Closing], "queue": want.Group, "category": want.Category,
			"priority": want.Priority, "org_unit": want.Org, "system": want.Service,
		} {
			if v := got.Get(field); v.S != text || (text == "") != (v.State == record.Blank) {
				t.Fatalf("ticket %d: %s is %+v, want %q", want.No, field, v, text)
			}
		}
		for field, at := range map[string]time.Time{
			"opened_at": want.Opened, "first_response_at": want.FirstResponse, "resolved_at": want.Resolved, "closed_at": want.Closed, "due_at": want.Due,
		} {
			if v := got.Get(field); at.IsZero() != (v.State == record.Blank) || !at.IsZero() && v.I != at.Unix() {
				t.Fatalf("ticket %d: %s is %+v, want %v", want.No, field, v, at)
			}
		}
	}
}

func TestAFactThatTheViewLacksHasNoData(t *testing.T) {
	_, _, run := start(t)
	run.Settings["columns"] = map[string]string{"ticket_no": "Id", "opened_at": "Skapad", "status": "Status"}
	res := profiletest.Collect(t, run)
	for _, field := range []string{"resolved_at", "first_response_at", "kind", "queue"} {
		if res.Mapped(record.Ticket, field) {
			t.Errorf("%s is mapped", field)
		}
	}
	if !res.Mapped(record.Ticket, "opened_at") || !res.Mapped(record.Ticket, "status_raw") {
		t.Errorf("mapped: %v", res.Header.Mapped)
	}
}

func TestAColumnThatIsGoneStopsTheCollection(t *testing.T) {
	e, _, run := start(t)
	e.Change(func(v []fakes.EasitView) { v[0].Columns[14].Name = "Löst tid" })
	_, err := profiletest.Try(t, run)
	if !errors.Is(err, sdk.ErrBadInput) || !strings.Contains(err.Error(), "resolved_at") {
		t.Errorf("got %v", err)
	}
}

func TestAChangedAndADeletedTicketAreSeenAtTheNextCollection(t *testing.T) {
	e, tickets, run := start(t)
	first := profiletest.Collect(t, run)
	e.Change(func(v []fakes.EasitView) {
		v[0].Items = v[0].Items[1:]
		v[0].Items[0].Values[8].Content = "Löst"
	})
	run.Cursor, run.Now = first.Cursor, now.Add(time.Hour)
	second := profiletest.Collect(t, run)
	if !second.Header.Full || !second.Header.CoversAll || len(second.Records[record.Ticket]) != len(tickets)-1 {
		t.Fatalf("%d records, header %+v", len(second.Records[record.Ticket]), second.Header)
	}
	if got := second.Records[record.Ticket][strconv.Itoa(tickets[1].No)+":2"]; got.Get("status").S != "resolved" {
		t.Errorf("the changed ticket is %v", got.Get("status"))
	}
}

func TestAViewThatShowsAPartRemovesNothing(t *testing.T) {
	_, _, run := start(t)
	run.Settings["covers"] = "part"
	if res := profiletest.Collect(t, run); res.Header.CoversAll {
		t.Error("tickets that are not in the view would be removed")
	}
}

func TestABusyServerIsWaitedFor(t *testing.T) {
	e, tickets, run := start(t)
	e.Busy(path, 2, 1, time.Second)
	res := profiletest.Collect(t, run)
	if len(res.Records[record.Ticket]) != len(tickets) || e.Count(path, http.StatusTooManyRequests) != 1 || len(e.Faults()) > 0 {
		t.Errorf("%d records, faults %v", len(res.Records[record.Ticket]), e.Faults())
	}
}

func TestAWrongKeyIsToldAndKeepsTheSecret(t *testing.T) {
	_, _, run := start(t)
	run.Settings["api_key"] = "another-key-entirely"
	_, err := profiletest.Try(t, run)
	if !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "another-key-entirely") {
		t.Errorf("got %v", err)
	}
}
