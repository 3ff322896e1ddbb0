package grafana

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
)

// now asks for the value at the end of the chosen time. The legend may hold
// labels: "{{queue}}".
func (p *panel) now(expr, legend string) *panel {
	return p.ask(expr, legend, true)
}

// over asks for values over the chosen time.
func (p *panel) over(expr, legend string) *panel {
	return p.ask(expr, legend, false)
}

func (p *panel) ask(expr, legend string, instant bool) *panel {
	q := p.query(expr)
	q.Instant, q.Range = some(instant), some(!instant)
	q.LegendFormat = some(legend)
	q.Format = some(prometheus.PromQueryFormatTimeSeries)
	p.Targets = append(p.Targets, q)
	return p
}

// rows asks for a table: a row for each series now, its labels as columns, its
// value in the column "Value #A", "Value #B" … in the order of the questions,
// or "Value" if there is but one.
func (p *panel) rows(expr string) *panel {
	q := p.query(expr)
	q.Instant = some(true)
	q.Format = some(prometheus.PromQueryFormatTable)
	p.Targets = append(p.Targets, q)
	return p
}

func (p *panel) query(expr string) *prometheus.Dataquery {
	if len(p.Targets) >= 26 {
		p.b.fault(fmt.Errorf("panel %s: more than 26 queries", p.key))
	}
	return &prometheus.Dataquery{
		Expr: expr, RefId: some(string(rune('A' + len(p.Targets)%26))), Datasource: prometheusRef(),
		EditorMode: some(prometheus.QueryEditorModeCode), Exemplar: some(false), Instant: some(false), Range: some(false),
	}
}

// every is the least time between two points.
func (p *panel) every(interval string) *panel {
	p.Interval = &interval
	return p
}

// field shows a label as the figure: a stat over a query of rows.
func (p *panel) field(label string) *panel {
	p.Options.(*stat.Options).ReduceOptions = last("/^" + label + "$/")
	return p
}

// col is one column of a table.
type col struct {
	field  string // label, or "Value #A"
	name   string // as it is shown
	width  float64
	unit   string
	props  []dashboard.DynamicConfigValue
	hidden bool // there for links alone
}

// cols picks, orders and names a table's columns; what is not named is not
// shown. Rows of several questions with the same labels become one.
func (p *panel) cols(cs ...col) *panel {
	names := make([]string, 0, len(cs))
	order, rename := map[string]any{}, map[string]any{}
	for i, c := range cs {
		names = append(names, c.field)
		order[c.field] = i
		if c.name != "" {
			rename[c.field] = c.name
		}
		shown := c.name
		if shown == "" {
			shown = c.field
		}
		props := c.props
		if strings.HasPrefix(c.field, "Value") {
			props = covered(props)
		}
		if c.hidden {
			props = append(props, prop("custom.hidden", true))
		}
		if c.width > 0 {
			props = append(props, prop("custom.width", c.width))
		}
		if c.unit != "" {
			props = append(props, prop("unit", c.unit))
		}
		if len(props) > 0 {
			p.as(shown, props...)
		}
	}
	p.transform("filterFieldsByName", map[string]any{"include": map[string]any{"names": names}})
	if len(p.Targets) > 1 {
		p.transform("merge", map[string]any{})
	}
	return p.transform("organize", map[string]any{"excludeByName": map[string]any{}, "indexByName": order, "renameByName": rename})
}

// atLeast is how narrow a table's columns without a width of their own may
// become before the table scrolls sideways.
func (p *panel) atLeast(width float64) *panel {
	p.FieldConfig.Defaults.Custom.(*common.TableFieldOptions).MinWidth = &width
	return p
}

// by sorts a table by a column's shown name.
func (p *panel) by(name string, descending bool) *panel {
	return p.transform("sortBy", map[string]any{"fields": map[string]any{}, "sort": []any{map[string]any{"field": name, "desc": descending}}})
}

func (p *panel) transform(id string, options map[string]any) *panel {
	p.Transformations = append(p.Transformations, dashboard.DataTransformerConfig{Id: id, Options: options})
	return p
}

// Cell properties.

func props(ps ...dashboard.DynamicConfigValue) []dashboard.DynamicConfigValue { return ps }

// coloured paints a cell's text in the colour of what it says.
func coloured() dashboard.DynamicConfigValue {
	return prop("custom.displayMode", string(common.TableCellDisplayModeColorText))
}

// saying maps a cell's values to words.
func saying(ms ...dashboard.ValueMapping) dashboard.DynamicConfigValue { return prop("mappings", ms) }

// leading makes a cell a link. The url may hold ${__data.fields.kpi}, a column
// of the same row.
func leading(title, url string, newTab bool) dashboard.DynamicConfigValue {
	return prop("links", []map[string]any{{"title": title, "url": url, "targetBlank": newTab}})
}

// right aligns a column of numbers.
func right() dashboard.DynamicConfigValue { return prop("custom.align", "right") }

// blank is what a cell shows where there is nothing, or what is no number.
func blank(text string) dashboard.DynamicConfigValue { return prop("noValue", text) }

// covered lets what is blank be said of what is no number, too. It is for
// numbers alone: to Grafana no text is a number.
func covered(props []dashboard.DynamicConfigValue) []dashboard.DynamicConfigValue {
	for _, p := range props {
		if text, ok := p.Value.(string); ok && p.Id == "noValue" {
			return append(slices.Clone(props), saying(dashboard.ValueMapping{SpecialValueMap: &dashboard.SpecialValueMap{
				Type: dashboard.MappingTypeSpecialValue, Options: dashboard.DashboardSpecialValueMapOptions{
					Match: dashboard.SpecialValueMatchNullAndNan, Result: dashboard.ValueMappingResult{Text: &text, Color: some(calm)},
				},
			}}))
		}
	}
	return props
}
