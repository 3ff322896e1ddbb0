// Every figure of a whole municipality, one statement after another, says nothing to the race detector.
//go:build linux && !race

package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/webtest"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// site serves the pages of the generated municipality, read by the same
// children and evaluated by the same engine as the daemon's.
func site(t testing.TB) (http.Handler, *App) {
	t.Helper()
	dir, now := t.TempDir(), time.Now()
	must(t, demo.Generate(dir, now, "127.0.0.1:0"))
	leaveReports(t, filepath.Join(dir, "data"))
	leaveSnapshots(t, filepath.Join(dir, "data"))
	parts, err := Prepare(filepath.Join(dir, demo.ConfigFile), now)
	must(t, err)
	a, err := Open(t.Context(), parts, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	must(t, err)
	t.Cleanup(func() { must(t, a.Close()) })
	must(t, a.Collect(t.Context(), ""))
	return web.New(web.Options{
		Daemon: a, Metrics: http.NotFoundHandler(), Listen: "127.0.0.1:1", Log: slog.New(slog.DiscardHandler), Demo: true, Now: time.Now,
	}), a
}

type answer struct {
	code   int
	body   string
	header http.Header
}

func visit(t testing.TB, h http.Handler, url string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	r.Host = "localhost"
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Body)
	must(t, err)
	return answer{w.Code, string(b), w.Header()}
}

func TestThePagesOfAWholeMunicipality(t *testing.T) {
	h, a := site(t)
	t.Run("every page is whole and says what it is to show", func(t *testing.T) {
		for url, wants := range map[string][]string{
			"/":                                    {"Hur säkra är siffrorna?", ">Börja här<", "10\u00a0224 av\u00a014\u00a0400", "Nästa steg", "Systemregister och ägarskap", "DEMODATA"},
			"/?forvaltning=soc":                    {"Socialförvaltningen", "Hela kommunen"},
			"/?sprak=en":                           {`<html lang="en">`, ">Begin here<", "10,224 of\u00a014,400"},
			"/matt":                                {"Sök bland måtten", "Andel system med gemensam inloggning"},
			"/matt?q=lösenord":                     {"mått om ”lösenord”"},
			"/matt?q=<script>":                     {"&lt;script&gt;", "Inget mått handlar om"},
			"/matt/sso_coverage":                   {"11\u00a0av\u00a040", "27,5\u00a0%", "30\u00a0stycken senast", "KS 2026/101", "Räknas inte", "SELECT", "systemlista", "Guld", "Nästa steg", "cybersäkerhetslagen"},
			"/matt/system_owner_coverage":          {"Andra kommuner", "Kommunerna i Exempellän", "48,5\u00a0%", "33,5 procentenheter under", "Exempelköping (demo)", "130\u00a0av\u00a0310", "Medianen är mittvärdet"},
			"/matt/ticket_resolution_24h?sprak=en": {"Other municipalities", "1 municipality is counted in another way", "level with it"},
			"/matt/policy_currency":                {"Godtagna undantag", "KS 2026/145"},
			"/matt/sso_coverage/underlag":          {"Systemlista.xlsx, blad System, rad", "Systemet har ett eget lösenord."},
			"/matt/sso_coverage/underlag?visa=alla&sprak=en": {"passes", `lang="sv"`},
			"/matt/system_role_completeness/underlag?sida=2": {"Rad 201 till 400"},
			"/forvaltning":                  {"Räddningstjänsten", "Rader att gå igenom"},
			"/forvaltning/soc":              {"Att gå igenom", "Systemlista.xlsx", "Siffrorna"},
			"/mal":                          {"Varje verksamhetssystem har en ägare", "12 mål: 1 försenat, 3 öppna, 1 lagt åt sidan, 7 stängda.", "7 rekommendationer: 2 försenade, 2 öppna, 3 stängda.", "30 dagar för sent", "75\u00a0av\u00a0500, 15,0\u00a0%; mål 100\u00a0%", "ansvarig roll: Kommundirektör"},
			"/mal?forvaltning=utb&sprak=en": {"10 goals: 1 overdue, 3 open, 1 set aside, 5 closed.", "1 recommendation: open."},
			"/kallor":                       {"systemlista", "65\u00a0019", "överstruken", "läst"},
			"/storningar":                   {"Skola 04", "Text för växel och intranät"},
			"/ogonblicksbilder":             {"abab abab", "rättar exempelkommun_2025-12-31: 150, inte 300", "rättad av exempelkommun_2025-12-31_2", "läget 2025-12-31 23.59"},
			"/rapporter":                    {"Underlag för revisionen", "den senaste först", `href="/rapporter/2026-01-04_rapport.html"`},
		} {
			got := visit(t, h, strings.ReplaceAll(url, "<script>", "%3Cscript%3E"))
			if got.code != http.StatusOK {
				t.Errorf("%s: %d %s", url, got.code, got.body)
				continue
			}
			for _, f := range webtest.Faults(got.body) {
				t.Errorf("%s: %s", url, f)
			}
			for _, want := range wants {
				if !strings.Contains(got.body, want) {
					t.Errorf("%s does not say %q", url, want)
				}
			}
		}
	})
	t.Run("only files of the chain of snapshots are sent", func(t *testing.T) { filesOfSnapshots(t, h) })
	t.Run("every measure has its page in both languages, and its rows", func(t *testing.T) {
		fs, err := a.Findings(t.Context(), store.Point{})
		must(t, err)
		units := []page.Unit{{ID: "soc", Name: "Socialförvaltningen"}}
		pages, c := page.New(), a.Catalogue()
		for i, f := range fs {
			for _, lang := range []string{"sv", "en"} {
				for _, unit := range []string{"", "soc"} {
					frame := page.Frame{Words: wording.In(lang), Open: true, AsOf: f.AsOf, Units: units, Style: "/s.css", Path: "/matt/" + f.KPI, Choices: page.Choices{Unit: unit}}
					b, err := pages.Render(page.NewMeasure(frame, page.MeasureData{Finding: f, Definition: c.KPIs[i], Catalogue: c, History: []finding.Finding{f}}))
					if faults := webtest.Faults(string(b)); err != nil || len(faults) > 0 {
						t.Errorf("%s in %s of %q: %v %v", f.KPI, lang, unit, err, faults)
					}
				}
			}
			if i%5 != 0 {
				continue // reading the rows takes its time
			}
			got := visit(t, h, "/matt/"+f.KPI+"/underlag")
			if faults := webtest.Faults(got.body); got.code != http.StatusOK || len(faults) > 0 {
				t.Errorf("%s: rows: %d %v", f.KPI, got.code, faults)
			}
		}
	})
	t.Run("a chart has its points in a table too", func(t *testing.T) {
		var body string
		for range 100 { // months are computed some at a time
			if body = visit(t, h, "/matt/network_disruption_time").body; !strings.Contains(body, "Alla månader är inte framräknade än") {
				break
			}
		}
		if n := strings.Count(body, "Räknat i efterhand"); strings.Count(body, "<svg") != 2 || strings.Count(body, "dot after") != 2*n || n < 12 {
			t.Errorf("%d charts, %d points computed afterwards, %d rows of them", strings.Count(body, "<svg"), strings.Count(body, "dot after"), n)
		}
	})
	t.Run("a regular report is made, mailed and shown", func(t *testing.T) { regularReports(t, h, a) })
	t.Run("a regular report is mailed by hand", func(t *testing.T) { sendByHand(t, a) })
	t.Run("a day long ago shows what has dates of its own and guesses nothing", func(t *testing.T) {
		day := time.Now().AddDate(-3, 0, 0).Format(time.DateOnly)
		got := visit(t, h, "/?datum="+day)
		if got.code != http.StatusOK || !strings.Contains(got.body, "Den första läsningen gjordes den") || strings.Contains(got.body, "75 av") {
			t.Errorf("%d %s", got.code, got.body)
		}
		if !strings.Contains(got.body, `href="/matt?datum=`+day+`"`) {
			t.Error("links do not keep the day")
		}
		start := time.Now()
		if again := visit(t, h, "/?datum="+day); again.body != got.body {
			t.Error("the same day is another")
		}
		t.Logf("the second time in %s", time.Since(start))
	})
}

