package prometheus_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/plugins/prometheus"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

func pemOf(der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}) }

// TestPrometheus runs against one real server.
func TestPrometheus(t *testing.T) {
	srv := start(t)
	for name, test := range map[string]func(*testing.T, settings){
		"a value now": valueNow,
		"a share over every hour, then increments": shares,
		"outages as intervals":                     outages,
		"what is not there gives no rows":          absent,
		"series that look alike are refused":       alike,
		"what is wrong with the query is told":     faults,
		"logins and certificates":                  logins,
		"cancellation":                             cancelled,
	} {
		t.Run(name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, before) }) // after what the test itself cleans up
			test(t, srv)
		})
	}
	t.Run("it conforms", func(t *testing.T) {
		s := srv.asking("query", "probe_success", "labels", settings{"site": "site"})
		sdktest.Run(t, sdktest.Case{
			New: func() sdk.Source { return prometheus.Source{} }, Settings: s.json(t), Broken: srv.asking("query", "sum(").json(t), MinRecords: 2, Now: now,
			Connecting: func(addr string) json.RawMessage { return s.with("url", "http://"+addr).json(t) },
		})
	})
}

func valueNow(t *testing.T, s settings) {
	g := &gathered{}
	g.collect(t, s.asking("metric", "ko", "kind", "queue", "query", "queue_waiting", "unit", "samtal", "labels", settings{"subject": "queue", "site": settings{"header": "plats", "optional": true}},
		"constants", settings{"external_source": "växeln"}).request(t))
	r, ok := g.byID["ko||servicedesk|2026-11-21T12:00:00Z"]
	if !ok || g.written != 1 || len(g.warnings) > 0 {
		t.Fatalf("got %v, %v", slices.Collect(maps.Keys(g.byID)), g.warnings)
	}
	for field, want := range map[string]record.Value{
		"kind": {State: record.Set, S: "queue"}, "metric": {State: record.Set, S: "ko"}, "value": {State: record.Set, F: 0}, "unit": {State: record.Set, S: "samtal"},
		"subject": {State: record.Set, S: "servicedesk"}, "started_at": {State: record.Set, I: now.Unix()}, "ended_at": {}, "site": {}, "external_source": {State: record.Set, S: "växeln"},
	} {
		if got := r.Get(field); got != want {
			t.Errorf("%s: got %+v, want %+v", field, got, want)
		}
	}
	if !slices.Contains(g.header.Mapped[record.Observation], "site") || slices.Contains(g.header.Mapped[record.Observation], "ended_at") {
		t.Errorf("mapped %v", g.header.Mapped)
	}
	g = &gathered{}
	if g.collect(t, s.asking("query", "scalar(queue_waiting) + 7").request(t)); g.get("tillganglighet|2026-11-21T12:00:00Z", "value").F != 7 {
		t.Errorf("a scalar: %+v", g.byID)
	}
}

func shares(t *testing.T, s settings) {
	s = s.with("history", "24h", "overlap", "90m").asking("query", "avg by (site, forvaltning) (avg_over_time(probe_success[1h]))", "step", "1h", "span", true,
		"labels", settings{"site": "site", "org_unit": "forvaltning"})
	g := &gathered{}
	end := g.collect(t, s.request(t))
	// 25 hours of the fire station; of the school two are missing, when nothing was measured.
	if g.written != 48 || !g.header.Full || g.header.CoversAll {
		t.Fatalf("%d rows, %+v", g.written, g.header)
	}
	last := g.byID["tillganglighet|Utbildning|brandstationen|2026-11-21T12:00:00Z"]
	if v := last.Get("value"); v.F < 0.6 || v.F > 0.7 {
		t.Errorf("21 of the last hour's 61 minutes were down: %+v", v)
	}
	if last.Get("started_at").I != now.Add(-time.Hour).Unix() || last.Get("ended_at").I != now.Unix() || last.Get("org_unit").S != "Utbildning" {
		t.Errorf("%+v", last)
	}
	before := len(g.byID)
	req := s.request(t)
	req.Cursor, req.Now = end.Cursor, now.Add(10*time.Minute)
	g.collect(t, req)
	// The overlap reaches back to the hours 10, 11 and 12: the same rows again.
	if g.written != 4 || len(g.byID) != before || g.header.Full || !g.header.ContentAt.Equal(now) {
		t.Errorf("increment: %d rows, %d new, %+v", g.written, len(g.byID)-before, g.header)
	}
	other := s.with("overlap", "3h").request(t)
	other.Cursor = end.Cursor
	if g.collect(t, other); !g.header.Full {
		t.Error("other settings begin anew")
	}
	// More steps than one answer holds.
	g = &gathered{}
	g.collect(t, s.with("history", "48h").asking("query", "queue_waiting", "step", "10s").request(t))
	if g.written != 48*360+1 {
		t.Errorf("%d rows in pieces", g.written)
	}
}

