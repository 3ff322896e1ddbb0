//go:build linux

package app

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// memory is what a daemon and its children held during one order, in MB.
type memory struct {
	idle   float64 // the daemon and its guard just before
	daemon float64 // the daemon's peak
	child  float64 // the peaks of all its children together, guard included
}

// peak adds up peaks that need not have come at the same time, so it is never
// less than what was held.
func (m memory) peak() float64 { return m.daemon + m.child }
func (m memory) over() float64 { return m.peak() - m.idle }

func (m memory) String() string {
	return fmt.Sprintf("%.0f MB RSS (daemon %.0f, children %.0f), %.0f above idle", m.peak(), m.daemon, m.child, m.over())
}

// watch samples a process and its descendants.
type watch struct {
	pid   int
	idle  float64
	peaks map[int]float64 // VmHWM by process
	quit  chan struct{}
	done  chan struct{}
}

// watchMemory forgets the peaks so far and watches the new ones. The kernel
// keeps each peak; sampling only finds the processes.
func watchMemory(b *testing.B, pid int) *watch {
	b.Helper()
	w := &watch{pid: pid, peaks: map[int]float64{}, quit: make(chan struct{}), done: make(chan struct{})}
	for _, p := range family(pid) {
		must(b, os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p), []byte("5"), 0o200))
		w.idle += statusMB(p, "VmRSS:")
	}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			w.sample()
			select {
			case <-tick.C:
			case <-w.quit:
				w.sample()
				return
			}
		}
	}()
	return w
}

func (w *watch) sample() {
	for _, p := range family(w.pid) {
		// The last word holds: before its exec a child shows its parent's memory.
		if mb := statusMB(p, "VmHWM:"); mb > 0 {
			w.peaks[p] = mb
		}
	}
}

func (w *watch) stop() memory {
	close(w.quit)
	<-w.done
	m := memory{idle: w.idle}
	for p, mb := range w.peaks {
		if p == w.pid {
			m.daemon = mb
		} else {
			m.child += mb
		}
	}
	return m
}

// family lists a process and its descendants.
func family(pid int) []int {
	all := []int{pid}
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return all // it has ended
	}
	for _, t := range tasks {
		list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name()))
		if err != nil {
			continue // the thread has ended
		}
		for _, f := range strings.Fields(string(list)) {
			if p, err := strconv.Atoi(f); err == nil {
				all = append(all, family(p)...)
			}
		}
	}
	return all
}

// statusMB reads one line of a process's status; 0 of one that has ended.
func statusMB(pid int, key string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), key)
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		return 0
	}
	return kb / 1024
}
