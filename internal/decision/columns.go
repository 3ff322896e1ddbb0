package decision

// cellType says how a cell is read, written and helped along in the workbook.
type cellType uint8

const (
	textCell     cellType = iota
	kpiCell               // a measure: its id, or "Titel (id)" as the drop-down writes it
	unitCell              // an org unit: id, name or other name
	dateCell              // a day
	quantityCell          // a number in the unit of the row's measure
	listCell              // several texts: a YAML list, or one cell with ; between
	choiceCell            // one of the column's choices
)

// choice is one allowed value: the YAML's word and the workbook's.
type choice struct{ key, word string }

// column is one field of a section, in YAML by key and in the workbook by header.
type column struct {
	key, header string
	cell        cellType
	required    bool
	width       float64
	choices     []choice
	help        string
}

// section is one list of the YAML file and one sheet of the workbook.
type section struct {
	key, sheet string
	columns    []column
}

func (s section) column(key string) column {
	for _, c := range s.columns {
		if c.key == key {
			return c
		}
	}
	return column{}
}

func validity() []column {
	return []column{
		{key: "valid_from", header: "Gäller från", cell: dateCell, width: 14, help: "Första dagen. Tomt: har alltid gällt."},
		{key: "valid_to", header: "Gäller till", cell: dateCell, width: 14, help: "Sista dagen. Tomt: gäller än."},
	}
}

func note() column {
	return column{key: "note", header: "Anteckning", width: 40, help: "Fritt. Läses inte av kommunpuls."}
}

