// Package prometheus is the source that asks a Prometheus that is already
// there: PromQL, now or over time, into observations. Anything that answers
// Prometheus' HTTP API will do (Thanos, Mimir, VictoriaMetrics).
package prometheus

import (
	"context"
	_ "embed"
	"encoding/json"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Name is what the config calls the source.
const Name = "prometheus"

//go:embed schema.json
var schemaJSON []byte

// Source is the Prometheus source. The zero value is ready.
type Source struct{}

var _ sdk.Source = Source{}

// Describe implements [sdk.Source].
func (Source) Describe() sdk.Description {
	schema, _ := record.Lookup(record.Observation)
	var names []string
	for _, f := range schema.Fields {
		names = append(names, f.Name)
	}
	return sdk.Description{
		Name: Name, Version: "1.0.0", ConfigSchema: json.RawMessage(schemaJSON),
		Kinds: []record.Kind{record.Observation}, Allowed: map[record.Kind][]string{record.Observation: names},
		PrivacyNote: "Läser mätvärden och de etiketter (labels) som inställningarna pekar ut, och inga andra. " +
			"Peka inte ut etiketter som kan innehålla personers namn eller inloggningar.",
	}
}

// Validate implements [sdk.Source].
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	_, problems := newPlan(s)
	return problems
}

// Watch implements [sdk.Source]: a Prometheus is asked, it does not tell.
func (Source) Watch(context.Context, sdk.WatchRequest, sdk.WatchSink) error {
	return sdk.ErrNotSupported
}
