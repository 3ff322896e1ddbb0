package http_test

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is what this process has used.
func cpuTime(tb testing.TB) time.Duration {
	self, err := syscall.GetCurrentProcess()
	if err != nil {
		tb.Fatal(err)
	}
	var created, exited, kernel, user syscall.Filetime
	if err := syscall.GetProcessTimes(self, &created, &exited, &kernel, &user); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(kernel.Nanoseconds()+user.Nanoseconds()) - 2*time.Duration((&syscall.Filetime{}).Nanoseconds())
}
