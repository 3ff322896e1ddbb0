package pingcastle_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/pingcastle"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	sdktest.Run(t, sdktest.Case{
		New:        func() sdk.Source { return pingcastle.Source{} },
		BaseDir:    "testdata",
		Settings:   json.RawMessage(`{"file":"ad_hc_*.xml"}`),
		Broken:     json.RawMessage(`{"file":"avkortad.xml"}`),
		BrokenIs:   sdk.ErrBadInput,
		MinRecords: 9,
		Clear:      []string{"anna.svensson", "Anna Svensson", "Bo Berg", "bo.berg", "SRV-DC-01", "Domain Admins", "S-1-5-21"},
		Opening:    func(path string) json.RawMessage { return json.RawMessage(fmt.Sprintf(`{"file":%q}`, path)) },
		Now:        time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
	})
}
