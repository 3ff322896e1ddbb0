package http_test

import (
	"encoding/json"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

func asJSON(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConformance(t *testing.T) {
	tr := newTracker(t, 250)
	sdktest.Run(t, sdktest.Case{
		New:        func() sdk.Source { return http.Source{} },
		Settings:   asJSON(t, tr.settings()),
		Broken:     asJSON(t, with(tr.settings(), "token", "en annan")),
		BrokenIs:   sdk.ErrUnreachable,
		MinRecords: 250,
		Clear:      []string{"Anna Svensson", "hemlig-token", "byta lösenord"},
		Connecting: func(addr string) json.RawMessage { return asJSON(t, with(tr.settings(), "url", "http://"+addr)) },
		Opening:    func(path string) json.RawMessage { return asJSON(t, with(tr.settings(), "ca_file", path)) },
		Now:        now,
	})
}

func TestConformanceOfAnOwnProfileWithPersons(t *testing.T) {
	d, broken := newDirectory(), newDirectory()
	broken.refuse["/users"] = true
	settings := func(d *directory) json.RawMessage { return asJSON(t, d.ask(t).settings) }
	sdktest.Run(t, sdktest.Case{
		New: func() sdk.Source { return http.Source{} }, BaseDir: ".",
		Settings: settings(d), Broken: settings(broken), BrokenIs: sdk.ErrUnreachable, MinRecords: 6,
		Clear: []string{"Anna Svensson", "anna01", "anna04", "anna.svensson@kommun.test"},
		Now:   now,
	})
}
