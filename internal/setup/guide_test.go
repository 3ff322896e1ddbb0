package setup_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/setup"
)

var update = flag.Bool("update", false, "rewrite the screens of the guide")

const guide = "../../docs/forsta-timmen.md"

// typist gives one line a read and shows it on the screen, as a terminal does.
type typist struct {
	lines  []string
	screen io.Writer
}

func (p *typist) Read(b []byte) (int, error) {
	if len(p.lines) == 0 {
		return 0, io.EOF
	}
	line := p.lines[0] + "\n"
	p.lines = p.lines[1:]
	if _, err := io.WriteString(p.screen, line); err != nil {
		return 0, err
	}
	return copy(b, line), nil
}

// TestTheGuideShowsWhatTheScreenShows holds every screen of the guide against
// a run of the real thing.
func TestTheGuideShowsWhatTheScreenShows(t *testing.T) {
	path, err := filepath.Abs(guide)
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	file := "Systemlista.xlsx"
	saved := time.Date(2026, 10, 21, 9, 0, 0, 0, time.UTC)
	list := func(rows []row, extra ...string) {
		registry(t, file, rows, extra...)
		require.NoError(t, os.Chtimes(file, saved, saved))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	doc := string(text)

	list(registryRows())
	out, err := run(t, ".", nil, file)
	require.ErrorIs(t, err, setup.ErrQuestions)
	doc = screen(t, doc, "frågor", out[strings.Index(out, "Innan jag"):])

	out, err = run(t, ".", func(o *setup.Options) {
		o.Interactive, o.Municipality = true, ""
		o.In = &typist{lines: []string{"", "systemägare", "", "Exempelkommun"}, screen: o.Out}
	}, file)
	require.NoError(t, err, out)
	doc = screen(t, doc, "registret", out)

	list(append(registryRows(), row{unit: "Kultur- och fritidsförvaltningen", name: "Interbook", owner: "Ida Ivarsson", tier: "Brons", status: "I drift"}), "Leverantör")
	out, err = run(t, ".", nil, file)
	require.NoError(t, err, out)
	changed := regexp.MustCompile(`(?s)kommunpuls\.yaml är skriven.*?\n\nAndel system`).FindString(out)
	require.NotEmpty(t, changed, out)
	doc = screen(t, doc, "igen", strings.TrimSuffix(changed, "Andel system"))

	if *update {
		require.NoError(t, os.WriteFile(path, []byte(doc), 0o644))
		return
	}
	require.Equal(t, string(text), doc)
}

func screen(t *testing.T, doc, name, out string) string {
	t.Helper()
	re := regexp.MustCompile("(?s)(<!-- skärm: " + name + " -->\n```text\n).*?(```\n)")
	require.Regexp(t, re, doc)
	var lines []string
	for _, l := range strings.Split(strings.TrimSpace(out), "\n") {
		lines = append(lines, strings.TrimRight(l, " "))
	}
	block := strings.Join(lines, "\n") + "\n"
	return re.ReplaceAllStringFunc(doc, func(s string) string {
		m := re.FindStringSubmatch(s)
		return m[1] + block + m[2]
	})
}
