package diff

import (
	"cmp"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
)

// unitOf is an org unit: what it is called, and the förvaltning that it is in.
type unitOf struct{ name, top string }

// or fills in what is not known of a unit with its id.
func (u unitOf) or(id string) unitOf {
	if id == "" {
		return unitOf{name: "Okänd"}
	}
	return unitOf{name: cmp.Or(u.name, id), top: cmp.Or(u.top, id)}
}

// unitsOf are the org units that snapshots know, those of the first before
// those of the others. A unit that no figure is broken down by lies in the
// nearest unit above it that one is.
func unitsOf(in ...*snapshot.Snapshot) map[string]unitOf {
	out := map[string]unitOf{}
	parents := map[string]string{}
	shown := map[string]bool{}
	for _, s := range in {
		for _, f := range s.Figures {
			for _, c := range f.Breakdown {
				if c.Dimension == "org_unit" && c.Key != "" {
					shown[c.Key] = true
					if out[c.Key].name == "" {
						out[c.Key] = unitOf{name: c.Label, top: c.Key}
					}
				}
			}
		}
		for _, d := range s.Decisions.InForce {
			id := d.Fields["id"]
			if d.Section != "org_units" || id == "" {
				continue
			}
			if out[id].name == "" {
				out[id] = unitOf{name: d.Fields["name"], top: out[id].top}
			}
			if parents[id] == "" {
				parents[id] = d.Fields["parent"]
			}
		}
	}
	for id, u := range out {
		for at, n := id, 0; at != "" && n < 20; at, n = parents[at], n+1 {
			if shown[at] {
				u.top = at
				break
			}
		}
		out[id] = u
	}
	return out
}
