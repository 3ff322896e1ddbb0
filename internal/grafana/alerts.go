package grafana

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// Where something in Grafana comes from, as Grafana says it.
const (
	fromAPI  = "api"
	fromFile = "file"
)

func (p *push) rules(ctx context.Context) error {
	for _, g := range p.want.use(p.folderUID, p.datasourceUID) {
		c, err := p.group(ctx, g)
		if err != nil {
			return fmt.Errorf("larmen i gruppen ”%s”: %w", g.Name, err)
		}
		p.did(c)
	}
	return nil
}

func (p *push) group(ctx context.Context, want RuleGroup) (Change, error) {
	c := Change{Kind: "larmgrupp", Name: want.Name, Action: Created}
	if p.newFolder && p.opt.DryRun {
		return c, nil
	}
	have, err := p.api.RuleGroup(ctx, want.FolderUID, want.Name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return c, err
	}
	if err == nil && len(have.Rules) > 0 {
		c.Action = Updated
		if c.Diff, err = groupDiff(have, want); err != nil {
			return c, err
		}
		if len(c.Diff) == 0 {
			c.Action = Unchanged
			return c, nil
		}
		if keep, err := p.mayChange(ctx, &c, have); err != nil || keep {
			return c, err
		}
	}
	if p.opt.DryRun {
		return c, nil
	}
	return c, p.write(ctx, have, want)
}

// mayChange looks at where the rules of a group come from. One without a
// provenance was made or taken over by a person.
func (p *push) mayChange(ctx context.Context, c *Change, have RuleGroup) (keep bool, err error) {
	for _, r := range have.Rules {
		from, err := p.api.Provenance(ctx, r.UID)
		if err != nil {
			return false, err
		}
		switch {
		case from == fromFile:
			c.Action, c.Why = Kept, "kommer från en fil hos Grafana; byt filen där"
			return true, nil
		case from != fromAPI && !p.opt.Force:
			c.Action, c.Why = Kept, fmt.Sprintf("regeln ”%s” är gjord av någon i Grafana; --force skriver över gruppen", r.Title)
			return true, nil
		}
	}
	return false, nil
}

// write makes new rules one by one, which alone lets us choose their uid, and
// then the group as a whole: its interval, its changed rules and no others.
func (p *push) write(ctx context.Context, have, want RuleGroup) error {
	for i, r := range want.Rules {
		if slices.ContainsFunc(have.Rules, func(h Rule) bool { return h.UID == r.UID }) {
			continue
		}
		err := p.api.CreateRule(ctx, r)
		if refused(err, 400, 409, 500) && p.exists(ctx, r.UID) {
			continue // it stands in another group, from which writing the group moves it
		}
		if err != nil {
			return fmt.Errorf("regeln ”%s” (%d av %d): %w", r.Title, i+1, len(want.Rules), err)
		}
	}
	return p.api.PutRuleGroup(ctx, want)
}

func (p *push) exists(ctx context.Context, uid string) bool {
	_, err := p.api.Provenance(ctx, uid)
	return err == nil
}

// groupDiff compares what is asked for, not what Grafana adds by itself.
func groupDiff(have, want RuleGroup) ([]string, error) {
	h, err := asked(have)
	if err != nil {
		return nil, err
	}
	w, err := asked(want)
	if err != nil {
		return nil, err
	}
	return diff(h, w), nil
}

func asked(g RuleGroup) (any, error) {
	rules := make([]any, len(g.Rules))
	for i, r := range g.Rules {
		lasting, err := model.ParseDuration(r.For)
		if err != nil && r.For != "" {
			return nil, fmt.Errorf("regeln ”%s”: for: %w", r.Title, err)
		}
		data := make([]any, len(r.Data))
		for j, q := range r.Data {
			m, err := plain(q.Model)
			if err != nil {
				return nil, err
			}
			if m, ok := m.(map[string]any); ok {
				delete(m, "intervalMs")
				delete(m, "maxDataPoints")
				delete(m, "refId")
			}
			data[j] = map[string]any{"refId": q.RefID, "datasourceUid": q.DatasourceUID, "from": q.From, "to": q.To, "model": m}
		}
		rules[i] = map[string]any{
			"uid": r.UID, "title": r.Title, "condition": r.Condition, "for": time.Duration(lasting).String(),
			"noDataState": r.NoDataState, "execErrState": r.ExecErrState,
			"labels": words(r.Labels), "annotations": words(r.Annotations), "data": data,
		}
	}
	return plain(map[string]any{"interval": g.Interval, "rules": rules})
}

func words(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
