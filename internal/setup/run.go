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
		qs = rep.Questions
	} else if len(qs) > 0 && qs[0].ID == "kind" {
		d.mapping(rep, given)
		key, ok, err := d.answer(file, qs[0], given)
		if err != nil || !ok {
			return rep, err
		}
		given["kind"] = key
		rep = rep.As(record.Kind(key))
		qs = rep.Questions
	}
	d.mapping(rep, given)
	for _, q := range qs {
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

// openConfig reads the configuration that is there, or begins one.
func (d *desk) openConfig(answers *Answers) (configText, error) {
	b, err := os.ReadFile(filepath.Join(d.opt.OutDir, ConfigName))
	if err == nil {
		return parseConfig(string(b))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return configText{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if d.opt.Municipality != "" {
		answers.Municipality = d.opt.Municipality
	}
	if answers.Municipality == "" {
		name, ok, err := d.answer(ConfigName, guess.Question{ID: "municipality", Text: "Vilken kommun gäller det? Namnet står på rapporterna.", Default: "Vår kommun"}, answers.All)
		if err != nil {
			return configText{}, err
		}
		if ok {
			answers.Municipality = name
		}
	}
	text, err := newConfig(answers.Municipality)
	if err != nil {
		return configText{}, err
	}
	return parseConfig(text)
}

// writeConfig puts every list into the configuration, and writes it if that
// changed anything.
func (d *desk) writeConfig(cfg configText, lists []list, answers *Answers) (configText, error) {
	var said []string
	for _, l := range lists {
		next, err := normal(l.settings)
		if err != nil {
			return cfg, fmt.Errorf("%s: %w", l.file, err)
		}
		fa := answers.Files[l.file]
		src, there := cfg.find(l)
		crlf := cfg.crlf
		if !there {
			name := l.name
			if name == "" {
				name = cfg.freeName(l.path)
			}
			block, err := sourceBlock(name, l.block, l.settings)
			if err != nil {
				return cfg, err
			}
			if cfg, err = cfg.addSource(block); err != nil {
				return cfg, err
			}
			said = append(said, fmt.Sprintf("%s läggs till som källan %s.", l.called(), name))
		} else if cfg, said, err = update(cfg, src, fa.Written, next, said); err != nil {
			return cfg, err
		}
		cfg.crlf = crlf
		fa.Written = next
		answers.Files[l.file] = fa
	}
	return cfg, d.saveConfig(cfg, said)
}

// update brings what is new of a list into its source; what was edited by hand stays.
func update(cfg configText, src source, written, next map[string]any, said []string) (configText, []string, error) {
	cur, err := normal(src.Settings)
	if err != nil {
		return cfg, said, err
	}
	if written == nil {
		written = cur
	}
	base, err := normal(written)
	if err != nil {
		return cfg, said, err
	}
	changes := merge(base, cur, next)
	if len(changes) == 0 {
		return cfg, said, nil
	}
	cfg, err = cfg.set(src.Name, changes)
	for _, c := range changes {
		said = append(said, sayChange(src, c))
	}
	return cfg, said, err
}

// sayChange says what is changed in a source.
func sayChange(src source, c change) string {
	kind, _ := src.Settings["record"].(string)
	header, isHeader := c.value.(string)
	if len(c.path) == 2 && c.path[0] == "columns" && c.old == nil && isHeader {
		return fmt.Sprintf("%s: ”%s” läses nu som %s.", src.Name, oneLine(header), guess.TargetName(record.Kind(kind), c.path[1]))
	}
	return fmt.Sprintf("%s: %s ändras från %s till %s.", src.Name, strings.Join(c.path, " / "), short(c.old), short(c.value))
}

func short(v any) string {
	if v == nil {
		return "inget"
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func (d *desk) saveConfig(cfg configText, said []string) error {
	if err := os.MkdirAll(d.opt.OutDir, 0o755); err != nil {
		return fmt.Errorf("%w: %w", ErrInput, err)
	}
	for _, name := range []string{"pseudonym.key", "api.token"} {
		if err := makeSecret(filepath.Join(d.opt.OutDir, "data", name)); err != nil {
			return err
		}
	}
	changed, err := writeChanged(filepath.Join(d.opt.OutDir, ConfigName), cfg.bytes(cfg.crlf), 0o644)
	if err != nil {
		return err
	}
	d.say("\n")
	if !changed {
		d.say("%s står som den var.\n", ConfigName)
		return nil
	}
	d.say("%s är skriven.\n", ConfigName)
	for _, s := range said {
		d.say("  %s\n", s)
	}
	return nil
}
