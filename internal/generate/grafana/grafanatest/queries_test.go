package grafanatest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

const sample = `{
  "uid": "prov", "time": {"from": "now-1y", "to": "now"},
  "templating": {"list": [
    {"name": "datasource", "type": "datasource", "query": "prometheus"},
    {"name": "root", "type": "query", "query": {"query": "query_result(kommunpuls_instance_info)", "refId": "x"}, "regex": "/public_url=\"([^\"]*)\"/"},
    {"name": "org", "type": "query", "query": "label_values(kommunpuls_org_unit_info{url=\"$root\"}, org_unit)", "includeAll": true}
  ]},
  "panels": [
    {"title": "rad", "type": "row", "panels": [
      {"title": "kurva", "type": "timeseries", "interval": "1d", "targets": [{"refId": "A", "expr": "last_over_time(x{org_unit=~\"$org\"}[$__interval])"}]}
    ]},
    {"title": "nu", "type": "stat", "targets": [{"refId": "A", "expr": "rate(y[$__rate_interval]) > ${tröskel}", "instant": true}]}
  ]}`

type answered struct{}

func (answered) LabelValues(label, selector string) ([]string, error) {
	if label != "org_unit" || selector != `kommunpuls_org_unit_info{url="https://it.example"}` {
		return nil, errors.New(label + " of " + selector)
	}
	return []string{"soc", "utb.1"}, nil
}

func (answered) Series(string) ([]string, error) {
	return []string{`kommunpuls_instance_info{public_url="https://it.example"} 1 1795`}, nil
}

func TestQueriesAreThoseThatGrafanaSends(t *testing.T) {
	d, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	chosen, all, err := d.Choices(answered{})
	if err != nil || !slices.Equal(chosen["root"], []string{"https://it.example"}) || len(chosen["org"]) != 2 || len(all["org"]) != 2 {
		t.Fatalf("%v %v %v", chosen, all, err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ps := d.All()
	qs, err := d.Queries(ps[1], now, chosen)
	if err != nil || len(qs) != 1 || qs[0].Step != 24*time.Hour || now.Sub(qs[0].From) != 365*24*time.Hour ||
		qs[0].Expr != `last_over_time(x{org_unit=~"(soc|utb\\.1)"}[86400s])` {
		t.Errorf("%+v %v", qs, err)
	}
	// A name that is no variable would reach Prometheus as it stands.
	if _, err := d.Queries(ps[2], now, chosen); err == nil || !strings.Contains(err.Error(), "${tröskel}") {
		t.Errorf("an unknown variable: %v", err)
	}
	if qs, err = d.Queries(ps[2], now, Values{"tröskel": {"1"}}); err != nil || qs[0].Step != 0 || qs[0].Expr != "rate(y[21615s]) > 1" {
		t.Errorf("%+v %v", qs, err)
	}
}

func TestAStepIsRoundedToOneThatPeopleThinkIn(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{
		time.Millisecond: time.Second, 21 * time.Second: 20 * time.Second, 26 * time.Second: 30 * time.Second,
		9 * time.Hour: 12 * time.Hour, 8 * time.Hour: 6 * time.Hour, 1000 * time.Hour: 30 * 24 * time.Hour,
	} {
		if got := nice(d); got != want {
			t.Errorf("%v: %v, want %v", d, got, want)
		}
	}
}
