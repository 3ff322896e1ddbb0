package source

import (
	"slices"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// numbered are the fields that hold a number of something else, and the kinds
// whose ids do: a number there may look like a personal one by chance.
var (
	numberedFields = []string{"ticket_no", "account_code", "reference", "decision_ref", "external_source"}
	namedKinds     = []record.Kind{record.OrgUnit, record.System, record.Service, record.Project, record.Control, record.Assessment}
)

// holdsNumber tells whether a text field holds a personal number.
func holdsNumber(f *record.Field, s string) bool {
	return len(s) >= 10 && (f.Type == record.Text || f.Type == record.Ref) && !slices.Contains(numberedFields, f.Name) && sdk.HoldsPersonalNumber(s)
}
