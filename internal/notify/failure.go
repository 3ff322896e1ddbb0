package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"strings"

	mail "github.com/wneessen/go-mail"
)

// errSettings is wrapped by what no further attempt will mend.
var errSettings = errors.New("notify: the settings cannot be used")

// statusError is an HTTP status that is no success.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("status %d", int(s)) }

// failure is why a message did not get through, without addresses: those of
// people are personal data, and those of hooks are secrets.
type failure struct {
	class, reason string
}

func (f *failure) Error() string { return f.reason }

func judgeFailure(err error) *failure {
	var status statusError
	var alertErr tls.AlertError
	var cert *tls.CertificateVerificationError
	var host x509.HostnameError
	var smtp *mail.SendError
	var reply *textproto.Error
	var timeout net.Error
	text := err.Error()
	switch {
	case errors.As(err, &status):
		return ofStatus(int(status))
	case errors.Is(err, errSettings):
		return &failure{"settings", "Inställningarna går inte att använda; pröva kommunpuls check."}
	case errors.As(err, &cert), errors.As(err, &host), errors.As(err, &alertErr):
		return &failure{"tls", "Den ena sidan litar inte på den andras certifikat."}
	case strings.Contains(text, "STARTTLS"):
		return &failure{"no_tls", "E-postservern erbjuder ingen kryptering (STARTTLS), så ingenting skickas."}
	case strings.Contains(text, "SMTP AUTH"), strings.Contains(text, "SMTP Auth"):
		return &failure{"unauthenticated", "E-postservern godtar inte inloggningen."}
	case errors.As(err, &reply):
		return ofSMTP(reply.Code)
	case errors.As(err, &smtp) && smtp.ErrorCode() > 0:
		return ofSMTP(smtp.ErrorCode())
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &failure{"timeout", "Mottagaren svarade inte i tid."}
	}
	return &failure{"unreachable", "Mottagaren går inte att nå."}
}

func ofSMTP(code int) *failure {
	switch {
	case code == 530 || code == 534 || code == 535 || code == 454:
		return &failure{"unauthenticated", "E-postservern godtar inte inloggningen."}
	case code >= 400 && code < 500:
		return &failure{"overloaded", fmt.Sprintf("E-postservern tar inte emot just nu (%d).", code)}
	}
	return &failure{"rejected", fmt.Sprintf("E-postservern avvisar brevet (%d); se from och to.", code)}
}

func ofStatus(code int) *failure {
	switch {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return &failure{"unauthenticated", fmt.Sprintf("Mottagaren godtar inte adressen eller signaturen (%d).", code)}
	case code == http.StatusNotFound || code == http.StatusGone:
		return &failure{"not_found", fmt.Sprintf("Adressen finns inte längre hos mottagaren (%d).", code)}
	case code == http.StatusTooManyRequests || code >= 500:
		return &failure{"overloaded", fmt.Sprintf("Mottagaren tar inte emot just nu (%d).", code)}
	}
	return &failure{"rejected", fmt.Sprintf("Mottagaren avvisar det som skickas (%d).", code)}
}
