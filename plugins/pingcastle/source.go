// Package pingcastle is the source that reads the XML reports of PingCastle's
// health check of Active Directory: the score, its four parts and which rules
// were broken. Nothing that names an account, a computer or a group is read.
package pingcastle

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Name is what the config calls the source.
const Name = "pingcastle"

// Framework is the framework of the assessments that it makes.
const Framework = "pingcastle"

//go:embed schema.json
var schemaJSON []byte

// Settings say where the reports are.
type Settings struct {
	// File is a path or a glob, relative to the config's folder:
	// "pingcastle/ad_hc_*.xml".
	File string `json:"file"`
	// Timezone of the computer that ran PingCastle: its reports carry no
	// offset. Default Europe/Stockholm.
	Timezone string `json:"timezone,omitempty"`
}

// Source is the PingCastle source. The zero value is ready.
type Source struct{}

var _ sdk.Source = Source{}

// fields are those of the assessments.
func fields() []string {
	return []string{"framework", "framework_version", "area", "indicator", "subject", "assessed_at", "score", "scale_min", "scale_max"}
}

// Describe implements [sdk.Source].
func (Source) Describe() sdk.Description {
	return sdk.Description{
		Name: Name, Version: "1.0.0", ConfigSchema: json.RawMessage(schemaJSON),
		Kinds:   []record.Kind{record.Assessment},
		Allowed: map[record.Kind][]string{record.Assessment: fields()},
		PrivacyNote: "Läser domänens namn, rapportens datum och version, fem poängtal och vilka regler som gav poäng. Motiveringar och listor " +
			"med konton, datorer, grupper och regler för behörighet läses inte.",
	}
}

// Validate implements [sdk.Source].
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	_, _, ps := parse(s)
	return ps
}

// parse checks the settings and gives the pattern of the files and the zone.
func parse(s sdk.Settings) (pattern string, zone *time.Location, ps []sdk.Problem) {
	var set Settings
	dec := json.NewDecoder(bytes.NewReader(s.JSON))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&set); err != nil {
		return "", nil, []sdk.Problem{{Message: "Inställningarna går inte att tolka: " + err.Error() + "."}}
	}
	if set.File == "" {
		ps = append(ps, sdk.Problem{Field: "file", Message: "Ange vilka rapporter som ska läsas, till exempel pingcastle/ad_hc_*.xml."})
	} else if _, err := filepath.Match(set.File, "x"); err != nil {
		ps = append(ps, sdk.Problem{Field: "file", Message: fmt.Sprintf("Mönstret %q går inte att tolka.", set.File)})
	}
	if pattern = set.File; !filepath.IsAbs(pattern) {
		pattern = filepath.Join(s.BaseDir, pattern)
	}
	name := set.Timezone
	if name == "" {
		name = "Europe/Stockholm"
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		ps = append(ps, sdk.Problem{Field: "timezone", Message: fmt.Sprintf("Tidszonen %q är okänd; skriv till exempel Europe/Stockholm eller UTC.", set.Timezone)})
	}
	return pattern, zone, ps
}

// Watch implements [sdk.Source]: a report is read when there is a new one.
func (Source) Watch(context.Context, sdk.WatchRequest, sdk.WatchSink) error {
	return sdk.ErrNotSupported
}