func outages(t *testing.T, s settings) {
	s = s.with("history", "47h", "overlap", "15m").asking("metric", "avbrott", "kind", "outage", "query", "probe_success == bool 0", "step", "1m", "intervals", true, "labels", settings{"site": "site"})
	g := &gathered{}
	early := s.request(t)
	early.Now = now.Add(-25*time.Hour - 30*time.Minute) // in the middle of the school's outage
	end := g.collect(t, early)
	school := "avbrott|centralskolan|" + now.Add(-26*time.Hour).Format(time.RFC3339)
	if r, ok := g.byID[school]; !ok || g.written != 1 || r.Get("ended_at").State != record.Blank {
		t.Fatalf("an outage that goes on: %+v", g.byID)
	}
	next := s.request(t)
	next.Cursor, next.Now = end.Cursor, now.Add(-25*time.Hour)
	end = g.collect(t, next)
	// The window begins within the outage; it is the same one, and still goes on.
	if len(g.byID) != 1 {
		t.Fatalf("an outage has become several: %v", slices.Collect(maps.Keys(g.byID)))
	}
	next.Cursor, next.Now = end.Cursor, now.Add(-25*time.Hour+5*time.Minute)
	end = g.collect(t, next)
	if r := g.byID[school]; len(g.byID) != 1 || r.Get("ended_at").I != now.Add(-25*time.Hour).Unix() || r.Get("started_at").I != now.Add(-26*time.Hour).Unix() {
		t.Fatalf("an outage that ended: %+v", g.byID)
	}
	// Once more: it ended before, and within the overlap.
	next.Cursor, next.Now = end.Cursor, now.Add(-25*time.Hour+8*time.Minute)
	if end = g.collect(t, next); len(g.byID) != 1 || g.get(school, "ended_at").I != now.Add(-25*time.Hour).Unix() {
		t.Fatalf("an outage that ended before: %+v", g.byID)
	}
	next.Cursor, next.Now = end.Cursor, now
	g.collect(t, next)
	station := g.byID["avbrott|brandstationen|"+now.Add(-20*time.Minute).Format(time.RFC3339)]
	if len(g.byID) != 2 || station.Get("ended_at").State != record.Blank || station.Get("kind").S != "outage" || station.Get("value").State != record.Unset {
		t.Errorf("the station is still down, and nothing measured is no outage: %+v", g.byID)
	}
}

func absent(t *testing.T, s settings) {
	for name, q := range map[string]string{"no such series": "finns_inte", "not a number": "0 * queue_waiting / 0", "a filter that lets nothing through": "queue_waiting > 1000"} {
		t.Run(name, func(t *testing.T) {
			g := &gathered{}
			g.collect(t, s.asking("query", q).request(t))
			if g.written != 0 {
				t.Errorf("%d rows", g.written)
			}
			if nan := name == "not a number"; nan != (len(g.warnings) == 1) || nan && g.warnings[0].Code != "not_a_number" {
				t.Errorf("%+v", g.warnings)
			}
		})
	}
	g := &gathered{}
	g.collect(t, s.asking("query", "(queue_waiting + 1) / 0").request(t))
	if g.written != 0 || len(g.warnings) != 1 || !g.warnings[0].Refused || g.warnings[0].Place.Sheet != "tillganglighet" {
		t.Errorf("without end: %d rows, %+v", g.written, g.warnings)
	}
}

func alike(t *testing.T, s settings) {
	g := &gathered{}
	g.collect(t, s.asking("query", "probe_success", "labels", settings{"subject": "instance"}).request(t))
	if g.written != 1 || len(g.warnings) != 1 || g.warnings[0].Code != "series_alike" || !g.warnings[0].Refused {
		t.Errorf("%d rows, %+v", g.written, g.warnings)
	}
	contains(t, refused(t, s.with("max_series", 1).asking("query", "probe_success", "labels", settings{"site": "site"}), sdk.ErrBadInput), "fler än 1 serier", "sum by")
}

func faults(t *testing.T, s settings) {
	contains(t, refused(t, s.asking("query", "sum("), sdk.ErrBadInput), "frågan tillganglighet", "går inte att tolka", "parse error")
	contains(t, refused(t, s.asking("query", `label_replace(queue_waiting, "namn", "Anna Andersson", "", "") * on () probe_success`), sdk.ErrBadInput), "går inte att räkna ut: ", "match")
	contains(t, refused(t, s.asking("query", `"text"`), sdk.ErrBadInput), "text", "inga mätvärden")
	contains(t, refused(t, s.with("timeout", "1ms").asking("query", "max_over_time(queue_waiting[2d:1s]) + max_over_time((sum_over_time(queue_waiting[1h:1s]))[2d:1m])"), sdk.ErrUnreachable), "tog för lång tid i Prometheus")
	contains(t, refused(t, s.with("url", s["url"].(string)+"/graph").asking(), sdk.ErrBadInput), "utan /api/v1")
	contains(t, refused(t, s.with("url", "http://127.0.0.1:1").asking(), sdk.ErrUnreachable), "ingen svarar")
}

func logins(t *testing.T, s settings) {
	basic := guarded(t, s, func(r *http.Request) bool {
		u, p, _ := r.BasicAuth()
		return u == "las" && p == "hemligt"
	}).asking("query", "queue_waiting")
	g := &gathered{}
	if g.collect(t, basic.with("user", "las", "password", "hemligt").request(t)); g.written != 1 {
		t.Errorf("basic: %d rows", g.written)
	}
	contains(t, refused(t, basic.with("user", "las", "password", "fel"), sdk.ErrUnreachable), "inloggningen godtas inte (401)")
	contains(t, refused(t, basic.with("ca_file", nil), sdk.ErrUnreachable), "certifikat")
	bearer := guarded(t, s, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer hemligt" && r.Method == http.MethodPost
	}).asking("query", "queue_waiting")
	g = &gathered{}
	if g.collect(t, bearer.with("token", "hemligt").request(t)); g.written != 1 {
		t.Errorf("bearer: %d rows", g.written)
	}
}

func cancelled(t *testing.T, s settings) {
	ctx, cancel := context.WithCancel(context.Background())
	g := &gathered{onWrite: func() error { cancel(); return nil }}
	req := s.with("history", "48h").asking("query", "queue_waiting", "step", "10s").request(t)
	if _, err := (prometheus.Source{}).Collect(ctx, req, g); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
