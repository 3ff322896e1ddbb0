package setup

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// shownRows is how many rows stand behind the first figure on the terminal.
const shownRows = 10

// firstFigure picks the figure that says most of what was read: the one that
// belongs to the kinds of the files, else the first that has one.
func firstFigure(fs []finding.Finding, kinds []record.Kind) (finding.Finding, bool) {
	var order []string
	for _, k := range kinds {
		switch k {
		case record.System:
			order = append(order, "system_owner_coverage", "registry_completeness")
		case record.Ticket:
			order = append(order, "ticket_resolution_24h", "service_desk_queue_length")
		}
	}
	for _, id := range order {
		for _, f := range fs {
			if f.KPI == id && f.Value != nil {
				return f, true
			}
		}
	}
	for _, f := range fs {
		if f.Value != nil {
			return f, true
		}
	}
	return finding.Finding{}, false
}

// show prints one figure with the rows behind it and what is not counted.
func (d *desk) show(ctx context.Context, config string, f finding.Finding) (finding.Finding, error) {
	full, err := d.opt.Arrow.Explain(ctx, config, f.KPI, 10_000)
	if err != nil {
		return f, fmt.Errorf("%s: %w", f.KPI, err)
	}
	d.say("\n%s\n", full.Title.SV)
	d.say("  %s", full.Sentence())
	if full.Population.SV != "" {
		d.say(", räknat på %s", full.Population.SV)
	}
	d.say(".\n")
	for _, c := range full.NotCounted {
		d.say("  Räknas inte: %s (%s).\n", c.Reason.SV, rowsWord(c.Rows))
	}
	for _, def := range d.opt.Catalogue.KPIs {
		if def.ID == full.KPI && def.NotCounted.SV != "" {
			d.say("  %s\n", def.NotCounted.SV)
		}
	}
	d.rows(full)
	return full, nil
}

func (d *desk) rows(f finding.Finding) {
	var rows []finding.Row
	for _, r := range f.Evidence {
		if !r.Pass {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		if len(f.Evidence) > 0 {
			d.say("  Ingen rad faller utanför. Till exempel %s räknas, från %s.\n", f.Evidence[0].Label, f.Evidence[0].Place)
		}
		return
	}
	d.say("\n  Raderna som inte räknas in, %s", rowsWord(int64(len(rows))))
	if len(rows) > shownRows {
		d.say(" – här är de första %d", shownRows)
	}
	d.say(":\n")
	for _, r := range rows[:min(len(rows), shownRows)] {
		d.say("    %s %s %s\n", pad(oneLine(r.Label), 30), pad(oneLine(r.Reason), 34), r.Place)
	}
	if len(rows) > shownRows {
		d.say("    … alla visas med: kommunpuls explain %s\n", f.KPI)
	}
}
