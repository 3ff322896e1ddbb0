package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func TestMain(m *testing.M) {
	testneed.NoLeaks(m)
}

const hookSecret = "hemligt-ord-i-adressen"

// hook is a strict receiver of webhooks.
type hook struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	status int // 0 takes what comes
	asked  int
	bodies [][]byte
}

func newHook(t *testing.T, teams bool) *hook {
	h := &hook{t: t}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.asked++
		at := r.Header.Get(TimeHeader)
		switch {
		case h.status != 0:
			w.WriteHeader(h.status)
			return
		case err != nil, r.Method != http.MethodPost, r.URL.Path != "/"+hookSecret, r.Header.Get("Content-Type") != "application/json; charset=utf-8":
			w.WriteHeader(http.StatusBadRequest)
			return
		case !teams && r.Header.Get(SignatureHeader) != Sign("nyckel", at, body):
			w.WriteHeader(http.StatusUnauthorized)
			return
		case teams && (r.Header.Get(SignatureHeader) != "" || !cardIsWhole(body)):
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h.bodies = append(h.bodies, body)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(h.Close)
	return h
}

// cardIsWhole wants what the workflow of Teams wants.
func cardIsWhole(body []byte) bool {
	var m struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct {
				Type, Version string
				Body          []struct{ Type, Text string }
				Actions       []struct{ Type, Title, URL string }
			}
		}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if d.Decode(&m) != nil || m.Type != "message" || len(m.Attachments) != 1 {
		return false
	}
	a := m.Attachments[0]
	if a.ContentType != "application/vnd.microsoft.card.adaptive" || a.Content.Type != "AdaptiveCard" || a.Content.Version != "1.4" || len(a.Content.Body) == 0 {
		return false
	}
	for _, b := range a.Content.Body {
		if b.Type != "TextBlock" || b.Text == "" {
			return false
		}
	}
	for _, x := range a.Content.Actions {
		if x.Type != "Action.OpenUrl" || x.Title == "" || !strings.HasPrefix(x.URL, "http") {
			return false
		}
	}
	return true
}

func (h *hook) answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *hook) messages() []Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Message
	for _, b := range h.bodies {
		var m Message
		if err := json.Unmarshal(b, &m); err != nil {
			h.t.Error(err)
		}
		out = append(out, m)
	}
	return out
}

func (h *hook) titles() []string {
	var out []string
	for _, m := range h.messages() {
		out = append(out, m.Title)
	}
	return out
}

