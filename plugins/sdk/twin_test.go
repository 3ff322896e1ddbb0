package sdk_test

import (
	"bytes"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestWhileTheKeyIsChangedEveryPseudonymComesWithTheOneBefore(t *testing.T) {
	was, is := bytes.Repeat([]byte("a"), 32), bytes.Repeat([]byte("b"), 32)
	one := func(s sdk.Settings) *sdk.Pseudonymiser {
		p, err := s.Pseudonymiser()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	before, now := one(sdk.Settings{PseudonymKey: was, KeyID: "k1"}), one(sdk.Settings{PseudonymKey: is, KeyID: "k2"})
	both := one(sdk.Settings{PseudonymKey: is, KeyID: "k2", PreviousPseudonymKey: was, PreviousKeyID: "k1"})
	for _, text := range []string{"Svensson, Anna", "anna.svensson@kommunen.se", ""} {
		got, old, ok := sdk.Twin(both.Of(text))
		if text == "" {
			if both.Of(text) != "" || ok {
				t.Errorf("nothing has the pseudonym %q", both.Of(text))
			}
			continue
		}
		if !ok || got != now.Of(text) || old != before.Of(text) {
			t.Errorf("%q: %q and %q, want %q and %q", text, got, old, now.Of(text), before.Of(text))
		}
	}
	for _, no := range []string{"", now.Of("x"), "~", now.Of("x") + "~", "~" + now.Of("x"), now.Of("x") + "~Anna", both.Of("x") + "~" + now.Of("x")} {
		if _, _, ok := sdk.Twin(no); ok {
			t.Errorf("%q is taken for a twin", no)
		}
	}
	if _, err := (sdk.Settings{PseudonymKey: is, KeyID: "k2", PreviousKeyID: "k1"}).Pseudonymiser(); err == nil {
		t.Error("a previous key of nothing is taken")
	}
}
