package table_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// read inspects a committed file, takes the answers, and reads it.
func read(t *testing.T, path string, answers map[string]string) (guess.Report, *gathered) {
	t.Helper()
	rep, s := inspect(t, filepath.Join("testdata", path), answers)
	s.File = filepath.Base(path)
	g, _ := collect(t, filepath.Join("testdata", filepath.Dir(path)), s)
	return rep, g
}

func asked(rep guess.Report) string {
	var ids []string
	for _, q := range rep.Questions {
		ids = append(ids, q.ID)
	}
	return strings.Join(ids, " ")
}

// owned tells that a system has an owner: a person or a role title.
func owned(r record.Record) bool {
	return slices.ContainsFunc(r.Children[0], func(row record.Row) bool { return row[0].S == "owner" && row[1].S != "vacant" })
}

func inUse(r record.Record) bool { return r.Get("lifecycle").S == "in_use" }

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func person(t *testing.T, name string) string {
	t.Helper()
	p, err := sdk.NewPseudonymiser(key, "k1")
	if err != nil {
		t.Fatal(err)
	}
	return p.Of(name)
}

func TestTitlesTotalsRemarksAndStruckRows(t *testing.T) {
	rep, g := read(t, "titlar-summa/Systemlista.xlsx", nil)
	sh := rep.Sheets[0]
	same(t, "header row", sh.HeaderRow, 4)
	same(t, "rows", sh.DataRows, 8)
	same(t, "totals", sh.Totals, []guess.Located{{Row: 13, Cell: "A13", Text: "Summa"}})
	same(t, "remarks", len(sh.Notes), 1)
	same(t, "struck", sh.StruckRows, []int64{8, 12})
	same(t, "comments", sh.Comments, []guess.Located{{Row: 9, Cell: "C9"}})
	same(t, "questions", asked(rep), "struck lifecycle system_kind")
	contains(t, rep.Questions[0].Text, "2 rader är överstrukna (rad 8 och 12): räknas de som avvecklade?")
	same(t, "systems", len(g.byID), 8)
	same(t, "in use", g.count(inUse), 6)
	same(t, "in use with an owner", g.count(func(r record.Record) bool { return inUse(r) && owned(r) }), 4)
	same(t, "users", value(t, g.byID["Skolplattformen"], "user_count").I, 3100)
	same(t, "owner after the one crossed out", g.byID["Journalsystemet"].Children[0][0][2].S, person(t, "Cecilia Ceder"))
	same(t, "content", g.header.ContentAt, time.Date(2026, 3, 3, 9, 30, 0, 0, time.UTC))
	same(t, "place", g.byID["Bygglov"].Place, record.Place{Doc: "Systemlista.xlsx", Sheet: "System", Row: 9})
	same(t, "set aside", g.codes(), map[string]int{"total_row": 1, "note_row": 1, "struck_row": 1})
}

func TestTwoRowHeaderAndCellsMergedDownwards(t *testing.T) {
	rep, g := read(t, "tva-rubrikrader/Systemlista.xlsx", nil)
	same(t, "header", fmt.Sprint(rep.Sheets[0].HeaderRow, rep.Sheets[0].HeaderRows), "2 2")
	same(t, "questions", asked(rep), "fill_down:Förv. lifecycle system_kind")
	contains(t, rep.Questions[0].Text, "”Förv.” är sammanslagen nedåt på 2 ställen. Ska 3 tomma celler fyllas i")
	perUnit := make(map[string]int)
	for _, r := range g.byID {
		perUnit[r.Get("org_unit").S]++
	}
	same(t, "per förvaltning", perUnit, map[string]int{"Social": 3, "Teknik": 2, "Kultur": 1})
	classified := func(r record.Record) bool {
		return r.Get("class_c").State == record.Set && r.Get("class_i").State == record.Set && r.Get("class_a").State == record.Set
	}
	same(t, "classified", g.count(classified), 4)
	same(t, "zero is a class", value(t, g.byID["Karta"], "class_c").State, record.Set)
	since := now.AddDate(-1, 0, 0).Unix()
	same(t, "classified within a year", g.count(func(r record.Record) bool { return r.Get("classified_at").I > since }), 3)
	same(t, "owned", g.count(owned), 5)
	same(t, "a title", g.byID["Journal"].Children[0][1][1].S, "title")

	_, g = read(t, "tva-rubrikrader/Systemlista.xlsx", map[string]string{"fill_down:Förv.": guess.No})
	same(t, "without filling down", g.count(func(r record.Record) bool { return r.Get("org_unit").State == record.Blank }), 3)
}

