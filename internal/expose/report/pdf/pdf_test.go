package pdf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// written is the document as a file, and what a program of poppler says of it.
func written(t testing.TB, d document.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rapport.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func says(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(testneed.Program(t, program), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

var space = regexp.MustCompile(`\s+`)

// flat is text on one line.
func flat(s string) string { return space.ReplaceAllString(s, " ") }

func TestTheTextCanBeTakenOutInTheOrderThatItIsRead(t *testing.T) {
	text := flat(says(t, "pdftotext", written(t, sample("manad", 6)), "-"))
	at := 0
	for _, want := range []string{
		"DEMODATA", "Ej för publicering", "Sekretessprövas före utlämnande", "Läget i oktober 2026 för åtgärder på ön", "Av kommunens 212 verksamhetssystem har 148 (70 procent) en ägare",
		"Var vi står", "Vi kan inte visa att 9 av våra 14 viktigaste system går att återställa", "Ärenden lösta inom ett dygn", "812 av 1 140 71 procent", "Visar underlag, inte att lagen följs.",
		"1. Utse ägare för sex system. Gör störst skillnad: socialförvaltningen.", "2. Öva återställning.", "Utvecklingen", "mål 80", "Arbetslista", "System utan ägare", "Verksamhetssystem nummer 1",
	} {
		i := strings.Index(text[at:], want)
		if i < 0 {
			t.Fatalf("%q does not follow in\n%s", want, text)
		}
		at += i
	}
	if strings.ContainsAny(text, "\u00a0?") {
		t.Errorf("blanks that hold words together, or letters that are missing, are left in\n%s", text)
	}
}

func TestEveryLetterOfThePaperIsInTheFile(t *testing.T) {
	path := written(t, sample("manad", 6))
	lines := strings.Split(strings.TrimSpace(says(t, "pdffonts", path)), "\n")
	if len(lines) < 4 {
		t.Fatal(lines)
	}
	for _, l := range lines[2:] {
		f := strings.Fields(l) // name, type (two words), encoding, emb, sub, uni, object
		if len(f) < 7 || f[len(f)-5] != "yes" || f[len(f)-3] != "yes" {
			t.Errorf("not embedded, or without letters that can be searched for: %s", l)
		}
	}
	says(t, "qpdf", "--check", path)
}

func TestTheFileSaysWhatItIs(t *testing.T) {
	path := written(t, sample("manad", 200))
	info := says(t, "pdfinfo", "-isodates", path)
	for _, want := range []string{`Title: +Läget i oktober 2026 för åtgärder på ön`, `Author: +Exempelkommun`, `Producer: +kommunpuls 1.0.0`, `CreationDate: +2026-11-01T00:00:00`, `Tagged: +no`, `Metadata Stream: +yes`, `Page size: +595.28 x 841.89 pts \(A4\)`} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("%s is not in\n%s", want, info)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte("/Lang (sv)")) {
		t.Error("the language is not told")
	}
	if meta := says(t, "pdfinfo", "-meta", path); !strings.Contains(meta, "<rdf:li xml:lang=\"x-default\">Läget i oktober 2026 för åtgärder på ön</rdf:li>") {
		t.Error(meta)
	}
	// What readers show beside the pages.
	type entry struct {
		Title string
		Page  int `json:"destpageposfrom1"`
		Kids  []entry
	}
	var got struct{ Outlines []entry }
	if err := json.Unmarshal([]byte(says(t, "qpdf", "--json", "--json-key=outlines", path)), &got); err != nil {
		t.Fatal(err)
	}
	o := got.Outlines
	if len(o) != 2 || o[0].Title != "Var vi står" || len(o[0].Kids) != 1 || o[0].Kids[0].Title != "Utvecklingen" || o[1].Title != "Arbetslista" || o[0].Page != 1 || o[1].Page < 1 {
		t.Errorf("%+v", o)
	}
}

func TestEveryPageBearsWhatItMust(t *testing.T) {
	path := written(t, sample("forvaltning", 200))
	n := strings.Count(says(t, "pdftotext", path, "-"), "\f")
	if n < 5 {
		t.Fatalf("%d pages", n)
	}
	for i := 1; i <= n; i++ {
		page := fmt.Sprint(i)
		text := flat(says(t, "pdftotext", "-f", page, "-l", page, path, "-"))
		for _, want := range []string{"DEMODATA", "Ej för publicering", "Sekretessprövas före utlämnande", "Exempelkommun · Läget i oktober 2026", fmt.Sprintf("Sida %d av %d", i, n)} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on page %d:\n%s", want, i, text)
			}
		}
	}
}

