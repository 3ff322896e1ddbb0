package guess

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The columns that the ticket systems' own exports have, in Swedish and in
// English, are known without a question about what matters; what may name a
// person or tell a story is left alone.
func TestTheExportsOfTicketSystemsAreKnown(t *testing.T) {
	for name, c := range map[string]struct {
		rows string
		want map[string]string // header → target
	}{
		"Easit GO": {
			"Id;Ämne;Ärendetyp;Status;Prioritet;Skapad;Senast uppdaterad;Lösningsdatum;Stängt datum;Ansvarig grupp;Handläggare;Anmälare;Organisation;Kategori;Inkom via;Konfigurationsobjekt\n" +
				"1001;Skrivaren är trasig;Incident;Stängt;Normal;2026-10-01 08:00;2026-10-02 09:00;2026-10-01 09:00;2026-10-02 09:00;Servicedesk;Anna Andersson;Bo Berg;Socialförvaltningen;Skrivare;Självservice;Treserva\n" +
				"1002;Ny dator;Beställning;Pågår;Låg;2026-10-03 08:00;2026-10-03 09:00;;;Klient;Anna Andersson;Cia Ceder;Tekniska kontoret;Dator;Telefon;\n",
			map[string]string{"Id": "ticket_no", "Ärendetyp": "kind", "Status": "status", "Prioritet": "priority", "Skapad": "opened_at", "Senast uppdaterad": "last_activity_at", "Lösningsdatum": "resolved_at", "Stängt datum": "closed_at", "Ansvarig grupp": "queue", "Organisation": "org_unit", "Kategori": "category", "Inkom via": "channel", "Konfigurationsobjekt": "system", "Ämne": "", "Handläggare": "", "Anmälare": ""},
		},
		"Nilex": {
			"Ärende-ID;Rubrik;Typ;Status;Prioritet;Registrerad;Första svar;Löst datum;Stängd;Kö;Ansvarig;Kontakt;Förvaltning;Ärendekategori;Kanal;Förfallodatum\n" +
				"N-1;Kan inte logga in;Incident;Löst;2;2026-10-01 08:00;2026-10-01 08:20;2026-10-01 09:00;2026-10-08 09:00;1st line;Anna Andersson;Bo Berg;Kommunledningskontoret;Inloggning;E-post;2026-10-02 08:00\n" +
				"N-2;Beställa telefon;Beställning;Väntar på leverantör;3;2026-10-03 08:00;2026-10-03 10:00;;;2nd line;Dan Dahl;Eva Ek;Socialförvaltningen;Telefoni;Portal;2026-10-20 08:00\n",
			map[string]string{"Ärende-ID": "ticket_no", "Typ": "kind", "Status": "status", "Registrerad": "opened_at", "Första svar": "first_response_at", "Löst datum": "resolved_at", "Stängd": "closed_at", "Kö": "queue", "Förvaltning": "org_unit", "Ärendekategori": "category", "Kanal": "channel", "Förfallodatum": "due_at", "Rubrik": "", "Kontakt": ""},
		},
		"TOPdesk, English": {
			"Incident number,Call type,Entry type,Category,Subcategory,Creation date,Target date,Completed,Completion date,Closed,Closure date,Status,Operator group,Operator,Caller,Branch,Object ID,Priority,Brief description\n" +
				"I 2610 001,Failure,Phone,Hardware,Printer,2026-10-01 08:00,2026-10-02 08:00,Yes,2026-10-01 09:00,Yes,2026-10-08 09:00,Closed,Servicedesk,Anna Andersson,Bo Berg,Skolan,PC0123,P3,Printer broken\n" +
				"I 2610 002,Request,Self Service Portal,Software,Office,2026-10-03 08:00,2026-10-04 08:00,No,,No,,In progress,Klient,Anna Andersson,Cia Ceder,Stadshuset,PC0456,P4,Wants Office\n",
			map[string]string{"Incident number": "ticket_no", "Call type": "kind", "Entry type": "channel", "Category": "category", "Creation date": "opened_at", "Target date": "due_at", "Completion date": "resolved_at", "Closure date": "closed_at", "Status": "status", "Operator group": "queue", "Branch": "org_unit", "Priority": "priority", "Caller": "", "Operator": "", "Brief description": "", "Completed": "", "Closed": ""},
		},
		"TOPdesk, Swedish": {
			"Ärendenummer;Ärendetyp;Inkomstsätt;Kategori;Underkategori;Skapandedatum;Måldatum;Klart;Klardatum;Stängt;Stängningsdatum;Status;Handläggargrupp;Handläggare;Anmälare;Filial;Objekt-ID;Prioritet;Kort beskrivning\n" +
				"I 2610 001;Incident;Telefon;Hårdvara;Skrivare;2026-10-01 08:00;2026-10-02 08:00;Ja;2026-10-01 09:00;Ja;2026-10-08 09:00;Stängt;Servicedesk;Anna Andersson;Bo Berg;Centralskolan;PC0123;P3;Skrivaren är trasig\n" +
				"I 2610 002;Beställning;Portal;Program;Office;2026-10-03 08:00;2026-10-04 08:00;Nej;;Nej;;Pågår;Klient;Anna Andersson;Cia Ceder;Stadshuset;PC0456;P4;Vill ha Office\n",
			map[string]string{"Ärendenummer": "ticket_no", "Ärendetyp": "kind", "Inkomstsätt": "channel", "Kategori": "category", "Skapandedatum": "opened_at", "Måldatum": "due_at", "Klardatum": "resolved_at", "Stängningsdatum": "closed_at", "Status": "status", "Handläggargrupp": "queue", "Filial": "org_unit", "Prioritet": "priority", "Anmälare": "", "Kort beskrivning": "", "Klart": "", "Stängt": ""},
		},
		"ServiceNow, English": {
			"Number,Opened,Short description,Caller,Priority,State,Category,Assignment group,Assigned to,Updated,Resolved,Closed,Contact type,Configuration item,Company,Resolution code,Reopen count\n" +
				"INC0010001,2026-10-01 08:00:00,Printer,Bo Berg,4 - Low,Closed,Hardware,Service Desk,Anna Andersson,2026-10-02 09:00:00,2026-10-01 09:00:00,2026-10-02 09:00:00,Phone,Treserva,Socialförvaltningen,Solved (Permanently),0\n" +
				"INC0010002,2026-10-03 08:00:00,Login,Cia Ceder,3 - Moderate,On Hold,Software,Network,Anna Andersson,2026-10-03 09:00:00,,,Self-service,,Skolförvaltningen,,1\n",
			map[string]string{"Number": "ticket_no", "Opened": "opened_at", "Priority": "priority", "State": "status", "Category": "category", "Assignment group": "queue", "Updated": "last_activity_at", "Resolved": "resolved_at", "Closed": "closed_at", "Contact type": "channel", "Configuration item": "system", "Company": "org_unit", "Resolution code": "resolution_code", "Reopen count": "reopened_count", "Short description": "", "Caller": "", "Assigned to": ""},
		},
		"ServiceNow, Swedish": {
			"Nummer;Öppnat;Kort beskrivning;Anropare;Prioritet;Tillstånd;Kategori;Tilldelningsgrupp;Tilldelad till;Uppdaterat;Löst;Stängt;Kontakttyp;Konfigurationsobjekt;Företag;Lösningskod;Antal återöppningar\n" +
				"INC0010001;2026-10-01 08:00:00;Skrivare;Bo Berg;4 - Låg;Stängt;Hårdvara;Servicedesk;Anna Andersson;2026-10-02 09:00:00;2026-10-01 09:00:00;2026-10-02 09:00:00;Telefon;Treserva;Socialförvaltningen;Löst permanent;0\n" +
				"INC0010002;2026-10-03 08:00:00;Inloggning;Cia Ceder;3 - Måttlig;Väntar;Program;Nätverk;Anna Andersson;2026-10-03 09:00:00;;;Självservice;;Skolförvaltningen;;1\n",
			map[string]string{"Nummer": "ticket_no", "Öppnat": "opened_at", "Prioritet": "priority", "Tillstånd": "status", "Kategori": "category", "Tilldelningsgrupp": "queue", "Uppdaterat": "last_activity_at", "Löst": "resolved_at", "Stängt": "closed_at", "Kontakttyp": "channel", "Konfigurationsobjekt": "system", "Företag": "org_unit", "Lösningskod": "resolution_code", "Antal återöppningar": "reopened_count", "Kort beskrivning": "", "Anropare": "", "Tilldelad till": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			rep := inspected(t, c.rows)
			if rep.Kind() != record.Ticket {
				t.Fatalf("taken for %v", rep.Kinds)
			}
			got := map[string]string{}
			for _, col := range rep.Sheets[0].Columns {
				if len(col.Proposals) > 0 && col.Proposals[0].Confidence >= Sure {
					got[col.Header] = col.Proposals[0].Target
				}
			}
			for _, header := range slices.Sorted(maps.Keys(c.want)) {
				if got[header] != c.want[header] {
					t.Errorf("%s: read as %q, want %q", header, got[header], c.want[header])
				}
			}
			for _, q := range rep.Questions {
				if strings.HasPrefix(q.ID, "column:") {
					t.Errorf("asked: %s", q.Text)
				}
			}
		})
	}
}
