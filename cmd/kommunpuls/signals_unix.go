//go:build !windows

package main

import (
	"os"
	"syscall"
)

// reloadSignals are the signals that make the daemon read its configuration anew.
func reloadSignals() []os.Signal { return []os.Signal{syscall.SIGHUP} }
