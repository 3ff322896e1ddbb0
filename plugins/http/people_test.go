package http_test

import (
	"encoding/json"
	"errors"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// directory answers for a handful of accounts.
type directory struct {
	users     map[int]map[string]any
	ids       []int
	protected []int
	refuse    map[string]bool // paths that answer 403
}

func newDirectory() *directory {
	user := func(id int, unit, kind string, seen int64) map[string]any {
		return map[string]any{
			"id": id, "unit": unit, "type": kind, "enabled": id != 3, "seen": seen, "login": "anna0" + string(rune('0'+id)),
			"mails": []any{"anna.svensson@kommun.test", nil, "a.s@kommun.test"}, "changed": "2026-11-0" + string(rune('0'+id)) + "T10:00:00Z",
		}
	}
	return &directory{
		ids: []int{1, 2, 3, 4, 5, 6, 7},
		users: map[int]map[string]any{
			1: user(1, "u1", "staff", 1762941600000), 2: user(2, "u1", "staff", 0), 3: user(3, "u9", "staff", 1762941600000), 4: user(4, "u1", "staff", 0),
			5: user(5, "u2", "pupil", 0), 6: user(6, "u2", "pupil", 0), // 7 was deleted after the list was made
		},
		protected: []int{4}, refuse: map[string]bool{},
	}
}

func (d *directory) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	if d.refuse[r.URL.Path] {
		w.WriteHeader(nethttp.StatusForbidden)
		return
	}
	switch r.URL.Path {
	case "/units":
		write(w, []any{map[string]any{"id": "u1", "name": "Socialförvaltningen"}, map[string]any{"id": "u2", "name": "Solskolan"}})
	case "/protected":
		write(w, d.protected)
	case "/groups/admins/members":
		write(w, []any{map[string]any{"user": 1}})
	case "/groups/vpn/members":
		write(w, []any{map[string]any{"user": 1}, map[string]any{"user": 3}})
	case "/users":
		from := 0
		if r.URL.Query().Get("page") == "2" {
			from = 3
		} else if r.URL.Query().Get("page") == "3" {
			from = 6
		}
		write(w, map[string]any{"ids": d.ids[from:min(from+3, len(d.ids))]})
	case "/users/get":
		var q struct{ IDs []int }
		if json.NewDecoder(r.Body).Decode(&q) != nil || len(q.IDs) > 2 {
			w.WriteHeader(nethttp.StatusBadRequest)
			return
		}
		found := []any{}
		for i := range q.IDs { // in another order than asked
			if u := d.users[q.IDs[len(q.IDs)-1-i]]; u != nil {
				found = append(found, u)
			}
		}
		write(w, map[string]any{"users": found})
	case "/apps":
		write(w, []any{map[string]any{"id": "a", "name": "Treserva", "saml": true, "owner": "Anna Svensson", "changed": "2026-11-20T08:00:00Z"},
			map[string]any{"id": "b", "name": "Lagrum", "saml": nil, "owner": "Vakant"}})
	default:
		nethttp.NotFound(w, r)
	}
}

func (d *directory) ask(t *testing.T) ask {
	return ask{settings: map[string]any{"profile": "testdata/people/profile.yaml", "url": serve(t, d.ServeHTTP).URL}, dir: "."}
}

func pseudonym(t *testing.T, text string) string {
	t.Helper()
	p, err := sdk.NewPseudonymiser([]byte("0123456789abcdef"), "test")
	if err != nil {
		t.Fatal(err)
	}
	return p.Of(text)
}

