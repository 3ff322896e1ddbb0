package servicenow_test

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

const path = "/api/now/table/incident"

func sysID(i int) string { return fmt.Sprintf("%032x", i*2654435761%4294967291) }

func stored(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}

// incident is one as the test thinks of it.
type incident struct {
	state              string
	opened, done, seen time.Time
	hidden             bool
}

func seed() (list []incident, table fakes.SNTable) {
	table = fakes.SNTable{Name: "incident", Fields: map[string]fakes.SNField{
		"sys_id": {}, "number": {}, "short_description": {}, "reopen_count": {}, "close_code": {}, "u_first_response": {Time: true},
		"state":    {Choices: map[string]string{"1": "Ny", "2": "Pågår", "3": "Vilande", "6": "Löst", "7": "Stängt", "8": "Avbrutet"}},
		"priority": {Choices: map[string]string{"3": "3 - Normal"}}, "contact_type": {Choices: map[string]string{"phone": "Telefon", "self-service": "Självservice", "event": "Övervakning"}},
		"category": {Choices: map[string]string{"network": "Nät"}}, "assignment_group": {Ref: "sys_user_group"}, "caller_id": {Ref: "sys_user"},
		"cmdb_ci": {Ref: "cmdb_ci_business_app"}, "business_service": {Ref: "cmdb_ci_business_app"},
		"opened_at": {Time: true}, "resolved_at": {Time: true}, "closed_at": {Time: true}, "due_date": {Time: true}, "sys_updated_on": {Time: true},
	}}
	for i := range 120 {
		x := incident{state: []string{"7", "6", "2", "3", "8"}[i%5], opened: now.Add(-time.Duration(3+20*i) * time.Hour), hidden: i%11 == 10}
		if i%5 < 2 {
			x.done = x.opened.Add(4 * time.Hour)
		}
		x.seen = x.opened.Add(time.Hour)
		list = append(list, x)
		row := map[string]string{
			"sys_id": sysID(i), "number": fmt.Sprintf("INC%07d", i), "short_description": "Alva Almkvist kan inte logga in", "state": x.state, "priority": "3",
			"contact_type": []string{"phone", "self-service", "event"}[i%3], "category": "network", "assignment_group": "g1", "caller_id": "u1",
			"cmdb_ci": "app1", "opened_at": stored(x.opened), "resolved_at": stored(x.done), "closed_at": "", "due_date": "",
			"sys_updated_on": stored(x.seen), "reopen_count": []string{"0", "1", ""}[i%3], "close_code": []string{"Solved (Permanently)", "Duplicate", "", "", "Canceled"}[i%5],
			"business_service": "", "u_first_response": stored(x.opened.Add(15 * time.Minute)),
		}
		table.Rows = append(table.Rows, row)
		if x.hidden {
			table.Hidden = append(table.Hidden, row["sys_id"])
		}
	}
	return list, table
}

func others() []fakes.SNTable {
	return []fakes.SNTable{
		{Name: "sys_user", Fields: map[string]fakes.SNField{"sys_id": {}, "name": {}, "email": {}, "department": {Ref: "cmn_department"}}, Rows: []map[string]string{
			{"sys_id": "u1", "name": "Alva Almkvist", "email": "alva.almkvist@kommun.example", "department": "d1"},
			{"sys_id": "u2", "name": "Birger Bäckmo", "department": "d1"},
		}},
		{Name: "cmn_department", Fields: map[string]fakes.SNField{"sys_id": {}, "name": {}}, Rows: []map[string]string{{"sys_id": "d1", "name": "Socialförvaltningen"}}},
		{Name: "sys_user_group", Fields: map[string]fakes.SNField{"sys_id": {}, "name": {}}, Rows: []map[string]string{{"sys_id": "g1", "name": "Servicedesk"}}},
		{Name: "sc_request", Fields: map[string]fakes.SNField{"sys_id": {}, "requested_for": {Ref: "sys_user"}}, Rows: []map[string]string{{"sys_id": "q1", "requested_for": "u1"}}},
		{Name: "sc_cat_item", Fields: map[string]fakes.SNField{"sys_id": {}, "name": {}}, Rows: []map[string]string{{"sys_id": "i1", "name": "Ny dator"}}},
		{Name: "sc_req_item", Fields: map[string]fakes.SNField{
			"sys_id": {}, "number": {}, "state": {Choices: map[string]string{"3": "Klar", "-5": "Väntar"}}, "priority": {}, "contact_type": {}, "assignment_group": {Ref: "sys_user_group"},
			"cat_item": {Ref: "sc_cat_item"}, "opened_at": {Time: true}, "closed_at": {Time: true}, "due_date": {Time: true}, "cmdb_ci": {Ref: "cmdb_ci_business_app"},
			"request": {Ref: "sc_request"}, "sys_updated_on": {Time: true},
		}, Rows: []map[string]string{
			{"sys_id": "r1", "number": "RITM1", "state": "3", "cat_item": "i1", "opened_at": "2026-11-01 08:00:00", "closed_at": "2026-11-04 08:00:00", "request": "q1", "sys_updated_on": "2026-11-04 08:00:00"},
			{"sys_id": "r2", "number": "RITM2", "state": "-5", "cat_item": "i1", "opened_at": "2026-11-10 08:00:00", "request": "q1", "sys_updated_on": "2026-11-10 08:00:00"},
		}},
		{Name: "core_company", Fields: map[string]fakes.SNField{"sys_id": {}, "name": {}}, Rows: []map[string]string{{"sys_id": "c1", "name": "Leverantören AB"}}},
		{Name: "cmdb_ci_business_app", Fields: map[string]fakes.SNField{
			"sys_id": {}, "name": {}, "install_status": {}, "business_criticality": {Choices: map[string]string{"1": "1 - mest viktig"}}, "department": {Ref: "cmn_department"},
			"vendor": {Ref: "core_company"}, "owned_by": {Ref: "sys_user"}, "managed_by": {Ref: "sys_user"}, "user_base": {}, "sys_updated_on": {Time: true},
		}, Rows: []map[string]string{
			{"sys_id": "app1", "name": "Ekonomisystemet", "install_status": "1", "business_criticality": "1", "department": "d1", "vendor": "c1", "owned_by": "u1", "managed_by": "u2", "user_base": "250", "sys_updated_on": "2026-11-01 08:00:00"},
			{"sys_id": "app2", "name": "Gamla arkivet", "install_status": "7", "user_base": "many", "sys_updated_on": "2025-11-01 08:00:00"},
		}},
	}
}

