// The whole municipality is evaluated, which says nothing to the race detector.
//go:build linux && !race

package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/mail"
	"github.com/kommunpuls/kommunpuls/internal/mail/mailtest"
	"github.com/kommunpuls/kommunpuls/internal/reporting"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// leaveReports puts down what a daemon that ran long ago would have left: a
// plan that has been due since, and reports of some kinds.
func leaveReports(t testing.TB, data string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Join(data, reportsDir), 0o700))
	type kept map[string]any
	var all []kept
	for i, k := range []kept{
		{"kind": "revision", "title": "Underlag för revisionen"}, {"kind": "forvaltning", "unit": "soc", "title": "Arbetslistan"},
		{"kind": "forvaltning", "unit": "bun", "title": "Barn- och utbildningsförvaltningens arbetslista"}, {"kind": "ledning", "title": "Så står det till"},
	} {
		name := "2026-01-0" + string(rune('1'+i)) + "_rapport"
		b := []byte("<!DOCTYPE html><html lang=\"sv\"><title>x</title><p>" + name)
		sum := sha256.Sum256(b)
		must(t, os.WriteFile(filepath.Join(data, reportsDir, name+".html"), b, 0o600))
		k["name"], k["plan"], k["made"], k["formats"] = name, "gammal", "2026-01-01T06:00:00Z", []string{"html"}
		k["sha256"] = map[string]string{"html": hex.EncodeToString(sum[:])}
		all = append(all, k)
	}
	b, err := json.Marshal(map[string]any{"plans": map[string]any{"ledningen": map[string]any{"done": "2026-01-01T06:00:00Z"}}, "kept": all})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(data, reportsFile), b, 0o600))
}

// regularReports lets the daemon make what has been due, mail it and show it.
func regularReports(t *testing.T, h http.Handler, a *App) {
	server := mailtest.Start(t, mailtest.WantsTLS, mailtest.WantsLogin)
	settings := server.Settings()
	settings.Timeout = time.Minute
	plan := reporting.Plan{Name: "ledningen", Kind: "ledning", Every: reporting.Monthly, Day: 1, Formats: []string{FormatHTML, FormatPDF}, To: []string{"chef@exempel.test"}}
	a.reports.Apply(reporting.Settings{Plans: []reporting.Plan{plan}, Mail: &settings, Municipality: "Exempelkommun", Demo: true, PublicURL: "https://kommunpuls.exempel.test"})
	a.reports.Look(t.Context())
	a.reports.Look(t.Context())

	all, err := a.KeptReports(t.Context())
	must(t, err)
	if len(all) != 5 {
		t.Fatalf("%+v %+v", all, a.reportStatus())
	}
	made := all[0]
	page := visit(t, h, "/rapporter")
	for _, want := range []string{`href="/rapporter/` + made.Name + `.html"`, `href="/rapporter/` + made.Name + `.pdf"`, made.Title, "Underlag för revisionen"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("%q is not in %s", want, page.body)
		}
	}
	html := visit(t, h, "/rapporter/"+made.Name+".html")
	if html.code != http.StatusOK || !strings.Contains(html.body, "DEMODATA") || !strings.Contains(html.body, made.Title) {
		t.Errorf("%d %.300s", html.code, html.body)
	}
	if pdf := visit(t, h, "/rapporter/"+made.Name+".pdf"); pdf.code != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("%d %.100s", pdf.code, pdf.body)
	}
	_, file, err := a.KeptReport(t.Context(), made.Name, FormatPDF)
	must(t, err)
	path := filepath.Join(t.TempDir(), "ledning.pdf")
	must(t, os.WriteFile(path, file, 0o600))
	info, err := exec.Command(testneed.Program(t, "pdfinfo"), path).Output()
	must(t, err)
	if !regexp.MustCompile(`(?m)^Pages: +1$`).Match(info) {
		t.Errorf("the leadership's report is to be one page:\n%s", info)
	}
	letters := server.Taken(t)
	if len(letters) != 1 || !letters[0].TLS || strings.Join(letters[0].To, " ") != "chef@exempel.test" || strings.Count(letters[0].Content, "Content-Disposition: attachment") != 2 {
		t.Errorf("%d letters, %+v", len(letters), a.reportStatus())
	}
	st, err := a.Status(t.Context())
	must(t, err)
	if len(st.Reports) != 1 || st.Reports[0].LastSuccess == nil || st.Reports[0].Waiting != 0 || st.Reports[0].ErrorClass != "" {
		t.Errorf("%+v", st.Reports)
	}
}

// sendByHand words the letters of a regular report without touching what is kept.
func sendByHand(t *testing.T, a *App) {
	conf := a.Parts().Config
	conf.Reports = []config.Report{{Name: "ledningen", Kind: "ledning", Every: config.Monthly, Day: 1, Formats: []string{FormatPDF}, To: []string{"chef@exempel.test"}}}
	before, err := a.KeptReports(t.Context())
	must(t, err)
	out, err := a.LettersOf(t.Context(), "ledningen")
	must(t, err)
	if len(out) != 1 || len(out[0].Letter.Attachments) != 1 || !bytes.HasPrefix(out[0].Letter.Attachments[0].Data, []byte("%PDF-")) || !strings.HasPrefix(out[0].Letter.Subject, "DEMODATA: [Exempelkommun] ") ||
		!strings.Contains(out[0].Letter.Text, "Kommunen har beslutat") {
		t.Errorf("%+v", out)
	}
	after, err := a.KeptReports(t.Context())
	must(t, err)
	if !slices.EqualFunc(before, after, func(x, y web.KeptReport) bool { return x.Name == y.Name }) {
		t.Errorf("%v became %v", before, after)
	}
	if _, err := a.LettersOf(t.Context(), "finns-inte"); !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), "det som finns är: ledningen") {
		t.Error(err)
	}
	if s := a.Parts().MailSettings(); s != nil {
		t.Errorf("%+v", s)
	}
	conf.Mail = &config.MailServer{Server: "smtp.exempel.test:587", Security: mail.StartTLS, From: "kommunpuls@exempel.test", Timeout: config.Duration(time.Minute)}
	if s := a.Parts().ReportingSettings(); s.Mail == nil || s.Mail.Server != "smtp.exempel.test:587" || s.Mail.Timeout != time.Minute || len(s.Plans) != 1 || s.Plans[0].Kind != "ledning" {
		t.Errorf("%+v", s)
	}
	conf.Mail, conf.Reports = nil, nil
}
