package expr

import (
	"slices"
	"testing"
)

func TestPinned(t *testing.T) {
	for src, want := range map[string][]string{
		"kind = 'outage' AND planned = 0":                   {"outage"},
		"planned = 0 AND 'outage' = kind":                   {"outage"},
		"planned = 0 AND (kind IN ('outage', 'flap'))":      {"outage", "flap"},
		"kind = 'outage' OR planned = 0":                    nil,
		"kind <> 'outage'":                                  nil,
		"kind NOT IN ('outage')":                            nil,
		"NOT (kind = 'outage')":                             nil,
		"kind = metric":                                     nil,
		"planned = 1":                                       nil,
		"kind IN (SELECT o.kind FROM observation o)":        nil,
		"metric = 'outage' AND coalesce(kind, 'x') = 'a b'": nil,
	} {
		e, err := Check(src, scope(t, "observation"))
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := e.Pinned("kind"); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
}
