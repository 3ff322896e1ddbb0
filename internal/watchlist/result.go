package watchlist

import (
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Verdict is what one probe found.
type Verdict uint8

// The verdicts. Unknown is never down: the measuring point could not measure.
const (
	Unknown Verdict = iota
	Up
	Down
)

// Cause is why a probe did not find its target up: a stable word for rules
// and breakdowns.
type Cause string

// Causes of Down.
const (
	Timeout      Cause = "timeout"       // no answer in time
	Refused      Cause = "refused"       // the port is closed
	Reset        Cause = "reset"         // the connection was broken off
	Unreachable  Cause = "unreachable"   // no way to the host
	NoName       Cause = "dns"           // the name does not exist, or the name server gave no good answer
	BadTLS       Cause = "tls"           // the certificate does not hold, or the handshake failed
	HTTPStatus   Cause = "http_status"   // another status than those that are good
	RedirectLoop Cause = "redirect_loop" // redirected more than ten times
	TooLarge     Cause = "too_large"     // the answer is longer than the module allows
	Content      Cause = "content"       // the answer is not what the module expects
	Interface    Cause = "interface"     // the interface is not up though it should be
	Failed       Cause = "failed"        // anything else
)

// Causes of Unknown.
const (
	Blind        Cause = "blind"          // all own gateways failed
	NoPermission Cause = "no_permission"  // the process may not ping
	LocalLimit   Cause = "local"          // out of files, ports or memory here
	Resolver     Cause = "resolver"       // our own name server does not answer
	SNMPNoAnswer Cause = "snmp_no_answer" // the agent is silent: gone, or another community
	SNMPRefused  Cause = "snmp_refused"   // the agent answers and refuses the login
	NoInterface  Cause = "no_interface"   // the agent has no such interface
	AdminDown    Cause = "admin_down"     // the interface is switched off on purpose
	OperUnknown  Cause = "oper_unknown"   // testing, unknown or dormant
	NotMeasured  Cause = "not_measured"   // there was no time for it, or the result was lost when the daemon ended
	Broken       Cause = "broken"         // the program that measures has a fault
)

// A probe's result travels as one observation record:
//
//	id          target id, "@" and started_at in seconds
//	kind        probe
//	metric      the module's type: icmp, tcp, http, dns, tls, snmp
//	subject     target id
//	site, org_unit, category (criticality)
//	samples     1; 0 when the verdict is unknown
//	ok          1 up, 0 down or unknown
//	latency_ms  only when up
//	loss_pct    icmp only: 0 or 100, not when unknown
//	value       snmp only: ifOperStatus
//	started_at  when the probe was due, whole seconds; the same after a restart
//	cause       not when up
//
// So the sum of samples is known measurements, and ok ÷ samples availability.
type Result struct {
	Target      string
	Type        Type
	Site        string
	OrgUnit     string
	Criticality string
	At          time.Time
	Verdict     Verdict
	Cause       Cause
	Latency     time.Duration
	Value       float64 // ifOperStatus, when Type is SNMP and Value > 0
	Place       record.Place
}

// Fields are those of an observation that results, certificates and slots fill.
func Fields() []string {
	return []string{
		"kind", "metric", "value", "unit", "subject", "org_unit", "site", "category", "samples", "ok", "latency_ms", "loss_pct", "started_at", "cause",
	}
}

// Metrics of the observations of kind counter that the source sends beside
// its results. They are current values: a later one has the same id.
const (
	// CertificateExpiry: value is the earliest notAfter of the chain, seconds
	// since 1970; subject is the target; id "<target>#certificate".
	CertificateExpiry = "certificate_expiry"
	// SlotsMissed: value is how many probes of the hour that began at
	// started_at could not start in time, samples how many should have; subject
	// is the source's name; id "<source>#slots@<hour>".
	SlotsMissed = "probe_slots_missed"
)

// ResultFor begins a result of a target.
func ResultFor(t *Target, at time.Time) Result {
	return Result{Target: t.ID, Type: t.Type, Site: t.Site, OrgUnit: t.OrgUnit, Criticality: t.Criticality, Place: t.Where(), At: at}
}

// layout holds where an observation keeps the fields, so that thousands of
// records a minute need no look-up by name.
type layout struct {
	width                                                       int
	kind, metric, value, unit, subject, orgUnit, site, category int
	samples, ok, latency, loss, started, cause                  int
}

func observation() layout {
	s, _ := record.Lookup(record.Observation)
	return layout{
		width: len(s.Fields), kind: s.Index("kind"), metric: s.Index("metric"), value: s.Index("value"), unit: s.Index("unit"),
		subject: s.Index("subject"), orgUnit: s.Index("org_unit"), site: s.Index("site"), category: s.Index("category"),
		samples: s.Index("samples"), ok: s.Index("ok"), latency: s.Index("latency_ms"), loss: s.Index("loss_pct"),
		started: s.Index("started_at"), cause: s.Index("cause"),
	}
}

// Codec turns results into records and back. It is made once and is safe for
// concurrent use.
type Codec struct{ at layout }

// NewCodec returns a codec.
func NewCodec() Codec { return Codec{at: observation()} }

func text(s string) record.Value {
	if s == "" {
		return record.Value{State: record.Blank}
	}
	return record.Value{State: record.Set, S: s}
}

func integer(i int64) record.Value { return record.Value{State: record.Set, I: i} }

func number(f float64) record.Value { return record.Value{State: record.Set, F: f} }

// Record packs a result.
func (c Codec) Record(r Result) record.Record {
	v := make([]record.Value, c.at.width)
	at := r.At.Unix()
	v[c.at.kind], v[c.at.metric], v[c.at.subject] = text("probe"), text(string(r.Type)), text(r.Target)
	v[c.at.site], v[c.at.orgUnit], v[c.at.category] = text(r.Site), text(r.OrgUnit), text(r.Criticality)
	v[c.at.started] = integer(at)
	v[c.at.samples], v[c.at.ok] = integer(1), integer(0)
	v[c.at.cause] = text(string(r.Cause))
	blank := record.Value{State: record.Blank}
	v[c.at.latency], v[c.at.loss], v[c.at.value] = blank, blank, blank
	switch r.Verdict {
	case Up:
		v[c.at.ok], v[c.at.cause] = integer(1), blank
		v[c.at.latency] = number(float64(r.Latency.Microseconds()) / 1000)
	case Unknown:
		v[c.at.samples] = integer(0)
	}
	if r.Type == ICMP && r.Verdict != Unknown {
		v[c.at.loss] = number(100 * float64(1-v[c.at.ok].I))
	}
	if r.Type == SNMP && r.Value > 0 {
		v[c.at.value] = number(r.Value)
	}
	return record.Record{Kind: record.Observation, ID: r.Target + "@" + strconv.FormatInt(at, 10), Place: r.Place, Values: v}
}

// Result unpacks what Record packed; false for any other record.
func (c Codec) Result(rec *record.Record) (Result, bool) {
	v := rec.Values
	if rec.Kind != record.Observation || len(v) < c.at.width || v[c.at.kind].S != "probe" || v[c.at.subject].S == "" || v[c.at.started].State != record.Set {
		return Result{}, false
	}
	r := Result{
		Target: v[c.at.subject].S, Type: Type(v[c.at.metric].S), Site: v[c.at.site].S, OrgUnit: v[c.at.orgUnit].S, Criticality: v[c.at.category].S,
		At: time.Unix(v[c.at.started].I, 0).UTC(), Cause: Cause(v[c.at.cause].S), Value: v[c.at.value].F, Place: rec.Place,
		Latency: time.Duration(v[c.at.latency].F * float64(time.Millisecond)),
	}
	switch {
	case v[c.at.samples].I == 0:
		r.Verdict = Unknown
	case v[c.at.ok].I > 0:
		r.Verdict = Up
	default:
		r.Verdict = Down
	}
	return r, true
}

// Certificate packs when a target's certificate expires.
func (c Codec) Certificate(t *Target, at, expires time.Time) record.Record {
	v := make([]record.Value, c.at.width)
	v[c.at.kind], v[c.at.metric], v[c.at.unit] = text("counter"), text(CertificateExpiry), text("s")
	v[c.at.subject], v[c.at.site], v[c.at.orgUnit], v[c.at.category] = text(t.ID), text(t.Site), text(t.OrgUnit), text(t.Criticality)
	v[c.at.value], v[c.at.started] = number(float64(expires.Unix())), integer(at.Unix())
	return record.Record{Kind: record.Observation, ID: t.ID + "#certificate", Place: t.Where(), Values: v}
}

// Expiry unpacks what Certificate packed; false for any other record.
func (c Codec) Expiry(rec *record.Record) (target string, expires time.Time, ok bool) {
	v := rec.Values
	if rec.Kind != record.Observation || len(v) < c.at.width || v[c.at.metric].S != CertificateExpiry {
		return "", time.Time{}, false
	}
	return v[c.at.subject].S, time.Unix(int64(v[c.at.value].F), 0).UTC(), true
}

// Slots packs how many of an hour's probes could not start in time.
func (c Codec) Slots(source string, hour time.Time, due, missed int64) record.Record {
	v := make([]record.Value, c.at.width)
	v[c.at.kind], v[c.at.metric], v[c.at.unit], v[c.at.subject] = text("counter"), text(SlotsMissed), text("st"), text(source)
	v[c.at.value], v[c.at.samples], v[c.at.started] = number(float64(missed)), integer(due), integer(hour.Unix())
	return record.Record{Kind: record.Observation, ID: source + "#slots@" + strconv.FormatInt(hour.Unix(), 10), Place: record.Place{Doc: "mätpunkten"}, Values: v}
}
