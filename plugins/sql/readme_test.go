package sql_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/sql"
)

func TestEverySampleInTheReadmeIsValid(t *testing.T) {
	for _, path := range []string{"README.md", "../../docs/kallor-sql.md"} {
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
			req := settings{}.request(t, t.TempDir())
			req.Settings.JSON = js
			for _, p := range (sql.Source{}).Validate(context.Background(), req.Settings) {
				t.Errorf("%s: %s: %s\n%s", path, p.Field, p.Message, s)
			}
		}
	}
}
