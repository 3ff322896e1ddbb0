package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Run takes an IT unit through its first hour. Nothing is written before every
// question is answered.
func Run(ctx context.Context, opt Options) error {
	d := newDesk(opt)
	stored, err := readStored(filepath.Join(opt.OutDir, AnswersName))
	if err != nil {
		return err
	}
	answers := together(stored, opt.Answers)
	lists, err := d.look(ctx, &answers)
	if err != nil {
		return err
	}
	systems, err := d.lookAtSystems(ctx, &answers)
	if err != nil {
		return err
	}
	lists = append(lists, systems...)
	d.unused()
	cfg, err := d.openConfig(&answers)
	if err != nil {
		return err
	}
	if len(d.left) > 0 {
		d.openQuestions()
		return ErrQuestions
	}
	cfg, err = d.writeConfig(cfg, lists, &answers)
	if err != nil {
		return err
	}
	units, err := d.openWorkbook(cfg)
	if err != nil {
		return err
	}
	res, err := d.evaluate(ctx, units, &answers)
	if err != nil {
		return err
	}
	if err := answers.write(filepath.Join(opt.OutDir, AnswersName)); err != nil {
		return err
	}
	return d.tell(ctx, cfg, res, lists)
}

// list is one file or system that will be read.
type list struct {
	file     string // as given; a system's name
	path     string // as the configuration holds it; empty for a system
	name     string // of the source, where it does not follow from the file
	kind     record.Kind
	block    sourceHead
	settings json.RawMessage
}

// together lays newly given answers over stored ones.
func together(stored, given Answers) Answers {
	out := Answers{Municipality: stored.Municipality, All: given.All, Files: map[string]FileAnswers{}, OrgUnits: map[string]string{}}
	if given.Municipality != "" {
		out.Municipality = given.Municipality
	}
	for _, a := range []Answers{stored, given} {
		for file, fa := range a.Files {
			merged := FileAnswers{Answers: map[string]string{}, Written: out.Files[file].Written}
			if fa.Written != nil && merged.Written == nil {
				merged.Written = fa.Written
			}
			for _, m := range []map[string]string{out.Files[file].Answers, fa.Answers} {
				for id, answer := range m {
					merged.Answers[id] = answer
				}
			}
			for id, answer := range given.All { // what is said now goes before what was said once
				if _, said := given.Files[file].Answers[id]; !said && merged.Answers[id] != "" {
					merged.Answers[id] = answer
				}
			}
			out.Files[file] = merged
		}
		for name, id := range a.OrgUnits {
			out.OrgUnits[name] = id
		}
	}
	return out
}

