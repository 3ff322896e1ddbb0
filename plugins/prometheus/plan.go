package prometheus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/setting"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Defaults and bounds of the settings.
const (
	defaultTimeout   = 2 * time.Minute
	defaultHistory   = 30 * 24 * time.Hour
	defaultOverlap   = 15 * time.Minute
	defaultMaxSeries = 1000
	shortestStep     = 10 * time.Second
)

// plan is what the settings come to, before any server is asked.
type plan struct {
	Settings
	base    *url.URL
	caFile  string
	timeout time.Duration
	overlap time.Duration
	queries []query
}

// query is one question.
type query struct {
	Query
	step   time.Duration
	record *column.Plan
	// labels are those that the record's columns read, in their order; "" for
	// the columns that the source fills itself.
	labels []string
}

// problems gathers faults.
type problems []sdk.Problem

func (ps *problems) add(field, format string, args ...any) {
	*ps = append(*ps, sdk.Problem{Field: field, Message: fmt.Sprintf(format, args...)})
}

// newPlan checks settings and returns every fault found.
func newPlan(s sdk.Settings) (*plan, []sdk.Problem) {
	var ps problems
	p := &plan{}
	if err := setting.Decode(s.JSON, &p.Settings); err != nil {
		return nil, []sdk.Problem{{Message: "Inställningarna går inte att tolka: " + err.Error() + "."}}
	}
	if p.caFile = p.CAFile; p.caFile != "" && !filepath.IsAbs(p.caFile) {
		p.caFile = filepath.Join(s.BaseDir, p.caFile)
	}
	if p.MaxSeries == 0 {
		p.MaxSeries = defaultMaxSeries
	}
	if p.MaxSeries < 0 {
		ps.add("max_series", "Antalet serier ska vara större än noll.")
	}
	p.timeout, p.overlap = p.Timeout.Or(defaultTimeout), p.Overlap.Or(defaultOverlap)
	p.checkServer(&ps)
	if len(p.Queries) == 0 {
		ps.add("queries", "Ange minst en fråga.")
	}
	seen := make(map[string]bool)
	for i, q := range p.Queries {
		field := fmt.Sprintf("queries.%d", i)
		if seen[q.Metric] && q.Metric != "" {
			ps.add(field+".metric", "Två frågor heter %q; ge var och en sitt eget namn.", q.Metric)
		}
		seen[q.Metric] = true
		p.queries = append(p.queries, newQuery(q, field, &ps))
	}
	return p, ps
}

// checkServer checks the address and the login.
func (p *plan) checkServer(ps *problems) {
	u, err := url.Parse(p.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		ps.add("url", "Ange serverns adress, till exempel https://prometheus.kommunen.se.")
		return
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		ps.add("url", "Adressen ska varken ha lösenord eller frågetecken; lösenordet anges för sig.")
		return
	}
	p.base = u
	if (p.Password != "" || p.Token != "") && u.Scheme == "http" && !loopback(u.Hostname()) {
		ps.add("url", "Lösenordet skulle skickas okrypterat; adressen ska börja med https.")
	}
	if p.CAFile != "" && u.Scheme == "http" {
		ps.add("ca_file", "Ett certifikat har ingen mening utan kryptering.")
	}
	if p.Token != "" && (p.User != "" || p.Password != "") {
		ps.add("token", "Ange antingen token eller user och password.")
	}
	if (p.User == "") != (p.Password == "") {
		ps.add("password", "User och password hör ihop.")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// reserved are the fields that the source fills itself.
var reserved = []string{"kind", "metric", "value", "unit", "started_at", "ended_at"}

// newQuery checks one query.
func newQuery(q Query, field string, ps *problems) query {
	out := query{Query: q, step: time.Duration(q.Step)}
	if strings.TrimSpace(q.Metric) == "" || strings.Contains(q.Metric, "|") {
		ps.add(field+".metric", "Ange vad som mäts, utan tecknet |.")
	}
	if strings.TrimSpace(q.Query) == "" {
		ps.add(field+".query", "Ange frågan i PromQL.")
	}
	if out.step > 0 && (out.step < shortestStep || out.step%time.Second != 0) {
		ps.add(field+".step", "Steget ska vara hela sekunder och minst %s.", shortestStep)
	}
	if out.step == 0 && (q.Span || q.Intervals) {
		ps.add(field+".step", "Ange step; utan steg har ett värde ingen längd.")
	}
	if q.Span && q.Intervals {
		ps.add(field+".intervals", "Ange antingen span eller intervals.")
	}
	specs := map[string]column.Spec{"started_at": {Header: column.Headers{"started_at"}}}
	if !q.Intervals {
		specs["value"] = column.Spec{Header: column.Headers{"value"}}
	}
	if q.Span || q.Intervals {
		specs["ended_at"] = column.Spec{Header: column.Headers{"ended_at"}}
	}
	for target, s := range q.Labels {
		if slices.Contains(reserved, target) {
			ps.add(field+".labels."+target, "Fältet fylls av källan själv.")
			continue
		}
		specs[target] = s
	}
	constants := map[string]string{"kind": q.Kind, "metric": q.Metric}
	if q.Unit != "" {
		constants["unit"] = q.Unit
	}
	for n, v := range q.Constants {
		if slices.Contains(reserved, n) {
			ps.add(field+".constants."+n, "Fältet har en egen inställning.")
			continue
		}
		constants[n] = v
	}
	var faults []sdk.Problem
	out.record, faults = column.New(record.Observation, specs, column.Options{
		Constants: constants, Setting: field + ".labels", People: noPeople, BadCell: "refuse",
	})
	for _, f := range faults {
		if f.Field == "constants.kind" {
			f = sdk.Problem{Field: field + ".kind", Message: fmt.Sprintf("%q är inget slag av observation; ange till exempel probe, queue eller counter.", q.Kind)}
		} else if strings.HasPrefix(f.Field, "constants.") {
			f.Field = field + "." + f.Field
		}
		*ps = append(*ps, f)
	}
	for _, c := range out.record.Columns() {
		label := ""
		if !slices.Contains(reserved, c.Target) && len(c.Header) > 0 {
			label = c.Header[0]
		}
		out.labels = append(out.labels, label)
	}
	return out
}

// errPeople is for an observation, which has no field about people.
var errPeople = errors.New("an observation names nobody")

func noPeople() (*sdk.Pseudonymiser, error) { return nil, errPeople }

// doc is what people call the server.
func (p *plan) doc() string { return p.base.Host }

// fingerprint tells other settings from these; the login is no part of it.
func (p *plan) fingerprint() (string, error) {
	set := p.Settings
	set.Password, set.Token = "", ""
	b, err := json.Marshal(set)
	if err != nil {
		return "", fmt.Errorf("prometheus: settings: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12]), nil
}