// desk is a notifier that the test lets look, at the times of the test. Should
// it look by itself too, it finds what the test showed last, at the same time.
type desk struct {
	*Notifier
	t    *testing.T
	now  atomic.Int64
	show atomic.Pointer[prometheus.Registry]
	log  testneed.Output
	file string
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func newDesk(t *testing.T, file string) *desk {
	d := &desk{t: t, file: file}
	d.now.Store(noon.UnixNano())
	d.show.Store(prometheus.NewRegistry())
	d.Notifier = New(Options{Log: slog.New(slog.NewTextHandler(&d.log, nil)), Now: func() time.Time { return time.Unix(0, d.now.Load()) }})
	t.Cleanup(func() {
		d.Close()
		for _, secret := range []string{hookSecret, "nyckel", "@kommunen.se", "losenord"} {
			if strings.Contains(d.log.String(), secret) {
				t.Errorf("%s in the log: %s", secret, d.log.String())
			}
		}
	})
	return d
}

func (d *desk) begin(s Settings) {
	if s.Alerts.Every == 0 {
		s.Alerts = settingsOfTest()
	}
	s.Municipality, s.FirstRetry, s.LastRetry, s.Timeout = "Exempelkommun", 10*time.Millisecond, 20*time.Millisecond, time.Minute
	if s.Repeat == 0 {
		s.Repeat = 4 * time.Hour
	}
	var looked atomic.Bool
	d.Start(d.t.Context(), gatherer(func() prometheus.Gatherer {
		defer looked.Store(true)
		return d.show.Load()
	}), d.file, &s)
	// Its own first look is over before the test shows anything: it must not be
	// late with what was.
	eventually(d.t, "a first look", looked.Load)
}

type gatherer func() prometheus.Gatherer

// look shows a scene at its time.
func (d *desk) look(s scene) {
	d.now.Store(s.at.UnixNano())
	d.show.Store(s.registry(d.t))
	d.Notifier.look(s.at)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// schools is a scene with disruptions at so many schools since noon.
func schools(after time.Duration, n int) scene {
	s := scene{at: noon.Add(after)}
	for i := range n {
		id := fmt.Sprintf("skola%d", i)
		s.site(id, "normal", "stadshuset")
		s.down(id, after, false)
	}
	return s
}

func webhook(h *hook) Channel {
	return Channel{Name: "vakt", Webhook: &Hook{URL: h.URL + "/" + hookSecret, Secret: "nyckel"}}
}

func TestASiteIsToldOfOnceAgainAfterTheRepeatAndWhenItIsOver(t *testing.T) {
	h := newHook(t, false)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{webhook(h)}})
	d.look(schools(time.Minute, 1)) // five minutes is the limit of its class
	for i := range 20 {
		d.look(schools(6*time.Minute+time.Duration(i)*15*time.Second, 1))
	}
	d.look(schools(5*time.Hour, 1))
	for i := range 20 {
		d.look(scene{at: noon.Add(5*time.Hour + time.Duration(i)*15*time.Second)})
	}
	want := []string{"Störning i nätet på Plats skola0", "Pågår: Störning i nätet på Plats skola0", "Återställd: Störning i nätet på Plats skola0"}
	eventually(t, "three messages", func() bool { return len(h.titles()) >= 3 })
	if got := h.titles(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	m := h.messages()[0]
	told := m.Alerts[0]
	if told.Notice != "Störning i nätet på Plats skola0 sedan 13.00. Felsökning pågår. Nytt besked 13.45." || !strings.Contains(told.Description, "Omkring 60 personer berörs.") ||
		told.Runbook == "" || told.Owner != alert.Operations || m.Municipality != "Exempelkommun" {
		t.Errorf("%+v", m)
	}
}

func TestManySitesAreOneAlert(t *testing.T) {
	h := newHook(t, false)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{webhook(h)}})
	d.look(schools(2*time.Minute, 6))
	d.look(schools(6*time.Minute, 7)) // now each is past its own limit
	d.look(schools(10*time.Minute, 2))
	d.look(schools(12*time.Minute, 2))
	d.look(scene{at: noon.Add(14 * time.Minute)})
	d.look(scene{at: noon.Add(16 * time.Minute)})
	want := []string{
		"Störning i nätet på 6 platser samtidigt",
		"Störning i nätet på Plats skola0 och 1 till", // those that are left when the others are over
		"Återställd: Störning i nätet på 7 platser samtidigt",
		"Återställd: Störning i nätet på Plats skola0 och 1 till",
	}
	eventually(t, "the messages", func() bool { return len(h.titles()) >= len(want) })
	if got := h.titles(); !sameSet(got, want) {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(h.messages()[0].Alerts[0].Notice, "Plats skola0, Plats skola1, Plats skola2") {
		t.Errorf("the sites are not named: %q", h.messages()[0].Alerts[0].Notice)
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func TestOpenAlertsAndWaitingMessagesAreRememberedOverARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notify.json")
	h := newHook(t, false)
	h.answer(http.StatusServiceUnavailable)
	first := newDesk(t, file)
	first.begin(Settings{Channels: []Channel{webhook(h)}})
	first.look(schools(6*time.Minute, 1))
	eventually(t, "attempts", func() bool { return first.Status().Channels[0].Failures > 2 })
	first.Close()

	h.answer(0)
	second := newDesk(t, file)
	second.now.Store(noon.Add(7 * time.Minute).UnixNano())
	second.begin(Settings{Channels: []Channel{webhook(h)}})
	eventually(t, "the message that waited", func() bool { return len(h.titles()) == 1 })
	second.Notifier.look(noon.Add(20 * time.Minute)) // nothing is published yet: that is no end
	second.look(schools(21*time.Minute, 1))
	second.look(scene{at: noon.Add(23 * time.Minute)})
	eventually(t, "that it is over", func() bool { return len(h.titles()) == 2 })
	if got := h.titles(); !strings.HasPrefix(got[1], "Återställd: ") {
		t.Errorf("%q", got)
	}
}

func TestAnOwnerGetsItsOwnAlertsAlone(t *testing.T) {
	desk, net := newHook(t, false), newHook(t, false)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	one, two := webhook(desk), webhook(net)
	one.Name, one.Owners = "desk", []string{alert.Desk}
	two.Name, two.Owners = "natet", []string{alert.Operations}
	d.begin(Settings{Channels: []Channel{one, two}})
	s := schools(6*time.Minute, 1)
	s.queue("1:a linjen", 30, 10, 225, time.Hour)
	d.look(s)
	eventually(t, "both", func() bool { return len(desk.titles()) == 1 && len(net.titles()) == 1 })
	if a, b := desk.titles()[0], net.titles()[0]; a != "Kön 1:a linjen växer" || b != "Störning i nätet på Plats skola0" {
		t.Errorf("%q, %q", a, b)
	}
}

func TestALateSourceIsToldOfWhenItHasLasted(t *testing.T) {
	h := newHook(t, false)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{webhook(h)}})
	late := func(after time.Duration) scene {
		s := scene{at: noon.Add(after)}
		s.source("systemlista", 3*time.Hour+after, time.Minute, time.Hour)
		return s
	}
	waits := late(0)
	waits.source("vantar", 3*time.Hour, time.Minute, time.Hour)
	waits.snapshot.Sources[1].Held = true // a person knows of it already
	d.look(waits)
	d.look(late(10 * time.Minute))
	if n := d.Status().Open; n != 0 {
		t.Errorf("%d open before it lasted", n)
	}
	last := late(15 * time.Minute)
	last.snapshot.Sources = append(last.snapshot.Sources, waits.snapshot.Sources[1])
	d.look(last)
	eventually(t, "a message", func() bool { return len(h.titles()) == 1 })
	if got := h.titles()[0]; got != "Källan systemlista läses inte som den ska" {
		t.Error(got)
	}
}

