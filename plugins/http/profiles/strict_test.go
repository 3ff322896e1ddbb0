package profiles_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles/profiletest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// fake is what every stand-in has.
type fake interface {
	Faults() []string
	Requests() []fakes.Request
	Count(path string, status int) int
	Busy(path string, after, times int, wait time.Duration)
	Change(change func([]map[string]any) []map[string]any)
	Close()
}

type row = map[string]any

// strict is one profile, its fake, and what should come.
type strict struct {
	profile  string
	start    func() (f fake, url string, settings map[string]any)
	kind     record.Kind
	records  int
	pages    string // path that a full pass asks for more than once
	secret   string // setting that is given wrongly
	busy     string // path that answers 429 in the middle; "" has no limits
	id       string
	want     map[string]string // fields of that record
	unmapped []string
	// touch changes something so that the increment sees it; nil where
	// everything is read each time.
	touch   func(list []row) []row
	changed int // the most records that an increment may bring
	more    func(t *testing.T, res *profiletest.Result)
}

func (c strict) run(t *testing.T) (fake, profiletest.Run) {
	t.Helper()
	f, url, settings := c.start()
	t.Cleanup(f.Close)
	settings["profile"] = c.profile
	if settings["url"] == nil {
		settings["url"] = url
	}
	return f, profiletest.Run{Settings: settings, Now: now, Persons: persons()}
}

// persons are in every fake's rows and must never leave the source.
func persons() []string {
	return []string{"Alva Almkvist", "alva.almkvist@kommun.example", "070-1234567"}
}

func strictProfiles() []strict {
	return append(strictTickets(), strictRegisters()...)
}

func TestEveryProfileReadsItsStrictFake(t *testing.T) {
	for _, c := range strictProfiles() {
		t.Run(c.profile, func(t *testing.T) {
			f, run := c.run(t)
			res := profiletest.Collect(t, run)
			if got := f.Faults(); len(got) > 0 {
				t.Errorf("asked wrongly: %v", got)
			}
			if n := pages(f, c.pages); n < 2 {
				t.Errorf("%d pages of %s: %v", n, c.pages, f.Requests())
			}
			if n := len(res.Records[c.kind]); n != c.records || !res.Header.Full {
				t.Errorf("%d records, want %d; full %v", n, c.records, res.Header.Full)
			}
			rec, ok := res.Records[c.kind][c.id]
			if !ok {
				t.Fatalf("no record %s", c.id)
			}
			for field, want := range c.want {
				if got := shown(rec, field); got != want {
					t.Errorf("%s is %q, want %q", field, got, want)
				}
			}
			for _, field := range c.unmapped {
				if res.Mapped(c.kind, field) {
					t.Errorf("%s is mapped", field)
				}
			}
			if c.more != nil {
				c.more(t, res)
			}
		})
	}
}

func TestEveryProfileReadsWhatHasChanged(t *testing.T) {
	for _, c := range strictProfiles() {
		if c.touch == nil {
			continue
		}
		t.Run(c.profile, func(t *testing.T) {
			f, run := c.run(t)
			first := profiletest.Collect(t, run)
			f.Change(c.touch)
			run.Cursor, run.Now = first.Cursor, now.Add(time.Hour)
			second := profiletest.Collect(t, run)
			if n := len(second.Records[c.kind]); second.Header.Full || n == 0 || n > c.changed {
				t.Errorf("full %v, %d records, want 1 to %d", second.Header.Full, n, c.changed)
			}
			run.Cursor, run.Now = second.Cursor, now.Add(8*24*time.Hour)
			if third := profiletest.Collect(t, run); !third.Header.Full || len(third.Records[c.kind]) != c.records {
				t.Errorf("the full pass after a week: full %v, %d records", third.Header.Full, len(third.Records[c.kind]))
			}
			if got := f.Faults(); len(got) > 0 {
				t.Errorf("asked wrongly: %v", got)
			}
		})
	}
}

func TestEveryProfileTellsOfAWrongKeyWithoutShowingIt(t *testing.T) {
	for _, c := range strictProfiles() {
		if c.secret == "" {
			continue
		}
		t.Run(c.profile, func(t *testing.T) {
			_, run := c.run(t)
			run.Settings[c.secret] = "not-the-right-one"
			res, err := profiletest.Try(t, run)
			if err == nil {
				t.Fatalf("%d records with a wrong key", len(res.Records[c.kind]))
			}
			if !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "not-the-right-one") {
				t.Errorf("wrong key: %v", err)
			}
		})
	}
}

func TestEveryProfileWaitsAsLongAsItIsTold(t *testing.T) {
	for _, c := range strictProfiles() {
		if c.busy == "" {
			continue
		}
		t.Run(c.profile, func(t *testing.T) {
			t.Parallel()
			f, run := c.run(t)
			f.Busy(c.busy, 1, 1, time.Second)
			res := profiletest.Collect(t, run)
			if n := len(res.Records[c.kind]); n != c.records || f.Count(c.busy, http.StatusTooManyRequests) != 1 || len(f.Faults()) > 0 {
				t.Errorf("%d records, want %d; faults %v", n, c.records, f.Faults())
			}
		})
	}
}

// pages counts the answers of a path with something in them.
func pages(f fake, path string) int {
	n := 0
	for _, r := range f.Requests() {
		if r.Path == path && r.Status < 300 {
			n++
		}
	}
	return n
}

// shown is a field as a text: times as RFC 3339, "" where nothing stands.
func shown(rec record.Record, field string) string {
	schema, _ := record.Lookup(rec.Kind)
	v := rec.Get(field)
	at := schema.Index(field)
	if at < 0 || v.State != record.Set {
		return ""
	}
	switch schema.Fields[at].Type {
	case record.Time, record.Date:
		return time.Unix(v.I, 0).UTC().Format(time.RFC3339)
	case record.Int, record.Bool:
		return fmt.Sprint(v.I)
	case record.Float:
		return fmt.Sprint(v.F)
	}
	return v.S
}

// touched sets one field of the row with a number.
func touched(n int, field string, value any) func([]row) []row {
	return func(list []row) []row {
		list[n][field] = value
		return list
	}
}

func rfc(t time.Time) string { return t.UTC().Format(time.RFC3339) }
