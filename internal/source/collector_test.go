package source_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// names of all that the test binary can be as a child.
func types() map[string]func() sdk.Source {
	all := builtin()
	for name := range rogues() {
		all[name] = func() sdk.Source { return nil }
	}
	return all
}

func newHost(t testing.TB, change func(*source.HostOptions)) *source.Host {
	t.Helper()
	opt := source.HostOptions{Builtin: types(), StartTimeout: time.Minute, Env: []string{"GORACE"}, Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&opt)
	}
	h, err := source.NewHost(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

type world struct {
	*source.Collector
	store *memStore
}

func newWorld(t *testing.T, limits source.Limits) world {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	m := newMemStore(t)
	return world{store: m, Collector: source.NewCollector(source.CollectorOptions{
		Store: m, Host: newHost(t, nil), Now: time.Now, PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1", Limits: limits,
	})}
}

func config(plugin string) source.Config {
	return source.Config{Name: "s", Plugin: plugin, Timeout: time.Minute, Settings: json.RawMessage(`"7,8"`)}
}

func TestACollectionIsAppliedWhole(t *testing.T) {
	w := newWorld(t, source.Limits{})
	var done int64
	res, err := w.Collect(t.Context(), config("good"), source.CollectOptions{Progress: func(d, _ int64) { done = d }})
	if err != nil {
		t.Fatal(err)
	}
	if res.Counts.Seen != 3 || res.Dropped != 0 || done != 2 || w.store.count("s") != 2 || w.store.value("s", "2", "value").F != 8 {
		t.Errorf("got %+v, progress %d, %d records", res, done, w.store.count("s"))
	}
	if got := w.store.warnings["s"]; len(got) != 1 || got[0].Code != "bad_date" || got[0].Place.Row != 9 || !got[0].Refused {
		t.Errorf("warnings: %+v", got)
	}
	if _, err := w.Collect(t.Context(), config("good"), source.CollectOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := string(w.store.cursors["s"]); got != "after after " {
		t.Errorf("the second collection did not get the first one's cursor: %q", got)
	}
	if _, err := w.Collect(t.Context(), config("good"), source.CollectOptions{Full: true}); err != nil || string(w.store.cursors["s"]) != "after " {
		t.Errorf("a full collection got a cursor: %q, %v", w.store.cursors["s"], err)
	}
	if res, err = w.Collect(t.Context(), config("unchanged"), source.CollectOptions{}); err != nil || !res.Unchanged || w.store.count("s") != 2 {
		t.Errorf("unchanged: %+v, %v, %d records", res, err, w.store.count("s"))
	}
}

// Whatever a source does, earlier data stay, the cursor too, and the error
// says what happened.
func TestAFaultySourceChangesNothing(t *testing.T) {
	waits := map[string]bool{"sleeps": true, "obeys": true, "garbage": true, "silent": true}
	for _, c := range []struct {
		plugin string
		is     error
		want   string
	}{
		{"panics", sdk.ErrCrashed, "panic at"},
		{"dies", sdk.ErrCrashed, "panic at sources_test.go"},
		{"exits", sdk.ErrCrashed, "the process ended (exit status 0)"},
		{"sleeps", context.DeadlineExceeded, "not done within 8s"},
		{"obeys", context.DeadlineExceeded, "not done within 8s"},
		{"floods", source.ErrFlood, "over 50000 records"},
		{"unreachable", sdk.ErrUnreachable, "katalogen svarar inte"},
		{"forgets", sdk.ErrContract, "the end before Begin"},
		{"ignores", sdk.ErrContract, "unknown kind"},
		{"garbage", sdk.ErrContract, "no handshake in time (701 bytes on standard output that are none)"},
		{"binary", sdk.ErrContract, "bytes on standard output that are none"},
		{"silent", sdk.ErrContract, "no handshake in time (nothing on standard output)"},
		{"leaves", sdk.ErrContract, "no handshake"},
		{"version", sdk.ErrContract, "Plugin version: 99"},
		{"huge", sdk.ErrContract, "a message over 4 MB"},
		{"noend", sdk.ErrContract, "it ended without an end"},
		{"tworounds", sdk.ErrContract, "begin a second time"},
		{"malformed", sdk.ErrContract, "malformed"},
		{"afterend", sdk.ErrContract, "after the end"},
		{"nosuch", source.ErrUnknownPlugin, "source type nosuch"},
	} {
		t.Run(c.plugin, func(t *testing.T) {
			w := newWorld(t, source.Limits{Records: 50_000})
			if _, err := w.Collect(t.Context(), config("good"), source.CollectOptions{}); err != nil {
				t.Fatal(err)
			}
			cfg := config(c.plugin)
			if waits[c.plugin] {
				cfg.Timeout = 8 * time.Second
			}
			began := time.Now()
			_, err := w.Collect(t.Context(), cfg, source.CollectOptions{})
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "source s: ") {
				t.Errorf("got  %v\nwant %v … %q", err, c.is, c.want)
			}
			if strings.Contains(err.Error(), "Anna") {
				t.Errorf("the error repeats personal data: %v", err)
			}
			if took := time.Since(began); waits[c.plugin] && took > time.Minute {
				t.Errorf("it took %v", took)
			}
			if w.store.count("s") != 2 || string(w.store.cursors["s"]) != "after " {
				t.Errorf("earlier data changed: %d records, cursor %q", w.store.count("s"), w.store.cursors["s"])
			}
			if w.store.failures["s"] != err.Error() {
				t.Errorf("noted: %q", w.store.failures["s"])
			}
		})
	}
}

func TestGarbageOnStandardOutputDisturbsNothing(t *testing.T) {
	w := newWorld(t, source.Limits{})
	for _, plugin := range []string{"prints", "chatty"} {
		if _, err := w.Collect(t.Context(), config(plugin), source.CollectOptions{}); err != nil {
			t.Errorf("%s: %v", plugin, err)
		}
	}
}

func TestEveryFaultOfTheSettingsIsTold(t *testing.T) {
	w := newWorld(t, source.Limits{})
	cfg := config("good")
	cfg.Settings = json.RawMessage(`"wrong"`)
	_, err := w.Collect(t.Context(), cfg, source.CollectOptions{})
	if !errors.Is(err, sdk.ErrBadInput) || !strings.Contains(err.Error(), "a: Fältet a är fel.; b: Fältet b är fel.") {
		t.Error(err)
	}
}

func TestOnlyWhatTheSourceSaidThatItEmitsReachesTheStore(t *testing.T) {
	w := newWorld(t, source.Limits{})
	res, err := w.Collect(t.Context(), config("outside"), source.CollectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]string{}
	for _, warn := range w.store.warnings["s"] {
		codes[warn.Column] = warn.Code
	}
	want := map[string]string{
		"account": "clear_id", "observation.cause": "outside_allowed", "observation.kind": "bad_value", "system": "outside_allowed",
		"account.enabled": "outside_allowed", "account.key.key": "clear_value", "account.group": "outside_allowed",
	}
	for field, code := range want {
		if codes[field] != code {
			t.Errorf("%s: got %q, want %q (all: %v)", field, codes[field], code, codes)
		}
	}
	if res.Dropped != int64(len(want)) || len(codes) != len(want) || w.store.count("s") != 4 {
		t.Errorf("%d dropped, %d kept", res.Dropped, w.store.count("s"))
	}
	for id, r := range w.store.records["s"] {
		if r.Kind == record.Account && (!sdk.IsPseudonym(id) || len(r.Children[0]) != 2 || r.Children[0][0][0].State != record.Unset || r.Children[0][1][0].State != record.Set || r.Children[1] != nil) {
			t.Errorf("the account became %+v", r)
		}
	}
	if v := w.store.value("s", "2", "cause"); v.State != record.Unset {
		t.Errorf("a field outside the list was kept: %+v", v)
	}
}

func TestTheDeadlineCrossesTheWire(t *testing.T) {
	w := newWorld(t, source.Limits{})
	if _, err := w.Collect(t.Context(), config("deadline"), source.CollectOptions{}); err != nil {
		t.Fatal(err)
	}
	if left := w.store.value("s", "left", "value").F; left < 30 || left > 60 {
		t.Errorf("the child had %v seconds left of 60", left)
	}
}

func TestACollectionThatIsCancelledEndsAndIsNoFailure(t *testing.T) {
	for _, plugin := range []string{"obeys", "sleeps"} {
		w := newWorld(t, source.Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		var cancelled time.Time
		stop := func(int64, int64) {
			cancelled = time.Now()
			cancel()
		}
		_, err := w.Collect(ctx, config(plugin), source.CollectOptions{Progress: stop})
		if took := time.Since(cancelled); !errors.Is(err, context.Canceled) || took > 30*time.Second {
			t.Errorf("%s: %v, %v after the cancellation", plugin, err, took)
		}
		if len(w.store.failures) != 0 {
			t.Errorf("%s: noted as failed: %v", plugin, w.store.failures)
		}
	}
}

func TestAHeldCollectionIsToldAndCanBeAccepted(t *testing.T) {
	w := newWorld(t, source.Limits{})
	w.store.held = true
	res, err := w.Collect(t.Context(), config("good"), source.CollectOptions{})
	if !errors.Is(err, store.ErrHeld) || !res.Held || res.Counts.Vanished != 30 || len(w.store.failures) != 0 {
		t.Errorf("got %+v, %v, %v", res, err, w.store.failures)
	}
	if res, err = w.Collect(t.Context(), config("good"), source.CollectOptions{AcceptVanished: true}); err != nil || res.Held {
		t.Errorf("accepted: %+v, %v", res, err)
	}
}

func TestAStoreThatCannotWriteIsAFailureOfTheCollection(t *testing.T) {
	w := newWorld(t, source.Limits{})
	w.store.failNext = errDisk
	_, err := w.Collect(t.Context(), config("good"), source.CollectOptions{})
	if !errors.Is(err, store.ErrFull) || w.store.count("s") != 0 || w.store.failures["s"] == "" {
		t.Errorf("got %v, %d records", err, w.store.count("s"))
	}
}

// The in-memory store fails the test when a source is staged twice at once.
func TestOneSourceIsCollectedOnceAtATime(t *testing.T) {
	w := newWorld(t, source.Limits{})
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := w.Collect(t.Context(), config("good"), source.CollectOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	reading, stop := context.WithCancel(t.Context())
	defer stop()
	running, ended := make(chan struct{}), make(chan error, 1)
	wg.Go(func() {
		_, err := w.Collect(reading, config("obeys"), source.CollectOptions{Progress: func(int64, int64) { close(running) }})
		ended <- err
	})
	select {
	case <-running:
	case err := <-ended:
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := w.Collect(ctx, config("good"), source.CollectOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a collection that had to wait: %v", err)
	}
	stop()
	wg.Wait()
}

func TestChildrenSeeNoSecretOfTheEnvironment(t *testing.T) {
	t.Setenv("KP_PASSWORD", "hemligt")
	t.Setenv("HTTPS_PROXY", "http://user:hemligt@proxy")
	t.Setenv("LC_TIME", "sv_SE.UTF-8")
	w := newWorld(t, source.Limits{})
	if _, err := w.Collect(t.Context(), config("environment"), source.CollectOptions{}); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, r := range w.store.records["s"] {
		seen = append(seen, r.Get("metric").S)
	}
	all := strings.Join(seen, "\n")
	if strings.Contains(all, "hemligt") {
		t.Errorf("a secret crossed:\n%s", all)
	}
	for _, want := range []string{"LC_TIME=sv_SE.UTF-8", "PATH=" + os.Getenv("PATH"), "stdin=/dev/null"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is missing:\n%s", want, all)
		}
	}
}
