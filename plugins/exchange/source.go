// Package exchange is the source that reads the files which other municipalities'
// kommunpuls have written: their figures, to compare with. They come in as
// benchmarks and feed no figure of one's own.
package exchange

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Name is what the config calls the source.
const Name = "exchange"

//go:embed schema.json
var schemaJSON []byte

// Settings say which files are read.
type Settings struct {
	// Files are files, patterns or folders, relative to the config's folder; of a
	// folder every *.json is read.
	Files []string `json:"files"`
	// Own is the own municipality's code: its file may lie among the others.
	Own   string `json:"own"`
	Group string `json:"group"`
	// Demo reads made-up figures too.
	Demo bool `json:"demo,omitempty"`
}

// Source is the source of exchange files. The zero value is ready.
type Source struct{}

var _ sdk.Source = Source{}

func fields() []string {
	return []string{"kind", "metric", "value", "unit", "subject", "samples", "ok", "started_at", "comparison_group", "external_source", "method", "period"}
}

// Describe implements [sdk.Source].
func (Source) Describe() sdk.Description {
	return sdk.Description{
		Name: Name, Version: "1.0.0", ConfigSchema: json.RawMessage(schemaJSON),
		Kinds:       []record.Kind{record.Observation},
		Allowed:     map[record.Kind][]string{record.Observation: fields()},
		PrivacyNote: "Läser andra kommuners siffror ur filer som de har lämnat: kommunens namn och kod, mått, värde, antal och dag. Inget om personer finns i filerna.",
	}
}

// Validate implements [sdk.Source].
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	_, ps := parse(s)
	return ps
}

var codeRE = regexp.MustCompile(`^[0-9]{4}$`)

func parse(s sdk.Settings) (set Settings, ps []sdk.Problem) {
	dec := json.NewDecoder(bytes.NewReader(s.JSON))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&set); err != nil {
		return set, []sdk.Problem{{Message: "Inställningarna går inte att tolka: " + err.Error() + "."}}
	}
	if len(set.Files) == 0 {
		ps = append(ps, sdk.Problem{Field: "files", Message: "Ange vilka filer eller mappar som ska läsas, till exempel [andra-kommuner]."})
	}
	for i, f := range set.Files {
		if _, err := filepath.Match(f, "x"); err != nil || strings.TrimSpace(f) == "" {
			ps = append(ps, sdk.Problem{Field: fmt.Sprintf("files[%d]", i), Message: fmt.Sprintf("Namnet %q går inte att tolka.", f)})
		}
	}
	if !codeRE.MatchString(set.Own) {
		ps = append(ps, sdk.Problem{Field: "own", Message: "Ange den egna kommunens kod, fyra siffror."})
	}
	if strings.TrimSpace(set.Group) == "" {
		ps = append(ps, sdk.Problem{Field: "group", Message: "Ange vad gruppen av kommuner kallas."})
	}
	return set, ps
}

// Watch implements [sdk.Source]: files are read when there are new ones.
func (Source) Watch(context.Context, sdk.WatchRequest, sdk.WatchSink) error {
	return sdk.ErrNotSupported
}
