package column_test

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestWhatACellHoldsIsNeverQuoted(t *testing.T) {
	for _, name := range []string{"Zetterkvist", "planterad zetterkvist", "plzett01"} {
		_, _, no := fill(t, record.Asset, nil, column.Options{}, map[string]any{"kind": name, "managed": name})
		if len(no) == 0 {
			t.Fatalf("%q was taken for a value", name)
		}
		for _, r := range no {
			if strings.Contains(r.Text, name) {
				t.Errorf("%q stands in %q", name, r.Text)
			}
		}
	}
}
