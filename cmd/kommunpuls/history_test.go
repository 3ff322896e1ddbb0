package main

import (
	"testing"
	"time"
)

func TestHistoryNeverReachesAheadOfNow(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ name, to, want string }{
		{"no last day", "", "2026-11-22T09:00:00Z"},
		{"today, which has not ended", "2026-11-22", "2026-11-22T09:00:00Z"},
		{"an earlier day, to its end", "2026-10-31", "2026-10-31T22:59:59Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := exportOpenMetricsCmd{From: "2026-01-31", To: c.to, Step: "1mo"}.span(now)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.To.UTC().Format(time.RFC3339); got != c.want {
				t.Errorf("the last point may lie at %s, want %s", got, c.want)
			}
		})
	}
}
