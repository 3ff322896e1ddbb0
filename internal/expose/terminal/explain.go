package terminal

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/peers"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Explain writes one figure with its definition in words, what is not counted,
// its breakdown and the rows behind it.
func Explain(w io.Writer, f finding.Finding, c Context) error {
	p := &printer{w: w}
	head := f.Title.SV
	if c.Demo {
		head += "   DEMODATA"
	}
	p.line(head)
	p.line(strings.Repeat("─", len([]rune(head))))
	p.line("  " + f.Sentence())
	p.line("  " + State(f))
	if f.Forecast != nil {
		p.line("  " + f.Forecast.Say().SV)
	}
	p.peers(f)
	p.definition(f, c)
	p.line(fmt.Sprintf("\nLäget %s, med det som var känt %s. Metod %d.", Date(f.AsOf), Date(f.KnownAt), f.MethodVersion))
	p.sources(f)
	p.figures(f)
	p.breakdown(f)
	p.rows(f)
	return p.err
}

// peers writes how the figure stands beside other municipalities'.
func (p *printer) peers(f finding.Finding) {
	if f.Peers == nil {
		return
	}
	p.line("  " + f.Peers.Say().SV)
	t := table{right: []bool{false, true, true}}
	for _, o := range f.Peers.Values {
		count := ""
		if o.Numerator != nil && o.Denominator != nil {
			count = finding.Counts(f.CountUnit, *o.Numerator, *o.Denominator)
		}
		t.add(o.Name, count, peers.Amount(wording.In(wording.Swedish), f, f.Peers.Per != "", *o.Value))
	}
	if len(t.rows) > 0 {
		p.line("\nAndra kommuner (" + f.Peers.Group + ")")
		p.table(&t)
	}
}

func (p *printer) definition(f finding.Finding, c Context) {
	for _, k := range c.Catalogue.KPIs {
		if k.ID != f.KPI {
			continue
		}
		p.line("\n" + k.Question.SV)
		if f.Population.SV != "" {
			p.line("Räknas på: " + f.Population.SV + ".")
		}
		for _, m := range f.Remarks {
			p.line("Obs! " + m.SV)
		}
		p.line(k.NotCounted.SV)
		for _, n := range f.NotCounted {
			p.line(fmt.Sprintf("  %s %s", finding.Number(float64(n.Rows), 0), n.Reason.SV))
		}
		for _, v := range f.Waivers {
			p.line(fmt.Sprintf("Godtaget till och med %s av %s (%s): %s", v.Expires, v.By, v.Decision, v.Reason))
		}
		p.line("Nästa steg: " + k.NextStep.SV)
	}
}

func (p *printer) sources(f finding.Finding) {
	for _, s := range f.Sources {
		line := fmt.Sprintf("  %s lästes %s, innehållet ändrades %s", s.Name, Date(s.LastSuccess), Date(s.ContentAt))
		if s.Late {
			line += " – läsningen är sen"
		}
		if s.OldContent {
			line += " – innehållet är gammalt"
		}
		p.line(line)
	}
}

func (p *printer) figures(f finding.Finding) {
	t := table{right: []bool{false, true, true}}
	for _, a := range f.Also {
		count, value := figure(a.Unit, a.CountUnit, a.Value, a.Numerator, a.Denominator, a.Suppressed)
		t.add(a.Title.SV, count, value)
	}
	if len(t.rows) > 0 {
		p.line("\nBredvid")
		p.table(&t)
	}
}

// dimensionName is what people call a breakdown; one of their own keeps its name.
func dimensionName(d string) string {
	if n, ok := dimensions()[d]; ok {
		return n
	}
	return "Per " + strings.ReplaceAll(d, "_", " ")
}

