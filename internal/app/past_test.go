package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestWhatWasComputedForThePastIsBoundedAndForgottenWhenRecordsChange(t *testing.T) {
	p, parts := newPast(), &Parts{}
	changed := func(n int64) map[record.Kind]int64 { return map[record.Kind]int64{record.Ticket: n} }
	day := func(n int) store.Point { return store.Point{AsOf: time.Unix(int64(n)*86400, 0)} }
	p.fresh(parts, changed(1))
	for i := range mostDays + 3 {
		p.keepDay(p.since, day(i), []finding.Finding{{KPI: "a"}})
		p.day(day(0)) // asked for all the time, so it stays
	}
	for i := range mostDays + 3 {
		if _, _, ok := p.day(day(i)); ok != (i == 0 || i > 3) {
			t.Errorf("day %d is kept: %v", i, ok)
		}
	}
	for i := range mostMonths + 1 {
		p.keepMonth(p.since, pastMonth{"a", int64(i)}, finding.Finding{})
	}
	if len(p.months) > mostMonths {
		t.Errorf("%d months", len(p.months))
	}
	p.fresh(parts, changed(1))
	if _, _, ok := p.day(day(0)); !ok {
		t.Error("forgotten although nothing changed")
	}
	p.fresh(parts, changed(2))
	if _, _, ok := p.day(day(0)); ok || len(p.months) > 0 {
		t.Error("kept although records changed")
	}
	p.keepDay(p.since, day(0), nil)
	p.fresh(&Parts{}, changed(2))
	if _, _, ok := p.day(day(0)); ok {
		t.Error("kept although the settings changed")
	}
}

// Somebody who asks for another day meanwhile is the first to see the change.
func TestWhatWasComputedOfRecordsThatChangedMeanwhileIsNotKept(t *testing.T) {
	p, parts, at, month := newPast(), &Parts{}, store.Point{AsOf: time.Unix(86400, 0)}, pastMonth{"a", 86400}
	p.fresh(parts, map[record.Kind]int64{record.Ticket: 1})
	_, ofDay, _ := p.day(at)
	_, ofMonth, _ := p.month(month)
	p.fresh(parts, map[record.Kind]int64{record.Ticket: 2})
	p.keepDay(ofDay, at, []finding.Finding{{KPI: "a"}})
	p.keepMonth(ofMonth, month, finding.Finding{})
	if _, _, ok := p.day(at); ok {
		t.Error("the day is kept")
	}
	if _, _, ok := p.month(month); ok {
		t.Error("the month is kept")
	}
}

func TestOneComputesAtATimeAndNobodyWaitsForEver(t *testing.T) {
	p := newPast()
	if err := p.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error)
	go func() { waited <- p.take(ctx) }()
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	p.leave()
	if err := p.take(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAHistoryHasTheEndsOfMonthsAndItsOwnEnd(t *testing.T) {
	loc := calendar.Location()
	from, to := time.Date(2025, 9, 15, 0, 0, 0, 0, loc), time.Date(2025, 12, 10, 8, 0, 0, 0, loc)
	var got []string
	for _, e := range monthEnds(from, to) {
		got = append(got, e.Format(time.DateTime))
	}
	want := []string{"2025-09-30 23:59:59", "2025-10-31 23:59:59", "2025-11-30 23:59:59", "2025-12-10 08:00:00"}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if end := time.Date(2025, 10, 31, 23, 59, 59, 0, loc); len(monthEnds(end, end)) != 1 {
		t.Errorf("one instant: %v", monthEnds(end, end))
	}
}
