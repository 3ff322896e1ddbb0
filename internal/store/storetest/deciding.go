package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

func deciding() []test {
	return []test{
		{"Decisions that come, change and go are logged, each field once", decisionsLogged},
		{"Two decisions of one key are refused and nothing is noted", decidedTwice},
	}
}

func decisionsLogged(t *testing.T, s store.Store) {
	waiver := store.Decided{Section: "waivers", Key: "sso", Fields: map[string]string{"expires": "2027-06-30", "by": "Kommunstyrelsen"}, Decision: "KS § 62", By: "Kommunstyrelsen", Why: "Byts ut", File: "beslut.yaml"}
	target := store.Decided{Section: "targets", Key: "sso", Fields: map[string]string{"value": "0.9"}, Decision: "KS § 1"}
	note := func(at time.Time, ds ...store.Decided) []store.DecisionChange {
		t.Helper()
		got, err := s.NoteDecisions(t.Context(), ds, at)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := note(monday, waiver, target); len(got) != 3 {
		t.Errorf("at first: %+v", got)
	}
	if got := note(tuesday, target, waiver); got != nil {
		t.Errorf("the same in another order: %+v", got)
	}
	longer := waiver
	longer.Fields, longer.Decision = map[string]string{"expires": "2028-06-30", "by": "Kommunstyrelsen", "instead": "Manuell rutin"}, "KS § 70"
	want := []store.DecisionChange{
		{At: wednesday, Section: "waivers", Key: "sso", Field: "expires", Was: "2027-06-30", Became: "2028-06-30", Decision: "KS § 70", By: "Kommunstyrelsen", Why: "Byts ut", File: "beslut.yaml"},
		{At: wednesday, Section: "waivers", Key: "sso", Field: "instead", Became: "Manuell rutin", Decision: "KS § 70", By: "Kommunstyrelsen", Why: "Byts ut", File: "beslut.yaml"},
		{At: wednesday, Section: "targets", Key: "sso", Field: "value", Was: "0.9", Decision: "KS § 1"},
	}
	if got := note(wednesday, longer); !reflect.DeepEqual(got, want) {
		t.Errorf("changed and gone: %+v", got)
	}
	got, err := s.DecisionLog(t.Context(), tuesday)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the log: %+v, %v", got, err)
	}
	if got, err = s.DecisionLog(t.Context(), time.Time{}); err != nil || len(got) != 6 {
		t.Errorf("the whole log: %+v, %v", got, err)
	}
}

func decidedTwice(t *testing.T, s store.Store) {
	d := store.Decided{Section: "off", Key: "sso", Fields: map[string]string{"reason": "x"}}
	if _, err := s.NoteDecisions(t.Context(), []store.Decided{d, d}, monday); err == nil {
		t.Error("no error")
	}
	if got, err := s.DecisionLog(t.Context(), time.Time{}); err != nil || got != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
