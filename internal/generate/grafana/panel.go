package grafana

import (
	"fmt"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/text"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// panel is a panel with what is needed to go on building it.
type panel struct {
	dashboard.Panel
	b   *board
	key string
}

func (b *board) panel(kind, key string, options, custom any) *panel {
	p := &panel{b: b, key: key}
	p.Type = kind
	p.Transparent = some(false)
	p.Datasource = prometheusRef()
	p.Options = options
	p.FieldConfig = &dashboard.FieldConfigSource{Overrides: []dashboard.DashboardFieldConfigSourceOverrides{}}
	d := &p.FieldConfig.Defaults
	d.Custom = custom
	d.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: some(calm)}
	d.Thresholds = steps()
	d.Mappings = []dashboard.ValueMapping{}
	return p
}

// worded gives a panel its words from words/<id>.yaml.
func (p *panel) worded() *panel {
	b := p.b
	w, ok := b.words.Panels[p.key]
	if !ok {
		b.fault(fmt.Errorf("words/%s.yaml: panels has no %q", b.id, p.key))
		return p
	}
	b.spent["panels."+p.key] = true
	p.Title = some(b.text(w.Title))
	p.Description = some(b.describe(b.text(w.Measures), b.text(w.Of), b.text(w.NotCounted)))
	if w.None.SV == "" {
		w.None = b.common.Unknown
	}
	p.FieldConfig.Defaults.NoValue = some(b.text(w.None))
	return p
}

// of gives a panel the words of a figure: its title, question and what is not counted.
func (p *panel) of(kpi string) *panel {
	b := p.b
	d := b.kpi(kpi)
	p.Title = some(b.text(d.Title))
	of := ""
	if d.PopulationText.SV != "" {
		of = sentence(b.text(d.PopulationText))
	}
	p.Description = some(b.describe(b.text(d.Question), of, b.text(d.NotCounted)))
	p.FieldConfig.Defaults.NoValue = some(b.text(b.common.Unknown))
	p.link(b.w("about"), b.page("/matt/"+kpi))
	p.link(b.w("rows"), b.page("/matt/"+kpi+"/underlag"))
	return p
}

// stat is one figure, large.
func (b *board) stat(key string) *panel {
	return b.panel("stat", key, &stat.Options{
		GraphMode: common.BigValueGraphModeNone, ColorMode: common.BigValueColorModeValue, JustifyMode: common.BigValueJustifyModeAuto,
		TextMode: common.BigValueTextModeValue, Orientation: common.VizOrientationAuto, ReduceOptions: last(""),
	}, map[string]any{})
}

// last takes the newest value of the fields that a pattern names; none is every number.
func last(fields string) common.ReduceDataOptions {
	return common.ReduceDataOptions{Values: some(false), Calcs: []string{"lastNotNull"}, Fields: &fields}
}

// chart is lines over time.
func (b *board) chart(key string) *panel {
	p := b.panel("timeseries", key, &timeseries.Options{
		Legend:  common.VizLegendOptions{DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom, ShowLegend: true, Calcs: []string{}},
		Tooltip: common.VizTooltipOptions{Mode: common.TooltipDisplayModeMulti, Sort: common.SortOrderNone},
	}, &common.GraphFieldConfig{
		DrawStyle: some(common.GraphDrawStyleLine), LineInterpolation: some(common.LineInterpolationLinear), LineWidth: some(2.0),
		FillOpacity: some(0.0), GradientMode: some(common.GraphGradientModeNone), ShowPoints: some(common.VisibilityModeAuto), PointSize: some(5.0),
		SpanNulls: &common.BoolOrFloat64{Bool: some(true)}, AxisPlacement: some(common.AxisPlacementAuto), AxisLabel: some(""),
		Stacking:        &common.StackingConfig{Mode: some(common.StackingModeNone), Group: some("A")},
		ThresholdsStyle: &common.GraphThresholdsStyleConfig{Mode: common.GraphThresholdsStyleModeOff},
	})
	p.FieldConfig.Defaults.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: some(good)}
	p.FieldConfig.Defaults.Min = some(0.0)
	return p
}

// stacked fills a chart and lays its series on each other.
func (p *panel) stacked() *panel {
	c := p.FieldConfig.Defaults.Custom.(*common.GraphFieldConfig)
	c.Stacking.Mode, c.FillOpacity, c.LineWidth = some(common.StackingModeNormal), some(60.0), some(1.0)
	return p
}

// bars draws a chart's series as bars, one a step.
func (p *panel) bars() *panel {
	c := p.FieldConfig.Defaults.Custom.(*common.GraphFieldConfig)
	c.DrawStyle, c.FillOpacity, c.LineWidth = some(common.GraphDrawStyleBars), some(60.0), some(0.0)
	return p
}

// sideways is a bar for each series now, largest as the query sorts them.
func (b *board) sideways(key string) *panel {
	p := b.panel("bargauge", key, &bargauge.Options{
		DisplayMode: common.BarGaugeDisplayModeBasic, ShowUnfilled: true, MinVizWidth: 0, MinVizHeight: 24, // lower ones cut their text: the panel scrolls
		ReduceOptions: last(""), Orientation: common.VizOrientationHorizontal,
	}, map[string]any{}).colour(good)
	p.FieldConfig.Defaults.Min = some(0.0)
	return p
}

// states is a band for each series, coloured and named by what it was.
func (b *board) states(key string) *panel {
	return b.panel("state-timeline", key, &statetimeline.Options{
		ShowValue: common.VisibilityModeAuto, RowHeight: 0.8, MergeValues: some(true), AlignValue: some(common.TimelineValueAlignmentLeft),
		Legend:  common.VizLegendOptions{DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom, ShowLegend: true, Calcs: []string{}},
		Tooltip: common.VizTooltipOptions{Mode: common.TooltipDisplayModeSingle, Sort: common.SortOrderNone},
	}, &statetimeline.FieldConfig{LineWidth: some(uint32(0)), FillOpacity: some(uint32(80))})
}

// table is rows; see [panel.cols]. A cell that has nothing is a dash: what the
// panel says where it has no rows is too long for one.
func (b *board) table(key string) *panel {
	p := b.panel("table", key, &table.Options{
		FrameIndex: 0, ShowHeader: true, Footer: &common.TableFooterOptions{Show: false, Reducer: []string{"sum"}, CountRows: some(false)},
	}, &common.TableFieldOptions{Align: common.FieldTextAlignmentAuto, DisplayMode: some(common.TableCellDisplayModeAuto)})
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, dashboard.DashboardFieldConfigSourceOverrides{
		Matcher: dashboard.MatcherConfig{Id: "byRegexp", Options: "/.*/"}, Properties: props(blank("–")),
	})
	return p
}

// prose is a panel of text, in Markdown. What begins it comes from elsewhere.
func (b *board) prose(key string, begins ...finding.Text) *panel {
	w, ok := b.words.Panels[key]
	if !ok {
		b.fault(fmt.Errorf("words/%s.yaml: panels has no %q", b.id, key))
	}
	b.spent["panels."+key] = true
	content := b.text(w.Content)
	for _, t := range slices.Backward(begins) {
		content = b.text(t) + "\n\n" + content
	}
	p := b.panel("text", key, &text.Options{Mode: text.TextModeMarkdown, Content: content}, map[string]any{})
	p.FieldConfig, p.Datasource = nil, nil
	if w.Title.SV != "" {
		p.Title = some(b.text(w.Title))
	}
	return p
}
