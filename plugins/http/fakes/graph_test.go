package fakes_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// ask makes a request and returns the status and the decoded body.
func ask(t *testing.T, method, address, body string, headers ...string) (int, map[string]any, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(raw, &out) // lists and empty bodies are looked at by status
	return resp.StatusCode, out, resp.Header
}

func graphToken(t *testing.T, g *fakes.Graph, secret string) (int, string) {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {fakes.GraphClientID}, "client_secret": {secret}, "scope": {"https://graph.microsoft.com/.default"}}
	status, body, _ := ask(t, http.MethodPost, g.URL+"/"+fakes.GraphTenantID+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	token, _ := body["access_token"].(string)
	return status, "Bearer " + token
}

func errorCode(body map[string]any) string {
	e, _ := body["error"].(map[string]any)
	code, _ := e["code"].(string)
	return code
}

func TestGraphRefusesWhatTheRealOneRefuses(t *testing.T) {
	for _, c := range []struct {
		name, path string
		change     func(*fakes.GraphTenant)
		headers    []string
		status     int
		code       string
		fault      bool
	}{
		{name: "users with their sign-ins", path: "/v1.0/users?$select=id,signInActivity&$top=500", status: 200},
		{name: "sign-ins without the permission", path: "/v1.0/users?$select=id,signInActivity", change: without("AuditLog.Read.All"), status: 403, code: "Authentication_MSGraphPermissionMissing"},
		{name: "sign-ins without the licence", path: "/v1.0/users?$select=id,signInActivity", change: func(x *fakes.GraphTenant) { x.Premium = false }, status: 403, code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant"},
		{name: "users without the permission", path: "/v1.0/users", change: without("User.Read.All"), status: 403, code: "Authorization_RequestDenied"},
		{name: "a page of 1000", path: "/v1.0/users?$top=1000", status: 400, code: "Request_UnsupportedQuery", fault: true},
		{name: "a property that does not exist", path: "/v1.0/users?$select=personalNumber", status: 400, code: "BadRequest", fault: true},
		{name: "the report with $top", path: "/v1.0/reports/authenticationMethods/userRegistrationDetails?$top=10", status: 400, code: "BadRequest", fault: true},
		{name: "a cast without ConsistencyLevel", path: "/v1.0/groups/" + fakes.GraphProtectedGroup + "/transitiveMembers/microsoft.graph.user?$count=true", status: 400, code: "Request_UnsupportedQuery", fault: true},
		{name: "a cast with ConsistencyLevel", path: "/v1.0/groups/" + fakes.GraphProtectedGroup + "/transitiveMembers/microsoft.graph.user?$count=true", headers: []string{"ConsistencyLevel", "eventual"}, status: 200},
		{name: "a group that is gone", path: "/v1.0/groups/none/transitiveMembers", status: 404, code: "Request_ResourceNotFound"},
		{name: "a made-up page", path: "/v1.0/users?$skiptoken=made-up", status: 400, code: "Directory_ExpiredPageToken", fault: true},
		{name: "another version", path: "/beta/users", status: 400, code: "BadRequest", fault: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tenant := fakes.SeedGraph(now)
			if c.change != nil {
				c.change(&tenant)
			}
			g := fakes.NewGraph(tenant, fakes.GraphOptions{})
			defer g.Close()
			_, bearer := graphToken(t, g, fakes.GraphClientSecret)
			status, body, _ := ask(t, http.MethodGet, g.URL+c.path, "", append(c.headers, "Authorization", bearer)...)
			if status != c.status || errorCode(body) != c.code {
				t.Errorf("got %d %q, want %d %q", status, errorCode(body), c.status, c.code)
			}
			if got := len(g.Faults()) > 0; got != c.fault {
				t.Errorf("faults: %v", g.Faults())
			}
		})
	}
}

func without(permission string) func(*fakes.GraphTenant) {
	return func(x *fakes.GraphTenant) {
		var left []string
		for _, p := range x.Granted {
			if p != permission {
				left = append(left, p)
			}
		}
		x.Granted = left
	}
}

