package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var probeFields = map[record.Kind][]string{record.Observation: {"kind", "subject", "metric", "started_at", "samples", "ok", "latency_ms", "site"}}

func probe(t testing.TB, id, subject string, at int64, ok bool, latency float64) record.Record {
	t.Helper()
	r := record.New(record.Observation, id)
	check(t, r.SetText("kind", "probe"))
	check(t, r.SetText("subject", subject))
	check(t, r.SetInt("started_at", at))
	check(t, r.SetInt("samples", 1))
	check(t, r.SetInt("ok", map[bool]int64{true: 1}[ok]))
	check(t, r.SetFloat("latency_ms", latency))
	return r
}

func hours(t testing.TB, s *Store) string {
	t.Helper()
	var out string
	check(t, s.read.QueryRowContext(t.Context(), "SELECT coalesce(group_concat(w, ' '), '') FROM (SELECT subject || '@' || (hour % 86400 / 3600) || ' ' || ok || '/' || samples || ' ' || latency_sum_ms || ' ' || latency_p95_ms AS w FROM probe_hourly ORDER BY subject, hour)").Scan(&out))
	return out
}

const midnight = int64(1_795_046_400)

// collected stages probe results as a collection of records.
func collected(t *testing.T, s *Store, now int64, recs ...record.Record) {
	t.Helper()
	st, err := s.Stage(t.Context(), store.SourceInfo{Name: "sond", Plugin: "table"}, time.Unix(now, 0))
	check(t, err)
	check(t, st.Begin(sdk.Header{Mapped: probeFields}))
	check(t, st.Write(recs))
	_, err = st.Apply(t.Context(), sdk.End{Seen: int64(len(recs))}, store.ApplyOptions{})
	check(t, err)
}

func TestProbeResultsThatAreCollectedAreRolledUpByTheHour(t *testing.T) {
	s := openStore(t, Options{})
	collected(t, s, midnight+7200, probe(t, "1", "skola", midnight, true, 10), probe(t, "2", "skola", midnight+60, true, 30), probe(t, "3", "skola", midnight+3600, false, 0))
	if got := hours(t, s); got != "skola@0 2/2 40.0 30.0 skola@1 0/1 0.0 0.0" {
		t.Error(got)
	}
	collected(t, s, midnight+7200, probe(t, "4", "skola", midnight+120, false, 5), probe(t, "3", "skola", midnight+60, true, 20))
	if got := hours(t, s); got != "skola@0 3/4 60.0 30.0" {
		t.Errorf("a result that moved to another hour: %s", got)
	}
}

func TestALargeProbeCollectionIsRolledUpInSteps(t *testing.T) {
	s := openStore(t, Options{})
	st, err := s.Stage(t.Context(), store.SourceInfo{Name: "sond", Plugin: "probe"}, time.Unix(midnight, 0))
	check(t, err)
	check(t, st.Begin(sdk.Header{Full: true, Mapped: probeFields}))
	const n = firstLoadRows + 500
	for i := range n {
		check(t, st.Write([]record.Record{probe(t, fmt.Sprint(i), fmt.Sprintf("mål-%d", i%3), midnight-int64(i)*400, true, 1)}))
	}
	_, err = st.Apply(t.Context(), sdk.End{Seen: n}, store.ApplyOptions{})
	check(t, err)
	var samples, marks, hours int64
	check(t, s.read.QueryRowContext(t.Context(), "SELECT (SELECT sum(samples) FROM probe_hourly), (SELECT count(*) FROM probe_hourly), (SELECT count(*) FROM probe_dirty)").Scan(&samples, &hours, &marks))
	if samples != n || marks != 0 || hours <= rollupStep {
		t.Errorf("%d samples in %d hours, %d marks left", samples, hours, marks)
	}
}

func TestPruningKeepsTheHoursOfProbeResultsThatWent(t *testing.T) {
	s := openStore(t, Options{})
	commit := func(now int64, recs ...record.Record) {
		t.Helper()
		collected(t, s, now, recs...)
	}
	commit(midnight, probe(t, "1", "skola", midnight, true, 10), probe(t, "2", "skola", midnight+60, true, 30))
	later := midnight + 40*86400
	commit(later, probe(t, "3", "skola", later, true, 1))
	n, err := s.Prune(t.Context(), time.Unix(later, 0))
	check(t, err)
	if n != 2 || countOf(t, s, "observation") != 1 || countOf(t, s, "probe_hourly") != 2 {
		t.Errorf("pruned %d; %d results and %d hours are left", n, countOf(t, s, "observation"), countOf(t, s, "probe_hourly"))
	}
	// A late result must not make the kept hour smaller.
	commit(later, probe(t, "4", "skola", midnight+120, true, 1))
	if got := hours(t, s); got != "skola@0 2/2 40.0 30.0 skola@0 1/1 1.0 1.0" {
		t.Error(got)
	}
}
