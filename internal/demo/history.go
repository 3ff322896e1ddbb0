package demo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// HistoryFolder holds the registry as it was at the ends of earlier months, as
// an IT unit has old copies of a list.
const HistoryFolder = "historik"

// historyMonths is how many earlier months there are copies of: enough to say
// how it was a year ago.
const historyMonths = 13

// Older is a copy of a list as it was on a day.
type Older struct {
	Source, File string    // File is relative to the demo's folder
	On           time.Time // the last second of that day
}

// History lists the older copies that Generate writes at an instant, oldest first.
func History(now time.Time) []Older {
	now = now.In(calendar.Location())
	var out []Older
	for back := historyMonths - 1; back >= 0; back-- {
		end := time.Date(now.Year(), now.Month()-time.Month(back), 1, 0, 0, 0, 0, now.Location()).Add(-time.Second)
		out = append(out, Older{"systemlista", filepath.Join(HistoryFolder, "Systemlista "+end.Format(time.DateOnly)+".xlsx"), end})
	}
	return out
}

// writeHistory writes the registry of earlier months beside the present one.
func (w *world) writeHistory(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	came := w.arrivals()
	for _, o := range History(w.now) {
		if err := writeRegistry(filepath.Join(folder, filepath.Base(o.File)), w.registryOn(o.On, came)); err != nil {
			return fmt.Errorf("%s: %w", o.File, err)
		}
	}
	return nil
}

// Columns of the registry that fill up with time, by their place, with over how
// many months back what stands there came: an owner within five years, a
// common login within two.
var filling = map[int]int{2: 60, 3: 80, 4: 80, 5: 80, 13: 24, 14: 30, 24: 40, 25: 40}

const (
	classColumn, classedColumn   = 9, 12 // C, I, A and when
	loginColumn, changedColumn   = 13, 27
	firstDateColumn, dateColumns = 19, 4 // documentation, risk, continuity, restore
)

// arrivals says for every system how many months ago the cell of each filling
// column was filled in. It has a source of chance of its own, so that the other
// files stay what they are.
func (w *world) arrivals() []map[int]int {
	rnd := rand.New(rand.NewPCG(2012, 12))
	columns := make([]int, 0, len(filling))
	for c := range filling {
		columns = append(columns, c)
	}
	slices.Sort(columns)
	out := make([]map[int]int, len(w.systems))
	for i := range out {
		out[i] = map[int]int{}
		for _, c := range columns {
			out[i][c] = rnd.IntN(filling[c])
		}
	}
	return out
}

// registryOn is the registry as it was: without what came later.
func (w *world) registryOn(on time.Time, came []map[int]int) [][]any {
	months := (w.now.Year()-on.Year())*12 + int(w.now.Month()) - int(on.Month())
	out := make([][]any, len(w.systems))
	for i, now := range w.systems {
		r := slices.Clone(now)
		for c, ago := range came[i] {
			if ago >= months {
				continue
			}
			switch {
			case c != loginColumn:
				r[c] = nil
			case r[c] == "SSO":
				r[c] = "Egen inloggning"
			}
		}
		if later(r[classedColumn], on) {
			for c := classColumn; c <= classedColumn; c++ {
				r[c] = nil
			}
		}
		for c := firstDateColumn; c < firstDateColumn+dateColumns; c++ {
			if later(r[c], on) {
				r[c] = nil
			}
		}
		if later(r[changedColumn], on) {
			r[changedColumn] = time.Date(on.Year(), on.Month(), 1+i%20, 0, 0, 0, 0, time.UTC)
		}
		out[i] = r
	}
	return out
}

func later(cell any, on time.Time) bool {
	t, ok := cell.(time.Time)
	return ok && t.After(on)
}
