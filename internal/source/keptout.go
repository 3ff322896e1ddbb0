package source

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// KeptOut knows the pseudonyms that have been erased and are to stay so.
type KeptOut interface {
	// Instead returns what stands in place of a pseudonym that is kept out, and
	// false for every other.
	Instead(pseudonym string) (string, bool)
	// Settle is called when a collection has been read and before it is applied:
	// what was learnt of a key that is being changed is to be kept.
	Settle(ctx context.Context) error
}

// keptOut asks for what is kept out from the collection that begins.
func (c *Collector) keptOut(ctx context.Context) (KeptOut, error) {
	if c.opt.KeptOut == nil {
		return nil, nil //nolint:nilnil // nobody is kept out
	}
	k, err := c.opt.KeptOut(ctx)
	if err != nil {
		return nil, fmt.Errorf("who is kept out: %w", err)
	}
	return k, nil
}

// erased is the warning for a record of a person who has been erased. It tells
// no place, for that could point at the person.
func erased() sdk.Warning {
	return sdk.Warning{Code: "kept_out", Reason: "En person som är raderad enligt beslut läses inte in igen.", Refused: true}
}

// keepOut tells whether a record is of a person that is kept out; in others it
// replaces the pseudonyms of such persons. An account is known by its id and by
// all that is its own; a name may be another's too.
func (f *filter) keepOut(r *record.Record, schema *record.Schema) bool {
	if f.kept == nil {
		return false
	}
	if schema.PersonBearing {
		if _, out := f.kept.Instead(r.ID); out {
			return true
		}
		i := schema.Child("key")
		if i < 0 || i >= len(r.Children) {
			return false
		}
		for _, row := range r.Children[i] {
			if len(row) < 2 || row[1].S == "name" {
				continue
			}
			if _, out := f.kept.Instead(row[0].S); out {
				return true
			}
		}
		return false
	}
	for i := range r.Values {
		f.replace(&r.Values[i], schema.Fields[i].Type)
	}
	for c := range r.Children {
		for _, row := range r.Children[c] {
			for i := range row {
				f.replace(&row[i], schema.Children[c].Fields[i].Type)
			}
		}
	}
	return false
}

func (f *filter) replace(v *record.Value, t record.Type) {
	if t != record.Pseudonym || v.State != record.Set {
		return
	}
	if instead, out := f.kept.Instead(v.S); out {
		v.S = instead
	}
}