// overviewLimit is how long the first page may take at the server.
const overviewLimit = 50 * time.Millisecond

func BenchmarkOverview(b *testing.B) {
	h, _ := site(b)
	benchmarkPage(b, h, "whole", "/", overviewLimit)
	benchmarkPage(b, h, "one_unit", "/?forvaltning=soc", overviewLimit)
}

// BenchmarkRows is the page of the rows behind a figure with 14,400 of them, and
// all of them as files.
func BenchmarkRows(b *testing.B) {
	h, _ := site(b)
	benchmarkPage(b, h, "page", "/matt/ticket_resolution_24h/underlag?visa=alla", rowsLimit)
	benchmarkPage(b, h, "csv", "/matt/ticket_resolution_24h/underlag.csv", rowsLimit)
	benchmarkPage(b, h, "xlsx", "/matt/ticket_resolution_24h/underlag.xlsx", rowsLimit)
}

// rowsLimit is how long the page of ten thousand rows may take at the server.
const rowsLimit = 300 * time.Millisecond

// benchmarkPage reports what a page takes as a share of its limit: by the clock,
// and in processor time, which a machine with other work to do cannot blur.
func benchmarkPage(b *testing.B, h http.Handler, name, url string, limit time.Duration) {
	b.Run(name, func(b *testing.B) {
		var before, after syscall.Rusage
		must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &before))
		for b.Loop() {
			if got := visit(b, h, url); got.code != http.StatusOK {
				b.Fatal(got.code)
			}
		}
		must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &after))
		cpu := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
		of := fmt.Sprintf("of-%dms", limit.Milliseconds())
		b.ReportMetric(cpu.Seconds()/float64(b.N)/limit.Seconds(), "cpu-"+of)
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/limit.Seconds(), of)
	})
}
