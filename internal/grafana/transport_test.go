package grafana

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// silent never answers.
type silent struct{ asked int }

func (s *silent) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked++
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestASilentServerIsAskedAgainWhereThatChangesNothing(t *testing.T) {
	for method, want := range map[string]int{http.MethodGet: attempts, http.MethodPut: attempts, http.MethodPost: 1} {
		s := &silent{}
		req, err := http.NewRequestWithContext(t.Context(), method, "http://grafana.exempel.test", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport{ctx: t.Context(), next: s, timeout: time.Millisecond, pause: time.Millisecond}.RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "inget svar inom 1ms") || s.asked != want {
			t.Errorf("%s: asked %d times: %v", method, s.asked, err)
		}
	}
}
