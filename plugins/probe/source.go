// Package probe is the source that measures: it asks thousands of targets at
// regular times whether they answer, on the prober of blackbox_exporter (ICMP,
// TCP, HTTP, DNS, TLS) and on gosnmp (the state of an interface). It reports
// facts; what is a disruption is judged by the daemon.
package probe

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Name is what the config calls the source.
const Name = "probe"

//go:embed schema.json
var schemaJSON []byte

// Source is the probe source. The zero value is ready.
type Source struct{}

var _ sdk.Source = Source{}

// Describe implements [sdk.Source].
func (Source) Describe() sdk.Description {
	return sdk.Description{
		Name: Name, Version: "1.0.0", ConfigSchema: json.RawMessage(schemaJSON), CanWatch: true,
		Kinds:   []record.Kind{record.Observation},
		Allowed: mapped(),
		PrivacyNote: "Mäter om platser och tjänster svarar. Läser inga personuppgifter: av ett webbsvar sparas bara om det " +
			"var rätt, aldrig innehållet, och inget om vem som använder nätet.",
	}
}

func mapped() map[record.Kind][]string {
	return map[record.Kind][]string{record.Observation: watchlist.Fields()}
}

// Validate implements [sdk.Source]. The file of targets is checked when it is read.
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	_, err := watchlist.Parse(s.JSON)
	if err == nil {
		return nil
	}
	var faults watchlist.Faults
	if !errors.As(err, &faults) {
		return []sdk.Problem{{Field: "settings", Message: err.Error()}}
	}
	var out []sdk.Problem
	for _, f := range faults {
		out = append(out, sdk.Problem{Field: f.Location(), Message: f.Message})
	}
	return out
}
