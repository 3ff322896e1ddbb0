package reporting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

func local(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhenAReportIsDue(t *testing.T) {
	for _, c := range []struct {
		name            string
		plan            Plan
		now, due, comes string
	}{
		{"the minute itself", Plan{Every: Monthly, Day: 1, Minutes: 420}, "2026-11-01 07:00", "2026-11-01 07:00", "2026-12-01 07:00"},
		{"a minute before", Plan{Every: Monthly, Day: 1, Minutes: 420}, "2026-11-01 06:59", "2026-10-01 07:00", "2026-11-01 07:00"},
		{"over the year", Plan{Every: Monthly, Day: 15}, "2027-01-03 12:00", "2026-12-15 00:00", "2027-01-15 00:00"},
		{"a week, on its day", Plan{Every: Weekly, Weekday: time.Monday, Minutes: 420}, "2026-11-23 08:00", "2026-11-23 07:00", "2026-11-30 07:00"},
		{"a week, before its day", Plan{Every: Weekly, Weekday: time.Friday, Minutes: 420}, "2026-11-23 08:00", "2026-11-20 07:00", "2026-11-27 07:00"},
		{"a week that ends on Sunday", Plan{Every: Weekly, Weekday: time.Sunday, Minutes: 420}, "2026-11-28 08:00", "2026-11-22 07:00", "2026-11-29 07:00"},
		{"over the change to winter time", Plan{Every: Weekly, Weekday: time.Monday, Minutes: 420}, "2026-10-25 12:00", "2026-10-19 07:00", "2026-10-26 07:00"},
		{"an hour that there is not in spring", Plan{Every: Weekly, Weekday: time.Sunday, Minutes: 150}, "2026-03-29 12:00", "2026-03-29 03:30", "2026-04-05 02:30"},
		{"a quarter", Plan{Every: Quarterly, Day: 10, Minutes: 60}, "2026-12-31 23:59", "2026-10-10 01:00", "2027-01-10 01:00"},
		{"the first days of a quarter", Plan{Every: Quarterly, Day: 10, Minutes: 60}, "2027-01-09 23:59", "2026-10-10 01:00", "2027-01-10 01:00"},
		{"a year", Plan{Every: Yearly, Day: 15, Minutes: 60}, "2026-01-15 00:59", "2025-01-15 01:00", "2026-01-15 01:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			const form = "2006-01-02 15:04"
			now := local(t, c.now)
			if got := c.plan.Due(now).Format(form); got != c.due {
				t.Errorf("due %s, want %s", got, c.due)
			}
			if got := c.plan.Next(now).Format(form); got != c.comes {
				t.Errorf("next %s, want %s", got, c.comes)
			}
		})
	}
}

// desk is a keeper with a clock that stands still until it is set.
type desk struct {
	*Keeper
	t     *testing.T
	dir   string
	now   time.Time
	log   strings.Builder
	made  []Order
	fails map[string]error // by unit
}

func newDesk(t *testing.T, dir, now string) *desk {
	d := &desk{t: t, dir: dir, now: local(t, now), fails: map[string]error{}}
	d.Keeper = New(Options{
		Maker: d, Log: slog.New(slog.NewTextHandler(&d.log, nil)), Now: func() time.Time { return d.now },
		Dir: filepath.Join(dir, "reports"), State: filepath.Join(dir, "reports.json"),
	})
	return d
}

func (d *desk) Units(context.Context) ([]string, error) { return []string{"bun", "soc"}, nil }

func (d *desk) Make(_ context.Context, o Order) (Made, error) {
	if err := d.fails[o.Unit]; err != nil {
		return Made{}, err
	}
	d.made = append(d.made, o)
	m := Made{Title: "Läget i oktober", Lead: "Av kommunens 212 system har 148 en ägare.", Files: map[string][]byte{}}
	for _, f := range o.Formats {
		m.Files[f] = fmt.Appendf(nil, "%s %s nummer %d", f, o.Unit, len(d.made))
	}
	return m, nil
}

func (d *desk) at(now string) {
	d.t.Helper()
	d.now = local(d.t, now)
	d.Look(d.t.Context())
}

