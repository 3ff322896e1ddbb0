package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// UnmappedName is a name that maps to nothing, with the closest one that is known.
type UnmappedName struct {
	store.UnmappedName
	Closest string
}

// NameGroup is the unmapped names of one sort: of org units, systems, sites or
// suppliers, borne by one kind of record.
type NameGroup struct {
	Scheme, Kind   string
	Names, Records int64
	Unclear        int64          // of the names, those that fit several
	Most           []UnmappedName // the most used, with the closest known names
}

// mostNames is how many names of a group are shown.
const mostNames = 20

// Title says in Swedish what the names are: "system i ärenden".
func (g NameGroup) Title() string {
	if by := bearer(g.Kind); by != g.Kind {
		return SchemeName(g.Scheme) + " i " + by
	}
	return SchemeName(g.Scheme) + " (" + g.Kind + ")"
}

// SchemeName is what a scheme of names is called in Swedish.
func SchemeName(scheme string) string {
	switch scheme {
	case "org_unit":
		return "organisationsenheter"
	case "site":
		return "platser"
	case "supplier":
		return "leverantörer"
	}
	return "system"
}

// bearer is what a relation's rows are called; what a supplementing source
// calls its own is left as it is.
func bearer(kind string) string {
	switch kind {
	case "ticket":
		return "ärenden"
	case "cost":
		return "kostnader"
	case "asset":
		return "datorer och annan utrustning"
	case "asset_software":
		return "installerade program"
	case "account":
		return "konton"
	case "system", "system_user_org_unit", "system_integration":
		return "systemförteckningen"
	case "org_unit":
		return "organisationen"
	case "observation":
		return "mätningar"
	case "service":
		return "tjänster"
	case "project":
		return "projekten"
	case "assessment":
		return "enkäter"
	case "control":
		return "styrdokument"
	}
	return kind
}

// groupNames sorts unmapped names into groups and looks for the closest known
// name of the most used. Names come most used first.
func groupNames(unmapped []store.UnmappedName, known map[string][]string) []NameGroup {
	type key struct{ scheme, kind string }
	at := map[key]int{}
	var out []NameGroup
	for _, u := range unmapped {
		k := key{u.Scheme, u.Kind}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, NameGroup{Scheme: u.Scheme, Kind: u.Kind})
		}
		g := &out[i]
		g.Names++
		g.Records += u.Records
		if u.Fits != "" {
			g.Unclear++
		}
		if len(g.Most) < mostNames {
			g.Most = append(g.Most, UnmappedName{UnmappedName: u, Closest: closest.Name(u.Name, known[u.Scheme])})
		}
	}
	slices.SortStableFunc(out, func(a, b NameGroup) int {
		return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(b.Records, a.Records), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// knownNames are the names that lead somewhere, by scheme: those of the
// decisions and those of the records.
func (a *App) knownNames(ctx context.Context) (known map[string][]string, err error) {
	known = map[string][]string{}
	for _, id := range a.Parts().Decisions.Identities {
		known[id.Scheme] = append(known[id.Scheme], id.Name)
		for _, al := range id.Aliases {
			known[id.Scheme] = append(known[id.Scheme], al.Name)
		}
	}
	now := a.now()
	r, err := a.store.OpenReader(ctx, store.Point{AsOf: now, KnownAt: now})
	if err != nil {
		return nil, fmt.Errorf("known names: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	const query = `SELECT 'org_unit', name FROM org_unit WHERE name IS NOT NULL
		UNION SELECT 'system', name FROM system WHERE name IS NOT NULL
		UNION SELECT 'system', alias FROM system_alias WHERE alias IS NOT NULL
		UNION SELECT 'site', name FROM org_unit_site WHERE name IS NOT NULL ORDER BY 1, 2`
	err = rows(ctx, r, []string{"org_unit", "system", "system_alias", "org_unit_site"}, query, func(scan func(...any) error) error {
		var scheme, name string
		if err := scan(&scheme, &name); err != nil {
			return err
		}
		known[scheme] = append(known[scheme], name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("known names: %w", err)
	}
	return known, nil
}
