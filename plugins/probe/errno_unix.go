//go:build unix

package probe

import (
	"errors"
	"syscall"
)

func errno(err error) failure {
	var code syscall.Errno
	if !errors.As(err, &code) {
		return other
	}
	switch code {
	case syscall.ECONNREFUSED:
		return refused
	case syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED:
		return broken
	case syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN:
		return noRoute
	case syscall.EPERM, syscall.EACCES:
		return denied
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL, syscall.EAGAIN:
		return exhausted
	}
	return other
}
