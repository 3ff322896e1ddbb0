//go:build linux && !race

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// plantedServer is a ticket system and a Prometheus that know persons. It is
// strict: what is not asked as the settings say is not answered.
type plantedServer struct {
	*httptest.Server
	at  time.Time
	key string
}

func startPlanted(t *testing.T, now time.Time) *plantedServer {
	s := &plantedServer{at: now.Add(-48 * time.Hour).Truncate(time.Second), key: "nyckel-till-provet"}
	mux := http.NewServeMux()
	for path, answer := range map[string]http.HandlerFunc{
		"GET /api/tickets": s.tickets, "GET /api/users": s.users, "GET /api/apps": s.apps,
		"GET /nekar/tickets": s.says(http.StatusUnauthorized), "GET /faller/tickets": s.says(http.StatusInternalServerError), "GET /annat/tickets": s.says(http.StatusBadRequest),
		"GET /flyttad/tickets": s.elsewhere("http://annan.invalid/logga-in?login=" + plantedLogin + "&namn=Zetterkvist"),
		"GET /bruten/tickets":  s.elsewhere("http://" + plantedLogin + ".invalid:" + plantedNumber + "x/%zz"),
		"GET /slarvig/tickets": s.careless,
	} {
		mux.HandleFunc(path, s.known(answer))
	}
	mux.HandleFunc("POST /prom/api/v1/query", s.samples)
	mux.HandleFunc("POST /prom/api/v1/query_range", s.outages)
	mux.HandleFunc("GET /hem/{who}", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "Hem för "+plantedName) })
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// known lets through who has the key.
func (s *plantedServer) known(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Key") != s.key {
			http.Error(w, "nyckeln saknas", http.StatusUnauthorized)
			return
		}
		answer(w, r)
	}
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever asks sees that it is cut
}

type object = map[string]any

func (s *plantedServer) person(name, login, number string) object {
	return object{"name": name, "login": login, "email": login + "@exempelkommun.test", "personnummer": "19" + number}
}

// ticket holds persons in all that is not read.
func (s *plantedServer) ticket(mark string) object {
	planted, protected := s.person(plantedName, plantedLogin, plantedNumber), s.person(protectedName, protectedLogin, protectedNumber)
	return object{
		"id": mark + "-api", "queue": "Support", "category": "Nät", "status": "open", "department": "Kultur och fritid", "created": s.at.Format(time.RFC3339), "resolved": nil, "reopened": 0,
		"requester": planted, "assignee": protected, "subject": plantedName + " kommer inte in", "description": strings.Join(extraCells, "\n"),
		"custom_fields": []object{{"name": "Personnummer", "value": "850709-9805"}, {"name": plantedName, "value": protectedNumber}},
		"history":       []object{{"by": plantedLogin, "text": "Ringde " + protectedName}},
	}
}

func (s *plantedServer) tickets(w http.ResponseWriter, _ *http.Request) {
	texts, typed, asID := s.ticket(inTexts), s.ticket(inTyped), s.ticket(inTyped+"-lista")
	texts["queue"], texts["category"], texts["department"], texts["status"] = "19"+plantedNumber, "ring 850709-9805 om det", protectedNumber, "väntar på 850709-9805"
	typed["created"], typed["resolved"], typed["reopened"] = s.at.Format(time.RFC3339), plantedName, plantedLogin
	asID["resolved"], asID["reopened"] = "850709-9805", []string{"Zetterkvist", plantedNumber}
	answerJSON(w, object{"tickets": []object{s.ticket(unread), texts, typed, asID}})
}

func (s *plantedServer) users(w http.ResponseWriter, _ *http.Request) {
	planted, protected, pupil := s.person(plantedName+" D", plantedLogin+"d", plantedNumber), s.person(protectedName, protectedLogin, protectedNumber), s.person(plantedName+" P", plantedLogin+"p", plantedNumber)
	planted["kind"], protected["kind"], pupil["kind"] = "staff", "secret", "pupil"
	planted["seen"], planted["unit"] = plantedName, "19"+plantedNumber
	answerJSON(w, object{"users": []object{planted, protected, pupil}})
}

func (s *plantedServer) apps(w http.ResponseWriter, _ *http.Request) {
	var apps []object
	for i, holder := range holders {
		apps = append(apps, object{"name": fmt.Sprintf("%s-system-%d", unread, i), "owner": holder, "contact": holder, "notes": extraCells})
	}
	answerJSON(w, object{"apps": apps})
}

// says answers with a fault that quotes persons wherever APIs put a reason.
func (s *plantedServer) says(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+plantedLogin+`"`)
		w.Header().Set("X-Error", plantedLogin)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(object{"error": object{"code": "fel: " + plantedName, "message": plantedName + " (850709-9805) får inte läsa", "user": plantedLogin}, "detail": protectedName})
	}
}

// elsewhere sends on, with a person in the address.
func (s *plantedServer) elsewhere(location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	}
}

