package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/generate/grafana"
	"github.com/kommunpuls/kommunpuls/internal/generate/grafana/grafanatest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// answers lets a Prometheus answer the queries of dashboards.
type answers struct{ *testneed.Prometheus }

func (a answers) LabelValues(label, selector string) (out []string, err error) {
	v := url.Values{}
	if selector != "" {
		v.Set("match[]", selector)
	}
	err = a.Ask("label/"+label+"/values", v, &out)
	return out, err
}

func (a answers) Series(expr string) ([]string, error) {
	var data struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
	if err := a.Ask("query", url.Values{"query": {expr}}, &data); err != nil {
		return nil, err
	}
	var out []string
	for _, r := range data.Result {
		var labels []string
		for k, v := range r.Metric {
			if k != "__name__" {
				labels = append(labels, fmt.Sprintf("%s=%q", k, v))
			}
		}
		slices.Sort(labels)
		out = append(out, fmt.Sprintf("%s{%s} %v %v", r.Metric["__name__"], strings.Join(labels, ","), r.Value[1], r.Value[0]))
	}
	return out, nil
}

// samples counts what a query gives; a value that is no number is none.
func (a answers) samples(q grafanatest.Query) (int, error) {
	var data struct {
		Result []struct {
			Value  []any
			Values [][]any
		}
	}
	v, what := url.Values{"query": {q.Expr}}, "query"
	if q.Step > 0 {
		what = "query_range"
		v.Set("start", strconv.FormatInt(q.From.Unix(), 10))
		v.Set("end", strconv.FormatInt(q.To.Unix(), 10))
		v.Set("step", strconv.FormatFloat(q.Step.Seconds(), 'f', -1, 64))
	}
	if err := a.Ask(what, v, &data); err != nil {
		return 0, err
	}
	n := 0
	for _, r := range data.Result {
		if r.Value != nil {
			r.Values = append(r.Values, r.Value)
		}
		for _, x := range r.Values {
			if len(x) == 2 && x[1] != "NaN" {
				n++
			}
		}
	}
	return n, nil
}

// asked is a query with the same query for other values of the variables that
// take one value at a time: a dashboard of one förvaltning need not fit the one
// that has no tickets.
type asked struct {
	query  grafanatest.Query
	others []grafanatest.Query
}

// questions lists all that a dashboard asks now.
func questions(a answers, d grafanatest.Dashboard) ([]asked, error) {
	chosen, all, err := d.Choices(a)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	var out []asked
	for _, p := range d.All() {
		qs, err := d.Queries(p, now, chosen)
		if err != nil {
			return nil, err
		}
		first := len(out)
		for _, q := range qs {
			out = append(out, asked{query: q})
		}
		for _, v := range d.Templating.List {
			if v.Type != "query" || v.IncludeAll {
				continue
			}
			for k := range all[v.Name] {
				values := maps.Clone(chosen)
				values[v.Name] = all[v.Name][k : k+1]
				others, err := d.Queries(p, now, values)
				if err != nil {
					return nil, err
				}
				for i, o := range others {
					if o.Expr != qs[i].Expr {
						out[first+i].others = append(out[first+i].others, o)
					}
				}
			}
		}
	}
	return out, nil
}

// answer tells whether a query, or else one of its others, gives anything.
func (a answers) answer(q asked) (bool, error) {
	n, err := a.samples(q.query)
	for i := 0; err == nil && n == 0 && i < len(q.others); i++ {
		n, err = a.samples(q.others[i])
	}
	return n > 0, err
}

func dashboards(t testing.TB, lang string) []grafanatest.Dashboard {
	t.Helper()
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	made, err := grafana.Dashboards(grafana.Options{Catalogue: c, Lang: lang})
	if err != nil {
		t.Fatal(err)
	}
	var out []grafanatest.Dashboard
	for _, m := range made {
		d, err := grafanatest.Parse(m.JSON)
		if err != nil {
			t.Fatalf("%s: %v", m.File, err)
		}
		out = append(out, d)
	}
	return out
}

// What every panel and every variable of every dashboard asks has an answer on
// the demo with a network that is watched: no expression is excused.
func TestEveryPanelOfEveryDashboardShowsSomethingOnTheDemo(t *testing.T) {
	addr, past := watchedDemo(t)
	p := testneed.StartPrometheus(t, loaded(t, past), addr, addr+"/metrics/probes")
	a := answers{p}
	for _, lang := range []string{"sv", "en"} {
		for _, d := range dashboards(t, lang) {
			t.Run(lang+" "+d.UID, func(t *testing.T) {
				allAnswered(t, a, d)
			})
		}
	}
}

// allAnswered asks until everything was answered once. What is measured and
// computed while the test runs may come a little later, so all is asked anew each
// time: with the values that the variables have by then, of the stretches that
// the charts show by then.
func allAnswered(t *testing.T, a answers, d grafanatest.Dashboard) {
	t.Helper()
	answered := map[int]bool{}
	for began := time.Now(); ; time.Sleep(time.Second) {
		late := time.Since(began) > patience
		qs, err := questions(a, d)
		if err != nil && late {
			t.Fatalf("the variables of %s have no values: %v", d.UID, err)
		}
		if err == nil && len(qs) == 0 {
			t.Fatal("the dashboard asks nothing")
		}
		left := 0
		for i, q := range qs {
			if answered[i] {
				continue
			}
			ok, err := a.answer(q)
			if late && err != nil {
				t.Errorf("%s: %s: %v", q.query, q.query.Expr, err)
			} else if late && !ok {
				t.Errorf("%s: nothing is answered to %s", q.query, q.query.Expr)
			}
			if answered[i] = ok; !ok {
				left++
			}
		}
		if late || len(qs) > 0 && left == 0 {
			t.Logf("%d queries", len(qs))
			return
		}
	}
}
