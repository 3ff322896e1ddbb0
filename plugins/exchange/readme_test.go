package exchange_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/exchange"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestTheSampleInTheReadmeIsValid(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sample, _ := strings.Cut(string(text), "```yaml\n")
	sample, _, _ = strings.Cut(sample, "```")
	var c struct {
		Sources []struct{ Settings map[string]any }
	}
	if err := yaml.Unmarshal([]byte(sample), &c); err != nil || len(c.Sources) != 1 {
		t.Fatal(err, len(c.Sources))
	}
	js, err := json.Marshal(c.Sources[0].Settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range (exchange.Source{}).Validate(t.Context(), sdk.Settings{JSON: js, BaseDir: t.TempDir()}) {
		t.Error(p)
	}
}
