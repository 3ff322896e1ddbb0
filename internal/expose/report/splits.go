package report

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// splitRows is how many rows of one breakdown a page shows.
const splitRows = 12

// dimensions are what the breakdowns are called.
func dimensions() map[string]string {
	return map[string]string{
		"tier": "Viktighetsklass", "category": "Kategori", "priority": "Prioritet", "queue": "Kö", "channel": "Kanal", "age": "Ålder",
		"split": "Varav", "kind": "Slag", "class_c": "Konfidentialitet", "class_i": "Riktighet", "class_a": "Tillgänglighet",
		"system": "System", "supplier": "Leverantör", "source": "Källa", "sso_mode": "Inloggning", "provisioning": "Hur behörighet ges",
		"maintenance_object": "Förvaltningsobjekt", "object": "Förvaltningsobjekt", "forum": "Forum", "group": "Grupp", "status": "Status",
		"hosting": "Var det körs", "approval_status": "Godkännande", "lifecycle": "Läge", "role": "Roll", "expiry": "Löper ut", "field": "Uppgift",
		"document_type": "Dokument", "user_group": "Användargrupp", "class_model": "Klassningsmodell", "strong_auth": "Inloggning", "subject": "Ämne", "auditor": "Granskare", "origin": "Ursprung", "plugin": "Slag av källa",
		"area": "Område", "benefit_method": "Kalkylmetod", "cause": "Orsak", "committee": "Nämnd", "image": "Plattform", "os": "Operativsystem",
		"payer": "Vem som betalar", "platform": "Plattform", "product": "Produkt", "project": "Projekt", "recharged": "Förs kostnaden vidare?",
		"school": "Skola", "service": "Tjänst", "site": "Plats", "user_category": "Elever och personal",
	}
}

// splits are the breakdowns that are not by förvaltning. Rows with nothing to
// count are left out.
func (b builder) splits(f finding.Finding) []splitView {
	var out []splitView
	at, known := map[string]int{}, map[string]bool{}
	for _, c := range f.Breakdown {
		known[c.Dimension] = known[c.Dimension] || c.Key != ""
	}
	for _, c := range f.Breakdown {
		if !known[c.Dimension] {
			continue // all of it is unknown, because no source has the column
		}
		fig := newFigure(c.Value, c.Numerator, c.Denominator, f.Unit, f.CountUnit, c.Suppressed)
		if c.Dimension == "org_unit" || fig == (figure{}) {
			continue
		}
		i, ok := at[c.Dimension]
		if !ok {
			i = len(out)
			at[c.Dimension] = i
			title := dimensions()[c.Dimension]
			if title == "" {
				title = capital(strings.ReplaceAll(c.Dimension, "_", " "))
			}
			out = append(out, splitView{Title: title})
		}
		out[i].Rows = append(out[i].Rows, splitRow{Name: cellName(c), Counts: fig.Counts, Value: fig.Value})
	}
	for i := range out {
		if out[i].Title == "Viktighetsklass" {
			slices.SortStableFunc(out[i].Rows, func(x, y splitRow) int { return tierPlace(x.Name) - tierPlace(y.Name) })
		}
		if n := len(out[i].Rows); n > splitRows+1 {
			out[i].Rows, out[i].More = out[i].Rows[:splitRows], n-splitRows
		}
	}
	return out
}

// tierPlace puts the most critical tier first; others keep their order, after.
func tierPlace(name string) int {
	i := slices.Index([]string{"Guld", "Silver", "Brons", "Koppar"}, name)
	if i < 0 {
		return 4
	}
	return i
}

// cellName is what a row of a breakdown is called.
func cellName(c finding.Cell) string {
	switch {
	case c.Key == "":
		return "Okänd"
	case c.Label != "":
		return c.Label
	}
	return c.Key
}
