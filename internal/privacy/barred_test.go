package privacy

import (
	"bytes"
	"context"
	"maps"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Who was erased stays out when the key is changed, and by the new key alone
// when the former is gone.
func TestWhoWasErasedStaysOutWhenTheKeyIsChanged(t *testing.T) {
	was, is := bytes.Repeat([]byte("a"), 32), bytes.Repeat([]byte("b"), 32)
	both, err := sdk.Settings{PseudonymKey: is, KeyID: "k2", PreviousPseudonymKey: was, PreviousKeyID: "k1"}.Pseudonymiser()
	if err != nil {
		t.Fatal(err)
	}
	now, before, _ := sdk.Twin(both.Of("anna"))
	kept := map[string]string{Mark(was, before): "nobody"}
	k := &Barred{Key: is, Former: was, Marks: kept, Keep: func(_ context.Context, fresh map[string]string) error {
		maps.Copy(kept, fresh)
		return nil
	}}
	if instead, out := k.Instead(both.Of("anna")); !out || instead != "nobody" {
		t.Errorf("who was erased comes in: %q %v", instead, out)
	}
	if _, out := k.Instead(both.Of("bo")); out {
		t.Error("somebody else is kept out")
	}
	if err := k.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := &Barred{Key: is, Marks: kept}
	if instead, out := later.Instead(now); !out || instead != "nobody" {
		t.Errorf("who was erased comes in by the new key: %q %v", instead, out)
	}
	if err := later.Settle(t.Context()); err != nil {
		t.Errorf("nothing to keep: %v", err)
	}
}
