package http

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

func TestTimesAreReadAsTheStandardLibraryReadsThem(t *testing.T) {
	at := time.Date(1999, 12, 28, 22, 59, 58, 0, time.UTC)
	for range 4000 {
		at = at.Add(17*time.Hour + 13*time.Minute + 11*time.Second)
		for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 2*3600), time.FixedZone("", -(3*3600 + 1800))} {
			for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.0000000Z07:00"} {
				text := at.In(zone).Format(layout)
				if got, ok := rfc3339(text); !ok || got != at.Unix() {
					t.Fatalf("%s: %d %v, want %d", text, got, ok, at.Unix())
				}
			}
		}
	}
	for _, text := range []string{
		"", "2026-11-21", "2026-11-21T12:00:00", "2026-02-29T12:00:00Z", "2026-13-01T12:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T12:00:60Z",
		"2026-11-21T12:00:00.Z", "2026-11-21T12:00:00.123", "2026-11-21T12:00:00+2", "2026-11-21T12:00:00+02:0", "2026-11-21 12:00:00Z", "0001-01-01T00:00:00Z", "2026-11-21T12:00:00Zx",
	} {
		if got, ok := rfc3339(text); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestSinceIsWrittenAsTheSystemWantsIt(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	newest := time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC).Unix()
	for _, c := range []struct {
		inc    profile.Increment
		newest int64
		want   any
	}{
		{profile.Increment{}, newest, "2026-11-21T10:50:00Z"},
		{profile.Increment{Overlap: profile.Duration(time.Hour)}, newest, "2026-11-21T10:00:00Z"},
		{profile.Increment{Format: "epoch"}, newest, int(newest - 600)},
		{profile.Increment{Format: "epoch_ms"}, newest, int(newest-600) * 1000},
		{profile.Increment{Format: "yyyy-MM-dd HH:mm:ss"}, newest, "2026-11-21 11:50:00"},
		{profile.Increment{Format: "yyyy-MM-dd HH:mm:ss", Timezone: "UTC"}, newest, "2026-11-21 10:50:00"},
		{profile.Increment{Format: "dd/MM/yyyy HH.mm", Timezone: "America/New_York"}, newest, "21/11/2026 05.50"},
		{profile.Increment{}, newest + 30*86400, "2026-11-21T11:50:00Z"}, // the server's clock is a month ahead
	} {
		if got := since(&c.inc, c.newest, now, stockholm); got != c.want {
			t.Errorf("%+v: %v, want %v", c.inc, got, c.want)
		}
	}
}

func TestChangeTimesAreReadInAllTheirForms(t *testing.T) {
	want := time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC).Unix()
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		v      any
		format string
		ok     bool
	}{
		{"2026-11-21T11:00:00Z", "", true}, {"2026-11-21T12:00:00+01:00", "rfc3339", true}, {"2026-11-21 12:00:00", "", true}, {"2026-11-21 12:00:00", "yyyy-MM-dd HH:mm:ss", true},
		{"21.11.2026 12:00", "yyyy-MM-dd", true}, {int(want), "epoch", true}, {"1795258800", "epoch", true}, {int(want) * 1000, "epoch_ms", true},
		{nil, "", false}, {"", "", false}, {0, "epoch", false}, {"nyss", "", false}, {"nyss", "epoch", false}, {[]any{}, "", false}, {"1970-01-01T00:00:00Z", "", false},
	} {
		if got, ok := instantOf(c.v, c.format, stockholm); ok != c.ok || ok && got != want {
			t.Errorf("%v (%s): %d, %v; want %d", c.v, c.format, got, ok, want)
		}
	}
}