func TestATableRepeatsItsHeadingsAndDividesNoRow(t *testing.T) {
	const rows = 200
	path := written(t, sample("forvaltning", rows))
	all := strings.Split(says(t, "pdftotext", path, "-"), "\f")
	seen := 0
	for i, page := range all {
		text := flat(page)
		heads := strings.Count(text, "Verksamhetssystem nummer ")
		if heads == 0 {
			continue
		}
		if !strings.Contains(text, "System Förvaltning Läge") && !strings.Contains(text, "Vad som behövs") {
			t.Errorf("no headings on page %d:\n%s", i+1, text)
		}
		// The last words of a row are on the page of its first.
		if ends := strings.Count(text, "i mars."); ends != heads {
			t.Errorf("page %d begins %d rows and ends %d", i+1, heads, ends)
		}
		seen += heads
	}
	if seen != rows {
		t.Errorf("%d rows of %d are on paper", seen, rows)
	}
}

func TestAnEmptyOrOddDocumentIsPutOnPaper(t *testing.T) {
	long := strings.Repeat("Kommunstyrelseförvaltningssystemförteckningsansvarig", 6)
	high := strings.Repeat("En cell som är högre än en hel sida. ", 900)
	for _, c := range []struct {
		name string
		d    document.Document
		want []string
	}{
		{"nothing at all", document.Document{}, []string{"Sida 1 av 1"}},
		{"a word wider than the page", document.Document{Sections: []document.Section{{Level: 1, Blocks: []document.Block{document.Paragraph{Text: long}}}}}, []string{"Kommunstyrelse"}},
		{"a cell with a word wider than its column", document.Document{Sections: []document.Section{{Level: 3, Title: "Djup", Blocks: []document.Block{
			document.Table{Columns: []document.Column{{Title: "Ett"}, {Title: "Två", Width: 0.05}}, Rows: [][]document.Cell{{{Text: long}, {Text: "https://intranat.kommunen.se/" + long}}, {{Text: "en cell för lite"}}}},
		}}}}, []string{"https://", "en cell för lite"}},
		{"a row higher than a page", document.Document{Sections: []document.Section{{Level: 1, Blocks: []document.Block{
			document.Table{Columns: []document.Column{{Title: "Lång"}}, Rows: [][]document.Cell{{{Text: high}}, {{Text: "Raden efter"}}}},
		}}}}, []string{"Raden efter"}},
		{"letters that the font has not", document.Document{Title: "漢字 och 🙂 i e\u0301 a\u030a", Sections: []document.Section{{Level: 1, Title: "●◐■○△▲▼◇ ≥ − – → ×", Blocks: []document.Block{document.Paragraph{Text: "rad ett\nrad\u00adtvå"}}}}},
			[]string{"?? och ? i é å", "≥", "→", "rad ett radtvå"}},
		{"a chart without values, and one with a single", document.Document{Sections: []document.Section{{Level: 1, Blocks: []document.Block{
			document.Chart{Title: "Tomt", Points: []document.Point{{At: day(2026, 1, 1), Label: "jan"}}}, document.Chart{Title: "Inga"},
			document.Chart{Title: "Ett", Unit: "ärenden", Points: []document.Point{{At: day(2026, 1, 1), Label: "januari", Value: ptr(0)}}},
			document.Chart{Title: "Under noll", Unit: "kr", Target: ptr(-3), Points: []document.Point{{At: day(2026, 1, 1), Value: ptr(-5)}, {At: day(2026, 2, 1), Label: "feb", Value: ptr(1e6)}}},
		}}}}, []string{"Tomt", "Inga", "januari", "feb"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := written(t, c.d)
			text := flat(says(t, "pdftotext", path, "-"))
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in\n%.2000s", want, text)
				}
			}
			if got := strings.Count(text, "högre"); strings.Contains(c.name, "higher") && got != 900 {
				t.Errorf("%d sentences of 900", got)
			}
			says(t, "qpdf", "--check", path)
		})
	}
}

