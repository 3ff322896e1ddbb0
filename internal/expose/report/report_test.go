package report_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func f64(v float64) *float64 { return &v }

func sv(s string) finding.Text { return finding.Text{SV: s, EN: s} }

func unit(key, label string, num, den float64) finding.Cell {
	v := num / den
	return finding.Cell{Dimension: "org_unit", Key: key, Label: label, Value: &v, Numerator: &num, Denominator: &den, Outcome: finding.Measured}
}

// example is a page with one of everything.
func example() report.Report {
	now := time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)
	owners := finding.Finding{
		KPI: "system_owner_coverage", Title: sv("Andel system med utsedd systemägare"), Unit: "share",
		Value: f64(0.15), Numerator: f64(75), Denominator: f64(500), Outcome: finding.NotMet, AsOf: now, MethodVersion: 1,
		Target:     &finding.Target{Kind: "value", Value: f64(0.9), Due: "2026-06-30", Decision: "KS 2026/145, § 62"},
		Population: sv("verksamhetssystem i bruk"), WaivedRows: 6, Coverage: f64(0.97),
		Breakdown: []finding.Cell{
			unit("soc", "Socialförvaltningen", 12, 120), unit("bun", "Barn- och utbildningsförvaltningen", 40, 200),
			unit("aldre", "Äldreförvaltningen", 2, 3), unit("", "", 21, 177),
			{Dimension: "tier", Key: "gold", Label: "Guld", Value: f64(0.5), Numerator: f64(20), Denominator: f64(40), Outcome: finding.Measured},
			{Dimension: "hosting", Value: f64(0.15), Numerator: f64(75), Denominator: f64(500), Outcome: finding.Measured}, // no source has the column
		},
		NotCounted: []finding.Count{{Reason: sv("Avvecklade system"), Rows: 9}},
		Remarks:    []finding.Text{sv("Förteckningen säger inte vilka system som är i bruk, så alla räknas.")},
		Previous:   &finding.Previous{Period: "year", Value: f64(0.12), AsOf: "2025-11-21", Trend: "better"},
	}
	for i := range 3 {
		owners.Evidence = append(owners.Evidence, finding.Row{Entity: "system", ID: fmt.Sprint(i), Label: fmt.Sprintf("System %d <b>", i), OrgUnit: "soc", Reason: "Ingen ägare är ifylld", Place: fmt.Sprintf("Systemlista.xlsx, blad System, rad %d", 40+i)})
	}
	return report.Report{
		Municipality: "Exempelkommun", Version: "0.1.0", Generated: now, Demo: true,
		Sources: []store.SourceState{{
			SourceInfo:  store.SourceInfo{Name: "systemlista", Plugin: "table", ContentMaxAge: 90 * 24 * time.Hour},
			LastSuccess: now, ContentAt: now.AddDate(0, -8, 0), Mapped: map[record.Kind][]string{},
			Counts: store.Counts{Seen: 512, Refused: 3, Warnings: []sdk.Warning{{Place: record.Place{Doc: "Systemlista.xlsx", Sheet: "System", Row: 1217}, Column: "Driftsatt", Reason: "”hösten 2023” är ingen dag.", Refused: true}}},
		}},
		Findings: []finding.Finding{
			owners,
			{KPI: "service_desk_wait_time", Title: sv("Väntetid i registrerade ärenden (telefonkö ingår inte)"), Unit: "seconds", Value: f64(5400), Outcome: finding.Measured, AsOf: now,
				Also: []finding.Also{{Title: sv("Nio av tio får svar inom"), Unit: "seconds", Value: f64(86400 * 3)}}},
			{KPI: "mfa_coverage", Title: sv("Stark inloggning"), Unit: "share", Suppressed: true, Outcome: finding.Measured, AsOf: now},
			{KPI: "sso_coverage", Title: sv("Gemensam inloggning"), Unit: "share", Outcome: finding.NoData, Reason: &finding.Text{SV: "Listan har ingen kolumn om inloggning."}},
		},
		Catalogue: catalogue.Catalogue{
			KPIs: []catalogue.Definition{
				{ID: "system_owner_coverage", Area: "systemforvaltning", Unit: "share", Question: sv("Har varje system någon som svarar för det?"), NotCounted: sv("Avvecklade system och appar räknas inte."), NextStep: sv("Utse ägare för de viktigaste systemen först."), Source: "EY 2008", Tags: catalogue.Tags{NIS2: []string{"art21.2.i"}}},
				{ID: "service_desk_wait_time", Area: "servicedesk"}, {ID: "mfa_coverage", Area: "identitet"}, {ID: "sso_coverage", Area: "identitet"},
			},
			Missing: []catalogue.Missing{{ID: "network_disruption_time", Title: sv("Nätstörningar"), When: sv("nätet övervakas, eller störningar förs i en lista.")}},
		},
	}
}

func page(t *testing.T, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.Write(&b, r))
	return b.String()
}

