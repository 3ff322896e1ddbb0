package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/notify"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// hooks takes what the notifier sends.
type hooks struct {
	mu     sync.Mutex
	titles []string
	pings  int
}

func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.URL.Path == "/livstecken" {
		h.pings++
		return
	}
	var m notify.Message
	if r.Header.Get(notify.SignatureHeader) != notify.Sign("signaturens-hemlighet", r.Header.Get(notify.TimeHeader), body) || json.Unmarshal(body, &m) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	h.titles = append(h.titles, m.Title)
}

func (h *hooks) got() ([]string, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.titles...), h.pings
}

// The daemon tells of a queue that has old tickets, keeps it in its state and
// sends signs of life; a trial says that it is one.
func TestTheDaemonTellsPeopleWithoutPrometheus(t *testing.T) {
	h := &hooks{}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	t.Setenv("KP_KEY", "0123456789abcdef0123456789abcdef")
	t.Setenv("KP_HOOK", srv.URL+"/vakt")
	t.Setenv("KP_SIGN", "signaturens-hemlighet")
	t.Setenv("KP_PING", srv.URL+"/livstecken")
	dir, listen := t.TempDir(), testneed.FreeAddr(t)
	put(t, filepath.Join(dir, "arenden.csv"), "Nr;Typ;Kö;Skapad;Löst\n1;Felanmälan;Växeln;2024-01-02 08:00;\n2;Felanmälan;Växeln;2024-01-03 08:00;2024-01-03 09:00")
	conf := filepath.Join(dir, "kommunpuls.yaml")
	put(t, conf, fmt.Sprintf(`municipality: Exempelkommun
listen: %s
pseudonym_key: ${env:KP_KEY}
alerts: {every: 1s}
sources:
  - {name: arenden, type: table, settings: {file: arenden.csv, record: ticket, columns: {ticket_no: Nr, kind: {header: Typ, values: {Felanmälan: incident}}, queue: Kö, opened_at: Skapad, resolved_at: Löst}}}
notify:
  channels:
    vakt: {webhook: {url: "${env:KP_HOOK}", secret: "${env:KP_SIGN}", insecure: true}}
    nere: {webhook: {url: "${env:KP_NERE}", secret: "${env:KP_SIGN}", insecure: true}}
  ping: {url: "${env:KP_PING}", every: 1s, insecure: true}`, listen))
	t.Setenv("KP_NERE", "http://"+testneed.FreeAddr(t)+"/nyckeln-i-adressen")

	if code, out, errOut := kommunpuls(t, "-c", conf, "notify", "test", "vakt"); code != exitOK || !strings.Contains(out, "Provet är skickat genom vakt.") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	if code, _, errOut := kommunpuls(t, "-c", conf, "notify", "test", "nere"); code != exitReached || !strings.Contains(errOut, "nere: gick inte att nå: Mottagaren går inte att nå.") || strings.Contains(errOut, "nyckeln") {
		t.Errorf("exit %d: %s", code, errOut)
	}
	if code, _, errOut := kommunpuls(t, "-c", conf, "notify", "test", "vakten"); code != exitUsage || !strings.Contains(errOut, "det som finns är: nere, vakt") {
		t.Errorf("exit %d: %s", code, errOut)
	}

	addr := startDaemon(t, conf)
	// It must have lasted for sixty rounds of a second.
	eventually(t, "a message of the queue", func() bool {
		titles, pings := h.got()
		return len(titles) == 2 && pings > 1
	})
	if titles, _ := h.got(); titles[0] != "Prov av larm från kommunpuls" || titles[1] != "Det äldsta ärendet i kön Växeln har legat länge" {
		t.Errorf("%q", titles)
	}
	var st web.Status
	eventually(t, "the fault of the other channel in the status", func() bool {
		_, body := get(t, "http://"+addr+"/status")
		if err := json.Unmarshal(body, &st); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), "nyckeln") {
			t.Fatalf("the address of a hook in %s", body)
		}
		n := st.Notify
		return n != nil && n.Open == 1 && len(n.Channels) == 3 && n.Channels[0].ErrorClass == "unreachable" && n.Channels[1].Up && n.Channels[2].Up
	})
	_, shown := get(t, "http://"+addr+"/metrics")
	for _, want := range []string{`kommunpuls_notify_up{channel="nere"} 0`, `kommunpuls_notify_up{channel="vakt"} 1`, `kommunpuls_notify_sent_total{channel="vakt",result="sent"} 1`} {
		if !strings.Contains(string(shown), want) {
			t.Errorf("%s is not shown", want)
		}
	}
}
