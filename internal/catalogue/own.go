package catalogue

import "github.com/kommunpuls/kommunpuls/plugins/sdk/record"

// Some relations describe the daemon and its sources rather than the
// municipality, so that "how sure are the figures" is measured like everything
// else. They have the envelope's id and place, and no other envelope column
// but org_unit.
const (
	SourceStateRelation record.Kind = "source_state" // one row per configured source, from store.Reader.Sources
	WaiverRelation      record.Kind = "waiver"       // one row per waiver in force at the reader's point, from the decisions
	NameSeenRelation    record.Kind = "name_seen"    // records of sources that supplement the registry and whose name is no system in it, from the store
	// What probes come to, and when places are open: the store keeps them.
	ProbeSpanRelation    record.Kind = "probe_span"    // one row per target and day
	OpeningHoursRelation record.Kind = "opening_hours" // one row per named opening hours and open day
)

// StoredRelations are those of them that are tables of the store.
func StoredRelations() []record.Kind {
	return []record.Kind{NameSeenRelation, ProbeSpanRelation, OpeningHoursRelation}
}

// OwnRelations are all of them.
func OwnRelations() []record.Kind {
	return append([]record.Kind{SourceStateRelation, WaiverRelation}, StoredRelations()...)
}

// own lists their columns.
var own = []record.Schema{
	{
		Kind: SourceStateRelation, Placing: record.ByValidity, Doc: "what is known of each source",
		Fields: []record.Field{
			{Name: "name", Type: record.Text, Doc: "instance name"},
			{Name: "plugin", Type: record.Text, Doc: "plugin"},
			{Name: "last_success", Type: record.Time, Doc: "newest collection that succeeded"},
			{Name: "last_failure", Type: record.Time, Doc: "newest collection that failed"},
			{Name: "content_at", Type: record.Time, Doc: "when the content itself last changed"},
			{Name: "interval_seconds", Type: record.Int, Doc: "how often it should be collected; twice that is late"},
			{Name: "content_max_age_seconds", Type: record.Int, Doc: "when untouched content is too old; blank is never"},
			{Name: "retired_on", Type: record.Time, Doc: "switched off"},
			{Name: "held", Type: record.Bool, Doc: "a collection is held by the guard"},
			{Name: "seen", Type: record.Int, Doc: "rows seen at the newest collection"},
			{Name: "refused", Type: record.Int, Doc: "rows refused at the newest collection"},
		},
	},
	{
		Kind: WaiverRelation, Placing: record.ByValidity, Doc: "decisions in force that accept a shortfall",
		Fields: []record.Field{
			{Name: "name", Type: record.Text, Doc: "reference of the decision"},
			{Name: "kpi", Type: record.Text, Doc: "KPI it covers"},
			{Name: "org_unit", Type: record.Ref, To: record.OrgUnit, Doc: "org unit it covers; blank is the whole municipality"},
			{Name: "record", Type: record.Text, Doc: "record it covers; blank is all"},
			{Name: "expires_at", Type: record.Date, Doc: "last day in force"},
		},
	},
	{
		Kind: NameSeenRelation, Placing: record.ByValidity, Doc: "names that supplementing sources have seen and that are no system in the registry",
		Fields: []record.Field{
			{Name: "name", Type: record.Text, Doc: "name as the source has it"},
			{Name: "kind", Type: record.Text, Doc: "what the source calls it, for example Entra-applikation"},
			{Name: "source", Type: record.Text, Doc: "source that has seen it"},
			{Name: "seen_at", Type: record.Time, Doc: "first seen as it is"},
			{Name: "org_unit", Type: record.Ref, To: record.OrgUnit, Doc: "org unit that the source gives"},
		},
	},
	{
		Kind: ProbeSpanRelation, Placing: record.ByEvent, EventTime: "started_at", Doc: "what the probes of a target came to in a day, or in an hour where the results were read from elsewhere",
		Fields: []record.Field{
			{Name: "subject", Type: record.Text, Doc: "target"},
			{Name: "metric", Type: record.Text, Doc: "how it is probed: icmp, tcp, http, dns, tls or snmp"},
			{Name: "category", Type: record.Text, Doc: "class of criticality"},
			{Name: "site", Type: record.Ref, Doc: "place"},
			{Name: "org_unit", Type: record.Ref, To: record.OrgUnit, Doc: "org unit"},
			{Name: "started_at", Type: record.Time, Doc: "beginning of the day or hour"},
			{Name: "samples", Type: record.Int, Doc: "results that are known"},
			{Name: "ok", Type: record.Int, Doc: "of these, successful"},
			{Name: "unknown", Type: record.Int, Doc: "results that say nothing"},
			{Name: "measured_s", Type: record.Int, Doc: "seconds that known results stand for, outside planned work"},
			{Name: "up_s", Type: record.Int, Doc: "of these, seconds of successful results"},
			{Name: "planned_s", Type: record.Int, Doc: "seconds within planned work"},
		},
	},
	{
		Kind: OpeningHoursRelation, Placing: record.ByEvent, EventTime: "open_from", Doc: "when places are open, by the name of their opening hours",
		Fields: []record.Field{
			{Name: "schedule", Type: record.Text, Doc: "opening hours, as observation.opening names them"},
			{Name: "open_from", Type: record.Time, Doc: "opens"},
			{Name: "open_to", Type: record.Time, Doc: "closes"},
		},
	},
}

// Relation returns the columns of a record kind or of one of the daemon's own relations.
func Relation(k record.Kind) (record.Schema, bool) {
	if s, ok := record.Lookup(k); ok {
		return s, true
	}
	for _, s := range own {
		if s.Kind == k {
			return s, true
		}
	}
	return record.Schema{}, false
}
