package exchange_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	file "github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/plugins/exchange"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

func now() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func TestConformance(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "goda"), "a.json", municipality("9991", "Exempelköping", 0.4))
	write(t, filepath.Join(dir, "goda"), "b.json", municipality("9992", "Testtorp", 0.5))
	cut := write(t, filepath.Join(dir, "trasiga"), "a.json", municipality("9991", "Exempelköping", 0.4))
	if err := os.Truncate(cut, 200); err != nil {
		t.Fatal(err)
	}
	sdktest.Run(t, sdktest.Case{
		New:        func() sdk.Source { return exchange.Source{} },
		BaseDir:    dir,
		Settings:   json.RawMessage(`{"files":["goda"],"own":"9990","group":"Länet"}`),
		Broken:     json.RawMessage(`{"files":["trasiga"],"own":"9990","group":"Länet"}`),
		BrokenIs:   sdk.ErrBadInput,
		MinRecords: 4,
		Opening: func(path string) json.RawMessage {
			return json.RawMessage(fmt.Sprintf(`{"files":[%q],"own":"9990","group":"Länet"}`, path))
		},
		Now: now(),
	})
}

// municipality is a file's content with one figure and the inhabitants.
func municipality(code, name string, share float64) file.Content {
	n, d := share*200, 200.0
	return file.Content{
		Municipality: file.Municipality{Code: code, Name: name, Inhabitants: 40_000},
		Made:         now().Add(-time.Hour), Program: "test",
		Figures: []file.Figure{{KPI: "system_owner_coverage", Method: "1-0123456789abcdef", Unit: "share", AsOf: now().AddDate(0, -1, 0), Value: share, Numerator: &n, Denominator: &d}},
	}
}

func write(t *testing.T, dir, name string, c file.Content) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Write(f, c); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
