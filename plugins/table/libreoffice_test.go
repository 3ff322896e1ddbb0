package table_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// soffice converts a file with the real LibreOffice, in a profile of its own.
func soffice(t *testing.T, path, to, dir string) string {
	t.Helper()
	program := testneed.Program(t, "soffice")
	cmd := exec.Command(program, "-env:UserInstallation=file://"+filepath.ToSlash(filepath.Join(t.TempDir(), "profile")), //nolint:gosec // found by testneed
		"--headless", "--norestore", "--infilter=CSV:59,34,76,1,,0,false,true", "--convert-to", to, "--outdir", dir, path)
	if filepath.Ext(path) != ".csv" {
		cmd.Args = append(cmd.Args[:4:4], cmd.Args[5:]...)
	}
	out, err := cmd.CombinedOutput()
	name := filepath.Base(path[:len(path)-len(filepath.Ext(path))]) + "." + to
	if _, stat := os.Stat(filepath.Join(dir, name)); err != nil || stat != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// records are what a collection wrote, without their places, in order of id.
func records(g *gathered) []string {
	var out []string
	for _, r := range g.byID {
		r.Place.Doc, r.Place.Sheet = "", ""
		out = append(out, fmt.Sprintf("%+v", r))
	}
	sort.Strings(out)
	return out
}

// TestWorkbooksFromLibreOfficeReadAsTheirSource: the same list as CSV, as the
// XLSX that LibreOffice makes of it, and as the XLSX it makes of its own ODS.
func TestWorkbooksFromLibreOfficeReadAsTheirSource(t *testing.T) {
	dir := write(t, "lista.csv", "Systemförteckning;;;;;\n;;;;;\nSystemnamn;Förvaltning;Systemägare;Användare;Klassad;Ändrad\n"+
		"Ekonomi & lön;Kommunledning;Anna Andersson;1200;2026-03-01;2026-03-02\nÅäö <x>;Social;Vakant;;2025-11-21;2025-12-01\n\"Rad\nbrytning\";Teknik;\"Berg, Bo\";40;;2026-01-05\nSumma;;;1240;;\n")
	settings := func(name string) string {
		return fmt.Sprintf(`{"file":%q,"record":"system","columns":{"name":"Systemnamn","org_unit":"Förvaltning","role:owner":"Systemägare","user_count":"Användare","classified_at":"Klassad","row_changed_at":"Ändrad"}}`, name)
	}
	want, _ := collect(t, dir, settings("lista.csv"))
	if len(want.byID) != 3 || want.codes()["total_row"] != 1 {
		t.Fatalf("%d systems, %v", len(want.byID), want.codes())
	}
	direct := filepath.Join(dir, "direkt")
	around := filepath.Join(dir, "omvag")
	for name, path := range map[string]string{
		"from CSV": filepath.Join(direct, soffice(t, filepath.Join(dir, "lista.csv"), "xlsx", direct)),
		"from ODS": filepath.Join(around, soffice(t, filepath.Join(around, soffice(t, filepath.Join(dir, "lista.csv"), "ods", around)), "xlsx", around)),
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := collect(t, filepath.Dir(path), settings(filepath.Base(path)))
			same(t, "records", records(got), records(want))
			same(t, "set aside", got.codes(), want.codes())
			if at := got.header.ContentAt; !at.Equal(time.Date(2026, 3, 2, 22, 59, 59, 0, time.UTC)) {
				t.Errorf("content dated %v", at)
			}
		})
	}
	t.Run("the formats that are refused", func(t *testing.T) {
		old := soffice(t, filepath.Join(dir, "lista.csv"), "xls", direct)
		contains(t, refused(t, direct, settings(old)), "gamla format (.xls)", "Spara som")
		contains(t, refused(t, around, settings("lista.ods")), "OpenDocument-kalkylark (.ods)", "Spara som")
	})
}

// TestUglyWorkbooksSurviveLibreOffice: merged cells, hidden and struck-through
// rows, comments and dates mean the same after a round through LibreOffice.
func TestUglyWorkbooksSurviveLibreOffice(t *testing.T) {
	for _, name := range []string{"titlar-summa/Systemlista.xlsx", "tva-rubrikrader/Systemlista.xlsx", "agare/Systemlista.xlsx", "dubbla-timmar/arenden.xlsx", "blad-per-forvaltning/Systemlista.xlsx"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			dir := t.TempDir()
			again := filepath.Join(dir, soffice(t, path, "xlsx", dir))
			_, s := inspect(t, path, nil)
			s.File = filepath.Base(path)
			want, _ := collect(t, filepath.Dir(path), s)
			_, s = inspect(t, again, nil)
			s.File = filepath.Base(again)
			got, _ := collect(t, dir, s)
			same(t, "records", records(got), records(want))
			same(t, "set aside", got.codes(), want.codes())
		})
	}
}
