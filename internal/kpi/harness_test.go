package kpi_test

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The days that the tests live in.
func monday() time.Time { return time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC) }

func day(n int) time.Time { return monday().AddDate(0, 0, n) }

func openStore(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newStore(t testing.TB) *sqlite.Store {
	return openStore(t, filepath.Join(t.TempDir(), "kommunpuls.db"))
}

// collection is one full collection of one kind.
type collection struct {
	source store.SourceInfo
	mapped []string
	at     time.Time
	header sdk.Header
}

func (c collection) apply(t testing.TB, s store.Store, recs ...record.Record) {
	t.Helper()
	st, err := s.Stage(t.Context(), c.source, c.at)
	if err != nil {
		t.Fatal(err)
	}
	h := c.header
	h.Full = true
	h.Mapped = map[record.Kind][]string{}
	for _, r := range recs {
		h.Mapped[r.Kind] = c.mapped
	}
	if err := st.Begin(h); err != nil {
		t.Fatal(err)
	}
	if err := st.Write(recs); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Apply(t.Context(), sdk.End{Seen: int64(len(recs))}, store.ApplyOptions{AcceptVanished: true}); err != nil {
		t.Fatal(err)
	}
}

// rec makes a record of pairs of field and value.
func rec(t testing.TB, k record.Kind, id string, pairs ...any) record.Record {
	t.Helper()
	r := record.New(k, id)
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		var err error
		switch v := pairs[i+1].(type) {
		case nil:
			err = r.SetBlank(name)
		case string:
			err = r.SetText(name, v)
		case int:
			err = r.SetInt(name, int64(v))
		case float64:
			err = r.SetFloat(name, v)
		case time.Time:
			err = r.SetInt(name, v.Unix())
		default:
			t.Fatalf("%s: %T", name, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func ssoKPI() catalogue.Definition {
	return catalogue.Definition{ID: "sso", Record: record.System, Shape: catalogue.Share, Pass: "sso_mode = 'sso'", Unit: "share", Direction: "up", Method: 1,
		PopulationText: finding.Text{SV: "alla system", EN: "all systems"}, Breakdowns: []catalogue.Breakdown{{Dimension: "tier"}}}
}

func queueKPI() catalogue.Definition {
	return catalogue.Definition{ID: "queue", Record: record.Ticket, Shape: catalogue.CountOf, Population: "resolved_at IS NULL", Unit: "count", Direction: "down", Method: 1,
		Breakdowns: []catalogue.Breakdown{{Dimension: "queue"}, {Dimension: "category"}}}
}

func catalogueOf(ds ...catalogue.Definition) catalogue.Catalogue {
	return catalogue.Catalogue{KPIs: ds}
}

func evaluate(t testing.TB, e *kpi.Engine, at store.Point) []finding.Finding {
	t.Helper()
	fs, err := e.Evaluate(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func value(f finding.Finding) string {
	if f.Value == nil {
		return "none"
	}
	return strconv.FormatFloat(*f.Value, 'f', 4, 64)
}

func want(t *testing.T, f finding.Finding, figure string, outcome finding.Outcome) {
	t.Helper()
	if value(f) != figure || f.Outcome != outcome {
		t.Errorf("%s: got %s, %s (%v), want %s, %s", f.KPI, value(f), f.Outcome, f.Reason, figure, outcome)
	}
}

func systems(t testing.TB, modes ...string) []record.Record {
	var out []record.Record
	for i, m := range modes {
		out = append(out, rec(t, record.System, "s"+strconv.Itoa(i), "name", "System "+strconv.Itoa(i), "tier", "gold", "sso_mode", m))
	}
	return out
}

var systemFields = []string{"name", "tier", "sso_mode"}
