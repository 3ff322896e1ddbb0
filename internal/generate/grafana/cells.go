package grafana

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// beside selects one of the figures that stand beside a figure.
func beside(kpi, key string) string {
	return fmt.Sprintf(`{kpi=%q,org_unit="",dimension="also",key=%q}`, kpi, key)
}

// byKey selects a breakdown of a figure.
func byKey(kpi, dimension string) string {
	return fmt.Sprintf(`{kpi=%q,org_unit="",dimension=%q}`, kpi, dimension)
}

// byUnit selects the förvaltningar of a figure.
func byUnit(kpi string) string { return fmt.Sprintf(`{kpi=%q,org_unit!="",dimension=""}`, kpi) }

// keyed is a breakdown now, each key under what people call it: the label name.
func keyed(selector string) string {
	return "max by (name) (" + selector + " * on(dimension, key) group_left(name) max by (dimension, key, name) (kommunpuls_key_info))"
}

// units is an expression by org_unit now, with the name of each.
func units(expr string) string {
	return "max by (org_unit, name) (" + expr + " * on(org_unit) group_left(name) max by (org_unit, name) (kommunpuls_org_unit_info))"
}

// titled gives the names of figures to an expression by kpi, as the label title or title_en.
func (b *board) titled(expr string) string {
	l := b.titleLabel()
	return fmt.Sprintf("max by (kpi, %[1]s) (%[2]s * on(kpi) group_left(%[1]s) max by (kpi, %[1]s) (kommunpuls_kpi_info))", l, expr)
}

// besideStat is a figure that stands beside one of the catalogue, large, with the
// title that its definition gives it.
func (b *board) besideStat(kpi, key string) *panel {
	d := b.kpi(kpi)
	for _, a := range d.Also {
		if a.Key != key {
			continue
		}
		unit := a.Unit
		if unit == "" {
			unit = d.Unit
		}
		s := b.scaleOf(unit)
		p := b.stat(kpi+" "+key).of(kpi).in(s).now(s.of("max(kommunpuls_kpi_value"+beside(kpi, key)+")"), "")
		p.Title = some(b.text(a.Title))
		return p
	}
	b.fault(fmt.Errorf("%s has no %q beside it", kpi, key))
	return b.stat(kpi + " " + key)
}

// besideSaid is a share that stands beside a figure of the catalogue, in words.
func (b *board) besideSaid(kpi, key string) *panel {
	p := b.saidStat(kpi+" "+key, kpi, fmt.Sprintf(`org_unit="",dimension="also",key=%q`, key))
	p.Title = b.besideStat(kpi, key).Title
	return p
}

// keyBars is a breakdown now, a bar for each key, the highest first.
func (b *board) keyBars(kpi, dimension string, s scale, most int) *panel {
	expr := fmt.Sprintf("sort_desc(topk(%d, %s))", most, s.of(keyed("kommunpuls_kpi_value"+byKey(kpi, dimension))))
	return b.breakdown(kpi, dimension, s).now(expr, "{{name}}")
}

// unitBars is a figure by förvaltning now, the highest first.
func (b *board) unitBars(kpi string, s scale) *panel {
	return b.breakdown(kpi, "org_unit", s).now("sort_desc("+s.of(units("kommunpuls_kpi_value"+byUnit(kpi)))+")", "{{name}}")
}

// breakdown is bars with a figure's words, titled "Lösta inom ett dygn, per prioritet".
func (b *board) breakdown(kpi, dimension string, s scale) *panel {
	p := b.sideways(kpi + " by " + dimension).of(kpi).in(s)
	p.Title = some(b.text(b.kpi(kpi).Title) + ", " + b.w("by "+dimension))
	return p
}

// splitBars is how many rows each of a figure's named parts holds now, in the
// order of the definition.
func (b *board) splitBars(kpi string) *panel {
	d := b.kpi(kpi)
	p := b.sideways(kpi + " split").of(kpi).unit(unitCount)
	if len(d.Split) == 0 {
		b.fault(fmt.Errorf("%s has no split", kpi))
	}
	for _, s := range d.Split {
		p.now(fmt.Sprintf(`max(kommunpuls_kpi_numerator{kpi=%q,org_unit="",dimension="split",key=%q})`, kpi, s.Key), b.text(s.Title))
	}
	return p
}

// headed gives a panel another title than the figure's own.
func (p *panel) headed(key string) *panel {
	p.Title = some(p.b.w(key))
	return p
}

// lately shows a span of its own, whatever time the reader has chosen: for
// what is known since the daemon was started.
func (p *panel) lately(span string) *panel {
	p.TimeFrom, p.HideTimeOverride = &span, some(true) // Grafana would say the span in English
	return p
}

// ages are the age buckets of a count as its definition has them: keys and
// selectors, the youngest first.
func ages(d catalogue.Definition) []string {
	if d.Buckets == nil || len(d.Buckets.Edges) == 0 {
		return nil
	}
	edges := d.Buckets.Edges
	out := []string{"0-" + edges[0]}
	for i := 1; i < len(edges); i++ {
		out = append(out, edges[i-1]+"-"+edges[i])
	}
	return append(out, edges[len(edges)-1]+"+")
}

