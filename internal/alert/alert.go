// Package alert holds what people are told of, as data: which condition, when,
// how urgent, to whom, and in which words. It is pure: [Rules] makes the rules
// of settings, and [Text.Fill] the words of an instance. The files for
// Prometheus, Alertmanager and Grafana are written from here by
// internal/generate/alerts, and the built-in notifier tells of the same.
package alert

import "time"

// Severity says how an alert reaches people.
type Severity string

// The severities.
const (
	Page   Severity = "page"   // wakes whoever is on call
	Notify Severity = "notify" // tells the owner at once
	Mail   Severity = "mail"   // stands in the monthly letter to the IT-chef, never to on-call
)

// Owners: who acts on an alert. The values stand in the label owner.
const (
	Operations = "drift"
	Desk       = "servicedesk"
	Chief      = "it-chef"
	Keeper     = "kommunpuls" // whoever looks after kommunpuls itself
	OnCall     = "jour"       // receives what pages; owns nothing
)

// Owners lists them, in the order of the documents.
func Owners() []string { return []string{Operations, Desk, Chief, Keeper} }

// Names of the alerts.
const (
	SiteDisruption     = "KommunpulsSiteDisruption"
	ManySitesDisrupted = "KommunpulsManySitesDisrupted"
	QueueGrowing       = "KommunpulsQueueGrowing"
	QueueTooOld        = "KommunpulsQueueTooOld"
	WaitingTooLong     = "KommunpulsWaitingTooLong"
	DayShareFalling    = "KommunpulsDayShareFalling"
	FigureBelowTarget  = "KommunpulsFigureBelowTarget"
	FigureWorse        = "KommunpulsFigureWorse"
	WaiverExpiring     = "KommunpulsWaiverExpiring"
	SourceLate         = "KommunpulsSourceLate"
	ContentOld         = "KommunpulsContentOld"
	RefusedRows        = "KommunpulsRefusedRows"
	CollectionHeld     = "KommunpulsCollectionHeld"
	MeasuringBlind     = "KommunpulsMeasuringPointBlind"
	DaemonDown         = "KommunpulsDaemonDown"
	FiguresOld         = "KommunpulsFiguresNotComputed"
	ExportFailing      = "KommunpulsExportFailing"
	NotifierFailing    = "KommunpulsNotifierFailing"
)

// Groups of rules, each evaluated together.
const (
	Network = "natet"
	Tickets = "arenden"
	Figures = "matt"
	Sources = "kallor"
	Service = "tjansten"
)

// Incidents: alerts with the same label incident are told of as one.
const (
	NetworkIncident = "natet"
	QueueIncident   = "ko"
)

// Rule is one condition and what is said of it.
type Rule struct {
	Name string
	// Variant tells rules of the same name apart: a class of sites, a queue.
	Variant string
	Group   string
	// Expr is PromQL. Its value is what the texts call {value}; its labels are
	// what they call by name.
	Expr string
	For  time.Duration
	// Keep is how long it goes on after the condition ended, so that one scrape
	// that was missed is not told as an end and a new beginning.
	Keep     time.Duration
	Severity Severity
	Owner    string
	Incident string
	// Summary is a headline, Description what to know. Notice, where there is
	// one, is ready for the switchboard and the intranet.
	Summary, Description, Notice Text
	// Each is PromQL of what {each} lists, by the label name.
	Each string
	// Users is PromQL of how many people {users} speaks of.
	Users string
	// Link is the page to look at; Runbook the address of what to do.
	Link, Runbook string
}

// ID is the name with the variant, unique among all rules.
func (r *Rule) ID() string {
	if r.Variant == "" {
		return r.Name
	}
	return r.Name + " (" + r.Variant + ")"
}

// Rules makes the rules of settings, in the order of the groups. What the
// settings switch off is left out.
func Rules(s Settings) []Rule {
	var out []Rule
	for _, group := range []func(Settings) []Rule{networkRules, ticketRules, figureRules, sourceRules, serviceRules} {
		for _, r := range group(s) {
			o := s.Overrides[r.Name]
			if o.Off {
				continue
			}
			if o.Severity != "" {
				r.Severity = o.Severity
			}
			if o.Owner != "" {
				r.Owner = o.Owner
			}
			r.Runbook = s.runbook(r.Name)
			out = append(out, r)
		}
	}
	return out
}

// Names lists every alert there is, in the order of the rules.
func Names() []string {
	var out []string
	seen := map[string]bool{}
	for _, r := range Rules(Defaults()) {
		if !seen[r.Name] {
			seen[r.Name] = true
			out = append(out, r.Name)
		}
	}
	return out
}

// Letter tells whether an alert belongs to the monthly letter. One that does
// never reaches those on call.
func Letter(name string) bool {
	for _, r := range Rules(Defaults()) {
		if r.Name == name {
			return r.Severity == Mail
		}
	}
	return false
}

// Find returns the rules of a name.
func Find(rules []Rule, name string) []Rule {
	var out []Rule
	for i := range rules {
		if rules[i].Name == name {
			out = append(out, rules[i])
		}
	}
	return out
}

// words makes a text of its two languages.
func words(sv, en string) Text { return Text{SV: sv, EN: en} }
