package setup_test

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/setup"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

// init runs the first hour on the real source, store and engine.
func run(t *testing.T, dir string, change func(*setup.Options), files ...string) (string, error) {
	t.Helper()
	cat, err := catalogue.Parse(configs.Catalogue())
	require.NoError(t, err)
	now := func() time.Time { return time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC) }
	var out bytes.Buffer
	opt := setup.Options{
		Files: files, OutDir: dir, Out: &out, Municipality: "Exempelkommun", Now: now(), Version: "0.1.0", Catalogue: cat,
		Propose: setup.ProposeOf(table.FromReport),
		Arrow:   app.FirstHour{Options: app.Options{Version: "0.1.0", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now}},
	}
	if change != nil {
		change(&opt)
	}
	err = setup.Run(t.Context(), opt)
	return strings.ReplaceAll(out.String(), "\u00a0", " "), err
}

// owner says what the combined header of the registry means.
const owner = "column:Sys.ansv/ägare=role:owner"

func yes(o *setup.Options) { o.Yes = true }

func answers(t *testing.T, flags ...string) func(*setup.Options) {
	return func(o *setup.Options) {
		for _, f := range flags {
			require.NoError(t, o.Answers.Add(f))
		}
	}
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	require.NoError(t, err)
	return string(b)
}

func TestRegistryGivesOneTrueFigureWithItsRows(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	out, err := run(t, dir, func(o *setup.Options) { yes(o); answers(t, owner)(o) }, file)
	require.NoError(t, err, out)
	for _, want := range []string{
		"Blad System: rubriker på rad 4, 14 rader.", "Rad 19 ser ut som en summa och räknas inte.",
		"”Förv.” är sammanslagen nedåt och fylls i", "2 rader är överstrukna (rad 9, 14).",
		"6 av 11 (55 procent)", "Systemlista.xlsx, blad System, rad 6",
	} {
		require.Contains(t, out, want)
	}
	cfg, err := config.Load(filepath.Join(dir, setup.ConfigName))
	require.NoError(t, err)
	require.Equal(t, "systemlista", cfg.Sources[0].Name)
	require.Equal(t, "Systemlista.xlsx", cfg.Sources[0].Settings["file"])
	set, err := decision.Load([]string{filepath.Join(dir, setup.WorkbookName)}, decision.Options{})
	require.NoError(t, err)
	require.Len(t, set.Identities, 3)
	require.Empty(t, set.Targets)
	page := strings.ReplaceAll(read(t, dir, setup.ReportName), "\u00a0", " ")
	require.Contains(t, page, "6 av 11")
	require.Contains(t, page, "Barn- och utbildningsförvaltningen")
	for _, secret := range []string{"pseudonym.key", "api.token"} {
		info, err := os.Stat(filepath.Join(dir, "data", secret))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		require.Regexp(t, `^[0-9a-f]{64}\n$`, read(t, dir, "data", secret))
	}
}

// No name of a person stands in anything that is written.
func TestSamplesAreNeverWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "Systemlista.xlsx")
	registry(t, file, registryRows())
	out, err := run(t, dir, yes, file)
	require.NoError(t, err, out)
	require.Contains(t, out, "Anna Andersson", "the terminal does show samples")
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b := read(t, path)
		if strings.HasSuffix(path, ".xlsx") {
			b = workbookText(t, path)
		}
		for _, name := range []string{"Andersson", "Berg", "Carlsson", "Dahl", "Grahn"} {
			require.NotContains(t, b, name, path)
		}
		return nil
	}))
}

func workbookText(t *testing.T, path string) string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer f.Close()
	var b strings.Builder
	for _, s := range f.GetSheetList() {
		rows, err := f.GetRows(s)
		require.NoError(t, err)
		for _, r := range rows {
			b.WriteString(strings.Join(r, "\t") + "\n")
		}
	}
	return b.String()
}

func TestWithoutAnOwnerColumnThereIsNoFigureAboutOwners(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	out, err := run(t, dir, func(o *setup.Options) { yes(o); answers(t, "column:Sys.ansv/ägare=-")(o) }, file)
	require.NoError(t, err, out)
	require.Contains(t, out, "Ingen kolumn läses som systemägare.")
	require.NotContains(t, out, "0 av 11")
	require.NotContains(t, strings.ReplaceAll(read(t, dir, setup.ReportName), "\u00a0", " "), "0 av 11")
}

func TestTicketsGiveTheShareWithinADay(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Ärenden oktober.csv")
	tickets(t, file)
	out, err := run(t, dir, yes, file)
	require.NoError(t, err, out)
	require.Contains(t, out, "21 av 30 (70 procent)")
	require.Contains(t, read(t, dir, setup.ConfigName), "resolved_at: Löst")
}

