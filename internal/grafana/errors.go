package grafana

import (
	"errors"
	"fmt"
	"net/http"
)

// What can stand in the way, each mended elsewhere.
var (
	// ErrNotFound is what is not in Grafana.
	ErrNotFound = errors.New("finns inte i Grafana")
	// ErrUnreachable is a Grafana that does not answer, or not in time.
	ErrUnreachable = errors.New("ingen Grafana svarar")
	// ErrToken is a token that Grafana does not accept.
	ErrToken = errors.New("token godtas inte av Grafana")
	// ErrForbidden is a token that may not do what was asked.
	ErrForbidden = errors.New("token får inte göra detta")
	// ErrNotGrafana is an answer that does not come from Grafana's API.
	ErrNotGrafana = errors.New("svaret kommer inte från Grafanas API")
	// ErrTooOld is a Grafana older than [MinVersion].
	ErrTooOld = errors.New("för gammal Grafana")
	// ErrConflict is something of the same name that is not ours.
	ErrConflict = errors.New("namnet är upptaget i Grafana")
	// ErrOrg is a token of another organisation than the configuration says.
	ErrOrg = errors.New("token hör till en annan organisation")
)

// StatusError is an answer other than the above. Message is Grafana's own,
// shortened, and never what was sent.
type StatusError struct {
	Status  int
	Message string
}

func (e *StatusError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("Grafana svarade %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("Grafana svarade %d: %s", e.Status, e.Message)
}

// refused reports whether Grafana answered with one of the statuses.
func refused(err error, status ...int) bool {
	var s *StatusError
	if !errors.As(err, &s) {
		return false
	}
	for _, want := range status {
		if s.Status == want {
			return true
		}
	}
	return false
}
