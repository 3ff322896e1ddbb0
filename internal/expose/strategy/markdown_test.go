package strategy

import (
	"errors"
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	const start, end = "<!-- kommunpuls: kpi sso_coverage -->", "<!-- /kommunpuls -->"
	for _, c := range []struct{ name, in, want string }{
		{"alone on its line, a paragraph of its own", "# Mål\n\n{{kpi sso_coverage}}\n", "# Mål\n\n" + start + "\n" + status40 + "\n" + end + "\n"},
		{"indented in a list, with the line ends of Windows", "- Mål\r\n\r\n  {{kpi sso_coverage}}\r\n", "- Mål\r\n\r\n  " + start + "\r\n  " + status40 + "\r\n  " + end + "\r\n"},
		{"within a sentence, in a table and a heading", "Nu: {{ kpi  SSO_coverage }}.\n| a | {{kpi sso_coverage}} |\n# {{kpi sso_coverage}}", "Nu: " + start + status40 + end + ".\n| a | " + start + status40 + end + " |\n# " + start + status40 + end},
		{"first in a paragraph or a point, where a comment would take the line", "{{kpi sso_coverage}} **och**\n- {{kpi sso_coverage}}\n> 1. {{kpi sso_coverage}}", "\u200b" + start + status40 + end + " **och**\n- \u200b" + start + status40 + end + "\n> 1. \u200b" + start + status40 + end},
		{"code is left alone", "`{{goal 99}}` ``a ` {{goal 99}}`` \\{{goal 99}}\n```\n{{goal 99}}\n```\n> ~~~ x\n{{goal 99}}\n~~~\n{{kpi sso_coverage}}", "`{{goal 99}}` ``a ` {{goal 99}}`` \\{{goal 99}}\n```\n{{goal 99}}\n```\n> ~~~ x\n{{goal 99}}\n~~~\n" + start + "\n" + status40 + "\n" + end},
		{"the same old text, whatever it was", "A <!--kommunpuls: kpi sso_coverage-->gammalt {{goal 17}} <!--  /kommunpuls --> B", "A " + start + status40 + end + " B"},
		{"what Markdown would read as its own is kept from it", "{{goal 19}}", "<!-- kommunpuls: goal 19 -->\nPer den 22 november 2026: lagt åt sidan genom beslut (KS 2026/98, § 41).\n<!-- /kommunpuls -->"},
		{"a file that begins with a mark of its encoding and a header", "\ufeff---\ntitle: x\n---\n{{kpi sso_coverage}}", "\ufeff---\ntitle: x\n---\n" + start + "\n" + status40 + "\n" + end},
		{"nothing to fill in", "Bara text {här}.\n", "Bara text {här}.\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := fill(t, "strategi.md", []byte(c.in), facts(t, "2026-11-22"))
			if got := plainSpaces(string(res.Out)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			again := fill(t, "strategi.md", res.Out, facts(t, "2026-11-22"))
			if string(again.Out) != string(res.Out) {
				t.Errorf("filling it again gives %q", again.Out)
			}
		})
	}
}

func TestFaultsOfMarkdownNameTheirLine(t *testing.T) {
	in := "---\nmål: {{goal 17}}\n---\n{{kpl x}} {{goal 99}}\n{{kpi \nsso_coverage}}\n{{kpi sso_coverage förvaltning=Sosialförvaltningen}}\n<!-- /kommunpuls -->\n{{kpi sso_coverage enhet}}\n<!-- kommunpuls: goal 17 -->"
	res, err := Fill("s.md", []byte(in), facts(t, "2026-11-22"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"rad 2: en markör i filhuvudet (mellan --- och ---) går inte att fylla i",
		"rad 4: okänd markör {{kpl x}}; menade du kpi?",
		"rad 4: mål 99 finns inte; de som finns är 17, 18, 19, 20, 20, 21",
		"rad 5: markören {{kpi avslutas inte med }}",
		"rad 7: förvaltningen Sosialförvaltningen finns inte; menade du Socialförvaltningen?",
		"rad 8: <!-- /kommunpuls --> står utan någon början före",
		`rad 9: "enhet" efter sso_coverage förstås inte; skriv till exempel förvaltning=Socialförvaltningen`,
		"rad 10: statusen för goal 17 har inget slut; skriv <!-- /kommunpuls --> efter den",
	}
	var got []string
	for _, f := range res.Faults {
		got = append(got, f.Error())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || res.Out != nil {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFilesThatAreNoTextAreRefused(t *testing.T) {
	for name, in := range map[string]string{"s.md": "\xff\xfe", "n.md": "a\x00b", "s.odt": "x", "s.doc": "x", "strategi": "x", "stor.md": strings.Repeat("a", maxMarkdown+1)} {
		if _, err := Fill(name, []byte(in), facts(t, "2026-11-22")); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheNameOfTheFilledDocument(t *testing.T) {
	for in, want := range map[string]string{"strategi.docx": "strategi.status.docx", "a/b.md": "a/b.status.md", "strategi.status.docx": "strategi.status.docx"} {
		if got := Target(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, in := range []string{"{{goal 17}}", "`{{goal 17}}`", "<!-- kommunpuls: goal 17 -->x<!-- /kommunpuls -->", "```\n{{", "- {{kpi sso_coverage}} x", "---\na\n---\n"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		first, err := Fill("s.md", []byte(in), facts(t, "2026-11-22"))
		if err != nil || len(first.Faults) > 0 {
			return
		}
		again, err := Fill("s.md", first.Out, facts(t, "2026-11-22"))
		if err != nil || len(again.Faults) > 0 || string(again.Out) != string(first.Out) {
			t.Errorf("%q became %q and then %q (%v, %v)", in, first.Out, again.Out, err, again.Faults)
		}
	})
}

// Faults of a size that no strategy has are said without the machine standing
// still over them.
func TestAnEndlessTextIsReadInATimeThatItsLengthTells(t *testing.T) {
	for name, in := range map[string]string{
		"markers":   strings.Repeat("{{kpl x}} ", 200_000),
		"statuses":  strings.Repeat("<!-- kommunpuls: goal 17 --><!-- /kommunpuls -->", 50_000),
		"backticks": strings.Repeat("` `` ``` ```` ````` ", 100_000),
		"one":       "{{kpi " + strings.Repeat("x", 2_000_000) + "}}",
		"unclosed":  strings.Repeat("<!-- kommunpuls: goal 17 -->", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			res, err := Fill("s.md", []byte(in), facts(t, "2026-11-22"))
			if err != nil {
				t.Fatal(err)
			}
			if name != "backticks" && len(res.Faults) == 0 {
				t.Error("no fault")
			}
		})
	}
}