// together is one expression of several figures: kpi=~"a|b".
func together(ids ...string) string { return strings.Join(ids, "|") }

// painting gives the series of a panel the colours that are furthest apart, by name.
func (p *panel) painting(names ...string) *panel {
	cs := series()
	for i, n := range names {
		p.as(n, painted(cs[i%len(cs)]))
	}
	return p
}

// answered makes every question of a dashboard's figures, bars and lines have
// an answer, for Grafana 9.4 marks a panel as broken when there is none. What
// is no number says what the panel says of no data.
func (b *board) answered() *board {
	for _, at := range b.dash.Panels {
		p := at.Panel
		if p == nil || p.FieldConfig == nil {
			continue
		}
		other := ""
		switch p.Type {
		case "stat", "bargauge":
			other = "vector(NaN)"
			if o, ok := p.Options.(*stat.Options); ok && *o.ReduceOptions.Fields != "" {
				continue // words: to Grafana they are no number either, and would be lost
			}
			bars, _ := p.Options.(*bargauge.Options)
			named := bars != nil && *bars.ReduceOptions.Values // a bar's name is a text of the same table
			if none := p.FieldConfig.Defaults.NoValue; none != nil && !named {
				p.FieldConfig.Defaults.Mappings = append(p.FieldConfig.Defaults.Mappings, nothing(*none))
			}
			if u := p.FieldConfig.Defaults.Unit; u != nil && *u == unitShare && p.FieldConfig.Defaults.Decimals == nil {
				p.FieldConfig.Defaults.Decimals = some(1.0)
			}
			if bars != nil {
				bars.Text = &common.VizTextDisplayOptions{TitleSize: some(12.0), ValueSize: some(18.0)}
			}
		case "timeseries":
			p.FieldConfig.Defaults.Decimals = nil                                // an axis has as many as it needs
			other = `(vector(NaN) and on () vector(time()) <= ${__from} / 1000)` // at the first step alone: no line is broken
			if p.TimeFrom != nil {                                               // the first step is not the dashboard's
				other = "vector(NaN)"
			}
		}
		for _, t := range p.Targets {
			if q, ok := t.(*prometheus.Dataquery); ok && other != "" && !strings.Contains(q.Expr, "vector(") {
				q.Expr = "(" + q.Expr + ") or on () " + other
			}
		}
	}
	return b
}

// orZero is a count that is nought where there is nothing to count, as long as
// the daemon is there to tell: silence is no nought.
func orZero(expr string) string { return "(" + expr + ") or 0 * max(kommunpuls_instance_info)" }

// orNone is an expression that has a row of no number, named by a label, where
// it would have none.
func orNone(expr, label, word string) string {
	return fmt.Sprintf(`(%s) or on () label_replace(vector(NaN), %q, %q, "", "")`, expr, label, word)
}

// whole gives every column of a table a row for each of the first one's keys,
// and the table a row that says none where there is nothing: a question without
// an answer would take the others of its panel with it.
func (p *panel) whole(key, none string) *panel {
	first := ""
	for i, t := range p.Targets {
		q, ok := t.(*prometheus.Dataquery)
		switch {
		case !ok:
		case i == 0:
			q.Expr = orNone(q.Expr, key, none)
			first = q.Expr
		default:
			q.Expr = fmt.Sprintf("(%s) or on (%s) NaN * (%s)", q.Expr, key, first)
		}
	}
	p.FieldConfig.Defaults.NoValue = some("–")
	return p.numbers("–")
}

// numbers says what the columns of numbers show where there is none; text is no
// number either, and must stand as it is. A column's own words win.
func (p *panel) numbers(none string) *panel {
	p.FieldConfig.Overrides = append([]dashboard.DashboardFieldConfigSourceOverrides{{
		Matcher: dashboard.MatcherConfig{Id: "byType", Options: "number"}, Properties: []dashboard.DynamicConfigValue{saying(nothing(none))},
	}}, p.FieldConfig.Overrides...)
	return p
}

// nothing says what is shown where there is no number. A column that maps its
// values to words takes it along with them: of two lists of words one would win.
func nothing(text string) dashboard.ValueMapping {
	return dashboard.ValueMapping{SpecialValueMap: &dashboard.SpecialValueMap{
		Type: dashboard.MappingTypeSpecialValue, Options: dashboard.DashboardSpecialValueMapOptions{
			Match: dashboard.SpecialValueMatchNullAndNan, Result: dashboard.ValueMappingResult{Text: &text, Color: some(calm)},
		},
	}}
}

// untold says that nothing is known, and draws nothing: for bands.
func untold(text string) dashboard.ValueMapping {
	m := nothing(text)
	m.SpecialValueMap.Options.Result.Color = some("transparent")
	return m
}
