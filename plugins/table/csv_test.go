package table_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

const systems = `{"file":"lista.csv","record":"system","columns":{"name":"Systemnamn","tier":"Klass","user_count":"Användare","classified_at":"Klassad","role:owner":"Systemägare"},"constants":{"kind":"verksamhetssystem","lifecycle":"in_use"}}`

func TestRegistryRowsBecomeSystems(t *testing.T) {
	dir := write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nEkonomi;Guld;1 200;2026-03-01;Anna Andersson\nSkola;Silver;;;Vakant\nVård;;40;21/11 2025;Skolchef\n")
	g, end := collect(t, dir, systems)
	if end.Seen != 3 || g.written != 3 || len(g.warnings) != 0 {
		t.Fatalf("seen %d, written %d, warnings %+v", end.Seen, g.written, g.warnings)
	}
	e := g.byID["Ekonomi"]
	if v := value(t, e, "tier"); v.S != "gold" {
		t.Errorf("tier %+v", v)
	}
	if v := value(t, e, "user_count"); v.I != 1200 {
		t.Errorf("user_count %+v", v)
	}
	if want := time.Date(2026, 3, 1, 22, 59, 59, 0, time.UTC).Unix(); value(t, e, "classified_at").I != want {
		t.Errorf("classified_at %+v, want %d", value(t, e, "classified_at"), want)
	}
	if value(t, g.byID["Vård"], "tier").State != record.Blank || value(t, g.byID["Vård"], "hosting").State != record.Unset {
		t.Error("an empty cell is blank, and a field without a column is unset")
	}
	for id, holder := range map[string]string{"Ekonomi": "person", "Skola": "vacant", "Vård": "title"} {
		if rows := g.byID[id].Children[0]; len(rows) != 1 || rows[0][1].S != holder {
			t.Errorf("%s: %+v, want one %s", id, rows, holder)
		}
	}
	ref := e.Children[0][0][2].S
	if !sdk.IsPseudonym(ref) {
		t.Errorf("owner crosses as %q", ref)
	}
}

func TestMissingHeaderIsNamedWithTheClosest(t *testing.T) {
	dir := write(t, "lista.csv", "Systemnamn;Klass;Antal användare;Klassad den;Systemagare\nA;;;;\n")
	text := refused(t, dir, systems)
	contains(t, text, "lista.csv, rad 1", "rubriken ”Systemägare” finns inte", "Närmast är ”Systemagare” (kolumn E)", "rubriken ”Användare” finns inte", "rubriken ”Klassad” finns inte")
}

func TestBadDatesRefuseTheirRowWithTheirPlace(t *testing.T) {
	dir := write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;;;2026-02-31;\nB;;;hösten 2023;\nC;;;05/11/2026;\nD;;;2026-02-28;\n")
	g, end := collect(t, dir, systems)
	if end.Seen != 4 || g.written != 1 {
		t.Fatalf("seen %d, written %d", end.Seen, g.written)
	}
	w := g.warning(t, "bad_date")
	if w.Place.Row != 2 || w.Column != "Klassad" || !w.Refused {
		t.Errorf("%+v", w)
	}
	contains(t, w.Reason, "den 31 februari 2026 finns inte")
	contains(t, g.warning(t, "vague_date").Reason, "”hösten 2023” är ingen bestämd dag")
	contains(t, g.warning(t, "ambiguous_date").Reason, "date_order")
}

func TestOrderOfDatesIsFoundFromTheColumn(t *testing.T) {
	dir := write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;;;05-11-2026;\nB;;;21-11-2026;\n")
	g, _ := collect(t, dir, systems)
	want := time.Date(2026, 11, 5, 22, 59, 59, 0, time.UTC).Unix()
	if got := value(t, g.byID["A"], "classified_at").I; got != want {
		t.Errorf("got %v, want 5 November", time.Unix(got, 0))
	}
}

func TestTruncatedCSVIsRefusedWhole(t *testing.T) {
	for name, content := range map[string]string{
		"quote left open":   "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;;;;\nB;\"Guld;1;2026-01-01;x\nC;;;;\n",
		"ends within a row": "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;;;;\nB;Guld;1",
	} {
		t.Run(name, func(t *testing.T) {
			contains(t, refused(t, write(t, "lista.csv", content), systems), "lista.csv, rad 3", "avkortad")
		})
	}
}

func TestFortyThousandRefusedRowsAreAllCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("Systemnamn;Klass;Användare;Klassad;Systemägare\n")
	for i := range 40_000 {
		fmt.Fprintf(&b, "S%d;;;2026-02-31;\n", i)
	}
	b.WriteString("Sist;;;2026-02-01;\n")
	g, end := collect(t, write(t, "lista.csv", b.String()), systems)
	if n := g.codes()["bad_date"]; n != 40_000 || end.Seen != 40_001 || g.written != 1 {
		t.Errorf("%d refused, seen %d, written %d", n, end.Seen, g.written)
	}
}