func TestALongFigureIsBrokenBetweenItsNumbers(t *testing.T) {
	d := document.Document{Sections: []document.Section{{Level: 1, Blocks: []document.Block{document.Table{
		Columns: []document.Column{{Title: "Mått"}, {Title: "Utfall", Right: true}, {Title: "Mål"}, {Title: "Läge"}, {Title: "Tidigare"}, {Title: "Och mer"}},
		Rows: [][]document.Cell{{{Text: "Kostnadens andel av hela omsättningen"}, {Text: "1\u00a0207\u00a0349\u00a0av\u00a012\u00a0250\u00a0000\u00a0kr, 9,9\u00a0%"},
			{Text: "högst hälften av fjolårets"}, {Text: "efter planen"}, {Text: "ungefär som förut"}, {Text: "skjuts upp till nästa år"}}},
	}}}}}
	text := says(t, "pdftotext", "-layout", written(t, d), "-")
	if !strings.Contains(text, "12 250 000 kr") || strings.Contains(text, "1 207 349 av 12") {
		t.Errorf("a number is divided, or nothing had to be:\n%s", text)
	}
}

func TestTextOfTheLastColumnKeepsOffTheEdge(t *testing.T) {
	table := document.Table{Columns: []document.Column{{Title: "Mått", Width: 0.82}, {Title: "Läge", Width: 0.18}}}
	word := "i" // one letter longer in each row, so that some line is as long as there is room for
	for range 40 {
		table.Rows = append(table.Rows, []document.Cell{{Text: "Andel system"}, {State: &document.State{Sign: "△", Word: "Målet ligger framåt " + word}}})
		word += "i"
	}
	boxes := says(t, "pdftotext", "-bbox", written(t, document.Document{Sections: []document.Section{{Level: 1, Blocks: []document.Block{table}}}}), "-")
	found := regexp.MustCompile(`xMax="([0-9.]+)"[^>]*>(?:framåt|i+)<`).FindAllStringSubmatch(boxes, -1)
	if len(found) < 80 {
		t.Fatalf("%d words of the column were found in\n%.3000s", len(found), boxes)
	}
	for _, m := range found {
		if x, err := strconv.ParseFloat(m[1], 64); err != nil || x > side+measure-margin+0.1 {
			t.Errorf("a word ends at %s, and the edge is at %g (%v)", m[1], side+measure, err)
		}
	}
}

func TestABlockThatNobodyKnowsIsAFault(t *testing.T) {
	d := document.Document{Sections: []document.Section{{Level: 1, Blocks: []document.Block{nil}}}}
	if err := Write(&bytes.Buffer{}, d); err == nil || !strings.Contains(err.Error(), "no way to write") {
		t.Error(err)
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	d := sample("revision", 60)
	var first bytes.Buffer
	if err := Write(&first, d); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var again bytes.Buffer
		if err := Write(&again, d); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatal("another file")
		}
	}
}

func TestThePageForTheLeadershipIsOnePageAsLongAsItCanBeRead(t *testing.T) {
	sentence := "Av kommunens 212 verksamhetssystem har 148 (70 procent) en ägare som finns kvar i kommunen; för ett år sedan var det 131 av 205. Förteckningen ändrades senast den 3 mars."
	build := func(n int) document.Document {
		d := sample("ledning", 0)
		var items []document.Item
		for range n {
			items = append(items, document.Item{Text: sentence})
		}
		d.Sections = []document.Section{{ID: "a", Level: 1, Title: "Vad som blivit bättre", Blocks: []document.Block{document.List{Items: items}}}}
		return d
	}
	for _, c := range []struct{ sentences, pages int }{{5, 1}, {20, 1}, {24, 1}, {36, 2}} {
		path := written(t, build(c.sentences))
		if got := strings.Count(says(t, "pdftotext", path, "-"), "\f"); got != c.pages {
			t.Errorf("%d sentences took %d pages, want %d", c.sentences, got, c.pages)
		}
		text := flat(says(t, "pdftotext", path, "-"))
		if got := strings.Count(text, "Av kommunens 212"); got < c.sentences {
			t.Errorf("%d sentences of %d", got, c.sentences)
		}
		if want := fmt.Sprintf("Sida 1 av %d", c.pages); !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// BenchmarkHundredPages sets a work list of about a hundred pages.
func BenchmarkHundredPages(b *testing.B) {
	d := sample("forvaltning", 2400)
	p, err := render(d, 1, 0)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := Write(&out, d); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(p.f.PageCount()), "pages")
	b.ReportMetric(float64(out.Len())/1024, "KiB")
}
