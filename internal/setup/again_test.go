package setup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/setup"
)

func TestAgainKeepsAnswersAndChangesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	out, err := run(t, dir, func(o *setup.Options) { yes(o); answers(t, owner)(o) }, file)
	require.NoError(t, err, out)
	before := map[string]string{}
	for _, name := range []string{setup.ConfigName, setup.AnswersName, "data/pseudonym.key", "data/api.token"} {
		before[name] = read(t, dir, name)
	}
	book := workbookText(t, filepath.Join(dir, setup.WorkbookName))
	out, err = run(t, dir, nil, file) // no flags, nobody there: every answer is kept
	require.NoError(t, err, out)
	require.Contains(t, out, "kommunpuls.yaml står som den var.")
	require.Contains(t, out, "6 av 11 (55 procent)")
	for name, want := range before {
		require.Equal(t, want, read(t, dir, name), name)
	}
	require.Equal(t, book, workbookText(t, filepath.Join(dir, setup.WorkbookName)))
}

func TestAnAnswerGivenNowGoesBeforeTheOneGivenThen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	_, err := run(t, dir, func(o *setup.Options) { yes(o); answers(t, owner)(o) }, file)
	require.NoError(t, err)
	out, err := run(t, dir, answers(t, strings.Replace(owner, "role:owner", "role:manager_business", 1)), file)
	require.NoError(t, err, out)
	require.Contains(t, read(t, dir, setup.ConfigName), "role:manager_business:")
	require.NotContains(t, read(t, dir, setup.ConfigName), "role:owner:")
}

func TestAgainKeepsWhatPeopleEdited(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	_, err := run(t, dir, func(o *setup.Options) { yes(o); answers(t, owner)(o) }, file)
	require.NoError(t, err)

	path := filepath.Join(dir, setup.ConfigName)
	edited := strings.Replace(read(t, dir, setup.ConfigName), "    every: 1h\n", "    every: 4h # nattens export\n", 1)
	edited = strings.Replace(edited, "    settings:\n", "    settings:\n      bad_cell: blank # vi vet\n", 1)
	require.NoError(t, os.WriteFile(path, []byte(edited), 0o600))
	book := filepath.Join(dir, setup.WorkbookName)
	f, err := excelize.OpenFile(book)
	require.NoError(t, err)
	for at, v := range map[string]string{"A2": "system_owner_coverage", "D2": "90 %", "I2": "KS 2026/145, § 62"} {
		require.NoError(t, f.SetCellStr("Mål", at, v))
	}
	require.NoError(t, f.Save())
	require.NoError(t, f.Close())

	rows := append(registryRows(), row{unit: "Kultur- och fritidsförvaltningen", name: "Interbook", owner: "Ida Ivarsson", tier: "Brons", status: "I drift"})
	registry(t, file, rows, "Leverantör")
	out, err := run(t, dir, yes, file)
	require.NoError(t, err, out)
	require.Contains(t, out, "systemlista: ”Leverantör” läses nu som leverantör.")
	require.Contains(t, out, "Kultur- och fritidsförvaltningen")
	now := read(t, dir, setup.ConfigName)
	for _, kept := range []string{"every: 4h # nattens export", "bad_cell: blank # vi vet", "supplier: Leverantör"} {
		require.Contains(t, now, kept)
	}
	set, err := decision.Load([]string{book}, decision.Options{})
	require.NoError(t, err)
	require.Len(t, set.Targets, 1)
	require.Len(t, set.Identities, 4)
	require.Contains(t, strings.ReplaceAll(read(t, dir, setup.ReportName), "\u00a0", " "), "KS 2026/145, § 62")
}

func TestASecondListJoinsTheFirst(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "Systemlista.xlsx"), filepath.Join(dir, "arenden.csv")
	registry(t, first, registryRows())
	tickets(t, second)
	_, err := run(t, dir, func(o *setup.Options) { yes(o); answers(t, owner)(o) }, first)
	require.NoError(t, err)
	out, err := run(t, dir, yes, second)
	require.NoError(t, err, out)
	require.Contains(t, out, "arenden.csv läggs till som källan arenden.")
	require.Contains(t, out, "21 av 30 (70 procent)")
	page := strings.ReplaceAll(read(t, dir, setup.ReportName), "\u00a0", " ")
	require.Contains(t, page, "21 av 30")
	require.Contains(t, page, "6 av 1")
	set, err := decision.Load([]string{filepath.Join(dir, setup.WorkbookName)}, decision.Options{})
	require.NoError(t, err)
	require.Len(t, set.Identities, 3, "the tickets' förvaltningar are those of the registry")
}

