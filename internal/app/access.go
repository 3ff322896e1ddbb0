package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/access"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// access makes what decides who may see what.
func (a *App) access() (*access.Access, error) {
	style, _ := page.New().Style()
	return access.New(access.Options{Config: a.Parts().Config, Units: a.units, Style: style, Log: a.log, Now: a.now})
}

// units are the org units of today, with what the decisions say of them: which
// took over from which.
func (a *App) units(ctx context.Context) (out []access.Unit, err error) {
	r, err := a.store.OpenReader(ctx, a.complete(store.Point{}))
	if err != nil {
		return nil, fmt.Errorf("read the org units: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	const query = `SELECT id, coalesce(name, id), coalesce(parent, ''), coalesce(succeeded_by, '') FROM org_unit ORDER BY id`
	if err := rows(ctx, r, []string{"org_unit"}, query, func(scan func(...any) error) error {
		var u access.Unit
		if err := scan(&u.ID, &u.Name, &u.Parent, &u.Successor); err != nil {
			return err
		}
		out = append(out, u)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read the org units: %w", err)
	}
	for _, d := range a.Parts().Decisions.Identities {
		if d.Scheme != "org_unit" {
			continue
		}
		u := access.Unit{ID: d.ID, Name: d.Name, Parent: d.Parent}
		if d.ValidTo.IsZero() || !d.ValidTo.After(a.now()) {
			u.Successor = d.Successor
		}
		out = append(out, u)
	}
	return out, nil
}

// secrecy is what the catalogue says of the rows behind a figure. One that is
// not in it may be secret.
func (a *App) secrecy(kpi string) web.Secrecy {
	c := a.Parts().Catalogue
	for i := range c.KPIs {
		if s := c.KPIs[i].Secrecy; c.KPIs[i].ID == kpi {
			return web.Secrecy{Level: s.Level, Provision: s.Provision}
		}
	}
	return web.Secrecy{Level: "sannolik", Provision: "OSL"}
}
