package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

const killedStore = "KOMMUNPULS_TEST_KILLED_STORE"

func command(t *testing.T, name string, args ...string) ([]byte, error) {
	t.Helper()
	return exec.CommandContext(context.WithoutCancel(t.Context()), name, args...).CombinedOutput()
}

// TestMain lets the test's own program stand in as the process that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(killedStore); path != "" {
		if err := collectForEver(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// collectForEver applies collection after collection, by turns a full one, a
// watch batch and a large first load, and prints the number of each once it
// is committed.
func collectForEver(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	for n := int64(lastCommitted(ctx, s)) + 1; ; n++ {
		if err := s.Commit(ctx, store.SourceInfo{Name: "sond", Plugin: "probe"}, sdk.WatchBatch{
			Mapped:  map[record.Kind][]string{record.Observation: {"kind", "value"}},
			Records: []record.Record{numbered(record.Observation, fmt.Sprint(n), "value", float64(n))},
			Cursor:  []byte(fmt.Sprint(n)),
		}, time.Unix(genNow+n, 0)); err != nil {
			return err
		}
		fmt.Println("watched", n)
		if err := collectNumbered(ctx, s, "lista", n, 300); err != nil {
			return err
		}
		fmt.Println("collected", n)
		if err := collectNumbered(ctx, s, fmt.Sprintf("export-%d", n), n, firstLoadRows+10); err != nil {
			return err
		}
		fmt.Println("loaded", n)
	}
}

// collectNumbered applies tickets that all hold the number n.
func collectNumbered(ctx context.Context, s *Store, source string, n int64, rows int) error {
	st, err := s.Stage(ctx, store.SourceInfo{Name: source, Plugin: "table"}, time.Unix(genNow+n, 0))
	if err != nil {
		return err
	}
	if err := st.Begin(sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.Ticket: {"work_minutes"}}}); err != nil {
		return err
	}
	for i := range rows {
		if err := st.Write([]record.Record{numbered(record.Ticket, fmt.Sprintf("%06d", i), "work_minutes", float64(n))}); err != nil {
			return err
		}
	}
	_, err = st.Apply(ctx, sdk.End{Seen: int64(rows), Cursor: []byte(fmt.Sprint(n))}, store.ApplyOptions{})
	return err
}

func numbered(kind record.Kind, id, field string, v float64) record.Record {
	r := record.New(kind, id)
	if err := r.SetFloat(field, v); err != nil {
		panic(err)
	}
	return r
}

func lastCommitted(ctx context.Context, s *Store) int {
	n := 0
	cur, err := s.Cursor(ctx, "sond")
	if err == nil {
		_, err = fmt.Sscan(string(cur), &n)
	}
	if err != nil {
		return 0
	}
	return n
}

func TestKillAtAnyMomentLosesNothingCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kommunpuls.db")
	d := draws(time.Now().UnixNano())
	done := map[string]int64{}
	// On a slow machine nothing may be committed so soon: then later ones too.
	for round := 0; round < 15 || round < 60 && done["collected"] == 0; round++ {
		killRound(t, path, time.Duration(d.below(1200)*(1+round/15))*time.Millisecond, done)
		s, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		checkSurvivor(t, s, round, done)
		check(t, s.Close())
	}
	if done["collected"] == 0 {
		t.Error("no collection was ever committed: the rounds are too short to prove anything")
	}
}

// killRound runs the child, kills it some time after it has opened the store,
// and notes what it said was committed.
func killRound(t *testing.T, path string, after time.Duration, done map[string]int64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), killedStore+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	check(t, err)
	check(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "open" {
			time.AfterFunc(after, func() { _ = child.Process.Kill() }) // already gone is as good
			continue
		}
		var n int64
		what, rest, _ := strings.Cut(lines.Text(), " ")
		if _, err := fmt.Sscan(rest, &n); err != nil {
			t.Fatalf("child said %q", lines.Text())
		}
		done[what] = n
		if what == "loaded" {
			done["loads"]++
		}
	}
	check(t, lines.Err())
	_ = child.Wait() // it was killed
}

// checkSurvivor makes sure that the file is sound, that every commit is there
// whole, and that nothing else is.
func checkSurvivor(t *testing.T, s *Store, round int, done map[string]int64) {
	t.Helper()
	var word string
	check(t, s.read.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&word))
	if word != "ok" {
		t.Fatalf("round %d: %s", round, word)
	}
	if got := int64(lastCommitted(t.Context(), s)); got < done["watched"] || got > done["watched"]+1 {
		t.Errorf("round %d: cursor %d, the child had said %d", round, got, done["watched"])
	}
	if n := countOf(t, s, "observation"); n < done["watched"] {
		t.Errorf("round %d: %d observations, want %d", round, n, done["watched"])
	}
	var low, high, rows int64
	check(t, s.read.QueryRowContext(t.Context(), "SELECT coalesce(min(work_minutes), 0), coalesce(max(work_minutes), 0), count(*) FROM ticket WHERE source = 'lista'").Scan(&low, &high, &rows))
	if low != high || low < done["collected"] || (rows != 0 && rows != 300) {
		t.Errorf("round %d: the list is %d to %d in %d rows, the child had said %d", round, low, high, rows, done["collected"])
	}
	loads, err := s.read.QueryContext(t.Context(), "SELECT source, count(*) FROM ticket WHERE source <> 'lista' GROUP BY 1")
	check(t, err)
	defer loads.Close()
	seen := int64(0)
	for loads.Next() {
		var name string
		var n int64
		check(t, loads.Scan(&name, &n))
		if n != firstLoadRows+10 {
			t.Errorf("round %d: %s has %d rows", round, name, n)
		}
		seen++
	}
	check(t, loads.Err())
	if seen < done["loads"] {
		t.Errorf("round %d: %d loads are there, %d were committed", round, seen, done["loads"])
	}
}
