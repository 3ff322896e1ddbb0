package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

// Unit is an org unit with what it belongs to.
type Unit struct {
	ID, Name, Parent string
	// Successor is what took over, and sees what the unit had.
	Successor string
}

// fresh is how long the units that were read are used.
const fresh = 30 * time.Second

// units knows which units belong to those that the configuration names.
type units struct {
	read func(ctx context.Context) ([]Unit, error)
	now  func() time.Time

	mu  sync.Mutex
	all []Unit
	at  time.Time
}

// visitor is somebody with a role. A förvaltning of which no unit is known has
// no role: nobody sees everything by a mistake in a name.
func (u *units) visitor(ctx context.Context, role string, names []string) web.Visitor {
	v := web.Visitor{Role: role}
	if role != web.RoleForvaltning {
		return v
	}
	var err error
	if v.OrgUnits, v.Below, err = u.resolve(ctx, names); err != nil || len(v.OrgUnits) == 0 {
		return web.Visitor{}
	}
	return v
}

// resolve returns the ids of units named by id or name, and those beneath them.
func (u *units) resolve(ctx context.Context, names []string) (own, below []string, err error) {
	all, err := u.list(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, n := range names {
		if id := named(all, n); id != "" && !slices.Contains(own, id) {
			own = append(own, id)
		}
	}
	below = beneath(all, own)
	// A unit within another of one's own would be counted twice.
	own = slices.DeleteFunc(own, func(id string) bool { return slices.Contains(below, id) })
	return own, below, nil
}

// named finds a unit by its id, or by its name where one alone bears it.
func named(all []Unit, name string) string {
	found := ""
	for _, u := range all {
		switch {
		case u.ID == name:
			return u.ID
		case strings.EqualFold(u.Name, name) && found != "" && found != u.ID:
			return ""
		case strings.EqualFold(u.Name, name):
			found = u.ID
		}
	}
	return found
}

// beneath lists the units that lead up to, or were taken over by, some units.
func beneath(all []Unit, top []string) []string {
	seen := map[string]bool{}
	for _, id := range top {
		seen[id] = true
	}
	var out []string
	for grew := true; grew; {
		grew = false
		for _, u := range all {
			if !seen[u.ID] && (seen[u.Parent] || seen[u.Successor]) {
				seen[u.ID], grew = true, true
				out = append(out, u.ID)
			}
		}
	}
	// One of top that lies beneath another is listed too.
	for _, id := range top {
		if i := slices.IndexFunc(all, func(u Unit) bool { return u.ID == id }); i >= 0 && climbs(all, all[i], top) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// climbs tells whether a unit lies beneath another of some units.
func climbs(all []Unit, u Unit, top []string) bool {
	for range all {
		if u.Parent == "" || u.Parent == u.ID {
			return false
		}
		i := slices.IndexFunc(all, func(p Unit) bool { return p.ID == u.Parent })
		switch {
		case slices.Contains(top, u.Parent):
			return true
		case i < 0:
			return false
		}
		u = all[i]
	}
	return false
}

var errNoUnits = errors.New("org units are not known")

func (u *units) list(ctx context.Context) ([]Unit, error) {
	if u.read == nil {
		return nil, errNoUnits
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := u.now(); u.at.IsZero() || now.Sub(u.at) >= fresh {
		all, err := u.read(ctx)
		if err != nil {
			return nil, err
		}
		u.all, u.at = all, now
	}
	return u.all, nil
}
