package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// switchable is a door that a test opens and shuts: a site's network.
type switchable struct {
	t    testing.TB
	addr string
	l    net.Listener
}

func newDoor(t testing.TB) *switchable {
	d := &switchable{t: t, addr: testneed.FreeAddr(t)}
	d.open()
	t.Cleanup(d.shut)
	return d
}

func (d *switchable) open() {
	d.t.Helper()
	if d.l != nil {
		return
	}
	l, err := net.Listen("tcp", d.addr)
	if err != nil {
		d.t.Fatal(err)
	}
	d.l = l
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
}

func (d *switchable) shut() {
	if d.l != nil {
		_ = d.l.Close()
		d.l = nil
	}
}

// message is what Alertmanager sends to a webhook.
type message struct {
	to          string // the receiver, by its path
	Status      string
	GroupLabels map[string]string
	Alerts      []struct {
		Status              string
		Labels, Annotations map[string]string
		StartsAt            time.Time
	}
}

// mailbox keeps the messages that came.
type mailbox struct {
	*httptest.Server
	mu  sync.Mutex
	all []message
}

func newMailbox(t testing.TB) *mailbox {
	m := &mailbox{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := message{to: strings.TrimPrefix(r.URL.Path, "/")}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.all = append(m.all, got)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *mailbox) since(n int) []message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]message(nil), m.all[n:]...)
}

// schools are the sites beside räddningstjänsten.
func schools() []string {
	return []string{"Aspskolan", "Björkskolan", "Cederskolan", "Dungeskolan", "Ekskolan"}
}

// alarmed is a municipality that is watched: the daemon, Prometheus with the
// rules of its configuration, Alertmanager with the generated one, and a
// mailbox that all receivers lead to.
type alarmed struct {
	t       testing.TB
	dir     string
	config  string
	station *switchable
	gateway *switchable
	schools []*switchable
	prom    *testneed.Prometheus
	manager *testneed.Alertmanager
	mail    *mailbox
	tickets int
}

// watchTiming is how fast everything goes: the thresholds stand in the
// configuration itself.
type watchTiming struct {
	every  time.Duration // scrapes and rules
	alerts string        // the rest of the section alerts
}

func startAlarmed(t testing.TB, timing watchTiming) *alarmed {
	t.Helper()
	a := &alarmed{t: t, dir: t.TempDir(), station: newDoor(t), gateway: newDoor(t), mail: newMailbox(t)}
	a.config = filepath.Join(a.dir, "kommunpuls.yaml")
	for range schools() {
		a.schools = append(a.schools, newDoor(t))
	}
	put(t, filepath.Join(a.dir, "key"), strings.Repeat("k", 64))
	put(t, filepath.Join(a.dir, "beslut.yaml"), decisionsText)
	put(t, filepath.Join(a.dir, "system.csv"), systemsText)
	put(t, filepath.Join(a.dir, "arenden.csv"), "Nr;Typ;Kö;Prioritet;Grupp;Skapad;Svar;Löst")
	a.moreTickets(5)
	listen := testneed.FreeAddr(t)
	put(t, a.config, a.configText(listen, timing))
	addr := startDaemon(t, a.config)
	out := filepath.Join(a.dir, "larm")
	if code, told, errOut := kommunpuls(t, "-c", a.config, "alerts", "render", "--dir", out); code != exitOK {
		t.Fatalf("render: %d %s%s", code, told, errOut)
	}
	a.manager = testneed.StartAlertmanager(t, filepath.Join(out, "alertmanager", "alertmanager.yaml"))
	a.prom = testneed.StartAlerting(t, testneed.Alerting{Every: timing.every, Rules: filepath.Join(out, "prometheus", "kommunpuls.rules.yaml"), Alertmanager: a.manager}, addr)
	eventually(t, "the figures and the places are scraped", func() bool {
		return len(a.prom.Query(`kommunpuls_site_info{criticality="raddningstjanst"}`, time.Time{})) == 1 && len(a.prom.Query(`kommunpuls_tickets_opened`, time.Time{})) > 0
	})
	return a
}