func (d *desk) files() []string {
	d.t.Helper()
	es, err := os.ReadDir(filepath.Join(d.dir, "reports"))
	if err != nil && !os.IsNotExist(err) {
		d.t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		out = append(out, e.Name())
	}
	return out
}

func (d *desk) want(names ...string) {
	d.t.Helper()
	if got := d.files(); !slices.Equal(got, names) {
		d.t.Errorf("the folder has %v, want %v", got, names)
	}
}

func monthly(name string) Plan {
	return Plan{Name: name, Kind: "ledning", Every: Monthly, Day: 1, Minutes: 420, Formats: []string{"html", "pdf"}}
}

func TestAReportIsMadeWhenItIsDueAndOnce(t *testing.T) {
	dir := t.TempDir()
	d := newDesk(t, dir, "2026-11-20 12:00")
	d.Apply(Settings{Plans: []Plan{monthly("ledning")}})
	d.at("2026-11-20 12:00") // a new plan begins with what comes
	d.at("2026-12-01 06:59")
	d.want()
	d.at("2026-12-01 07:00")
	d.at("2026-12-01 07:01")
	d.want("2026-12-01_ledning.html", "2026-12-01_ledning.pdf")

	// Half a year without a daemon is made up for once.
	d = newDesk(t, dir, "2027-06-10 12:00")
	d.Apply(Settings{Plans: []Plan{monthly("ledning")}})
	d.at("2027-06-10 12:00")
	d.at("2027-06-10 12:01")
	d.want("2026-12-01_ledning.html", "2026-12-01_ledning.pdf", "2027-06-10_ledning.html", "2027-06-10_ledning.pdf")
	d.at("2027-07-01 08:00")
	if got := d.Kept(); len(got) != 3 || got[0].Name != "2027-07-01_ledning" || got[2].Name != "2026-12-01_ledning" {
		t.Errorf("%+v", got)
	}
	if st := d.Status(); len(st) != 1 || st[0].Kept != 3 || !st[0].LastSuccess.Equal(d.now) || !st[0].Next.Equal(local(t, "2027-08-01 07:00")) {
		t.Errorf("%+v", st)
	}
	r, b, err := d.File(t.Context(), "2026-12-01_ledning", "pdf")
	if err != nil || string(b) != "pdf  nummer 1" || r.Title != "Läget i oktober" {
		t.Errorf("%q %v", b, err)
	}
	for _, name := range []string{"../reports", "2026-12-01_ledning.html", ""} {
		if _, _, err := d.File(t.Context(), name, "json"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingInTheFolderIsEverOverwritten(t *testing.T) {
	d := newDesk(t, t.TempDir(), "2026-11-20 12:00")
	d.Apply(Settings{Plans: []Plan{monthly("ledning"), monthly("igen")}})
	d.at("2026-11-20 12:00")
	if err := os.MkdirAll(filepath.Join(d.dir, "reports"), 0o700); err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(d.dir, "reports", "2026-12-01_ledning.pdf")
	if err := os.WriteFile(theirs, []byte("någon annans"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.at("2026-12-01 07:00")
	d.want("2026-12-01_ledning.pdf", "2026-12-01_ledning_2.html", "2026-12-01_ledning_2.pdf", "2026-12-01_ledning_3.html", "2026-12-01_ledning_3.pdf")
	if b, err := os.ReadFile(theirs); err != nil || string(b) != "någon annans" {
		t.Errorf("%q %v", b, err)
	}
}

func TestOnlyWhatItMadeItselfAndNobodyChangedIsRemoved(t *testing.T) {
	d := newDesk(t, t.TempDir(), "2026-11-20 12:00")
	p := monthly("ledning")
	p.Keep, p.Formats = 2, []string{"pdf"}
	d.Apply(Settings{Plans: []Plan{p}})
	d.at("2026-11-20 12:00")
	d.at("2026-12-01 07:00")
	for name, text := range map[string]string{"2020-01-01_ledning.pdf": "gammal och någon annans", "2026-12-01_ledning.pdf": "ändrad"} {
		if err := os.WriteFile(filepath.Join(d.dir, "reports", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range []string{"2027-01-01 07:00", "2027-02-01 07:00", "2027-03-01 07:00"} {
		d.at(at)
	}
	d.want("2020-01-01_ledning.pdf", "2026-12-01_ledning.pdf", "2027-02-01_ledning.pdf", "2027-03-01_ledning.pdf")
	if got := d.Kept(); len(got) != 2 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(d.log.String(), "left_since_changed=[2026-12-01_ledning.pdf]") {
		t.Error(d.log.String())
	}
}

func TestEachForvaltningGetsItsOwnAlsoWhenOneFailsAtFirst(t *testing.T) {
	d := newDesk(t, t.TempDir(), "2026-11-20 12:00")
	p := Plan{Name: "forvaltningar", Kind: "forvaltning", Unit: All, Every: Weekly, Weekday: time.Monday, Formats: []string{"html"}, Keep: 1}
	d.Apply(Settings{Plans: []Plan{p}})
	d.at("2026-11-20 12:00")
	d.fails["soc"] = errors.New("no store")
	d.at("2026-11-23 12:00")
	d.want("2026-11-23_forvaltning_bun.html")
	if st := d.Status()[0]; st.Class != unmade || st.Failures != 1 || !strings.Contains(st.Reason, "gick inte att göra") {
		t.Errorf("%+v", st)
	}
	delete(d.fails, "soc")
	d.at("2026-11-23 12:00") // not before a minute has passed
	d.want("2026-11-23_forvaltning_bun.html")
	d.at("2026-11-23 12:01")
	d.want("2026-11-23_forvaltning_bun.html", "2026-11-23_forvaltning_soc.html")
	if st := d.Status()[0]; st.Class != "" || st.Failures != 0 {
		t.Errorf("%+v", st)
	}
	d.at("2026-11-30 12:00") // one is kept of each
	d.want("2026-11-30_forvaltning_bun.html", "2026-11-30_forvaltning_soc.html")
}

func TestAFolderThatCannotBeWrittenIsToldOfAndTriedAgain(t *testing.T) {
	d := newDesk(t, t.TempDir(), "2026-11-20 12:00")
	folder := filepath.Join(d.dir, "reports")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.Apply(Settings{Plans: []Plan{monthly("ledning")}})
	d.at("2026-11-20 12:00")
	d.at("2026-12-01 07:00")
	if st := d.Status()[0]; st.Class != unmade || st.Kept != 0 {
		t.Errorf("%+v", st)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	d.at("2026-12-01 07:05")
	d.want("2026-12-01_ledning.html", "2026-12-01_ledning.pdf")
}

func TestAMemoryThatCannotBeUnderstoodIsPutAside(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "reports.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, dir, "2026-11-20 12:00")
	d.Apply(Settings{Plans: []Plan{monthly("ledning")}})
	d.at("2026-11-20 12:00")
	d.want()
	if b, err := os.ReadFile(file + ".broken"); err != nil || string(b) != "{" {
		t.Errorf("%q %v", b, err)
	}
	if !strings.Contains(d.log.String(), "put aside") {
		t.Error(d.log.String())
	}
}

func TestAClockThatWentBackwardsDoesNotSilenceAPlan(t *testing.T) {
	d := newDesk(t, t.TempDir(), "2036-11-20 12:00")
	d.Apply(Settings{Plans: []Plan{monthly("ledning")}})
	d.at("2036-11-20 12:00")
	d.at("2026-11-20 12:00")
	d.want()
	d.at("2026-12-01 07:00")
	d.want("2026-12-01_ledning.html", "2026-12-01_ledning.pdf")
}

func TestItStartsWhenTheFiguresAreThereAndEnds(t *testing.T) {
	d := newDesk(t, t.TempDir(), "2026-11-20 12:00")
	looked := make(chan struct{}, 1)
	d.Start(t.Context(), Settings{Plans: []Plan{monthly("ledning")}}, func() bool {
		select {
		case looked <- struct{}{}:
		default:
		}
		return true
	})
	<-looked
	d.Close()
	d.Close()
}