func dimensions() map[string]string {
	return map[string]string{
		"org_unit": "Per förvaltning", "tier": "Per klass", "category": "Per kategori", "priority": "Per prioritet", "channel": "Per kanal",
		"queue": "Per kö", "system": "Per system", "kind": "Per slag", "source": "Per källa", "age": "Efter ålder", "split": "Fördelning", "field": "Per uppgift",
		"class_c": "Per klass för konfidentialitet", "class_i": "Per klass för riktighet", "class_a": "Per klass för tillgänglighet", "supplier": "Per leverantör",
		"sso_mode": "Efter inloggning", "provisioning": "Efter hur behörighet ges", "maintenance_object": "Per förvaltningsobjekt", "object": "Per förvaltningsobjekt",
		"forum": "Per forum", "group": "Per grupp", "status": "Per status", "hosting": "Efter var det körs", "approval_status": "Efter godkännande", "lifecycle": "Efter läge",
		"role": "Per roll", "expiry": "Löper ut", "document_type": "Per slag av dokument", "user_group": "Per användargrupp", "class_model": "Per klassningsmodell",
		"strong_auth": "Efter inloggning", "subject": "Per ämne", "auditor": "Per granskare", "origin": "Efter ursprung", "plugin": "Per slag av källa",
		"area": "Per område", "benefit_method": "Per kalkylmetod", "cause": "Per orsak", "committee": "Per nämnd", "image": "Per plattform", "os": "Per operativsystem",
		"payer": "Efter vem som betalar", "platform": "Per plattform", "product": "Per produkt", "project": "Per projekt", "recharged": "Efter om kostnaden förs vidare",
		"school": "Per skola", "service": "Per tjänst", "site": "Per plats", "user_category": "Elever och personal",
	}
}

// onlyUnknown tells a breakdown that says nothing: all of it is "okänd",
// because no source has the column.
// One without a single figure says nothing either.
func onlyUnknown(f finding.Finding, i int) bool {
	b := f.Breakdown[i]
	if !slices.ContainsFunc(f.Breakdown, func(c finding.Cell) bool {
		return c.Dimension == b.Dimension && (c.Value != nil || c.Suppressed)
	}) {
		return true
	}
	return b.Key == "" && b.Dimension != "org_unit" && (i == 0 || f.Breakdown[i-1].Dimension != b.Dimension) &&
		(i+1 == len(f.Breakdown) || f.Breakdown[i+1].Dimension != b.Dimension)
}

func (p *printer) breakdown(f finding.Finding) {
	for i := 0; i < len(f.Breakdown); {
		if onlyUnknown(f, i) {
			i++
			continue
		}
		d := f.Breakdown[i].Dimension
		t := table{right: []bool{false, true, true}}
		for ; i < len(f.Breakdown) && f.Breakdown[i].Dimension == d; i++ {
			b := f.Breakdown[i]
			name := b.Label
			if name == "" {
				name = b.Key
			}
			if name == "" {
				name = "okänt"
			}
			count, value := figure(f.Unit, f.CountUnit, b.Value, b.Numerator, b.Denominator, b.Suppressed)
			t.add(name, count, value)
		}
		p.line("\n" + dimensionName(d))
		p.table(&t)
	}
}

func (p *printer) rows(f finding.Finding) {
	if len(f.Evidence) == 0 {
		return
	}
	p.line(fmt.Sprintf("\nRaderna (%d av %s)", len(f.Evidence), finding.Number(float64(f.EvidenceTotal), 0)))
	t := table{right: []bool{false, false, false, false}}
	unit := map[string]string{}
	for _, c := range f.Breakdown {
		if c.Dimension == "org_unit" {
			unit[c.Key] = c.Label
		}
	}
	for _, r := range f.Evidence {
		mark := "■"
		if r.Pass {
			mark = "●"
		} else if r.Waived {
			mark = "◇"
		}
		t.add(mark+" "+r.Label, cmp.Or(unit[r.OrgUnit], r.OrgUnitName, r.OrgUnit), r.Reason, r.Place)
	}
	p.table(&t)
}
