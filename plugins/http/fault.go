package http

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Faults that the engine itself acts on.
var (
	errLoggedOut   = errors.New("inloggningen gäller inte längre")
	errLoginPage   = fmt.Errorf("%w: servern svarade med en webbsida", errLoggedOut)
	errOtherServer = errors.New("svaret pekar på en annan server, dit inloggningen inte får följa med")
	errLoop        = errors.New("svaren skickar vidare i en ring")
	errMoved       = errors.New("servern skickar frågan vidare till en annan adress; ange den riktiga adressen i inställningarna")
)

// optionalError is a list that this account or server does not have.
type optionalError struct{ status int }

func (e *optionalError) Error() string { return fmt.Sprintf("servern svarade %d", e.status) }

// loggedOutError is a status that says errLoggedOut.
type loggedOutError struct{ status int }

func (e *loggedOutError) Error() string { return fmt.Sprintf("servern svarade %d", e.status) }
func (e *loggedOutError) Unwrap() error { return errLoggedOut }

// notLoggedIn is what is told when logging in again did not help either.
func notLoggedIn(err error) error {
	const what = "servern godtar inte inloggningen; kontrollera användare, lösenord eller nyckel"
	var by *loggedOutError
	if errors.As(err, &by) {
		return unreachable("servern svarade %d: "+what, by.status)
	}
	return unreachable(what)
}

// waitError asks for another try, after a while.
type waitError struct {
	cause error
	after time.Duration // 0: as the engine sees fit
}

func (e *waitError) Error() string { return e.cause.Error() }
func (e *waitError) Unwrap() error { return e.cause }

// unreachable and unusable are what the daemon tells apart.
func unreachable(format string, args ...any) error {
	return classed(fmt.Errorf(format, args...), sdk.ErrUnreachable)
}

func unusable(format string, args ...any) error {
	return classed(fmt.Errorf(format, args...), sdk.ErrBadInput)
}

// classed adds the class that the daemon knows an error by, once.
func classed(err, class error) error {
	if errors.Is(err, sdk.ErrUnreachable) || errors.Is(err, sdk.ErrBadInput) {
		return err
	}
	return fmt.Errorf("%w: %w", err, class)
}

// network says what went wrong on the way. What net/http puts around its
// errors holds the whole address, with keys that stand in it, so it goes.
// again tells whether another try may help.
func network(err error) (fault error, again bool) {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var name *net.DNSError
	switch {
	case errors.Is(err, errOtherServer), errors.Is(err, errLoop), errors.Is(err, errMoved):
		return unusable("%w", err), false
	case errors.As(err, &unknown):
		return unreachable("serverns certifikat är utfärdat av någon som datorn inte litar på; ange egen CA med ca_file"), false
	case errors.As(err, &host):
		return unreachable("serverns certifikat gäller ett annat namn"), false
	case errors.As(err, &invalid):
		return unreachable("serverns certifikat har gått ut eller får inte användas så"), false
	case errors.As(err, &record):
		return unreachable("servern talar inte TLS; börjar adressen med http?"), false
	case errors.As(err, &name) && name.IsNotFound:
		return unreachable("namnet %s finns inte", name.Name), false
	case errors.As(err, &name):
		return unreachable("namnet %s gick inte att slå upp", name.Name), true
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return unreachable("servern svarade inte i tid"), true
	case strings.Contains(err.Error(), "tls:"):
		return unreachable("servern och kommunpuls kan inte enas om kryptering"), false
	}
	return unreachable("%s", broken(err)), true
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// broken says how a connection ended. The words are the machine's own: what
// net/http says of an answer or an address that it cannot read quotes it, and
// a name may stand there.
func broken(err error) string {
	var number syscall.Errno
	switch {
	case errors.As(err, &number):
		return "förbindelsen bröts (" + number.Error() + ")"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "servern avslutade förbindelsen innan den hade svarat"
	}
	return "förbindelsen bröts, eller så följer svaret inte HTTP"
}
