package alert

import "time"

// slow is how long a condition must hold where nothing is urgent, so that one
// odd evaluation tells nobody anything: sixty evaluations.
func (s *Settings) slow() time.Duration { return 60 * s.Every }

func serviceRules(s Settings) []Rule {
	keep := Rule{Group: Service, Severity: Notify, Owner: Keeper, Link: s.page("/status")}

	down := keep
	down.Name = DaemonDown
	job := `{job=` + label(s.Job) + `}`
	down.Expr = `up` + job + ` == 0 or absent(up` + job + `)`
	down.For = s.DownAfter
	down.Summary = words("Kommunpuls svarar inte", "Kommunpuls does not answer")
	down.Description = words(
		"Prometheus når inte tjänsten kommunpuls. Störningar, köer och siffror är okända så länge; inget annat larm härifrån går att lita på.",
		"Prometheus cannot reach the service kommunpuls. Disruptions, queues and figures are unknown meanwhile; no other alert from here can be relied on.")
	down.Link = ""

	old := keep
	old.Name = FiguresOld
	old.Expr = `time() - kommunpuls_evaluation_timestamp_seconds > ` + seconds(s.FiguresAge)
	old.For = s.slow()
	old.Summary = words("Siffrorna beräknas inte", "The figures are not computed")
	old.Description = words(
		"Kommunpuls svarar, men siffrorna beräknades senast för {value:span} sedan. Skälet står i tjänstens logg.",
		"Kommunpuls answers, but the figures were last computed {value:span} ago. The reason stands in the service's log.")

	export := keep
	export.Name = ExportFailing
	export.Expr = `kommunpuls_otlp_up == 0`
	export.For = s.ExportAfter
	export.Summary = words("Överföringen till OTLP-mottagaren fungerar inte ({signal})", "The export over OTLP does not work ({signal})")
	export.Description = words(
		"Kommunpuls får inte iväg {signal} till mottagaren. Siffrorna här påverkas inte, men mottagaren saknar dem.",
		"Kommunpuls cannot send {signal} to the receiver. The figures here are not affected, but the receiver lacks them.")

	notifier := keep
	notifier.Name = NotifierFailing
	notifier.Expr = `kommunpuls_notify_up == 0`
	notifier.For = s.ExportAfter
	notifier.Summary = words("De inbyggda larmen går inte fram ({channel})", "The built-in notices do not get through ({channel})")
	notifier.Description = words(
		"Kommunpuls kan inte skicka larm genom {channel}. Störningar kan gå obemärkta förbi tills det är lagat.",
		"Kommunpuls cannot send notices through {channel}. Disruptions may pass unnoticed until it is mended.")

	return []Rule{down, old, export, notifier}
}
