package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

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
