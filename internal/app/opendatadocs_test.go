package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/exchange"
)

// What the pages on open data and comparison tell people to write is taken.
func TestTheSettingsInTheDocsAreTaken(t *testing.T) {
	tried := 0
	for _, page := range []string{"oppna-data.md", "jamforelse.md"} {
		text, err := os.ReadFile(filepath.Join("../../docs", page))
		must(t, err)
		for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			if strings.HasPrefix(block, " ") {
				continue // part of the block before
			}
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, "key"), []byte(pepper), 0o600))
			must(t, os.WriteFile(filepath.Join(dir, "k.yaml"), []byte("municipality: X\npseudonym_key: ${file:key}\n"+block), 0o600))
			if _, err := Prepare(filepath.Join(dir, "k.yaml"), time.Now()); err != nil {
				t.Errorf("%s: %v\n%s", page, err, block)
			}
			tried++
		}
	}
	if tried != 3 {
		t.Errorf("%d blocks", tried)
	}
}

func TestTheSchemaOfTheExchangeFileInTheDocsIsThatOfTheProgram(t *testing.T) {
	b, err := os.ReadFile("../../docs/schema/exchange.schema.json")
	must(t, err)
	if !bytes.Equal(b, exchange.Schema()) {
		t.Error("docs/schema/exchange.schema.json has drifted; it is a copy of internal/exchange/schema.json")
	}
}