func start(t *testing.T) (*fakes.ServiceNow, []incident, profiletest.Run) {
	t.Helper()
	list, table := seed()
	s := fakes.NewServiceNow("kommunpuls", "sn-password-1", append(others(), table)...)
	t.Cleanup(s.Close)
	return s, list, profiletest.Run{
		Settings: map[string]any{"profile": "servicenow", "url": s.URL, "user": "kommunpuls", "password": "sn-password-1", "page_size": 10},
		Now:      now, Persons: []string{"Alva Almkvist", "alva.almkvist@kommun.example", "Birger Bäckmo"},
	}
}

func TestEveryIncidentThatMayBeSeenIsReadThoughPagesAreShort(t *testing.T) {
	s, list, run := start(t)
	run.Settings["first_response_field"] = "u_first_response"
	res := profiletest.Collect(t, run)
	if f := s.Faults(); len(f) > 0 {
		t.Errorf("asked wrongly: %v", f)
	}
	states := map[string]string{"1": "new", "2": "open", "3": "waiting", "6": "resolved", "7": "closed", "8": "cancelled"}
	visible := 0
	for i, want := range list {
		got, ok := res.Records[record.Ticket][sysID(i)]
		if ok == want.hidden {
			t.Fatalf("incident %d: read %v, hidden %v", i, ok, want.hidden)
		}
		if want.hidden {
			continue
		}
		visible++
		for field, text := range map[string]string{
			"kind": "incident", "ticket_no": fmt.Sprintf("INC%07d", i), "status": states[want.state], "queue": "Servicedesk", "org_unit": "Socialförvaltningen",
			"system": "Ekonomisystemet", "category": "Nät", "channel": []string{"phone", "portal", "auto"}[i%3], "priority": "3 - Normal",
			"resolution_code": []string{"solved", "duplicate", "", "", "cancelled"}[i%5],
		} {
			if got.Get(field).S != text {
				t.Fatalf("incident %d: %s is %q, want %q", i, field, got.Get(field).S, text)
			}
		}
		if got.Get("opened_at").I != want.opened.Unix() || got.Get("first_response_at").I != want.opened.Add(15*time.Minute).Unix() {
			t.Fatalf("incident %d: times %+v %+v", i, got.Get("opened_at"), got.Get("first_response_at"))
		}
		if v := got.Get("resolved_at"); want.done.IsZero() != (v.State == record.Blank) || !want.done.IsZero() && v.I != want.done.Unix() {
			t.Fatalf("incident %d: resolved %+v, want %v", i, v, want.done)
		}
		if v := got.Get("reopened_count"); v.I != []int64{0, 1, 0}[i%3] || (i%3 == 2) != (v.State == record.Blank) {
			t.Fatalf("incident %d: reopened %+v", i, v)
		}
	}
	if len(res.Records[record.Ticket]) != visible {
		t.Errorf("%d records, want %d", len(res.Records[record.Ticket]), visible)
	}
}

func TestWithoutAFieldForTheFirstResponseThereIsNoWaitingTime(t *testing.T) {
	_, _, run := start(t)
	if res := profiletest.Collect(t, run); res.Mapped(record.Ticket, "first_response_at") || res.Mapped(record.Ticket, "org_unit") == false {
		t.Errorf("mapped: %v", res.Header.Mapped)
	}
}

