package guess

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func inspected(t *testing.T, content string) Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	rep, err := Inspect(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestListsAreToldApart(t *testing.T) {
	for want, header := range map[record.Kind]string{
		record.System:      "Systemnamn;Förvaltning;Systemägare;Klass;Driftform\nA;B;Anna Andersson;Guld;Egen drift\n",
		record.Ticket:      "Ärendenummer;Skapad;Löst;Status;Kö\n1;2026-10-01 08:00;2026-10-01 09:00;Löst;Drift\n",
		record.Asset:       "Serienummer;Enhetstyp;Inköpsdatum;Operativsystem;Status\nX1;Bärbar dator;2024-01-01;Windows 11;I bruk\n",
		record.Cost:        "Bokföringsdatum;Konto;Belopp;Motpart\n2026-01-01;5420;100,50;Bolag\n",
		record.Project:     "Projektnamn;Projektmodell;Planerat slut;Projektbudget\nP;Egen;2026-12-31;100000\n",
		record.Control:     "Dokument;Dokumenttyp;Antagen;Giltig till;Diarienummer\nIT-policy;Policy;2024-01-01;2027-12-31;KS 1\n",
		record.Observation: "Avbrott från;Avbrott till;Berör;Orsak;Planerat\n2026-01-01 08:00;2026-01-01 09:00;Skolan;Strömavbrott;Nej\n",
	} {
		t.Run(string(want), func(t *testing.T) {
			if rep := inspected(t, header); rep.Kind() != want {
				t.Errorf("taken for %v", rep.Kinds)
			}
		})
	}
}

func TestWhatFitsNothingIsNotGuessed(t *testing.T) {
	rep := inspected(t, "Färg;Form;Smak\nröd;rund;söt\ngul;avlång;sur\n")
	if rep.Kind() != "" || len(rep.Questions) != 0 {
		t.Errorf("taken for %v", rep.Kinds)
	}
	said := rep.As(record.System)
	if said.Kind() != record.System || len(said.Use) != 1 {
		t.Errorf("said to be systems: %v, %v", said.Kinds, said.Use)
	}
}

func TestWhatIsDoubtfulIsAskedWithSamples(t *testing.T) {
	rep := inspected(t, "Systemnamn;Sys.ansv/ägare;Klass;Klassad;Avvecklad\nA;Anna Andersson;Guld;hösten 2023;\nB;Vakant;Silver;2024-05-01;Ja\nC;Bo Berg;Brons;2025-05-01;2024-12-31\n")
	i := slices.IndexFunc(rep.Questions, func(q Question) bool { return q.ID == "column:Sys.ansv/ägare" })
	if i < 0 {
		t.Fatalf("not asked: %+v", rep.Questions)
	}
	q := rep.Questions[i]
	if q.Default != "role:owner" || !strings.Contains(q.Text, "’Sys.ansv/ägare’ → systemägare?") || !strings.Contains(q.Text, "’Vakant’ (tolkas som tom)") {
		t.Errorf("%+v", q)
	}
	found := strings.Join(rep.Sheets[0].Found(), "\n")
	if !strings.Contains(found, "rubriker på rad 1, 3 rader") || !strings.Contains(found, "’hösten 2023’ (rad 2)") {
		t.Errorf("found %s", found)
	}
	for _, q := range rep.Questions {
		if q.Default == "" || !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Key == q.Default }) {
			t.Errorf("%s: the default %q is no option", q.ID, q.Default)
		}
	}
}

func TestCommonWordsAboutSystemsAreTranslated(t *testing.T) {
	rep := inspected(t, "Systemnamn;Systemägare;Avvecklad\nA;Bo Berg;Ja\nB;Bo Berg;\n")
	for _, c := range rep.Sheets[0].Columns {
		if c.Header == "Avvecklad" && (c.Proposals[0].Target != "lifecycle" || c.Proposals[0].Values["ja"] != "retired" || c.Proposals[0].Values[""] != "in_use") {
			t.Errorf("%+v", c.Proposals)
		}
	}
}
