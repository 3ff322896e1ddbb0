package storetest

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func erasing() []test {
	return []test{
		{"An erased person is gone from what is and what was, and what pointed at it points at nobody", personErased},
		{"Marks of who is kept out are noted and forgotten", marksKept},
	}
}

func personErased(t *testing.T, s store.Store) {
	localDirectory(t).must(t, s)
	cloudDirectory(t).must(t, s)
	full("lista", monday, record.System, holding(t, "x", "X", "owner:anna"), holding(t, "y", "Y", "owner:bo")).must(t, s)
	full("lista", tuesday, record.System, holding(t, "x", "X", "owner:bo"), holding(t, "y", "Y", "owner:anna-upn")).must(t, s)
	const roles = "SELECT parent, person_ref FROM system_role ORDER BY 1"
	p := with(t, s, "anna")[0]
	done, err := s.Erase(t.Context(), p, store.Erasure{At: wednesday, Refs: p.Pseudonyms(), Instead: "raderad-1", Marks: []string{"m"}})
	if err != nil {
		t.Fatal(err)
	}
	if done.Removed["account_now"] != 2 || done.Replaced["system_role_now"] != 1 || done.Replaced["system_role_past"] != 1 {
		t.Errorf("%+v", done)
	}
	if again := with(t, s, p.Pseudonyms()...); len(again) != 0 {
		t.Errorf("still there: %+v", again)
	}
	want(t, s, now(), "system_role", roles, "x|bo y|raderad-1")
	want(t, s, at(monday), "system_role", roles, "x|raderad-1 y|bo")
	want(t, s, now(), "account", "SELECT id FROM account ORDER BY 1", "ad:a2 entra:e3")
	want(t, s, at(monday), "account", "SELECT id FROM account ORDER BY 1", "ad:a2 entra:e3")
	// Rows of others, and the merged relation made anew, stand.
	full("lista", thursday, record.System, holding(t, "x", "X", "owner:bo"), holding(t, "y", "Y2", "owner:raderad-1")).must(t, s)
	want(t, s, now(), "system_role", roles, "x|bo y|raderad-1")
}

func marksKept(t *testing.T, s store.Store) {
	if kept, err := s.KeptOut(t.Context()); err != nil || len(kept) != 0 {
		t.Fatalf("%v %v", kept, err)
	}
	for _, marks := range [][]string{{"a", "b"}, {"b", "c"}} {
		if _, err := s.Erase(t.Context(), store.Person{}, store.Erasure{At: monday, Instead: "raderad-" + marks[0], Marks: marks}); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := s.KeptOut(t.Context())
	if err != nil || len(kept) != 3 || kept["a"] != "raderad-a" || kept["b"] != "raderad-b" {
		t.Errorf("%v %v", kept, err)
	}
	if n, err := s.LetIn(t.Context(), []string{"a", "a", "d"}); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
	if kept, err = s.KeptOut(t.Context()); err != nil || len(kept) != 2 {
		t.Errorf("%v %v", kept, err)
	}
	if err := s.Compact(t.Context()); err != nil {
		t.Error(err)
	}
}
