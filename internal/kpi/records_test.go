package kpi_test

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// filled are two systems, of which the first has an owner.
func filled(t *testing.T) *kpi.Records {
	t.Helper()
	r, err := kpi.OpenRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	fill := func(relation string, columns []string, rows ...[]string) bool {
		ok, err := r.Fill(t.Context(), relation, columns, func(add func([]string) error) error {
			for _, row := range rows {
				if err := add(row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !fill("system", []string{"id", "org_unit", "lifecycle", `tier") VALUES (1); DROP TABLE system; --`, "okänd"}, []string{"a", "soc", "in_use", "x", "y"}, []string{"b", "soc", "in_use", "", ""}) {
		t.Error("the systems were not taken")
	}
	if !fill("system_role", []string{"parent", "role", "holder"}, []string{"a", "owner", "title"}) {
		t.Error("the roles were not taken")
	}
	for _, name := range []string{"sqlite_master", "finns_inte", "system; DROP TABLE system", "source_state"} {
		if fill(name, []string{"id", "name"}, []string{"x", "y"}) {
			t.Errorf("%s was taken", name)
		}
	}
	return r
}

func TestRecordsFromElsewhereGiveFiguresAndSayWhatIsMissing(t *testing.T) {
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	r := filled(t)
	at := store.Point{AsOf: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	at.KnownAt = at.AsOf
	sources := []store.SourceState{{SourceInfo: store.SourceInfo{Name: "lista"}, LastSuccess: at.AsOf, Mapped: map[record.Kind][]string{record.System: {"lifecycle", "role", "role:owner", "sso_mode"}}}}
	if err := r.Ready(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	fs, err := kpi.New(c, decision.Set{}, r, kpi.WithWorkers(1)).EvaluateSome(t.Context(), at, "system_owner_coverage", "sso_coverage")
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]finding.Finding{}
	for _, f := range fs {
		by[f.KPI] = f
	}
	if f := by["system_owner_coverage"]; f.Numerator == nil || *f.Numerator != 1 || *f.Denominator != 2 {
		t.Errorf("owners: %+v %+v", f.Outcome, f.Reason)
	}
	// A source mapped how one signs in, but the rows do not have it.
	if f := by["sso_coverage"]; f.Outcome != finding.NoData {
		t.Errorf("sign-on: %+v", f)
	}
}

func TestRecordsThatAreReadyCannotBeChanged(t *testing.T) {
	r := filled(t)
	if err := r.Ready(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	reader, err := r.OpenReader(t.Context(), store.Point{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"DELETE FROM system", "ATTACH 'x.db' AS x", "CREATE TABLE t (a)"} {
		rows, err := reader.Query(t.Context(), text)
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
			_ = rows.Close()
		}
		if err == nil {
			t.Errorf("%s was run", text)
		}
	}
	if ok, err := r.Fill(t.Context(), "system", []string{"id"}, func(add func([]string) error) error { return add([]string{"c"}) }); ok || err == nil {
		t.Error("a row was added after the rows were ready")
	}
}
