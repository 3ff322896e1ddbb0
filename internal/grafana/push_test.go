package grafana_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/grafana"
	"github.com/kommunpuls/kommunpuls/internal/grafana/grafanatest"
)

const alerting = `apiVersion: 1
groups:
  - orgId: 1
    name: natet
    folder: kommunpuls
    interval: 20s
    rules:
      - uid: kp-a
        title: Störning på en plats
        condition: B
        for: 1m
        noDataState: OK
        execErrState: Error
        labels: {severity: page}
        annotations: {summary: Störning}
        data:
          - refId: A
            datasourceUid: kommunpuls-prometheus
            relativeTimeRange: {from: 600, to: 0}
            model: {expr: kommunpuls_disruption_active, instant: true, refId: A, datasource: {type: prometheus, uid: kommunpuls}}
          - refId: B
            datasourceUid: "-100"
            relativeTimeRange: {from: 0, to: 0}
            model: {type: threshold, expression: A, refId: B}
      - uid: kp-b
        title: Tyst mätpunkt
        condition: A
        for: 120s
        noDataState: OK
        execErrState: Error
        data:
          - refId: A
            datasourceUid: kommunpuls-prometheus
            relativeTimeRange: {from: 600, to: 0}
            model: {expr: up == 0, instant: true, refId: A}
contactPoints:
  - orgId: 1
    name: kommunpuls-drift
    receivers:
      - uid: kp-drift
        type: email
        settings: {addresses: drift@kommunen.example}
muteTimes:
  - orgId: 1
    name: kommunpuls-utom-den-forsta
    time_intervals: [{days_of_month: ["2:31"]}]
policies:
  - orgId: 1
    receiver: kommunpuls-drift
    group_by: [alertname]
    routes:
      - receiver: kommunpuls-drift
        object_matchers: [[severity, "=", page]]
        group_wait: 10s
        mute_time_intervals: [kommunpuls-utom-den-forsta]
`

func board(uid, title, expr string) grafana.Dashboard {
	return grafana.Dashboard{UID: uid, Title: title, JSON: []byte(fmt.Sprintf(`{"uid":%q,"title":%q,"schemaVersion":37,"panels":[{"id":1,"title":"Ett","targets":[{"refId":"A","expr":%q}]}]}`, uid, title, expr))}
}

func wanted(t *testing.T) grafana.Wanted {
	t.Helper()
	w := grafana.Wanted{
		Folder:     "kommunpuls",
		DataSource: grafana.DataSource{Name: "Prometheus", URL: "http://127.0.0.1:9090"},
		Dashboards: []grafana.Dashboard{board("kommunpuls-laget", "Läget", "a"), board("kommunpuls-mognad", "Mognad", "b")},
	}
	if err := w.AddAlerting("kommunpuls.yaml", []byte(alerting)); err != nil {
		t.Fatal(err)
	}
	return w
}

