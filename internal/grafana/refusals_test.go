package grafana_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/grafana"
	"github.com/kommunpuls/kommunpuls/internal/grafana/grafanatest"
)

func html(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<html>Logga in</html>"))
}

func refusal(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"message":"` + message + `"}`))
}

func TestWhatStandsInTheWayIsToldAndNothingIsWritten(t *testing.T) {
	tests := []struct {
		name, token string
		version     string
		org         int64
		intercept   func(http.ResponseWriter, *http.Request) bool
		want        error
		says        []string
	}{
		{name: "a wrong token", token: "glsa_fel", want: grafana.ErrToken, says: []string{"401", "tjänstekonto"}},
		{name: "a token that may not", want: grafana.ErrForbidden, says: []string{"403", "rollen Admin", "datasources:read"}, intercept: func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/api/datasources" {
				return false
			}
			refusal(w, http.StatusForbidden, "You'll need additional permissions: datasources:read")
			return true
		}},
		{name: "a Grafana that is too old", version: "9.3.2", want: grafana.ErrTooOld, says: []string{"9.3.2", "9.4", "uppgradera"}},
		{name: "a version that says nothing", version: "okänd", want: grafana.ErrNotGrafana, says: []string{"okänd"}},
		{name: "another organisation", org: 7, want: grafana.ErrOrg, says: []string{"organisation 1", "7"}},
		{name: "a login page", want: grafana.ErrNotGrafana, says: []string{"text/html", "inloggningssida"}, intercept: func(w http.ResponseWriter, _ *http.Request) bool {
			html(w, http.StatusOK)
			return true
		}},
		{name: "an empty answer", want: grafana.ErrNotGrafana, says: []string{"/api/health säger inte vad den är"}, intercept: func(http.ResponseWriter, *http.Request) bool {
			return true
		}},
		{name: "a way to a login page", want: grafana.ErrNotGrafana, says: []string{"302", "https://login.example/in"}, intercept: func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "https://login.example/in?token=hemligt", http.StatusFound)
			return true
		}},
		{name: "a proxy that forbids", want: grafana.ErrNotGrafana, says: []string{"403"}, intercept: func(w http.ResponseWriter, _ *http.Request) bool {
			html(w, http.StatusForbidden)
			return true
		}},
		{name: "an answer cut short", want: grafana.ErrNotGrafana, says: []string{"avbrutet"}, intercept: func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"database":"ok","vers`))
			return true
		}},
		{name: "another program that speaks JSON", want: grafana.ErrNotGrafana, says: []string{"säger inte vad den är"}, intercept: func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"status":"UP"}`))
			return true
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := grafanatest.New(t)
			if tt.version != "" {
				s.Version = tt.version
			}
			s.Intercept(tt.intercept)
			token := grafanatest.Token
			if tt.token != "" {
				token = tt.token
			}
			_, err := grafana.Push(context.Background(), dial(t, s.URL, token), wanted(t), grafana.Options{Org: tt.org})
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v", err)
			}
			for _, word := range tt.says {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q lacks %q", err, word)
				}
			}
			for _, secret := range []string{token, "hemligt"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q tells a secret", err)
				}
			}
			if w := s.Writes(); len(w) > 0 {
				t.Errorf("it writes %v", w)
			}
		})
	}
}

func TestAGrafanaThatIsDown(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := grafana.Push(context.Background(), dial(t, s.URL, grafanatest.Token), wanted(t), grafana.Options{})
	if !errors.Is(err, grafana.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestAGrafanaThatIsSlowIsGivenUpAfterThreeAttempts(t *testing.T) {
	var asked atomic.Int64
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(stop)
	api, err := grafana.Dial(grafana.Settings{URL: s.URL, Token: "x", Timeout: 50 * time.Millisecond, Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = grafana.Push(context.Background(), api, wanted(t), grafana.Options{})
	if !errors.Is(err, grafana.ErrUnreachable) || !strings.Contains(err.Error(), "inget svar inom 50ms") {
		t.Errorf("got %v", err)
	}
	if n := asked.Load(); n > 3 { // a busy machine may not even have asked
		t.Errorf("asked %d times", n)
	}
}

func TestAPushThatIsInterruptedEnds(t *testing.T) {
	s := grafanatest.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := grafana.Push(ctx, dial(t, s.URL, grafanatest.Token), wanted(t), grafana.Options{})
	if !errors.Is(err, grafana.ErrUnreachable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAMomentsTroubleIsTriedAgain(t *testing.T) {
	s := grafanatest.New(t)
	n := 0
	s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if n++; n%2 == 1 {
			refusal(w, http.StatusServiceUnavailable, "starting")
			return true
		}
		return false
	})
	if r := push(t, s, wanted(t), grafana.Options{}); !r.Written() {
		t.Errorf("got:\n%s", actions(r))
	}
}

// A write whose answer was lost may have been carried out.
func TestANewThingIsNotMadeTwiceWhenTheAnswerIsLost(t *testing.T) {
	s := grafanatest.New(t)
	posts := 0
	s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		posts++
		refusal(w, http.StatusBadGateway, "gone")
		return true
	})
	_, err := grafana.Push(context.Background(), dial(t, s.URL, grafanatest.Token), wanted(t), grafana.Options{})
	if err == nil || posts != 1 || !strings.Contains(err.Error(), "mappen ”kommunpuls”") {
		t.Errorf("%d posts, %v", posts, err)
	}
}

func TestWhatWasDoneBeforeAnErrorIsInTheReport(t *testing.T) {
	s := grafanatest.New(t)
	s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/dashboards/db" {
			return false
		}
		refusal(w, http.StatusInternalServerError, "database is locked")
		return true
	})
	r, err := grafana.Push(context.Background(), dial(t, s.URL, grafanatest.Token), wanted(t), grafana.Options{})
	if err == nil || !strings.Contains(err.Error(), "vyn ”Läget” (kommunpuls-laget): Grafana svarade 500: database is locked") {
		t.Errorf("got %v", err)
	}
	if got, want := actions(r), "mapp kommunpuls: ny\ndatakälla Prometheus: ny\n"; got != want {
		t.Errorf("got:\n%s", got)
	}
}

func TestADashboardCannotBearTheFoldersName(t *testing.T) {
	s := grafanatest.New(t)
	w := wanted(t)
	w.Dashboards[1].Title = "Kommunpuls"
	_, err := grafana.Push(context.Background(), dial(t, s.URL, grafanatest.Token), w, grafana.Options{})
	if !errors.Is(err, grafana.ErrConflict) || !strings.Contains(err.Error(), "grafana.folder") {
		t.Errorf("got %v", err)
	}
	if got := s.Writes(); !slices.Equal(got, nil) {
		t.Errorf("it writes %v", got)
	}
}
