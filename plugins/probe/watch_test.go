package probe_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/probe"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestMain(m *testing.M) {
	if child() || serves() {
		return
	}
	testneed.NoLeaks(m)
}

// target is a TCP target that is switched on and off.
type target struct {
	t    *testing.T
	addr string
	l    net.Listener
}

func newTarget(t *testing.T) *target {
	x := &target{t: t, addr: testneed.FreeAddr(t)}
	t.Cleanup(x.off)
	return x
}

func (x *target) on() {
	x.t.Helper()
	l, err := net.Listen("tcp", x.addr)
	if err != nil {
		x.t.Fatal(err)
	}
	x.l = l
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
}

func (x *target) off() {
	if x.l != nil {
		_ = x.l.Close()
		x.l = nil
	}
}

func tcp(id, addr string) watchlist.RawTarget {
	return watchlist.RawTarget{ID: id, Module: "tcp", Address: addr}
}

func TestAWatchSeesATargetGoDownAndComeBack(t *testing.T) {
	t.Parallel()
	x := newTarget(t)
	x.on()
	f, stop := watch(t, watchlist.Settings{Interval: "1s", Targets: []watchlist.RawTarget{tcp("a", x.addr)}}, "", nil)
	f.wait(t, "up", func() bool { return f.last("a").Verdict == watchlist.Up })
	x.off()
	f.wait(t, "down", func() bool { r := f.last("a"); return r.Verdict == watchlist.Down && r.Cause == watchlist.Refused })
	x.on()
	f.wait(t, "up again", func() bool { return f.last("a").Verdict == watchlist.Up })
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	all, passed := f.results["a"], int64(0)
	for i := 1; i < len(all); i++ {
		step := all[i].At.Sub(all[i-1].At)
		if step <= 0 || step%time.Second != 0 {
			t.Errorf("result %d came %v after the one before it", i, step)
		}
		passed += int64(step/time.Second) - 1
	}
	// Slots that a machine with much else to do has passed over are counted.
	if passed > f.missed() {
		t.Errorf("%d slots have no result, and %d are told as missed", passed, f.missed())
	}
}

func TestAPointWhoseGatewaysFailIsBlindAndNothingIsDown(t *testing.T) {
	t.Parallel()
	gate, other, x := newTarget(t), newTarget(t), newTarget(t)
	gate.on()
	x.on()
	s := watchlist.Settings{
		Interval: "1s", Targets: []watchlist.RawTarget{tcp("a", x.addr)},
		Gateways: []watchlist.RawTarget{tcp("g1", gate.addr), tcp("g2", other.addr)},
	}
	f, stop := watch(t, s, "", nil)
	f.wait(t, "up", func() bool { return f.last("a").Verdict == watchlist.Up })
	x.off()
	f.wait(t, "down while one gateway answers", func() bool { return f.last("a").Verdict == watchlist.Down })
	x.on()
	f.wait(t, "up again", func() bool { return f.last("a").Verdict == watchlist.Up })
	known := len(f.all("a"))
	gate.off()
	x.off()
	f.wait(t, "blind", func() bool { return f.last("a").Cause == watchlist.Blind })
	for _, r := range f.all("a")[known:] {
		if r.Verdict == watchlist.Down {
			t.Errorf("down though the point was blind: %+v", r)
		}
	}
	for _, g := range []string{"g1", "g2"} {
		f.wait(t, g+" refuses", func() bool { r := f.last(g); return r.Verdict == watchlist.Unknown && r.Cause == watchlist.Refused })
	}
	gate.on()
	f.wait(t, "down: the gateway answers again", func() bool { return f.last("a").Verdict == watchlist.Down })
	x.on()
	f.wait(t, "up at last", func() bool { return f.last("a").Verdict == watchlist.Up })
	_ = stop()
}

