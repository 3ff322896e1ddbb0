package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Addresses at which families are shown.
const (
	AtMetrics = "/metrics"
	AtProbes  = "/metrics/probes"
)

// Family is what a name stands for: docs/metrics.md is made of these.
type Family struct {
	Name, Help string
	Unit       string // "share, seconds …": the unit of the value in words
	Type       string // gauge or counter
	Labels     []string
	At         string // AtMetrics or AtProbes
}

// family is a metric's name and help with its description.
type family struct {
	name, help string
	desc       *prometheus.Desc
}

// list makes families and remembers each, so that none can be published
// without standing in the documentation.
type list struct {
	at  string
	all []Family
}

func (l *list) add(kind, name, unit, help string, labels ...string) family {
	l.all = append(l.all, Family{Name: name, Help: help, Unit: unit, Type: kind, Labels: labels, At: l.at})
	return family{name: name, help: help, desc: prometheus.NewDesc(name, help, labels, nil)}
}

func (l *list) gauge(name, unit, help string, labels ...string) family {
	return l.add("gauge", "kommunpuls_"+name, unit, help, labels...)
}

func (l *list) counter(name, unit, help string, labels ...string) family {
	return l.add("counter", "kommunpuls_"+name, unit, help, labels...)
}

func (l *list) kpi(name, unit, help string, more ...string) family {
	return l.gauge("kpi_"+name, unit, help, append(append([]string{}, kpiLabels...), more...)...)
}

// Families lists every family of this package, in the order of the code: those
// of figures first, then operations, sources, measuring points and the process.
func Families() []Family {
	var l list
	newDescs(&l)
	newChainDescs(&l)
	newProbeDescs(&l)
	return l.all
}

// kpiLabels are the labels of every figure, and no others: the total has the
// last three empty, a förvaltning sets org_unit alone, any other breakdown
// sets dimension and key.
var kpiLabels = []string{"kpi", "org_unit", "dimension", "key"}

// Units, as the documentation words them.
const (
	inKPIUnit = "the figure's own: `unit` of `kommunpuls_kpi_info`"
	inRows    = "rows"
	inSeconds = "seconds"
	inEpoch   = "seconds since 1970"
	isOne     = "1"
	isFlag    = "0 or 1"
)

type descs struct {
	figures
	operations
	sources
	points
	process
}

type figures struct {
	value, numerator, denominator, target, level, data, due, eta, previous, trend, status family
	coverage, waivedRows, info, tag, step, stepRows, stepScore, waiver, orgUnit, key      family
}

type operations struct {
	open, oldest, opened, resolved, wait                  family
	disruption, disruptionStart, disruptionUsers, planned family
	site, unmapped                                        family
}

type sources struct {
	success, start, content, contentMax, up, rows, held, interval, took, restarts family
}

type points struct {
	blind, watched, unmeasured, unknownTime, slots, missedSlots, sitePoint family
}

type process struct {
	evalAt, evalTime, demo, instance, build family
}

func newDescs(l *list) descs {
	l.at = AtMetrics
	return descs{newFigures(l), newOperations(l), newSources(l), newPoints(l), newProcess(l)}
}

func newFigures(l *list) figures {
	return figures{
		value:       l.kpi("value", inKPIUnit, "Value of the last evaluation: shares 0-1, durations in seconds, money in SEK."),
		numerator:   l.kpi("numerator", inRows+", or what is summed", "Numerator of the value."),
		denominator: l.kpi("denominator", inRows+", or what is summed", "Denominator of the value."),
		target:      l.kpi("target", inKPIUnit, "Decided target, in the unit of the value; a target in numbers in rows."),
		level:       l.kpi("level", "0-4", "Target level 0-4, only where there is a target."),
		data:        l.kpi("data_timestamp_seconds", inEpoch, "When the oldest source behind the figure was last read."),
		due:         l.kpi("target_due_timestamp_seconds", inEpoch, "When the target is due: the end of that day in Stockholm."),
		eta:         l.kpi("target_eta_timestamp_seconds", inEpoch, "When the target is met at today's pace, only with six monthly points or more and a pace towards it."),
		previous:    l.kpi("previous", inKPIUnit, "The same figure a period earlier, only where it can be compared.", "period"),
		trend:       l.gauge("kpi_trend", isOne, "1 for what may be said of the change since the period before: better, worse, unchanged or not_comparable.", "kpi", "period", "trend"),
		status:      l.kpi("status", isOne, "1 for the present outcome; no_data, error and suppressed come without a value.", "status"),
		coverage:    l.kpi("coverage", "share 0-1", "Share of the population whose needed fields were seen."),
		waivedRows:  l.kpi("waived_rows", inRows, "Rows that fail and are accepted by a decision; the denominator never shrinks because of them."),
		info:        l.gauge("kpi_info", isOne, "What a KPI is.", "kpi", "unit", "direction", "area", "title", "title_en"),
		tag:         l.gauge("kpi_tag_info", isOne, "Where a KPI belongs in a framework: scheme ey, kpmg, nis2 or itil.", "kpi", "scheme", "tag"),
		step:        l.gauge("kpi_next_step_info", isOne, "What to do about a KPI, in Swedish and English.", "kpi", "step", "step_en"),
		stepRows:    l.gauge("next_step_rows", inRows, "Rows that would move if the next step were taken, of the steps ranked first.", "kpi", "org_unit"),
		stepScore:   l.gauge("next_step_score", "rows weighted by criticality", "Rows that would move by the weight of their criticality, of the steps ranked first.", "kpi", "org_unit"),
		waiver:      l.gauge("waiver_expiry_timestamp_seconds", inEpoch, "When a decision that accepts a shortfall expires; kpi is empty where it holds for every KPI.", "kpi", "scope", "decision"),
		orgUnit:     l.gauge("org_unit_info", isOne, "The name of an org unit.", "org_unit", "name", "parent"),
		key:         l.gauge("key_info", isOne, "What people call a key of a breakdown; parts of a figure (split, age, field, also) are named by its definition.", "dimension", "key", "name"),
	}
}