// careless breaks the form of HTTP itself in the middle of a name.
func (s *plantedServer) careless(w http.ResponseWriter, _ *http.Request) {
	conn, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = buf.WriteString("HTTP/1.1 200 OK\r\nAnsvarig " + plantedName + ", 850709-9805\r\n\r\n{}")
	_ = buf.Flush()
	_ = conn.Close()
}

// result is the data of an answer of Prometheus, which says the type first.
type result struct {
	Type   string   `json:"resultType"`
	Series []object `json:"result"`
}

// Queries that the Prometheus is asked.
const (
	queueQuery, outageQuery, brokenQuery, failingQuery = "sum by (queue, user) (waiting)", "down == bool 1", "label_join(waiting)", "rate(waiting[1h])"
)

// samples are series with persons in labels that are read, as numbers, and in
// labels that are not.
func (s *plantedServer) samples(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, kind, text string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(object{"status": "error", "errorType": kind, "error": text})
	}
	switch r.FormValue("query") {
	case queueQuery:
		series := func(queue string) object {
			return object{"metric": object{"queue": queue, "user": plantedLogin, "owner": plantedName, "note": protectedName}, "value": []any{float64(s.at.Unix()), "3"}}
		}
		answerJSON(w, object{"status": "success", "warnings": []string{
			`store gave no answer for {user="a}` + plantedName + `"}`, "the store of " + plantedName + " gave no answer",
		}, "data": result{"vector", []object{series(unread + "-prom"), series("19" + plantedNumber), series("ring 850709-9805")}}})
	case brokenQuery:
		refuse(http.StatusUnprocessableEntity, "execution", `found duplicate series for the match group {user="x}`+plantedName+`"} on the right side: [{user="`+plantedLogin+`"}]; last seen by `+protectedName)
	case failingQuery:
		refuse(http.StatusInternalServerError, "internal", "the tenant of "+plantedName+" ("+plantedLogin+") is out of order")
	default:
		refuse(http.StatusBadRequest, "bad_data", "not what the test asks")
	}
}

// outages last still, so that the next collection must remember them.
func (s *plantedServer) outages(w http.ResponseWriter, r *http.Request) {
	var end int64
	if _, err := fmt.Sscan(r.FormValue("end"), &end); err != nil || r.FormValue("query") != outageQuery || r.FormValue("step") != "60" {
		http.Error(w, "not what the test asks", http.StatusBadRequest)
		return
	}
	series := func(site string) object {
		return object{"metric": object{"site": site, "user": plantedLogin}, "values": [][]any{{float64(end - 60), "1"}, {float64(end), "1"}}}
	}
	answerJSON(w, object{"status": "success", "data": result{"matrix", []object{series(unread + "-avbrott"), series("850709-9805")}}})
}

// plantedProfile reads the ticket system.
const plantedProfile = `profile: planterad
version: "1"
title: {sv: Planterad, en: Planted}
about: {sv: Prov., en: Trial.}
privacy: {sv: Personer läses aldrig., en: People are never read.}
tried: {sv: Prov., en: Trial.}
settings:
  - {name: url, type: url, required: true, text: {sv: Adress., en: Address.}}
  - {name: api_key, type: secret, required: true, text: {sv: Nyckel., en: Key.}}
connection: {base: "{{ $settings.url }}", retry: {total: 1s}}
auth:
  - {by: header, name: X-API-Key, value: "{{ $settings.api_key }}"}
answer:
  errors:
    - {when: .error != null, is: fault, code: .error.code, text: {sv: Ärendesystemet nekar, en: The ticket system refuses}}
streams:
  - name: tickets
    kind: ticket
    title: {sv: ärenden, en: tickets}
    request: {path: /tickets}
    items: .tickets
    id: .id
    label: '"ärende/\(.id)"'
    fields:
      ticket_no: .id
      queue: .queue
      category: .category
      org_unit: .department
      status: {from: .status, raw: status_raw, values: {open: open}}
      opened_at: .created
      resolved_at: .resolved
      reopened_count: .reopened
`

// plantedPeople are the lists of persons and of systems.
const plantedPeople = `  - name: accounts
    kind: account
    title: {sv: konton, en: accounts}
    request: {path: /users}
    items: .users
    id: .login
    skip:
      - {when: .kind == "secret", code: protected, text: {sv: är skyddade och läses inte, en: are protected and not read}, purge: true}
    count:
      - {when: .kind == "pupil", metric: accounts, category: pupil, unit: accounts, org_unit: '"Skola 01"'}
    fields:
      org_unit: .unit
      last_login_at: .seen
      "key:login": .login
      "key:mail": .email
      "key:name": .name
  - name: systems
    kind: system
    title: {sv: system, en: systems}
    request: {path: /apps}
    items: .apps
    id: .name
    fields:
      name: .name
      "role:owner": .owner
`

// writeProfiles writes a profile that reads persons too, and one of tickets alone.
func writeProfiles(t *testing.T, dir string) {
	t.Helper()
	for name, text := range map[string]string{"planterad": plantedProfile + plantedPeople, "arenden": plantedProfile} {
		path := filepath.Join(dir, name, "profile.yaml")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, path, text)
	}
}
