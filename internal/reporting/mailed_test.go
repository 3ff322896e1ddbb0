package reporting

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kommunpuls/kommunpuls/internal/mail"
	"github.com/kommunpuls/kommunpuls/internal/mail/mailtest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func mailed(s *mailtest.Server, plans ...Plan) Settings {
	settings := s.Settings()
	for i := range plans {
		plans[i].To = []string{"chef@kommunen.se", "it-chef@kommunen.se"}
	}
	return Settings{Plans: plans, Mail: &settings, Municipality: "Exempelkommun", PublicURL: "https://kommunpuls.kommunen.se"}
}

func TestAReportIsMailedOnceAlsoOverARestart(t *testing.T) {
	s := mailtest.Start(t, mailtest.WantsTLS, mailtest.WantsLogin)
	dir := t.TempDir()
	d := newDesk(t, dir, "2026-11-20 12:00")
	d.Apply(mailed(s, monthly("ledning")))
	d.at("2026-11-20 12:00")
	d.at("2026-12-01 07:00")
	d.at("2026-12-01 07:01")
	d = newDesk(t, dir, "2026-12-01 07:02")
	d.Apply(mailed(s, monthly("ledning")))
	d.at("2026-12-01 07:02")
	got := s.Taken(t)
	if len(got) != 1 || !got[0].TLS || strings.Join(got[0].To, " ") != "chef@kommunen.se it-chef@kommunen.se" {
		t.Fatalf("%d letters: %+v", len(got), got)
	}
	for _, want := range []string{`filename="2026-12-01_ledning.html"`, `filename="2026-12-01_ledning.pdf"`, "https://kommunpuls.kommunen.se/rapporter", "<2026-12-01_ledning."} {
		if !strings.Contains(strings.ReplaceAll(got[0].Content, "=\r\n", ""), want) {
			t.Errorf("%q is not in\n%s", want, got[0].Content)
		}
	}
	if st := d.Status()[0]; !st.LastSuccess.Equal(local(t, "2026-12-01 07:00")) || st.Waiting != 0 {
		t.Errorf("%+v", st)
	}
}

func TestALetterThatDoesNotGetThroughIsSeenAndTriedAgain(t *testing.T) {
	addr := testneed.FreeAddr(t)
	dir := t.TempDir()
	settings := Settings{Plans: []Plan{monthly("ledning")}, Mail: &mail.Settings{Server: addr, Security: mail.Clear, From: "kommunpuls@kommunen.se"}}
	settings.Plans[0].To = []string{"chef@kommunen.se"}
	d := newDesk(t, dir, "2026-11-20 12:00")
	d.Apply(settings)
	d.at("2026-11-20 12:00")
	d.at("2026-12-01 07:00")
	d.at("2026-12-01 07:00") // too soon
	st := d.Status()[0]
	if st.Class != "unreachable" || st.Failures != 1 || st.Waiting != 1 || !st.LastSuccess.IsZero() || st.FailingFrom.IsZero() {
		t.Errorf("%+v", st)
	}
	wantMetrics(t, d.Keeper, `kommunpuls_reports_sent_total{report="ledning",result="failed"} 1`, `kommunpuls_reports_sent_total{report="ledning",result="sent"} 0`)
	if text := d.log.String(); !strings.Contains(text, "does not get through") || strings.Contains(text, "@") {
		t.Error(text)
	}
	d.at("2026-12-01 07:01")
	if st := d.Status()[0]; st.Failures != 2 {
		t.Errorf("%+v", st)
	}

	s := mailtest.StartAt(t, addr)
	d = newDesk(t, dir, "2026-12-01 07:02") // after a restart it waits as long as before
	d.Apply(settings)
	d.at("2026-12-01 07:02")
	if got := s.Taken(t); len(got) != 0 {
		t.Errorf("%d letters before the time", len(got))
	}
	d.at("2026-12-01 07:03")
	if got := s.Taken(t); len(got) != 1 {
		t.Errorf("%d letters", len(got))
	}
	if st := d.Status()[0]; st.Class != "" || st.Waiting != 0 || !st.LastSuccess.Equal(d.now) {
		t.Errorf("%+v", st)
	}
	wantMetrics(t, d.Keeper, `kommunpuls_report_last_success_timestamp_seconds{report="ledning"} 1.796`, `kommunpuls_reports_sent_total{report="ledning",result="sent"} 1`)
}

func TestALetterIsGivenUpAfterAWeek(t *testing.T) {
	s := mailtest.Start(t, mailtest.WantsTLS, mailtest.Refuses)
	d := newDesk(t, t.TempDir(), "2026-11-20 12:00")
	settings := mailed(s, monthly("ledning"))
	settings.Mail.Username = ""
	d.Apply(settings)
	d.at("2026-11-20 12:00")
	d.at("2026-12-01 07:00")
	if st := d.Status()[0]; st.Class != "rejected" {
		t.Errorf("%+v", st)
	}
	d.at("2026-12-08 07:01")
	if st := d.Status()[0]; st.Class != "dropped" || st.Waiting != 0 || !strings.Contains(st.Reason, "sju dagar") {
		t.Errorf("%+v", st)
	}
	wantMetrics(t, d.Keeper, `kommunpuls_reports_sent_total{report="ledning",result="dropped"} 1`)
}

func wantMetrics(t *testing.T, c prometheus.Collector, want ...string) {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(c)
	rec := httptest.NewRecorder()
	promhttp.HandlerFor(r, promhttp.HandlerOpts{}).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, w := range want {
		if !strings.Contains(rec.Body.String(), w) {
			t.Errorf("%s is not in\n%s", w, rec.Body)
		}
	}
}

func TestWhatTheLetterSays(t *testing.T) {
	p := Plan{To: []string{"chef@kommunen.se"}}
	r := Kept{Name: "2026-12-01_forvaltning_soc", Kind: "forvaltning", Title: "Socialförvaltningens it", Lead: "Sex system saknar ägare."}
	m := Letter(&Settings{Municipality: "Exempelkommun", Demo: true, PublicURL: "https://k.se"}, &p, &r, map[string][]byte{"pdf": []byte("%PDF"), "html": []byte("<p>")})
	if m.Subject != "DEMODATA: [Exempelkommun] Socialförvaltningens it" || len(m.Attachments) != 2 || m.Attachments[1].Type != "application/pdf" {
		t.Errorf("%+v", m)
	}
	for _, want := range []string{"Sex system saknar ägare.", "som webbsida och som PDF", "https://k.se/rapporter", "Sekretessprövas"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("%q is not in\n%s", want, m.Text)
		}
	}
	m = Letter(&Settings{PublicURL: "https://k.se"}, &p, &Kept{Kind: "ledning", Title: "Läget"}, nil)
	if len(m.Attachments) != 0 || strings.Contains(m.Text, "följer med") || strings.Contains(m.Text, "DEMODATA") || strings.Contains(m.Text, "Sekretess") || !strings.Contains(m.Text, "https://k.se/rapporter") {
		t.Errorf("%+v", m)
	}
}
