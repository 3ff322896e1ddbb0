package app

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// A daemon that has looked back remembers months that a command beside it does
// not, and forgets them when it ends.
func TestASnapshotIsTheSameWhateverTheProcessRemembersOfMonthsBefore(t *testing.T) {
	dir := municipality(t, "9991", "Exempelköping", 60, 200, "")
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	a := openIn(t, dir, func() time.Time { return now })
	must(t, a.Collect(t.Context(), ""))
	at := store.Point{AsOf: now, KnownAt: now}
	made := func() map[string]string {
		w, err := a.Snapshot(t.Context(), SnapshotOptions{At: at, Dir: t.TempDir()})
		must(t, err)
		return payload(t, w.Report.Path, w.Evidence.Path)
	}
	before := made()

	yearAgo := kpi.MonthEnds(now.AddDate(-1, 0, 0), 1, calendar.Location())[0]
	fs, err := a.Engine().Evaluate(t.Context(), at)
	must(t, err)
	for _, f := range fs {
		f.AsOf, f.KnownAt = yearAgo, yearAgo
		a.months.keep(a.Parts(), pastMonth{f.KPI, yearAgo.Unix()}, f, now)
	}
	compared := 0
	fs, err = a.Engine().Evaluate(t.Context(), at)
	must(t, err)
	for _, f := range fs {
		if f.Previous != nil {
			compared++
		}
	}
	if compared == 0 {
		t.Fatal("nothing is compared with what is remembered, so the test shows nothing")
	}
	for name, sum := range made() {
		if before[name] != sum {
			t.Errorf("%s is another once months are remembered", name)
		}
	}
}
