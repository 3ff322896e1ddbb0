// Every figure of a whole municipality, one statement after another, says nothing to the race detector.
//go:build linux && !race

package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func TestReportsOfAWholeMunicipality(t *testing.T) {
	_, a := site(t)
	t.Run("what there is no report of is said, with the closest name", func(t *testing.T) {
		for want, req := range map[string]ReportRequest{
			`"kvartal"`:         {Kind: "kvartal"},
			"menade du soc?":    {Kind: compose.Own, OrgUnit: "socc"},
			"säg vilken":        {Kind: compose.Own},
			"är inte slut än":   {Kind: compose.Monthly, Month: time.Now().In(calendar.Location()).Format("2006-01")},
			"skrivs som 2026-1": {Kind: compose.Monthly, Month: "oktober"},
		} {
			if _, err := a.Report(t.Context(), req); !errors.Is(err, ErrNoReport) || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: %v, want %s", req, err, want)
			}
		}
	})
	t.Run("a month's tickets are those of the list, the last day's too", func(t *testing.T) {
		now := time.Now()
		end := kpi.MonthEnds(now, 1, calendar.Location())[0]
		last := end
		if day := now.Add(-24 * time.Hour); day.Before(last) { // on the first of a month the youngest have not had their day
			last = day
		}
		solved, all := recounted(t, filepath.Dir(a.Parts().Config.Path), monthStart(end), last)
		at := store.Point{AsOf: end, KnownAt: now}
		fs, err := a.monthFigures(t.Context(), at, nil, false)
		must(t, err)
		i := slices.IndexFunc(fs, func(f finding.Finding) bool { return f.KPI == "ticket_resolution_24h" })
		if i < 0 || fs[i].Numerator == nil || int(*fs[i].Numerator) != solved || int(*fs[i].Denominator) != all || !fs[i].AsOf.Equal(end) {
			t.Errorf("got %+v, want %d of %d", fs, solved, all)
		}
	})
	t.Run("a snapshot's reports are the same whenever they are made", func(t *testing.T) {
		fs, err := a.Findings(t.Context(), store.Point{})
		must(t, err)
		at := store.Point{AsOf: fs[0].AsOf, KnownAt: fs[0].KnownAt}
		var made [2][]byte
		for i := range made {
			reports, err := a.snapshotReports(t.Context(), at, fs)
			must(t, err)
			var b bytes.Buffer
			for _, r := range reports {
				fmt.Fprintln(&b, r.Name)
				must(t, r.Write(&b))
			}
			made[i] = b.Bytes()
		}
		if !bytes.Equal(made[0], made[1]) || !bytes.Contains(made[0], []byte("ledning.pdf")) || !bytes.Contains(made[0], []byte("revision.html")) {
			t.Error("they differ, or one is missing")
		}
	})
	t.Run("a total of an earlier day is that of the whole finding", func(t *testing.T) {
		var ids []string
		for _, d := range a.Parts().Catalogue.KPIs {
			ids = append(ids, d.ID)
		}
		at := a.complete(store.Point{})
		at.AsOf = kpi.MonthEnds(at.AsOf, 2, calendar.Location())[1]
		want, err := a.Engine().EvaluateSome(t.Context(), at, ids...)
		must(t, err)
		got, err := a.Engine().EvaluateTotals(t.Context(), at, ids...)
		must(t, err)
		cells := 0
		for i := range want {
			cells += len(want[i].Breakdown)
			want[i].Breakdown, want[i].Also, want[i].Remarks, want[i].Failing = []finding.Cell{}, nil, nil, nil
			got[i].Failing = nil
			if w, g := jsonOf(t, want[i]), jsonOf(t, got[i]); w != g {
				t.Errorf("got  %s\nwant %s", g, w)
			}
		}
		if cells == 0 {
			t.Error("nothing is broken down, so nothing is tested")
		}
	})
	t.Run("every report can be written", func(t *testing.T) {
		d, err := a.Report(t.Context(), ReportRequest{Kind: compose.Leadership})
		must(t, err)
		must(t, report.HTML(&bytes.Buffer{}, d))
		if err := report.HTML(&bytes.Buffer{}, document.Document{Sections: []document.Section{{Level: 1, Blocks: []document.Block{nil}}}}); err == nil {
			t.Error("a block that nobody can write is no fault")
		}
	})
}

// recounted counts a month's incidents in the list itself: those that were
// solved within a day less the time that the desk waited, and all.
func recounted(t *testing.T, dir string, from, to time.Time) (solved, all int) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "arenden.csv"))
	must(t, err)
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	must(t, err)
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	for _, row := range rows[1:] {
		cell := func(name string) string { return row[at[name]] }
		day := func(name string) time.Time {
			x, err := time.ParseInLocation(time.DateTime, cell(name), calendar.Location())
			if err != nil {
				return time.Time{}
			}
			return x
		}
		opened := day("Skapad")
		if cell("Typ") != "Felanmälan" || cell("Åtgärdskod") == "Makulerat" || cell("Skapad av maskin") == "Ja" || opened.Before(from) || opened.After(to) {
			continue
		}
		all++
		done := day("Löst")
		if done.IsZero() {
			done = day("Stängd")
		}
		waited, _ := strconv.Atoi(cell("Väntat på användare (min)"))
		if done.After(to.Add(24 * time.Hour)) {
			continue // not solved when the month's figure was settled, however long the desk waited
		}
		if !done.IsZero() && done.Sub(opened)-time.Duration(waited)*time.Minute <= 24*time.Hour {
			solved++
		}
	}
	return solved, all
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}
