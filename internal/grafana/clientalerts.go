package grafana

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	gapi "github.com/grafana/grafana-api-golang-client"
)

func (c *client) RuleGroup(ctx context.Context, folderUID, name string) (RuleGroup, error) {
	g, err := call(ctx, c, func(g *gapi.Client) (gapi.RuleGroup, error) { return g.AlertRuleGroup(folderUID, name) })
	if err != nil {
		return RuleGroup{}, err
	}
	out := RuleGroup{FolderUID: folderUID, Name: name, Interval: g.Interval, Rules: make([]Rule, len(g.Rules))}
	for i := range g.Rules {
		if out.Rules[i], err = ruleFrom(&g.Rules[i]); err != nil {
			return RuleGroup{}, err
		}
	}
	return out, nil
}

func (c *client) Provenance(ctx context.Context, ruleUID string) (string, error) {
	r, err := call(ctx, c, func(g *gapi.Client) (gapi.AlertRule, error) { return g.AlertRule(ruleUID) })
	return r.Provenance, err
}

func (c *client) CreateRule(ctx context.Context, r Rule) error {
	return run(ctx, c, func(g *gapi.Client) error {
		out := ruleTo(r)
		_, err := g.NewAlertRule(&out)
		return err
	})
}

func (c *client) PutRuleGroup(ctx context.Context, group RuleGroup) error {
	out := gapi.RuleGroup{Title: group.Name, FolderUID: group.FolderUID, Interval: group.Interval, Rules: make([]gapi.AlertRule, len(group.Rules))}
	for i, r := range group.Rules {
		out.Rules[i] = ruleTo(r)
	}
	return run(ctx, c, func(g *gapi.Client) error { return g.SetAlertRuleGroup(out) })
}

// ruleTo writes a rule as Grafana's client has it, where a count of seconds is
// called a time.Duration.
func ruleTo(r Rule) gapi.AlertRule {
	out := gapi.AlertRule{
		UID: r.UID, Title: r.Title, Condition: r.Condition, FolderUID: r.FolderUID, RuleGroup: r.Group, For: r.For,
		NoDataState: gapi.NoDataState(r.NoDataState), ExecErrState: gapi.ExecErrState(r.ExecErrState),
		Labels: r.Labels, Annotations: r.Annotations, OrgID: 1,
	}
	for _, q := range r.Data {
		out.Data = append(out.Data, &gapi.AlertQuery{
			RefID: q.RefID, DatasourceUID: q.DatasourceUID, Model: q.Model,
			RelativeTimeRange: gapi.RelativeTimeRange{From: time.Duration(q.From), To: time.Duration(q.To)},
		})
	}
	return out
}

func ruleFrom(r *gapi.AlertRule) (Rule, error) {
	out := Rule{
		UID: r.UID, Title: r.Title, Condition: r.Condition, FolderUID: r.FolderUID, Group: r.RuleGroup, For: r.For,
		NoDataState: string(r.NoDataState), ExecErrState: string(r.ExecErrState), Labels: r.Labels, Annotations: r.Annotations,
	}
	for _, q := range r.Data {
		model, ok := q.Model.(map[string]any)
		if !ok {
			return Rule{}, fmt.Errorf("%w: larmregeln %s saknar fråga", ErrNotGrafana, r.UID)
		}
		out.Data = append(out.Data, Query{
			RefID: q.RefID, DatasourceUID: q.DatasourceUID, Model: model,
			From: int64(q.RelativeTimeRange.From), To: int64(q.RelativeTimeRange.To),
		})
	}
	return out, nil
}

func (c *client) ContactPoints(ctx context.Context) ([]ContactPoint, error) {
	ps, err := call(ctx, c, func(g *gapi.Client) ([]gapi.ContactPoint, error) { return g.ContactPoints() })
	out := make([]ContactPoint, len(ps))
	for i, p := range ps {
		out[i] = ContactPoint{UID: p.UID, Name: p.Name, Type: p.Type, Provenance: p.Provenance, DisableResolveMessage: p.DisableResolveMessage, Settings: p.Settings}
	}
	return out, err
}

func (c *client) PutContactPoint(ctx context.Context, p ContactPoint, exists bool) error {
	out := &gapi.ContactPoint{UID: p.UID, Name: p.Name, Type: p.Type, DisableResolveMessage: p.DisableResolveMessage, Settings: p.Settings}
	return run(ctx, c, func(g *gapi.Client) error {
		if exists {
			return g.UpdateContactPoint(out)
		}
		_, err := g.NewContactPoint(out)
		return err
	})
}

// MuteTimings are read as Grafana writes them, with where they come from.
func (c *client) MuteTimings(ctx context.Context) ([]MuteTiming, error) {
	var all []struct {
		Name       string          `json:"name"`
		Intervals  json.RawMessage `json:"time_intervals"`
		Provenance string          `json:"provenance"`
	}
	if err := c.get(ctx, &all, "api", "v1", "provisioning", "mute-timings"); err != nil {
		return nil, err
	}
	out := make([]MuteTiming, len(all))
	for i, m := range all {
		out[i] = MuteTiming{Name: m.Name, Provenance: m.Provenance, Intervals: m.Intervals}
	}
	return out, nil
}

func (c *client) PutMuteTiming(ctx context.Context, m MuteTiming, exists bool) error {
	out := &gapi.MuteTiming{Name: m.Name}
	if err := json.Unmarshal(m.Intervals, &out.TimeIntervals); err != nil {
		return fmt.Errorf("tysta tider: %w", err)
	}
	return run(ctx, c, func(g *gapi.Client) error {
		if exists {
			return g.UpdateMuteTiming(out)
		}
		return g.NewMuteTiming(out)
	})
}

// Policy is read as Grafana writes it: its client would leave out what a newer
// Grafana has in the tree.
func (c *client) Policy(ctx context.Context) (Policy, error) {
	var tree json.RawMessage
	if err := c.get(ctx, &tree, "api", "v1", "provisioning", "policies"); err != nil {
		return Policy{}, err
	}
	var p struct {
		Provenance string `json:"provenance"`
	}
	if err := json.Unmarshal(tree, &p); err != nil {
		return Policy{}, fmt.Errorf("%w: %w", ErrNotGrafana, err)
	}
	return Policy{Provenance: p.Provenance, Tree: tree}, nil
}

func (c *client) PutPolicy(ctx context.Context, p Policy) error {
	var tree gapi.NotificationPolicyTree
	if err := json.Unmarshal(p.Tree, &tree); err != nil {
		return fmt.Errorf("larmens mottagare: %w", err)
	}
	return run(ctx, c, func(g *gapi.Client) error { return g.SetNotificationPolicyTree(&tree) })
}
