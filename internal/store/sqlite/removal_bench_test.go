package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// BenchmarkRemove removes a million tickets. What counts is how long
// the write lock is held at a stretch: a second at most.
func BenchmarkRemove(b *testing.B) {
	const n = 1_000_000
	began := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		b.StopTimer()
		s := openStore(b, Options{})
		st, err := s.Stage(b.Context(), store.SourceInfo{Name: "arenden", Plugin: "table"}, began.AddDate(11, 0, 0))
		if err != nil {
			b.Fatal(err)
		}
		if err := st.Begin(sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.Ticket: {"status", "queue", "category", "opened_at", "resolved_at", "closed_at"}}}); err != nil {
			b.Fatal(err)
		}
		schema, _ := record.Lookup(record.Ticket)
		for i := range n {
			r := record.New(record.Ticket, fmt.Sprintf("INC%07d", (i*7919)%n))
			at := began.Add(time.Duration(i) * 5 * time.Minute).Unix()
			set := func(field string, v record.Value) { v.State = record.Set; r.Values[schema.Index(field)] = v }
			set("status", record.Value{S: "closed"})
			set("queue", record.Value{S: fmt.Sprint("kö ", i%20)})
			set("category", record.Value{S: fmt.Sprint("kategori ", i%40)})
			set("opened_at", record.Value{I: at})
			set("resolved_at", record.Value{I: at + int64(i%90)*3600})
			set("closed_at", record.Value{I: at + int64(i%90)*3600 + 60})
			if err := st.Write([]record.Record{r}); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := st.Apply(b.Context(), sdk.End{Seen: n}, store.ApplyOptions{}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		got, err := s.RemoveOlder(b.Context(), store.Removal{Kind: record.Ticket, Before: began.Add(n * 5 * time.Minute), At: began.AddDate(11, 0, 0), Decision: "KS 1"})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if got.Records < n*99/100 {
			b.Fatalf("removed %d", got.Records)
		}
		b.ReportMetric(got.LockHeld.Seconds(), "lock-s")
		b.StartTimer()
	}
}
