package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

const token = "en-lang-hemlig-token"

// recorder answers as the daemon would and remembers what it was asked.
type recorder struct {
	notReady   []string
	reloadErr  error
	collectErr error
	asked      []string

	disruptions []Disruption
	broken, dir string // of snapshots
}

func (d *recorder) Ready() []string { return d.notReady }

func (d *recorder) Status(context.Context) (Status, error) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	return Status{Municipality: "Exempelkommun <b>", Version: "1", Sources: []SourceStatus{{Name: "lista", Type: "table", LastSuccess: &at, Refused: 2}}}, nil
}

func (d *recorder) Findings(_ context.Context, at store.Point) ([]finding.Finding, error) {
	d.asked = append(d.asked, "findings "+at.AsOf.UTC().Format(time.RFC3339))
	return nil, nil
}

func (d *recorder) Explain(_ context.Context, q Query) (finding.Finding, error) {
	d.asked = append(d.asked, fmt.Sprintf("explain %s %s %d", q.KPI, q.OrgUnit, q.Limit))
	if q.KPI != "system_owner_coverage" {
		return finding.Finding{}, fmt.Errorf("%s: %w", q.KPI, store.ErrNotFound)
	}
	f := finding.Finding{KPI: q.KPI, Outcome: finding.Measured, Evidence: []finding.Row{{ID: "a"}}, EvidenceTotal: 1}
	if q.Offset > 0 {
		f.Evidence = nil
	}
	return f, nil
}

func (d *recorder) Disruptions(context.Context) ([]Disruption, error) {
	d.asked = append(d.asked, "disruptions")
	return d.disruptions, nil
}

func (d *recorder) Reload(context.Context) error {
	d.asked = append(d.asked, "reload")
	return d.reloadErr
}

func (d *recorder) Collect(_ context.Context, s string) error {
	d.asked = append(d.asked, "collect "+s)
	return d.collectErr
}

type request struct {
	method, url, host, auth string
}

func do(t *testing.T, d *recorder, r request) (int, string, http.Header) {
	t.Helper()
	h := New(Options{Daemon: d, Metrics: http.NotFoundHandler(), Token: token, Listen: "127.0.0.1:9464", Hosts: []string{"kpi.example.test"}, Log: slog.New(slog.DiscardHandler)})
	if r.method == "" {
		r.method = http.MethodGet
	}
	req := httptest.NewRequest(r.method, r.url, nil)
	req.Host = r.host
	if req.Host == "" {
		req.Host = "127.0.0.1:9464"
	}
	if r.auth != "" {
		req.Header.Set("Authorization", r.auth)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	b, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(b), w.Header()
}

func TestFiguresAndRowsNeedTheToken(t *testing.T) {
	for _, url := range []string{"/api/v1/disruptions", "/api/v1/kpis", "/api/v1/kpis/system_owner_coverage"} {
		for _, auth := range []string{"", "Bearer ", "Bearer fel", "Basic " + token, token} {
			d := &recorder{}
			code, body, h := do(t, d, request{url: url, auth: auth})
			if code != http.StatusUnauthorized || h.Get("WWW-Authenticate") == "" || len(d.asked) > 0 {
				t.Errorf("%s with %q: %d %s, asked %v", url, auth, code, body, d.asked)
			}
		}
	}
	for _, url := range []string{"/api/v1/reload", "/api/v1/collect"} {
		d := &recorder{}
		if code, _, _ := do(t, d, request{method: http.MethodPost, url: url}); code != http.StatusUnauthorized || len(d.asked) > 0 {
			t.Errorf("POST %s without a token: %d", url, code)
		}
	}
}

func TestACollectionThatFailsSaysWhy(t *testing.T) {
	d := &recorder{collectErr: errors.New("lista.csv, rad 1: rubriken ”Status” finns inte")}
	code, body, _ := do(t, d, request{method: http.MethodPost, url: "/api/v1/collect?source=lista", auth: "Bearer " + token})
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "lista.csv, rad 1: rubriken ”Status” finns inte") {
		t.Errorf("%d %s", code, body)
	}
}

