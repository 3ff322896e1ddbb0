//go:build !race

package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/compose"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// Every report of a whole municipality is read in a browser, on a telephone and
// on a screen, and printed.
func TestPeopleReadAndPrintTheReports(t *testing.T) {
	_, a := site(t)
	dir, newTab := t.TempDir(), chromium(t)
	script, err := os.ReadFile("testdata/axe/axe.min.js")
	must(t, err)
	for _, req := range []ReportRequest{{Kind: compose.Leadership}, {Kind: compose.Audit}, {Kind: compose.Own, OrgUnit: "soc"}, {Kind: compose.Monthly}} {
		t.Run(req.Kind, func(t *testing.T) {
			d, err := a.Report(t.Context(), req)
			must(t, err)
			name := filepath.Join(dir, req.Kind+".html")
			out, err := os.Create(name)
			must(t, err)
			must(t, report.HTML(out, d))
			must(t, out.Close())

			tab := newTab(t)
			said := complaints(tab)
			for _, width := range []int64{390, 1280} {
				must(t, chromedp.Do(tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+name)))
				if wide := get(t, tab, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); wide > width {
					t.Errorf("the report is %d wide and has to be scrolled sideways at %d", wide, width)
				}
				shot(t, tab, fmt.Sprintf("%s-%d", req.Kind, width))
				axe(t, tab, string(script))
			}
			if c := said(); len(c) > 0 {
				t.Errorf("the browser complains: %v", c)
			}
			printed(t, name, req.Kind == compose.Leadership)
		})
	}
}

// printed prints a report as the browser's own print command does, and reads it back.
func printed(t *testing.T, name string, single bool) {
	t.Helper()
	paper := strings.TrimSuffix(name, ".html") + ".pdf"
	print := exec.CommandContext(t.Context(), testneed.Program(t, "chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+testneed.Profile(t), "--no-pdf-header-footer", "--print-to-pdf="+paper, "file://"+name)
	if said, err := print.CombinedOutput(); err != nil {
		t.Fatalf("print: %v\n%s", err, said)
	}
	info, err := exec.CommandContext(t.Context(), testneed.Program(t, "pdfinfo"), paper).Output()
	must(t, err)
	pages := regexp.MustCompile(`(?m)^Pages:\s+(\d+)$`).FindStringSubmatch(string(info))
	if len(pages) != 2 || single && pages[1] != "1" {
		t.Errorf("printed on %v pages", pages)
	}
	if !regexp.MustCompile(`(?m)^Page size:\s+59[45][\d.]* x 84[12][\d.]* pts \(A4\)`).Match(info) {
		t.Errorf("not A4:\n%s", info)
	}
	read, err := exec.CommandContext(t.Context(), testneed.Program(t, "pdftotext"), "-layout", paper, "-").Output()
	must(t, err)
	sheets := strings.Split(strings.TrimSuffix(string(read), "\f"), "\f")
	for i, sheet := range sheets {
		for _, want := range []string{"DEMODATA", fmt.Sprintf("Sida %d av %s", i+1, pages[1]), "Sekretessprövas före utlämnande"} {
			if !strings.Contains(sheet, want) {
				t.Errorf("page %d does not bear %q", i+1, want)
			}
		}
	}
}
