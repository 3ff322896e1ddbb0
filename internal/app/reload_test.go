package app

import (
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// One reloads by a signal, another on the page, and the first is held up after
// it has read the files.
func TestOfTwoReloadsTheOneThatReadTheFilesLastHolds(t *testing.T) {
	path := probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "x", "module": "icmp", "address": "10.0.0.1"}}}, map[string]any{"public_url": "https://ett.test"})
	var armed atomic.Bool
	var asked atomic.Int64
	held, let := make(chan struct{}), make(chan struct{})
	now := func() time.Time {
		if armed.Load() && asked.Add(1) == 2 { // the first asks when it begins
			close(held)
			<-let
		}
		return clockOf(12, 0)
	}
	parts, err := Prepare(path, now())
	must(t, err)
	a, err := Open(t.Context(), parts, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: now})
	must(t, err)
	defer func() { must(t, a.Close()) }()
	armed.Store(true)
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- a.Reload(t.Context()) }()
	<-held
	text, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, []byte(strings.Replace(string(text), "ett.test", "tva.test", 1)), 0o600))
	go func() { second <- a.Reload(t.Context()) }()
	time.Sleep(500 * time.Millisecond) // whoever does not wait has asked for the time by then
	if n := asked.Load(); n > 2 {
		t.Error("the second began while the first went on")
	}
	close(let)
	must(t, <-first)
	must(t, <-second)
	if got := a.PublicURL(); got != "https://tva.test" {
		t.Errorf("%s is in force", got)
	}
}
