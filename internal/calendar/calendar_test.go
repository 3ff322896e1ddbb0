package calendar

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func must(t testing.TB, h Hours) *Calendar {
	t.Helper()
	c, err := New(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func local(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// open is the opening hours of one day, as people write them.
func open(t testing.TB, c *Calendar, day string) string {
	t.Helper()
	at := local(t, day+" 12:00")
	d := c.Days(at, at)[0]
	if d.OpenFrom == d.OpenTo {
		return "stängt"
	}
	clock := func(s int64) string { return time.Unix(s, 0).In(Location()).Format("15.04") }
	return clock(d.OpenFrom) + "–" + clock(d.OpenTo)
}

// The movable days as the Swedish almanac lists them.
func TestMovableDaysAreThoseOfTheAlmanac(t *testing.T) {
	almanac := []struct{ goodFriday, easterMonday, ascension, midsummerEve, saints string }{
		{"2024-03-29", "2024-04-01", "2024-05-09", "2024-06-21", "2024-11-02"},
		{"2025-04-18", "2025-04-21", "2025-05-29", "2025-06-20", "2025-11-01"},
		{"2026-04-03", "2026-04-06", "2026-05-14", "2026-06-19", "2026-10-31"},
		{"2027-03-26", "2027-03-29", "2027-05-06", "2027-06-25", "2027-11-06"},
		{"2028-04-14", "2028-04-17", "2028-05-25", "2028-06-23", "2028-11-04"},
		{"2029-03-30", "2029-04-02", "2029-05-10", "2029-06-22", "2029-11-03"},
		{"2030-04-19", "2030-04-22", "2030-05-30", "2030-06-21", "2030-11-02"},
	}
	c := must(t, Hours{Open: []string{"mon-sun 08:00-17:00"}})
	for _, y := range almanac {
		for _, day := range []string{y.goodFriday, y.easterMonday, y.ascension, y.midsummerEve, y.saints} {
			if got := open(t, c, day); got != "stängt" {
				t.Errorf("%s is open %s", day, got)
			}
		}
	}
	// Nothing else is closed: thirteen red days, which never meet in these years, and three eves.
	for y := 2024; y <= 2030; y++ {
		var closed int
		for _, d := range c.Days(local(t, fmt.Sprintf("%d-01-01 00:00", y)), local(t, fmt.Sprintf("%d-12-31 00:00", y))) {
			if d.OpenFrom == d.OpenTo {
				closed++
			}
		}
		if closed != 16 {
			t.Errorf("%d: %d closed days, want 16", y, closed)
		}
	}
}

func TestOpeningHours(t *testing.T) {
	usual := Hours{}
	half := Hours{HalfDays: []string{"skärtorsdag 12:00", "Valborg 14.00", "dag före röd dag 15:00", "2026-12-23 12:00"}}
	for _, tt := range []struct {
		name  string
		hours Hours
		day   string
		want  string
	}{
		{"an ordinary Tuesday", usual, "2026-11-24", "08.00–17.00"},
		{"a Saturday", usual, "2026-11-21", "stängt"},
		{"julafton", usual, "2026-12-24", "stängt"},
		{"nyårsafton", usual, "2026-12-31", "stängt"},
		{"nationaldagen on a Friday", usual, "2025-06-06", "stängt"},
		{"skärtorsdag without a rule", usual, "2026-04-02", "08.00–17.00"},
		{"skärtorsdag", half, "2026-04-02", "08.00–12.00"},
		{"valborg is also the day before first of May: the earlier hour", half, "2026-04-30", "08.00–14.00"},
		{"the day before Kristi himmelsfärdsdag", half, "2026-05-13", "08.00–15.00"},
		{"trettondagsafton", half, "2026-01-05", "08.00–15.00"},
		{"a day named by its date", half, "2026-12-23", "08.00–12.00"},
		{"the same date another year", half, "2025-12-23", "08.00–17.00"},
		{"a Saturday in a week that is open", Hours{Open: []string{"mån-fre 07:30-16:00", "lör 10:00-14:00"}}, "2026-11-21", "10.00–14.00"},
		{"a day listed alone", Hours{Open: []string{"mon,wed 09:00-12:00"}}, "2026-11-25", "09.00–12.00"},
		{"a day not listed", Hours{Open: []string{"mon,wed 09:00-12:00"}}, "2026-11-24", "stängt"},
		{"a closed range", Hours{Closed: []string{"2026-07-06..2026-07-10"}}, "2026-07-08", "stängt"},
		{"after a closed range", Hours{Closed: []string{"2026-07-06..2026-07-10"}}, "2026-07-13", "08.00–17.00"},
		{"a half day that ends before it begins", Hours{HalfDays: []string{"2026-11-24 07:00"}}, "2026-11-24", "stängt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := open(t, must(t, tt.hours), tt.day); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFaultsAreAllReported(t *testing.T) {
	_, err := New(Hours{
		Open:     []string{"mon-fri 8-17", "mon-fri 08:00-17:00", "fri 09:00-10:00", "xyz 08:00-17:00", "tue 17:00-08:00"},
		Closed:   []string{"31 december", "2026-02-31", "2026-07-10..2026-07-06"},
		HalfDays: []string{"skärtorsdag", "påskafton 12:00", "2026-12-23 25:00"},
	})
	want := strings.Join([]string{
		`open[0]: want weekdays and hours such as mon-fri 08:00-17:00, got "mon-fri 8-17"`,
		`open[2]: friday has opening hours already: a day is open once`,
		`open[3]: want weekdays and hours such as mon-fri 08:00-17:00, got "xyz 08:00-17:00"`,
		`open[4]: want weekdays and hours such as mon-fri 08:00-17:00, got "tue 17:00-08:00"`,
		`closed[0]: want a day such as 2026-12-28, got "31 december"`,
		`closed[1]: want a day such as 2026-12-28, got "2026-02-31"`,
		`closed[2]: want two days in order and at most a year apart, got "2026-07-10..2026-07-06"`,
		`half_days[0]: want a day and an hour such as 2026-12-23 12:00 or skärtorsdag 12:00, got "skärtorsdag"`,
		`half_days[1]: unknown day "påskafton", want a date or one of skärtorsdag, valborgsmässoafton, trettondagsafton, allhelgonaafton, dagen före kristi himmelsfärdsdag, dagen före nationaldagen, lillejulafton, dag före röd dag`,
		`half_days[2]: want a day and an hour such as 2026-12-23 12:00 or skärtorsdag 12:00, got "2026-12-23 25:00"`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestWorkingSeconds(t *testing.T) {
	days := must(t, Hours{}).Days(local(t, "2026-01-01 00:00"), local(t, "2026-12-31 00:00"))
	for _, tt := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"within a day", "2026-11-24 09:00", "2026-11-24 11:30", 150 * time.Minute},
		{"before and after opening", "2026-11-24 05:00", "2026-11-24 22:00", 9 * time.Hour},
		{"over a night", "2026-11-24 16:00", "2026-11-25 09:00", 2 * time.Hour},
		{"over a weekend", "2026-11-20 16:30", "2026-11-23 08:30", time.Hour},
		{"over Easter", "2026-04-02 16:00", "2026-04-07 09:00", 2 * time.Hour},
		{"over the night when summer time begins", "2026-03-27 16:00", "2026-03-30 09:00", 2 * time.Hour},
		{"over the night when it ends", "2026-10-23 16:00", "2026-10-26 09:00", 2 * time.Hour},
		{"backwards", "2026-11-24 11:30", "2026-11-24 09:00", -150 * time.Minute},
		{"nothing on a Sunday", "2026-11-22 09:00", "2026-11-22 15:00", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := WorkingSeconds(days, local(t, tt.from).Unix(), local(t, tt.to).Unix())
			if want := int64(tt.want / time.Second); !ok || got != want {
				t.Errorf("got %d, %v, want %d", got, ok, want)
			}
		})
	}
	if _, ok := WorkingSeconds(days, local(t, "2025-12-31 23:59").Unix(), local(t, "2026-01-02 00:00").Unix()); ok {
		t.Error("an instant before the table has a working time")
	}
	if _, ok := WorkingSeconds(days, local(t, "2026-01-02 00:00").Unix(), local(t, "2027-01-02 00:00").Unix()); ok {
		t.Error("an instant after the table has a working time")
	}
}

// Round the clock, the nights of the change are 23 and 25 hours.
func TestRoundTheClock(t *testing.T) {
	days := must(t, Hours{Open: []string{"mon-sun 00:00-24:00"}}).Days(local(t, "2026-03-01 00:00"), local(t, "2026-10-31 00:00"))
	for day, want := range map[string]int64{"2026-03-29": 23, "2026-10-25": 25, "2026-10-24": 24} {
		from := local(t, day+" 00:00")
		got, ok := WorkingSeconds(days, from.Unix(), from.AddDate(0, 0, 1).Unix())
		if !ok || got != want*3600 {
			t.Errorf("%s: %d s, want %d h", day, got, want)
		}
	}
}

// instants are random ones, the hours around both changes of the clock, and
// every boundary of the days about them.
func instants(t testing.TB, days []store.CalendarDay) []int64 {
	rnd := rand.New(rand.NewPCG(1, 2))
	first, last := days[0].DayStart, days[len(days)-1].DayStart
	out := []int64{first - 1, first, last, last + 89999, last + 90000}
	for range 300 {
		out = append(out, first+rnd.Int64N(last-first))
	}
	for _, night := range []string{"2026-03-29 00:00", "2026-10-25 00:00"} {
		for m := range int64(100) {
			out = append(out, local(t, night).Unix()+m*900)
		}
	}
	for _, d := range days[80:90] {
		out = append(out, d.DayStart-1, d.DayStart, d.OpenFrom, d.OpenFrom+1, d.OpenTo-1, d.OpenTo)
	}
	return out
}

func TestGoAndSQLAgree(t *testing.T) {
	days := must(t, Hours{Open: []string{"mon-fri 01:30-17:00", "sun 00:00-24:00"}, HalfDays: []string{"skärtorsdag 12:00"}}).
		Days(local(t, "2026-01-01 00:00"), local(t, "2026-12-31 00:00"))
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(script(days)); err != nil {
		t.Fatal(err)
	}
	query, err := db.Prepare("SELECT " + expr.WorkingSeconds("?1", "?2"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = query.Close() })
	at := instants(t, days)
	for i, a := range at {
		b := at[(i*7+3)%len(at)]
		var got sql.NullInt64
		if err := query.QueryRow(a, b).Scan(&got); err != nil {
			t.Fatal(err)
		}
		want, ok := WorkingSeconds(days, a, b)
		if got.Valid != ok || ok && got.Int64 != want {
			t.Fatalf("from %d to %d: SQL says %v, Go %d, %v", a, b, got, want, ok)
		}
	}
}

// The text runs as it is in the sqlite3 that an auditor has, and finds the day
// by its index.
func TestTheTextRunsInPlainSQLite(t *testing.T) {
	sqlite3 := testneed.Program(t, "sqlite3")
	days := must(t, Hours{}).Days(local(t, "2026-01-01 00:00"), local(t, "2026-12-31 00:00"))
	text := expr.WorkingSeconds(fmt.Sprint(local(t, "2026-11-20 16:30").Unix()), fmt.Sprint(local(t, "2026-11-23 08:30").Unix()))
	cmd := exec.Command(sqlite3, ":memory:")
	cmd.Stdin = strings.NewReader(script(days) + "SELECT " + text + ";\nEXPLAIN QUERY PLAN SELECT " + text + ";\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.HasPrefix(string(out), "3600\n") {
		t.Errorf("sqlite3 says %s", out)
	}
	if strings.Contains(string(out), "SCAN calendar") || !strings.Contains(string(out), "SEARCH calendar") {
		t.Errorf("the day is not found by its index: %s", out)
	}
}

func script(days []store.CalendarDay) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE calendar (day_start INTEGER PRIMARY KEY, open_from INTEGER NOT NULL, open_to INTEGER NOT NULL, cumulative INTEGER NOT NULL);\n")
	for _, d := range days {
		fmt.Fprintf(&b, "INSERT INTO calendar VALUES (%d, %d, %d, %d);\n", d.DayStart, d.OpenFrom, d.OpenTo, d.Cumulative)
	}
	return b.String()
}

func BenchmarkWorkingSecondsSQL(b *testing.B) {
	days := must(b, Hours{}).Days(local(b, "2016-01-01 00:00"), local(b, "2026-12-31 00:00"))
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(script(days) + "CREATE TABLE ticket (opened_at INTEGER, resolved_at INTEGER);" +
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO ticket SELECT 1600000000 + i * 1000, 1600000000 + i * 1000 + i % 500000 FROM n"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var sum int64
		if err := db.QueryRow("SELECT sum(" + expr.WorkingSeconds("ticket.opened_at", "ticket.resolved_at") + ") FROM ticket").Scan(&sum); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100000, "ns/row")
}

func ExampleCalendar_Days() {
	c, err := New(Hours{HalfDays: []string{"skärtorsdag 12:00"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	loc := Location()
	for _, d := range c.Days(time.Date(2026, 4, 1, 0, 0, 0, 0, loc), time.Date(2026, 4, 3, 0, 0, 0, 0, loc)) {
		fmt.Println(time.Unix(d.DayStart, 0).In(loc).Format("Mon 2 Jan"), time.Duration(d.OpenTo-d.OpenFrom)*time.Second)
	}
	// Output:
	// Wed 1 Apr 9h0m0s
	// Thu 2 Apr 4h0m0s
	// Fri 3 Apr 0s
}