func TestAWatchThatHangsEverywhereEndsAllTheSame(t *testing.T) {
	t.Parallel()
	quiet := listener(t, silent)
	var s watchlist.Settings
	s.Interval, s.Timeout = "12s", "11s"
	for i := range 20 {
		s.Targets = append(s.Targets, watchlist.RawTarget{ID: fmt.Sprint("tls", i), Module: "tls", Address: quiet},
			watchlist.RawTarget{ID: fmt.Sprint("http", i), Module: "http", Address: quiet},
			watchlist.RawTarget{ID: fmt.Sprint("dns", i), Module: "dns", Address: testneed.FreeAddr(t), Query: "x.test"},
			watchlist.RawTarget{ID: fmt.Sprint("icmp", i), Module: "icmp", Address: "240.0.0.1"})
	}
	f, stop := watch(t, s, "", nil)
	f.wait(t, "the first results", func() bool { return len(f.results) > 0 })
	began := time.Now()
	if err := stop(); !errors.Is(err, context.Canceled) || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestMoreThanTheWorkersCanDoIsCountedAndToldAsNotMeasured(t *testing.T) {
	t.Parallel()
	quiet := listener(t, silent)
	s := watchlist.Settings{Interval: "2s", Timeout: "1900ms", Workers: 1}
	for i := range 4 {
		s.Targets = append(s.Targets, watchlist.RawTarget{ID: fmt.Sprint("tls", i), Module: "tls", Address: quiet})
	}
	f, stop := watch(t, s, "", nil)
	f.wait(t, "a slot that was not measured", func() bool {
		if c := f.counts[f.hour]; c.Missed == 0 || c.Due <= c.Missed {
			return false
		}
		for _, all := range f.results {
			for _, r := range all {
				if r.Cause == watchlist.NotMeasured && r.Verdict == watchlist.Unknown {
					return true
				}
			}
		}
		return false
	})
	_ = stop()
}

func TestAListThatChangesIsReadAgainAndABadOneLeavesTheOld(t *testing.T) {
	t.Parallel()
	x := newTarget(t)
	x.on()
	dir := t.TempDir()
	path := filepath.Join(dir, "natet.csv")
	write(t, path, "Id;Modul;Adress\na;tcp;"+x.addr+"\n")
	f, stop := watch(t, watchlist.Settings{Interval: "1s", TargetsFile: "natet.csv"}, dir, nil)
	f.wait(t, "a", func() bool { return f.last("a").Verdict == watchlist.Up })
	write(t, path, "Id;Modul;Adress\na;tcpp;"+x.addr+"\n")
	f.wait(t, "a warning", func() bool { return len(f.warnings) > 0 })
	if w := f.warned()[0]; w.Code != "targets_file" || !strings.Contains(w.Reason, "natet.csv, rad 2, modul: värdet är ingen modul; menas tcp?") {
		t.Errorf("%+v", w)
	}
	n := len(f.all("a"))
	f.wait(t, "a goes on", func() bool { return len(f.results["a"]) > n })
	write(t, path, "Id;Modul;Adress\nb;tcp;"+x.addr+"\n")
	f.wait(t, "b", func() bool { return f.last("b").Verdict == watchlist.Up && f.last("b").Place.Row == 2 })
	_ = stop()
}

func TestWhatWasLostWithTheProcessIsToldAsNotMeasured(t *testing.T) {
	t.Parallel()
	x := newTarget(t)
	x.on()
	start := time.Now()
	at := start.Add(-5 * time.Second).UnixMilli()
	cursor := fmt.Sprintf(`{"until": %d, "open": [{"t": "a", "at": %d}, {"t": "gone", "at": %d}]}`, at, at-500, at)
	f, stop := watch(t, watchlist.Settings{Interval: "1s", Targets: []watchlist.RawTarget{tcp("a", x.addr)}}, "", []byte(cursor))
	f.wait(t, "up", func() bool { return f.last("a").Verdict == watchlist.Up })
	_ = stop()
	lost := 0
	for _, r := range f.results["a"] {
		if r.Cause == watchlist.NotMeasured && !r.At.After(start) { // more are lost where starting takes long
			lost++
		}
	}
	if lost < 5 || lost > 7 || len(f.results["gone"]) > 0 {
		t.Errorf("%d slots told as not measured: %+v", lost, f.results)
	}
}

// child is the test program started again as somebody who may not ping.
func child() bool {
	if os.Getenv("PROBE_TEST_PING") == "" {
		return false
	}
	f := newFound()
	req := sdk.CollectRequest{Settings: sdk.Settings{JSON: json.RawMessage(`{"targets": [{"id": "a", "module": "icmp", "address": "127.0.0.1"}], "gateways": [{"id": "g", "address": "127.0.0.1"}]}`)}, Now: time.Now()}
	_, err := probe.Source{}.Collect(context.Background(), req, f)
	fmt.Printf("%d %q %v %v", f.last("a").Verdict, f.last("a").Cause, err, f.warnings)
	return true
}
