package catalogue

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// parts checks the parts that only some shapes have.
func (k *kpiCheck) parts(main record.Kind) {
	d := k.d
	k.sum("numerator", d.Numerator, main)
	k.sum("denominator", d.Denominator, main)
	if d.Shape == PeerGap && d.Denominator != nil {
		k.peers(d, main)
	}
	if d.Related != nil {
		k.related(d.Related, main)
	}
	if r := d.Registered; r != nil && k.relation("registered.record", r.Record) {
		k.expression("registered.where", r.Where, aCondition, RowScope(k.v.rs, r.Record, d.Clock))
	}
	if d.Planned != nil {
		k.column("planned.planned_at", main, d.Planned.PlannedAt, "instant")
		k.column("planned.held_at", main, d.Planned.HeldAt, "instant")
	}
	if d.Intervals != nil {
		k.interval("intervals", d.Intervals, main)
	}
	if b := d.Buckets; b != nil {
		k.column("buckets.from", main, b.From, "instant")
		if len(b.Edges) == 0 {
			k.fault("buckets.edges", "is missing")
		}
		var last int64
		for i, e := range b.Edges {
			at := index("buckets.edges", i)
			k.span(at, e, true)
			s, err := ParseSpan(e)
			length := s.Seconds + int64(s.Months)*30*86400
			if err == nil && length <= last {
				k.fault(at, "%s is not longer than the one before", e)
			}
			last = length
		}
	}
	if b := d.Base; b != nil {
		if b.FromTarget == (b.Ago != "") {
			k.fault("base", "want either from_target: true or ago")
		}
		k.span("base.ago", b.Ago, false)
	}
}

// peers checks how the peers are told apart: by an expression over their rows.
func (k *kpiCheck) peers(d *Definition, main record.Kind) {
	rel := d.Denominator.Record
	if rel == "" {
		rel = main
	}
	if !k.v.rs.Has(string(rel)) {
		return // said by sum
	}
	if d.Of == "" {
		k.column("of", rel, "subject", "")
		return
	}
	k.expression("of", d.Of, aValue, RowScope(k.v.rs, rel, d.Clock))
}

// sum checks one side of a ratio.
func (k *kpiCheck) sum(field string, p *Part, main record.Kind) {
	if p == nil {
		return
	}
	rel := p.Record
	if rel == "" {
		rel = main
	}
	if rel == "" {
		k.fault(field+".record", "is missing")
		return
	}
	if !k.relation(field+".record", rel) {
		return
	}
	row := RowScope(k.v.rs, rel, k.d.Clock)
	k.expression(field+".population", p.Population, aCondition, row)
	if strings.TrimSpace(p.Sum) == "" {
		k.fault(field+".sum", "is missing; 1 counts rows")
	}
	k.expression(field+".sum", p.Sum, aValue, row)
	k.window(field+".window", p.Window, rel)
	if p.OrgUnit != "" {
		k.column(field+".org_unit", rel, p.OrgUnit, "")
	}
}

func (k *kpiCheck) relation(field string, rel record.Kind) bool {
	if k.v.rs.Has(string(rel)) {
		return true
	}
	k.fault(field, "unknown record %s", rel)
	return false
}

func (k *kpiCheck) related(r *RelatedPart, main record.Kind) {
	if r.Record == "" && r.OwnField == "" {
		k.fault("related", "want record, own_field or both")
	}
	if r.Record != "" && k.relation("related.record", r.Record) {
		k.column("related.link", r.Record, r.Link, "")
		row := RowScope(k.v.rs, r.Record, k.d.Clock)
		if snake.MatchString(r.Date) || r.Date == "" {
			k.column("related.date", r.Record, r.Date, "instant")
		} else {
			k.expression("related.date", r.Date, aValue, row)
		}
		k.expression("related.where", r.Where, aCondition, row)
	}
	if r.OwnField != "" {
		k.column("related.own_field", main, r.OwnField, "instant")
	}
	if name, rule := strings.CutPrefix(r.MaxAge, "rule:"); rule {
		if !snake.MatchString(name) {
			k.fault("related.max_age", "want rule: and a name of lower-case letters, digits and underscores, got %q", name)
		}
		return
	}
	k.span("related.max_age", r.MaxAge, true)
}

func (k *kpiCheck) interval(field string, n *Interval, main record.Kind) {
	rel := n.Record
	if rel == "" {
		rel = main
	}
	if !k.relation(field+".record", rel) {
		return
	}
	row := RowScope(k.v.rs, rel, k.d.Clock)
	k.expression(field+".where", n.Where, aCondition, row)
	k.expression(field+".weight", n.Weight, aValue, row)
	k.column(field+".start", rel, n.Start, "instant")
	k.column(field+".end", rel, n.End, "instant")
	if n.Group != "" {
		k.column(field+".group", rel, n.Group, "")
	}
	k.span(field+".minimum", n.Minimum, false)
	k.optional(field+".hours", n.Hours, hourKinds())
}
