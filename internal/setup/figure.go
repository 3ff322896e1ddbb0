package setup

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// shownRows is how many rows stand behind the first figure on the terminal.
const shownRows = 10

// The first figure of a registry, and the column that it stands on.
const (
	ownerFigure = "system_owner_coverage"
	ownerTarget = "role:owner"
)

// withoutOwners takes back the figure about owners where no list says who
// owns a system: roles are mapped, but that none is an owner says nothing.
func withoutOwners(fs []finding.Finding, cfg configText) {
	for _, s := range cfg.sources {
		columns, _ := s.Settings["columns"].(map[string]any)
		if s.Type != "table" || s.Settings["record"] != string(record.System) || columns[ownerTarget] != nil {
			return
		}
	}
	for i := range fs {
		if fs[i].KPI == ownerFigure && fs[i].Value != nil {
			fs[i] = finding.Finding{KPI: fs[i].KPI, Title: fs[i].Title, Unit: fs[i].Unit, Outcome: finding.NoData, AsOf: fs[i].AsOf, KnownAt: fs[i].KnownAt,
				Reason: &finding.Text{SV: "Ingen kolumn läses som systemägare.", EN: "No column is read as system owner."}}
		}
	}
}

// fills tells whether some column of the list fills a target.
func (l list) fills(target string) bool {
	var s struct{ Columns map[string]json.RawMessage }
	return json.Unmarshal(l.settings, &s) == nil && s.Columns[target] != nil
}

// firstFigure picks the figure that says most of what was read: the one that
// belongs to the kinds of the lists, else any that counts such rows.
func firstFigure(fs []finding.Finding, lists []list, defs []catalogue.Definition) (finding.Finding, bool) {
	var order []string
	for _, l := range lists {
		switch l.kind {
		case record.System:
			order = append(order, ownerFigure, "registry_completeness")
		case record.Ticket:
			order = append(order, "ticket_resolution_24h", "service_desk_queue_length")
		case record.Account:
			order = append(order, "stale_account_share", "mfa_coverage")
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
		for _, def := range defs {
			if f.Value != nil && def.ID == f.KPI && slices.ContainsFunc(lists, func(l list) bool { return l.kind == def.Record }) {
				return f, true
			}
		}
	}
	return finding.Finding{}, false
}

// show prints one figure with the rows behind it and what is not counted.
func (d *desk) show(full finding.Finding) {
	d.say("\n%s\n", full.Title.SV)
	said := full.Sentence()
	if full.Population.SV != "" {
		said += ", räknat på " + full.Population.SV
	}
	d.say("  %s.\n", wrap(said, 2))
	for _, r := range full.Remarks {
		d.say("  %s\n", wrap("Obs! "+r.SV, 2))
	}
	for _, c := range full.NotCounted {
		d.say("  %s\n", wrap(fmt.Sprintf("Räknas inte: %s (%s).", strings.TrimSuffix(c.Reason.SV, "."), rowsWord(c.Rows)), 2))
	}
	for _, def := range d.opt.Catalogue.KPIs {
		if def.ID == full.KPI && def.NotCounted.SV != "" {
			d.say("  %s\n", wrap(def.NotCounted.SV, 2))
		}
	}
	d.rows(full)
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
	d.say("\n  Raderna som inte klarar måttet, %s", rowsWord(int64(len(rows))))
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
