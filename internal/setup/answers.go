package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/yamlfault"
)

// Answers are answers to init's questions: of one file, or of all. The file
// kommunpuls-svar.yaml keeps them between runs and may be given to --answers.
type Answers struct {
	Municipality string                 `yaml:"municipality,omitempty"`
	All          map[string]string      `yaml:"answers,omitempty"` // question id → answer, for every file
	Files        map[string]FileAnswers `yaml:"files,omitempty"`   // by the file's base name
	// OrgUnits says which org unit a name in a list means, by id; "-" is none.
	OrgUnits map[string]string `yaml:"org_units,omitempty"`
}

// FileAnswers are the answers about one file.
type FileAnswers struct {
	Answers map[string]string `yaml:"answers,omitempty"`
	// Written are the settings as init last wrote them: what differs from
	// them in kommunpuls.yaml was edited by hand and is kept.
	Written map[string]any `yaml:"written,omitempty"`
}

// ReadAnswers reads an answers file strictly.
func ReadAnswers(path string) (Answers, error) {
	var a Answers
	b, err := os.ReadFile(path)
	if err != nil {
		return a, fmt.Errorf("%w: svarsfilen %s: %w", ErrInput, filepath.Base(path), err)
	}
	if err := yaml.UnmarshalWithOptions(b, &a, yaml.Strict()); err != nil {
		return a, fmt.Errorf("%w: %s: %s", ErrInput, filepath.Base(path), yamlfault.Text(err, "municipality", "answers", "files", "org_units", "written"))
	}
	return a, nil
}

func readStored(path string) (Answers, error) {
	a, err := ReadAnswers(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Answers{}, nil
	}
	return a, err
}

// Add takes one --svar flag: "struck=retired", "column:Ägare=role:owner", or
// for one file only "Systemlista.xlsx#struck=retired".
func (a *Answers) Add(flag string) error {
	file, rest := "", flag
	if f, r, ok := strings.Cut(flag, "#"); ok && slices.Contains([]string{".xlsx", ".xlsm", ".csv", ".tsv", ".txt"}, strings.ToLower(filepath.Ext(f))) {
		file, rest = f, r
	}
	i := strings.Index(rest, "=")
	if before, _, ok := strings.Cut(rest, ":"); ok && slices.Contains([]string{"column", "value", "fill_down"}, before) {
		i = strings.LastIndex(rest, "=") // a header or a cell may hold one, an answer to these never does
	}
	if i <= 0 || i == len(rest)-1 {
		return fmt.Errorf("%w: --svar %q: skriv fråga=svar, till exempel struck=retired", ErrInput, flag)
	}
	id, answer := strings.TrimSpace(rest[:i]), strings.TrimSpace(rest[i+1:])
	if file == "" {
		if a.All == nil {
			a.All = map[string]string{}
		}
		a.All[id] = answer
		return nil
	}
	a.put(filepath.Base(file), id, answer)
	return nil
}

func (a *Answers) put(file, id, answer string) {
	if a.Files == nil {
		a.Files = map[string]FileAnswers{}
	}
	f := a.Files[file]
	if f.Answers == nil {
		f.Answers = map[string]string{}
	}
	f.Answers[id] = answer
	a.Files[file] = f
}

// of returns everything said about a file, the nearest last: a header alone
// ("Ägare=role:owner") is short for column:Ägare.
func (a Answers) of(file string) map[string]string {
	out := map[string]string{}
	for _, m := range []map[string]string{a.All, a.Files[file].Answers} {
		for id, answer := range m {
			out[id] = answer
		}
	}
	return out
}

const answersHead = `# Era svar till kommunpuls init. Filen skrivs om varje gång init körs.
# Svaren går att ändra här; kör sedan init igen. Under "written" står vad init
# senast skrev i kommunpuls.yaml, så att ändringar för hand kan behållas.
`

// write keeps what was answered, by file. Answers to every file have found
// their files by now.
func (a Answers) write(path string) error {
	a.All = nil
	for name, f := range a.Files {
		if m, ok := tidy(f.Written).(map[string]any); ok {
			f.Written = m
			a.Files[name] = f
		}
	}
	b, err := yaml.MarshalWithOptions(a, yaml.IndentSequence(true))
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return WriteFile(path, append([]byte(answersHead), b...), 0o644)
}
