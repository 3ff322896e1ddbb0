package http

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Settings are what every profile has, whatever else it asks for; see
// [profile.Reserved].
type Settings struct {
	// Profile is the id of a shipped profile, or the path of a profile file.
	Profile string `json:"profile" jsonschema:"required,description=A shipped profile such as rt; or the path of an own profile.yaml"`
	// Streams are those that are read; none is all.
	Streams []string `json:"streams,omitempty" jsonschema:"description=The lists that are read; all by default"`
	// Fields are the municipality's own expressions, by stream and field.
	Fields map[string]map[string]profile.Field `json:"fields,omitempty" jsonschema:"description=Own expressions by list and field: where this municipality keeps the org unit"`
	// Values are the municipality's own translations, by stream and field.
	Values map[string]map[string]map[string]string `json:"values,omitempty" jsonschema:"description=Own translations by list and field: what this municipality calls its statuses"`
	// Skip are expressions by stream: items for which they are true are not read.
	Skip           map[string]string `json:"skip,omitempty" jsonschema:"description=By list: items for which the expression is true are not read"`
	NullMarkers    []string          `json:"null_markers,omitempty" jsonschema:"description=Further words that mean that nothing is filled in"`
	Titles         []string          `json:"titles,omitempty" jsonschema:"description=Further words that make the holder of a role a title and not a person"`
	Timezone       string            `json:"timezone,omitempty" jsonschema:"description=Of times without an offset; by default what the profile says"`
	FullEvery      profile.Duration  `json:"full_every,omitempty" jsonschema:"description=How often everything is read to find what was deleted"`
	PageSize       int               `json:"page_size,omitempty" jsonschema:"description=Rows asked for in a page"`
	Timeout        profile.Duration  `json:"timeout,omitempty" jsonschema:"description=Of one request; 60s by default"`
	CAFile         string            `json:"ca_file,omitempty" jsonschema:"description=PEM file with the certificates of the own CA"`
	AllowPlainHTTP bool              `json:"allow_plain_http,omitempty" jsonschema:"description=Lets a server be read without encryption"`
}

// given are the settings as they were written: those of every profile, and the
// profile's own by name.
type given struct {
	Settings
	own map[string]any
}

// decode reads settings strictly, apart from the profile's own, which are
// checked when the profile is known.
func decode(b []byte) (given, error) {
	var all map[string]json.RawMessage
	if err := strict(b, &all); err != nil {
		return given{}, err
	}
	g := given{own: make(map[string]any)}
	common := make(map[string]json.RawMessage)
	for k, v := range all {
		if slices.Contains(profile.Reserved(), k) {
			common[k] = v
			continue
		}
		var own any
		if err := json.Unmarshal(v, &own); err != nil {
			return given{}, err
		}
		g.own[k] = own
	}
	b, err := json.Marshal(common)
	if err != nil {
		return given{}, err
	}
	return g, strict(b, &g.Settings)
}

func strict(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("något följer efter inställningarna")
	}
	return nil
}

// isFile tells the path of a profile from the id of a shipped one.
func isFile(name string) bool { return strings.ContainsAny(name, `/\.`) }

// load finds the profile that the settings name. Files are opened only when
// something is to be collected.
func (g *given) load(baseDir string) (*profile.Profile, []byte, error) {
	if !isFile(g.Profile) {
		text, err := profiles.Read(g.Profile)
		if err != nil {
			return nil, nil, err
		}
		p, err := profiles.Get(g.Profile)
		return p, text, err
	}
	return profile.Load(inDir(baseDir, g.Profile))
}

// inDir resolves a file's name against a folder.
func inDir(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// problems gathers faults in settings.
type problems []sdk.Problem

func (ps *problems) add(field, format string, args ...any) {
	text := []rune(fmt.Sprintf(format, args...))
	out := strings.ToUpper(string(text[:1])) + string(text[1:])
	if !strings.HasSuffix(out, ".") {
		out += "."
	}
	*ps = append(*ps, sdk.Problem{Field: field, Message: out})
}

// resolve checks the profile's own settings and fills in defaults and nulls:
// the value of $settings.
func (g *given) resolve(p *profile.Profile, ps *problems) map[string]any {
	out := make(map[string]any, len(p.Settings))
	for _, s := range p.Settings {
		v, ok := g.own[s.Name]
		switch {
		case ok && v != nil && v != "":
			checked, err := s.Value(v)
			if err != nil {
				ps.add(s.Name, "%v", err)
			}
			out[s.Name] = checked
		case s.Default != nil:
			checked, err := s.Value(s.Default)
			if err != nil {
				ps.add(s.Name, "%v", err)
			}
			out[s.Name] = checked
		default:
			out[s.Name] = nil
			if s.Required {
				ps.add(s.Name, "måste anges: %s", s.Text.SV)
			}
		}
	}
	names := slices.Clone(profile.Reserved())
	for _, s := range p.Settings {
		names = append(names, s.Name)
	}
	for _, k := range sortedKeys(g.own) {
		if _, ok := p.Setting(k); ok {
			continue
		}
		text := "profilen " + p.ID + " har ingen inställning som heter " + k
		if near := closest.Name(k, names); near != "" {
			text += "; menades " + near + "?"
		}
		ps.add(k, "%s", text)
	}
	return out
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