func TestOneSheetPerUnitWithDifferentColumns(t *testing.T) {
	rep, g := read(t, "blad-per-forvaltning/Systemlista.xlsx", nil)
	same(t, "sheets", strings.Join(rep.Use, ","), "Socialförvaltningen,Barn och utbildning,Teknik")
	contains(t, asked(rep), "sheets")
	perUnit := make(map[string]int)
	for _, r := range g.byID {
		perUnit[r.Get("org_unit").S]++
	}
	same(t, "per förvaltning", perUnit, map[string]int{"Socialförvaltningen": 3, "Barn och utbildning": 2, "Teknik": 2})
	same(t, "owned", g.count(owned), 5)
	same(t, "gold", g.count(func(r record.Record) bool { return r.Get("tier").S == "gold" }), 3)
	same(t, "tier where the sheet has no such column", value(t, g.byID["Karta"], "tier").State, record.Unset)
	same(t, "tier left empty", value(t, g.byID["Schema"], "tier").State, record.Blank)
	same(t, "cloud", g.count(func(r record.Record) bool {
		return r.Get("hosting").S == "saas" || r.Get("hosting").S == "public_cloud"
	}), 3)
	contains(t, g.warning(t, "sheet_skipped").Place.Doc, "blad Läs mig")

	_, g = read(t, "blad-per-forvaltning/Systemlista.xlsx", map[string]string{"sheets": "Teknik"})
	same(t, "one sheet", len(g.byID), 2)
}

func TestWindows1252WithDecimalCommaAndMixedDates(t *testing.T) {
	rep, g := read(t, "windows-1252/kostnader.csv", nil)
	same(t, "encoding", rep.Encoding, "windows-1252")
	same(t, "kind", rep.Kind(), record.Cost)
	sum := 0.0
	for _, r := range g.byID {
		sum += r.Get("amount_sek").F
	}
	same(t, "kronor", math.Round(sum*100)/100, 1012600.00)
	same(t, "rows", len(g.byID), 6)
	w := g.warning(t, "bad_date")
	same(t, "refused", fmt.Sprint(w.Place, w.Column, w.Refused), fmt.Sprint(record.Place{Doc: "kostnader.csv", Row: 8}, "Bokföringsdatum", true))
	october := 0
	for _, r := range g.byID {
		if d := time.Unix(r.Get("booked_at").I, 0).UTC(); d.Month() == time.October && d.Year() == 2026 {
			october++
		}
	}
	same(t, "October", october, 5)
	same(t, "letters", g.count(func(r record.Record) bool {
		return r.Get("supplier").S == "Bolag Å" || r.Get("supplier").S == "Bolag Ö"
	}), 4)
}

func TestSeveralRowsForATicketAndHoursThatComeTwice(t *testing.T) {
	rep, g := read(t, "dubbla-timmar/arenden.xlsx", map[string]string{"solved": "Löst"})
	same(t, "kind", rep.Kind(), record.Ticket)
	contains(t, asked(rep), "solved", "covers", "value:Status:Vilar hos chefen")
	within, all := 0, 0
	for _, r := range g.byID {
		if r.Get("kind").S != "incident" {
			continue
		}
		all++
		if done := r.Get("resolved_at"); done.State == record.Set && done.I-r.Get("opened_at").I <= 86400 {
			within++
		}
	}
	same(t, "incidents solved within a day", fmt.Sprint(within, " of ", all), "3 of 4")
	took := func(id string) int64 {
		return value(t, g.byID[id], "resolved_at").I - value(t, g.byID[id], "opened_at").I
	}
	same(t, "over the hour that comes twice", took("A-2"), 20*60)
	same(t, "into it", took("A-3"), 24*3600)
	same(t, "the last row holds", value(t, g.byID["A-5"], "status").S, "closed")
	same(t, "unknown status", value(t, g.byID["A-6"], "status").State, record.Blank)
	same(t, "as it stands", value(t, g.byID["A-6"], "status_raw").State, record.Unset)
	contains(t, g.warning(t, "no_such_hour").Reason, "Klockan 02.30 den 29 mars 2026 finns inte", "timezone")
	if _, ok := g.byID["A-4"]; ok {
		t.Error("the hour that does not come was accepted")
	}
	if g.header.CoversAll {
		t.Error("an export of a period must not delete the others")
	}
}

