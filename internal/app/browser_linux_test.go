//go:build !race

package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// chromium starts a browser without a window and returns what opens a tab in it.
func chromium(t *testing.T) func(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(testneed.Program(t, "chromium")), chromedp.NoSandbox, chromedp.Flag("lang", "sv-SE"))
	alloc, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), opts...)
	t.Cleanup(stop)
	first, closeFirst := chromedp.NewContext(alloc)
	t.Cleanup(closeFirst)
	must(t, chromedp.Do(first))
	return func(t *testing.T) context.Context {
		tab, closeTab := chromedp.NewContext(first)
		t.Cleanup(closeTab)
		must(t, chromedp.Do(tab))
		tab, cancel := context.WithTimeout(tab, 5*time.Minute)
		t.Cleanup(cancel)
		return tab
	}
}

// get runs what gives a value.
func get[T any](t *testing.T, tab context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(tab, a)
	must(t, err)
	return v
}

// complaints gathers what the browser says is wrong with a page: refused styles
// and scripts, errors, what could not be loaded.
func complaints(tab context.Context) func() []string {
	var mu sync.Mutex
	var said []string
	messages := chromedp.Console(tab)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			mu.Lock()
			said = append(said, m.String())
			mu.Unlock()
		}
	}()
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return said
	}
}

// violation is one rule of axe that a page breaks.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, FailureSummary string }
}

