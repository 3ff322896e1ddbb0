package pingcastle_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/pingcastle"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestTheSampleInTheReadmeIsValid(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := strings.Split(string(text), "```yaml\n")[1:]
	if len(samples) == 0 {
		t.Fatal("no sample")
	}
	for _, s := range samples {
		s, _, _ = strings.Cut(s, "```")
		var c struct {
			Sources []struct {
				Type     string
				Settings map[string]any
			}
		}
		if err := yaml.Unmarshal([]byte(s), &c); err != nil {
			t.Fatal(err)
		}
		for _, src := range c.Sources {
			js, err := json.Marshal(src.Settings)
			if err != nil {
				t.Fatal(err)
			}
			if src.Type != pingcastle.Name {
				t.Errorf("type %s", src.Type)
			}
			for _, p := range (pingcastle.Source{}).Validate(t.Context(), sdk.Settings{JSON: js, BaseDir: t.TempDir()}) {
				t.Error(p)
			}
		}
	}
}
