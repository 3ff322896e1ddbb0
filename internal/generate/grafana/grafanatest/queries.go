package grafanatest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Query is one question to Prometheus.
type Query struct {
	Dashboard, Panel, Ref string
	Expr                  string
	// Step is 0 for an instant query, else From to To is asked for.
	Step     time.Duration
	From, To time.Time
}

// String names the panel that a query is of.
func (q Query) String() string {
	return fmt.Sprintf("%s, panel %q, %s", q.Dashboard, q.Panel, q.Ref)
}

// Values are what variables are filled in with; several stand for each other with |.
type Values map[string][]string

// scrape is the data source's scrape interval unless it says another.
const scrape = 15 * time.Second

// points is how many points a panel asks for unless it says another number: its width.
const points = 1000

// Queries returns what a panel asks at a moment.
func (d Dashboard) Queries(p Panel, now time.Time, vs Values) ([]Query, error) {
	from, err := At(d.Time.From, now)
	if err != nil {
		return nil, err
	}
	to, err := At(d.Time.To, now)
	if err != nil {
		return nil, err
	}
	if p.TimeFrom != "" {
		own, ok := duration(strings.TrimPrefix(p.TimeFrom, "now-"))
		if !ok {
			return nil, fmt.Errorf("panel %q: timeFrom %q", p.Title, p.TimeFrom)
		}
		from = to.Add(-own)
	}
	var out []Query
	for _, t := range p.Targets {
		q := Query{Dashboard: d.UID, Panel: p.Title, Ref: t.RefID, From: from, To: to}
		step, least := interval(p, t, to.Sub(from))
		if q.Expr, err = fill(t.Expr, builtin(vs, to.Sub(from), step, least)); err != nil {
			return nil, fmt.Errorf("%s: %w", q, err)
		}
		if t.Instant {
			out = append(out, q)
		}
		if !t.Instant || t.Range != nil && *t.Range {
			q.Step = step
			out = append(out, q)
		}
	}
	return out, nil
}

// interval is the step of a panel's query, and the least one that it may have.
func interval(p Panel, t Target, span time.Duration) (step, least time.Duration) {
	least = scrape
	for _, text := range []string{p.Interval, t.Interval} {
		if d, ok := duration(text); ok {
			least = d
		}
	}
	n := p.MaxDataPoints
	if n == 0 {
		n = points
	}
	return max(nice(span/time.Duration(n)), least), least
}

// nice rounds a step as Grafana does: to the nearest that people think in.
func nice(d time.Duration) time.Duration {
	steps := []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour,
	}
	for i, s := range steps[1:] {
		if d < (steps[i]+s)/2 {
			return steps[i]
		}
	}
	return steps[len(steps)-1]
}

func builtin(vs Values, span, step, least time.Duration) Values {
	out := maps.Clone(vs)
	if out == nil {
		out = Values{}
	}
	sec := func(d time.Duration) string { return strconv.FormatInt(max(1, int64(d.Seconds())), 10) }
	out["__interval"] = []string{sec(step) + "s"}
	out["__interval_ms"] = []string{sec(step) + "000"}
	out["__rate_interval"] = []string{sec(max(step+least, 4*least)) + "s"}
	out["__range"] = []string{sec(span) + "s"}
	out["__range_s"] = []string{sec(span)}
	out["__range_ms"] = []string{sec(span) + "000"}
	out["__from"] = []string{"0"} // no clock here: the time that is shown begins in 1970
	return out
}

var variable = regexp.MustCompile(`\$([\pL_]\w*)|\$\{([\pL\w]+)(?::(\w+))?\}|\[\[(\w+)(?::\w+)?\]\]`)

// fill puts values where an expression names variables. One that has none is a fault.
func fill(expr string, vs Values) (string, error) {
	var unknown []string
	out := variable.ReplaceAllStringFunc(expr, func(s string) string {
		m := variable.FindStringSubmatch(s)
		name := m[1] + m[2] + m[4]
		v, ok := vs[name]
		if !ok {
			unknown = append(unknown, s)
			return s
		}
		quoted := make([]string, len(v))
		for i := range v {
			quoted[i] = v[i]
			if len(v) > 1 {
				quoted[i] = strings.ReplaceAll(regexp.QuoteMeta(v[i]), `\`, `\\`)
			}
		}
		if len(quoted) > 1 {
			return "(" + strings.Join(quoted, "|") + ")"
		}
		return strings.Join(quoted, "")
	})
	if len(unknown) > 0 {
		return out, fmt.Errorf("nothing to fill in for %s", strings.Join(unknown, ", "))
	}
	return out, nil
}

// Source answers the queries of variables.
type Source interface {
	// LabelValues lists a label's values over the series of a selector ("" is all), in order.
	LabelValues(label, selector string) ([]string, error)
	// Series asks for an expression's series now, each as name{label="value"} value time.
	Series(expr string) ([]string, error)
}

var (
	labelValues = regexp.MustCompile(`^label_values\((?:(.+),\s*)?(\w+)\)$`)
	queryResult = regexp.MustCompile(`^query_result\((.+)\)$`)
)

// Choices returns what a dashboard's variables are set to when it is opened
// for the first time, and what each may be set to. They are asked in the
// dashboard's order, so that one may be made of those before it. What cannot
// be asked or has no answer is a fault.
func (d Dashboard) Choices(src Source) (chosen, all Values, err error) {
	chosen, all = Values{}, Values{}
	for _, v := range d.Templating.List {
		var values []string
		switch v.Type {
		case "datasource", "textbox", "constant", "custom":
			values = []string{"prometheus"}
			if v.Type != "datasource" {
				values = strings.Split(strings.ReplaceAll(v.Text(), " ", ""), ",")
				for i := range values {
					if _, value, ok := strings.Cut(values[i], ":"); ok {
						values[i] = value
					}
				}
			}
		case "query":
			text, err := fill(v.Text(), chosen)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: variable %s: %w", d.UID, v.Name, err)
			}
			if values, err = ask(src, text, v.Regex); err != nil {
				return nil, nil, fmt.Errorf("%s: variable %s: %s: %w", d.UID, v.Name, text, err)
			}
			if len(values) == 0 {
				return nil, nil, fmt.Errorf("%s: variable %s: %s gives nothing", d.UID, v.Name, text)
			}
		default:
			return nil, nil, fmt.Errorf("%s: variable %s: type %q", d.UID, v.Name, v.Type)
		}
		all[v.Name] = values
		chosen[v.Name] = values[:1]
		if v.IncludeAll {
			chosen[v.Name] = values
			if v.AllValue != "" {
				chosen[v.Name] = []string{v.AllValue}
			}
		}
	}
	return chosen, all, nil
}

func ask(src Source, text, filter string) ([]string, error) {
	var values []string
	var err error
	if m := labelValues.FindStringSubmatch(text); m != nil {
		values, err = src.LabelValues(m[2], m[1])
	} else if m := queryResult.FindStringSubmatch(text); m != nil {
		values, err = src.Series(m[1])
	} else {
		return nil, fmt.Errorf("neither label_values nor query_result")
	}
	if err != nil || filter == "" {
		return values, err
	}
	re, err := regexp.Compile(strings.Trim(filter, "/"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range values {
		if m := re.FindStringSubmatch(v); m != nil {
			out = append(out, pick(re, m))
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// pick takes the group that Grafana takes: value, else text, else the first, else all.
func pick(re *regexp.Regexp, m []string) string {
	for _, name := range []string{"value", "text"} {
		if i := re.SubexpIndex(name); i > 0 {
			return m[i]
		}
	}
	if len(m) > 1 {
		return m[1]
	}
	return m[0]
}
