package alert

import (
	"maps"
	"slices"
	"strconv"
)

// during says whether there is, or was within the hour, a disruption in the
// network: a queue that grows then is part of the same incident.
const during = ` on (job, instance) count by (job, instance) (count_over_time(kommunpuls_disruption_active[1h]))`

func ticketRules(s Settings) []Rule {
	var out []Rule
	names := slices.Sorted(maps.Keys(s.Queues))
	for _, name := range names {
		out = append(out, growing(s, s.queue(name), name, `queue=`+label(name))...)
	}
	rest := ""
	if len(names) > 0 {
		rest = `queue!~` + anyOf(names)
	}
	out = append(out, growing(s, s.Queue, "", rest)...)
	for _, name := range names {
		out = append(out, tooOld(s, s.queue(name), name, `{queue=`+label(name)+`}`))
	}
	if rest != "" {
		rest = `{` + rest + `}`
	}
	return append(append(out, tooOld(s, s.Queue, "", rest)), append(waiting(s), dayShare(s))...)
}

// growing makes the two rules of a queue that grows: during a disruption in
// the network, and otherwise.
func growing(s Settings, q Queue, variant, queue string) []Rule {
	window := func(family, w string) string {
		sel := `window="` + w + `"`
		if queue != "" {
			sel = queue + `, ` + sel
		}
		return `kommunpuls_tickets_` + family + `{` + sel + `}`
	}
	opened := window("opened", "1h")
	expr := `sum without (window) (` + opened + ` - ` + window("resolved", "1h") + `) >= ` + strconv.Itoa(q.Growth) +
		` and on (job, instance, queue) ` + opened + ` >= on (job, instance, queue) ` + num(q.Factor) + ` * ` + window("opened", "7d") + ` / ` + num(q.WorkingHours)
	r := Rule{
		Name: QueueGrowing, Variant: variant, Group: Tickets, Severity: Notify, Owner: Desk, Keep: s.Keep,
		Summary: words("Kön {queue} växer", "The queue {queue} is growing"),
		Link:    s.page("/matt/service_desk_queue_length"),
	}
	alone, with := r, r
	alone.Expr, alone.Incident = `(`+expr+`) unless`+during, QueueIncident
	alone.Description = words(
		"Den senaste timmen kom {value} fler ärenden till kön {queue} än som löstes, och fler än vanligt.",
		"Over the past hour {value} more tickets came to the queue {queue} than were solved, and more than usual.")
	alone.Notice = words(
		"Servicedesk har just nu fler ärenden än vanligt och svarar senare än vi brukar. Nytt besked {next}.",
		"The service desk has more tickets than usual right now and answers later than we use to. More news at {next}.")
	with.Expr, with.Incident = `(`+expr+`) and`+during, NetworkIncident
	with.Variant = join(variant, "storning")
	with.Description = words(
		"Den senaste timmen kom {value} fler ärenden till kön {queue} än som löstes. Nätet är eller var nyss stört; det är troligen samma händelse.",
		"Over the past hour {value} more tickets came to the queue {queue} than were solved. The network is or was just disturbed; it is probably the same incident.")
	with.Notice = words(
		"Servicedesk får många samtal om störningen i nätet, som är känd. Du behöver inte anmäla den igen. Nytt besked {next}.",
		"The service desk gets many calls about the network disruption, which is known. You need not report it again. More news at {next}.")
	return []Rule{with, alone}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

func tooOld(s Settings, q Queue, variant, queue string) Rule {
	return Rule{
		Name: QueueTooOld, Variant: variant, Group: Tickets, Severity: Notify, Owner: Desk,
		Expr:    `time() - kommunpuls_ticket_oldest_open_timestamp_seconds` + queue + ` > ` + seconds(q.Oldest),
		For:     s.slow(),
		Summary: words("Det äldsta ärendet i kön {queue} har legat länge", "The oldest ticket in the queue {queue} has waited long"),
		Description: words(
			"Det äldsta öppna ärendet i kön {queue} är {value:span} gammalt. Ärenden som väntar på användaren räknas med.",
			"The oldest open ticket in the queue {queue} is {value:span} old. Tickets that wait for the user count."),
		Link: s.page("/matt/service_desk_queue_length/underlag"),
	}
}

// waiting makes a rule for each group of users that has a time of its own, and
// one for the others. Few tickets say nothing of a group.
func waiting(s Settings) []Rule {
	rule := func(variant, group string, within float64) Rule {
		return Rule{
			Name: WaitingTooLong, Variant: variant, Group: Tickets, Severity: Notify, Owner: Desk,
			Expr:    `kommunpuls_ticket_wait_seconds{` + group + `} > ` + num(within),
			For:     s.slow(),
			Summary: words("Lång väntan på svar: {user_group}", "Long wait for an answer: {user_group}"),
			Description: words(
				"En av tio i gruppen {user_group} har det senaste dygnet väntat längre än {value:span} arbetstid på ett första svar. De som ännu inte har fått svar räknas med; telefonkö ingår inte.",
				"One in ten of the group {user_group} has over the past day waited longer than {value:span} of working time for a first answer. Those still without an answer count; the telephone queue does not."),
			Link: s.page("/matt/service_desk_wait_time"),
		}
	}
	var out []Rule
	names := slices.Sorted(maps.Keys(s.Waiting.Groups))
	for _, g := range names {
		out = append(out, rule(g, `user_group=`+label(g), s.Waiting.Groups[g].Seconds()))
	}
	return append(out, rule("", `user_group!~`+anyOf(append(names, "")), s.Waiting.Within.Seconds()))
}

func dayShare(s Settings) Rule {
	const kpi = `kpi="ticket_resolution_24h", org_unit="", `
	return Rule{
		Name: DayShareFalling, Group: Tickets, Severity: Mail, Owner: Desk,
		Expr: `kommunpuls_kpi_value{` + kpi + `dimension="", key=""} - on (job, instance, kpi) kommunpuls_kpi_value{` + kpi +
			`dimension="also", key="last_30_days"} >= ` + num(s.DayShareDrop),
		For:     s.slow(),
		Summary: words("Färre felanmälningar löses inom ett dygn", "Fewer incidents are solved within a day"),
		Description: words(
			"De senaste 30 dagarna ligger andelen felanmälningar som löstes inom ett dygn {value:points} procentenheter under årets. Beställningar och samtal som inte registrerats ingår inte.",
			"Over the past 30 days the share of incidents solved within a day is {value:points} percentage points below that of the year. Orders and calls that were not registered are not counted."),
		Link: s.page("/matt/ticket_resolution_24h"),
	}
}
