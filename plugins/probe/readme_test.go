package probe_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/probe"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestEverySampleInTheReadmeIsValid(t *testing.T) {
	for _, path := range []string{"README.md", "../../docs/kallor-natet.md"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		samples := strings.Split(string(text), "```yaml\n")[1:]
		if len(samples) == 0 {
			t.Errorf("%s has no sample", path)
		}
		for _, s := range samples {
			s, _, _ = strings.Cut(s, "```")
			js, err := yaml.YAMLToJSON([]byte(s))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range (probe.Source{}).Validate(context.Background(), sdk.Settings{JSON: js}) {
				t.Errorf("%s: %s: %s\n%s", path, p.Field, p.Message, s)
			}
		}
	}
}
