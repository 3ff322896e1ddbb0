package table_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

// inspect proposes settings for a file, with every default but the answers given.
func inspect(t testing.TB, path string, answers map[string]string) (guess.Report, table.Settings) {
	t.Helper()
	rep, err := guess.Inspect(context.Background(), path, guess.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := table.FromReport(rep, answers)
	if err != nil {
		t.Fatal(err)
	}
	if testing.Verbose() {
		js, _ := json.MarshalIndent(s, "", " ")
		t.Logf("%+v\n%s", rep.Kinds, js)
		for _, sh := range rep.Sheets {
			t.Log(strings.Join(sh.Found(), "\n"))
			for _, c := range sh.Columns {
				t.Logf("  %s %q %s %+v", c.Letter, c.Header, c.Looks, c.Proposals)
			}
		}
		for _, q := range rep.Questions {
			t.Logf("? %s: %s [%s] %v", q.ID, q.Text, q.Default, q.Options)
		}
	}
	return rep, s
}

func TestRegistryIsRecognisedByItsHeaders(t *testing.T) {
	dir := write(t, "lista.csv", "Systemförteckning 2026;;;;;;;;;\n;;;;;;;;;\n"+
		"Systemnamn;Förv.;Sys.ansv/ägare;Klass;K;R;T;SSO;Driftform;Lev.\n"+
		"Ekonomi;KSF;Anna Andersson;Guld;3;3;2;Ja;Egen drift;Visma\n"+
		"Skolplattform;BUF;Vakant;Silver;2;3;3;Nej;Molntjänst;Tieto\n"+
		"Vårdsystem;SOF;Enhetschef;Guld;4;4;4;Delvis;Extern drift;CGI\n"+
		"Summa: 3;;;;;;;;;\n")
	rep, s := inspect(t, filepath.Join(dir, "lista.csv"), map[string]string{"column:Sys.ansv/ägare": "role:owner"})
	if rep.Kind() != record.System {
		t.Fatalf("taken for %v", rep.Kinds)
	}
	if sh := rep.Sheets[0]; sh.HeaderRow != 3 || sh.DataRows != 3 || len(sh.Totals) != 1 || len(sh.Titles) != 1 {
		t.Errorf("header %d, %d rows, totals %v, titles %v", sh.HeaderRow, sh.DataRows, sh.Totals, sh.Titles)
	}
	for target, header := range map[string]string{"name": "Systemnamn", "org_unit": "Förv.", "role:owner": "Sys.ansv/ägare", "tier": "Klass", "class_c": "K", "class_i": "R", "class_a": "T", "sso_mode": "SSO", "hosting": "Driftform", "supplier": "Lev."} {
		if c := s.Columns[target]; len(c.Header) != 1 || c.Header[0] != header {
			t.Errorf("%s: got %v, want %s", target, c.Header, header)
		}
	}
	asked := false
	for _, q := range rep.Questions {
		asked = asked || q.ID == "value:SSO:Delvis"
	}
	if !asked {
		t.Error("nobody was asked what Delvis means")
	}
	g, _ := collect(t, dir, s)
	if n := g.count(func(r record.Record) bool { return r.Get("tier").S == "gold" }); n != 2 || len(g.byID) != 3 {
		t.Errorf("%d of %d gold", n, len(g.byID))
	}
}

func TestTicketExportsAreRecognised(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    map[string]string
	}{
		"swedish": {"Ärendenummer;Skapad;Löst;Stängd;Status;Prioritet;Kategori;Handläggargrupp;Förvaltning;Ärendetyp\n" +
			"1001;2026-10-01 08:00;2026-10-01 12:00;2026-10-08 12:00;Stängt;2;Skrivare;Servicedesk;Socialförvaltningen;Felanmälan\n" +
			"1002;2026-10-02 08:00;;;Vilande;3;Konto;Servicedesk;Barn och utbildning;Beställning\n",
			map[string]string{"ticket_no": "Ärendenummer", "opened_at": "Skapad", "resolved_at": "Löst", "closed_at": "Stängd", "status": "Status", "priority": "Prioritet", "category": "Kategori", "queue": "Handläggargrupp", "org_unit": "Förvaltning", "kind": "Ärendetyp"}},
		"servicenow": {"Number,Opened,Resolved,Closed,State,Priority,Category,Assignment group,Contact type\n" +
			"INC0001,2026-10-01 08:00:00,2026-10-01 12:00:00,,Resolved,3 - Moderate,Hardware,Service Desk,Phone\nINC0002,2026-10-02 08:00:00,,,On Hold,4 - Low,Software,Service Desk,Self-service\n",
			map[string]string{"ticket_no": "Number", "opened_at": "Opened", "resolved_at": "Resolved", "status": "State", "queue": "Assignment group", "channel": "Contact type"}},
		"topdesk": {"Call number;Creation date;Completion date;Closure date;Processing status;Operator group;Call type;Category\n" +
			"M2610 001;01-10-2026 08:00;15-10-2026 12:00;;Completed;Servicedesk;Incident;Workplace\nM2610 002;13-10-2026 08:00;;;In progress;Servicedesk;Request;Workplace\n",
			map[string]string{"ticket_no": "Call number", "opened_at": "Creation date", "resolved_at": "Completion date", "closed_at": "Closure date", "status": "Processing status", "kind": "Call type"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, "export.csv", c.content)
			rep, s := inspect(t, filepath.Join(dir, "export.csv"), nil)
			if rep.Kind() != record.Ticket {
				t.Fatalf("taken for %v", rep.Kinds)
			}
			for target, header := range c.want {
				if got := s.Columns[target]; len(got.Header) != 1 || got.Header[0] != header {
					t.Errorf("%s: got %v, want %s", target, got.Header, header)
				}
			}
			if s.Covers != "" {
				t.Error("without an answer a file covers a period only")
			}
			if g, _ := collect(t, dir, s); len(g.byID) != 2 {
				t.Errorf("%d tickets, %+v", len(g.byID), g.warnings)
			}
		})
	}
}