func TestAccountsWithDetailsLookupsCountsAndProtection(t *testing.T) {
	d := newDirectory()
	g := collect(t, d.ask(t))
	if g.err != nil {
		t.Fatal(g.err)
	}
	if g.ByKind[record.Account] != 3 || g.ByKind[record.System] != 2 || g.end.Seen != 6 {
		t.Errorf("%v, %d seen", g.ByKind, g.end.Seen)
	}
	one := g.record(t, pseudonym(t, "1"))
	if v := one.Get("org_unit"); v.S != "Socialförvaltningen" {
		t.Errorf("org_unit %+v", v)
	}
	if v := one.Get("last_login_at"); v.I != time.Date(2025, 11, 11, 23, 0, 0, 0, time.UTC).Unix() { // the day, in Stockholm
		t.Errorf("last_login_at %+v", v)
	}
	if v := g.record(t, pseudonym(t, "2")).Get("last_login_at"); v.State != record.Blank {
		t.Errorf("1970 is a sign-in: %+v", v)
	}
	if v := g.record(t, pseudonym(t, "3")); v.Get("org_unit").State != record.Blank || v.Get("enabled").I != 0 || v.Get("enabled").State != record.Set {
		t.Errorf("a unit that nobody knows %+v, enabled %+v", v.Get("org_unit"), v.Get("enabled"))
	}
	schema, _ := record.Lookup(record.Account)
	groups := one.Children[schema.Child("group")]
	if len(groups) != 2 {
		t.Fatalf("groups %v", groups)
	}
	for _, row := range groups {
		if (row[0].S == "admins") != (row[1].I == 1) || row[1].State != record.Set {
			t.Errorf("group %+v", row)
		}
	}
	if keys := one.Children[schema.Child("key")]; len(keys) != 3 {
		t.Errorf("keys %v", keys)
	}
	// The protected account is purged, and pupils are numbers.
	if w, ok := g.warned("protected"); !ok || g.Purged != 1 || w.Reason != "1 rad: är skyddade och läses inte." {
		t.Errorf("%d purged, %+v", g.Purged, g.Warnings)
	}
	if _, ok := g.warned("gone"); !ok {
		t.Errorf("an account that went away meanwhile was not told of: %+v", g.Warnings)
	}
	count := g.record(t, "accounts/pupil/2026-11-21/Solskolan")
	if count.Get("value").F != 2 || count.Get("kind").S != "counter" || count.Get("org_unit").S != "Solskolan" || count.Get("started_at").I != now.Unix() {
		t.Errorf("%+v", count)
	}
	if g.Header.Supplements[record.System] != "Entra-applikation" || g.Header.CoversAll || !g.Header.Full {
		t.Errorf("header %+v", g.Header)
	}
	if want := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC); !g.Header.ContentAt.Equal(want) {
		t.Errorf("the content changed %v, want %v", g.Header.ContentAt, want)
	}
	app := g.record(t, "b")
	if app.Get("sso_mode").State != record.Blank {
		t.Errorf("what is not said is not none: %+v", app.Get("sso_mode"))
	}
	for _, r := range g.records {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, clear := range []string{"svensson", "anna01", "kommun.test"} {
			if strings.Contains(strings.ToLower(string(b)), clear) {
				t.Errorf("%s leaves the source: %s", clear, b)
			}
		}
	}
}

func TestAnEmptySchoolIsCountedOnceMore(t *testing.T) {
	d := newDirectory()
	a := d.ask(t)
	first := collect(t, a)
	delete(d.users, 5)
	delete(d.users, 6)
	a.cursor, a.now = first.end.Cursor, now.Add(24*time.Hour)
	second := collect(t, a)
	if v := second.record(t, "accounts/pupil/2026-11-22/Solskolan").Get("value"); v.State != record.Set || v.F != 0 {
		t.Errorf("%+v", v)
	}
	a.cursor, a.now = second.end.Cursor, now.Add(48*time.Hour)
	if third := collect(t, a); third.ByKind[record.Observation] != 0 {
		t.Errorf("an empty school is counted for ever: %v", third.ByKind)
	}
}

func TestWhatTheAccountMayNotReadIsNotMapped(t *testing.T) {
	d := newDirectory()
	d.refuse["/groups/admins/members"], d.refuse["/groups/vpn/members"], d.refuse["/apps"] = true, true, true
	g := collect(t, d.ask(t))
	if g.err != nil {
		t.Fatal(g.err)
	}
	for _, f := range g.Header.Mapped[record.Account] {
		if strings.HasPrefix(f, "group") {
			t.Errorf("%s is mapped", f)
		}
	}
	if _, ok := g.Header.Mapped[record.System]; ok || g.ByKind[record.System] != 0 {
		t.Errorf("systems are mapped: %v", g.Header.Mapped)
	}
	told := 0
	for _, w := range g.Warnings {
		if w.Code == "not_available" {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%+v", g.Warnings)
	}
	// One group of two that may be read is better than none.
	d.refuse["/groups/vpn/members"] = false
	if g := collect(t, d.ask(t)); g.err != nil || len(g.Header.Mapped[record.Account]) == 0 || g.Filled["account.group.group"] != 2 {
		t.Errorf("%v %v", g.err, g.Filled)
	}
	// Who is protected must be known before anybody is read.
	d.refuse["/protected"] = true
	if g := collect(t, d.ask(t)); !errors.Is(g.err, sdk.ErrBadInput) || !strings.Contains(g.err.Error(), "protected") || g.Records != 0 {
		t.Errorf("%v, %d records", g.err, g.Records)
	}
}

func TestAnItemThatIsNotAnsweredIsAFault(t *testing.T) {
	d := newDirectory()
	a := d.ask(t)
	text := readFile(t, "testdata/people/profile.yaml")
	a.settings, a.dir = own(t, strings.Replace(text, "      gone: [404]\n", "", 1), a.settings["url"].(string))
	if g := collect(t, a); !errors.Is(g.err, sdk.ErrBadInput) || !strings.Contains(g.err.Error(), "konton, sida 3: details: listan är inte hel: servern svarade inte på 1 av 1 poster") {
		t.Errorf("%v", g.err)
	}
}
