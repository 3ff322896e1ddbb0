package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disruption"
	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// probeView is what there is to see of the measuring points, as of the last change.
type probeView struct {
	points []metrics.ProbePoint
	series []metrics.Probe
	active []activeDisruption
}

// activeDisruption is an ongoing disruption of one target.
type activeDisruption struct {
	disruption.Interval
	source, site, orgUnit string // what the names resolve to
	behind                string // the name of the target that it follows from
}

// Show publishes what there is to see.
func (p *probes) Show(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show(now)
}

// show publishes what there is to see. p.mu is held.
func (p *probes) show(now time.Time) {
	var v probeView
	for name, pt := range p.points {
		if !pt.cfg.RetiredOn.IsZero() {
			continue
		}
		due, missed := pt.state.Turns()
		v.points = append(v.points, metrics.ProbePoint{
			Name: name, Blind: pt.state.Blind(), Targets: len(pt.list.Targets), Unknown: pt.state.Unknown(),
			UnknownSeconds: pt.state.UnknownTime(now).Seconds(), Due: due, Missed: missed, Sites: p.sitesOf(name, pt),
		})
		for _, s := range pt.state.Live(now) {
			at := p.placeOf(name, s.Target, s.Site)
			v.series = append(v.series, metrics.Probe{
				Target: s.Target, Site: at.site, OrgUnit: at.orgUnit, Module: s.Module, Point: name,
				Success: s.Up, Duration: s.Latency, Expires: s.Expires,
			})
		}
		for _, iv := range pt.state.Active() {
			at := p.placeOf(name, iv.Target, iv.Site)
			d := activeDisruption{Interval: iv, source: name, site: at.site, orgUnit: at.orgUnit}
			if t, ok := pt.state.Find(iv.Cause); ok && iv.Secondary {
				d.behind = t.Name
			}
			v.active = append(v.active, d)
		}
	}
	slices.SortFunc(v.points, func(a, b metrics.ProbePoint) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(v.active, func(a, b activeDisruption) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Target, b.Target), cmp.Compare(a.source, b.source))
	})
	p.view.Store(&v)
	p.shown(v)
}

// sitesOf lists the sites that a measuring point watches, each once. p.mu is held.
func (p *probes) sitesOf(name string, pt *point) []string {
	var out []string
	for i := range pt.list.Targets {
		if t := &pt.list.Targets[i]; !t.Gateway {
			out = append(out, p.placeOf(name, t.ID, t.Site).site)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// placeOf gives what a target's names resolve to; a site that resolves to
// nothing stands by the source's own word.
func (p *probes) placeOf(source, target, raw string) place {
	at := p.places[placeKey{source, target}]
	at.site = cmp.Or(at.site, raw, target)
	return at
}

// Places reads what the names of targets resolve to.
func (p *probes) Places(ctx context.Context, r store.Reader) error {
	found := map[placeKey]place{}
	if err := rows(ctx, r, nil, "SELECT source, subject, coalesce(site, ''), coalesce(org_unit, '') FROM probe_target", func(scan func(...any) error) error {
		var k placeKey
		var at place
		if err := scan(&k.source, &k.target, &at.site, &at.orgUnit); err != nil {
			return err
		}
		found[k] = at
		return nil
	}); err != nil {
		return fmt.Errorf("read the targets' places: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.places = found
	return nil
}

// watches tells whether a source is a measuring point.
func (p *probes) watches(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.points[name] != nil
}

// showDisruptions publishes the ongoing disruptions: those that are measured
// here as they are now, and those of lists as of the last evaluation.
func (a *App) showDisruptions(v probeView) {
	live := metrics.Live{Points: v.points}
	if parts := a.Parts(); parts != nil {
		live.Restarts = a.runs.again(parts.Config.Sources)
	}
	all := v.active
	if listed := a.listed.Load(); listed != nil {
		all = append(slices.Clone(all), *listed...)
	}
	for _, d := range all {
		live.Disruptions = append(live.Disruptions, metrics.Disruption{Site: d.site, OrgUnit: d.orgUnit, Start: d.Start, Users: d.Users, Planned: d.Planned})
	}
	a.metrics.PublishLive(live)
	a.probeMetrics.Publish(v.series)
}

// Disruptions lists the places with an ongoing disruption, the oldest first.
func (a *App) Disruptions(context.Context) ([]web.Disruption, error) {
	now := a.now()
	var all []activeDisruption
	if v := a.probes.view.Load(); v != nil {
		all = append(all, v.active...)
	}
	if listed := a.listed.Load(); listed != nil {
		all = append(all, *listed...)
	}
	names := map[string]string{}
	for _, id := range a.Parts().Decisions.Identities {
		if id.Scheme == "site" {
			names[id.ID] = id.Name
		}
	}
	type spot struct {
		site    string
		planned bool
	}
	at := map[spot]int{}
	var out []web.Disruption
	for _, d := range all {
		k := spot{d.site, d.Planned}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, web.Disruption{Site: d.site, Name: cmp.Or(names[d.site], d.Site, d.site), OrgUnit: d.orgUnit, Since: d.Start, Planned: d.Planned})
		}
		w := &out[i]
		w.Users = max(w.Users, d.Users)
		w.Targets = append(w.Targets, web.DisruptedTarget{ID: d.Target, Name: d.Name, Since: d.Start, Metric: d.Metric, Cause: d.Cause, Behind: d.behind, Source: d.source})
		if d.Start.Before(w.Since) {
			w.Since = d.Start
		}
	}
	slices.SortStableFunc(out, func(x, y web.Disruption) int { return x.Since.Compare(y.Since) })
	for i := range out {
		out[i].Say(now)
	}
	return out, nil
}

// listedDisruptions reads ongoing disruptions of sources that do not measure here.
func (a *App) listedDisruptions(ctx context.Context, r store.Reader) error {
	var found []activeDisruption
	err := rows(ctx, r, []string{"observation"}, `SELECT source, coalesce(subject, ''), coalesce(site, ''), coalesce(site_raw, ''), coalesce(org_unit, ''), coalesce(started_at, 0), coalesce(users, 0), coalesce(cause, ''), coalesce(planned, 0)
		FROM observation WHERE kind = 'outage' AND ended_at IS NULL AND coalesce(started_at, 0) <= ? ORDER BY started_at`, func(scan func(...any) error) error {
		var d activeDisruption
		var start int64
		if err := scan(&d.source, &d.Target, &d.site, &d.Site, &d.orgUnit, &start, &d.Users, &d.Cause, &d.Planned); err != nil {
			return err
		}
		if a.probes.watches(d.source) {
			return nil
		}
		d.Start, d.Name = time.Unix(start, 0).UTC(), d.Target
		d.site = cmp.Or(d.site, d.Site, d.Target)
		found = append(found, d)
		return nil
	}, r.Point().AsOf.Unix())
	if err != nil {
		return fmt.Errorf("read disruptions: %w", err)
	}
	a.listed.Store(&found)
	return nil
}
