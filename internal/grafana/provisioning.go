package grafana

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
	gapi "github.com/grafana/grafana-api-golang-client"
	"github.com/prometheus/common/model"
)

// file is a file of Grafana's alerting provisioning, the form in which the
// rules are generated.
type file struct {
	APIVersion    int              `json:"apiVersion"`
	Groups        []fileGroup      `json:"groups"`
	ContactPoints []fileContact    `json:"contactPoints"`
	MuteTimes     []fileMute       `json:"muteTimes"`
	Policies      []map[string]any `json:"policies"`
}

type fileMute struct {
	OrgID     int64               `json:"orgId"`
	Name      string              `json:"name"`
	Intervals []gapi.TimeInterval `json:"time_intervals"`
}

type fileGroup struct {
	OrgID    int64      `json:"orgId"`
	Name     string     `json:"name"`
	Folder   string     `json:"folder"`
	Interval string     `json:"interval"`
	Rules    []fileRule `json:"rules"`
}

type fileRule struct {
	UID          string            `json:"uid"`
	Title        string            `json:"title"`
	Condition    string            `json:"condition"`
	For          string            `json:"for"`
	NoDataState  string            `json:"noDataState"`
	ExecErrState string            `json:"execErrState"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	Data         []fileQuery       `json:"data"`
}

type fileQuery struct {
	RefID             string         `json:"refId"`
	QueryType         string         `json:"queryType"`
	DatasourceUID     string         `json:"datasourceUid"`
	RelativeTimeRange fileRange      `json:"relativeTimeRange"`
	Model             map[string]any `json:"model"`
}

type fileRange struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

type fileContact struct {
	OrgID     int64          `json:"orgId"`
	Name      string         `json:"name"`
	Receivers []fileReceiver `json:"receivers"`
}

type fileReceiver struct {
	UID                   string         `json:"uid"`
	Type                  string         `json:"type"`
	Settings              map[string]any `json:"settings"`
	DisableResolveMessage bool           `json:"disableResolveMessage"`
}

// AddAlerting adds what a file of Grafana's alerting provisioning holds: rule
// groups, contact points and at most one tree of policies. An unknown field is
// refused, because what is not understood would be lost on the way.
func (w *Wanted) AddAlerting(name string, content []byte) error {
	if err := w.addAlerting(content); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (w *Wanted) addAlerting(content []byte) error {
	j, err := yaml.YAMLToJSON(content)
	if err != nil {
		return err
	}
	var f file
	if err := strict(j, &f); err != nil {
		return err
	}
	if f.APIVersion != 1 {
		return fmt.Errorf("apiVersion: fick %d, ska vara 1", f.APIVersion)
	}
	for _, g := range f.Groups {
		group, err := g.group()
		if err != nil {
			return fmt.Errorf("groups.%s: %w", g.Name, err)
		}
		w.Groups = append(w.Groups, group)
	}
	for _, c := range f.ContactPoints {
		for _, r := range c.Receivers {
			w.ContactPoints = append(w.ContactPoints, ContactPoint{UID: r.UID, Name: c.Name, Type: r.Type, Settings: r.Settings, DisableResolveMessage: r.DisableResolveMessage})
		}
	}
	for _, m := range f.MuteTimes {
		b, err := json.Marshal(m.Intervals)
		if err != nil {
			return fmt.Errorf("muteTimes.%s: %w", m.Name, err)
		}
		w.MuteTimings = append(w.MuteTimings, MuteTiming{Name: m.Name, Intervals: b})
	}
	for _, p := range f.Policies {
		if w.Policy != nil {
			return errors.New("policies: bara ett träd kan finnas")
		}
		if w.Policy, err = policyOf(p); err != nil {
			return fmt.Errorf("policies: %w", err)
		}
	}
	return nil
}

func strict(b []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(out)
}

func (g *fileGroup) group() (RuleGroup, error) {
	every, err := model.ParseDuration(g.Interval)
	if err != nil {
		return RuleGroup{}, fmt.Errorf("interval: %w", err)
	}
	out := RuleGroup{Name: g.Name, Interval: int64(time.Duration(every) / time.Second)}
	for _, r := range g.Rules {
		rule := Rule{
			UID: r.UID, Title: r.Title, Condition: r.Condition, Group: g.Name, For: r.For,
			NoDataState: r.NoDataState, ExecErrState: r.ExecErrState, Labels: r.Labels, Annotations: r.Annotations,
		}
		for _, q := range r.Data {
			rule.Data = append(rule.Data, Query{RefID: q.RefID, DatasourceUID: q.DatasourceUID, From: q.RelativeTimeRange.From, To: q.RelativeTimeRange.To, Model: q.Model})
		}
		if rule.UID == "" || len(rule.UID) > 40 {
			return RuleGroup{}, fmt.Errorf("regeln %q: uid ska ha 1–40 tecken", r.Title)
		}
		out.Rules = append(out.Rules, rule)
	}
	return out, nil
}

// policyOf checks that every field of a tree survives Grafana's client.
func policyOf(p map[string]any) (json.RawMessage, error) {
	delete(p, "orgId")
	b, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var tree gapi.NotificationPolicyTree
	return b, strict(b, &tree)
}

// use points the questions of every rule at a data source and puts the rules
// into a folder. Expressions, which ask no data source, stay.
func (w *Wanted) use(folderUID, datasourceUID string) []RuleGroup {
	out := make([]RuleGroup, len(w.Groups))
	for i, g := range w.Groups {
		g.FolderUID = folderUID
		g.Rules = slices.Clone(g.Rules)
		for j := range g.Rules {
			r := &g.Rules[j]
			r.FolderUID = folderUID
			r.Data = slices.Clone(r.Data)
			for k := range r.Data {
				if q := &r.Data[k]; q.DatasourceUID != "-100" && q.DatasourceUID != "__expr__" {
					q.DatasourceUID, q.Model = datasourceUID, withSource(q.Model, datasourceUID)
				}
			}
		}
		out[i] = g
	}
	return out
}

func withSource(m map[string]any, uid string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	if _, ok := m["datasource"]; ok {
		out["datasource"] = map[string]any{"type": "prometheus", "uid": uid}
	}
	return out
}
