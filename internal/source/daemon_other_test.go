//go:build !linux

package source_test

// daemon: the parent that tests kill stands in the Linux tests.
func daemon(string) {}