func TestOwnersAsTheyAreWritten(t *testing.T) {
	rep, g := read(t, "agare/Systemlista.xlsx", map[string]string{"column:Systemansvarig": "role:manager_business"})
	contains(t, asked(rep), "hidden")
	same(t, "hidden rows count", len(g.byID), 10)
	type holder struct{ role, kind, ref string }
	anna, bo, cecilia := person(t, "Anna Andersson"), person(t, "Bo Berg"), person(t, "Cecilia Ceder")
	o, m := "owner", "manager_business"
	for id, want := range map[string][]holder{
		"S1":  {{m, "person", anna}, {o, "person", person(t, "A. Svensson")}, {o, "person", person(t, "B. Berg")}},
		"S2":  {{m, "person", anna}, {m, "person", bo}, {o, "person", person(t, "Anna Svensson")}},
		"S3":  {{m, "title", ""}, {o, "title", ""}},
		"S4":  {{m, "person", anna}, {m, "person", bo}, {m, "person", cecilia}, {o, "vacant", ""}},
		"S5":  {{m, "person", person(t, "anna.andersson@example.org")}, {o, "vacant", ""}},
		"S6":  {{m, "person", person(t, "anna01")}, {o, "vacant", ""}},
		"S7":  {{m, "person", anna}, {o, "person", anna}},
		"S8":  {{m, "person", anna}, {o, "vacant", ""}},
		"S9":  {{m, "title", ""}, {o, "person", bo}},
		"S10": {{m, "vacant", ""}, {o, "person", anna}, {o, "vacant", ""}},
	} {
		var got []holder
		for _, row := range g.byID[id].Children[0] {
			got = append(got, holder{row[0].S, row[1].S, row[2].S})
		}
		same(t, id, got, want)
	}
	_, g = read(t, "agare/Systemlista.xlsx", map[string]string{"hidden": "skip"})
	same(t, "without hidden rows", len(g.byID), 8)
}

func TestListMadeForPaper(t *testing.T) {
	rep, g := read(t, "utskrift/Systemlista.xlsx", nil)
	same(t, "sections", len(rep.Sheets[0].Sections), 2)
	same(t, "totals", len(rep.Sheets[0].Totals), 2)
	var names []string
	for id := range g.byID {
		names = append(names, id)
	}
	slices.Sort(names)
	same(t, "systems", names, []string{"Avvikelser", "Bygglov", "Journal"})
	w := g.warning(t, "cell_error")
	same(t, "refused", fmt.Sprint(w.Place.Row, w.Column, w.Refused), "9Antal användaretrue")
}

func TestDatesThatCanBeReadBothWaysAreAskedAbout(t *testing.T) {
	rep, g := read(t, "oklara-datum/arenden.csv", map[string]string{"date_order": "mdy"})
	contains(t, asked(rep), "date_order")
	same(t, "month", time.Unix(value(t, g.byID["1"], "opened_at").I, 0).UTC().Month(), time.May)
	same(t, "comma within quotes", value(t, g.byID["1"], "category").S, "Skrivare, nätverk")
	same(t, "quote within quotes", value(t, g.byID["3"], "category").S, `Skärm 27" trasig`)

	g, _ = collect(t, "testdata/oklara-datum", `{"file":"arenden.csv","record":"ticket","columns":{"ticket_no":"Ärendenummer","opened_at":"Skapad"}}`)
	same(t, "nothing guessed", fmt.Sprint(g.written, g.codes()), "0 map[ambiguous_date:3]")
}
