package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// BenchmarkTwins joins the accounts of two directories with 20,000 accounts
// each, three keys an account, after a hundred changed in one of them. lock-s
// is how long the write lock was held.
func BenchmarkTwins(b *testing.B) {
	const accounts = 20_000
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "k.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	start := time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
	collect := func(source string, changed int, at time.Time) time.Duration {
		st, err := s.Stage(b.Context(), store.SourceInfo{Name: source, Plugin: "ldap"}, at)
		if err != nil {
			b.Fatal(err)
		}
		if err := st.Begin(sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.Account: {"enabled", "key"}}}); err != nil {
			b.Fatal(err)
		}
		for i := range accounts {
			r := record.New(record.Account, fmt.Sprintf("%s%05d", source, i))
			if err := r.SetBool("enabled", i >= changed); err != nil {
				b.Fatal(err)
			}
			for _, of := range []string{"login", "upn", "name"} {
				r.Children[0] = append(r.Children[0], record.Row{{State: record.Set, S: fmt.Sprintf("k1-%s-%032d", of, i)}, {State: record.Set, S: of}})
			}
			if err := st.Write([]record.Record{r}); err != nil {
				b.Fatal(err)
			}
		}
		c, err := st.Apply(b.Context(), sdk.End{Seen: accounts}, store.ApplyOptions{})
		if err != nil {
			b.Fatal(err)
		}
		return c.LockHeld
	}
	collect("ad", 0, start)
	collect("entra", 0, start)
	n := 0
	for b.Loop() {
		n++
		held := collect("entra", n*100, start.Add(time.Duration(n)*time.Hour))
		b.ReportMetric(held.Seconds(), "lock-s")
	}
}