func TestWithoutAPersonOpenQuestionsAreListedAndNothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "Systemlista.xlsx")
	registry(t, file, registryRows())
	out, err := run(t, dir, nil, file)
	require.ErrorIs(t, err, setup.ErrQuestions)
	require.Contains(t, out, "Innan jag kan räkna behöver jag veta:")
	require.Contains(t, out, "--svar struck=")
	require.Contains(t, out, "mitt förslag")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

var flagRE = regexp.MustCompile(`--svar ("[^"]+"|\S+)\s.*mitt förslag`)

func TestTheFlagsThatAreShownAnswerTheQuestions(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	out, err := run(t, dir, nil, file)
	require.ErrorIs(t, err, setup.ErrQuestions)
	var flags []string
	for _, m := range flagRE.FindAllStringSubmatch(out, -1) {
		flags = append(flags, strings.Trim(m[1], `"`))
	}
	require.NotEmpty(t, flags)
	out, err = run(t, dir, answers(t, flags...), file)
	require.NoError(t, err, out)
	require.Contains(t, out, "procent)")
}

func TestAPersonAnswersAtTheTerminal(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	out, err := run(t, dir, func(o *setup.Options) {
		o.Interactive, o.Municipality = true, ""
		o.In = strings.NewReader("vad?\n" + strings.Repeat("\n", 30))
	}, file)
	require.NoError(t, err, out)
	require.Contains(t, out, "Det förstod jag inte.")
	require.Contains(t, out, "Vilken kommun gäller det?")
	require.Contains(t, read(t, dir, setup.ConfigName), "municipality: Vår kommun")
}

func TestATerminalThatClosesEndsTheRunWithNothingWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "Systemlista.xlsx")
	registry(t, file, registryRows())
	_, err := run(t, dir, func(o *setup.Options) { o.Interactive, o.In = true, strings.NewReader("") }, file)
	require.ErrorIs(t, err, setup.ErrQuestions)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAnAnswerThatBelongsToNoQuestionIsTold(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "lista.csv")
	require.NoError(t, os.WriteFile(file, []byte("System;Systemägare\nA;Bo Berg\n"), 0o600))
	out, err := run(t, dir, func(o *setup.Options) {
		o.Yes = true
		o.Answers = setup.Answers{All: map[string]string{"system_knd": "-", "lifecycle": "in_use"}}
	}, file)
	require.NoError(t, err, out)
	require.Contains(t, out, "Svaret på ”system_knd” hör inte till någon fråga")
	require.NotContains(t, out, "Svaret på ”lifecycle”")
	require.Contains(t, out, "lista: 1 rad läst, den gick att använda.")
}

func TestAColumnThatNobodyAskedAboutIsReadAsAPersonSays(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "lista.csv")
	require.NoError(t, os.WriteFile(file, []byte("Systemnamn;Leverantör;Driftform;Ansvarar;Vad gäller\nLifecare;Tieto;Egen drift;Anna Andersson;I drift\nCastor;CGI;Egen drift;Bo Berg;Nedlagt\nSkola24;Nova;Extern drift;;I drift\n"), 0o600))
	out, err := run(t, dir, func(o *setup.Options) {
		yes(o)
		answers(t, "column:Ansvarar=role:owner", "column:Vad gäller=lifecycle")(o)
	}, file)
	require.NoError(t, err, out)
	require.Contains(t, out, "1 av 2, räknat på verksamhetssystem i bruk")
	require.NotContains(t, out, "Ingen kolumn läses som systemägare")
	require.NotContains(t, out, "i drift. Räknas alla")
	out, err = run(t, dir, func(o *setup.Options) { yes(o); answers(t, "column:Vad gäller=livscycle")(o) }, file)
	require.ErrorIs(t, err, setup.ErrInput, out)
	require.ErrorContains(t, err, "lista.csv: kolumnen ”Vad gäller”: ”livscycle” finns inte i en sådan lista; välj något av ")
}

func TestAnEmptyListIsSaidToBeEmptyAndNotAskedAbout(t *testing.T) {
	for name, content := range map[string]string{"tom.csv": "", "rubriker.csv": "System;Systemägare\n"} {
		dir := t.TempDir()
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		out, err := run(t, dir, yes, file)
		require.ErrorIs(t, err, setup.ErrInput, out)
		require.ErrorContains(t, err, name)
		require.NotContains(t, out, "Vad är det?")
		require.NoFileExists(t, filepath.Join(dir, setup.ConfigName))
	}
}
