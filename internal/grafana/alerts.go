package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
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

func (p *push) contacts(ctx context.Context) error {
	if len(p.want.ContactPoints) == 0 {
		return nil
	}
	all, err := p.api.ContactPoints(ctx)
	if err != nil {
		return fmt.Errorf("kontaktpunkterna: %w", err)
	}
	for _, want := range p.want.ContactPoints {
		c, err := p.contact(ctx, all, want)
		if err != nil {
			return fmt.Errorf("kontaktpunkten ”%s”: %w", want.Name, err)
		}
		p.did(c)
	}
	return nil
}

func (p *push) contact(ctx context.Context, all []ContactPoint, want ContactPoint) (Change, error) {
	c := Change{Kind: "kontaktpunkt", Name: want.Name, Action: Created}
	at := slices.IndexFunc(all, func(h ContactPoint) bool { return h.UID == want.UID })
	if at >= 0 {
		have := all[at]
		c.Action = Updated
		if c.Diff = contactDiff(have, want); len(c.Diff) == 0 {
			c.Action = Unchanged
			return c, nil
		}
		switch {
		case have.Provenance == fromFile:
			c.Action, c.Why = Kept, "kommer från en fil hos Grafana; byt filen där"
			return c, nil
		case have.Provenance != fromAPI && !p.opt.Force:
			c.Action, c.Why = Kept, "har ändrats av någon i Grafana; --force skriver över den"
			return c, nil
		}
	}
	if p.opt.DryRun {
		return c, nil
	}
	return c, p.api.PutContactPoint(ctx, want, at >= 0)
}

// redacted is what Grafana shows instead of a secret; whether that is the one
// wanted cannot be known.
const redacted = "[REDACTED]"

// contactDiff names the settings that differ and not their values, which may
// be addresses of people or secrets.
func contactDiff(have, want ContactPoint) []string {
	var out []string
	if have.Name != want.Name || have.Type != want.Type {
		out = append(out, fmt.Sprintf("%s (%s) → %s (%s)", have.Name, have.Type, want.Name, want.Type))
	}
	if have.DisableResolveMessage != want.DisableResolveMessage {
		out = append(out, fmt.Sprintf("disableResolveMessage: %t → %t", have.DisableResolveMessage, want.DisableResolveMessage))
	}
	for k, w := range want.Settings {
		if h := have.Settings[k]; h != redacted && !equal(h, w) {
			out = append(out, k+": ändras")
		}
	}
	for k := range have.Settings {
		if _, ok := want.Settings[k]; !ok {
			out = append(out, k+": tas bort")
		}
	}
	slices.Sort(out)
	return out
}

// policy writes the tree of who is told of what only where there is none but
// Grafana's own, or ours: the tree is one for the whole organisation, and
// other people's routes would be lost.
func (p *push) policy(ctx context.Context) error {
	if p.want.Policy == nil {
		return nil
	}
	c := Change{Kind: "mottagare", Name: "vem som får vilka larm", Action: Updated}
	have, err := p.api.Policy(ctx)
	if err != nil {
		return fmt.Errorf("larmens mottagare: %w", err)
	}
	h, w, err := trees(have.Tree, p.want.Policy)
	if err != nil {
		return fmt.Errorf("larmens mottagare: %w", err)
	}
	routes, _ := h["routes"].([]any)
	switch c.Diff = diff(h, w); {
	case len(c.Diff) == 0:
		c.Action = Unchanged
	case have.Provenance == fromFile:
		c.Action, c.Why = Kept, "kommer från en fil hos Grafana; byt filen där"
	case len(routes) > 0 && !ownTree(routes) && !p.opt.Force:
		c.Action, c.Why = Kept, "det finns redan andra regler för vem som får vilka larm; lägg till våra i Grafana under Notification policies, eller byt ut alla med --force"
	case !p.opt.DryRun:
		if err := p.api.PutPolicy(ctx, Policy{Tree: p.want.Policy}); err != nil {
			return fmt.Errorf("larmens mottagare: %w", err)
		}
	}
	p.did(c)
	return nil
}

// trees reads both in one form: without what Grafana or its client add, and
// lengths of time as one writes them.
func trees(have, want json.RawMessage) (h, w map[string]any, err error) {
	if err := json.Unmarshal(have, &h); err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(want, &w); err != nil {
		return nil, nil, err
	}
	delete(h, "provenance")
	delete(w, "provenance")
	settle(h)
	settle(w)
	return h, w, nil
}

func settle(route map[string]any) {
	if route["continue"] == false {
		delete(route, "continue")
	}
	for _, k := range []string{"group_wait", "group_interval", "repeat_interval"} {
		if text, ok := route[k].(string); ok {
			if d, err := model.ParseDuration(text); err == nil {
				route[k] = d.String()
			}
		}
	}
	routes, _ := route["routes"].([]any)
	for _, r := range routes {
		if m, ok := r.(map[string]any); ok {
			settle(m)
		}
	}
}

// ownTree reports whether every route leads to one of our contact points.
func ownTree(routes []any) bool {
	for _, r := range routes {
		m, _ := r.(map[string]any)
		receiver, _ := m["receiver"].(string)
		if !strings.HasPrefix(receiver, "kommunpuls") {
			return false
		}
	}
	return true
}
