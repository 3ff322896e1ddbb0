package nextstep_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func value(v float64) *float64 { return &v }

func definition(id, do string, more func(*catalogue.Definition)) catalogue.Definition {
	d := catalogue.Definition{
		ID: id, Title: finding.Text{SV: id, EN: id}, NextStep: finding.Text{SV: do, EN: do}, Record: record.System,
		Shape: catalogue.Share, Direction: "up", Priority: "core",
	}
	if more != nil {
		more(&d)
	}
	return d
}

func failing(id string, outcome finding.Outcome, rows ...finding.FailingRows) finding.Finding {
	return finding.Finding{KPI: id, Outcome: outcome, Value: value(0.5), Failing: rows}
}

func rows(orgUnit, tier string, n int64) finding.FailingRows {
	return finding.FailingRows{OrgUnit: orgUnit, Tier: tier, Rows: n}
}

// owners is the one of voice: six systems, of which two are among the most critical.
func owners() ([]catalogue.Definition, []finding.Finding) {
	ds := []catalogue.Definition{
		definition("owners", "Utse ägare för systemen på listan; börja med de viktigaste.", nil),
		definition("agreements", "Teckna avtal.", func(d *catalogue.Definition) { d.Record = record.Control }),
	}
	fs := []finding.Finding{
		failing("owners", finding.NotMet, rows("soc", "gold", 1), rows("soc", "silver", 1), rows("soc", "copper", 3), rows("soc", "", 1), rows("utb", "bronze", 5), rows("", "gold", 1)),
		failing("agreements", finding.Measured, rows("soc", "", 15), rows("utb", "", 1)),
	}
	return ds, fs
}

func line(s nextstep.Step) string {
	return fmt.Sprintf("%d %s %s %d/%d %g", s.Place, s.KPI, s.OrgUnit, s.Critical, s.Rows, s.Score)
}

func lines(steps []nextstep.Step) string {
	var out []string
	for _, s := range steps {
		out = append(out, line(s))
	}
	return strings.Join(out, "; ")
}

func TestStepsAreRankedByRowsTimesCriticality(t *testing.T) {
	ds, fs := owners()
	r := nextstep.Rank(nextstep.Input{Definitions: ds, Findings: fs, OrgUnits: map[string]string{"soc": "Socialförvaltningen"}})
	for unit, want := range map[string]string{
		// soc: 8 + 4 + 3·1 + 1 = 16 beats 15; utb 5·2 = 10; the whole has also 8 of a system whose förvaltning nobody knows.
		"":    "1 owners  3/12 34; 2 agreements  0/16 16",
		"soc": "1 owners soc 2/6 16; 2 agreements soc 0/15 15",
		"utb": "1 owners utb 0/5 10; 2 agreements utb 0/1 1",
		"tek": "",
	} {
		if got := lines(r.Of(unit)); got != want {
			t.Errorf("%q: %s, want %s", unit, got, want)
		}
	}
	if n := len(r.All()); n != 6 {
		t.Errorf("%d steps in all", n)
	}
}

func TestAStepIsToldInAWholeSentence(t *testing.T) {
	ds, fs := owners()
	r := nextstep.Rank(nextstep.Input{Definitions: ds, Findings: fs, OrgUnits: map[string]string{"soc": "Socialförvaltningen", "utb": "Utbildningsförvaltningen"}})
	for _, c := range []struct {
		of   nextstep.Step
		want finding.Text
	}{
		{r.Of("soc")[0], finding.Text{
			SV: "Störst skillnad gör Socialförvaltningen med sex system, varav två hör till kommunens viktigaste: utse ägare för systemen på listan; börja med de viktigaste.",
			EN: "The most difference is made by Socialförvaltningen with 6 systems, 2 of them among the most critical: utse ägare för systemen på listan; börja med de viktigaste."}},
		{r.Whole[0], finding.Text{
			SV: "Störst skillnad gör kommunen med tolv system, varav tre hör till kommunens viktigaste: utse ägare för systemen på listan; börja med de viktigaste.",
			EN: "The most difference is made by the municipality with 12 systems, 3 of them among the most critical: utse ägare för systemen på listan; börja med de viktigaste."}},
		{r.Of("utb")[1], finding.Text{
			SV: "Därefter kommer Utbildningsförvaltningen med en rad: teckna avtal.",
			EN: "Then comes Utbildningsförvaltningen with 1 row: teckna avtal."}},
		{nextstep.Step{Place: 1, Rows: 1, Critical: 1, Record: record.Account, Do: finding.Text{SV: "MFA införs.", EN: "MFA is introduced."}}, finding.Text{
			SV: "Störst skillnad gör kommunen med ett konto, som hör till kommunens viktigaste: MFA införs.",
			EN: "The most difference is made by the municipality with 1 account, 1 of them among the most critical: MFA is introduced."}},
		{nextstep.Step{Place: 1, Rows: 1140, Critical: 1140, Record: record.Asset, Do: finding.Text{SV: "Byt ut dem.", EN: "Replace them."}}, finding.Text{
			SV: "Störst skillnad gör kommunen med 1\u00a0140 enheter, som alla hör till kommunens viktigaste: byt ut dem.",
			EN: "The most difference is made by the municipality with 1,140 rows, 1,140 of them among the most critical: replace them."}},
	} {
		if got := c.of.Sentence(); got != c.want {
			t.Errorf("got  %+v\nwant %+v", got, c.want)
		}
	}
}