func dial(t *testing.T, url, token string) grafana.API {
	t.Helper()
	api, err := grafana.Dial(grafana.Settings{URL: url, Token: token, Timeout: time.Minute, Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func push(t *testing.T, s *grafanatest.Server, w grafana.Wanted, opt grafana.Options) grafana.Report {
	t.Helper()
	r, err := grafana.Push(context.Background(), dial(t, s.URL, grafanatest.Token), w, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func actions(r grafana.Report) string {
	var b strings.Builder
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "%s %s: %s\n", c.Kind, c.Name, c.Action)
	}
	return b.String()
}

func change(t *testing.T, r grafana.Report, name string) grafana.Change {
	t.Helper()
	i := slices.IndexFunc(r.Changes, func(c grafana.Change) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("nothing is said of %s:\n%s", name, actions(r))
	}
	return r.Changes[i]
}

func TestTheFirstPushMakesAllAndTheSecondNothing(t *testing.T) {
	s := grafanatest.New(t)
	first := push(t, s, wanted(t), grafana.Options{})
	if got, want := actions(first), `mapp kommunpuls: ny
datakälla Prometheus: ny
vy Läget: ny
vy Mognad: ny
kontaktpunkt kommunpuls-drift: ny
tyst tid kommunpuls-utom-den-forsta: ny
larmgrupp natet: ny
mottagare vem som får vilka larm: ändrad
`; got != want {
		t.Errorf("got:\n%s", got)
	}
	if got := s.Rules("natet"); !slices.Equal(got, []string{"kp-a", "kp-b"}) {
		t.Errorf("rules %v", got)
	}
	if got := s.Board("kommunpuls-laget"); got.FolderUID != "kommunpuls" {
		t.Errorf("folder %q", got.FolderUID)
	}
	s.Writes()
	second := push(t, s, wanted(t), grafana.Options{})
	if n := second.Count(grafana.Unchanged); n != len(second.Changes) || second.Written() {
		t.Errorf("the second push changes something:\n%s", actions(second))
	}
	if w := s.Writes(); len(w) > 0 {
		t.Errorf("the second push writes %v", w)
	}
}

func TestADryRunSaysWhatWouldBeDoneAndWritesNothing(t *testing.T) {
	s := grafanatest.New(t)
	r := push(t, s, wanted(t), grafana.Options{DryRun: true})
	if r.Count(grafana.Created) != 7 || r.Written() {
		t.Errorf("got:\n%s", actions(r))
	}
	if w := s.Writes(); len(w) > 0 {
		t.Errorf("a dry run writes %v", w)
	}
	push(t, s, wanted(t), grafana.Options{})
	s.Writes()
	w := wanted(t)
	w.Dashboards[0] = board("kommunpuls-laget", "Läget", "sum(a)")
	w.Groups[0].Rules[1].For = "5m"
	r = push(t, s, w, grafana.Options{DryRun: true})
	if d := change(t, r, "Läget").Diff; !slices.Equal(d, []string{`panels[1 ”Ett”].targets[A].expr: "a" → "sum(a)"`}) {
		t.Errorf("diff %q", d)
	}
	if d := change(t, r, "natet").Diff; !slices.Equal(d, []string{`rules[kp-b].for: "2m0s" → "5m0s"`}) {
		t.Errorf("diff %q", d)
	}
	if w := s.Writes(); len(w) > 0 {
		t.Errorf("a dry run writes %v", w)
	}
}

func TestANewVersionIsWrittenAndRulesThatAreGoneAreRemoved(t *testing.T) {
	s := grafanatest.New(t)
	push(t, s, wanted(t), grafana.Options{})
	w := wanted(t)
	w.Dashboards[0] = board("kommunpuls-laget", "Läget", "sum(a)")
	w.Groups[0].Rules[1].UID, w.Groups[0].Rules[1].Title = "kp-c", "En annan"
	r := push(t, s, w, grafana.Options{})
	if change(t, r, "Läget").Action != grafana.Updated || change(t, r, "Mognad").Action != grafana.Unchanged || change(t, r, "natet").Action != grafana.Updated {
		t.Errorf("got:\n%s", actions(r))
	}
	if got := s.Rules("natet"); !slices.Equal(got, []string{"kp-a", "kp-c"}) {
		t.Errorf("rules %v", got)
	}
	if again := push(t, s, w, grafana.Options{}); again.Written() {
		t.Errorf("and again:\n%s", actions(again))
	}
}

func TestWhatAPersonChangedIsLeftUnlessForced(t *testing.T) {
	s := grafanatest.New(t)
	push(t, s, wanted(t), grafana.Options{})
	s.Edit("kommunpuls-laget", func(m map[string]any) { m["title"] = "Läget hos oss" })
	s.Rename("kp-a", "Omdöpt")
	s.TakeOver("kp-a", "")
	s.Writes()

	r := push(t, s, wanted(t), grafana.Options{})
	c := change(t, r, "Läget")
	if c.Action != grafana.Kept || !slices.Equal(c.Diff, []string{`title: "Läget hos oss" → "Läget"`}) {
		t.Errorf("%+v", c)
	}
	if c := change(t, r, "natet"); c.Action != grafana.Kept {
		t.Errorf("%+v", c)
	}
	if w := s.Writes(); len(w) > 0 {
		t.Errorf("it writes %v", w)
	}

	r = push(t, s, wanted(t), grafana.Options{Force: true})
	if change(t, r, "Läget").Action != grafana.Updated || change(t, r, "natet").Action != grafana.Updated {
		t.Errorf("got:\n%s", actions(r))
	}
	b := s.Board("kommunpuls-laget")
	if len(b.Versions) != 3 || b.Versions[2].Model["title"] != "Läget" {
		t.Errorf("versions %+v", b.Versions)
	}
	if r := push(t, s, wanted(t), grafana.Options{}); r.Written() {
		t.Errorf("and again:\n%s", actions(r))
	}
}

func TestADashboardDeletedByHandIsPutBackAndToldOf(t *testing.T) {
	s := grafanatest.New(t)
	push(t, s, wanted(t), grafana.Options{})
	s.Delete("kommunpuls-mognad")
	c := change(t, push(t, s, wanted(t), grafana.Options{}), "Mognad")
	if c.Action != grafana.Restored || c.Why == "" || s.Board("kommunpuls-mognad") == nil {
		t.Errorf("%+v", c)
	}
}

func TestADashboardStaysInTheFolderItWasMovedTo(t *testing.T) {
	s := grafanatest.New(t)
	push(t, s, wanted(t), grafana.Options{})
	s.AddFolder(grafanatest.Folder{UID: "ledning", Title: "Ledningen"})
	s.Move("kommunpuls-laget", "ledning")
	w := wanted(t)
	w.Dashboards[0] = board("kommunpuls-laget", "Läget", "sum(a)")
	if c := change(t, push(t, s, w, grafana.Options{}), "Läget"); c.Action != grafana.Updated || s.Board("kommunpuls-laget").FolderUID != "ledning" {
		t.Errorf("%+v, in %s", c, s.Board("kommunpuls-laget").FolderUID)
	}
}

func TestADashboardFromAFileIsLeft(t *testing.T) {
	s := grafanatest.New(t)
	s.AddBoard("kommunpuls-laget", grafanatest.Board{FromFile: true, Versions: []grafanatest.Version{{Model: map[string]any{"title": "Läget"}}}})
	s.Writes()
	c := change(t, push(t, s, wanted(t), grafana.Options{Force: true}), "Läget")
	if c.Action != grafana.Kept || !strings.Contains(c.Why, "fil hos Grafana") {
		t.Errorf("%+v", c)
	}
}

func TestADashboardImportedByHandThatSaysTheSameIsLeftInPeace(t *testing.T) {
	s := grafanatest.New(t)
	s.AddBoard("kommunpuls-laget", grafanatest.Board{Versions: []grafanatest.Version{{Model: grafanatest.Parse(t, board("", "Läget", "a").JSON)}}})
	s.Edit("kommunpuls-laget", func(m map[string]any) { m["uid"] = "kommunpuls-laget" })
	if c := change(t, push(t, s, wanted(t), grafana.Options{}), "Läget"); c.Action != grafana.Unchanged {
		t.Errorf("%+v", c)
	}
}

func TestOneSavedBetweenReadingAndWritingIsNotOverwritten(t *testing.T) {
	s := grafanatest.New(t)
	push(t, s, wanted(t), grafana.Options{})
	w := wanted(t)
	w.Dashboards[0] = board("kommunpuls-laget", "Läget", "sum(a)")
	api := &late{API: dial(t, s.URL, grafanatest.Token), before: func() {
		s.Edit("kommunpuls-laget", func(m map[string]any) { m["title"] = "Hann före" })
	}}
	r, err := grafana.Push(context.Background(), api, w, grafana.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := change(t, r, "Läget"); c.Action != grafana.Kept || !strings.Contains(c.Why, "412") {
		t.Errorf("%+v", c)
	}
	if b := s.Board("kommunpuls-laget"); b.Versions[len(b.Versions)-1].Model["title"] != "Hann före" {
		t.Error("it was overwritten")
	}
}

// late does something just before a dashboard is saved.
type late struct {
	grafana.API
	before func()
}

func (l *late) SaveDashboard(ctx context.Context, d grafana.SaveDashboard) error {
	l.before()
	return l.API.SaveDashboard(ctx, d)
}

func TestAFolderOfTheSameNameThatIsNotOursStopsThePush(t *testing.T) {
	s := grafanatest.New(t)
	s.AddFolder(grafanatest.Folder{UID: "abc", Title: "kommunpuls"})
	_, err := grafana.Push(context.Background(), dial(t, s.URL, grafanatest.Token), wanted(t), grafana.Options{})
	if !errors.Is(err, grafana.ErrConflict) || !strings.Contains(err.Error(), "uid abc") {
		t.Errorf("got %v", err)
	}
	if w := s.Writes(); len(w) > 0 {
		t.Errorf("it writes %v", w)
	}
	push(t, s, wanted(t), grafana.Options{Force: true})
	if got := s.Board("kommunpuls-laget").FolderUID; got != "abc" {
		t.Errorf("with --force it lies in %q", got)
	}
}

func TestDataSources(t *testing.T) {
	existing := map[string]any{"uid": "p1", "name": "Prometheus", "type": "prometheus", "access": "proxy", "url": "http://annan:9090"}
	tests := []struct {
		name, is   string
		have       map[string]any
		url        string
		force      bool
		want       grafana.Action
		err        error
		ruleSource string
	}{
		{name: "one that exists is used when no address is given", have: existing, want: grafana.Unchanged, ruleSource: "p1"},
		{name: "one that a person made keeps its address", have: existing, url: "http://127.0.0.1:9090", want: grafana.Kept, ruleSource: "p1"},
		{name: "unless forced", have: existing, url: "http://127.0.0.1:9090", force: true, want: grafana.Updated, ruleSource: "p1"},
		{name: "ours follows the configuration", have: map[string]any{"uid": "kommunpuls-prometheus", "name": "Prometheus", "type": "prometheus", "access": "proxy", "url": "http://gammal:9090"}, url: "http://127.0.0.1:9090", want: grafana.Updated, ruleSource: "kommunpuls-prometheus"},
		{name: "one from a file is never changed", have: map[string]any{"uid": "f", "name": "Prometheus", "type": "prometheus", "access": "proxy", "url": "http://annan:9090", "readOnly": true}, url: "http://127.0.0.1:9090", force: true, want: grafana.Kept, ruleSource: "f"},
		{name: "another kind of the same name is refused", have: map[string]any{"uid": "x", "name": "Prometheus", "type": "loki", "access": "proxy", "url": "http://l"}, err: grafana.ErrConflict},
		{name: "one that is missing and has no address is refused", err: grafana.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := grafanatest.New(t)
			if tt.have != nil {
				d := map[string]any{}
				for k, v := range tt.have {
					d[k] = v
				}
				s.AddSource(d)
			}
			w := wanted(t)
			w.DataSource.URL = tt.url
			r, err := grafana.Push(context.Background(), dial(t, s.URL, grafanatest.Token), w, grafana.Options{Force: tt.force})
			if tt.err != nil {
				if !errors.Is(err, tt.err) || !strings.Contains(err.Error(), "datakällan ”Prometheus”") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c := change(t, r, "Prometheus"); c.Action != tt.want {
				t.Errorf("%+v", c)
			}
			if got := s.Source("kp-a"); got != tt.ruleSource {
				t.Errorf("rules ask %q", got)
			}
		})
	}
}

func TestOtherPeoplesRoutesAreNotLost(t *testing.T) {
	s := grafanatest.New(t)
	s.SetPolicy(map[string]any{"receiver": "grafana-default-email", "routes": []any{map[string]any{"receiver": "grafana-default-email", "object_matchers": []any{[]any{"team", "=", "a"}}}}})
	r := push(t, s, wanted(t), grafana.Options{})
	if c := change(t, r, "vem som får vilka larm"); c.Action != grafana.Kept || s.Policy()["receiver"] != "grafana-default-email" {
		t.Errorf("%+v", c)
	}
	push(t, s, wanted(t), grafana.Options{Force: true})
	if s.Policy()["receiver"] != "kommunpuls-drift" {
		t.Error("--force does not replace them")
	}
}

func TestAContactPointThatAPersonChangedIsLeft(t *testing.T) {
	s := grafanatest.New(t)
	push(t, s, wanted(t), grafana.Options{})
	for _, c := range s.Contacts() {
		if c["uid"] == "kp-drift" {
			c["provenance"], c["settings"] = "", map[string]any{"addresses": "jour@kommunen.example"}
		}
	}
	c := change(t, push(t, s, wanted(t), grafana.Options{}), "kommunpuls-drift")
	if c.Action != grafana.Kept || !slices.Equal(c.Diff, []string{"addresses: ändras"}) {
		t.Errorf("%+v", c)
	}
}

func TestAFileThatWouldLoseSomethingIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ content, want string }{
		"a field nobody knows":     {strings.Replace(alerting, "group_wait: 10s", "group_wait: 10s\n        matchers: [\"a = b\"]", 1), "matchers"},
		"an interval that is none": {strings.Replace(alerting, "interval: 20s", "interval: ofta", 1), "groups.natet: interval"},
		"another version":          {strings.Replace(alerting, "apiVersion: 1", "apiVersion: 2", 1), "apiVersion: fick 2"},
		"a rule without a uid":     {strings.Replace(alerting, "uid: kp-a", "uid: \"\"", 1), "uid ska ha"},
	} {
		t.Run(name, func(t *testing.T) {
			var w grafana.Wanted
			err := w.AddAlerting("natet.yaml", []byte(tt.content))
			if err == nil || !strings.HasPrefix(err.Error(), "natet.yaml: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