func join(parts ...[]column) []column {
	var out []column
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func targetKinds() []choice {
	return []choice{{"value", "nivå"}, {"count", "antal"}, {"band", "mellan"}, {"list", "lista"}, {"yes_no", "ja eller nej"}}
}

func targetStates() []choice {
	return []choice{{"active", "gäller"}, {"superseded", "ersatt"}}
}

func orgKinds() []choice {
	return []choice{{"kommun", "kommun"}, {"forvaltning", "förvaltning"}, {"bolag", "bolag"}, {"avdelning", "avdelning"},
		{"skola", "skola"}, {"namnd", "nämnd"}, {"it_central", "central it-enhet"}, {"other", "annat"}}
}

func identityColumns(what string) []column {
	return []column{
		{key: "id", header: "Id", width: 22, help: "Kort och oföränderligt: a–z, 0–9, - och _. Tomt: bildas av namnet."},
		{key: "name", header: "Namn", required: true, width: 36, help: what},
	}
}

func otherNames() column {
	return column{key: "aliases", header: "Andra namn", cell: listCell, width: 48,
		help: "Hur namnet skrivs i era listor, med semikolon emellan. Gäller ett namn bara en källa: Soc (källa: arenden)."}
}

func patterns() column {
	return column{key: "patterns", header: "Mönster", cell: listCell, width: 36,
		help: "Former av namn, när inget namn stämmer: Grundskolan *. Semikolon emellan. Går ett mönster före ett annat: Skola * (prioritet: 5)."}
}

// places are the two further ways in which a name leads to an org unit.
func places() []column {
	return []column{
		patterns(),
		{key: "ou", header: "Katalogsökväg", cell: listCell, width: 36, help: "Var i katalogen enheten ligger: OU=Skola,OU=Utbildning. Det som ligger under hör dit. Semikolon emellan."},
		{key: "cost_centres", header: "Kostnadsställen", cell: listCell, width: 26, help: "Ett eller flera intervall: 4100-4199; 4250."},
	}
}

func successor() column {
	return column{key: "succeeded_by", header: "Ersatt av", cell: listCell, width: 22, help: "Id eller namn på den som tog över. Delades enheten: alla som tog över, med semikolon emellan."}
}

// sections is the one list of what a decision file may hold, in workbook order.
func sections() []section {
	return []section{
		{"targets", "Mål", join([]column{
			{key: "kpi", header: "Mått", cell: kpiCell, required: true, width: 52, help: "Välj ur listan."},
			{key: "org_unit", header: "Förvaltning", cell: unitCell, width: 30, help: "Tomt: hela kommunen."},
			{key: "kind", header: "Slag", cell: choiceCell, width: 14, choices: targetKinds(), help: "Tomt: nivå."},
			{key: "value", header: "Nivå", cell: quantityCell, width: 14, help: "Till exempel 90 %, 4 h, 12 eller ja."},
			{key: "low", header: "Lägst", cell: quantityCell, width: 12, help: "Bara för slaget mellan."},
			{key: "high", header: "Högst", cell: quantityCell, width: 12, help: "Bara för slaget mellan."},
			{key: "list", header: "Lista", cell: listCell, width: 36, help: "Bara för slaget lista: namn med semikolon emellan."},
			{key: "due", header: "Senast", cell: dateCell, width: 14, help: "Dagen då målet ska vara nått. Tomt: gäller redan."},
			{key: "decision", header: "Beslut", required: true, width: 28, help: "Diarienummer och paragraf, till exempel KS 2026/145, § 62."},
			{key: "base", header: "Utgångsläge", cell: quantityCell, width: 14, help: "Värdet när arbetet började."},
			{key: "base_date", header: "Utgångsdatum", cell: dateCell, width: 14, help: "Dagen för utgångsläget."},
		}, validity(), []column{
			{key: "state", header: "Läge", cell: choiceCell, width: 12, choices: targetStates(), help: "Tomt: gäller."}, note(),
		})},
		{"waivers", "Godtagna brister", []column{
			{key: "kpi", header: "Mått", cell: kpiCell, width: 52, help: "Tomt: alla mått, och då krävs förvaltning eller rad."},
			{key: "org_unit", header: "Förvaltning", cell: unitCell, width: 30, help: "Tomt: hela kommunen."},
			{key: "record", header: "System eller rad", width: 30, help: "Systemets namn eller id. Tomt: allt som måttet räknar."},
			{key: "decision", header: "Beslut", required: true, width: 28, help: "Diarienummer och paragraf."},
			{key: "by", header: "Beslutat av", required: true, width: 26, help: "Nämnd eller roll, aldrig en person."},
			{key: "reason", header: "Skäl", required: true, width: 44},
			{key: "instead", header: "Åtgärd i stället", width: 36, help: "Vad som görs under tiden."},
			{key: "from", header: "Beslutsdatum", cell: dateCell, required: true, width: 14},
			{key: "expires", header: "Till och med", cell: dateCell, width: 14, help: "Tomt: tolv månader efter beslutet."},
			note(),
		}},
		{"org_units", "Organisation", join(identityColumns("Som folk säger: Socialförvaltningen."), []column{
			{key: "kind", header: "Slag", cell: choiceCell, width: 18, choices: orgKinds(), help: "Tomt: förvaltning."},
			{key: "parent", header: "Hör till", cell: unitCell, width: 30, help: "Enheten ovanför. Tomt: kommunen."},
			otherNames(),
		}, validity(), []column{successor()}, places(), []column{note()})},
		{"sites", "Platser", join(identityColumns("Som folk säger: Centralskolan."), []column{otherNames()}, validity(), []column{successor(), patterns(), note()})},
		{"names", "Andra namn", join([]column{
			{key: "kind", header: "Slag", cell: choiceCell, required: true, width: 14, choices: []choice{{"system", "system"}, {"supplier", "leverantör"}}},
		}, identityColumns("Namnet som ska gälla."), []column{otherNames()}, validity(), []column{successor(), patterns(), note()})},
		{"rules", "Regler", []column{
			{key: "rule", header: "Regel", required: true, width: 40, help: "Regelns namn, till exempel classification_max_age."},
			{key: "value", header: "Värde", required: true, width: 34, help: "Till exempel 24m för tjugofyra månader."},
			note(),
		}},
		{"off", "Mäts inte", []column{
			{key: "kpi", header: "Mått", cell: kpiCell, required: true, width: 52},
			{key: "reason", header: "Skäl", required: true, width: 60}, note(),
		}},
		{"series_breaks", "Brott i serien", []column{
			{key: "kpi", header: "Mått", cell: kpiCell, width: 52, help: "Måttet som räknas på nytt sätt. Tomt om det gäller en källa."},
			{key: "source", header: "Källa", width: 22, help: "Källans namn i inställningarna, om allt som bygger på den är nytt."},
			{key: "on", header: "Från och med", cell: dateCell, required: true, width: 14, help: "Första dagen i den nya serien."},
			{key: "reason", header: "Skäl", required: true, width: 60}, note(),
		}},
		{"none", "Inget att räkna", []column{
			{key: "record", header: "Slag av uppgift", required: true, width: 34, help: "Till exempel observation eller control:continuity_plan."},
			{key: "by", header: "Intygat av", required: true, width: 30, help: "Roll, aldrig en person."},
			{key: "on", header: "Datum", cell: dateCell, required: true, width: 14}, note(),
		}},
	}
}

// tiersRule is the rule that names the municipality's own tiers. In YAML it is
// the list tiers, in the workbook a row of the sheet Regler.
const tiersRule = "tiers"
