package notify

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// scene is what is published, at an instant.
type scene struct {
	at       time.Time
	snapshot metrics.Snapshot
	live     metrics.Live
}

func (s scene) registry(t testing.TB) *prometheus.Registry {
	t.Helper()
	c := metrics.New()
	s.snapshot.EvaluatedAt = s.at
	c.Publish(s.snapshot)
	c.PublishLive(s.live)
	reg, err := metrics.Registry(c, "test")
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func (s scene) published(t testing.TB) published {
	t.Helper()
	fs, err := s.registry(t).Gather()
	if err != nil {
		t.Fatal(err)
	}
	return read(fs)
}

// down adds a disruption at a site that has lasted.
func (s *scene) down(site string, lasted time.Duration, planned bool) {
	s.live.Disruptions = append(s.live.Disruptions, metrics.Disruption{Site: site, OrgUnit: "utb", Start: s.at.Add(-lasted), Planned: planned, Users: 60})
}

func (s *scene) site(id, class string, points ...string) {
	s.snapshot.Sites = append(s.snapshot.Sites, metrics.Site{Site: id, Name: "Plats " + id, OrgUnit: "utb", Criticality: class})
	for _, p := range points {
		i := slices.IndexFunc(s.live.Points, func(x metrics.ProbePoint) bool { return x.Name == p })
		if i < 0 {
			i = len(s.live.Points)
			s.live.Points = append(s.live.Points, metrics.ProbePoint{Name: p, Blind: p == "skymd"})
		}
		s.live.Points[i].Sites = append(s.live.Points[i].Sites, id)
	}
}

func (s *scene) source(name string, success, start, interval time.Duration) {
	st := store.SourceState{SourceInfo: store.SourceInfo{Name: name, Plugin: "table", Interval: interval}, LastStarted: s.at.Add(-start)}
	if success > 0 {
		st.LastSuccess = s.at.Add(-success)
	}
	s.snapshot.Sources = append(s.snapshot.Sources, st)
}

func (s *scene) queue(name string, opened, resolved, week int64, oldest time.Duration) {
	for w, n := range map[string][2]int64{"1h": {opened, resolved}, "7d": {week, week}} {
		s.snapshot.Flows = append(s.snapshot.Flows, metrics.Flow{Queue: name, Window: w, Opened: n[0], Resolved: n[1]})
	}
	s.snapshot.Queues = append(s.snapshot.Queues, metrics.Queue{Queue: name, Priority: "3", Open: 3, Oldest: s.at.Add(-oldest)})
}

// scenes are states that the notifier and Prometheus must judge alike.
func scenes(at time.Time) map[string]scene {
	out := map[string]scene{"nothing": {at: at}}
	few := scene{at: at}
	few.site("brand", "raddningstjanst", "stadshuset")
	few.site("skola", "lag", "stadshuset")
	few.site("blind", "normal", "skymd")
	few.site("planerad", "hog", "stadshuset")
	few.site("kort", "raddningstjanst", "stadshuset")
	few.down("brand", 2*time.Minute, false)
	few.down("skola", 2*time.Minute, false) // too short for its class
	few.down("blind", time.Hour, false)
	few.down("planerad", time.Hour, true)
	few.down("kort", 30*time.Second, false)
	few.down("obeskriven", 6*time.Minute, false)
	few.queue("natet", 40, 5, 90, 24*time.Hour)
	out["some sites and a queue meanwhile"] = few
	many := scene{at: at}
	for i := range 6 {
		id := fmt.Sprintf("skola%d", i)
		many.site(id, "normal", "stadshuset")
		many.down(id, 2*time.Minute, false)
	}
	out["many sites"] = many
	rest := scene{at: at}
	rest.queue("lugn", 5, 5, 225, 24*time.Hour)
	rest.queue("vaxer", 30, 10, 225, 24*time.Hour)
	rest.queue("alltid mycket", 30, 10, 2250, 24*time.Hour)
	rest.queue("gammal", 1, 1, 45, 40*24*time.Hour)
	rest.queue("egen", 8, 1, 45, 4*24*time.Hour)
	rest.source("i tid", 90*time.Minute, 90*time.Minute, time.Hour)
	rest.source("sen", 3*time.Hour, time.Minute, time.Hour)
	rest.source("ofta", 5*time.Minute, time.Minute, time.Minute) // late by its interval, but not ten minutes
	rest.source("aldrig", 0, time.Hour, time.Hour)
	out["queues and sources"] = rest
	return out
}

func settingsOfTest() alert.Settings {
	s := alert.Defaults()
	own := s.Queue
	own.Growth, own.Oldest = 5, 3*24*time.Hour
	s.Queues = map[string]alert.Queue{"egen": own}
	return s
}

// The notifier's conditions in Go and the rules' expressions in a real
// Prometheus find the same in each scene, with the same values.
func TestTheNotifierAndPrometheusJudgeAlike(t *testing.T) {
	told := []string{alert.SiteDisruption, alert.ManySitesDisrupted, alert.QueueGrowing, alert.QueueTooOld, alert.SourceLate}
	found := map[string]int{}
	for name, s := range scenes(time.Now()) {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(metrics.HandlerFor(s.registry(t), slog.New(slog.DiscardHandler)))
			defer srv.Close()
			p := testneed.StartPrometheus(t, t.TempDir(), strings.TrimPrefix(srv.URL, "http://"))
			var got, want map[string]float64
			judge := func(now time.Time) {
				got, want = map[string]float64{}, map[string]float64{}
				c := newConditions(settingsOfTest())
				for _, in := range c.holding(s.published(t), now) {
					got[in.rule.ID()+" "+in.key()] = in.value
				}
				for i := range c.rules {
					r := &c.rules[i]
					if !slices.Contains(told, r.Name) {
						continue
					}
					for _, x := range query(t, p.URL, r.Expr, now) {
						in := instance{rule: r, labels: x.labels}
						want[r.ID()+" "+in.key()] = x.value
						found[r.Name]++
						if r.Name == alert.SiteDisruption {
							for _, sample := range c.holding(s.published(t), now) {
								if sample.key() == in.key() && (sample.labels["name"] != x.labels["name"]) {
									t.Errorf("%s is called %q here and %q there", in.key(), sample.labels["name"], x.labels["name"])
								}
							}
						}
					}
				}
			}
			// Where a scrape has failed, as on a busy machine, Prometheus knows
			// nothing of that instant.
			there := func(at time.Time) bool {
				return len(query(t, p.URL, "kommunpuls_evaluation_timestamp_seconds", at)) == 1
			}
			for end := time.Now().Add(5 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
				now := time.Now()
				if there(now) {
					if judge(now); there(now) {
						break
					}
				}
				if now.After(end) {
					t.Fatal("Prometheus has scraped nothing")
				}
			}
			for k, v := range want {
				if w, ok := got[k]; !ok || math.Abs(v-w) > 1 {
					t.Errorf("%s: Prometheus says %v, the notifier %v (%v)", k, v, w, ok)
				}
			}
			for k := range got {
				if _, ok := want[k]; !ok {
					t.Errorf("%s: the notifier alone", k)
				}
			}
		})
	}
	for _, name := range told {
		if found[name] == 0 {
			t.Errorf("%s: no scene in which it holds", name)
		}
	}
}

func query(t *testing.T, server, expr string, at time.Time) []sample {
	t.Helper()
	v := url.Values{"query": {expr}, "time": {at.Format(time.RFC3339Nano)}}
	resp, err := http.Get(server + "/api/v1/query?" + v.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var body struct {
		Error string
		Data  struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || body.Error != "" {
		t.Fatal(err, body.Error, expr)
	}
	var out []sample
	for _, r := range body.Data.Result {
		x := sample{labels: r.Metric}
		if _, err := fmt.Sscan(fmt.Sprint(r.Value[1]), &x.value); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}
