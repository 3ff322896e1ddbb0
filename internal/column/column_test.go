package column_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func people() (*sdk.Pseudonymiser, error) {
	return sdk.NewPseudonymiser([]byte("0123456789abcdef0123456789abcdef"), "k1")
}

// fill makes one record of typed values by target; specs may be nil.
func fill(t *testing.T, kind record.Kind, specs map[string]column.Spec, opt column.Options, values map[string]any) (record.Record, column.Result, []column.Refusal) {
	t.Helper()
	if specs == nil {
		specs = map[string]column.Spec{}
	}
	for k := range values {
		if _, ok := specs[k]; !ok {
			specs[k] = column.Spec{}
		}
	}
	opt.Unnamed, opt.People = true, people
	if opt.Zone == nil {
		loc, err := time.LoadLocation("Europe/Stockholm")
		if err != nil {
			t.Fatal(err)
		}
		opt.Zone = loc
	}
	p, ps := column.New(kind, specs, opt)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var cells []column.Cell
	for _, c := range p.Columns() {
		v, given := values[c.Target]
		if !given {
			cells = append(cells, column.Cell{Type: column.Absent})
			continue
		}
		if cell, ok := v.(column.Cell); ok {
			cells = append(cells, cell)
			continue
		}
		cell, _ := column.Of(v)
		cells = append(cells, cell)
	}
	rec := record.New(kind, "1")
	res, refusals := p.Filler(now).Fill(&rec, cells)
	return rec, res, refusals
}

func TestTypedValuesNeedNoReadingOfText(t *testing.T) {
	opened := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	rec, res, no := fill(t, record.Ticket, nil, column.Options{}, map[string]any{
		"ticket_no": int64(4711), "opened_at": opened, "reopened_count": json.Number("3"), "csat": 4.5, "auto_created": true,
		"paused_minutes": int64(7), "queue": nil, "status": "Stängt", "resolved_at": column.Cell{Type: column.Wall, Int: opened.Unix()},
		"work_minutes": "12,5",
	})
	if res != column.Used || len(no) > 0 {
		t.Fatal(res, no)
	}
	for field, want := range map[string]record.Value{
		"ticket_no": {State: record.Set, S: "4711"}, "opened_at": {State: record.Set, I: opened.Unix()}, "reopened_count": {State: record.Set, I: 3},
		"csat": {State: record.Set, F: 4.5}, "auto_created": {State: record.Set, I: 1}, "paused_minutes": {State: record.Set, F: 7},
		"queue": {State: record.Blank}, "status": {State: record.Set, S: "closed"}, "work_minutes": {State: record.Set, F: 12.5},
		"resolved_at": {State: record.Set, I: opened.Add(-time.Hour).Unix()}, // a wall clock in Stockholm
		"closed_at":   {},
	} {
		if got := rec.Get(field); got != want {
			t.Errorf("%s: got %+v, want %+v", field, got, want)
		}
	}
}

func TestDaysAndInstantsEndTheDayTheyAreIn(t *testing.T) {
	end := time.Date(2026, 7, 1, 21, 59, 59, 0, time.UTC).Unix()
	for name, v := range map[string]any{
		"a day":                     column.Cell{Type: column.Day, Int: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC).Unix()},
		"an instant late in Sweden": time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC),
		"text":                      "2026-07-01",
		"text with an offset":       "2026-06-30T22:30:00Z",
	} {
		t.Run(name, func(t *testing.T) {
			rec, _, no := fill(t, record.System, nil, column.Options{}, map[string]any{"name": "A", "deployed_on": v})
			if got := rec.Get("deployed_on"); got.I != end || len(no) > 0 {
				t.Errorf("got %s, want %s; %v", time.Unix(got.I, 0).UTC(), time.Unix(end, 0).UTC(), no)
			}
		})
	}
}

func TestSecondsSince1970(t *testing.T) {
	at := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, format string
		v            any
		code         string
	}{
		{"number", "unix", at.Unix(), ""},
		{"text", "unix", "1772434800", ""},
		{"milliseconds", "unix_ms", float64(at.UnixMilli() + 250), ""},
		{"milliseconds taken for seconds", "unix", at.UnixMilli(), "bad_date"},
		{"words", "unix", "i går", "bad_date"},
		{"translated to nothing", "unix", "0", "missing_time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			specs := map[string]column.Spec{"opened_at": {Format: c.format, Values: map[string]string{"0": ""}}}
			rec, res, no := fill(t, record.Ticket, specs, column.Options{}, map[string]any{"opened_at": c.v})
			if c.code != "" {
				if res != column.Refused || len(no) != 1 || no[0].Code != c.code {
					t.Errorf("got %v, %+v", res, no)
				}
				return
			}
			if got := rec.Get("opened_at"); got.I != at.Unix() {
				t.Errorf("got %+v, %+v", got, no)
			}
		})
	}
}

func TestUnsetDatesCanBeTranslatedToNothing(t *testing.T) {
	specs := map[string]column.Spec{"resolved_at": {Values: map[string]string{"1970-01-01 00:00:00": "", "1970-01-01T00:00:00Z": ""}}}
	for name, v := range map[string]any{"wall clock": column.Cell{Type: column.Wall}, "instant": time.Unix(0, 0), "text": "1970-01-01 00:00:00"} {
		t.Run(name, func(t *testing.T) {
			rec, _, no := fill(t, record.Ticket, specs, column.Options{}, map[string]any{"opened_at": now, "resolved_at": v})
			if got := rec.Get("resolved_at"); got.State != record.Blank || len(no) > 0 {
				t.Errorf("got %+v, %v", got, no)
			}
		})
	}
}

