package prometheus

import (
	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/setting"
)

// Settings say which Prometheus is asked, and what its series mean. They are
// the source's own part of the config, as JSON. There is, by intention, no
// setting that skips the verification of a server's certificate.
type Settings struct {
	// URL is the server's address, with the path before /api/v1 if it has one.
	URL string `json:"url"`
	// User and Password log in by basic auth; Token is a bearer token.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	Token    string `json:"token,omitempty"`
	// CAFile holds the certificates (PEM) of the own CA.
	CAFile string `json:"ca_file,omitempty"`
	// Timeout bounds each question, at the server too. Default 2m.
	Timeout setting.Duration `json:"timeout,omitempty"`
	// History is how far back the first reading of queries with a step goes.
	// Default 30d.
	History setting.Duration `json:"history,omitempty"`
	// Overlap is how far before the end of the last reading the next begins,
	// for measurements that arrive late. Default 15m.
	Overlap setting.Duration `json:"overlap,omitempty"`
	// MaxSeries bounds the series of one query. Default 1000.
	MaxSeries int `json:"max_series,omitempty"`
	// Queries are what is asked.
	Queries []Query `json:"queries"`
}

// Query is one PromQL expression and what it measures.
type Query struct {
	// Metric is what KPIs call it, "availability"; it begins every id, so each
	// query has its own.
	Metric string `json:"metric"`
	Query  string `json:"query"`
	// Kind of observation: "probe", "queue", "counter" …
	Kind string `json:"kind"`
	Unit string `json:"unit,omitempty"`
	// Labels maps fields (subject, site, org_unit, category, cause …) to
	// labels of the series. Together they must tell the series apart.
	Labels map[string]column.Spec `json:"labels,omitempty"`
	// Constants give a field the same value in every row.
	Constants map[string]string `json:"constants,omitempty"`
	// Step asks for a value at every step of the time since the last reading.
	// Without it the query is asked for its value now.
	Step setting.Duration `json:"step,omitempty"`
	// Span says that a value is of the step before it, as that of
	// avg_over_time(x[5m]) with a step of 5m: it begins a step earlier and
	// ends at its time. Else it is of its time alone.
	Span bool `json:"span,omitempty"`
	// Intervals makes one row of each unbroken time that the value is not
	// zero: an outage, from the first such step to the first that is zero.
	Intervals bool `json:"intervals,omitempty"`
}