func TestTheCmdbBecomesTheRegistryWithOwnersAsPseudonyms(t *testing.T) {
	s, _, run := start(t)
	run.Settings["cmdb_table"] = "cmdb_ci_business_app"
	run.Settings["streams"] = []string{"systems"}
	res := profiletest.Collect(t, run)
	p := profiletest.Pseudonymiser(t)
	app := res.Records[record.System]["app1"]
	want := [][]string{
		{"manager", "person", p.Of("Birger Bäckmo")}, // no address
		{"owner", "person", p.Of("alva.almkvist@kommun.example")},
	}
	for i, row := range profiletest.Rows(app, "role") {
		if row[0] != want[i][0] || row[1] != want[i][1] || row[2] != want[i][2] {
			t.Errorf("role %d: %v, want %v", i, row, want[i])
		}
	}
	if n := len(profiletest.Rows(app, "role")); n != 2 {
		t.Errorf("%d roles", n)
	}
	if app.Get("name").S != "Ekonomisystemet" || app.Get("lifecycle").S != "in_use" || app.Get("user_count").I != 250 || app.Get("supplier").S != "Leverantören AB" {
		t.Errorf("app1: %+v", app.Values)
	}
	if old := res.Records[record.System]["app2"]; old.Get("lifecycle").S != "retired" || old.Get("user_count").State != record.Blank {
		t.Errorf("app2: %+v", old.Values)
	}
	if want := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC); !res.Header.ContentAt.Equal(want) {
		t.Errorf("content is of %v, want %v", res.Header.ContentAt, want)
	}
	if len(s.Faults()) > 0 {
		t.Error(s.Faults())
	}
}

func TestRequestsAreOrdersOfTheUnitTheyAreFor(t *testing.T) {
	s, list, run := start(t)
	run.Settings["requests"], run.Settings["query"] = true, "contact_type=phone"
	res := profiletest.Collect(t, run)
	phone, orders := 0, 0
	for i, x := range list {
		if i%3 == 0 && !x.hidden {
			phone++
		}
	}
	for id, rec := range res.Records[record.Ticket] {
		if rec.Get("kind").S != "order" {
			phone--
			continue
		}
		orders++
		if rec.Get("org_unit").S != "Socialförvaltningen" || rec.Get("category").S != "Ny dator" || rec.Get("status").S != map[string]string{"r1": "closed", "r2": "waiting"}[id] {
			t.Errorf("%s: %+v", id, rec.Values)
		}
	}
	if phone != 0 || orders != 2 || len(s.Faults()) > 0 {
		t.Errorf("%d incidents too few, %d orders, faults %v", phone, orders, s.Faults())
	}
}

func TestOnlyWhatHasChangedIsAskedForAndDeletionsAreFoundLater(t *testing.T) {
	s, list, run := start(t)
	first := profiletest.Collect(t, run)
	s.Change("incident", func(x *fakes.SNTable) {
		x.Rows[50]["state"], x.Rows[50]["sys_updated_on"] = "1", stored(now.Add(20*time.Minute))
		x.Rows = append(x.Rows[:60:60], x.Rows[61:]...)
	})
	run.Cursor, run.Now = first.Cursor, now.Add(time.Hour)
	second := profiletest.Collect(t, run)
	got := second.Records[record.Ticket]
	if second.Header.Full || len(got) > 3 || second.Get(record.Ticket, sysID(50), "status").S != "new" {
		t.Errorf("full %v, %d records of %d", second.Header.Full, len(got), len(list))
	}
	run.Cursor, run.Now = second.Cursor, now.Add(8*24*time.Hour)
	third := profiletest.Collect(t, run)
	if _, there := third.Records[record.Ticket][sysID(60)]; !third.Header.Full || !third.Header.CoversAll || there {
		t.Errorf("the full pass: %+v, deleted one there: %v", third.Header, there)
	}
	if len(s.Faults()) > 0 {
		t.Error(s.Faults())
	}
}

func TestATableThatMayNotBeReadAndTooManyRequests(t *testing.T) {
	s, list, run := start(t)
	s.Busy(path, 3, 1, time.Second)
	if res := profiletest.Collect(t, run); len(res.Records[record.Ticket]) == 0 || len(res.Records[record.Ticket]) > len(list) || s.Count(path, http.StatusTooManyRequests) != 1 || len(s.Faults()) > 0 {
		t.Errorf("busy: %d records, faults %v", len(res.Records[record.Ticket]), s.Faults())
	}
	s.Change("incident", func(x *fakes.SNTable) { x.Denied = true })
	if _, err := profiletest.Try(t, run); !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "403") {
		t.Errorf("no permission: %v", err)
	}
}
