package sdktest

import (
	"context"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
)

// What the suite's pseudonyms are made with before the key is changed.
const (
	previousKey   = "sdktest-previous-key"
	previousKeyID = "before"
)

// twins collects all with both keys, as when the key is changed, and with each alone.
func (c Case) twins(t *testing.T) {
	w := c.connect(t)
	collect := func(r *conform.Recorder, keys func(*sdk.Settings)) *conform.Recorder {
		t.Helper()
		req := c.request(c.Settings)
		req.Full = true
		keys(&req.Settings)
		end, err := w.Collect(context.Background(), req, r)
		if r.End(end, err); err != nil {
			t.Fatal(err)
		}
		return r
	}
	both := w.recorder()
	both.PreviousKeyID = previousKeyID
	collect(both, func(s *sdk.Settings) { s.PreviousPseudonymKey, s.PreviousKeyID = []byte(previousKey), previousKeyID })
	now := collect(w.recorder(), func(*sdk.Settings) {})
	before := collect(conform.NewRecorder(w.Describe(), previousKeyID, w.clear), func(s *sdk.Settings) { s.PseudonymKey, s.KeyID = []byte(previousKey), previousKeyID })
	for _, f := range conform.Twins(both, now, before) {
		t.Error(f)
	}
	w.settle(t, both)
}
