package main

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// A browser opens connections that it may never use. One that is open when the
// daemon is told to end is no fault: it ends as it should, which startDaemon wants.
func TestAConnectionThatIsNotUsedDoesNotSpoilTheEnd(t *testing.T) {
	dir, addr := t.TempDir(), testneed.FreeAddr(t)
	config := filepath.Join(dir, "kommunpuls.yaml")
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 40))
	put(t, config, fmt.Sprintf("municipality: P\nlisten: %s\npseudonym_key: ${file:key}\nsources: []", addr))
	var conn net.Conn
	t.Cleanup(func() { // after the daemon has ended
		if conn != nil {
			_ = conn.Close()
		}
	})
	startDaemon(t, config)
	var err error
	if conn, err = net.Dial("tcp", addr); err != nil {
		t.Fatal(err)
	}
}
