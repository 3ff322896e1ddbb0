package docs

// meaning is what a family means, in Swedish, and where on the page it stands.
type meaning struct{ group, sv string }

// metricMeanings explains every family by its name.
func metricMeanings() map[string]meaning {
	out := map[string]meaning{}
	for _, g := range []struct {
		title string
		of    [][2]string
	}{
		{"Siffrorna", [][2]string{
			{"kommunpuls_kpi_value", "Siffran vid senaste beräkningen: andelar 0–1, tider i sekunder, pengar i kronor."},
			{"kommunpuls_kpi_numerator", "Siffrans täljare."},
			{"kommunpuls_kpi_denominator", "Siffrans nämnare."},
			{"kommunpuls_kpi_target", "Beslutat mål, i siffrans enhet; ett mål i antal i rader."},
			{"kommunpuls_kpi_level", "Målnivå 0–4, bara där det finns ett mål."},
			{"kommunpuls_kpi_data_timestamp_seconds", "När den källa bakom siffran som lästes för längst sedan lästes."},
			{"kommunpuls_kpi_target_due_timestamp_seconds", "När målet ska vara nått: dagens slut i Stockholm."},
			{"kommunpuls_kpi_target_eta_timestamp_seconds", "När målet nås i nuvarande takt. Finns bara med minst sex månadsvärden och en takt mot målet; [så räknas det](prognos.md)."},
			{"kommunpuls_kpi_previous", "Samma siffra ett år eller en månad tidigare (`period`), bara där de kan jämföras."},
			{"kommunpuls_kpi_trend", "1 för vad som kan sägas om ändringen sedan dess: `better`, `worse`, `unchanged` eller `not_comparable`. Saknas under tio rader."},
			{"kommunpuls_kpi_status", "1 för utfallet nu (`status`). `no_data`, `error` och `suppressed` kommer utan siffra."},
			{"kommunpuls_kpi_coverage", "Andel av populationen där de fält som behövs är kända."},
			{"kommunpuls_kpi_waived_rows", "Rader som brister men är godtagna genom beslut. Nämnaren minskar aldrig för deras skull."},
			{"kommunpuls_kpi_info", "Vad måttet är: enhet, riktning, område och namn."},
			{"kommunpuls_kpi_tag_info", "Var måttet hör hemma i ett ramverk: `ey`, `kpmg`, `nis2` eller `itil`."},
			{"kommunpuls_kpi_next_step_info", "Vad man gör åt det, på svenska och engelska."},
			{"kommunpuls_next_step_rows", "Rader som skulle flyttas av nästa steg. De 20 första för helheten (`org_unit` tom) och de 10 första per förvaltning."},
			{"kommunpuls_next_step_score", "Samma rader gånger vikten för hur viktiga de är; [så räknas det](nasta-steg.md)."},
			{"kommunpuls_waiver_expiry_timestamp_seconds", "När ett beslut som godtar en brist löper ut. `kpi` är tom där det gäller alla mått."},
			{"kommunpuls_org_unit_info", "Organisationsenhetens namn och vad den hör till."},
			{"kommunpuls_key_info", "Vad en uppdelnings nyckel kallas. Delarna av en siffra (`split`, `age`, `field`, `also`) heter som i måttets beskrivning."},
		}},
		{"Ärenden, störningar och namn", [][2]string{
			{"kommunpuls_tickets_open", "Öppna ärenden nu."},
			{"kommunpuls_ticket_oldest_open_timestamp_seconds", "När det äldsta öppna ärendet kom in."},
			{"kommunpuls_tickets_opened", "Ärenden som kom in under fönstret (`1h`, `1d`, `7d`) före senaste beräkningen."},
			{"kommunpuls_tickets_resolved", "Ärenden som löstes eller stängdes under fönstret."},
			{"kommunpuls_ticket_wait_seconds", "Arbetstid inom vilken nio av tio under det senaste dygnet fick ett första svar, per grupp av användare. De som fortfarande väntar räknas med tiden hittills; grupper med färre än fem ärenden visas inte."},
			{"kommunpuls_disruption_active", "1 för en pågående störning som inte är planerad."},
			{"kommunpuls_disruption_start_timestamp_seconds", "När platsens pågående störning började, även en planerad."},
			{"kommunpuls_disruption_users", "Hur många störningen berör, även en planerad; saknas där ingen har sagt det."},
			{"kommunpuls_disruption_planned", "1 där allt som är nere är planerat arbete. En sådan plats har ingen `kommunpuls_disruption_active`."},
			{"kommunpuls_site_info", "Platsens namn, organisationsenhet och hur viktig den är; en serie per plats."},
			{"kommunpuls_unmapped_names", "Namn i källorna som inte leder till något i förteckningen eller besluten."},
		}},
		{"Källorna", [][2]string{
			{"kommunpuls_source_last_success_timestamp_seconds", "När källan senast lästes i sin helhet."},
			{"kommunpuls_source_last_start_timestamp_seconds", "När källan senast började läsas."},
			{"kommunpuls_source_content_timestamp_seconds", "När källans eget innehåll senast ändrades."},
			{"kommunpuls_source_content_max_age_seconds", "Hur gammalt innehållet får bli innan siffrorna kan vara inaktuella, där det är bestämt."},
			{"kommunpuls_source_up", "1 om den senaste läsningen lyckades."},
			{"kommunpuls_source_rows", "Rader i den senaste läsningen, efter vad det blev av dem."},
			{"kommunpuls_source_held", "1 om en läsning väntar på besked för att för många rader försvann."},
			{"kommunpuls_source_interval_seconds", "Hur ofta källan ska läsas."},
			{"kommunpuls_source_collect_duration_seconds", "Hur lång tid den senaste läsningen tog sedan tjänsten startade, hur den än gick."},
			{"kommunpuls_source_restarts_total", "Gånger som en bevakande källas process har startats om sedan tjänsten startade."},
		}},
		{"Mätpunkterna", [][2]string{
			{"kommunpuls_site_point_info", "Vilka mätpunkter som bevakar en plats."},
			{"kommunpuls_probe_blind", "1 när mätpunktens egen väg ut är borta, så att den inget ser."},
			{"kommunpuls_probe_targets", "Mål som mätpunkten bevakar."},
			{"kommunpuls_probe_targets_unknown", "Mål som inget är känt om just nu."},
			{"kommunpuls_probe_unknown_seconds_total", "Tid som inget är känt om, över alla mål, sedan tjänsten startade."},
			{"kommunpuls_probe_slots_total", "Mätningar som skulle göras sedan tjänsten startade."},
			{"kommunpuls_probe_slots_missed_total", "Mätningar som inte hann börja i tid."},
		}},
		{"Tjänsten själv", [][2]string{
			{"kommunpuls_evaluation_timestamp_seconds", "När siffrorna senast räknades."},
			{"kommunpuls_evaluation_duration_seconds", "Hur lång tid det tog."},
			{"kommunpuls_demo", "1 när siffrorna är DEMODATA, annars 0."},
			{"kommunpuls_instance_info", "Vems siffrorna är och adressen där sidorna finns."},
			{"kommunpuls_build_info", "Versionen som körs."},
			{"kommunpuls_snapshots", "Ögonblicksbilder i kedjan; [vad de är](ogonblicksbilder.md)."},
			{"kommunpuls_snapshot_last_timestamp_seconds", "Den senaste tidpunkt som en ögonblicksbild visar läget för."},
			{"kommunpuls_snapshot_last_created_timestamp_seconds", "När den nyaste ögonblicksbilden gjordes."},
			{"kommunpuls_snapshot_failures_total", "Försök sedan start som misslyckades; `task` är `make` (göra en ögonblicksbild som skulle göras), `timestamp` (dess tidsstämpel) eller `mail` (brevet med fingeravtryck). Nya försök görs."},
		}},
		{"Enskilda mätningar", [][2]string{
			{"probe_success", "1 om målet svarade som det ska när det senast tillfrågades."},
			{"probe_duration_seconds", "Hur lång tid svaret tog."},
			{"probe_ssl_earliest_cert_expiry", "När det första certifikatet i målets kedja löper ut."},
		}},
	} {
		for _, m := range g.of {
			out[m[0]] = meaning{g.title, m[1]}
		}
	}
	return out
}
