package demo

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"time"
)

// Files of what a municipality keeps in lists beside its systems and tickets.
const (
	EquipmentFile  = "Utrustning.csv"
	ServicesFile   = "Tjanster.csv"
	LedgerFile     = "Ekonomi.csv"
	ProjectsFile   = "Projekt.csv"
	FollowUpFile   = "Uppfoljning.csv"
	SurveysFile    = "Enkater.csv"
	DisruptionFile = "Storningar.csv"
	UnitsFile      = "Organisation.csv"
)

// writeList writes a list as Excel saves it: semicolons and a byte order mark.
func writeList(path string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	_, err = b.WriteString("\ufeff")
	out := csv.NewWriter(b)
	out.Comma = ';'
	return errors.Join(err, out.WriteAll(rows), b.Flush(), f.Close())
}

// ago is the day n days before now; "" for none.
func (w *world) ago(n int) string {
	if n == 0 {
		return ""
	}
	return w.day(n).Format(time.DateOnly)
}

// monthsAgo is the first of the month n months before now.
func (w *world) monthsAgo(n int) string {
	return time.Date(w.now.Year(), w.now.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// chance is true in n cases of a hundred.
func (w *world) chance(n int) bool { return w.rnd.IntN(100) < n }

func amount(n int) string { return fmt.Sprint(n) }
