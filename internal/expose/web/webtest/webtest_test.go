package webtest_test

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/webtest"
)

const whole = `<!DOCTYPE html><html lang="sv"><head><title>T</title></head><body><h1>A</h1>BODY</body></html>`

func TestEachFaultOfAPageIsFound(t *testing.T) {
	if got := webtest.Faults(strings.Replace(whole, "BODY", `<h2 id="x">B</h2><a href="#x">x</a><br><label for="q">q</label><input id="q">`, 1)); len(got) > 0 {
		t.Errorf("a page without fault: %v", got)
	}
	for body, want := range map[string]string{
		`<p><b>x</p>`:                               "ends what is not open",
		`<p>`:                                       "ends what is not open",
		`<h3>x</h3>`:                                "<h3> follows <h1>",
		`<h1>x</h1>`:                                "2 main headings",
		`<input id="q">`:                            `"q" has no label`,
		`<table><tr><td>1</td></tr></table>`:        "no column headings",
		`<table><tr><th>1</th></tr></table>`:        "<th> has no scope",
		`<a href="#y">y</a>`:                        "#y is pointed at",
		`<i id="a"></i><i id="a"></i>`:              "stands twice",
		`<p style="color:red">x</p>`:                "forbids",
		`<script></script>`:                         "stands in the page",
		`<svg><title>x</title></svg>`:               "cannot see it",
		`<p>%!s(MISSING)</p>`:                       "lacks what belongs in it",
		`<section aria-labelledby="no">x</section>`: "#no is pointed at",
	} {
		got := strings.Join(webtest.Faults(strings.Replace(whole, "BODY", body, 1)), "\n")
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
	got := strings.Join(webtest.Faults("<html><head></head><body></body></html>"), "\n")
	for _, want := range []string{"document type", "language", "title", "0 main headings"} {
		if !strings.Contains(got, want) {
			t.Errorf("an empty page: %q lacks %q", got, want)
		}
	}
}
