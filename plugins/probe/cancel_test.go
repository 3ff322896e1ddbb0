package probe

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// A silent agent is given up at the very moment its time is out, so the probe
// closes its connection while the end of the time reaches for it.
func TestAProbeOfASilentAgentEndsWithItsTime(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	a := newAgent(&watchlist.Module{SNMP: watchlist.Login{Version: "2c", Community: "hemlig"}})
	target := &watchlist.Target{ID: "tyst", Address: silent.LocalAddr().String(), Interface: "lo", Timeout: time.Minute}
	var probes sync.WaitGroup
	for range 500 {
		probes.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			if f := a.probe(ctx, target, false); f.verdict != watchlist.Unknown || f.cause != watchlist.SNMPNoAnswer {
				t.Errorf("verdict %v, cause %q", f.verdict, f.cause)
			}
		})
	}
	probes.Wait()
}
