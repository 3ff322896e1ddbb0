package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

func (d *recorder) Snapshots(context.Context) (SnapshotList, error) {
	at := time.Date(2025, 12, 31, 22, 59, 59, 0, time.UTC)
	return SnapshotList{Broken: d.broken, Kept: []Snapshot{
		{Name: "kommunen_2025-12-31_2", AsOf: at, Created: at.AddDate(0, 0, 9), Fingerprint: "bbbb cccc", Signed: true, Stamped: at.AddDate(0, 0, 9), Encrypted: true,
			Corrects: "kommunen_2025-12-31", Note: "150 & inte <300>", Files: []string{"kommunen_2025-12-31_2_redovisning.zip", "kommunen_2025-12-31_2_redovisning.zip.minisig", "kommunen_2025-12-31_2_redovisning.zip.tsr", "kommunen_2025-12-31_2_underlag.zip.age"}},
		{Name: "kommunen_2025-12-31", AsOf: at, Created: at.AddDate(0, 0, 1), Fingerprint: "aaaa bbbb", Forgotten: true, CorrectedBy: []string{"kommunen_2025-12-31_2"}},
	}}, nil
}

func (d *recorder) SnapshotFile(_ context.Context, name string) (*os.File, error) {
	if d.dir == "" {
		return nil, fmt.Errorf("%s: %w", name, store.ErrNotFound)
	}
	return os.Open(filepath.Join(d.dir, filepath.Base(name)))
}

func TestOnlyTheAuditorAndTheAdministratorSeeSnapshots(t *testing.T) {
	for role, sees := range map[string]bool{RoleAdmin: true, RoleAuditor: true, RoleViewer: false, RoleForvaltning: false, RoleScrape: false, "": false} {
		ctx, d := WithVisitor(context.Background(), Visitor{Role: role, OrgUnits: []string{"soc"}}), Restrict(&recorder{}, nil)
		if _, err := d.Snapshots(ctx); sees != (err == nil) || !sees && !errors.Is(err, ErrForbidden) {
			t.Errorf("%q: %v", role, err)
		}
		if _, err := d.SnapshotFile(ctx, "x"); sees != errors.Is(err, store.ErrNotFound) || !sees && !errors.Is(err, ErrForbidden) {
			t.Errorf("%q: %v", role, err)
		}
	}
}

func TestThePageOfSnapshotsShowsTheChainAndItsFilesAreSaved(t *testing.T) {
	dir := t.TempDir()
	const file = "kommunen_2025-12-31_2_redovisning.zip"
	if err := os.WriteFile(filepath.Join(dir, file), []byte("ZIP"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := New(Options{Daemon: &recorder{dir: dir}, Token: "0123456789abcdef", Listen: "127.0.0.1:9464", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	get := func(url, token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9464"+url, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	w := get("/ogonblicksbilder", "0123456789abcdef")
	body := w.Body.String()
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, body)
	}
	for _, want := range []string{
		"bbbb cccc", "underskriven", "tidsstämplad 2026-01-09 23.59", "underlaget krypterat", "rättar kommunen_2025-12-31: 150 &amp; inte &lt;300&gt;",
		"inte underskriven", "inte tidsstämplad", "nyckeln till pseudonymerna förstörd", "rättad av kommunen_2025-12-31_2",
		`href="/ogonblicksbilder/` + file + `"`, "redovisning, underskrift", "redovisning, tidsstämpel", "Sekretessprövas före utlämnande.", `aria-current="page">Ögonblicksbilder`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q:\n%s", want, body)
		}
	}
	if strings.Contains(body, "håller inte") {
		t.Error("a whole chain is called broken")
	}
	if body := get("/ogonblicksbilder?sprak=en", "0123456789abcdef").Body.String(); !strings.Contains(body, "corrected by kommunen_2025-12-31_2") {
		t.Error("no English", body)
	}
	w = get("/ogonblicksbilder/"+file, "0123456789abcdef")
	if w.Code != http.StatusOK || w.Body.String() != "ZIP" || w.Header().Get("Content-Disposition") != `attachment; filename="`+file+`"` || w.Header().Get("Cache-Control") != "no-store" {
		t.Error(w.Code, w.Header(), w.Body)
	}
	for _, url := range []string{"/ogonblicksbilder", "/ogonblicksbilder/" + file} {
		if w := get(url, "fel"); w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "bbbb") {
			t.Error(url, w.Code, w.Body)
		}
	}
	broken := New(Options{Daemon: &recorder{broken: "kedjan håller inte: kedja.jsonl: rad 2"}, Token: "0123456789abcdef", Listen: "127.0.0.1:9464", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9464/ogonblicksbilder", nil)
	r.Header.Set("Authorization", "Bearer 0123456789abcdef")
	w = httptest.NewRecorder()
	broken.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "Kedjan av ögonblicksbilder håller inte.") || !strings.Contains(w.Body.String(), "kedja.jsonl: rad 2") {
		t.Error(w.Code, w.Body)
	}
}
