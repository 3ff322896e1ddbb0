package fakes_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
)

// stand is what every fake has.
type stand interface {
	Faults() []string
	Close()
}

// Each fake refuses, or writes down, what the real system refuses or answers
// otherwise than was meant.
func TestFakesRefuseWhatIsAskedWrongly(t *testing.T) {
	basic := func(user, pass string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+pass))
	}
	form := func(json string) string { return url.Values{"json_data": {json}}.Encode() }
	old := "2026-11-01T08:00:00Z"
	zammad := func() (stand, string) {
		z := fakes.NewZammad("key", map[string]any{"id": 1, "updated_at": old})
		return z, z.URL + "/api/v1"
	}
	glpi := func() (stand, string) { g := fakes.NewGLPI("user", "app"); return g, g.URL + "/apirest.php" }
	jira := func() (stand, string) {
		j := fakes.NewJira("u", "key", now)
		return j, j.URL + "/rest/api/3"
	}
	fresh := func() (stand, string) { f := fakes.NewFreshservice("key"); return f, f.URL + "/api/v2" }
	znuny := func() (stand, string) {
		z := fakes.NewZnuny("u", "key", map[string]any{"TicketID": "1", "Created": "2026-11-01 08:00:00"})
		return z, z.URL + "/znuny/nph-genericinterface.pl/Webservice/kommunpuls"
	}
	itop := func() (stand, string) {
		i := fakes.NewITop("key", map[string]any{"class": "UserRequest", "id": 1, "ref": "R-1"})
		return i, i.URL + "/webservices/rest.php?version=1.3"
	}
	kolada := func() (stand, string) { k := fakes.NewKolada(); return k, k.URL + "/v3" }
	netbox := func() (stand, string) { n := fakes.NewNetBox("key"); return n, n.URL + "/api" }
	snipe := func() (stand, string) { s := fakes.NewSnipeIT("key"); return s, s.URL + "/api/v1" }
	prtg := func() (stand, string) { p := fakes.NewPRTG("key"); return p, p.URL + "/api" }
	const session = `"SessionID":"znuny-session-1"`
	for _, c := range []struct {
		name         string
		start        func() (stand, string)
		method, path string
		body         string
		auth         [2]string
		status       int
		fault        bool
	}{
		{"zammad: another token", zammad, "GET", "/tickets?expand=true", "", [2]string{"Authorization", "Token token=no"}, 401, false},
		{"zammad: more than 100 of the list", zammad, "GET", "/tickets?expand=true&per_page=200", "", [2]string{"Authorization", "Token token=key"}, 422, true},
		{"zammad: beyond 10000 hits", zammad, "GET", "/tickets/search?expand=true&per_page=200&page=51&sort_by=id&query=" + url.QueryEscape(`updated_at:["`+old+`" TO *]`), "", [2]string{"Authorization", "Token token=key"}, 422, true},
		{"zammad: a search for something else", zammad, "GET", "/tickets/search?expand=true&sort_by=id&query=state:open", "", [2]string{"Authorization", "Token token=key"}, 422, true},
		{"glpi: another app", glpi, "GET", "/initSession", "", [2]string{"Authorization", "user_token user"}, 400, false},
		{"glpi: without a session", glpi, "GET", "/search/Ticket?range=0-9", "", [2]string{"App-Token", "app"}, 401, false},
		{"jira: the search that was taken away", jira, "GET", "/search?jql=project=IT", "", [2]string{"Authorization", basic("u", "key")}, 410, true},
		{"jira: without bounds", jira, "GET", "/search/jql?jql=" + url.QueryEscape("ORDER BY created ASC"), "", [2]string{"Authorization", basic("u", "key")}, 400, true},
		{"jira: persons", jira, "GET", "/search/jql?fields=reporter&jql=" + url.QueryEscape(`project in ("IT") ORDER BY created ASC, key ASC`), "", [2]string{"Authorization", basic("u", "key")}, 400, true},
		{"jira: another key", jira, "GET", "/search/jql", "", [2]string{"Authorization", basic("u", "no")}, 401, false},
		{"freshservice: only the last 30 days", fresh, "GET", "/tickets?include=stats&order_by=created_at&order_type=asc", "", [2]string{"Authorization", basic("key", "X")}, 400, true},
		{"freshservice: more than 100", fresh, "GET", "/groups?per_page=101", "", [2]string{"Authorization", basic("key", "X")}, 400, true},
		{"freshservice: persons", fresh, "GET", "/tickets?include=requester&order_by=created_at&order_type=asc&updated_since=" + old, "", [2]string{"Authorization", basic("key", "X")}, 400, true},
		{"znuny: another password is told with 200", znuny, "POST", "/Session", `{"UserLogin":"u","Password":"no"}`, [2]string{"Content-Type", "application/json"}, 200, false},
		{"znuny: no limit", znuny, "POST", "/TicketSearch", `{` + session + `}`, [2]string{"Content-Type", "application/json"}, 200, true},
		{"znuny: the texts", znuny, "POST", "/TicketGet", `{` + session + `,"TicketID":"1","AllArticles":1}`, [2]string{"Content-Type", "application/json"}, 200, true},
		{"itop: another token is told with 200", itop, "POST", "", form(`{}`), [2]string{"Auth-Token", "no"}, 200, false},
		{"itop: what changes something", itop, "POST", "", form(`{"operation":"core/update"}`), [2]string{"Auth-Token", "key"}, 200, true},
		{"itop: everything", itop, "POST", "", form(`{"operation":"core/get","class":"UserRequest","key":"SELECT UserRequest","output_fields":"*","limit":1,"page":1}`), [2]string{"Auth-Token", "key"}, 200, true},
		{"kolada: 26 in a list", kolada, "GET", "/data/kpi/N00000/municipality/1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26/year/2025", "", [2]string{"Accept", "application/json"}, 422, true},
		{"kolada: more than 5000", kolada, "GET", "/data/kpi/N00000/municipality/1481/year/2025?per_page=5001", "", [2]string{"Accept", "application/json"}, 422, true},
		{"netbox: more than 1000", netbox, "GET", "/dcim/devices/?ordering=id&limit=1001", "", [2]string{"Authorization", "Token key"}, 400, true},
		{"netbox: another token", netbox, "GET", "/dcim/devices/?ordering=id", "", [2]string{"Authorization", "Token no"}, 403, false},
		{"snipe-it: more than 500 is told with 200", snipe, "GET", "/hardware?limit=501&sort=id&order=asc", "", [2]string{"Authorization", "Bearer key"}, 200, true},
		{"prtg: without a number of rows", prtg, "GET", "/table.json?content=sensors&columns=objid&sortby=objid&apitoken=key", "", [2]string{"Accept", "application/json"}, 200, true},
		{"prtg: another key", prtg, "GET", "/table.json?content=sensors&columns=objid&apitoken=no", "", [2]string{"Accept", "application/json"}, 401, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, base := c.start()
			defer s.Close()
			kind := "application/json"
			if c.body != "" && c.body[0] != '{' {
				kind = "application/x-www-form-urlencoded"
			}
			status, _, _ := ask(t, c.method, base+c.path, c.body, "Accept", "application/json", "Content-Type", kind, c.auth[0], c.auth[1])
			if faulty := len(s.Faults()) > 0; status != c.status || faulty != c.fault {
				t.Errorf("%d, want %d; faults %v", status, c.status, s.Faults())
			}
		})
	}
}