// look inspects every file, says what it found and gets the answers.
func (d *desk) look(ctx context.Context, answers *Answers) ([]list, error) {
	var files []string
	for _, pattern := range d.opt.Files {
		found, err := sheet.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInput, err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%w: %s: inga filer heter så", ErrInput, pattern)
		}
		files = append(files, found...)
	}
	if len(files) == 0 && len(d.opt.Systems) == 0 {
		return nil, fmt.Errorf("%w: ange minst en fil, till exempel kommunpuls init Systemlista.xlsx", ErrInput)
	}
	var out []list
	for i, file := range files {
		if slices.ContainsFunc(files[:i], func(f string) bool { return filepath.Base(f) == filepath.Base(file) }) {
			return nil, fmt.Errorf("%w: två filer heter %s; byt namn på den ena, så att svaren inte blandas ihop", ErrInput, filepath.Base(file))
		}
		l, err := d.lookAt(ctx, file, answers)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func (d *desk) lookAt(ctx context.Context, file string, answers *Answers) (list, error) {
	l := list{file: filepath.Base(file)}
	var err error
	if l.path, err = pathFor(d.opt.OutDir, file); err != nil {
		return l, fmt.Errorf("%s: %w", l.file, err)
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return l, fmt.Errorf("%w: filen %s finns inte", ErrInput, file)
	}
	given := answers.of(l.file)
	rep, err := guess.Inspect(ctx, file, inspectOptions(given))
	if err != nil {
		return l, fmt.Errorf("%w: %w", ErrInput, err)
	}
	d.describe(rep)
	if !slices.ContainsFunc(rep.Sheets, func(s guess.Sheet) bool { return s.DataRows > 0 }) {
		return l, fmt.Errorf("%w: %s har inga rader att läsa under en rubrikrad. Står rubrikerna på en viss rad, säg vilken: --svar header_row=4", ErrInput, l.file)
	}
	before := len(d.left)
	rep, err = d.settle(l.file, rep, given)
	d.note(rep, given)
	if err != nil || len(d.left) > before {
		return l, err
	}
	for id, answer := range given {
		if concerns(rep, id) {
			answers.put(l.file, id, answer)
		}
	}
	if l.settings, err = d.propose(rep, given, l.path); err != nil {
		return l, fmt.Errorf("%w: %s: %w", ErrInput, l.file, err)
	}
	l.kind = rep.Kind()
	l.block = tableHead(l.kind)
	if l.kind == record.System && !l.fills(ownerTarget) {
		d.say("\n  Ingen kolumn läses som systemägare. Finns en sådan: kör igen med --svar \"column:rubriken=%s\".\n", ownerTarget)
	}
	return l, nil
}

// settle gets every answer about one file; the kind first, because the other
// questions hang on it. What is answered stands in given.
func (d *desk) settle(file string, rep guess.Report, given map[string]string) (guess.Report, error) {
	qs := rep.Questions
	if rep.Kind() == "" {
		qs = []guess.Question{kindQuestion()}
	}
	if a := given["kind"]; a != "" {
		if _, ok := record.Lookup(record.Kind(a)); !ok {
			return rep, fmt.Errorf("%w: %s: ”%s” är inget slag av lista", ErrInput, file, a)
		}
		rep = rep.As(record.Kind(a))
	} else if len(qs) > 0 && qs[0].ID == "kind" {
		d.mapping(rep, given)
		key, ok, err := d.answer(file, qs[0], given)
		if err != nil || !ok {
			return rep, err
		}
		given["kind"] = key
		rep = rep.As(record.Kind(key))
	}
	rep, err := rep.Told(given)
	if err != nil {
		return rep, fmt.Errorf("%w: %s: %w", ErrInput, file, err)
	}
	d.mapping(rep, given)
	for _, q := range rep.Questions {
		if q.ID == "kind" {
			continue
		}
		key, ok, err := d.answer(file, q, given)
		if err != nil {
			return rep, err
		}
		if ok {
			given[q.ID] = key
		}
	}
	return rep, nil
}

// concerns tells whether an answer is about this file: answers to every file
// may be about another.
func concerns(rep guess.Report, id string) bool {
	if slices.Contains([]string{"kind", "header_row", "encoding", "delimiter"}, id) {
		return true
	}
	for _, q := range rep.Questions {
		if q.ID == id {
			return true
		}
	}
	for _, s := range rep.Sheets {
		for _, c := range s.Columns {
			if id == c.Header || id == "column:"+c.Header || strings.HasPrefix(id, "value:"+c.Header+":") || id == "fill_down:"+c.Header {
				return true
			}
		}
	}
	return false
}

// kindQuestion is asked of a list that resembles nothing known.
func kindQuestion() guess.Question {
	q := guess.Question{ID: "kind", Text: "Jag känner inte igen listan. Vad är det?"}
	for _, s := range record.Schemas() {
		q.Options = append(q.Options, guess.Option{Key: string(s.Kind), Label: guess.KindName(s.Kind)})
	}
	return q
}

// inspectOptions are the answers that change how a file is looked at.
func inspectOptions(given map[string]string) guess.Options {
	o := guess.Options{Encoding: given["encoding"], Delimiter: given["delimiter"]}
	if n, err := fmt.Sscanf(given["header_row"], "%d", &o.HeaderRow); err != nil || n != 1 {
		o.HeaderRow = 0
	}
	return o
}

// propose makes settings, with the file's path as the configuration holds it.
func (d *desk) propose(rep guess.Report, given map[string]string, path string) (json.RawMessage, error) {
	raw, err := d.opt.Propose(rep, given)
	if err != nil {
		return nil, err
	}
	m, err := ordered(raw)
	if err != nil {
		return nil, err
	}
	for i := range m {
		if m[i].Key == "file" {
			m[i].Value = path
		}
	}
	return orderedJSON(m)
}