func TestListsFillChildLists(t *testing.T) {
	rec, res, no := fill(t, record.System, nil, column.Options{}, map[string]any{
		"name": "Treserva", "alias": []any{"Procapita, gamla", "VIVA"}, "integration": []any{"Agresso", "Platina"},
		"integration.documented": []any{true, false}, "role:owner": []any{"Anna Andersson", "Skolchef", "Vakant"}, "user_org_unit": []any{},
	})
	if res != column.Used || len(no) > 0 {
		t.Fatal(res, no)
	}
	s, _ := record.Lookup(record.System)
	list := func(name string) []record.Row { return rec.Children[s.Child(name)] }
	if a := list("alias"); len(a) != 2 || a[0][0].S != "Procapita, gamla" {
		t.Errorf("items of a list are not split: %+v", a)
	}
	if i := list("integration"); len(i) != 2 || i[0][1].I != 1 || i[1][1].I != 0 || i[1][1].State != record.Set {
		t.Errorf("further fields go one by one: %+v", i)
	}
	var holders []string
	for _, r := range list("role") {
		holders = append(holders, r[1].S)
		if r[1].S == "person" && !sdk.IsPseudonym(r[2].S) {
			t.Error("a person's name is in the clear")
		}
	}
	if !slices.Equal(holders, []string{"person", "title", "vacant"}) {
		t.Errorf("got %v", holders)
	}
	if u := list("user_org_unit"); u == nil || len(u) != 0 {
		t.Errorf("an empty list is mapped and has no rows, got %#v", u)
	}
}

func TestWhatCannotBeUsedIsToldWithoutNames(t *testing.T) {
	for _, c := range []struct {
		name, target string
		v            any
		bad          string
		code         string
		row          bool
	}{
		{"text for a number", "csat", "Anna Andersson", "", "bad_number", true},
		{"text for a number, blanked", "csat", "Anna Andersson", "blank", "bad_number", false},
		{"not a number", "csat", math.NaN(), "", "bad_number", true},
		{"without end", "csat", math.Inf(1), "", "bad_number", true},
		{"an object", "queue", map[string]any{"id": 1}, "", "cell_error", true},
		{"a list in a field", "queue", []any{"a", "b"}, "", "several_values", true},
		{"a list for a time", "due_at", []any{"a"}, "", "several_values", true},
		{"a number too great", "reopened_count", 1e300, "", "bad_number", true},
		{"part of a number", "reopened_count", 1.5, "", "bad_number", true},
		{"unknown word", "status", "Anna Andersson", "", "unknown_value", false},
		{"unknown yes", "auto_created", "anna.andersson@example.org", "", "unknown_value", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec, res, no := fill(t, record.Ticket, nil, column.Options{BadCell: c.bad}, map[string]any{"opened_at": now, c.target: c.v})
			if len(no) != 1 || no[0].Code != c.code || no[0].Row != c.row || (res == column.Refused) != c.row {
				t.Fatalf("got %v, %+v", res, no)
			}
			w := no[0].Warning(record.Place{Doc: "x"}, "Kolumn")
			if strings.Contains(strings.ToLower(w.Reason), "andersson") || w.Refused != c.row || !strings.HasSuffix(w.Reason, ".") {
				t.Errorf("got %+v", w)
			}
			if got := rec.Get(c.target); !c.row && got.State != record.Blank {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	p, ps := column.New(record.System, map[string]column.Spec{"name": {Header: column.Headers{"N"}}}, column.Options{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	ids := p.IDs()
	id, missing := ids.Of([]column.Cell{{Type: column.Int, Int: 7}, {Type: column.Text, Text: " a  b "}})
	if id != "7|a b" || missing != -1 {
		t.Errorf("got %q, %d", id, missing)
	}
	if _, missing = ids.Of([]column.Cell{{Type: column.Text, Text: "a"}, {}}); missing != 1 {
		t.Errorf("got %d", missing)
	}
	first := record.New(record.System, "Treserva")
	first.Place.Row = 4
	again := record.New(record.System, "TRESERVA")
	if _, twice := ids.Twice(&first); twice {
		t.Error("seen before it came")
	}
	if before, twice := ids.Twice(&again); !twice || before.Row != 4 || again.ID != "Treserva" {
		t.Errorf("got %+v, %v, %s", before, twice, again.ID)
	}
	alike := func(yield func(string) bool) { yield("x") }
	if a, b := ids.Whole(alike), ids.Whole(alike); a == b || a[:32] != b[:32] {
		t.Errorf("rows that are alike are counted apart: %s, %s", a, b)
	}
}

func TestAccountsOfPupilsAreNotRead(t *testing.T) {
	if _, res, no := fill(t, record.Account, nil, column.Options{}, map[string]any{"category": "Elev", "enabled": true}); res != column.Pupil || len(no) > 0 {
		t.Errorf("got %v, %v", res, no)
	}
}

func TestThePseudonymiserIsAskedOnlyForPeople(t *testing.T) {
	none := func() (*sdk.Pseudonymiser, error) { return nil, errors.New("no key") }
	if _, ps := column.New(record.Ticket, map[string]column.Spec{"opened_at": {}}, column.Options{Unnamed: true, People: none}); len(ps) > 0 {
		t.Errorf("got %v", ps)
	}
	if _, ps := column.New(record.System, map[string]column.Spec{"role:owner": {}}, column.Options{Unnamed: true, People: none}); len(ps) != 1 || ps[0].Field != "pseudonym_key" {
		t.Errorf("got %v", ps)
	}
}