// visible is the page's text as it is read, without code and style.
func visible(t *testing.T, s string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	require.NoError(t, err)
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (n.Data == "style" || n.Data == "code" || n.Data == "head") {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '\n' }), " ")
}

func TestPageSaysCountsBeforePercent(t *testing.T) {
	text := visible(t, page(t, example()))
	for _, want := range []string{
		"75\u00a0av\u00a0500 15,0\u00a0%", "■ Inte nått", "Mål: 90\u00a0% senast 30\u00a0juni\u00a02026 (KS 2026/145, §\u00a062).",
		"varav 6 godtagna", "Ett år tidigare: 12,0\u00a0%, bättre.", "Avvecklade system: 9", "Obs! Förteckningen säger inte vilka system som är i bruk, så alla räknas.",
		"Systemlista.xlsx, blad System, rad 1217", "Listan har ingen kolumn om inloggning.", "1 timme och 30 minuter", "3 dygn",
		"för få för att visas", "Visar underlag, inte att lagen följs.", "DEMODATA", "De första 3 av 425 rader",
		"systemlista ändrades senast den 21\u00a0mars\u00a02026, för 245 dagar sedan", "Nätstörningar nätet övervakas",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "Var det körs")
}

func TestUnderTenRowsThereIsNoPercent(t *testing.T) {
	row := regexp.MustCompile(`(?s)<tr><th scope="row">Äldreförvaltningen</th>(.*?)</tr>`).FindString(page(t, example()))
	require.Contains(t, row, "2\u00a0av\u00a03")
	require.NotContains(t, row, "%")
}

func TestUnitsFollowTheSwedishAlphabetAndUnknownIsLast(t *testing.T) {
	names := regexp.MustCompile(`<tr><th scope="row">([^<]*)</th><td class="n">\d+`).FindAllStringSubmatch(strings.SplitN(page(t, example()), `id="forvaltningar"`, 2)[1], 4)
	var got []string
	for _, n := range names {
		got = append(got, n[1])
	}
	require.Equal(t, []string{"Barn- och utbildningsförvaltningen", "Socialförvaltningen", "Äldreförvaltningen", "Okänd"}, got)
}

// A mean over fields does not count rows, so the page does not say how many are left.
func TestWorkListSaysHowManyOnlyWhereRowsAreCounted(t *testing.T) {
	r := example()
	r.Catalogue.KPIs[0].Shape = catalogue.FieldMean
	r.Findings[0].EvidenceTotal = 500
	text := visible(t, page(t, r))
	require.Contains(t, text, "De första 3 raderna.")
	require.NotContains(t, text, "av 425")
}

// The rows that a share counts do not pass where fewer is better: the engine
// says so in every direction, and the page lists them and not the good ones.
func TestFewerIsBetterListsTheRowsInside(t *testing.T) {
	r := example()
	r.Catalogue.KPIs[0].Direction = "down"
	r.Findings[0].Evidence[1].Pass = true
	list := strings.SplitN(page(t, r), `id="arbetslista"`, 2)[1]
	require.NotContains(t, list, "System 1")
	require.Contains(t, list, "System 2")
	require.Contains(t, visible(t, list), "av 75 rader.")
}

func TestEmptyReportSaysWhatIsMissing(t *testing.T) {
	text := visible(t, page(t, report.Report{Municipality: "Exempelkommun", Generated: time.Unix(0, 0)}))
	require.Contains(t, text, "Ingen lista är läst än.")
	require.Contains(t, text, "Ingen siffra gick att räkna än.")
}

// Words that people who run a municipality do not use.
func TestTheNextStepsAndForecastsStandInSentences(t *testing.T) {
	r := example()
	r.Findings[0].Forecast = &finding.Forecast{Points: 11, ETA: "2028-03-14", Sentence: finding.Text{SV: "I nuvarande takt nås målet i mars 2028; bygger på 11 månadsvärden."}}
	do := finding.Text{SV: "Utse ägare.", EN: "Appoint owners."}
	step := nextstep.Step{KPI: r.Findings[0].KPI, Do: do, Record: record.System, Place: 1, Rows: 6, Critical: 2}
	unit := step
	unit.OrgUnit, unit.OrgUnitName, unit.Rows = "soc", "Socialförvaltningen", 3
	r.Steps = nextstep.Ranking{Whole: []nextstep.Step{step, step, step, step, step, step, step}, OrgUnits: []nextstep.OrgUnit{{ID: "soc", Steps: []nextstep.Step{unit, unit}}}}
	r.StepRule = nextstep.Rule(nil)
	text := visible(t, page(t, r))
	for want, times := range map[string]int{
		"I nuvarande takt nås målet i mars 2028; bygger på 11 månadsvärden.":                                           1,
		"Störst skillnad gör kommunen med sex system, varav två hör till kommunens viktigaste: utse ägare.":            5,
		"Störst skillnad gör Socialförvaltningen med tre system, varav två hör till kommunens viktigaste: utse ägare.": 1,
		"Till kommunens viktigaste räknas guld och silver.":                                                            1,
	} {
		if got := strings.Count(text, want); got != times {
			t.Errorf("%d times, want %d: %s", got, times, want)
		}
	}
}

