//go:build unix && !linux

package source

import "syscall"

// attributes: without a parent-death signal the guard process does it all.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