func TestGraphPagesAreFollowedByTheirLinkAlone(t *testing.T) {
	g := fakes.NewGraph(fakes.SeedGraph(now), fakes.GraphOptions{PageSize: 25})
	defer g.Close()
	_, bearer := graphToken(t, g, fakes.GraphClientSecret)
	seen, pages := map[string]bool{}, 0
	for next := g.URL + "/v1.0/users?$select=id,displayName&$top=999"; next != ""; pages++ {
		_, body, _ := ask(t, http.MethodGet, next, "", "Authorization", bearer)
		for _, v := range body["value"].([]any) {
			seen[v.(map[string]any)["id"].(string)] = true
		}
		next, _ = body["@odata.nextLink"].(string)
	}
	if want := len(fakes.SeedGraph(now).Users); len(seen) != want || pages != (want+24)/25 {
		t.Errorf("%d users on %d pages, want %d", len(seen), pages, want)
	}
	if f := g.Faults(); len(f) > 0 {
		t.Error(f)
	}
}

func TestGraphTokensEndAndSecretsAreChecked(t *testing.T) {
	g := fakes.NewGraph(fakes.SeedGraph(now), fakes.GraphOptions{TokenUses: 2})
	defer g.Close()
	if status, _ := graphToken(t, g, "wrong"); status != http.StatusUnauthorized {
		t.Errorf("a wrong secret gives %d", status)
	}
	_, bearer := graphToken(t, g, fakes.GraphClientSecret)
	for i, want := range []int{200, 200, 401, 401} {
		if status, _, _ := ask(t, http.MethodGet, g.URL+"/v1.0/users", "", "Authorization", bearer); status != want {
			t.Errorf("request %d: %d, want %d", i, status, want)
		}
	}
	if status, _, _ := ask(t, http.MethodGet, g.URL+"/v1.0/users", ""); status != 401 || len(g.Faults()) != 1 {
		t.Errorf("without a token: %d, faults %v", status, g.Faults())
	}
}

func TestAskingAgainTooSoonIsAFault(t *testing.T) {
	g := fakes.NewGraph(fakes.SeedGraph(now), fakes.GraphOptions{})
	defer g.Close()
	_, bearer := graphToken(t, g, fakes.GraphClientSecret)
	g.Busy("/v1.0/users", 1, 1, time.Hour)
	for i, want := range []int{200, 429, 200} {
		status, _, h := ask(t, http.MethodGet, g.URL+"/v1.0/users", "", "Authorization", bearer)
		if status != want || want == 429 && h.Get("Retry-After") != "3600" {
			t.Errorf("request %d: %d, Retry-After %q", i, status, h.Get("Retry-After"))
		}
	}
	if len(g.Faults()) != 1 || g.Count("/v1.0/users", 429) != 1 {
		t.Errorf("faults %v", g.Faults())
	}
}

func TestGraphHidesMembersFromThoseWhoMayNotSeeThem(t *testing.T) {
	tenant := fakes.SeedGraph(now)
	tenant.Groups[0].Hidden = true
	g := fakes.NewGraph(tenant, fakes.GraphOptions{})
	defer g.Close()
	_, bearer := graphToken(t, g, fakes.GraphClientSecret)
	members := func() int {
		_, body, _ := ask(t, http.MethodGet, g.URL+"/v1.0/groups/"+fakes.GraphProtectedGroup+"/transitiveMembers?$select=id", "", "Authorization", bearer)
		return len(body["value"].([]any))
	}
	if n := members(); n != 0 {
		t.Errorf("%d members are shown", n)
	}
	g.Change(func(x *fakes.GraphTenant) { x.Granted = append(x.Granted, "Member.Read.Hidden") })
	if n := members(); n != 3 { // two people and the group within
		t.Errorf("%d members are shown, want 3", n)
	}
}
