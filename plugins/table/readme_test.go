package table_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/table"
)

func TestEverySampleInTheReadmeIsValid(t *testing.T) {
	for _, path := range []string{"README.md", "../../docs/kallor-tabell.md"} {
		text, err := os.ReadFile(path) //nolint:gosec // one of two
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
			for _, p := range (table.Source{}).Validate(context.Background(), request(t, t.TempDir(), string(js)).Settings) {
				t.Errorf("%s: %s: %s\n%s", path, p.Field, p.Message, s)
			}
		}
	}
}
