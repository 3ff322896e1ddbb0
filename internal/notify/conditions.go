package notify

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// instance is a rule that holds, with what its texts are filled with.
type instance struct {
	rule   *alert.Rule
	labels map[string]string
	value  float64
	each   []string
	users  int
}

// key tells instances apart over time: a site's class or a queue's incident may
// change while it is the same alert.
func (i *instance) key() string {
	return i.rule.Name + "/" + i.labels["site"] + i.labels["queue"] + i.labels["source"]
}

type sample struct {
	labels map[string]string
	value  float64
}

// published is what a scrape would show of the families that rules look at.
type published map[string][]sample

func read(fs []*dto.MetricFamily) published {
	p := published{}
	for _, f := range fs {
		name := f.GetName()
		if !slices.ContainsFunc([]string{"disruption_", "site_", "probe_blind", "ticket", "source_", "evaluation_"}, func(s string) bool {
			return strings.HasPrefix(name, "kommunpuls_"+s)
		}) {
			continue
		}
		for _, m := range f.GetMetric() {
			if m.GetGauge() == nil {
				continue
			}
			s := sample{labels: make(map[string]string, len(m.GetLabel())), value: m.GetGauge().GetValue()}
			for _, l := range m.GetLabel() {
				s.labels[l.GetName()] = l.GetValue()
			}
			p[name] = append(p[name], s)
		}
	}
	return p
}

func (p published) find(family string, match map[string]string) (float64, bool) {
	for _, s := range p[family] {
		ok := true
		for k, v := range match {
			ok = ok && s.labels[k] == v
		}
		if ok {
			return s.value, true
		}
	}
	return 0, false
}

// conditions are the rules of alert.Settings in Go, for those that the built-in
// notifier tells of. The expressions of the rules say the same to Prometheus.
type conditions struct {
	settings  alert.Settings
	rules     []alert.Rule
	disrupted time.Time // when a disruption was last ongoing
}

func newConditions(s alert.Settings) *conditions {
	return &conditions{settings: s, rules: alert.Rules(s)}
}

// rule finds the rule of a name that holds for a variant; nil is switched off.
func (c *conditions) rule(name, variant string) *alert.Rule {
	i := slices.IndexFunc(c.rules, func(r alert.Rule) bool { return r.Name == name && r.Variant == variant })
	if i < 0 {
		return nil
	}
	return &c.rules[i]
}

// holding returns what holds now, in the order of the rules.
func (c *conditions) holding(p published, now time.Time) []instance {
	if len(p["kommunpuls_disruption_active"]) > 0 {
		c.disrupted = now
	}
	var out []instance
	out = append(out, c.network(p, now)...)
	out = append(out, c.queues(p, now)...)
	return append(out, c.sources(p, now)...)
}

// network tells of sites, and of many of them at once.
func (c *conditions) network(p published, now time.Time) []instance {
	starts := sitesDown(p)
	var single []instance
	var names []string
	for _, site := range sorted(starts) {
		labels, class := describe(p, site)
		started := starts[site]
		age := now.Sub(time.UnixMilli(int64(started * 1000)))
		if age >= c.settings.Many.After {
			names = append(names, labels["name"])
		}
		limit := c.settings.Class(class)
		variant := limit.Name
		if variant == "" {
			variant = "ovriga"
		}
		if r := c.rule(alert.SiteDisruption, variant); r != nil && age >= limit.After {
			single = append(single, instance{rule: r, labels: labels, value: started, users: mostUsers(p, site)})
		}
	}
	if r := c.rule(alert.ManySitesDisrupted, ""); r != nil && len(names) >= c.settings.Many.Sites {
		slices.Sort(names)
		return append([]instance{{rule: r, labels: map[string]string{}, value: float64(len(names)), each: names}}, single...)
	}
	return single
}

// sitesDown is when the disruption of each site began, without those that are
// planned and those that nobody sees.
func sitesDown(p published) map[string]float64 {
	starts := map[string]float64{}
	for _, s := range p["kommunpuls_disruption_start_timestamp_seconds"] {
		site := s.labels["site"]
		if _, planned := p.find("kommunpuls_disruption_planned", map[string]string{"site": site, "org_unit": s.labels["org_unit"]}); planned || unseen(p, site) {
			continue
		}
		if t, ok := starts[site]; !ok || s.value < t {
			starts[site] = s.value
		}
	}
	return starts
}

