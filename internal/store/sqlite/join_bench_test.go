package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// BenchmarkOwners joins a register's owners with a directory through their
// pseudonyms, at the newest instant and at one in the past.
func BenchmarkOwners(b *testing.B) {
	const systems, accounts = 3000, 100_000
	s := openStore(b, Options{})
	start := time.Now()
	c := applyBench(b, s, "ad", record.Account, accounts, genNow, func(i int, r *record.Record) {
		check(b, r.SetBool("enabled", i%10 != 0))
		check(b, r.SetText("category", "employee"))
		check(b, r.SetText("org_unit", fmt.Sprintf("Enhet %d", i%300)))
		for k := range 3 {
			r.Children[0] = append(r.Children[0], record.Row{{State: record.Set, S: fmt.Sprintf("p1:key-%06d-%d", i, k)}, {State: record.Set, S: "login"}})
		}
	})
	b.Logf("%d accounts with 3 keys each: %.2f s, longest lock %.2f s", accounts, time.Since(start).Seconds(), c.LockHeld.Seconds())
	for round := range int64(2) {
		applyBench(b, s, "lista", record.System, systems, genNow+round*86400, func(i int, r *record.Record) {
			check(b, r.SetText("name", fmt.Sprintf("System %d", i)))
			check(b, r.SetText("lifecycle", "in_use"))
			row := make(record.Row, 9)
			row[0] = record.Value{State: record.Set, S: "owner"}
			row[2] = record.Value{State: record.Set, S: fmt.Sprintf("p1:key-%06d-0", (i+int(round))%accounts)}
			r.Children[0] = []record.Row{row}
		})
	}
	for name, at := range map[string]time.Time{"now": time.Unix(genNow+200_000, 0), "past": time.Unix(genNow+3600, 0)} {
		b.Run(name, func(b *testing.B) {
			r, err := s.OpenReader(b.Context(), store.Point{AsOf: at})
			check(b, err)
			defer r.Close()
			text := "SELECT count(*) FROM system s WHERE s.lifecycle = 'in_use' AND EXISTS (SELECT 1 FROM system_role o JOIN account_key k ON k.key = o.person_ref JOIN account a ON a.id = k.parent WHERE o.parent = s.id AND o.role = 'owner' AND a.enabled = 1)"
			if with := r.With("system", "system_role", "account", "account_key"); with != "" {
				text = "WITH " + with + " " + text
			}
			for b.Loop() {
				var n int64
				check(b, scanOne(b, r, text, &n))
				if n != systems*9/10 {
					b.Fatal(n)
				}
			}
		})
	}
}

func applyBench(b *testing.B, s *Store, source string, kind record.Kind, n int, now int64, fill func(i int, r *record.Record)) store.Counts {
	b.Helper()
	st, err := s.Stage(b.Context(), store.SourceInfo{Name: source, Plugin: "x"}, time.Unix(now, 0))
	check(b, err)
	schema, _ := record.Lookup(kind)
	var all []string
	for _, f := range schema.Fields {
		all = append(all, f.Name)
	}
	check(b, st.Begin(sdk.Header{Full: true, Mapped: map[record.Kind][]string{kind: all}}))
	for i := range n {
		r := record.New(kind, fmt.Sprintf("id-%06d", i))
		fill(i, &r)
		check(b, st.Write([]record.Record{r}))
	}
	c, err := st.Apply(b.Context(), sdk.End{Seen: int64(n)}, store.ApplyOptions{})
	check(b, err)
	return c
}

func scanOne(t testing.TB, r store.Reader, text string, n *int64) error {
	rows, err := r.Query(t.Context(), text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(n); err != nil {
			return err
		}
	}
	return rows.Err()
}
