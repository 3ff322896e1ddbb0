package configs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// fillAround adds what fill leaves out: 7 500 computers, 4 500 of them the
// pupils', a count of pupils for each of 30 schools, and a survey of every system.
func fillAround(t *testing.T, s store.Store, now time.Time) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var recs []record.Record
	for i := range 7_500 {
		r := record.New(record.Asset, fmt.Sprint("dator", i))
		must(r.SetText("kind", "laptop"))
		must(r.SetText("status", "active"))
		category := "pupil"
		if i >= 4_500 {
			category = "staff"
		}
		must(r.SetText("user_category", category))
		must(r.SetInt("purchased_on", now.AddDate(0, -i%60, 0).Unix()))
		recs = append(recs, r)
	}
	must(collect(t.Context(), s, "datorer", now, recs...))
	recs = nil
	for i := range 30 {
		r := record.New(record.Observation, fmt.Sprint("skola", i))
		for field, v := range map[string]string{"kind": "counter", "category": "pupil", "metric": "accounts", "org_unit": fmt.Sprint("skola", i)} {
			must(r.SetText(field, v))
		}
		must(r.SetFloat("value", 1_000))
		must(r.SetInt("started_at", now.Add(-24*time.Hour).Unix()))
		recs = append(recs, r)
	}
	must(collect(t.Context(), s, "elever", now, recs...))
	recs = nil
	for i := range 5_000 {
		r := record.New(record.Assessment, fmt.Sprint("svar", i))
		for field, v := range map[string]string{"framework": "system_survey", "framework_version": "1", "area": fmt.Sprint("fråga ", i/500), "system": fmt.Sprint("sys", i%500)} {
			must(r.SetText(field, v))
		}
		must(r.SetFloat("score", float64(1+i%5)))
		must(r.SetInt("respondents", int64(5+i%50)))
		must(r.SetInt("assessed_at", now.AddDate(0, -2, 0).Unix()))
		recs = append(recs, r)
	}
	must(collect(t.Context(), s, "systemenkät", now, recs...))
}
