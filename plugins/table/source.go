// Package table is the source that reads spreadsheets: CSV, TSV and XLSX as
// municipalities keep them. One file or several, one kind of record; the
// settings say which column fills which field.
package table

import (
	"context"
	_ "embed"
	"encoding/json"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Name is what the config calls the source.
const Name = "table"

//go:embed schema.json
var schemaJSON []byte

// Source is the table source. The zero value is ready.
type Source struct{}

var _ sdk.Source = Source{}

// Describe implements [sdk.Source].
func (Source) Describe() sdk.Description {
	d := sdk.Description{
		Name: Name, Version: "1.0.0", ConfigSchema: json.RawMessage(schemaJSON),
		PrivacyNote: "Läser de kolumner som inställningarna pekar ut och inga andra. Namn, e-post och inloggningar i " +
			"kolumner för roller och konton görs till pseudonymer innan de lämnar läsaren; rolltitlar sparas bara som " +
			"”titel”. Fritext i ärenden läses inte. Rader om elever läses inte.",
	}
	d.Kinds, d.Allowed = record.Everything()
	return d
}

// Validate implements [sdk.Source].
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	_, problems := newPlan(s)
	return problems
}

// Watch implements [sdk.Source]: a table is read when it has changed.
func (Source) Watch(context.Context, sdk.WatchRequest, sdk.WatchSink) error {
	return sdk.ErrNotSupported
}
