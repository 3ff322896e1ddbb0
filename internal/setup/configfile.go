package setup

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

const configHead = `# Inställningar för kommunpuls. Skriven av kommunpuls init; ändra gärna för hand.
# Kör ni init igen läggs nytt till, och det ni har ändrat får stå kvar.

# Kommunens namn, som det ska stå på rapporter.
municipality: %s

# Här sparas allt som läses, och historiken. Mappen ligger bredvid den här filen.
data_dir: data

# Adressen för siffror till Prometheus och webbläsare. 127.0.0.1 nås bara från den här datorn.
listen: 127.0.0.1:9464

# Nyckeln som gör om inloggningsnamn till koder, så att inga namn sparas. Byt den aldrig, och dela den inte.
pseudonym_key: ${file:data/pseudonym.key}

# Lösenordet för dem som ska se raderna bakom siffrorna.
api_token: ${file:data/api.token}

# Kommunens egna beslut: mål, godtagna brister, organisation.
decisions: [%s]

# Listorna som läses. En fil som ändras läses om inom tiden efter every.
sources:
`

// newConfig is the text of a configuration without sources.
func newConfig(municipality string) (string, error) {
	name, err := render(municipality, 0)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(configHead, strings.TrimSpace(name), WorkbookName), nil
}

// sourceHead is what stands above a source's settings.
type sourceHead struct {
	typ, every, settings string // settings: a remark on them
}

// tableHead is that of a list, whose content ages.
func tableHead(kind record.Kind) sourceHead {
	age, said := "90d", "Är innehållet äldre än så sägs siffrorna vara inaktuella."
	if record.Ticket == kind {
		age, said = "45d", "Är den nyaste raden äldre än så sägs siffrorna vara inaktuella."
	}
	return sourceHead{"table", fmt.Sprintf("1h\n    # %s\n    content_max_age: %s", said, age), "Vilken kolumn som betyder vad. Till vänster det kommunpuls räknar på, till höger er rubrik."}
}

// sourceBlock is the text of one source.
func sourceBlock(name string, head sourceHead, settings json.RawMessage) (string, error) {
	m, err := ordered(settings)
	if err != nil {
		return "", fmt.Errorf("source %s: %w", name, err)
	}
	body, err := render(m, 6)
	if err != nil {
		return "", fmt.Errorf("source %s: %w", name, err)
	}
	return fmt.Sprintf("  - name: %s\n    type: %s\n    every: %s\n    # %s\n    settings:\n%s", name, head.typ, head.every, head.settings, body), nil
}

// source is one source as it stands in a configuration.
type source struct {
	Name     string         `yaml:"name"`
	Type     string         `yaml:"type"`
	Settings map[string]any `yaml:"settings"`
}

// configText is a configuration that people edit: its text, and what it says.
type configText struct {
	text         string // lines end with \n
	crlf         bool   // the file itself has Windows line ends
	municipality string
	decisions    []string
	sources      []source
}

func parseConfig(text string) (configText, error) {
	crlf := strings.Contains(text, "\r\n")
	text = strings.ReplaceAll(text, "\r\n", "\n") // positions are counted in lines
	var c struct {
		Municipality string   `yaml:"municipality"`
		Decisions    []string `yaml:"decisions"`
		Sources      []source `yaml:"sources"`
	}
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		return configText{}, fmt.Errorf("%w: %s: %s", ErrInput, ConfigName, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return configText{text: text, crlf: crlf, municipality: c.Municipality, decisions: c.Decisions, sources: c.Sources}, nil
}

// bytes are what the file should hold.
func (c configText) bytes(crlf bool) []byte {
	if crlf {
		return []byte(strings.ReplaceAll(c.text, "\n", "\r\n"))
	}
	return []byte(c.text)
}

// find finds the source of a list: by its file, a system's by its name.
func (c configText) find(l list) (source, bool) {
	if l.path != "" {
		return c.byFile(l.path)
	}
	for _, s := range c.sources {
		if s.Name == l.name && s.Type == l.block.typ {
			return s, true
		}
	}
	return source{}, false
}

// byFile finds the table source that reads a file.
func (c configText) byFile(file string) (source, bool) {
	for _, s := range c.sources {
		if f, ok := s.Settings["file"].(string); ok && s.Type == "table" && f == file {
			return s, true
		}
	}
	return source{}, false
}

// freeName makes a source's name of its file's: "Systemlista 2026.xlsx" is
// systemlista-2026.
func (c configText) freeName(file string) string {
	base := file[strings.LastIndex(file, "/")+1:]
	if i := strings.LastIndex(base, "."); i > 0 {
		base = base[:i]
	}
	name := decision.Slug(base)
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		name = strings.TrimSuffix("lista-"+name, "-")
	}
	name = strings.TrimSuffix(name[:min(len(name), 50)], "-")
	for i, try := 2, name; ; i++ {
		taken := false
		for _, s := range c.sources {
			taken = taken || s.Name == try
		}
		if !taken {
			return try
		}
		try = fmt.Sprintf("%s-%d", name, i)
	}
}

// addSource adds a source after the last one.
func (c configText) addSource(block string) (configText, error) {
	f, err := parser.ParseBytes([]byte(c.text), 0)
	if err != nil {
		return c, fmt.Errorf("%w: %s: %w", ErrInput, ConfigName, err)
	}
	lines := splitLines(c.text)
	for _, kv := range topLevel(f) {
		if kv.Key.String() != "sources" {
			continue
		}
		switch kv.Value.(type) {
		case *ast.SequenceNode:
			if seq := kv.Value.(*ast.SequenceNode); seq.IsFlowStyle && len(seq.Values) > 0 {
				return c, fmt.Errorf("%w: %s: skriv sources med en källa per rad, med - framför, så kan init lägga till", ErrInput, ConfigName)
			}
		}
		at := kv.Key.GetToken().Position.Line - 1
		if len(c.sources) == 0 {
			lines[at] = "sources:"
		} else if col := firstColumn(kv.Value); col > 0 && col != 3 {
			block = shift(block, col-3)
		}
		end := blockEnd(lines, at)
		lines = append(lines[:end:end], append(splitLines(block), lines[end:]...)...)
		return parseConfig(strings.Join(lines, "\n") + "\n")
	}
	return parseConfig(strings.TrimRight(c.text, "\n") + "\n\nsources:\n" + block)
}

func topLevel(f *ast.File) []*ast.MappingValueNode {
	if len(f.Docs) == 0 {
		return nil
	}
	return pairs(f.Docs[0].Body)
}

func pairs(n ast.Node) []*ast.MappingValueNode {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}
	}
	return nil
}

// firstColumn is the column of a block sequence's first dash.
func firstColumn(n ast.Node) int {
	seq, ok := n.(*ast.SequenceNode)
	if !ok || seq.Start == nil || seq.Start.Position == nil {
		return 0
	}
	return seq.Start.Position.Column
}