func TestBadInputIsSaidClearlyAndNothingIsWritten(t *testing.T) {
	src := t.TempDir()
	good := filepath.Join(src, "Systemlista.xlsx")
	registry(t, good, registryRows())
	for name, c := range map[string]struct {
		files   []string
		flags   []string
		answers string
		want    string
	}{
		"no file":             {nil, nil, "", "ange minst en fil"},
		"file that is gone":   {[]string{filepath.Join(src, "finns-inte.xlsx")}, nil, "", "finns-inte.xlsx"},
		"glob without files":  {[]string{filepath.Join(src, "*.tsv")}, nil, "", "inga filer heter så"},
		"XLSX that is not":    {[]string{write(t, src, "falsk.xlsx", "hej")}, nil, "", "falsk.xlsx: filen heter som en Excel-fil men är ingen"},
		"empty file":          {[]string{write(t, src, "tom.csv", "")}, nil, "", "tom.csv: filen är tom"},
		"two of one name":     {[]string{write(t, src, "a.csv", "Ärendenr;Skapad\n1;2026-10-01\n"), write(t, t.TempDir(), "a.csv", "x;y\n1;2\n")}, []string{"kind=ticket"}, "", "två filer heter a.csv"},
		"answer that is none": {[]string{good}, []string{"struck=kanske"}, "", `"kanske" är inget svar på frågan struck`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := run(t, dir, func(o *setup.Options) { yes(o); answers(t, c.flags...)(o) }, c.files...)
			require.ErrorIs(t, err, setup.ErrInput)
			require.ErrorContains(t, err, c.want)
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

func TestBrokenConfigAndWorkbookAreNamed(t *testing.T) {
	src := t.TempDir()
	good := filepath.Join(src, "Systemlista.xlsx")
	registry(t, good, registryRows())
	t.Run("config", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, setup.ConfigName, "municipality: [\n")
		_, err := run(t, dir, yes, good)
		require.ErrorIs(t, err, setup.ErrInput)
		require.ErrorContains(t, err, setup.ConfigName)
		require.Equal(t, "municipality: [\n", read(t, dir, setup.ConfigName))
	})
	t.Run("workbook", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, setup.WorkbookName, "ingen bok")
		_, err := run(t, dir, yes, good)
		require.ErrorIs(t, err, decision.ErrInvalid)
		require.Equal(t, "ingen bok", read(t, dir, setup.WorkbookName))
	})
	t.Run("answers", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, setup.AnswersName, "svar: 1\n")
		_, err := run(t, dir, yes, good)
		require.ErrorIs(t, err, setup.ErrInput)
		require.ErrorContains(t, err, setup.AnswersName)
	})
}

func TestAnswersFileGivenByHand(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Systemlista.xlsx")
	registry(t, file, registryRows())
	a, err := setup.ReadAnswers(write(t, t.TempDir(), "svar.yaml", "municipality: Storköping\nfiles:\n  Systemlista.xlsx:\n    answers:\n      struck: skip\n"))
	require.NoError(t, err)
	out, err := run(t, dir, func(o *setup.Options) { o.Yes, o.Answers, o.Municipality = true, a, "" }, file)
	require.NoError(t, err, out)
	cfg := read(t, dir, setup.ConfigName)
	require.Contains(t, cfg, "municipality: Storköping")
	require.Contains(t, cfg, "struck: skip")
}

func TestFlagsAreReadStrictly(t *testing.T) {
	var a setup.Answers
	for _, bad := range []string{"struck", "=ja", "struck="} {
		require.ErrorIs(t, a.Add(bad), setup.ErrInput, bad)
	}
	require.NoError(t, a.Add("Systemlista.xlsx#column:Ägare (a=b)=role:owner"))
	require.Equal(t, "role:owner", a.Files["Systemlista.xlsx"].Answers["column:Ägare (a=b)"])
}
