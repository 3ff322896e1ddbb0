package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func persons() []test {
	return []test{
		{"A person is found by anything it answers or has answered to, once however many directories see it", personFound},
		{"A name that two share finds both and says so", personShared},
		{"A person who only holds roles is found, and one that nothing is held of is not", personWithoutAccount},
		{"All that is held of a person is given, with what was before", personRows},
	}
}

// holding is a system with roles, each written "role:person".
func holding(t *testing.T, id, name string, roles ...string) record.Record {
	t.Helper()
	r := system(t, id, name)
	schema, _ := record.Lookup(record.System)
	i := schema.Child("role")
	r.Children[i] = []record.Row{}
	for _, role := range roles {
		what, who, _ := strings.Cut(role, ":")
		row := make(record.Row, len(schema.Children[i].Fields))
		row[0], row[1], row[2] = record.Value{State: record.Set, S: what}, record.Value{State: record.Set, S: "person"}, record.Value{State: record.Set, S: who}
		r.Children[i] = append(r.Children[i], row)
	}
	return r
}

func with(t *testing.T, s store.Store, pseudonyms ...string) []store.Person {
	t.Helper()
	ps, err := s.PersonsWith(t.Context(), pseudonyms)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func personFound(t *testing.T, s store.Store) {
	localDirectory(t).must(t, s)
	cloudDirectory(t).must(t, s)
	full("ad", tuesday, record.Account, keyed(t, "a1", []string{"log:anna-new", "upn:anna-upn", "nam:anna-name"}), keyed(t, "a2", []string{"log:bo"})).must(t, s)
	for _, by := range []string{"anna", "anna-new", "anna-upn", "anna-mail", "anna-name", "a1", "e1"} {
		got := with(t, s, "nobody", by)
		if len(got) != 1 || strings.Join(got[0].Accounts, " ") != "ad:a1 entra:e1" {
			t.Errorf("by %s: %+v", by, got)
			continue
		}
		all := got[0].Pseudonyms()
		for _, want := range []string{"a1", "e1", "anna", "anna-new", "anna-upn", "anna-mail", "anna-name"} {
			if !slices.Contains(all, want) {
				t.Errorf("by %s: %s is not among %v", by, want, all)
			}
		}
	}
}

func personShared(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, keyed(t, "a1", []string{"log:anna1", "nam:anna"}), keyed(t, "a2", []string{"log:anna2", "nam:anna"})).must(t, s)
	if got := with(t, s, "anna"); len(got) != 2 {
		t.Fatalf("got %+v", got)
	}
	one := with(t, s, "anna1")
	if len(one) != 1 {
		t.Fatalf("got %+v", one)
	}
	for _, k := range one[0].Keys {
		if want := int64(0); k.Of == "name" && k.Others != 1 || k.Of != "name" && k.Others != want {
			t.Errorf("%+v", k)
		}
	}
}

func personWithoutAccount(t *testing.T, s store.Store) {
	full("lista", monday, record.System, holding(t, "x", "X", "owner:cia")).must(t, s)
	full("lista", tuesday, record.System, holding(t, "x", "X", "owner:dag")).must(t, s)
	got := with(t, s, "cia")
	if len(got) != 1 || len(got[0].Accounts) != 0 || len(got[0].Keys) != 1 || got[0].Keys[0].Of != "role" {
		t.Fatalf("got %+v", got)
	}
	rows, err := s.PersonRows(t.Context(), got[0])
	if err != nil || len(rows) != 1 || rows[0].Present || rows[0].Title != "X" || !rows[0].To.Equal(tuesday) {
		t.Errorf("got %+v %v", rows, err)
	}
	if none := with(t, s, "nobody"); len(none) != 0 {
		t.Errorf("got %+v", none)
	}
	if none := with(t, s); len(none) != 0 {
		t.Errorf("got %+v", none)
	}
}

func personRows(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, keyed(t, "a1", []string{"log:anna"}, "enabled", true, "org_unit", "Skola"), keyed(t, "a2", []string{"log:bo"})).must(t, s)
	full("ad", tuesday, record.Account, keyed(t, "a1", []string{"log:anna"}, "enabled", false, "org_unit", "Skola"), keyed(t, "a2", []string{"log:bo"})).must(t, s)
	full("lista", wednesday, record.System, holding(t, "x", "X", "owner:anna", "manager:bo")).must(t, s)
	rows, err := s.PersonRows(t.Context(), with(t, s, "anna")[0])
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		line := string(r.Kind) + " " + r.List + " " + r.Record
		if !r.Present {
			line += " until " + r.To.Weekday().String()
		}
		for _, f := range r.Fields {
			if f.Field.Name == "enabled" || f.Field.Name == "role" || f.Field.Name == "org_unit" {
				line += " " + f.Field.Name
			}
		}
		got = append(got, line)
	}
	want := []string{"account  ad:a1 until Tuesday org_unit enabled", "account  ad:a1 org_unit enabled", "account key ad:a1", "system role lista:x role"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
