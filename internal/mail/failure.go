package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// errSettings is wrapped by what no further attempt will mend.
var errSettings = errors.New("mail: the settings cannot be used")

// Failure is why something was not delivered, without addresses: those of
// people are personal data, and a server's answer may repeat them.
type Failure struct {
	Class  string // settings, tls, no_tls, unauthenticated, overloaded, rejected, timeout, unreachable
	Reason string // a sentence in Swedish
}

func (f *Failure) Error() string { return f.Reason }

// Judge says why a letter, or what else a server was to take, did not get there.
func Judge(err error) *Failure {
	var judged *Failure
	var told *net.OpError // an alert of TLS: crypto/tls keeps its type to itself
	var cert *tls.CertificateVerificationError
	var host x509.HostnameError
	var smtp *gomail.SendError
	var reply *textproto.Error
	var timeout net.Error
	text := err.Error()
	switch {
	case errors.As(err, &judged):
		return judged
	case errors.Is(err, errSettings):
		return SettingsFailure()
	case errors.As(err, &cert), errors.As(err, &host), errors.As(err, &told) && told.Op == "remote error":
		return &Failure{"tls", "Den ena sidan litar inte på den andras certifikat."}
	case strings.Contains(text, "STARTTLS"):
		return &Failure{"no_tls", "E-postservern erbjuder ingen kryptering (STARTTLS), så ingenting skickas."}
	case strings.Contains(text, "SMTP AUTH"), strings.Contains(text, "SMTP Auth"):
		return refusedLogin()
	case errors.As(err, &reply):
		return ofReply(reply.Code)
	case errors.As(err, &smtp) && smtp.ErrorCode() > 0:
		return ofReply(smtp.ErrorCode())
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Failure{"timeout", "Mottagaren svarade inte i tid."}
	}
	return &Failure{"unreachable", "Mottagaren går inte att nå."}
}

// SettingsFailure is that of settings that cannot be used.
func SettingsFailure() *Failure {
	return &Failure{"settings", "Inställningarna går inte att använda; pröva kommunpuls check."}
}

func refusedLogin() *Failure {
	return &Failure{"unauthenticated", "E-postservern godtar inte inloggningen."}
}

func ofReply(code int) *Failure {
	switch {
	case code == 530 || code == 534 || code == 535 || code == 454:
		return refusedLogin()
	case code >= 400 && code < 500:
		return &Failure{"overloaded", fmt.Sprintf("E-postservern tar inte emot just nu (%d).", code)}
	case code == 552:
		return &Failure{"rejected", "E-postservern avvisar brevet (552): det är för stort, eller så är brevlådan full."}
	}
	return &Failure{"rejected", fmt.Sprintf("E-postservern avvisar brevet (%d); se from och to.", code)}
}