func TestWhatCannotBeSentWaitsWithinBoundsAndShows(t *testing.T) {
	h := newHook(t, false)
	h.answer(http.StatusForbidden)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{webhook(h)}, Repeat: time.Minute})
	for i := range maxWaiting + 50 {
		d.look(schools(6*time.Minute+time.Duration(i)*time.Minute, 1))
	}
	eventually(t, "attempts", func() bool { return d.Status().Channels[0].Failures > 3 })
	st := d.Status().Channels[0]
	if st.Up || st.Class != "unauthenticated" || st.Waiting != maxWaiting || st.Dropped != 50 || strings.Contains(st.Reason, hookSecret) {
		t.Errorf("%+v", st)
	}
	if n := strings.Count(d.log.String(), "notices do not get through"); n != 1 {
		t.Errorf("logged %d times", n)
	}
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(d.Notifier)
	fs, err := reg.Gather()
	if err != nil || len(fs) != 3 { // up, waiting, sent_total
		t.Error(len(fs), err)
	}
	h.answer(0)
	eventually(t, "all that waited", func() bool { return len(h.titles()) == maxWaiting })
	eventually(t, "a channel that is up", func() bool { return d.Status().Channels[0].Up })
}

func TestAMessageOlderThanADayIsNotSent(t *testing.T) {
	h := newHook(t, false)
	h.answer(http.StatusServiceUnavailable)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{webhook(h)}})
	d.look(schools(6*time.Minute, 1))
	eventually(t, "an attempt", func() bool { return d.Status().Channels[0].Failures > 0 })
	d.now.Store(noon.Add(25 * time.Hour).UnixNano())
	eventually(t, "an empty queue", func() bool { return d.Status().Channels[0].Waiting == 0 })
	if d.Status().Channels[0].Dropped != 1 || len(h.titles()) > 0 {
		t.Errorf("%+v %q", d.Status(), h.titles())
	}
}

func TestTeamsGetsACard(t *testing.T) {
	h := newHook(t, true)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{{Name: "teams", Teams: &Hook{URL: h.URL + "/" + hookSecret}}}})
	d.look(schools(6*time.Minute, 3))
	eventually(t, "a card", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.bodies) == 1
	})
	if b := string(h.bodies[0]); !strings.Contains(b, "Störning i nätet på Plats skola0 och 2 till") || !strings.Contains(b, "Plats skola2 sedan 13.00") {
		t.Error(b)
	}
}

func TestTheSignOfLifeStopsWhenFiguresDo(t *testing.T) {
	var got atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/"+hookSecret {
			got.Add(1)
		}
	}))
	t.Cleanup(srv.Close)
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Ping: &Ping{URL: srv.URL + "/" + hookSecret, Method: http.MethodGet, Every: 10 * time.Millisecond}})
	time.Sleep(50 * time.Millisecond)
	if got.Load() > 0 {
		t.Error("a sign of life before the first evaluation")
	}
	d.look(scene{at: noon})
	eventually(t, "signs of life", func() bool { return got.Load() > 2 })
	d.now.Store(noon.Add(2 * time.Hour).UnixNano()) // the figures are as they were
	eventually(t, "silence", func() bool {
		n := got.Load()
		time.Sleep(100 * time.Millisecond)
		return got.Load() == n
	})
	srv.Close()
	d.look(scene{at: noon.Add(2 * time.Hour)})
	eventually(t, "the fault", func() bool { return d.Status().Channels[0].Class == "unreachable" })
}

func TestABrokenStateIsToldAndBegunAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notify.json")
	if err := newState().save(file); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "{", `{"open": 7}`, `{"outbox": null}`} {
		write(t, file, content)
		d := newDesk(t, file)
		h := newHook(t, false)
		d.begin(Settings{Channels: []Channel{webhook(h)}})
		d.look(schools(6*time.Minute, 1))
		eventually(t, "a message all the same", func() bool { return len(h.titles()) == 1 })
		if !strings.Contains(d.log.String(), "what was told of earlier is forgotten") {
			t.Errorf("%q: %s", content, d.log.String())
		}
		if b, err := os.ReadFile(file + ".broken"); err != nil || string(b) != content {
			t.Errorf("%q is not put aside: %q, %v", content, b, err)
		}
		d.Close()
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (g gatherer) Gather() ([]*dto.MetricFamily, error) { return g().Gather() }
