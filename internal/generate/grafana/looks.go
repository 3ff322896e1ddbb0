package grafana

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// The colours can be told apart by those who do not see red or green. They are
// names, so that each of Grafana's themes gives them enough contrast. No state
// is told by colour alone.
const (
	good = "blue"
	bad  = "orange"
	mid  = "light-orange"
	calm = "text"
	pale = "#8e8e8e" // targets and what is only there to compare with
)

// series are colours for lines side by side, as far apart as they can be for
// the colour-blind, the first two the furthest.
func series() []string {
	return []string{"blue", "orange", "#8e8e8e", "light-blue", "dark-orange", "purple", "yellow", "dark-blue"}
}

// Units of Grafana.
const (
	unitShare = "percentunit"
	unitCount = "locale" // thousands as the reader's browser writes them
	unitDay   = "time:YYYY-MM-DD"
	unitTime  = "time:YYYY-MM-DD HH:mm"
)

// suffix is a unit in words: "41 minuter". Grafana puts a space before it.
func suffix(word string) string { return "suffix:" + word }

func (p *panel) unit(u string) *panel {
	p.FieldConfig.Defaults.Unit = &u
	return p
}

func (p *panel) decimals(n float64) *panel {
	p.FieldConfig.Defaults.Decimals = &n
	return p
}

func (p *panel) most(v float64) *panel {
	p.FieldConfig.Defaults.Max = &v
	return p
}

// colour paints everything in one colour.
func (p *panel) colour(c string) *panel {
	p.FieldConfig.Defaults.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: &c}
	return p
}

// from colours a figure from a value on: what is below is calm. The figure
// itself stands there too, so that nothing hangs on the colour.
func (p *panel) from(v float64, c string) *panel {
	p.FieldConfig.Defaults.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdThresholds}
	p.FieldConfig.Defaults.Thresholds = steps(step{v, c})
	return p
}

type step struct {
	at     float64
	colour string
}

func steps(more ...step) *dashboard.ThresholdsConfig {
	t := &dashboard.ThresholdsConfig{Mode: dashboard.ThresholdsModeAbsolute, Steps: []dashboard.Threshold{{Color: calm}}}
	for _, s := range more {
		t.Steps = append(t.Steps, dashboard.Threshold{Value: some(s.at), Color: s.colour})
	}
	return t
}

// say replaces values by words: what a cell or a figure shows instead of them.
func (p *panel) say(ms ...dashboard.ValueMapping) *panel {
	p.FieldConfig.Defaults.Mappings = append(p.FieldConfig.Defaults.Mappings, ms...)
	return p
}

// meaning is a value's word and colour.
type meaning struct{ value, word, colour string }

// mean maps values to words, in their order.
func mean(ms ...meaning) dashboard.ValueMapping {
	options := map[string]dashboard.ValueMappingResult{}
	for i, m := range ms {
		r := dashboard.ValueMappingResult{Text: some(m.word), Index: some(int32(i))} //nolint:gosec // a handful
		if m.colour != "" {
			r.Color = some(m.colour)
		}
		options[m.value] = r
	}
	return dashboard.ValueMapping{ValueMap: &dashboard.ValueMap{Type: "value", Options: options}}
}

// outcomes says each outcome in a word after its shape.
func (b *board) outcomes() dashboard.ValueMapping {
	w := wording.In(b.lang)
	paint := map[string]string{"good": good, "mid": mid, "bad": bad, "calm": calm}
	var ms []meaning
	for _, o := range finding.Outcomes() {
		s := w.State(finding.Finding{Outcome: o})
		ms = append(ms, meaning{string(o), s.Shape + "\u00a0" + s.Short, paint[s.Class]})
	}
	return mean(append(ms, meaning{"suppressed", "·\u00a0" + b.text(b.common.Words["too_few"]), calm})...)
}

// trends says each trend in a word after a sign.
func (b *board) trends() dashboard.ValueMapping {
	name := func(t string) string { return b.text(finding.TrendName(t)) }
	return mean(
		meaning{"better", "+\u00a0" + name("better"), good}, meaning{"worse", "−\u00a0" + name("worse"), bad},
		meaning{"unchanged", "=\u00a0" + name("unchanged"), calm}, meaning{"not_comparable", "–\u00a0" + name("not_comparable"), calm},
	)
}

// as styles a series or column by the name that it is shown with.
func (p *panel) as(name string, props ...dashboard.DynamicConfigValue) *panel {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, dashboard.DashboardFieldConfigSourceOverrides{
		Matcher: dashboard.MatcherConfig{Id: "byName", Options: name}, Properties: props,
	})
	return p
}

func prop(id string, v any) dashboard.DynamicConfigValue {
	return dashboard.DynamicConfigValue{Id: id, Value: v}
}

// painted is the colour of one series.
func painted(c string) dashboard.DynamicConfigValue {
	return prop("color", dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: &c})
}

// dashed draws a series as a target is drawn: grey and broken.
func dashed() []dashboard.DynamicConfigValue {
	return []dashboard.DynamicConfigValue{
		painted(pale), prop("custom.lineStyle", common.LineStyle{Fill: some(common.LineStyleFillDash), Dash: []float64{10, 8}}), prop("custom.lineWidth", 1), prop("custom.showPoints", "never"),
	}
}

// link leads from a panel's corner.
func (p *panel) link(title, url string) *panel {
	p.Links = append(p.Links, dashboard.DashboardLink{Title: title, Url: &url, TargetBlank: true})
	return p
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	s = wording.Capital(strings.TrimSpace(s))
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
