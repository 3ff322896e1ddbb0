package grafana

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Every word of the dashboards that is not the catalogue's stands in these
// files, Swedish and English side by side.
//
//go:embed words/*.yaml
var wordFiles embed.FS

// boardWords are the words of one dashboard.
type boardWords struct {
	Title       finding.Text            `yaml:"title"`
	Description finding.Text            `yaml:"description"`
	Rows        map[string]finding.Text `yaml:"rows"`
	Panels      map[string]panelWords   `yaml:"panels"`
	// Words are names of columns and series, units and whatever a cell says.
	Words map[string]finding.Text `yaml:"words"`
}

// panelWords say what a panel shows. Content alone is for a panel of text.
type panelWords struct {
	Title      finding.Text `yaml:"title"`
	Measures   finding.Text `yaml:"measures"`    // what is measured
	Of         finding.Text `yaml:"of"`          // of what
	NotCounted finding.Text `yaml:"not_counted"` // what is not counted
	None       finding.Text `yaml:"none"`        // said instead of no data; common.Unknown if empty
	Content    finding.Text `yaml:"content"`
}

// commonWords are used by several dashboards.
type commonWords struct {
	Datasource finding.Text            `yaml:"datasource"`
	Dashboards finding.Text            `yaml:"dashboards"`
	Pages      finding.Text            `yaml:"pages"`
	Unknown    finding.Text            `yaml:"unknown"`     // no source shows this yet
	NotCounted finding.Text            `yaml:"not_counted"` // "Räknas inte:"
	Of         finding.Text            `yaml:"of"`          // "Gäller:"
	Words      map[string]finding.Text `yaml:"words"`
}

func readWords(name string, into any) error {
	b, err := wordFiles.ReadFile("words/" + name + ".yaml")
	if err != nil {
		return fmt.Errorf("words: %w", err)
	}
	if err := yaml.UnmarshalWithOptions(b, into, yaml.Strict()); err != nil {
		return fmt.Errorf("words/%s.yaml: %w", name, err)
	}
	return nil
}

// text chooses the language. Both must be there.
func (b *board) text(t finding.Text) string {
	if t.SV == "" || t.EN == "" {
		b.fault(fmt.Errorf("a text lacks a language: %q, %q", t.SV, t.EN))
	}
	if b.lang == "en" {
		return strings.TrimSpace(t.EN)
	}
	return strings.TrimSpace(t.SV)
}

// w is a word of this dashboard, or one that all share.
func (b *board) w(key string) string {
	if t, ok := b.common.Words[key]; ok && b.words.Words[key].SV == "" {
		return b.text(t)
	}
	return b.say("words", b.words.Words, key)
}

func (b *board) say(kind string, from map[string]finding.Text, key string) string {
	t, ok := from[key]
	if !ok {
		b.fault(fmt.Errorf("words/%s.yaml: %s has no %q", b.id, kind, key))
		return key
	}
	b.spent[kind+"."+key] = true
	return b.text(t)
}

// leftOver reports words that nothing says.
func (b *board) leftOver() {
	for kind, keys := range map[string][]string{
		"rows": slices.Sorted(maps.Keys(b.words.Rows)), "panels": slices.Sorted(maps.Keys(b.words.Panels)), "words": slices.Sorted(maps.Keys(b.words.Words)),
	} {
		for _, k := range keys {
			if !b.spent[kind+"."+k] {
				b.fault(fmt.Errorf("words/%s.yaml: nothing uses %s.%s", b.id, kind, k))
			}
		}
	}
}

// describe puts together what a panel's description says.
func (b *board) describe(measures, of, notCounted string) string {
	parts := []string{measures}
	if of != "" {
		parts = append(parts, "**"+b.text(b.common.Of)+"** "+of)
	}
	parts = append(parts, "**"+b.text(b.common.NotCounted)+"** "+wording.NotCounted(notCounted))
	return strings.Join(parts, "\n\n")
}
