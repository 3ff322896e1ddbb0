package demo

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// The registry of a month holds no more owners than that of the next, nothing
// that is dated later than the month, and every system.
func TestTheRegistryOfEarlierMonthsHoldsLessAndNothingOfLater(t *testing.T) {
	dir := generate(t)
	copies := History(now)
	if len(copies) != historyMonths || copies[0].On.Format(time.DateOnly) != "2025-10-31" || copies[len(copies)-1].On.Format(time.DateOnly) != "2026-10-31" {
		t.Fatalf("%+v", copies)
	}
	owners, logins := []int{}, []int{}
	for _, c := range copies {
		o, l := registryCounts(t, filepath.Join(dir, c.File), c.On)
		owners, logins = append(owners, o), append(logins, l)
	}
	for i := 1; i < len(owners); i++ {
		if owners[i] < owners[i-1] || logins[i] < logins[i-1] {
			t.Errorf("%s holds less than the month before: owners %v, logins %v", copies[i].File, owners, logins)
		}
	}
	if last := len(owners) - 1; owners[0] >= owners[last] || owners[last] > Owned || logins[0] >= logins[last] {
		t.Errorf("a year changes nothing: owners %v, logins %v", owners, logins)
	}
}

func registryCounts(t *testing.T, path string, on time.Time) (owners, logins int) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("System", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	empty := map[string]bool{"": true, "Vakant": true, "ej utsedd": true, "?": true}
	for _, r := range rows[4 : 4+Systems] {
		if !empty[r[2]] {
			owners++
		}
		if r[loginColumn] == "SSO" {
			logins++
		}
	}
	for _, col := range []string{"M", "T", "U", "V", "W", "AB"} {
		for i := 5; i < 5+Systems; i++ {
			cell := col + strconv.Itoa(i)
			raw, err := f.GetCellValue("System", cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			if raw == "" {
				continue
			}
			n, err := strconv.ParseFloat(raw, 64)
			if err != nil {
				t.Fatal(cell, err)
			}
			day, err := excelize.ExcelDateToTime(n, false)
			if err != nil || day.After(on) {
				t.Errorf("%s %s: %s is later than the list (%v)", filepath.Base(path), cell, day.Format(time.DateOnly), err)
			}
		}
	}
	return owners, logins
}
