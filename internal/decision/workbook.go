package decision

import (
	"fmt"
	"io"
	"sort"

	"github.com/xuri/excelize/v2"
)

const (
	readmeSheet = "Läs mig"
	listsSheet  = "Listor" // hidden: what the drop-downs offer
	lastRow     = 500      // drop-downs reach this far down
)

func readmeText() []string {
	return []string{
		"Kommunens beslut för kommunpuls",
		"",
		"Här står vad kommunen har bestämt: mål, brister som har godtagits, organisationen och egna regler. Programmet läser boken varje gång siffrorna räknas.",
		"Inga mål följer med. Ett mål gäller först när ni har beslutat det och skrivit in det.",
		"",
		"Mål – ett mål per rad, med dag och beslut. Tom förvaltning betyder hela kommunen. Byts målet: sätt det gamla till ersatt och skriv ett nytt.",
		"Godtagna brister – nämnd eller roll som har beslutat, skälet och till när. Utan slutdag gäller det i tolv månader. Raderna räknas ändå, med orden \"varav så många godtagna\".",
		"Organisation – förvaltningar och bolag, vem de hör till och hur de skrivs i era listor. Slås två ihop: fyll i Gäller till och Ersatt av, ta inte bort raden.",
		"Namn som inte står någonstans kan knytas till en enhet med mönster (Grundskolan *), katalogsökväg (OU=Skola,OU=Utbildning) eller kostnadsställe (4100-4199). Passar två blir det ingetdera; kommunpuls check visar vilka.",
		"Platser – skolor, kontor och andra hus, på samma sätt.",
		"Andra namn – system och leverantörer som heter olika i olika listor.",
		"Regler – gränser som är kommunens egna. Regeln tiers är namnen på era viktighetsklasser, viktigast först: guld, silver, brons.",
		"Mäts inte – mått som inte passar er, med skälet.",
		"Brott i serien – när ett mått eller en källa börjar räknas på ett annat sätt. Då sägs varken bättre eller sämre över den dagen.",
		"Inget att räkna – när en tom lista verkligen betyder noll, intygat av en roll.",
		"",
		"Datum skrivs 2026-11-21. Flera namn i en ruta skiljs med semikolon. Kolumnen Anteckning är er egen. Flytta gärna kolumner, men behåll rubrikerna.",
		"Skriv inga personnamn här: besluten syns i rapporter.",
		"Blir något fel säger kommunpuls check vilket blad, vilken rad och vilken kolumn.",
	}
}

// WriteWorkbook writes a set as a workbook for people: one sheet per section,
// drop-downs, help on each cell. It reads back as the same set.
func WriteWorkbook(w io.Writer, s Set, opt Options) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory, nothing to lose
	b := &bookWriter{f: f, opt: opt, shown: map[string]string{}, units: map[string]string{}}
	for _, id := range s.Identities {
		if id.Scheme == "org_unit" {
			b.units[id.ID] = id.Name
		}
	}
	for _, k := range opt.KPIs {
		b.shown[k.ID] = shownKPI(k)
	}
	if err := b.styles(); err != nil {
		return fmt.Errorf("workbook: styles: %w", err)
	}
	if err := b.readme(); err != nil {
		return fmt.Errorf("workbook: %s: %w", readmeSheet, err)
	}
	rows := rowsOf(s, opt)
	if len(s.Tiers) > 0 {
		rows["rules"] = append([]row{{"rule": {text: tiersRule}, "value": {list: s.Tiers}}}, rows["rules"]...)
	}
	for _, sec := range sections() {
		if err := b.sheet(sec, rows[sec.key]); err != nil {
			return fmt.Errorf("workbook: %s: %w", sec.sheet, err)
		}
	}
	if err := b.lists(); err != nil {
		return fmt.Errorf("workbook: %s: %w", listsSheet, err)
	}
	f.SetActiveSheet(0)
	_, err := f.WriteTo(w)
	return err
}

func shownKPI(k KPI) string {
	if k.Title == "" {
		return k.ID
	}
	return k.Title + " (" + k.ID + ")"
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
