package grafana

import (
	"fmt"
	"math"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/stat"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// total selects the figure of the whole.
func total(kpi string) string { return fmt.Sprintf(`{kpi=%q,org_unit="",dimension=""}`, kpi) }

// scale is how a figure's unit is shown where the axis has one unit: what the
// value is divided by, and the unit.
type scale struct {
	by   float64
	unit string
	most float64 // NaN is open
}

// scaleOf chooses a scale for a figure. Durations are in hours; minutes and
// days are asked for.
func (b *board) scaleOf(unit string) scale {
	open := math.NaN()
	switch unit {
	case "share":
		return scale{1, unitShare, 1}
	case "seconds":
		return scale{3600, suffix(b.w("hours")), open}
	case "sek":
		return scale{1, suffix(b.w("kronor")), open}
	case "months":
		return scale{1, suffix(b.w("months")), open}
	case "per_hundred":
		return scale{1, suffix(b.w("per_hundred")), open}
	case "count":
		return scale{1, unitCount, open}
	}
	return scale{1, "none", open}
}

// minutes, hours and days are scales of durations.
func (b *board) minutes() scale { return scale{60, suffix(b.w("minutes")), math.NaN()} }
func (b *board) days() scale    { return scale{86400, suffix(b.w("days")), math.NaN()} }

func (s scale) of(expr string) string {
	if s.by == 1 {
		return expr
	}
	return fmt.Sprintf("%s / %g", expr, s.by)
}

func (p *panel) in(s scale) *panel {
	p.unit(s.unit)
	if !math.IsNaN(s.most) {
		p.most(s.most)
	}
	if s.by != 1 {
		p.decimals(1)
	}
	return p
}

// kpiStat is a figure of the catalogue, large: its newest value.
func (b *board) kpiStat(id string) *panel {
	d := b.kpi(id)
	s := b.scaleOf(d.Unit)
	return b.stat("figure "+id).of(id).in(s).now(s.of("max(kommunpuls_kpi_value"+total(id)+")"), "")
}

// kpiSaid is a figure of the catalogue in words, large: "148 av 212 (70 %)".
func (b *board) kpiSaid(id string) *panel { return b.saidStat("figure "+id, id, whole) }

// saidStat is a figure in words, large: counts stand before percent.
func (b *board) saidStat(key, kpi, selector string) *panel {
	p := b.stat(key).of(kpi).field("said").
		rows(fmt.Sprintf(`%s or on () label_replace(vector(1), "said", %q, "", "")`, b.said(figures{[]string{kpi}, selector, "kpi", "said"}), b.w("we_do_not_know")))
	p.Options.(*stat.Options).Text = &common.VizTextDisplayOptions{ValueSize: some(26.0)}
	return p.cols(col{field: "said"})
}

// kpiChart is a figure of the catalogue over time with its target, if one is
// decided, as a broken grey line.
func (b *board) kpiChart(id string) *panel { return b.kpiChartIn(id, b.scaleOf(b.kpi(id).Unit)) }

// kpiChartIn is kpiChart on a scale of its own.
func (b *board) kpiChartIn(id string, s scale) *panel {
	d := b.kpi(id)
	p := b.chart("chart " + id).of(id).in(s).every(chartStep)
	b.overTime(p, total(id), s, true)
	p.over(fmt.Sprintf(`label_replace(%s, "line", %q, "", "") or label_replace(%s, "line", %q, "", "")`, s.of(targetLine(d)), b.w("target"), firstStep, unseen), "{{line}}")
	return p.as(b.w("target"), dashed()...).as(unseen, prop("custom.hideFrom", common.HideSeriesConfig{Legend: true, Tooltip: true}))
}

// unseen names a series that is there only so that a question has an answer.
const unseen = "–"

// overTime draws a figure over time, and as a point now: the last whole step
// of a year's chart may have ended hours ago, when there was no figure yet. The
// legend says where there is no figure, and if asked where no target is decided.
func (b *board) overTime(p *panel, selector string, s scale, target bool) {
	p.FieldConfig.Defaults.Decimals = nil
	p.over(s.of("max("+seen("kommunpuls_kpi_value"+selector)+")")+" or "+firstStep, b.w("over_time"))
	value := s.of("max(kommunpuls_kpi_value" + selector + ")")
	absent := func(metric, word string) string {
		return fmt.Sprintf(` or label_replace(vector(NaN) unless on () %s, "point", %q, "", "")`, metric, word)
	}
	unknown := sentence(b.w("we_do_not_know"))
	point := fmt.Sprintf(`label_replace(%s, "point", %q, "", "")`, value, b.w("now")) + absent(value, unknown)
	p.as(b.w("now"), painted(good), prop("custom.showPoints", "always"), prop("custom.pointSize", 9)).as(unknown, painted(pale))
	if target {
		point += absent("kommunpuls_kpi_target"+selector, b.w("no_target_line"))
		p.as(b.w("no_target_line"), painted(pale))
	}
	p.now(point, "{{point}}")
}

// firstStep is no number at the first step of a chart and nothing after it, so
// that a question always has an answer and no line is broken.
const firstStep = "(vector(NaN) and on () vector(time()) <= ${__from} / 1000)"

// chartStep is the least step of a chart of figures: they change at most so often.
const chartStep = "1h"

// seen is the newest value of each step. History is loaded a point a day or a
// month, and a chart's steps do not meet those points.
func seen(selector string) string { return "last_over_time(" + selector + "[$__interval])" }

// targetLine is a figure's target over time. A target in numbers of a figure
// that is a share is drawn as the share that it is of all there is.
func targetLine(d catalogue.Definition) string {
	t := "max(" + seen("kommunpuls_kpi_target"+total(d.ID)) + ")"
	if d.Unit != "share" {
		return t
	}
	return fmt.Sprintf("(%[1]s <= 1 or %[1]s / max(%[2]s))", t, seen("kommunpuls_kpi_denominator"+total(d.ID)))
}

// userTime lists the figures that add up the time of many.
func (b *board) userTime() []string {
	var out []string
	for id, d := range b.kpis {
		if d.Unit == "seconds" && d.Intervals != nil && d.Intervals.Weight != "" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// money lists the shares that are of kronor.
func (b *board) money() []string {
	var out []string
	for id, d := range b.kpis {
		if d.OfMoney() {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// titleLabel is the label of kommunpuls_kpi_info that names a figure.
func (b *board) titleLabel() string { return b.lang2("title", "title_en") }

// lang2 chooses a label by the language.
func (b *board) lang2(sv, en string) string {
	if b.lang == "en" {
		return en
	}
	return sv
}
