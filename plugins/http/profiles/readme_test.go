package profiles_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// The configuration that a README begins with is one that the source takes.
func TestTheFirstConfigurationOfAREADMEWorks(t *testing.T) {
	found := 0
	for _, id := range profiles.Names() {
		b, err := os.ReadFile(filepath.Join(id, "README.md"))
		if err != nil {
			continue // a profile may be in the making
		}
		found++
		t.Run(id, func(t *testing.T) {
			_, rest, ok := strings.Cut(string(b), "```yaml\n")
			text, _, closed := strings.Cut(rest, "```")
			if !ok || !closed {
				t.Fatal("there is no configuration")
			}
			var config struct {
				Sources []struct {
					Name, Type string
					Settings   map[string]any
				}
			}
			if err := yaml.Unmarshal([]byte(text), &config); err != nil || len(config.Sources) != 1 {
				t.Fatalf("%v: %s", err, text)
			}
			src := config.Sources[0]
			if src.Type != "http" || src.Settings["profile"] != id {
				t.Errorf("type %q, profile %v", src.Type, src.Settings["profile"])
			}
			settings, err := json.Marshal(src.Settings)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range (http.Source{}).Validate(t.Context(), sdk.Settings{Instance: src.Name, JSON: settings, PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1"}) {
				t.Errorf("%s: %s", p.Field, p.Message)
			}
		})
	}
	if found < 4 {
		t.Errorf("only %d READMEs", found)
	}
}
