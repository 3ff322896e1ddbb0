// Package alerts writes the rules of internal/alert as files: rules for
// Prometheus, a configuration of Alertmanager, and provisioning for Grafana's
// own alerting. The same rules give the same files.
package alerts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// header begins every file.
const header = `# Skriven av kommunpuls ur alerts i kommunpuls.yaml. Ändra där och skriv filen
# på nytt med: kommunpuls alerts render. Se docs/larm.md.
# (Written by kommunpuls from alerts in kommunpuls.yaml; change it there.)
`

type ruleFile struct {
	Groups []ruleGroup `yaml:"groups"`
}

type ruleGroup struct {
	Name     string     `yaml:"name"`
	Interval string     `yaml:"interval"`
	Rules    []promRule `yaml:"rules"`
}

type promRule struct {
	Alert       string        `yaml:"alert"`
	Expr        string        `yaml:"expr"`
	For         string        `yaml:"for,omitempty"`
	Keep        string        `yaml:"keep_firing_for,omitempty"`
	Labels      yaml.MapSlice `yaml:"labels"`
	Annotations yaml.MapSlice `yaml:"annotations"`
}

// Prometheus writes the rules for Prometheus 2.42 and later.
func Prometheus(s alert.Settings) ([]byte, error) {
	rules := alert.Rules(s)
	var f ruleFile
	for i := range rules {
		r := &rules[i]
		if n := len(f.Groups); n == 0 || f.Groups[n-1].Name != groupName(r.Group) {
			f.Groups = append(f.Groups, ruleGroup{Name: groupName(r.Group), Interval: duration(every(s, r.Group))})
		}
		p := promRule{Alert: r.Name, Expr: r.Expr, For: optional(r.For), Keep: optional(r.Keep), Labels: variantLabels(r)}
		for _, a := range annotations(r) {
			text, err := prometheusText(a.text, a.lang, r)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", r.ID(), a.name, err)
			}
			p.Annotations = append(p.Annotations, yaml.MapItem{Key: a.name, Value: text})
		}
		g := &f.Groups[len(f.Groups)-1]
		g.Rules = append(g.Rules, p)
	}
	return encode(f)
}

func groupName(g string) string { return "kommunpuls-" + g }

// figuresEvery is how many evaluations apart the figures are looked at: they
// change a few times a day.
const figuresEvery = 20

func every(s alert.Settings, group string) time.Duration {
	if group == alert.Figures {
		return figuresEvery * s.Every
	}
	return s.Every
}

// labels of a rule. Those that say nothing are left out.
func labels(r *alert.Rule) yaml.MapSlice {
	out := yaml.MapSlice{{Key: "severity", Value: string(r.Severity)}, {Key: "owner", Value: r.Owner}}
	if r.Incident != "" {
		out = append(out, yaml.MapItem{Key: "incident", Value: r.Incident})
	}
	return out
}

// variantLabels of a rule: Prometheus takes rules with the same name and labels
// for duplicates, so those that share a name say which they are. Grafana's bear
// it in their titles.
func variantLabels(r *alert.Rule) yaml.MapSlice {
	out := labels(r)
	if r.Variant == "" {
		return out
	}
	v := r.Variant
	if strings.Contains(v, "{{") { // the value of a label is a template
		v = `{{ ` + strconv.Quote(v) + ` }}`
	}
	return append(out, yaml.MapItem{Key: "variant", Value: v})
}

type annotation struct{ name, text, lang string }

// annotations of a rule, in order; the Swedish ones bear the usual names.
func annotations(r *alert.Rule) []annotation {
	out := []annotation{
		{"summary", r.Summary.SV, "sv"},
		{"description", r.Description.SV, "sv"},
		{"notice", r.Notice.SV, "sv"},
		{"summary_en", r.Summary.EN, "en"},
		{"description_en", r.Description.EN, "en"},
		{"notice_en", r.Notice.EN, "en"},
		{"runbook_url", r.Runbook, "sv"},
		{"link", r.Link, "sv"},
	}
	kept := out[:0]
	for _, a := range out {
		if a.text != "" {
			kept = append(kept, a)
		}
	}
	return kept
}

// optional writes a span, or nothing for none.
func optional(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return duration(d)
}

// duration writes a span as Prometheus reads it: whole units, no fractions.
func duration(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d >= u.of && d%u.of == 0 {
			return fmt.Sprintf("%d%s", d/u.of, u.name)
		}
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}

func encode(v any) ([]byte, error) {
	b, err := yaml.MarshalWithOptions(v, yaml.IndentSequence(true))
	if err != nil {
		return nil, err
	}
	return append([]byte(header), b...), nil
}