func TestOnlyWhatCanBeMovedIsAStep(t *testing.T) {
	ds, fs := owners()
	ds = append(ds,
		definition("past", "Lös ärendena.", func(d *catalogue.Definition) { d.Window = &catalogue.Window{Field: "opened_at"} }),
		definition("undirected", "Se över.", func(d *catalogue.Definition) { d.Direction = "none" }),
		definition("mute", "", nil), definition("met", "Gör.", nil), definition("waived", "Gör.", nil), definition("gone", "Gör.", nil),
		definition("secret", "Gör.", nil), definition("part", "Gör.", nil),
	)
	secret := failing("secret", finding.Measured, rows("soc", "", 900))
	secret.Suppressed = true
	part := failing("part", finding.NotMet, rows("soc", "", 900), rows("utb", "", 700), rows("tek", "", 1))
	part.Breakdown = []finding.Cell{{Dimension: "org_unit", Key: "soc", Outcome: finding.Waived}, {Dimension: "org_unit", Key: "utb", Outcome: finding.Measured, Suppressed: true}}
	many := []finding.FailingRows{rows("soc", "", 900)}
	fs = append(fs, failing("past", finding.NotMet, many...), failing("undirected", finding.NotMet, many...), failing("mute", finding.NotMet, many...),
		failing("met", finding.Met), failing("waived", finding.Waived, many...), failing("gone", finding.NoData, many...), failing("unknown", finding.NotMet, many...), secret, part)
	r := nextstep.Rank(nextstep.Input{Definitions: ds, Findings: fs})
	if got, want := lines(r.Of("soc")), "1 owners soc 2/6 16; 2 agreements soc 0/15 15"; got != want {
		t.Errorf("soc: %s, want %s", got, want)
	}
	if got, want := lines(r.Of("tek")), "1 part tek 0/1 1"; got != want {
		t.Errorf("tek: %s, want %s", got, want)
	}
	if got, want := lines(r.Whole), "1 part  0/1601 1601; 2 owners  3/12 34; 3 agreements  0/16 16"; got != want {
		t.Errorf("the whole: %s, want %s", got, want)
	}
}

func TestTheMunicipalitysOwnTiersWeigh(t *testing.T) {
	ds, _ := owners()
	fs := []finding.Finding{failing("owners", finding.NotMet, rows("soc", "A", 1), rows("soc", "B", 1), rows("soc", "C", 1), rows("soc", "gold", 1))}
	r := nextstep.Rank(nextstep.Input{Definitions: ds, Findings: fs, Tiers: []string{"A", "B", "C"}})
	if got, want := lines(r.Whole), "1 owners  1/4 8"; got != want { // 4 + 2 + 1, and 1 for a tier that is none of theirs
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := nextstep.Rule([]string{"A", "B", "C"}).SV, "A 4, B 2 och C 1; utan klass väger den 1. Till kommunens viktigaste räknas A."; !strings.Contains(got, want) {
		t.Errorf("%s does not say: %s", got, want)
	}
	if got, want := nextstep.Rule(nil).SV, "guld 8, silver 4, brons 2 och koppar 1; utan klass väger den 1. Till kommunens viktigaste räknas guld och silver."; !strings.Contains(got, want) {
		t.Errorf("%s does not say: %s", got, want)
	}
}

func TestTheOrderIsTheSameAndTheListsAreShort(t *testing.T) {
	var ds []catalogue.Definition
	var fs []finding.Finding
	for i := range 30 {
		id := fmt.Sprintf("kpi_%02d", 29-i)
		ds = append(ds, definition(id, "Gör.", func(d *catalogue.Definition) {
			if id == "kpi_07" || id == "kpi_08" {
				d.Priority = "extra"
			}
		}))
		f := failing(id, finding.NotMet, rows("soc", "copper", 3))
		if id == "kpi_08" || id == "kpi_20" {
			f.Target = &finding.Target{Kind: "value"}
		}
		fs = append(fs, f)
	}
	for range 5 {
		r := nextstep.Rank(nextstep.Input{Definitions: ds, Findings: fs})
		if len(r.Whole) != nextstep.MostWhole || len(r.Of("soc")) != nextstep.MostOrgUnit {
			t.Fatalf("%d and %d steps", len(r.Whole), len(r.Of("soc")))
		}
		var ids []string
		for _, s := range r.Of("soc") {
			ids = append(ids, s.KPI)
		}
		// What has a target first, then the core, then by id.
		if got, want := strings.Join(ids, " "), "kpi_20 kpi_08 kpi_00 kpi_01 kpi_02 kpi_03 kpi_04 kpi_05 kpi_06 kpi_09"; got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

// Every step of the shipped catalogue fits into the sentence: it is an
// imperative that ends as a sentence does.
func TestTheCataloguesStepsFitTheSentence(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.KPIs {
		s := nextstep.Step{Place: 1, Rows: 2, Record: d.Record, Do: d.NextStep}.Sentence()
		if !strings.HasSuffix(s.SV, ".") || strings.Contains(s.SV, ": .") || !strings.HasSuffix(s.EN, ".") {
			t.Errorf("%s: %s / %s", d.ID, s.SV, s.EN)
		}
	}
}
