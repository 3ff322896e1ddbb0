package notify

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/kommunpuls/kommunpuls/internal/mail"
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
	switch {
	case errors.As(err, &status):
		return ofStatus(int(status))
	case errors.Is(err, errSettings):
		return ofMail(mail.SettingsFailure())
	}
	return ofMail(mail.Judge(err))
}

// ofMail is a failure as the mails have it; how a connection fails is the same for all.
func ofMail(f *mail.Failure) *failure { return &failure{f.Class, f.Reason} }

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
