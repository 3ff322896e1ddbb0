package snapshot

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

var update = flag.Bool("update", false, "rewrite generated files")

// described is a JSON file: what stands in it and what it is.
var described = map[string]struct {
	value any
	doc   string
}{
	aboutFile:       {About{}, "What a snapshot is of, which evidence belongs to it and which snapshot came before."},
	figuresFile:     {[]finding.Finding{}, "Every figure. Shares are 0-1, durations seconds, money SEK; null where there is no figure or it is suppressed."},
	definitionsFile: {[]Definition{}, "How each figure is defined, in words, with its secrecy and the sum of its whole definition."},
	sourcesFile:     {[]Source{}, "The sources when the snapshot was made: ages, counts of the last collection, fields, and rows that came, changed and went."},
	decisionsFile:   {Decisions{}, "What was decided: targets, accepted shortfalls and the like in force, and the log of every change."},
	populationsFile: {[]finding.Population{}, "The relations that figures follow from, and how each figure follows from its column."},
	configFile:      {map[string]any{}, "The configuration as it was, secrets by reference only."},
}

// schemaOf makes the schema of a file from the Go type that it is written from.
func schemaOf(t *testing.T, file string) []byte {
	t.Helper()
	// A later version may add fields, and this one still has to read its files.
	r := jsonschema.Reflector{DoNotReference: true, Anonymous: true, AllowAdditionalProperties: true}
	s := r.Reflect(described[file].value)
	s.Version, s.ID = jsonschema.Version, jsonschema.ID(strings.TrimPrefix(schemaName(file), schemaFolder))
	s.Title, s.Description = file, described[file].doc
	for _, f := range []*jsonschema.Schema{s, s.Items} {
		outcomes(f)
	}
	b, err := json.MarshalIndent(s, "", "  ")
	require.NoError(t, err)
	return append(b, '\n')
}

// outcomes lists the values of every "outcome".
func outcomes(s *jsonschema.Schema) {
	if s == nil || s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		if p.Key == "outcome" {
			for _, o := range finding.Outcomes() {
				p.Value.Enum = append(p.Value.Enum, string(o))
			}
		}
		outcomes(p.Value.Items)
	}
}

func TestTheSchemasAreThoseOfTheCode(t *testing.T) {
	for file := range described {
		want := schemaOf(t, file)
		if *update {
			require.NoError(t, os.WriteFile(schemaName(file), want, 0o644))
		}
		got, err := os.ReadFile(schemaName(file))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s has drifted from the code; run go test ./internal/expose/snapshot -update", schemaName(file))
	}
}

func TestEveryJSONFileOfASnapshotHasItsSchemaBesideItAndFollowsIt(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	seen := 0
	for _, path := range []string{w.Report.Path, w.Evidence.Path} {
		b, err := bag.Open(path, bag.DefaultLimits())
		require.NoError(t, err)
		for _, name := range b.Files() {
			if !strings.HasSuffix(name, ".json") || strings.HasPrefix(name, schemaFolder) {
				continue
			}
			require.Contains(t, b.Files(), schemaName(name))
			r, err := b.Read(name)
			require.NoError(t, err)
			require.Empty(t, schemaFaults(name, r))
			require.NoError(t, r.Close())
			seen++
		}
		require.NoError(t, b.Close())
	}
	require.Equal(t, len(described), seen)
}

func TestAJSONFileThatDoesNotFollowItsSchemaIsToldWithThePlace(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"a value of another type": {figuresFile, `[{"id": 7}]`, "/0"},
		"a text for a list":       {sourcesFile, `"ingen lista"`, "vid /"},
		"half a file":             {aboutFile, `{"name": "x"`, "är ingen hel JSON-fil"},
		"a field that is missing": {populationsFile, `[{"relation": "system"}]`, "columns"},
		"an unknown way to count": {populationsFile, `[{"relation": "system", "columns": [{"id": "a", "how": "gissa"}]}]`, "/0/columns/0/how"},
	} {
		t.Run(name, func(t *testing.T) {
			faults := schemaFaults(c.file, bytes.NewReader([]byte(c.text)))
			require.NotEmpty(t, faults)
			require.Equal(t, c.file, faults[0].What)
			require.Contains(t, faults[0].Why+faults[len(faults)-1].Why, c.want)
		})
	}
}
