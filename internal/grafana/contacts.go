package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
)

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
	case len(routes) > 0 && !p.ownTree(have, routes) && !p.opt.Force:
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

// ownTree reports whether a tree is one that an earlier push wrote: through the
// API, and with every route to a contact point of ours.
func (p *push) ownTree(have Policy, routes []any) bool {
	if have.Provenance != fromAPI {
		return false
	}
	for _, r := range routes {
		m, _ := r.(map[string]any)
		if !slices.ContainsFunc(p.want.ContactPoints, func(c ContactPoint) bool { return c.Name == m["receiver"] }) {
			return false
		}
	}
	return true
}

func (p *push) mutes(ctx context.Context) error {
	if len(p.want.MuteTimings) == 0 {
		return nil
	}
	all, err := p.api.MuteTimings(ctx)
	if err != nil {
		return fmt.Errorf("tysta tider: %w", err)
	}
	for _, want := range p.want.MuteTimings {
		c, err := p.mute(ctx, all, want)
		if err != nil {
			return fmt.Errorf("den tysta tiden ”%s”: %w", want.Name, err)
		}
		p.did(c)
	}
	return nil
}

func (p *push) mute(ctx context.Context, all []MuteTiming, want MuteTiming) (Change, error) {
	c := Change{Kind: "tyst tid", Name: want.Name, Action: Created}
	at := slices.IndexFunc(all, func(h MuteTiming) bool { return h.Name == want.Name })
	if at >= 0 {
		var h, w any
		if err := errors.Join(json.Unmarshal(all[at].Intervals, &h), json.Unmarshal(want.Intervals, &w)); err != nil {
			return c, err
		}
		c.Action = Updated
		if c.Diff = diff(h, w); len(c.Diff) == 0 {
			c.Action = Unchanged
			return c, nil
		}
		switch {
		case all[at].Provenance == fromFile:
			c.Action, c.Why = Kept, "kommer från en fil hos Grafana; byt filen där"
			return c, nil
		case all[at].Provenance != fromAPI && !p.opt.Force:
			c.Action, c.Why = Kept, "har ändrats av någon i Grafana; --force skriver över den"
			return c, nil
		}
	}
	if p.opt.DryRun {
		return c, nil
	}
	return c, p.api.PutMuteTiming(ctx, want, at >= 0)
}