func TestPageUsesNoTradeWords(t *testing.T) {
	// Names that the command line takes are no words.
	text := regexp.MustCompile(`[a-z0-9]+(_[a-z0-9]+)+`).ReplaceAllString(strings.ToLower(visible(t, page(t, example()))), "")
	for _, word := range []string{"kpi", "coverage", "sso", "p90", "metakatalog", "quantile", "dashboard", "none", "nil", "<no value>"} {
		require.NotRegexp(t, `(^|[^a-zåäö])`+word+`([^a-zåäö]|$)`, text)
	}
}

func TestPageNeedsNothingFromTheNet(t *testing.T) {
	s := page(t, example())
	for _, bad := range []string{"http://", "https://", "//", "url(", "@import", "<script", "<img", "<link", "<iframe", " src="} {
		require.NotContains(t, s, bad)
	}
	require.Contains(t, s, `content="default-src 'none'; style-src 'unsafe-inline'"`)
}

func TestValuesAreEscaped(t *testing.T) {
	s := page(t, example())
	require.Contains(t, s, "System 0 &lt;b&gt;")
	require.NotContains(t, s, "System 0 <b>")
}

// TestMarkup: what is opened is closed in order, ids are there once, and every
// table has headers with scope.
func TestMarkup(t *testing.T) {
	s := page(t, example())
	z := html.NewTokenizer(strings.NewReader(s))
	var stack []string
	ids, links := map[string]bool{}, []string{}
	void := map[string]bool{"meta": true, "br": true, "col": true}
	for {
		tt := z.Next()
		if tt == html.ErrorToken {
			break
		}
		tok := z.Token()
		switch tt {
		case html.StartTagToken:
			if !void[tok.Data] {
				stack = append(stack, tok.Data)
			}
			scope := false
			for _, a := range tok.Attr {
				switch a.Key {
				case "id":
					require.False(t, ids[a.Val], "id %s twice", a.Val)
					ids[a.Val] = true
				case "href", "aria-labelledby":
					links = append(links, strings.TrimPrefix(a.Val, "#"))
				case "scope":
					scope = true
				}
			}
			require.True(t, tok.Data != "th" || scope, "th without scope: %s", tok)
		case html.EndTagToken:
			require.NotEmpty(t, stack, "stray </%s>", tok.Data)
			require.Equal(t, stack[len(stack)-1], tok.Data)
			stack = stack[:len(stack)-1]
		}
	}
	require.Empty(t, stack)
	for _, l := range links {
		require.True(t, ids[l], "#%s leads nowhere", l)
	}
	require.Equal(t, 1, strings.Count(s, "<h1"))
	require.Contains(t, s, `<html lang="sv">`)
}

// TestContrast holds every text colour against both backgrounds: 7:1 for
// text, 4.5:1 at least for the states.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("document.css")
	require.NoError(t, err)
	colour := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z]+):(#[0-9a-f]{6})`).FindAllStringSubmatch(string(css), -1) {
		colour[m[1]] = m[2]
	}
	for name, least := range map[string]float64{"ink": 7, "soft": 6, "link": 7, "good": 4.5, "bad": 4.5, "calm": 4.5, "rule": 7} {
		for _, ground := range []string{"paper", "tint"} {
			require.GreaterOrEqual(t, contrast(t, colour[name], colour[ground]), least, "%s on %s", name, ground)
		}
	}
	require.NotRegexp(t, `[^-]color:#`, string(css), "every colour is one of those held here")
}

func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	require.Len(t, hex, 7)
	var l float64
	for i, w := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		require.NoError(t, err)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += w * c
	}
	return l
}

// TestPrintsOnA4 lets a browser print the page and asks that it does so at A4.
func TestPrintsOnA4(t *testing.T) {
	browser := testneed.Program(t, "chromium")
	dir := t.TempDir()
	file := filepath.Join(dir, "report.html")
	require.NoError(t, os.WriteFile(file, []byte(page(t, example())), 0o600))
	pdf := filepath.Join(dir, "report.pdf")
	out, err := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
		"--user-data-dir="+testneed.Profile(t), "--no-pdf-header-footer", "--print-to-pdf="+pdf, "file://"+file).CombinedOutput()
	require.NoError(t, err, string(out))
	b, err := os.ReadFile(pdf)
	require.NoError(t, err)
	box := regexp.MustCompile(`/MediaBox\s*\[\s*0 0 ([0-9.]+) ([0-9.]+)\s*\]`).FindSubmatch(b)
	require.NotNil(t, box)
	w, err := strconv.ParseFloat(string(box[1]), 64)
	require.NoError(t, err)
	h, err := strconv.ParseFloat(string(box[2]), 64)
	require.NoError(t, err)
	require.InDelta(t, 595, w, 2)
	require.InDelta(t, 842, h, 2)
}
