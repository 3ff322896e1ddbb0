//go:build !linux

package probe_test

// serves is nothing here: the benchmark reads /proc.
func serves() bool { return false }