// moreTickets adds tickets that were opened just now.
func (a *alarmed) moreTickets(n int) {
	a.t.Helper()
	f, err := os.OpenFile(filepath.Join(a.dir, "arenden.csv"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		a.t.Fatal(err)
	}
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		a.t.Fatal(err)
	}
	now := time.Now().In(loc)
	at := func(d time.Duration) string { return now.Add(-d).Format("2006-01-02 15:04:05") }
	for range n {
		a.tickets++
		group := []string{"Lärare", "Personal"}[a.tickets%2]
		if _, err := fmt.Fprintf(f, "%d;Felanmälan;1:a linjen;2;%s;%s;%s;\n", a.tickets, group, at(time.Minute), at(30*time.Second)); err != nil {
			a.t.Fatal(err)
		}
	}
	if a.tickets == n { // the first time: older ones, answered and solved
		for i := range 10 {
			if _, err := fmt.Fprintf(f, "g%d;Felanmälan;1:a linjen;2;%s;%s;%s;%s\n", i, []string{"Lärare", "Personal"}[i%2], at(20*time.Hour), at(19*time.Hour), at(2*time.Hour)); err != nil {
				a.t.Fatal(err)
			}
		}
		for i := range 40 {
			if _, err := fmt.Fprintf(f, "m%d;Felanmälan;1:a linjen;2;Personal;%s;%s;%s\n", i, at(time.Duration(10+i)*24*time.Hour), at(time.Duration(10+i)*24*time.Hour-time.Hour), at(time.Duration(10+i)*24*time.Hour-2*time.Hour)); err != nil {
				a.t.Fatal(err)
			}
		}
	}
	if err := f.Close(); err != nil {
		a.t.Fatal(err)
	}
}

const decisionsText = `org_units:
  - {id: kommun, name: Provkommun, kind: kommun}
  - {id: utb, name: Utbildningsförvaltningen, kind: forvaltning, parent: kommun}
  - {id: rtj, name: Räddningstjänsten, kind: forvaltning, parent: kommun}
targets:
  - {kpi: system_owner_coverage, value: 100 %, decision: "KS 2026/101, § 14"}
waivers:
  - {kpi: policy_currency, decision: "KS 2026/145, § 62", by: kommunstyrelsen, reason: Skrivs om., instead: Äldre beslut gäller., from: 2026-01-01, expires: 2036-12-31}
`

const systemsText = `Systemnamn;Ägare;Ändrad
Lön;Anna Berg;2026-01-10
Bygglov;;2026-01-10
Skolplattform;;2026-01-10
Journal;;2026-01-10
Ekonomi;;2026-01-10
Diarium;;2026-01-10
Kartor;;2026-01-10
Larm;;2026-01-10
Bokning;;2026-01-10
Arkiv;;2026-01-10
Vård;;2026-01-10
Hemtjänst;;2026-01-10`

func (a *alarmed) configText(listen string, timing watchTiming) string {
	var b strings.Builder
	fmt.Fprintf(&b, `municipality: Provkommun
listen: %[1]s
pseudonym_key: ${file:key}
api_token: ${file:key}
decisions: [beslut.yaml]
alerts:
  every: %[2]s
%[3]s  receivers:
`, listen, timing.every, timing.alerts)
	for _, r := range []string{"jour", "drift", "servicedesk", "it-chef", "kommunpuls"} {
		fmt.Fprintf(&b, "    %s: {webhook: %q}\n", r, a.mail.URL+"/"+r)
	}
	fmt.Fprintf(&b, `otlp:
  endpoint: http://%[4]s
  insecure: true
sources:
  - name: system
    type: table
    content_max_age: 3650d
    settings: {file: system.csv, record: system, columns: {name: Systemnamn, "role:owner": Ägare, row_changed_at: Ändrad}}
  - name: borta
    type: table
    settings: {file: finns-inte.csv, record: system, columns: {name: Systemnamn}}
  - name: arenden
    type: table
    every: 1s
    settings:
      file: arenden.csv
      record: ticket
      columns: {ticket_no: Nr, kind: {header: Typ, values: {Felanmälan: incident}}, queue: Kö, priority: Prioritet, user_group: Grupp, opened_at: Skapad, first_response_at: Svar, resolved_at: Löst}
  - name: stadshuset
    type: probe
    settings:
      interval: 1s
      timeout: 500ms
      flap: 1s
      gateways: [{address: %[1]q, module: tcp}]
      targets:
        - {id: station, module: tcp, address: %[2]q, site: Brandstationen, org_unit: Räddningstjänsten, criticality: raddningstjanst, users: 24, hours: always}
        - {id: bad, module: tcp, address: %[4]q, site: Badhuset, planned: "%[3]s"}
`, a.gateway.addr, a.station.addr, plannedNow(), testneed.FreeAddr(a.t))
	for i, name := range schools() {
		fmt.Fprintf(&b, "        - {id: skola%d, module: tcp, address: %q, site: %s, org_unit: Utbildningsförvaltningen, users: %d}\n", i, a.schools[i].addr, name, 60+i)
	}
	return b.String()
}

// plannedNow is a planned window around now, as the settings write it.
func plannedNow() string {
	const form = "2006-01-02 15:04"
	return time.Now().Add(-24*time.Hour).Format(form) + ".." + time.Now().Add(24*time.Hour).Format(form)
}