// unseen tells whether every measuring point of a site is blind.
func unseen(p published, site string) bool {
	points := 0
	for _, s := range p["kommunpuls_site_point_info"] {
		if s.labels["site"] != site {
			continue
		}
		blind, known := p.find("kommunpuls_probe_blind", map[string]string{"point": s.labels["point"]})
		if !known {
			continue
		}
		if points++; blind != 1 {
			return false
		}
	}
	return points > 0
}

func describe(p published, site string) (labels map[string]string, class string) {
	for _, s := range p["kommunpuls_site_info"] {
		if s.labels["site"] == site {
			return map[string]string{"site": site, "name": s.labels["name"], "org_unit": s.labels["org_unit"]}, s.labels["criticality"]
		}
	}
	return map[string]string{"site": site, "name": site}, ""
}

func mostUsers(p published, site string) int {
	n := 0.0
	for _, s := range p["kommunpuls_disruption_users"] {
		if s.labels["site"] == site {
			n = max(n, s.value)
		}
	}
	return int(n)
}

// queues tells of queues that grow and of tickets that lie.
func (c *conditions) queues(p published, now time.Time) []instance {
	var out []instance
	window := func(family, queue, w string) (float64, bool) {
		return p.find("kommunpuls_tickets_"+family, map[string]string{"queue": queue, "window": w})
	}
	for _, s := range p["kommunpuls_tickets_opened"] {
		name := s.labels["queue"]
		if s.labels["window"] != "1h" {
			continue
		}
		limit, variant := c.queue(name)
		solved, ok := window("resolved", name, "1h")
		week, known := window("opened", name, "7d")
		grown := s.value - solved
		if !ok || !known || grown < float64(limit.Growth) || s.value < limit.Factor*week/limit.WorkingHours {
			continue
		}
		if !c.disrupted.IsZero() && now.Sub(c.disrupted) < time.Hour {
			variant = strings.TrimPrefix(variant+", storning", ", ")
		}
		if r := c.rule(alert.QueueGrowing, variant); r != nil {
			out = append(out, instance{rule: r, labels: map[string]string{"queue": name}, value: grown})
		}
	}
	for _, s := range p["kommunpuls_ticket_oldest_open_timestamp_seconds"] {
		name := s.labels["queue"]
		limit, variant := c.queue(name)
		if r, age := c.rule(alert.QueueTooOld, variant), since(now, s.value); r != nil && age > limit.Oldest.Seconds() {
			out = append(out, instance{rule: r, labels: map[string]string{"queue": name}, value: age})
		}
	}
	return out
}

func (c *conditions) queue(name string) (alert.Queue, string) {
	if q, ok := c.settings.Queues[name]; ok {
		return q, name
	}
	return c.settings.Queue, ""
}

// sources tells of sources that are not read in time.
func (c *conditions) sources(p published, now time.Time) []instance {
	r := c.rule(alert.SourceLate, "")
	if r == nil {
		return nil
	}
	var out []instance
	late := func(labels map[string]string, age float64) {
		out = append(out, instance{rule: r, labels: labels, value: age})
	}
	for _, s := range p["kommunpuls_source_last_success_timestamp_seconds"] {
		interval, ok := p.find("kommunpuls_source_interval_seconds", s.labels)
		if age := since(now, s.value); ok && age > math.Max(c.settings.LateFactor*interval, c.settings.LateAtLeast.Seconds()) {
			late(s.labels, age)
		}
	}
	for _, s := range p["kommunpuls_source_last_start_timestamp_seconds"] {
		if _, ever := p.find("kommunpuls_source_last_success_timestamp_seconds", s.labels); !ever {
			late(s.labels, since(now, s.value))
		}
	}
	slices.SortFunc(out, func(a, b instance) int { return cmp.Compare(a.labels["source"], b.labels["source"]) })
	return out
}

func since(now time.Time, at float64) float64 { return float64(now.UnixMilli())/1000 - at }

func sorted(m map[string]float64) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
