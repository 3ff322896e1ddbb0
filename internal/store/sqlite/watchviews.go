package sqlite

// watchViews are the relations over the roll-ups: of a watch (watch_hour,
// watch_day) and of results that were collected as records (probe_hour).
//
// Latencies stand as tenths of a millisecond in the tables.
func watchViews() []view {
	const (
		site    = "(SELECT r.id FROM ref r WHERE r.no = t.site_ref) AS site"
		unit    = "(SELECT r.id FROM ref r WHERE r.no = t.org_unit_ref) AS org_unit"
		rawSite = "(SELECT r.raw FROM ref r WHERE r.no = t.site_ref) AS site_raw"
		rawUnit = "(SELECT r.raw FROM ref r WHERE r.no = t.org_unit_ref) AS org_unit_raw"
		source  = "(SELECT s.name FROM source s WHERE s.no = t.source_no)"
	)
	return []view{
		{"probe_hourly", "SELECT t.subject, t.metric, t.hour, " + site + ", " + unit + ", t.samples, t.ok, t.latency_sum_ms, t.latency_max_ms, t.latency_p95_ms FROM probe_hour t" +
			" UNION ALL SELECT t.subject, t.metric, h.hour, " + site + ", " + unit + ", h.samples, h.ok, h.latency_sum / 10.0, h.latency_max / 10.0, NULL FROM watch_hour h JOIN watch_target t ON t.no = h.target"},
		{"probe_target", "SELECT " + source + " AS source, t.subject, t.metric, t.class, " + site + ", " + rawSite + ", " + unit + ", " + rawUnit + ", t.last_at FROM watch_target t"},
		// A day of a watched target, or an hour of one whose results were
		// collected: an hour with any result counts whole.
		{"probe_span", "SELECT " + source + " || ':' || t.subject || '@' || d.day AS id, NULL AS place, t.subject, t.metric, t.class AS category, " + site + ", " + rawSite + ", " + unit + ", " + rawUnit +
			", d.day AS started_at, d.samples, d.ok, d.unknown, d.measured_s, d.up_s, d.planned_s FROM watch_day d JOIN watch_target t ON t.no = d.target" +
			" UNION ALL SELECT t.subject || '@' || t.hour, NULL, t.subject, t.metric, NULL, " + site + ", " + rawSite + ", " + unit + ", " + rawUnit +
			", t.hour, t.samples, t.ok, 0, 3600, CAST(3600.0 * t.ok / max(t.samples, 1) AS INTEGER), 0 FROM probe_hour t WHERE t.samples > 0"},
	}
}