func newOperations(l *list) operations {
	return operations{
		open:            l.gauge("tickets_open", "tickets", "Open tickets now.", "queue", "priority"),
		oldest:          l.gauge("ticket_oldest_open_timestamp_seconds", inEpoch, "When the oldest open ticket was opened.", "queue"),
		opened:          l.gauge("tickets_opened", "tickets", "Tickets opened within the window before the last evaluation.", "queue", "window"),
		resolved:        l.gauge("tickets_resolved", "tickets", "Tickets resolved or closed within the window before the last evaluation.", "queue", "window"),
		wait:            l.gauge("ticket_wait_seconds", inSeconds, "Working time within which nine in ten of the past day had a first answer; those who still wait count with the time until now.", "user_group"),
		disruption:      l.gauge("disruption_active", isOne, "1 for an ongoing disruption that is not planned.", "site", "org_unit"),
		disruptionStart: l.gauge("disruption_start_timestamp_seconds", inEpoch, "When the ongoing disruption of a place began, planned ones included.", "site", "org_unit"),
		disruptionUsers: l.gauge("disruption_users", "people", "How many the ongoing disruption of a place concerns, planned ones included; absent where nobody has said.", "site", "org_unit"),
		planned:         l.gauge("disruption_planned", isOne, "1 where all that is down is planned work; such a place has no kommunpuls_disruption_active.", "site", "org_unit"),
		site:            l.gauge("site_info", isOne, "A place's name, org unit and criticality, one series a site.", "site", "name", "org_unit", "criticality"),
		unmapped:        l.gauge("unmapped_names", "names", "Names in the sources that lead to nothing in the registry or the decisions.", "scheme", "kind"),
	}
}

func newSources(l *list) sources {
	return sources{
		success:    l.gauge("source_last_success_timestamp_seconds", inEpoch, "When the source was last read whole.", "source", "type"),
		start:      l.gauge("source_last_start_timestamp_seconds", inEpoch, "When the source was last tried.", "source", "type"),
		content:    l.gauge("source_content_timestamp_seconds", inEpoch, "When the source's own content last changed.", "source", "type"),
		contentMax: l.gauge("source_content_max_age_seconds", inSeconds, "How old the content may be before figures are stale, where it is set.", "source", "type"),
		up:         l.gauge("source_up", isFlag, "1 if the last collection succeeded.", "source", "type"),
		rows:       l.gauge("source_rows", inRows, "Rows of the last applied collection, by what became of them.", "source", "type", "result"),
		held:       l.gauge("source_held", isFlag, "1 if a collection waits for a person because too many rows vanished.", "source", "type"),
		interval:   l.gauge("source_interval_seconds", inSeconds, "How often the source should be read.", "source", "type"),
		took:       l.gauge("source_collect_duration_seconds", inSeconds, "How long the last collection took, whatever came of it, since the daemon started.", "source", "type"),
		restarts:   l.counter("source_restarts_total", "restarts", "Times that the child of a watching source was started again, since the daemon started.", "source", "type"),
	}
}

func newPoints(l *list) points {
	return points{
		blind:       l.gauge("probe_blind", isFlag, "1 when the measuring point's own way out is gone, so that it sees nothing.", "point"),
		watched:     l.gauge("probe_targets", "targets", "Targets that the measuring point watches.", "point"),
		unmeasured:  l.gauge("probe_targets_unknown", "targets", "Targets of which nothing is known now.", "point"),
		unknownTime: l.counter("probe_unknown_seconds_total", inSeconds, "Time of which nothing is known, over all targets, since the start.", "point"),
		slots:       l.counter("probe_slots_total", "probes", "Probes that were due since the start.", "point"),
		sitePoint:   l.gauge("site_point_info", isOne, "Which measuring points watch a site.", "site", "point"),
		missedSlots: l.counter("probe_slots_missed_total", "probes", "Probes that could not start in time since the start.", "point"),
	}
}

func newProcess(l *list) process {
	return process{
		evalAt:   l.gauge("evaluation_timestamp_seconds", inEpoch, "When the figures were last computed."),
		evalTime: l.gauge("evaluation_duration_seconds", inSeconds, "How long the last evaluation took."),
		demo:     l.gauge("demo", isFlag, "1 when the figures are DEMODATA, else 0."),
		instance: l.gauge("instance_info", isOne, "Whose figures these are, and the address at which people reach the pages.", "municipality", "public_url"),
		build:    l.gauge("build_info", isOne, "The version that runs.", "version"),
	}
}
