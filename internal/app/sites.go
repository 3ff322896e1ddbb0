package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// siteSeen is what one place says of a site. Of several that say something,
// the first in the list of all that are seen wins.
type siteSeen struct {
	metrics.Site
	rank int // of the criticality: 1 is the most critical; 0 is not known
}

// siteBack is how long back a disruption tells of a site.
const siteBack = 366 * 24 * time.Hour

// sites tells of every place what is known of it: from the lists of targets,
// from the org units' own sites, from disruptions of other sources, and its
// name from the decisions. Where several say how critical a place is, the
// lists of targets go first, and in them the most critical target.
func (a *App) sites(ctx context.Context, r store.Reader, now time.Time) ([]metrics.Site, error) {
	seen := a.probes.sites()
	read := func(query string, relations []string, args ...any) error {
		return rows(ctx, r, relations, query, func(scan func(...any) error) error {
			var s siteSeen
			if err := scan(&s.Site.Site, &s.Name, &s.OrgUnit, &s.Criticality); err != nil {
				return err
			}
			seen = append(seen, s)
			return nil
		}, args...)
	}
	if err := read(`SELECT site, coalesce(name, ''), parent, coalesce(criticality, '') FROM org_unit_site WHERE site IS NOT NULL AND site <> '' ORDER BY site, parent`, []string{"org_unit_site"}); err != nil {
		return nil, fmt.Errorf("read the sites: %w", err)
	}
	if err := read(`SELECT coalesce(site, site_raw, subject), coalesce(site_raw, ''), coalesce(org_unit, ''), coalesce(category, '') FROM observation
		WHERE kind = 'outage' AND started_at > ? AND coalesce(site, site_raw, subject, '') <> ''
		GROUP BY 1, 2, 3, 4 ORDER BY max(started_at) DESC, 1, 2, 3, 4`, []string{"observation"}, now.Add(-siteBack).Unix()); err != nil {
		return nil, fmt.Errorf("read the places of disruptions: %w", err)
	}
	names := map[string]string{}
	for _, id := range a.Parts().Decisions.Identities {
		if id.Scheme == "site" {
			names[id.ID] = id.Name
			seen = append(seen, siteSeen{Site: metrics.Site{Site: id.ID}})
		}
	}
	return mergeSites(seen, names), nil
}

// mergeSites makes one of all that is said of each site. The org unit is that
// of whoever says how critical it is, if that says any.
func mergeSites(seen []siteSeen, names map[string]string) []metrics.Site {
	slices.SortStableFunc(seen, func(a, b siteSeen) int {
		known := func(s siteSeen) int {
			if s.Criticality == "" {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.Site.Site, b.Site.Site), cmp.Compare(known(a), known(b)))
	})
	var out []metrics.Site
	for _, s := range seen {
		if len(out) == 0 || out[len(out)-1].Site != s.Site.Site {
			out = append(out, metrics.Site{Site: s.Site.Site})
		}
		m := &out[len(out)-1]
		m.Name = cmp.Or(m.Name, names[m.Site], s.Name)
		m.OrgUnit = cmp.Or(m.OrgUnit, s.OrgUnit)
		m.Criticality = cmp.Or(m.Criticality, s.Criticality)
	}
	for i := range out {
		out[i].Name = cmp.Or(out[i].Name, out[i].Site)
	}
	return out
}

// sites tells what the lists of targets say of their sites, the most critical
// target of each first.
func (p *probes) sites() []siteSeen {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []siteSeen
	for name, pt := range p.points {
		for i := range pt.list.Targets {
			t := &pt.list.Targets[i]
			if t.Gateway {
				continue
			}
			at := p.placeOf(name, t.ID, t.Site)
			out = append(out, siteSeen{
				Site: metrics.Site{Site: at.site, Name: cmp.Or(t.Site, t.Name), OrgUnit: at.orgUnit, Criticality: t.Criticality},
				rank: pt.list.Rank(t.Criticality),
			})
		}
	}
	slices.SortFunc(out, func(a, b siteSeen) int {
		return cmp.Or(cmp.Compare(a.Site.Site, b.Site.Site), cmp.Compare(a.rank, b.rank), cmp.Compare(b.OrgUnit, a.OrgUnit), cmp.Compare(a.Name, b.Name))
	})
	return out
}
