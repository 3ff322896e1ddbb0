package record

// The field constructors below keep the list readable: one line a field.

func text(n, doc string) Field              { return Field{Name: n, Type: Text, Doc: doc} }
func enum(n, doc string, v ...string) Field { return Field{Name: n, Type: Enum, Enum: v, Doc: doc} }
func integer(n, doc string) Field           { return Field{Name: n, Type: Int, Doc: doc} }
func number(n, doc string) Field            { return Field{Name: n, Type: Float, Doc: doc} }
func flag(n, doc string) Field              { return Field{Name: n, Type: Bool, Doc: doc} }
func at(n, doc string) Field                { return Field{Name: n, Type: Time, Doc: doc} }
func date(n, doc string) Field              { return Field{Name: n, Type: Date, Doc: doc} }
func ref(n string, to Kind, doc string) Field {
	return Field{Name: n, Type: Ref, To: to, Doc: doc}
}
func pseudonym(n, doc string) Field {
	return Field{Name: n, Type: Pseudonym, Privacy: Pseudo, Doc: doc}
}
func changing(f Field) Field { f.Changing = true; return f }
func volatile(f Field) Field { f.Volatile = true; return f }
func ahead(f Field) Field    { f.Ahead = true; return f }
func pseudo(f Field) Field   { f.Privacy = Pseudo; return f }
func daily(f Field) Field    { f.Coarse = "day"; return f }
func monthly(f Field) Field  { f.Coarse = "month"; return f }

// holder fields are shared by every list of roles.
func holder() []Field {
	return []Field{
		text("role", "role id, for example owner"),
		enum("holder", "what stands in the cell: one person, a title without a person, or nothing", "person", "title", "vacant"),
		pseudonym("person_ref", "pseudonym of the normalised holder, when holder is person"),
		number("fte", "full-time equivalents, 0-1"),
		flag("competence_ok", "meets the central role profile"),
		date("since", "holder since"),
		date("vacant_since", "vacant since"),
		text("accepted_by", "decision that accepts a vacancy"),
		text("function", "ops, development or security"),
	}
}

