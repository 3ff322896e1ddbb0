package probe

import (
	"errors"
	"syscall"
)

// The socket errors of Windows, which package syscall does not name.
const (
	wsaAccess       = syscall.Errno(10013)
	wsaManyFiles    = syscall.Errno(10024)
	wsaAddrNotAvail = syscall.Errno(10049)
	wsaNetUnreach   = syscall.Errno(10051)
	wsaAborted      = syscall.Errno(10053)
	wsaReset        = syscall.Errno(10054)
	wsaNoBuffers    = syscall.Errno(10055)
	wsaRefused      = syscall.Errno(10061)
	wsaHostDown     = syscall.Errno(10064)
	wsaHostUnreach  = syscall.Errno(10065)
)

func errno(err error) failure {
	var code syscall.Errno
	if !errors.As(err, &code) {
		return other
	}
	switch code {
	case wsaRefused:
		return refused
	case wsaReset, wsaAborted:
		return broken
	case wsaHostUnreach, wsaNetUnreach, wsaHostDown:
		return noRoute
	case wsaAccess, syscall.ERROR_ACCESS_DENIED:
		return denied
	case wsaManyFiles, wsaNoBuffers, wsaAddrNotAvail:
		return exhausted
	}
	return other
}