func axe(t *testing.T, tab context.Context, script string) {
	t.Helper()
	must(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](script+";({})")))
	found := get(t, tab, chromedp.Evaluate[string](`axe.run({runOnly:["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	var vs []violation
	must(t, json.Unmarshal([]byte(found), &vs))
	for _, v := range vs {
		for _, n := range v.Nodes[:min(len(v.Nodes), 3)] {
			t.Errorf("%s (%s): %s\n  %s\n  %s", v.ID, v.Impact, v.Help, n.HTML, n.FailureSummary)
		}
	}
}

// shot keeps a picture of a page among the test's artefacts (go test -artifacts).
func shot(t *testing.T, tab context.Context, name string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), get(t, tab, chromedp.FullScreenshot(100)), 0o600))
}

func TestPeopleUseThePagesInABrowser(t *testing.T) {
	h, _ := site(t)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	newTab := chromium(t)
	script, err := os.ReadFile("testdata/axe/axe.min.js")
	must(t, err)

	pages := []string{"/", "/?forvaltning=soc", "/?datum=" + time.Now().AddDate(-1, 0, 0).Format(time.DateOnly), "/matt", "/matt/network_disruption_time", "/matt/system_owner_coverage",
		"/matt/sso_coverage/underlag?visa=alla", "/forvaltning", "/forvaltning/soc", "/mal", "/mal?forvaltning=utb", "/kallor", "/storningar", "/rapporter", "/ogonblicksbilder", "/finns/inte", "/matt/sso_coverage?sprak=en", "/?sprak=sv"}
	for i, p := range pages {
		t.Run(p, func(t *testing.T) {
			tab := newTab(t)
			said := complaints(tab)
			for _, width := range []int64{390, 1280} { // a telephone, then a screen
				must(t, chromedp.Do(tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate(srv.URL+p)))
				if wide := get(t, tab, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); wide > width {
					t.Errorf("the page is %d wide and has to be scrolled sideways at %d", wide, width)
				}
				shot(t, tab, fmt.Sprintf("%02d-%d", i, width))
			}
			axe(t, tab, string(script))
			if c := said(); len(c) > 0 && p != "/finns/inte" {
				t.Errorf("the browser complains: %v", c)
			}
		})
	}
	t.Run("with the keyboard alone", func(t *testing.T) { keyboardOnly(t, newTab(t), srv.URL) })
	t.Run("without scripts, choosing a day and a department", func(t *testing.T) { withoutScripts(t, newTab(t), srv.URL) })
	t.Run("the rows as files", func(t *testing.T) { downloads(t, newTab(t), srv.URL) })
}

// focus tells what has the focus, and whether that can be seen.
const focus = `(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
	return (e.textContent.trim().slice(0, 60) || e.id) + "|" + (r.width > 1 && r.bottom > 0 && s.outlineStyle !== "none" ? "seen" : "unseen") })()`

func keyboardOnly(t *testing.T, tab context.Context, url string) {
	press := func(key string) string {
		must(t, chromedp.Do(tab, chromedp.KeyEvent(key), chromedp.Sleep(50*time.Millisecond)))
		return get(t, tab, chromedp.Evaluate[string](focus))
	}
	must(t, chromedp.Do(tab, chromedp.Navigate(url)))
	if at := press(kb.Tab); at != "Hoppa till innehållet|seen" {
		t.Fatalf("the first stop is %q", at)
	}
	press(kb.Enter)
	main := ""
	for range 600 { // the browser goes there in its own time
		if main = get(t, tab, chromedp.Evaluate[string](`document.activeElement.id`)); main == "innehall" {
			break
		}
		must(t, chromedp.Do(tab, chromedp.Sleep(100*time.Millisecond)))
	}
	if main != "innehall" {
		t.Errorf("the skip link leads to %q", main)
	}
	for range 60 { // to a figure's page, seeing every stop on the way
		name, seen, _ := strings.Cut(press(kb.Tab), "|")
		if seen != "seen" {
			t.Errorf("the focus on %q cannot be seen", name)
		}
		if name == "Andel felanmälningar lösta inom ett dygn" {
			break
		}
	}
	must(t, chromedp.Do(tab, chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(".question"))))
	if title := get(t, tab, chromedp.Title()); !strings.Contains(title, "Andel felanmälningar lösta inom ett dygn") {
		t.Errorf("Enter leads to %q", title)
	}
}

func withoutScripts(t *testing.T, tab context.Context, url string) {
	day := time.Now().AddDate(0, -2, 0).Format(time.DateOnly)
	_, err := chromedp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	date, unit := chromedp.CSS("#datum"), chromedp.CSS("#forvaltning")
	must(t, chromedp.Do(tab, chromedp.Navigate(url+"/matt/ticket_resolution_24h"),
		chromedp.Click(chromedp.CSS("summary")), chromedp.WaitVisible(date),
		chromedp.SetValue(date, day), chromedp.SetValue(unit, "soc"),
		chromedp.Click(chromedp.CSS(".when button"))))
	address := ""
	for range 600 { // the page of before bears the same figure: only the address tells them apart
		if address = get(t, tab, chromedp.Location()); strings.Contains(address, "datum=") {
			break
		}
		must(t, chromedp.Do(tab, chromedp.Sleep(100*time.Millisecond)))
	}
	must(t, chromedp.Do(tab, chromedp.WaitVisible(chromedp.CSS(".big"))))
	for _, want := range []string{"datum=" + day, "forvaltning=soc"} {
		if !strings.Contains(address, want) {
			t.Errorf("the address %s lacks %s", address, want)
		}
	}
	if text := get(t, tab, chromedp.Text(chromedp.CSS("main"))); !strings.Contains(text, "Socialförvaltningen") {
		t.Errorf("the page does not tell of the department: %s", text)
	}
}

// downloads fetches the rows by the links of the page: the CSV has every row,
// and LibreOffice reads the same from the workbook.
func downloads(t *testing.T, tab context.Context, url string) {
	dir, yes := t.TempDir(), true
	_, err := chromedp.CallBrowser(tab, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: dir, EventsEnabled: &yes,
	})
	must(t, err)
	progress := chromedp.BrowserEvents(tab, browser.DownloadProgress)
	done := make(chan string, 2)
	go func() {
		for e, err := range progress {
			if err != nil {
				return
			}
			if e.State == browser.DownloadProgressStateCompleted {
				done <- e.GUID
			}
		}
	}()
	must(t, chromedp.Do(tab, chromedp.Navigate(url+"/matt/sso_coverage/underlag")))
	fetch := func(link, ending string) string {
		must(t, chromedp.Do(tab, chromedp.Click(chromedp.CSS(link))))
		select {
		case guid := <-done:
			name := filepath.Join(dir, "rader"+ending)
			must(t, os.Rename(filepath.Join(dir, guid), name))
			return name
		case <-time.After(3 * time.Minute):
			t.Fatal("no file came")
			return ""
		}
	}
	rows := func(name string, comma rune) [][]string {
		b, err := os.ReadFile(name)
		must(t, err)
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
		r.Comma = comma
		all, err := r.ReadAll()
		must(t, err)
		return all
	}
	list := rows(fetch(`a[href$="underlag.csv"]`, ".csv"), ';')
	if len(list) != 41 {
		t.Errorf("%d rows, want a heading and 40: %q", len(list), list[0])
	}
	book, out := fetch(`a[href$="underlag.xlsx"]`, ".xlsx"), t.TempDir()
	cmd := exec.Command(testneed.Program(t, "soffice"), "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,1", "--outdir", out, book)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, said)
	}
	found, err := filepath.Glob(filepath.Join(out, "*.csv"))
	must(t, err)
	if len(found) != 1 {
		t.Fatal(found)
	}
	again := rows(found[0], ';')
	for i := range list {
		if i >= len(again) || strings.Join(again[i], "\x00") != strings.Join(list[i], "\x00") {
			t.Fatalf("row %d of the workbook differs from that of the list: %d rows, %q", i+1, len(again), list[i])
		}
	}
}