func TestGLPITellsBy206AndContentRangeThatThereIsMore(t *testing.T) {
	g := fakes.NewGLPI("user", "app", map[string]any{"2": 1, "19": "2026-11-01 08:00:00"}, map[string]any{"2": 2, "19": "2026-11-02 08:00:00"})
	defer g.Close()
	_, login, _ := ask(t, http.MethodGet, g.URL+"/apirest.php/initSession", "", "App-Token", "app", "Authorization", "user_token user")
	session, _ := login["session_token"].(string)
	get := func(q string) (int, string) {
		status, _, h := ask(t, http.MethodGet, g.URL+"/apirest.php/search/Ticket?sort=2&order=ASC&forcedisplay[0]=19&"+q, "", "App-Token", "app", "Session-Token", session)
		return status, h.Get("Content-Range")
	}
	for q, want := range map[string]struct {
		status int
		ranged string
	}{
		"range=0-0": {206, "0-0/2"}, "range=1-1": {206, "1-1/2"}, "range=0-9": {200, "0-1/2"}, "range=3-9": {400, ""}, "range=0-990": {400, ""}, "": {400, ""}, "range=0-9&forcedisplay[1]=4": {400, ""},
	} {
		if status, ranged := get(q); status != want.status || ranged != want.ranged {
			t.Errorf("%s: %d %q", q, status, ranged)
		}
	}
	if status, _, _ := ask(t, http.MethodGet, g.URL+"/apirest.php/killSession", "", "App-Token", "app", "Session-Token", session); status != 200 || g.OpenSessions() != 0 {
		t.Errorf("logout: %d, %d are open", status, g.OpenSessions())
	}
}

func TestJirasPagesBelongToTheirSearch(t *testing.T) {
	issue := func(id string) map[string]any {
		return map[string]any{"id": id, "key": "IT-" + id, "fields": map[string]any{"updated": "2026-11-01T08:00:00.000+0100", "status": map[string]any{"name": "Open"}}}
	}
	j := fakes.NewJira("u", "key", now.Add(time.Hour), issue("1"), issue("2"))
	defer j.Close()
	get := func(jql, more string) (int, map[string]any) {
		q := url.Values{"jql": {jql}, "maxResults": {"1"}}.Encode()
		status, body, _ := ask(t, http.MethodGet, j.URL+"/rest/api/3/search/jql?"+q+more, "", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("u:key")))
		return status, body
	}
	const jql = `project in ("IT") ORDER BY created ASC, key ASC`
	_, first := get(jql, "")
	token, _ := first["nextPageToken"].(string)
	row, _ := first["issues"].([]any)[0].(map[string]any)
	if first["isLast"] != false || token == "" || row["key"] != nil {
		t.Errorf("the first page: %v", first)
	}
	if _, last := get(jql, "&nextPageToken="+token); last["isLast"] != true || last["nextPageToken"] != nil {
		t.Errorf("the last page: %v", last)
	}
	if status, _ := get(`project in ("HR") ORDER BY created ASC, key ASC`, "&nextPageToken="+token); status != 400 {
		t.Errorf("the token of another search: %d", status)
	}
}
