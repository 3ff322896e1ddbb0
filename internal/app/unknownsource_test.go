package app

import (
	"errors"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/source"
)

func TestASourceThatIsNotThereIsToldWithTheNearestOne(t *testing.T) {
	cfg := &config.Config{Sources: []config.Source{{Name: "katalog"}, {Name: "systemlista"}}}
	for name, want := range map[string]string{
		"systemlist": "systemlist: källan finns inte i konfigurationen; menade du systemlista?",
		"qwxzåäö":    "qwxzåäö: källan finns inte i konfigurationen",
	} {
		if err := unknownSource(cfg, name); !errors.Is(err, source.ErrUnknownSource) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestNothingToChooseAmongIsSaid(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{{nil, "inget än"}, {[]string{"jour", "vakt"}, "jour, vakt"}} {
		if got := orNone(c.names); got != c.want {
			t.Errorf("%v: %q, want %q", c.names, got, c.want)
		}
	}
}
