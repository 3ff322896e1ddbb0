package storetest

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func increments() []test {
	return []test{
		{"An increment that says nothing of a field keeps it, and one that blanks it clears it", incrementKeeps},
		{"An increment that says nothing new opens no version", incrementSame},
		{"An increment keeps a list that it says nothing of and empties one that it says is empty", incrementLists},
	}
}

// part is a collection of only what changed.
func part(c collection) collection {
	c.header.Full = false
	return c
}

func incrementKeeps(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "a", "Lön", "tier", "gold", "hosting", "own", "org_unit", "Skola")).must(t, s)
	part(full("lista", tuesday, record.System, set(t, record.New(record.System, "a"), "hosting", "saas", "tier", nil))).must(t, s)
	const q = "SELECT name, tier, hosting, org_unit_raw FROM system"
	want(t, s, now(), "system", q, "Lön|-|saas|Skola")
	want(t, s, at(monday), "system", q, "Lön|gold|own|Skola")
	full("lista", wednesday, record.System, set(t, record.New(record.System, "a"), "name", "Lön")).must(t, s)
	want(t, s, now(), "system", q, "Lön|-|-|-") // a full pass says all there is
}

func incrementSame(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, keyed(t, "a1", []string{"log:anna"}, "enabled", true, "last_login_at", monday)).must(t, s)
	c := part(full("ad", tuesday, record.Account, set(t, record.New(record.Account, "a1"), "enabled", true)))
	if n := c.must(t, s); n.Unchanged != 1 || n.Updated != 0 {
		t.Errorf("the same: %+v", n)
	}
	c.now, c.recs[0] = wednesday, set(t, c.recs[0], "last_login_at", wednesday)
	if n := c.must(t, s); n.Updated != 1 {
		t.Errorf("a newer sign-in: %+v", n)
	}
	want(t, s, now(), "account", "SELECT enabled, last_login_at, seen_at FROM account", "1|"+epochs(wednesday)+"|"+epochs(monday))
	c.now, c.recs[0] = thursday, set(t, c.recs[0], "enabled", false)
	c.must(t, s)
	want(t, s, now(), "account", "SELECT enabled, last_login_at, seen_at FROM account", "0|"+epochs(wednesday)+"|"+epochs(thursday))
	want(t, s, at(wednesday), "account", "SELECT enabled FROM account", "1")
}

func incrementLists(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, keyed(t, "a1", []string{"log:anna", "upn:anna-upn"}, "enabled", true)).must(t, s)
	r := set(t, record.New(record.Account, "a1"), "enabled", false)
	part(full("ad", tuesday, record.Account, r)).must(t, s)
	want(t, s, now(), "account_key", "SELECT parent, key FROM account_key ORDER BY key", "ad:a1|anna ad:a1|anna-upn")
	want(t, s, now(), "account", "SELECT enabled FROM account", "0")
	r = keyed(t, "a1", []string{"upn:anna-upn"})
	part(full("ad", wednesday, record.Account, r)).must(t, s)
	want(t, s, now(), "account_key", "SELECT parent, key FROM account_key ORDER BY key", "ad:a1|anna-upn")
	want(t, s, now(), "account", "SELECT enabled FROM account", "0")
	r = record.New(record.Account, "a1")
	schema, _ := record.Lookup(record.Account)
	r.Children[schema.Child("key")] = []record.Row{}
	part(full("ad", thursday, record.Account, r)).must(t, s)
	want(t, s, now(), "account_key", "SELECT key FROM account_key", "")
	want(t, s, at(tuesday), "account_key", "SELECT key FROM account_key ORDER BY key", "anna anna-upn")
}
