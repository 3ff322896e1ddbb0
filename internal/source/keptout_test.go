package source

import (
	"context"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

type barred map[string]string

func (b barred) Instead(p string) (string, bool) { i, out := b[p]; return i, out }
func (barred) Settle(context.Context) error      { return nil }

// person is a pseudonym that ends in a digit of its own.
func person(n string) string { return "k1-0000000000000000000000000000000" + n }

func account(id string, keys ...string) record.Record {
	r := record.New(record.Account, id)
	schema, _ := record.Lookup(record.Account)
	i := schema.Child("key")
	for k := 0; k < len(keys); k += 2 {
		r.Children[i] = append(r.Children[i], record.Row{{State: record.Set, S: keys[k+1]}, {State: record.Set, S: keys[k]}})
	}
	return r
}

func TestWhoIsKeptOutIsDroppedAsAnAccountAndReplacedAsAHolder(t *testing.T) {
	kinds, fields := record.Everything()
	f := newFilter(sdk.Description{Kinds: kinds, Allowed: fields}, Limits{}, false)
	f.kept = barred{person("1"): person("9"), person("2"): person("9")}
	system := record.New(record.System, "x")
	schema, _ := record.Lookup(record.System)
	roles := schema.Child("role")
	for _, who := range []string{"1", "5"} {
		row := make(record.Row, len(schema.Children[roles].Fields))
		row[2] = record.Value{State: record.Set, S: person(who)}
		system.Children[roles] = append(system.Children[roles], row)
	}
	kept, err := f.records([]record.Record{
		account(person("1"), "login", person("5")),
		account(person("6"), "login", person("2")),
		account(person("7"), "name", person("2")), // a name may be another's
		system,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != 2 || kept[0].ID != person("7") || f.erased != 2 {
		t.Fatalf("%d kept, %d erased", len(kept), f.erased)
	}
	if got := kept[1].Children[roles]; got[0][2].S != person("9") || got[1][2].S != person("5") {
		t.Errorf("%+v", got)
	}
	if kept[0].Children[0][0][0].S != person("2") {
		t.Errorf("the key of another's account was changed: %+v", kept[0].Children)
	}
}
