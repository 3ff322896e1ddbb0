package fakes_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestEasitIsAskedInTheBodyOfAGet(t *testing.T) {
	for _, c := range []struct {
		name, method, query, body, auth string
		status                          int
		items                           int
		fault                           bool
	}{
		{name: "a page", method: "GET", body: `{"itemViewIdentifier":"v","page":2,"pageSize":100,"sortColumn":{"content":"Id","order":"Ascending"}}`, status: 200, items: 100},
		{name: "the last page", method: "GET", body: `{"itemViewIdentifier":"v","page":3,"pageSize":100,"sortColumn":{"content":"Id","order":"Ascending"}}`, status: 200, items: 40},
		{name: "beyond the last page", method: "GET", body: `{"itemViewIdentifier":"v","page":4,"pageSize":100,"sortColumn":{"content":"Id","order":"Ascending"}}`, status: 200, items: 40, fault: true},
		{name: "without an order", method: "GET", body: `{"itemViewIdentifier":"v","page":1}`, status: 200, items: 25, fault: true},
		{name: "an order by no column", method: "GET", body: `{"itemViewIdentifier":"v","sortColumn":{"content":"Nr","order":"Ascending"}}`, status: 400, fault: true},
		{name: "in the address", method: "GET", query: "?itemViewIdentifier=v", status: 400, fault: true},
		{name: "what has changed since", method: "GET", body: `{"itemViewIdentifier":"v","updatedSince":"2026-01-01"}`, status: 400, fault: true},
		{name: "by POST, which imports", method: "POST", body: `{"itemViewIdentifier":"v"}`, status: 405, fault: true},
		{name: "another key", method: "GET", auth: basic("wrong", ""), body: `{"itemViewIdentifier":"v"}`, status: 401},
		{name: "the key as password", method: "GET", auth: basic("", "key"), body: `{"itemViewIdentifier":"v"}`, status: 401},
		{name: "a view that is not there", method: "GET", body: `{"itemViewIdentifier":"x"}`, status: 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			view, err := fakes.View("v", fakes.SeedEasit(now))
			if err != nil {
				t.Fatal(err)
			}
			e := fakes.NewEasit("key", view)
			defer e.Close()
			if c.auth == "" {
				c.auth = basic("key", "")
			}
			status, body, _ := ask(t, c.method, e.URL+"/integration-api/items"+c.query, c.body, "Authorization", c.auth, "Content-Type", "application/json")
			items := 0
			if b, ok := body["items"].(map[string]any); ok {
				items = len(b["item"].([]any))
			}
			if status != c.status || items != c.items {
				t.Errorf("got %d with %d items, want %d with %d", status, items, c.status, c.items)
			}
			if got := len(e.Faults()) > 0; got != c.fault {
				t.Errorf("faults: %v", e.Faults())
			}
		})
	}
}

func TestTOPdeskTellsByStatusWhetherThereIsMore(t *testing.T) {
	var list []fakes.TOPdeskIncident
	for i, status := range []string{"firstLine", "secondLine", "firstLine", "partial", "firstLineArchived"} {
		list = append(list, fakes.TOPdeskIncident{ID: string(rune('a' + i)), Number: "I", Status: status, Call: now, Modified: now.AddDate(0, 0, i)})
	}
	d := fakes.NewTOPdesk("user", "app-password", list...)
	defer d.Close()
	get := func(q string) int {
		t.Helper()
		status, _, _ := ask(t, http.MethodGet, d.URL+"/tas/api/incidents?fields=id,number&sort=id:asc&"+q, "", "Authorization", basic("user", "app-password"))
		return status
	}
	for q, want := range map[string]int{
		"start=0&page_size=2":          206,
		"start=2&page_size=2":          200, // the archived one and the part are hidden
		"start=2&page_size=2&all=true": 206,
		"start=4&page_size=2&all=true": 200,
		"start=6&page_size=2&all=true": 204,
		"query=" + url.QueryEscape("modificationDate=ge=2026-12-20T00:00:00Z"): 204,
		"page_size=10001":   400,
		"pageSize=10":       400,
		"query=status==new": 400,
	} {
		if got := get(q); got != want {
			t.Errorf("%s: %d, want %d", q, got, want)
		}
	}
	faults := len(d.Faults())
	if faults != 3 {
		t.Errorf("faults: %v", d.Faults())
	}
	d.Deny()
	if got := get("start=0"); got != 403 || len(d.Faults()) != faults {
		t.Errorf("without permission: %d", got)
	}
}

func TestServiceNowHidesRowsAfterThePageWasCut(t *testing.T) {
	table := fakes.SNTable{
		Name: "incident", Fields: map[string]fakes.SNField{
			"sys_id": {}, "number": {}, "sys_updated_on": {Time: true}, "state": {Choices: map[string]string{"1": "Ny"}}, "caller_id": {Ref: "sys_user"},
		},
		Hidden: []string{"2"},
	}
	for _, id := range []string{"3", "1", "2", "4"} {
		table.Rows = append(table.Rows, map[string]string{"sys_id": id, "number": "INC" + id, "sys_updated_on": "2026-01-02 03:04:05", "state": "1", "caller_id": "u"})
	}
	users := fakes.SNTable{
		Name: "sys_user", Fields: map[string]fakes.SNField{"sys_id": {}, "name": {}, "department": {}},
		Rows: []map[string]string{{"sys_id": "u", "name": "Alva", "department": "Skola"}},
	}
	s := fakes.NewServiceNow("user", "secret", table, users)
	defer s.Close()
	get := func(q string) (int, []any, http.Header) {
		t.Helper()
		status, body, h := ask(t, http.MethodGet, s.URL+"/api/now/table/incident?"+q, "", "Authorization", basic("user", "secret"))
		rows, _ := body["result"].([]any)
		return status, rows, h
	}
	status, rows, h := get("sysparm_query=ORDERBYsys_id&sysparm_fields=sys_id,sys_updated_on,caller_id.department&sysparm_display_value=all&sysparm_limit=2")
	if status != 200 || len(rows) != 1 || h.Get("X-Total-Count") != "4" {
		t.Fatalf("got %d with %d rows of %s", status, len(rows), h.Get("X-Total-Count"))
	}
	row := rows[0].(map[string]any)
	if got := row["sys_updated_on"].(map[string]any); got["value"] != "2026-01-02 03:04:05" || got["display_value"] != "2026-01-02 04:04:05" {
		t.Errorf("times: %v", got)
	}
	if got := row["caller_id.department"].(map[string]any)["value"]; got != "Skola" {
		t.Errorf("through a reference: %v", got)
	}
	if len(s.Faults()) > 0 {
		t.Error(s.Faults())
	}
	for _, bad := range []string{
		"sysparm_fields=sys_id", "sysparm_query=ORDERBYsys_updated_on&sysparm_fields=sys_id",
		"sysparm_query=updated>=2026-01-01^ORDERBYsys_id&sysparm_fields=sys_id",
		"sysparm_query=sys_updated_on>=2026-01-01T00:00:00Z^ORDERBYsys_id&sysparm_fields=sys_id",
		"sysparm_query=ORDERBYsys_id&sysparm_fields=no_such",
	} {
		if status, _, _ := get(bad); status != 400 {
			t.Errorf("%s: %d", bad, status)
		}
	}
	if len(s.Faults()) != 5 {
		t.Errorf("faults: %v", s.Faults())
	}
}
