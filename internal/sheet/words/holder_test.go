package words

import (
	"reflect"
	"testing"
)

func TestAPhoneNumberGoesAndALoginStays(t *testing.T) {
	for cell, want := range map[string][]string{
		"Anna Svensson 070-123 45 67":      {"Anna Svensson"},
		"Anna Svensson, tel 0501-12 34 56": {"Anna Svensson"},
		"u001096":                          {"u001096"},
		"u001096 / abc123456":              {"u001096", "abc123456"},
		"anna123456@kommun.test":           {"anna123456@kommun.test"},
	} {
		if got := SplitNames(cell, nil); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
}
