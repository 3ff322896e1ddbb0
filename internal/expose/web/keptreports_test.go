package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

func keptReports() []KeptReport {
	at := time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)
	both := []string{"html", "pdf"}
	return []KeptReport{
		{Name: "2026-11-01_ledning", Kind: "ledning", Title: "Läget i it", Made: at, Formats: both}, {Name: "2026-11-01_manad", Kind: "manad", Title: "Oktober", Made: at, Formats: []string{"html"}},
		{Name: "2026-11-01_revision", Kind: "revision", Title: "Till <revisorn>", Made: at, Formats: []string{"pdf"}},
		{Name: "2026-11-01_forvaltning_soc", Kind: "forvaltning", Title: "Socialförvaltningen", OrgUnit: "soc", Made: at, Formats: both},
		{Name: "2026-11-01_forvaltning_bun", Kind: "forvaltning", Title: "Barn och utbildning", OrgUnit: "bun", Made: at, Formats: both},
		{Name: "2026-11-01_okand", Kind: "okand", Title: "Något nytt", Made: at, Formats: both},
	}
}

func (d *recorder) KeptReports(context.Context) ([]KeptReport, error) { return keptReports(), nil }

func (d *recorder) KeptReport(_ context.Context, name, format string) (KeptReport, []byte, error) {
	for _, k := range keptReports() {
		if k.Name == name && slices.Contains(k.Formats, format) {
			return k, []byte(format + " av " + name), nil
		}
	}
	return KeptReport{}, nil, fmt.Errorf("%s: %w", name, store.ErrNotFound)
}

func TestWhoSeesWhichReports(t *testing.T) {
	for _, c := range []struct {
		visitor Visitor
		sees    string
	}{
		{Visitor{Role: RoleAdmin}, "ledning manad revision forvaltning_soc forvaltning_bun okand"},
		{Visitor{Role: RoleAuditor}, "ledning manad revision forvaltning_soc forvaltning_bun okand"},
		{Visitor{Role: RoleViewer}, "ledning manad"},
		{Visitor{Role: RoleForvaltning, OrgUnits: []string{"soc"}}, "forvaltning_soc"},
		{Visitor{Role: RoleForvaltning, OrgUnits: []string{"kultur"}, Below: []string{"bun"}}, "forvaltning_bun"},
		{Visitor{Role: RoleForvaltning}, ""},
	} {
		ctx, d := WithVisitor(context.Background(), c.visitor), Restrict(&recorder{}, nil)
		ks, err := d.KeptReports(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var sees []string
		for _, k := range ks {
			sees = append(sees, strings.TrimPrefix(k.Name, "2026-11-01_"))
		}
		if got := strings.Join(sees, " "); got != c.sees {
			t.Errorf("%+v sees %q, want %q", c.visitor, got, c.sees)
		}
		for _, k := range keptReports() {
			_, b, err := d.KeptReport(ctx, k.Name, k.Formats[0])
			seen := slices.ContainsFunc(ks, func(o KeptReport) bool { return o.Name == k.Name })
			if seen != (err == nil) || !seen && (!errors.Is(err, store.ErrNotFound) || len(b) > 0) {
				t.Errorf("%+v and %s: %v", c.visitor, k.Name, err)
			}
		}
	}
	for _, v := range []Visitor{{}, {Role: RoleScrape}} {
		ctx, d := WithVisitor(context.Background(), v), Restrict(&recorder{}, nil)
		if _, err := d.KeptReports(ctx); !errors.Is(err, ErrForbidden) {
			t.Errorf("%+v: %v", v, err)
		}
		if _, _, err := d.KeptReport(ctx, "2026-11-01_ledning", "pdf"); !errors.Is(err, ErrForbidden) {
			t.Errorf("%+v: %v", v, err)
		}
	}
}

func TestThePageOfReportsAndTheirFiles(t *testing.T) {
	h := New(Options{Daemon: &recorder{}, Metrics: http.NotFoundHandler(), Listen: "127.0.0.1:1", Demo: true, Log: slog.New(slog.DiscardHandler)})
	get := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	page := get("/rapporter").Body.String()
	for _, want := range []string{`href="/rapporter/2026-11-01_ledning.html"`, `href="/rapporter/2026-11-01_ledning.pdf"`, "Läget i it", "Till &lt;revisorn&gt;", "revisorn", `aria-current="page"`, "skärmläsare"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in\n%s", want, page)
		}
	}
	if strings.Contains(page, `href="/rapporter/2026-11-01_manad.pdf"`) || strings.Contains(page, `href="/rapporter/2026-11-01_revision.html"`) {
		t.Error("a link to what is not kept")
	}
	if english := get("/rapporter?sprak=en").Body.String(); !strings.Contains(english, "the latest first") || !strings.Contains(english, `<span lang="sv">`) {
		t.Error(english)
	}

	w := get("/rapporter/2026-11-01_ledning.html")
	if csp := w.Header().Get("Content-Security-Policy"); w.Code != http.StatusOK || w.Body.String() != "html av 2026-11-01_ledning" || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "sandbox") || strings.Contains(csp, "script") {
		t.Errorf("%d %s %q", w.Code, w.Body, csp)
	}
	w = get("/rapporter/2026-11-01_forvaltning_soc.pdf")
	if w.Header().Get("Content-Type") != "application/pdf" || w.Header().Get("Content-Disposition") != `attachment; filename="2026-11-01_forvaltning_soc.pdf"` || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%v", w.Header())
	}
	for _, path := range []string{"/rapporter/2026-11-01_manad.pdf", "/rapporter/2026-11-01_ledning", "/rapporter/2026-11-01_ledning.exe", "/rapporter/..%2freports.json", "/rapporter/finns-inte.html"} {
		if w := get(path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "Sidan finns inte") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