func TestWithoutAConfiguredTokenTheAPIIsClosedEvenToAnEmptyOne(t *testing.T) {
	h := New(Options{Daemon: &recorder{}, Metrics: http.NotFoundHandler(), Listen: "127.0.0.1:1", Log: slog.New(slog.DiscardHandler)})
	req := httptest.NewRequest(http.MethodGet, "/api/v1/kpis", nil)
	req.Host = "localhost"
	req.Header.Set("Authorization", "Bearer ")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	if w.Code != http.StatusForbidden {
		t.Errorf("got %d", w.Code)
	}
}

func TestAHostThatIsNotOursIsTurnedAway(t *testing.T) {
	for host, want := range map[string]int{"evil.example": 421, "localhost": 200, "[::1]:9464": 200, "127.0.0.1": 200, "KPI.example.test:80": 200, "": 200} {
		code, _, _ := do(t, &recorder{}, request{url: "/healthz", host: host})
		if code != want {
			t.Errorf("Host %q: %d, want %d", host, code, want)
		}
	}
}

func TestAPastDayMeansItsEndInStockholm(t *testing.T) {
	d := &recorder{}
	code, body, _ := do(t, d, request{url: "/api/v1/kpis?as_of=2025-12-31", auth: "Bearer " + token})
	if code != http.StatusOK || strings.TrimSpace(body) != "[]" || d.asked[0] != "findings 2025-12-31T22:59:59Z" {
		t.Errorf("%d %s %v", code, body, d.asked)
	}
	if code, body, _ = do(t, d, request{url: "/api/v1/kpis?as_of=igår", auth: "Bearer " + token}); code != http.StatusBadRequest {
		t.Errorf("%d %s", code, body)
	}
}

func TestRowsAreAskedForByFigureAndLimit(t *testing.T) {
	d := &recorder{}
	code, body, _ := do(t, d, request{url: "/api/v1/kpis/system_owner_coverage?org_unit=soc&limit=5", auth: "Bearer " + token})
	var f finding.Finding
	if err := json.Unmarshal([]byte(body), &f); err != nil || code != http.StatusOK || len(f.Evidence) != 1 || d.asked[0] != "explain system_owner_coverage soc 5" {
		t.Errorf("%d %s %v %v", code, body, err, d.asked)
	}
	for url, want := range map[string]int{"/api/v1/kpis/finns_inte": 404, "/api/v1/kpis/%2e%2e%2f": 404, "/api/v1/kpis/system_owner_coverage?limit=0": 400, "/api/v1/kpis/system_owner_coverage?limit=999999": 400} {
		if code, body, _ := do(t, d, request{url: url, auth: "Bearer " + token}); code != want {
			t.Errorf("%s: %d %s", url, code, body)
		}
	}
}

func TestReadinessSaysWhatIsMissing(t *testing.T) {
	code, body, _ := do(t, &recorder{notReady: []string{"Första beräkningen är inte klar."}}, request{url: "/readyz"})
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "Första beräkningen") {
		t.Errorf("%d %s", code, body)
	}
	if code, _, _ = do(t, &recorder{}, request{url: "/readyz"}); code != http.StatusOK {
		t.Errorf("ready: %d", code)
	}
}

func TestABadNewConfigurationIsToldAndNotUsed(t *testing.T) {
	d := &recorder{reloadErr: errors.New("sources.x.type: must be set")}
	code, body, _ := do(t, d, request{method: http.MethodPost, url: "/api/v1/reload", auth: "Bearer " + token})
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "sources.x.type") {
		t.Errorf("%d %s", code, body)
	}
}

func TestTheFirstPageEscapesWhatItShows(t *testing.T) {
	code, body, h := do(t, &recorder{}, request{url: "/", auth: "Bearer " + token})
	if code != http.StatusOK || strings.Contains(body, "Exempelkommun <b>") || !strings.Contains(body, "Exempelkommun &lt;b&gt;") || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %s", code, body)
	}
}
