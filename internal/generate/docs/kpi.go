package docs

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// kpiPage is what the template of one KPI sees.
type kpiPage struct {
	catalogue.Definition
	AreaName finding.Text
	Rules    []rule    // how it is counted, in the order a reader asks
	Texts    []sqlText // the same in SQL
	Needs    []string  // what the sources must give beyond what the SQL names
	Cases    []string  // names of the cases that hold the definition
}

// rule is one row of "how it is counted".
type rule struct {
	SV, EN string // the question
	Answer finding.Text
}

// sqlText is one expression an auditor can read.
type sqlText struct{ SV, EN, SQL string }

// KPI writes one page for every definition, the list of what cannot be measured
// yet, and the index. Definitions are read in the catalogue's own order.
func KPI(c catalogue.Catalogue) (Pages, error) {
	t, err := parse()
	if err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	cases := make(map[string][]string)
	for _, x := range c.Cases {
		cases[x.KPI] = append(cases[x.KPI], x.Name)
	}
	pages := make(Pages, len(c.KPIs)+1)
	for _, d := range c.KPIs {
		page := kpiPage{Definition: d, AreaName: areaName(d.Area), Rules: rules(d), Texts: texts(d), Needs: d.Needs, Cases: cases[d.ID]}
		if pages["kpi/"+d.ID+".md"], err = execute(t, "kpi.md.tmpl", page); err != nil {
			return nil, err
		}
	}
	pages["kpi/README.md"], err = execute(t, "kpi-index.md.tmpl", index(c))
	return pages, err
}

// area is one section of the index.
type area struct {
	Name    finding.Text
	KPIs    []catalogue.Definition
	Missing []catalogue.Missing
}

// overview is what the index sees.
type overview struct {
	Count, Core int
	Areas       []area
	Missing     []catalogue.Missing
}

func index(c catalogue.Catalogue) overview {
	o := overview{Count: len(c.KPIs), Missing: c.Missing}
	for _, a := range catalogue.Areas() {
		section := area{Name: a.Name}
		for _, d := range c.KPIs {
			if d.Area == a.ID {
				section.KPIs = append(section.KPIs, d)
			}
			if d.Area == a.ID && d.Priority == "core" {
				o.Core++
			}
		}
		if len(section.KPIs) > 0 {
			o.Areas = append(o.Areas, section)
		}
	}
	return o
}

// rules says in words what the fields of a definition mean to a reader.
func rules(d catalogue.Definition) []rule {
	var out []rule
	add := func(sv, en, answerSV, answerEN string) {
		if answerSV != "" {
			out = append(out, rule{sv, en, finding.Text{SV: answerSV, EN: answerEN}})
		}
	}
	add("Räknas bland", "Counted among", d.PopulationText.SV, d.PopulationText.EN)
	if d.Narrow != nil {
		add("Där uppgifterna räcker", "Where the data allow it", d.Narrow.PopulationText.SV, d.Narrow.PopulationText.EN)
	}
	for _, x := range d.Exclude {
		add("Räknas inte", "Left out", x.Reason.SV, x.Reason.EN)
	}
	if w := d.Window; w != nil {
		add("Tid", "Time", window(*w, spanSV, "de senaste %s", "de yngsta %s får vänta"), window(*w, spanEN, "the past %s", "the youngest %s wait"))
	}
	if d.Clock == "working" {
		add("Klocka", "Clock", "arbetstid", "working hours")
	}
	unit := unitNames()[d.Unit]
	add("Visas som", "Shown as", unit.SV, unit.EN)
	direction := directionNames()[d.Direction]
	add("Bra när", "Good when", direction.SV, direction.EN)
	var by []string
	for _, b := range d.Breakdowns {
		by = append(by, b.Dimension)
	}
	add("Delas upp på", "Broken down by", strings.Join(dimensionNames(by), ", "), strings.Join(by, ", "))
	if d.SmallCells == "person" {
		add("Små tal", "Small numbers", "färre än fem personer visas inte", "fewer than five persons are not shown")
	}
	secrecy := secrecyNames()[d.Secrecy.Level]
	if d.Secrecy.Provision != "" {
		secrecy.SV += ", föreslagen bestämmelse " + d.Secrecy.Provision
		secrecy.EN += ", suggested provision " + d.Secrecy.Provision
	}
	add("Sekretess för raderna", "Secrecy of the rows", secrecy.SV, secrecy.EN)
	return out
}

// texts lists the expressions of a definition under their own names.
func texts(d catalogue.Definition) []sqlText {
	var out []sqlText
	add := func(sv, en, sql string) {
		if strings.TrimSpace(sql) != "" {
			out = append(out, sqlText{sv, en, sql})
		}
	}
	add("Räknas bland", "Counted among", d.Population)
	if d.Narrow != nil {
		add("Räknas bland, om "+code(d.Narrow.When), "Counted among, if "+code(d.Narrow.When), d.Narrow.Population)
	}
	for _, x := range d.Exclude {
		add("Räknas inte: "+x.Reason.SV, "Left out: "+x.Reason.EN, x.When)
	}
	add("Uppfyllt när", "Met when", d.Pass)
	add("Mäts", "Measured", d.Measure)
	add("Olika värden av", "Distinct values of", d.Of)
	add("Gruppen uppfyller när", "A group passes when", d.GroupPass)
	for _, f := range d.Fields {
		add("Ifyllt: "+f.Title.SV, "Filled in: "+f.Title.EN, f.Filled)
	}
	part := func(sv, en string, p *catalogue.Part) {
		if p == nil {
			return
		}
		sum := p.Sum
		if p.Population != "" {
			sum += "\nWHERE " + p.Population
		}
		add(sv+" ("+string(p.Record)+")", en+" ("+string(p.Record)+")", sum)
	}
	part("Täljare", "Numerator", d.Numerator)
	part("Nämnare", "Denominator", d.Denominator)
	if r := d.Related; r != nil {
		add("Senaste "+string(r.Record)+" inom "+r.MaxAge, "Newest "+string(r.Record)+" within "+r.MaxAge, r.Date+"\nWHERE "+orTrue(r.Where))
	}
	if p := d.Planned; p != nil {
		add("Planerat och hållet", "Planned and held", p.PlannedAt+", "+p.HeldAt)
	}
	if i := d.Intervals; i != nil {
		add("Tider ("+string(i.Record)+")", "Intervals ("+string(i.Record)+")", i.Start+" – "+i.End+"\nWHERE "+orTrue(i.Where))
	}
	add("Räknas ut som", "Computed as", d.Formula)
	return out
}

func orTrue(s string) string {
	if strings.TrimSpace(s) == "" {
		return "1"
	}
	return s
}
