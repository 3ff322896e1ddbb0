package main

import (
	"errors"
	"testing"
	"time"
)

func TestADayThatHasNotBeenIsRefusedAndTodayIsNow(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // the 23rd in Stockholm
	for text, want := range map[string]string{
		"":                     "0001-01-01T00:00:00Z",
		"2026-11-23":           "0001-01-01T00:00:00Z",
		"2026-11-22":           "2026-11-22T22:59:59Z",
		"2026-11-22T23:30:00Z": "2026-11-22T23:30:00Z",
		"1999-01-01":           "1999-01-01T22:59:59Z",
	} {
		p, err := when{AsOf: text, KnownAt: text}.point(now)
		if err != nil || p.AsOf.UTC().Format(time.RFC3339) != want || !p.AsOf.Equal(p.KnownAt) {
			t.Errorf("%q: %v %v, not %s", text, p, err, want)
		}
	}
	for _, text := range []string{"2026-11-24", "2027-01-01", "2026-11-22T23:30:01Z", "igår"} {
		for _, w := range []when{{AsOf: text}, {KnownAt: text}} {
			var u usageError
			if _, err := w.point(now); !errors.As(err, &u) {
				t.Errorf("%+v: %v", w, err)
			}
		}
	}
}
