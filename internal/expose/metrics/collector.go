package metrics

import (
	"sort"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// kpiLabels are the labels of every figure, and no others: the total has the
// last three empty, a förvaltning sets org_unit alone, any other breakdown
// sets dimension and key.
var kpiLabels = []string{"kpi", "org_unit", "dimension", "key"}

func kpiDesc(name, help string, more ...string) family {
	return desc(name, help, append(append([]string{}, kpiLabels...), more...)...)
}

func desc(name, help string, labels ...string) family {
	name = "kommunpuls_" + name
	return family{name: name, help: help, desc: prometheus.NewDesc(name, help, labels, nil)}
}

type descs struct {
	value, numerator, denominator, target, level, data, eta, previous, status family
	info, orgUnit                                                             family
	open, oldest, disruption                                                  family
	srcSuccess, srcStart, srcContent, srcUp, srcRows, srcHeld, srcInterval    family
	evalAt, evalTime, demo                                                    family
	blind, watched, unmeasured, unknownTime, slots, missedSlots               family
}

func newDescs() descs {
	return descs{
		value:       kpiDesc("kpi_value", "Value of the last evaluation: shares 0-1, durations in seconds, money in SEK."),
		numerator:   kpiDesc("kpi_numerator", "Numerator of the value."),
		denominator: kpiDesc("kpi_denominator", "Denominator of the value."),
		target:      kpiDesc("kpi_target", "Decided target, in the unit of the value."),
		level:       kpiDesc("kpi_level", "Target level 0-4, only where there is a target."),
		data:        kpiDesc("kpi_data_timestamp_seconds", "When the oldest source behind the figure was last read."),
		eta:         kpiDesc("kpi_target_eta_timestamp_seconds", "When the target is due."),
		previous:    kpiDesc("kpi_previous", "The same figure a period earlier, only where it can be compared.", "period"),
		status:      kpiDesc("kpi_status", "1 for the present outcome; no_data, error and suppressed come without a value.", "status"),
		info:        desc("kpi_info", "What a KPI is.", "kpi", "unit", "direction", "area", "title", "title_en"),
		orgUnit:     desc("org_unit_info", "The name of an org unit.", "org_unit", "name", "parent"),
		open:        desc("tickets_open", "Open tickets now.", "queue", "priority"),
		oldest:      desc("ticket_oldest_open_timestamp_seconds", "When the oldest open ticket was opened.", "queue"),
		disruption:  desc("disruption_active", "1 for an ongoing disruption.", "site", "org_unit"),
		srcSuccess:  desc("source_last_success_timestamp_seconds", "When the source was last read whole.", "source", "type"),
		srcStart:    desc("source_last_start_timestamp_seconds", "When the source was last tried.", "source", "type"),
		srcContent:  desc("source_content_timestamp_seconds", "When the source's own content last changed.", "source", "type"),
		srcUp:       desc("source_up", "1 if the last collection succeeded.", "source", "type"),
		srcRows:     desc("source_rows", "Rows of the last applied collection, by what became of them.", "source", "type", "result"),
		srcHeld:     desc("source_held", "1 if a collection waits for a person because too many rows vanished.", "source", "type"),
		srcInterval: desc("source_interval_seconds", "How often the source should be read.", "source", "type"),
		evalAt:      desc("evaluation_timestamp_seconds", "When the figures were last computed."),
		evalTime:    desc("evaluation_duration_seconds", "How long the last evaluation took."),
		blind:       desc("probe_blind", "1 when the measuring point's own way out is gone, so that it sees nothing.", "point"),
		watched:     desc("probe_targets", "Targets that the measuring point watches.", "point"),
		unmeasured:  desc("probe_targets_unknown", "Targets of which nothing is known now.", "point"),
		unknownTime: desc("probe_unknown_seconds_total", "Time of which nothing is known, over all targets, since the start.", "point"),
		slots:       desc("probe_slots_total", "Probes that were due since the start.", "point"),
		missedSlots: desc("probe_slots_missed_total", "Probes that could not start in time since the start.", "point"),
		demo:        desc("demo", "1 when the figures are DEMODATA, else 0."),
	}
}

// Collector is a prometheus.Collector over the last published snapshot.
// Publish and Collect may run at the same time.
type Collector struct {
	d          descs
	last, live atomic.Pointer[[]prometheus.Metric]
}

// New returns a collector with nothing published.
func New() *Collector { return &Collector{d: newDescs()} }

// Describe sends no descriptions: the series depend on the catalogue, and an
// unchecked collector may change them at a reload.
func (c *Collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the series of the last published snapshot, and what is live.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	for _, of := range []*atomic.Pointer[[]prometheus.Metric]{&c.last, &c.live} {
		if ms := of.Load(); ms != nil {
			for _, m := range *ms {
				ch <- m
			}
		}
	}
}

// Publish replaces what is shown.
func (c *Collector) Publish(s Snapshot) {
	b := builder{d: c.d}
	for i := range s.Findings {
		b.finding(&s.Findings[i])
	}
	for _, i := range s.Infos {
		b.add(c.d.info, 1, i.KPI, i.Unit, i.Direction, i.Area, i.Title.SV, i.Title.EN)
	}
	for _, o := range s.OrgUnits {
		b.add(c.d.orgUnit, 1, o.ID, o.Name, o.Parent)
	}
	b.operations(s)
	for _, src := range s.Sources {
		b.source(src)
	}
	b.at(c.d.evalAt, s.EvaluatedAt)
	b.add(c.d.evalTime, s.EvaluationTime.Seconds())
	b.add(c.d.demo, boolean(s.Demo))
	c.last.Store(&b.out)
}

type builder struct {
	d   descs
	out []prometheus.Metric
}

func (b *builder) add(d family, v float64, labels ...string) {
	b.out = append(b.out, newSeries(d, v, labels))
}

func (b *builder) at(d family, t time.Time, labels ...string) {
	if !t.IsZero() {
		b.add(d, float64(t.UnixMilli())/1000, labels...)
	}
}

func (b *builder) some(d family, v *float64, labels ...string) {
	if v != nil {
		b.add(d, *v, labels...)
	}
}

func (b *builder) finding(f *finding.Finding) {
	labels := []string{f.KPI, "", "", ""}
	b.figure(f.Outcome, f.Suppressed, [3]*float64{f.Value, f.Numerator, f.Denominator}, labels)
	if t := f.Target; t != nil {
		b.some(b.d.target, t.Value, labels...)
		if due, err := time.Parse(time.DateOnly, t.Due); err == nil {
			b.at(b.d.eta, due, labels...)
		}
	}
	if f.Level != nil {
		b.add(b.d.level, float64(*f.Level), labels...)
	}
	if t, ok := oldest(f.Sources); ok && f.Outcome.HasValue() {
		b.at(b.d.data, t, labels...)
	}
	if p := f.Previous; p != nil && !f.Suppressed {
		b.some(b.d.previous, p.Value, append(labels, p.Period)...)
	}
	for _, c := range f.Breakdown {
		l := []string{f.KPI, "", c.Dimension, c.Key}
		if c.Dimension == "org_unit" && c.Key != "" {
			l = []string{f.KPI, c.Key, "", ""}
		}
		b.figure(c.Outcome, c.Suppressed, [3]*float64{c.Value, c.Numerator, c.Denominator}, l)
	}
	for _, a := range f.Also {
		if !a.Suppressed {
			b.some(b.d.value, a.Value, f.KPI, "", "also", a.Key)
		}
	}
}

// figure publishes a value with its parts; without a value it publishes the status alone.
func (b *builder) figure(o finding.Outcome, suppressed bool, v [3]*float64, labels []string) {
	status := string(o)
	if suppressed {
		status = "suppressed"
	}
	if status != "" {
		b.add(b.d.status, 1, append(append([]string{}, labels...), status)...)
	}
	if suppressed || (o != "" && !o.HasValue()) {
		return
	}
	b.some(b.d.value, v[0], labels...)
	b.some(b.d.numerator, v[1], labels...)
	b.some(b.d.denominator, v[2], labels...)
}

func (b *builder) operations(s Snapshot) {
	first := map[string]time.Time{}
	for _, q := range s.Queues {
		b.add(b.d.open, float64(q.Open), q.Queue, q.Priority)
		if t, ok := first[q.Queue]; !ok || q.Oldest.Before(t) {
			first[q.Queue] = q.Oldest
		}
	}
	queues := make([]string, 0, len(first))
	for q := range first {
		queues = append(queues, q)
	}
	sort.Strings(queues)
	for _, q := range queues {
		b.at(b.d.oldest, first[q], q)
	}
	for _, d := range s.Disruptions {
		b.add(b.d.disruption, 1, d.Site, d.OrgUnit)
	}
}

func (b *builder) source(s store.SourceState) {
	l := []string{s.Name, s.Plugin}
	b.at(b.d.srcSuccess, s.LastSuccess, l...)
	b.at(b.d.srcStart, s.LastStarted, l...)
	b.at(b.d.srcContent, s.ContentAt, l...)
	b.add(b.d.srcUp, boolean(!s.LastSuccess.IsZero() && !s.LastFailure.After(s.LastSuccess)), l...)
	b.add(b.d.srcHeld, boolean(s.Held), l...)
	b.add(b.d.srcInterval, s.Interval.Seconds(), l...)
	for _, r := range []struct {
		result string
		n      int64
	}{
		{"seen", s.Counts.Seen},
		{"refused", s.Counts.Refused},
		{"repeated", s.Counts.Repeated},
		{"inserted", s.Counts.Inserted},
		{"updated", s.Counts.Updated},
		{"unchanged", s.Counts.Unchanged},
		{"vanished", s.Counts.Vanished},
		{"purged", s.Counts.Purged},
	} {
		b.add(b.d.srcRows, float64(r.n), s.Name, s.Plugin, r.result)
	}
}

// oldest returns when the least recently read source behind a figure was read.
func oldest(ss []finding.Source) (time.Time, bool) {
	var t time.Time
	for _, s := range ss {
		if !s.LastSuccess.IsZero() && (t.IsZero() || s.LastSuccess.Before(t)) {
			t = s.LastSuccess
		}
	}
	return t, !t.IsZero()
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
