// Package grafanatest reads a dashboard's JSON as Grafana does and tells which
// queries it would send: every panel's, every variable's, with the variables
// filled in. It knows nothing of how the dashboards are made.
package grafanatest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Dashboard is what decides the queries of a dashboard.
type Dashboard struct {
	UID   string `json:"uid"`
	Title string `json:"title"`
	Time  struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"time"`
	Templating struct {
		List []Variable `json:"list"`
	} `json:"templating"`
	Panels      []Panel `json:"panels"`
	Annotations struct {
		List []struct {
			Name string `json:"name"`
			Expr string `json:"expr"`
		} `json:"list"`
	} `json:"annotations"`
}

// Variable is a template variable.
type Variable struct {
	Name       string          `json:"name"`
	Type       string          `json:"type"`
	Query      json.RawMessage `json:"query"`
	Regex      string          `json:"regex"`
	IncludeAll bool            `json:"includeAll"`
	AllValue   string          `json:"allValue"`
	Multi      bool            `json:"multi"`
	Current    struct {
		Value json.RawMessage `json:"value"`
	} `json:"current"`
}

// Text is a query variable's query, which stands as text or under "query".
func (v Variable) Text() string {
	var s string
	if json.Unmarshal(v.Query, &s) == nil {
		return s
	}
	var o struct {
		Query string `json:"query"`
	}
	_ = json.Unmarshal(v.Query, &o)
	return o.Query
}

// Panel is one panel, or a row that holds panels.
type Panel struct {
	ID            int      `json:"id"`
	Title         string   `json:"title"`
	Type          string   `json:"type"`
	Interval      string   `json:"interval"`
	MaxDataPoints int      `json:"maxDataPoints"`
	TimeFrom      string   `json:"timeFrom"`
	Repeat        string   `json:"repeat"`
	Targets       []Target `json:"targets"`
	Panels        []Panel  `json:"panels"`
}

// Target is one query of a panel.
type Target struct {
	RefID    string `json:"refId"`
	Expr     string `json:"expr"`
	Instant  bool   `json:"instant"`
	Range    *bool  `json:"range"`
	Interval string `json:"interval"`
	Hide     bool   `json:"hide"`
}

// Parse reads a dashboard.
func Parse(text []byte) (Dashboard, error) {
	var d Dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("read the dashboard: %w", err)
	}
	return d, nil
}

// All returns the dashboard's panels, those of rows too.
func (d Dashboard) All() []Panel {
	var out []Panel
	var walk func([]Panel)
	walk = func(ps []Panel) {
		for _, p := range ps {
			out = append(out, p)
			walk(p.Panels)
		}
	}
	walk(d.Panels)
	return out
}

// relative is a point of time such as now-2y or now-6h.
var relative = regexp.MustCompile(`^now(?:-(\d+)([smhdwMy]))?(?:/[smhdwMy])?$`)

// At returns the instant that a relative time means; what it is rounded to does not matter here.
func At(text string, now time.Time) (time.Time, error) {
	m := relative.FindStringSubmatch(text)
	if m == nil {
		return now, fmt.Errorf("%q is no relative time", text)
	}
	if m[1] == "" {
		return now, nil
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return now, err
	}
	return now.Add(-time.Duration(n) * unit(m[2])), nil
}

func unit(letter string) time.Duration {
	const day = 24 * time.Hour
	return map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day, "M": 30 * day, "y": 365 * day}[letter]
}

var length = regexp.MustCompile(`^>?(\d+)(ms|[smhdwMy])$`)

// duration reads 15s, 1d or >1h; nothing else is one.
func duration(text string) (time.Duration, bool) {
	m := length.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return time.Duration(n) * unit(m[2]), err == nil
}