func TestDuplicateIDsAreToldAndTheLastRowHolds(t *testing.T) {
	dir := write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;Guld;1;;\nB;;;;\nA;Brons;2;;\n")
	g, _ := collect(t, dir, systems)
	if len(g.byID) != 2 || value(t, g.byID["A"], "tier").S != "bronze" {
		t.Errorf("%+v", g.byID["A"])
	}
	w := g.warning(t, "duplicate_id")
	if w.Place.Row != 4 || w.Refused {
		t.Errorf("%+v", w)
	}
	contains(t, w.Reason, "lista.csv, rad 2")
}

func TestUnchangedFileIsNotReadAgain(t *testing.T) {
	dir := write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;Guld;1;;\n")
	_, end := collect(t, dir, systems)
	req := request(t, dir, systems)
	req.Cursor, req.Now = end.Cursor, now.Add(time.Hour)
	g := &gathered{}
	if _, err := (table.Source{}).Collect(context.Background(), req, g); err != nil {
		t.Fatal(err)
	}
	if !g.header.Unchanged || g.written != 0 || g.header.ContentAt.IsZero() {
		t.Errorf("%+v, %d written", g.header, g.written)
	}
	path := filepath.Join(dir, "lista.csv")
	if err := os.Chtimes(path, now, now); err != nil { // saved, but the same
		t.Fatal(err)
	}
	g = &gathered{}
	if _, err := (table.Source{}).Collect(context.Background(), req, g); err != nil || !g.header.Unchanged {
		t.Errorf("touched: %+v, %v", g.header, err)
	}
	if err := os.WriteFile(path, []byte("Systemnamn;Klass;Användare;Klassad;Systemägare\nA;Guld;2;;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	g = &gathered{}
	if _, err := (table.Source{}).Collect(context.Background(), req, g); err != nil || g.header.Unchanged || g.written != 1 {
		t.Errorf("changed: %+v, %d, %v", g.header, g.written, err)
	}
}

func TestMissingFileIsUnreachable(t *testing.T) {
	_, err := table.Source{}.Collect(context.Background(), request(t, t.TempDir(), systems), &gathered{})
	if !errors.Is(err, sdk.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestCancellationEndsACollection(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;Guld;1;;\n")
	if _, err := (table.Source{}).Collect(ctx, request(t, dir, systems), &gathered{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRowsThatALineBreakOrADelimiterTearsApartAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("Systemnamn;Klass;Användare;Klassad;Systemägare\n")
	for i := range 30 {
		fmt.Fprintf(&b, "S%d;Guld;%d;;Bo Berg\n", i, i)
	}
	b.WriteString("Söndrig;Guld;1;\n;Bo Berg\nDelad;Guld;1;;Bo;Berg\nHel;Guld;1;;Bo Berg\n")
	g, end := collect(t, write(t, "lista.csv", b.String()), systems)
	if len(g.byID) != 31 || end.Seen != 34 || g.codes()["missing_cells"] != 2 || g.codes()["extra_cells"] != 1 {
		t.Errorf("%d systems, seen %d, %v", len(g.byID), end.Seen, g.codes())
	}
	// A program that leaves out the empty cells at a row's end is another matter.
	g, _ = collect(t, write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;Guld\nB\nC;Silver;3;;Bo Berg\n"), systems)
	if len(g.byID) != 3 {
		t.Errorf("%d systems, %v", len(g.byID), g.codes())
	}
}

func TestRemarksBelowTheTableAreNoSystems(t *testing.T) {
	g, end := collect(t, write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nA;Guld;1;;Bo Berg\nB;Silver;2;;Bo Berg\n\nFrågor om listan? Ring it;;;;\nGuld;= kritiskt;;;\nAntal verksamhetssystem;2 st;;;\n"), systems)
	if len(g.byID) != 2 || end.Seen != 2 || g.codes()["note_row"] != 1 || g.codes()["total_row"] != 1 {
		t.Errorf("%d systems, seen %d, %v", len(g.byID), end.Seen, g.codes())
	}
}

func TestAnIDThatIsWrittenInTwoWaysIsOneRecord(t *testing.T) {
	g, end := collect(t, write(t, "lista.csv", "Systemnamn;Klass;Användare;Klassad;Systemägare\nTreserva;Guld;1;;Bo Berg\nLex;Silver;2;;Bo Berg\ntreserva ;Brons;1;;Bo Berg\n"), systems)
	if len(g.byID) != 2 || end.Seen != 3 || g.codes()["duplicate_id"] != 1 {
		t.Errorf("%d systems, seen %d, %v", len(g.byID), end.Seen, g.codes())
	}
	if _, ok := g.byID["Treserva"]; !ok {
		t.Error("the first way to write it is not kept")
	}
}
