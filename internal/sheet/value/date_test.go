package value

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func stockholm(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestDatesAsPeopleWriteThem(t *testing.T) {
	loc := stockholm(t)
	for _, c := range []struct {
		in, order, want string // want in Stockholm, "" is refused
	}{
		{"2026-11-21", "", "2026-11-21T23:59:59+01:00"},
		{"2026-11-21T14:05", "", "2026-11-21T14:05:00+01:00"},
		{"2026-11-21 14:05:30", "", "2026-11-21T14:05:30+01:00"},
		{"2026-11-21T14:05:30.123Z", "", "2026-11-21T15:05:30+01:00"},
		{"2026-06-21T14:05:30+0000", "", "2026-06-21T16:05:30+02:00"},
		{"21-11-2026 14:05", "", "2026-11-21T14:05:00+01:00"},
		{"21/11 2026", "", "2026-11-21T23:59:59+01:00"},
		{"5/11 2026", "", "2026-11-05T23:59:59+01:00"},
		{"5.11.2026", "", "2026-11-05T23:59:59+01:00"},
		{"11/21/2026 2:05 PM", "", "2026-11-21T14:05:00+01:00"},
		{"05/11/2026", "dmy", "2026-11-05T23:59:59+01:00"},
		{"05/11/2026", "mdy", "2026-05-11T23:59:59+02:00"},
		{"21 nov 2026", "", "2026-11-21T23:59:59+01:00"},
		{"21-nov-26", "", "2026-11-21T23:59:59+01:00"},
		{"lördag den 21 november 2026 kl. 14.05", "", "2026-11-21T14:05:00+01:00"},
		{"November 21, 2026", "", "2026-11-21T23:59:59+01:00"},
		{"20261121", "", "2026-11-21T23:59:59+01:00"},
		{"46347", "", "2026-11-21T23:59:59+01:00"},
		{"46347,586805556", "", "2026-11-21T14:05:00+01:00"},
		{"26-11-21", "ymd", "2026-11-21T23:59:59+01:00"},
	} {
		t.Run(c.in+" "+c.order, func(t *testing.T) {
			got, err := Dates{Order: c.order}.Text(c.in)
			if err != nil {
				t.Fatal(err)
			}
			first, _, err := got.Instants(loc)
			if err != nil {
				t.Fatal(err)
			}
			if s := first.In(loc).Format(time.RFC3339); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestDatesThatAreRefused(t *testing.T) {
	for in, want := range map[string]error{
		"05/11/2026":       ErrAmbiguous,
		"26-11-21":         ErrAmbiguous,
		"hösten 2023":      ErrVague,
		"ht 2023":          ErrVague,
		"2023":             ErrVague,
		"2023-05":          ErrVague,
		"maj 2023":         ErrVague,
		"Q3 2024":          ErrVague,
		"2026-02-31":       ErrDate,
		"31/2 2026":        ErrDate,
		"29 feb 2026":      ErrDate,
		"2026-13-01":       ErrDate,
		"2026-11-21 25:00": ErrDate,
		"0206-11-21":       ErrDate,
		"Anna":             ErrDate,
		"12":               ErrDate,
		"261121":           ErrDate,
	} {
		t.Run(in, func(t *testing.T) {
			got, err := Dates{}.Text(in)
			if !errors.Is(err, want) {
				t.Errorf("got %+v, %v; want %v", got, err, want)
			}
		})
	}
}

func TestHourThatComesTwiceHasTwoInstantsAnHourApart(t *testing.T) {
	loc := stockholm(t)
	c, err := Dates{}.Text("2026-10-25 02:30")
	if err != nil {
		t.Fatal(err)
	}
	first, second, err := c.Instants(loc)
	if err != nil {
		t.Fatal(err)
	}
	if first.UTC().Hour() != 0 || second.UTC().Hour() != 1 {
		t.Errorf("got %v and %v, want 00:30 and 01:30 UTC", first.UTC(), second.UTC())
	}
}

func TestHourThatSpringLeavesOutIsRefused(t *testing.T) {
	c, err := Dates{}.Text("2026-03-29 02:30")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Instants(stockholm(t)); !errors.Is(err, ErrNoSuchHour) {
		t.Errorf("got %v, want ErrNoSuchHour", err)
	}
}

func TestSerialsOfBothDateSystems(t *testing.T) {
	for _, c := range []struct {
		n    float64
		mac  bool
		want string
	}{
		{46347, false, "2026-11-21"}, {44885, true, "2026-11-21"}, {1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {61, false, "1900-03-01"},
	} {
		got, err := Serial(c.n, c.mac)
		if err != nil {
			t.Fatal(err)
		}
		if s := time.Date(got.Year, time.Month(got.Month), got.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly); s != c.want {
			t.Errorf("%v: got %s, want %s", c.n, s, c.want)
		}
	}
	if _, err := Serial(60, false); !errors.Is(err, ErrDate) {
		t.Errorf("day 60 was accepted: %v", err)
	}
}

func TestRefusalsQuoteNeitherNamesNorPersonalNumbers(t *testing.T) {
	for _, cell := range []string{"Anna Andersson", "850709-9805", "8507099805", "19850709-9805", "850709 9805", "850709+9805"} {
		if _, err := (Dates{}).Text(cell); err == nil || err.Error() != "cellens text är inget datum" {
			t.Errorf("%s: %v", cell, err)
		}
	}
	if _, err := (Dates{}).Text("2027-02-31"); err == nil || !strings.Contains(err.Error(), "2027-02-31") {
		t.Errorf("a day that is none is not shown: %v", err)
	}
}

func FuzzDates(f *testing.F) {
	for _, s := range []string{"2026-11-21", "21/11 2026", "hösten 2023", "46347,5", "21-11-2026 14:05", "2026-10-25T02:30:00+01:00", "lör 21 nov 2026 2:05 pm"} {
		f.Add(s)
	}
	loc := stockholm(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, order := range []string{"", "dmy", "mdy", "ymd"} {
			c, err := Dates{Order: order}.Text(s)
			if err != nil {
				continue
			}
			first, second, err := c.Instants(loc)
			if err != nil {
				continue
			}
			if d := second.Sub(first); d < 0 || d > 2*time.Hour {
				t.Errorf("%q: instants %v apart", s, d)
			}
			if !c.Fixed && c.Hour < 24 && first.In(loc).Day() != c.Day {
				t.Errorf("%q: day %d became %v", s, c.Day, first.In(loc))
			}
			if end := c.EndOfDay(loc).In(loc); end.Hour() != 23 || end.Second() != 59 {
				t.Errorf("%q: end of day %v", s, end)
			}
		}
	})
}