// kinds is the one list. Every kind also carries the envelope: source,
// source_id, org_unit (resolved) and org_unit_raw, first and last seen, place.
var kinds = []Schema{
	{
		Kind: OrgUnit, Placing: ByValidity, Doc: "the municipality and its parts",
		Fields: []Field{
			text("name", "name as people say it"),
			enum("kind", "what it is", "kommun", "forvaltning", "bolag", "avdelning", "skola", "namnd", "it_central", "other"),
			ref("parent", OrgUnit, "the unit it belongs to"),
			ref("succeeded_by", OrgUnit, "the unit that took over"),
			integer("headcount", "employees"),
			number("turnover_sek", "turnover, SEK a year"),
			text("peer_group", "group of comparable municipalities"),
		},
		Children: []Child{
			{Name: "site", Fields: []Field{text("site", "stable site id"), text("name", "name"), text("kind", "school, fire station …"), flag("has_fibre", "fibre"), flag("has_wifi", "wireless network"), flag("wifi_ok", "wireless network has the capacity that the municipality has decided"), text("opening_hours", "opening hours"), integer("criticality", "1 is most critical")}},
			{Name: "role", Fields: holder()},
		},
	},
	{
		Kind: Account, Placing: ByValidity, PersonBearing: true, Doc: "one account of a directory, never a pupil's and never a protected person's",
		Fields: []Field{
			enum("category", "what kind of account", "employee", "politician", "contractor", "service", "admin", "shared", "unknown"),
			ref("org_unit", OrgUnit, "where the account belongs"),
			flag("enabled", "not disabled in the directory"),
			pseudo(at("expires_at", "end of the account; blank is never")),
			pseudo(daily(volatile(at("last_login_at", "newest known sign-in, coarsened to the day")))),
			pseudo(monthly(at("created_at", "created, coarsened to the month"))),
			pseudo(daily(at("password_set_at", "password last set, coarsened to the day"))),
			flag("password_never_expires", "the flag on the account"),
			enum("strong_auth", "strong authentication", "none", "siths", "eid", "mfa"),
			flag("mobile_mail", "mobile mail enabled"),
			flag("privileged", "member of a privileged group, nested groups included"),
			flag("locked", "locked out now"),
			flag("gmsa", "managed service account"),
		},
		Children: []Child{
			{Name: "key", Fields: []Field{pseudonym("key", "pseudonym of a normalised login, UPN, mail or display name"), enum("of", "what the key was made of", "login", "upn", "mail", "name", "dn", "sid")}},
			{Name: "group", Fields: []Field{text("group", "group of interest, by configured name"), flag("privileged", "a privileged group"), flag("nested", "through another group")}},
		},
	},
	{
		Kind: System, Placing: ByValidity, Doc: "one system of the registry",
		Fields: []Field{
			text("name", "name"),
			enum("kind", "what it is", "verksamhetssystem", "app", "infrastruktur"),
			enum("lifecycle", "stage; blank is unknown and shown apart", "planned", "procured", "in_use", "retiring", "retired"),
			ref("org_unit", OrgUnit, "owning org unit"),
			text("tier", "criticality tier, most critical first: gold, silver, bronze, copper or the municipality's own"),
			enum("approval_status", "approved or not", "approved", "pending", "refused", "unknown"),
			date("procured_on", "bought"), date("deployed_on", "in use since"), date("end_of_support", "supplier's support ends"),
			flag("replace_priority", "marked for replacement"),
			integer("user_count", "users"),
			text("class_model", "own, klassa, lisa"),
			integer("class_c", "confidentiality 0-4"), integer("class_i", "integrity 0-4"), integer("class_a", "availability 0-4"), integer("class_trace", "traceability 0-4"),
			date("classified_at", "classified"),
			enum("sso_mode", "how users sign in", "none", "password_sync", "sso"),
			enum("provisioning", "how access is given", "local", "metacatalog"),
			flag("personal_data", "holds personal data"),
			flag("processor_agreement", "processor agreement signed"),
			flag("in_processing_register", "stands in the article 30 register"),
			enum("origin", "how it came to be", "standard", "customised", "inhouse"),
			enum("hosting", "where it runs", "own", "outsourced", "saas", "public_cloud"),
			ref("supplier", "", "supplier"),
			text("maintenance_object", "maintenance object (PM3)"),
			enum("earchive", "connected to the e-archive", "none", "planned", "connected"), flag("archive_duty", "holds information that is to be preserved in an archive"),
			flag("sla_signed", "SLA signed"), flag("sla_priced", "SLA priced"),
			date("risk_analysed_at", "newest risk analysis"), date("continuity_plan_at", "newest continuity plan"), date("restore_tested_at", "newest successful restore test"), date("ops_documented_at", "newest operations documentation"),
			volatile(date("row_changed_at", "the registry's own changed-date of the row")),
		},
		Children: []Child{
			{Name: "role", Fields: holder()},
			{Name: "user_org_unit", Fields: []Field{ref("org_unit", OrgUnit, "org unit that uses the system")}},
			{Name: "integration", Fields: []Field{ref("system", System, "the other system"), flag("documented", "documented"), flag("master_source", "master source named")}},
			{Name: "alias", Fields: []Field{text("alias", "another name of the system")}},
		},
	},
	{
		Kind: Ticket, Placing: ByEvent, EventTime: "opened_at", Doc: "one ticket of a service desk, without any text",
		Fields: []Field{
			text("ticket_no", "number shown to people"),
			enum("kind", "ITIL kind", "incident", "request", "order", "change", "problem", "proposal", "security"),
			text("category", "category as the source has it"),
			changing(text("priority", "priority as the source has it")),
			enum("channel", "how it came", "phone", "portal", "mail", "walk_in", "chat", "auto"),
			changing(text("queue", "queue or group")),
			changing(text("status_raw", "status as the source has it")),
			changing(enum("status", "normalised status", "new", "open", "waiting", "resolved", "closed", "cancelled")),
			changing(enum("resolution_code", "how it ended", "solved", "cancelled", "duplicate", "other")),
			ref("org_unit", OrgUnit, "who it concerns"),
			ref("site", "", "place"),
			ref("system", System, "system it concerns"),
			text("service", "service of the catalogue that was ordered, by its name there"),
			ref("supplier", "", "supplier that handles it"),
			text("user_group", "user group, for example teachers"),
			at("opened_at", "opened"), at("acknowledged_at", "confirmed to the user"), at("first_response_at", "first answer by a person"),
			at("resolved_at", "solved"), at("closed_at", "closed"), ahead(at("due_at", "promised")), at("last_activity_at", "last thing a person did"),
			changing(integer("reopened_count", "times reopened")),
			number("paused_minutes", "minutes spent waiting for the user"),
			number("csat", "satisfaction 1-5"),
			number("work_minutes", "minutes worked"),
			flag("auto_created", "made by a machine"),
			{Name: "previous_id", Type: Text, Doc: "id in the system before this one"},
		},
	},
	{
		Kind: Asset, Placing: ByValidity, Doc: "one device or server",
		Fields: []Field{
			enum("kind", "what it is", "desktop", "laptop", "chromebook", "tablet", "phone", "printer", "server_physical", "server_virtual", "ap", "switch"),
			enum("status", "state", "active", "stored", "retired"),
			enum("user_category", "who uses it", "staff", "pupil"),
			ref("org_unit", OrgUnit, "org unit"), ref("site", "", "site"),
			date("purchased_on", "bought"),
			text("os", "operating system"), text("image", "platform"),
			flag("managed", "managed"), flag("vpn", "remote access client"), flag("ipv6", "IPv6"),
			text("network_zone", "network zone"), text("host", "host of a virtual server"),
			daily(volatile(at("last_seen_at", "last seen in the directory, coarsened to the day"))),
		},
		Children: []Child{{Name: "software", Fields: []Field{text("product", "product"), text("version", "version"), flag("approved", "approved"), ref("system", System, "the system that the product is; where a source says nothing of it, the system that has the product's name")}}},
	},
	{
		Kind: Observation, Placing: ByEvent, EventTime: "started_at", Doc: "a measurement or an interval",
		Fields: []Field{
			enum("kind", "what it is; a flap came and went, unmeasured is a time of which nothing is known", "probe", "outage", "flap", "unmeasured", "queue", "counter", "benchmark"),
			text("metric", "what was measured"), number("value", "value"), text("unit", "unit"),
			text("subject", "site, service, system, queue or municipality"),
			ref("org_unit", OrgUnit, "org unit"), ref("site", "", "site"),
			text("category", "category, for example pupil"),
			integer("samples", "measurements behind this row (1, or a roll-up's count)"), integer("ok", "of these, successful"),
			number("latency_ms", "round trip, ms"), number("loss_pct", "loss, percent"),
			at("started_at", "start"), at("ended_at", "end; blank is ongoing"),
			flag("planned", "planned"), text("cause", "cause"),
			integer("users", "people concerned"),
			text("comparison_group", "group of comparable municipalities"), text("external_source", "origin of a benchmark"),
			text("method", "method version of a benchmark; comparable only within it"), text("period", "period that a benchmark is about; comparable only within it"),
			flag("secondary", "follows from another disruption, which cause names"),
			text("opening", "opening hours of the place: a schedule of the watchlist, always for round the clock, blank for the working time"),
		},
	},
	{
		Kind: Service, Placing: ByValidity, Doc: "a service of the catalogue, an e-service, a published data set",
		Fields: []Field{
			enum("kind", "what it is", "it_service", "e_service", "manual_service", "open_data"),
			text("name", "name"), text("platform", "platform"), ref("org_unit", OrgUnit, "org unit"),
			flag("in_use", "in use"), flag("suitable", "suitable as an e-service"), flag("own_built", "built by the municipality"),
			date("ordered_on", "ordered"), date("launched_on", "launched"), date("retired_on", "retired"),
			text("scope", "what it covers"), text("how_to_order", "how to order"), number("lead_time_h", "promised lead time, hours"),
			text("how_to_report", "how to report a fault"), number("response_h", "promised response, hours"), number("price_sek", "price, SEK"), text("how_to_cancel", "how to cancel"),
			flag("eid", "e-identification"), flag("automated", "automated"), flag("prefill", "prefilled"),
			ref("system", System, "integrated system"),
			flag("process_mapped", "process mapped before"), flag("benefit_analysis", "benefit analysed before"),
			integer("cases_digital", "cases by the service"), integer("cases_total", "all cases"),
			number("dev_cost_sek", "development cost, SEK"), number("annual_cost_sek", "run cost, SEK a year"), number("benefit_sek", "benefit, SEK a year"),
		},
		Children: []Child{{Name: "channel", Fields: []Field{text("channel", "channel")}}},
	},
	{
		Kind: Cost, Placing: ByEvent, EventTime: "booked_at", Doc: "one row of the ledger",
		Fields: []Field{
			at("booked_at", "end of the period"), integer("year", "year"), text("period", "period"),
			ref("org_unit", OrgUnit, "org unit"),
			number("amount_sek", "amount, SEK"), number("budget_sek", "budget, SEK"),
			enum("kind", "opex or capex", "opex", "capex"),
			enum("category", "category", "licence", "hardware", "staff", "consultant", "network", "security", "service", "other"),
			integer("allocation_model", "allocation model 1-6"),
			enum("payer", "who pays", "central", "forvaltning"), flag("recharged", "charged on to the departments"),
			ref("supplier", "", "supplier"), text("account_code", "ledger account"), ref("system", System, "system"), text("project", "project"),
			text("product", "licensed product"), integer("licences", "licences bought"),
		},
	},
	{
		Kind: Project, Placing: ByValidity, Doc: "one project of the portfolio",
		Fields: []Field{
			text("name", "name"), text("kind", "kind"), ref("org_unit", OrgUnit, "org unit"), text("model", "project model"), text("status", "status"),
			date("planned_start", "planned start"), date("planned_end", "planned end"), date("started_on", "started"), date("ended_on", "ended"),
			date("final_report_on", "final report"), date("board_reported_on", "reported to the board"),
			number("budget_sek", "budget, SEK"), number("cost_sek", "cost, SEK"), number("benefit_sek", "benefit, SEK a year"), number("run_cost_sek", "run cost, SEK a year"), number("benefit_realised_sek", "benefit that was realised, SEK a year"),
			enum("benefit_method", "method", "peng", "own", "none"), date("benefit_calc_on", "benefit calculated"), date("post_calc_on", "followed up"),
		},
		Children: []Child{{Name: "effect_goal", Fields: []Field{text("goal", "goal id"), number("target", "target"), date("due", "due"), flag("measured", "measured"), date("followed_up_on", "followed up")}}},
	},
	{
		Kind: Assessment, Placing: ByEvent, EventTime: "assessed_at", Doc: "one answer of a survey, self-assessment or audit, aggregated",
		Fields: []Field{
			text("framework", "framework id"), text("framework_version", "version; comparable only within it"),
			text("area", "area"), text("indicator", "indicator id"), text("subject", "what was assessed"), ref("org_unit", OrgUnit, "org unit"), ref("system", System, "system"),
			at("assessed_at", "when"), text("period", "period"), text("assessor", "role or firm that judged"),
			enum("answer", "answer", "fully", "partly", "not"), number("score", "score"), number("scale_min", "lowest"), number("scale_max", "highest"), integer("step", "step"),
			integer("respondents", "answers behind the row"), text("confidence", "confidence"),
		},
	},
	{
		Kind: Control, Placing: ByValidity, Doc: "a policy, plan, agreement, test, meeting, goal or audit finding",
		Fields: []Field{
			enum("kind", "what it is", "policy", "plan", "digitalisation_plan", "maintenance_plan", "ops_doc", "risk_analysis", "continuity_plan", "restart_plan", "restore_test", "sla", "lok", "contract", "procurement", "process_map", "training", "meeting", "goal", "activity", "audit_recommendation", "collaboration", "publication", "incident_report", "processor_agreement", "supplier_assessment"),
			text("name", "name"), text("subject", "what it is about"), ref("system", System, "system"), ref("org_unit", OrgUnit, "org unit"), text("forum", "forum"), text("document_type", "type of document"),
			flag("required", "required by the municipality"),
			date("adopted_at", "adopted"), date("valid_until", "valid until"), date("reviewed_at", "reviewed"), date("review_due", "review due"),
			date("planned_at", "planned"), date("held_at", "held"), date("next_due", "next due"), date("issued_at", "issued"), date("closed_at", "closed"),
			enum("status", "status", "met", "partly", "not_met", "waived", "planned", "ongoing", "unknown"), text("decision_ref", "decision"),
			flag("signed", "signed"), flag("priced", "priced"), flag("it_involved", "IT took part"), flag("energy_req", "energy requirement"), flag("before_contract", "before the contract"), flag("classified_first", "information classified before the contract"), flag("successful", "successful"), flag("it_on_agenda", "IT or digitalisation was on the agenda"),
			integer("completed", "completed"), integer("population", "of"),
			text("responsible_role", "responsible role, never a name"), text("auditor", "auditor"), ref("supplier", "", "supplier"),
			text("reference", "number or reference that people know it by: 17, EY-2024-3"), text("measured_by", "id of the figure that shows how it goes"),
		},
	},
}
