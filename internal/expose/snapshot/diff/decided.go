package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// What became of a decision, beside Added and "changed".
const (
	Altered = "changed"
	Dropped = "dropped" // no longer a target
	Granted = "granted" // a waiver
	Expired = "expired" // its last day has passed
	Revoked = "revoked" // it is gone before its last day
)

// Decided is a target or a waiver that came, changed or went.
type Decided struct {
	What      string       `json:"what"`
	KPI       string       `json:"id,omitempty"` // "" for a waiver of more than one measure
	Title     finding.Text `json:"title"`
	OrgUnit   string       `json:"org_unit,omitempty"`
	Record    string       `json:"record,omitempty"`
	Was       Words        `json:"was"`
	Became    Words        `json:"became"`
	DecisionA string       `json:"decision_a,omitempty"` // reference of the decision
	DecisionB string       `json:"decision_b,omitempty"`
}

// Words are the fields of a decision, as its file has them; empty where there is none.
type Words map[string]string

// inForce are the decisions of a section that hold at the snapshot's point, by
// what they are about. Of two about the same, the one that began last holds.
func inForce(s *snapshot.Snapshot, section string, about ...string) map[string]store.Decided {
	today := isoDay(s.About.AsOf)
	out := map[string]store.Decided{}
	for _, d := range s.Decisions.InForce {
		if d.Section != section || d.Fields["state"] == "superseded" {
			continue
		}
		from := cmp.Or(d.Fields["valid_from"], d.Fields["from"])
		to := cmp.Or(d.Fields["valid_to"], d.Fields["expires"])
		if from > today || to != "" && to < today {
			continue
		}
		var parts []string
		for _, f := range about {
			parts = append(parts, d.Fields[f])
		}
		key := strings.Join(parts, "\x00")
		if have, ok := out[key]; !ok || from > cmp.Or(have.Fields["valid_from"], have.Fields["from"]) {
			out[key] = d
		}
	}
	return out
}

// targets compares the targets in force, the municipality's and those of
// förvaltningar.
func targets(a, b *snapshot.Snapshot) []Decided {
	was, became := inForce(a, "targets", "kpi", "org_unit"), inForce(b, "targets", "kpi", "org_unit")
	var out []Decided
	for _, key := range keysOf(was, became) {
		x, y := was[key], became[key]
		d := decided(a, b, x, y)
		switch {
		case x.Fields == nil:
			d.What = Added
		case y.Fields == nil:
			d.What = Dropped
		case sameFields(x.Fields, y.Fields, "kpi", "kind", "value", "low", "high", "list", "due", "decision", "base", "base_date"):
			continue
		default:
			d.What = Altered
		}
		out = append(out, d)
	}
	return out
}

// waivers compares what was accepted.
func waivers(a, b *snapshot.Snapshot) []Decided {
	about := []string{"kpi", "org_unit", "record", "decision"}
	was, became := inForce(a, "waivers", about...), inForce(b, "waivers", about...)
	var out []Decided
	for _, key := range keysOf(was, became) {
		x, y := was[key], became[key]
		d := decided(a, b, x, y)
		switch {
		case x.Fields == nil:
			d.What = Granted
		case y.Fields == nil && x.Fields["expires"] != "" && x.Fields["expires"] < isoDay(b.About.AsOf):
			d.What = Expired
		case y.Fields == nil:
			d.What = Revoked
		case sameFields(x.Fields, y.Fields, "expires", "reason", "instead", "by"):
			continue
		default:
			d.What = Altered
		}
		out = append(out, d)
	}
	return out
}

func decided(a, b *snapshot.Snapshot, x, y store.Decided) Decided {
	f := y.Fields
	if f == nil {
		f = x.Fields
	}
	d := Decided{KPI: f["kpi"], OrgUnit: f["org_unit"], Record: f["record"], Was: Words(x.Fields), Became: Words(y.Fields), DecisionA: x.Decision, DecisionB: y.Decision}
	d.Title = titleOf(d.KPI, b, a)
	return d
}

func titleOf(kpi string, in ...*snapshot.Snapshot) finding.Text {
	for _, s := range in {
		if f, ok := s.Figure(kpi); ok {
			return f.Title
		}
	}
	return finding.Text{SV: kpi, EN: kpi}
}

func sameFields(x, y map[string]string, names ...string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return x[n] != y[n] })
}

// keysOf are the keys of both, sorted.
func keysOf[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
