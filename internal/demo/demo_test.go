package demo

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

var now = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

func generate(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := Generate(dir, now, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheConfigOfTheDemoIsValid(t *testing.T) {
	c, err := config.Load(filepath.Join(generate(t), ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Demo || len(c.Sources) != 14 {
		t.Errorf("%+v", c)
	}
}

func TestTheRegistryHoldsTheFiguresItIsMadeFor(t *testing.T) {
	f, err := excelize.OpenFile(filepath.Join(generate(t), SystemsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("System")
	if err != nil {
		t.Fatal(err)
	}
	empty := map[string]bool{"": true, "Vakant": true, "ej utsedd": true, "?": true}
	names, owned, top, sso := map[string]bool{}, 0, 0, 0
	for _, r := range rows[4 : 4+Systems] {
		names[r[0]] = true
		if !empty[r[2]] {
			owned++
		}
		if r[6] == "Guld" || r[6] == "Silver" {
			top++
			if r[13] == "SSO" {
				sso++
			}
		}
	}
	if len(names) != Systems || owned != Owned || top != Gold+Silver || sso != WithSSO {
		t.Errorf("%d names, %d owned, %d gold and silver, %d of them with SSO", len(names), owned, top, sso)
	}
}

func TestSeventyOneOfEachHundredCountedIncidentsOfTheYearAreSolvedWithinADay(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(generate(t), TicketsFile))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	within, counted, exact := 0, 0, 0
	for _, x := range rows[1:] {
		if x[13] > x[14] && x[14] != "" {
			t.Fatalf("%s has its first answer at %s, after its solution at %s", x[0], x[13], x[14])
		}
		at, err := time.ParseInLocation(ticketFormat, x[11], loc)
		if err != nil {
			t.Fatal(err)
		}
		if x[1] != "Felanmälan" || x[18] == "Ja" || x[7] == "Makulerat" || x[7] == "Dubblett" || at.Before(now.AddDate(-1, 0, 0)) || at.After(now.Add(-24*time.Hour)) {
			continue
		}
		counted++
		if x[14] == "" {
			continue
		}
		done, err := time.ParseInLocation(ticketFormat, x[14], loc)
		if err != nil {
			t.Fatal(err)
		}
		paused, err := time.ParseDuration(x[16] + "m")
		if err != nil {
			t.Fatal(err)
		}
		if d := done.Sub(at) - paused; d <= 24*time.Hour {
			within++
			if d == 24*time.Hour {
				exact++
			}
		}
	}
	if counted != hundreds*100 || within*100 != counted*withinOf100 || exact == 0 {
		t.Errorf("%d of %d within a day, %d exactly a day", within, counted, exact)
	}
}

func TestTheDirectoryIsTheSameTwiceAndHoldsEverybody(t *testing.T) {
	a, err := os.ReadFile(filepath.Join(generate(t), DirectoryFile))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(generate(t), DirectoryFile))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two runs differ")
	}
	if n := strings.Count(string(a), "\nobjectClass: user\n"); n != Employees+Pupils+adminAccounts+serviceAccount {
		t.Errorf("%d accounts", n)
	}
}
