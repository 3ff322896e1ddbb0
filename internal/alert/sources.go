package alert

import (
	"strconv"
)

func sourceRules(s Settings) []Rule {
	keep := Rule{Group: Sources, Severity: Notify, Owner: Keeper, Link: s.page("/kallor")}

	late := keep
	late.Name = SourceLate
	late.Expr = `time() - kommunpuls_source_last_success_timestamp_seconds > on (job, instance, source, type) clamp_min(` +
		num(s.LateFactor) + ` * kommunpuls_source_interval_seconds, ` + seconds(s.LateAtLeast) + `)` +
		` or time() - kommunpuls_source_last_start_timestamp_seconds unless on (job, instance, source, type) kommunpuls_source_last_success_timestamp_seconds`
	late.For = s.slow()
	late.Summary = words("Källan {source} läses inte som den ska", "The source {source} is not read as it should be")
	late.Description = words(
		"Källan {source} har inte kunnat läsas på {value:span}. Siffrorna som bygger på den är kvar men blir äldre.",
		"The source {source} has not been read for {value:span}. The figures that build on it stand but grow old.")

	old := keep
	old.Name, old.Severity, old.Owner = ContentOld, Mail, Chief
	old.Expr = `time() - kommunpuls_source_content_timestamp_seconds > on (job, instance, source, type) kommunpuls_source_content_max_age_seconds`
	old.For = s.slow()
	old.Summary = words("Innehållet i {source} är gammalt", "The content of {source} is old")
	old.Description = words(
		"Källan {source} läses som den ska, men innehållet ändrades senast för {value:span} sedan. Siffrorna kan vara inaktuella.",
		"The source {source} is read as it should be, but its content last changed {value:span} ago. The figures may be out of date.")

	refused := keep
	refused.Name = RefusedRows
	refused.Expr = `kommunpuls_source_rows{result="refused"} / on (job, instance, source, type) kommunpuls_source_rows{result="seen"} > ` + num(s.RefusedShare) +
		` and on (job, instance, source, type) kommunpuls_source_rows{result="refused"} >= ` + strconv.Itoa(s.RefusedRows)
	refused.For = s.slow()
	refused.Summary = words("Många rader i {source} går inte att använda", "Many rows of {source} cannot be used")
	refused.Description = words(
		"{value:percent} av raderna i källan {source} togs inte emot vid den senaste läsningen. De räknas inte, och står med plats och skäl i tjänstens logg.",
		"{value:percent} of the rows of the source {source} were refused at the last reading. They are not counted, and stand with place and reason in the service's log.")

	held := keep
	held.Name = CollectionHeld
	held.Expr = `kommunpuls_source_held == 1`
	held.Summary = words("Läsningen av {source} väntar på ett beslut", "The collection of {source} waits for a decision")
	held.Description = words(
		"Många rader som fanns förut saknas i källan {source}. Läsningen är inte införd: en människa måste säga om det stämmer.",
		"Many rows that were there before are missing from the source {source}. The collection is not applied: a person must say whether that is right.")

	return []Rule{late, old, refused, held}
}
