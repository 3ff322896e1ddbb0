package source_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
)

// ledger notes what a scheduler reports.
type ledger struct {
	mu   sync.Mutex
	done map[string][]error
	log  bytes.Buffer
}

func (l *ledger) note(r source.Result, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = map[string][]error{}
	}
	l.done[r.Source] = append(l.done[r.Source], err)
}

func (l *ledger) times(name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.done[name])
}

func (l *ledger) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

func (l *ledger) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

func schedule(t *testing.T, w world, l *ledger) *source.Scheduler {
	t.Helper()
	s := source.NewScheduler(w.Collector, source.SchedulerOptions{
		Log: slog.New(slog.NewTextHandler(l, nil)), Done: l.note, Spread: time.Millisecond, RetryMin: 60 * time.Millisecond, RetryMax: 200 * time.Millisecond,
	})
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { s.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		run.Wait()
	})
	return s
}

func named(name, plugin string, every time.Duration) source.Config {
	return source.Config{Name: name, Plugin: plugin, Every: every, Timeout: 5 * time.Minute, Settings: json.RawMessage(`"1"`)}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("it never came: %s", what)
}

func update(t *testing.T, s *source.Scheduler, configs ...source.Config) {
	t.Helper()
	if err := s.Update(t.Context(), configs); err != nil {
		t.Fatal(err)
	}
}

func TestEverySourceIsCollectedAgainAndAgain(t *testing.T) {
	w, l := newWorld(t, source.Limits{}), &ledger{}
	s := schedule(t, w, l)
	retired := named("old", "good", 50*time.Millisecond)
	retired.RetiredOn = time.Now()
	update(t, s, named("a", "good", 50*time.Millisecond), named("b", "good", time.Hour), named("asked", "good", 0), retired)
	eventually(t, "a is collected three times", func() bool { return l.times("a") >= 3 })
	eventually(t, "b is collected once", func() bool { return l.times("b") == 1 })
	if l.times("asked") != 0 || l.times("old") != 0 {
		t.Errorf("collected unasked: %d, retired: %d", l.times("asked"), l.times("old"))
	}
	if _, err := s.CollectNow(t.Context(), "asked", source.CollectOptions{}); err != nil || l.times("asked") != 1 {
		t.Errorf("asked for: %v, %d", err, l.times("asked"))
	}
	if _, err := s.CollectNow(t.Context(), "old", source.CollectOptions{}); !errors.Is(err, source.ErrRetired) {
		t.Error(err)
	}
	if _, err := s.CollectNow(t.Context(), "nosuch", source.CollectOptions{}); !errors.Is(err, source.ErrUnknownSource) {
		t.Error(err)
	}
}

func TestAFailureIsTriedAgainSoonerThanTheInterval(t *testing.T) {
	w, l := newWorld(t, source.Limits{}), &ledger{}
	s := schedule(t, w, l)
	update(t, s, named("down", "unreachable", time.Hour))
	eventually(t, "three tries", func() bool { return l.times("down") >= 3 })
	if !strings.Contains(l.text(), "katalogen svarar inte") {
		t.Errorf("the log does not say why:\n%s", l.text())
	}
}

func TestAHeldCollectionIsNotTriedAgain(t *testing.T) {
	w, l := newWorld(t, source.Limits{}), &ledger{}
	w.store.held = true
	s := schedule(t, w, l)
	update(t, s, named("held", "good", time.Hour))
	eventually(t, "one try", func() bool { return l.times("held") == 1 })
	time.Sleep(300 * time.Millisecond)
	if l.times("held") != 1 || !strings.Contains(l.text(), "kommunpuls collect held --accept-vanished") {
		t.Errorf("%d tries, log:\n%s", l.times("held"), l.text())
	}
	if _, err := s.CollectNow(t.Context(), "held", source.CollectOptions{}); !errors.Is(err, store.ErrHeld) {
		t.Error(err)
	}
}

func TestAReloadTouchesOnlyWhatChanged(t *testing.T) {
	w, l := newWorld(t, source.Limits{}), &ledger{}
	s := schedule(t, w, l)
	same, changed, removed := named("same", "good", time.Hour), named("changed", "good", time.Hour), named("removed", "obeys", time.Hour)
	update(t, s, same, changed, removed)
	eventually(t, "first collections", func() bool { return l.times("same") == 1 && l.times("changed") == 1 })
	changed.Settings = json.RawMessage(`"1,2,3"`)
	began := time.Now()
	update(t, s, changed, same, named("added", "good", time.Hour))
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the reload waited %v for a collection that it stopped", took)
	}
	eventually(t, "the changed and the added one", func() bool { return l.times("changed") == 2 && l.times("added") == 1 })
	if l.times("same") != 1 || w.store.count("changed") != 3 {
		t.Errorf("same %d times, changed has %d records", l.times("same"), w.store.count("changed"))
	}
	if len(w.store.failures) != 0 {
		t.Errorf("a stopped collection was noted as failed: %v", w.store.failures)
	}
}

// The source breaks after each third batch, and the store refuses one: nothing
// is lost, nothing comes twice.
func TestAWatchGoesOnAfterTheLastCommittedBatch(t *testing.T) {
	w, l := newWorld(t, source.Limits{}), &ledger{}
	s := schedule(t, w, l)
	update(t, s, named("w", "watches", 0))
	commits := func() []string {
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		return slices.Clone(w.store.commits)
	}
	eventually(t, "four batches", func() bool { return len(commits()) >= 4 })
	w.store.mu.Lock()
	w.store.failNext = errDisk
	w.store.mu.Unlock()
	eventually(t, "ten batches", func() bool { return len(commits()) >= 10 })
	for i, id := range commits() {
		if id != fmt.Sprint(i+1) {
			t.Fatalf("batch %d is %s: %v", i+1, id, commits())
		}
	}
	eventually(t, "the log tells of the full disk", func() bool { return strings.Contains(l.text(), store.ErrFull.Error()) })
}

func TestStoppingEndsAWatchAndItsChild(t *testing.T) {
	w, l := newWorld(t, source.Limits{}), &ledger{}
	s := source.NewScheduler(w.Collector, source.SchedulerOptions{Log: slog.New(slog.NewTextHandler(l, nil)), Done: l.note})
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { s.Run(ctx) })
	if err := s.Update(ctx, []source.Config{named("w", "watches", 0), named("o", "obeys", time.Hour)}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	began := time.Now()
	cancel()
	run.Wait()
	if took := time.Since(began); took > time.Minute {
		t.Errorf("stopping took %v", took)
	}
	if err := s.Update(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("an update after the end: %v", err)
	}
}

func TestTryingASourceTellsWhatWasFoundAndKeepsNothing(t *testing.T) {
	w := newWorld(t, source.Limits{})
	var out bytes.Buffer
	if err := w.Try(t.Context(), config("good"), &out); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"Källtyp scripted 1, läser: observation, account", "3 rader lästa, 2 poster, 1 rader avvisade", "observation: 2 poster", "ifyllt i 2, tomt i 0", "prov, rad 9: Datumet finns inte.", "Källan håller kontraktet"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := w.Try(t.Context(), config("outside"), &out); !errors.Is(err, conform.ErrBreach) || !strings.Contains(out.String(), "no pseudonym of key k1") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if len(w.store.records) != 0 {
		t.Error("something was kept")
	}
}
