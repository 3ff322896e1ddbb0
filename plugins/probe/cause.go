package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// capture is the log that a prober writes to. It keeps why a probe failed and
// writes nothing: a line may hold a part of an answer.
type capture struct {
	message string // of the last error
	err     error
	looped  bool // it stopped following redirections
	timeout bool
	reset   bool
}

// Enabled implements slog.Handler: only faults are of interest.
func (c *capture) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

// Handle implements slog.Handler.
func (c *capture) Handle(_ context.Context, r slog.Record) error {
	switch {
	case r.Message == "Not following redirect":
		c.looped = true
	case strings.HasPrefix(r.Message, "Timeout reading"):
		c.timeout = true
	case strings.HasPrefix(r.Message, "Unable to do unprivileged listen"), r.Level < slog.LevelError && r.Message != "Error writing to socket":
	default:
		c.message = r.Message
		r.Attrs(func(a slog.Attr) bool {
			if err, ok := a.Value.Any().(error); ok {
				c.err = err
			} else if a.Key == "err" { // one place passes the error's text
				c.timeout = c.timeout || strings.Contains(a.Value.String(), "timeout")
				c.reset = strings.Contains(a.Value.String(), "reset")
			}
			return true
		})
	}
	return nil
}

// WithAttrs implements slog.Handler; no prober uses it.
func (c *capture) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup implements slog.Handler; no prober uses it.
func (c *capture) WithGroup(string) slog.Handler { return c }

// finding says what a failed probe found.
func (c *capture) finding(m *watchlist.Module) finding {
	if c.looped && m.FollowRedirects {
		return down(watchlist.RedirectLoop)
	}
	if c.err != nil {
		return classify(c.err, m.Type)
	}
	switch {
	case strings.HasPrefix(c.message, "Invalid HTTP response status code"):
		return down(watchlist.HTTPStatus)
	case strings.HasPrefix(c.message, "Rcode is not"):
		return down(watchlist.NoName)
	case strings.HasPrefix(c.message, "Body "), strings.HasPrefix(c.message, "Regexp did not match"), strings.Contains(c.message, "RR"), strings.HasPrefix(c.message, "fail_if"):
		return down(watchlist.Content)
	case c.timeout:
		return down(watchlist.Timeout)
	case c.reset:
		return down(watchlist.Reset)
	}
	return down(watchlist.Failed)
}

// classify turns an error into a cause. What is the fault of the measuring
// point itself is unknown and not down.
func classify(err error, t watchlist.Type) finding {
	var name *net.DNSError
	var tooLarge *http.MaxBytesError
	var timeout net.Error
	code := errno(err)
	switch {
	case errors.As(err, &name):
		if name.IsNotFound || !name.IsTimeout && !name.IsTemporary {
			return down(watchlist.NoName)
		}
		return unknown(watchlist.Resolver)
	case code == denied && t == watchlist.ICMP:
		return unknown(watchlist.NoPermission)
	case code == exhausted:
		return unknown(watchlist.LocalLimit)
	case code == refused:
		return down(watchlist.Refused)
	case code == noRoute, code == denied:
		return down(watchlist.Unreachable)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return down(watchlist.Timeout)
	case errors.As(err, &tooLarge):
		return down(watchlist.TooLarge)
	case ofTLS(err):
		return down(watchlist.BadTLS)
	case code == broken, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return down(watchlist.Reset)
	case errors.Is(err, bufio.ErrTooLong):
		return down(watchlist.Content)
	case strings.HasPrefix(err.Error(), "unable to find ip"):
		return down(watchlist.NoName)
	}
	return down(watchlist.Failed)
}

func ofTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &header) || errors.As(err, &alert) || errors.As(err, &authority) ||
		errors.As(err, &invalid) || errors.As(err, &host) || strings.Contains(err.Error(), "tls: ")
}

// failure is what the operating system said.
type failure uint8

const (
	other     failure = iota
	refused           // the port is closed
	broken            // the connection was reset
	noRoute           // no way there
	denied            // not allowed
	exhausted         // out of files, ports or memory here
)
