package storetest

import (
	"fmt"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func twins() []test {
	return []test{
		{"An account that two directories see is one, with the newest sign-in of both", twoDirectories},
		{"It is one whichever directory comes first, and apart again when a key goes", directoriesInAnyOrder},
		{"An account that fits two is neither", twinFitsTwo},
		{"A shared name or mail alone makes no two accounts one", twinByNameOnly},
		{"An account that leaves the first directory lives on in the second", twinLeaves},
		{"A purged account leaves its twin alone", twinPurged},
		{"Three directories see one account", threeDirectories},
	}
}

// keyed is an account with keys, each written "of:key".
func keyed(t *testing.T, id string, keys []string, pairs ...any) record.Record {
	t.Helper()
	r := set(t, record.New(record.Account, id), pairs...)
	schema, _ := record.Lookup(record.Account)
	i := schema.Child("key")
	for _, k := range keys {
		var of, key string
		if _, err := fmt.Sscanf(k, "%3s:%s", &of, &key); err != nil {
			t.Fatal(err)
		}
		of = map[string]string{"log": "login", "upn": "upn", "mai": "mail", "nam": "name", "sid": "sid"}[of]
		r.Children[i] = append(r.Children[i], record.Row{{State: record.Set, S: key}, {State: record.Set, S: of}})
	}
	return r
}

const accountsQuery = "SELECT id, source, category, enabled, last_login_at, strong_auth, privileged, org_unit_raw FROM account ORDER BY id"

func localDirectory(t *testing.T) collection {
	return full("ad", monday, record.Account,
		keyed(t, "a1", []string{"log:anna", "upn:anna-upn", "nam:anna-name"}, "category", "employee", "enabled", true, "last_login_at", monday, "privileged", false, "org_unit", "Skola"),
		keyed(t, "a2", []string{"log:bo"}, "category", "unknown", "enabled", false, "privileged", true))
}

func cloudDirectory(t *testing.T) collection {
	return full("entra", monday, record.Account,
		keyed(t, "e1", []string{"upn:anna-upn", "mai:anna-mail"}, "category", "unknown", "enabled", false, "last_login_at", wednesday, "strong_auth", "mfa", "privileged", true),
		keyed(t, "e2", []string{"log:bo"}, "category", "contractor", "last_login_at", tuesday, "strong_auth", "none", "org_unit", "Vård"),
		keyed(t, "e3", []string{"upn:cia"}, "enabled", true))
}

var mergedAccounts = "ad:a1|ad|employee|1|" + epochs(wednesday) + "|mfa|1|Skola ad:a2|ad|contractor|0|" + epochs(tuesday) + "|none|1|Vård entra:e3|entra|-|1|-|-|-|-"

const keysQuery = "SELECT parent, key FROM account_key ORDER BY parent, key"

func twoDirectories(t *testing.T, s store.Store) {
	localDirectory(t).must(t, s)
	cloudDirectory(t).must(t, s)
	want(t, s, now(), "account", accountsQuery, mergedAccounts)
	want(t, s, at(monday), "account", accountsQuery, mergedAccounts)
	want(t, s, knownThen(monday, monday), "account", accountsQuery, mergedAccounts)
	const keys = "ad:a1|anna ad:a1|anna-mail ad:a1|anna-name ad:a1|anna-upn ad:a1|anna-upn ad:a2|bo ad:a2|bo entra:e3|cia"
	want(t, s, now(), "account_key", keysQuery, keys)
	c := cloudDirectory(t) // a newer sign-in alone is no new state, and counts all the same
	c.now = thursday
	c.recs[0] = set(t, c.recs[0], "last_login_at", thursday)
	c.must(t, s)
	want(t, s, now(), "account", "SELECT last_login_at FROM account WHERE source_id = 'a1'", epochs(thursday))
	c = localDirectory(t)
	c.now, c.recs = thursday, append(c.recs, keyed(t, "a3", []string{"log:dan"}, "enabled", true))
	c.must(t, s)
	const q = "SELECT id, enabled FROM account ORDER BY id"
	want(t, s, at(monday), "account", q, "ad:a1|1 ad:a2|0 entra:e3|1")
	want(t, s, at(monday), "account_key", keysQuery, keys)
	want(t, s, now(), "account", q, "ad:a1|1 ad:a2|0 ad:a3|1 entra:e3|1")
}

func directoriesInAnyOrder(t *testing.T, s store.Store) {
	cloudDirectory(t).must(t, s)
	want(t, s, now(), "account", "SELECT id FROM account ORDER BY id", "entra:e1 entra:e2 entra:e3")
	localDirectory(t).must(t, s)
	want(t, s, now(), "account", accountsQuery, mergedAccounts)
	c := localDirectory(t)
	c.src.Precedence, c.now = 20, tuesday // the cloud is the more trusted now
	c.must(t, s)
	want(t, s, now(), "account", "SELECT id, enabled, last_login_at FROM account ORDER BY id", "entra:e1|0|"+epochs(wednesday)+" entra:e2|0|"+epochs(tuesday)+" entra:e3|1|-")
	full("ad", wednesday, record.Account, keyed(t, "a1", []string{"log:other"}, "enabled", true)).must(t, s)
	full("entra", wednesday, record.Account, keyed(t, "e1", []string{"upn:anna-new"}, "enabled", true)).must(t, s)
	want(t, s, now(), "account", "SELECT id FROM account ORDER BY id", "ad:a1 entra:e1")
}

func twinFitsTwo(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, keyed(t, "a1", []string{"log:anna"}), keyed(t, "a2", []string{"upn:anna-upn"})).must(t, s)
	full("entra", monday, record.Account, keyed(t, "e1", []string{"log:anna", "upn:anna-upn"})).must(t, s)
	want(t, s, now(), "account", "SELECT id FROM account ORDER BY id", "ad:a1 ad:a2 entra:e1")
}

func twinByNameOnly(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, keyed(t, "a1", []string{"nam:anna", "mai:info"}), keyed(t, "a2", []string{"mai:anna-mail"})).must(t, s)
	full("entra", monday, record.Account, keyed(t, "e1", []string{"nam:anna", "mai:info"}), keyed(t, "e2", []string{"upn:anna-mail"})).must(t, s)
	want(t, s, now(), "account", "SELECT id FROM account ORDER BY id", "ad:a1 ad:a2 entra:e1")
}

func twinLeaves(t *testing.T, s store.Store) {
	localDirectory(t).must(t, s)
	cloudDirectory(t).must(t, s)
	c := localDirectory(t)
	c.now, c.recs = wednesday, c.recs[1:]
	c.must(t, s)
	want(t, s, now(), "account", "SELECT id FROM account ORDER BY id", "ad:a2 entra:e1 entra:e3")
	want(t, s, at(monday), "account", "SELECT id, enabled FROM account WHERE last_login_at > 0 ORDER BY id", "ad:a2|0 entra:e1|0")
	want(t, s, at(monday), "account", "SELECT count(*) FROM account", "3")
	c.now, c.recs = thursday, nil
	c.must(t, s)
	want(t, s, now(), "account", "SELECT id FROM account ORDER BY id", "entra:e1 entra:e2 entra:e3")
}

func twinPurged(t *testing.T, s store.Store) {
	localDirectory(t).must(t, s)
	cloudDirectory(t).must(t, s)
	c := localDirectory(t)
	c.now, c.recs, c.purge = tuesday, c.recs[1:], map[record.Kind][]string{record.Account: {"a1"}}
	c.must(t, s)
	want(t, s, now(), "account", "SELECT id, last_login_at FROM account ORDER BY id", "ad:a2|"+epochs(tuesday)+" entra:e1|"+epochs(wednesday)+" entra:e3|-")
	want(t, s, at(monday), "account", "SELECT count(*) FROM account", "3")
}

func threeDirectories(t *testing.T, s store.Store) {
	full("c", monday, record.Account, keyed(t, "3", []string{"sid:sid"}, "last_login_at", wednesday, "locked", true)).must(t, s)
	full("b", monday, record.Account, keyed(t, "2", []string{"log:anna", "sid:sid"}, "last_login_at", tuesday)).must(t, s)
	full("a", monday, record.Account, keyed(t, "1", []string{"log:anna"}, "last_login_at", monday)).must(t, s)
	answer := "a:1|" + epochs(wednesday) + "|1"
	want(t, s, now(), "account", "SELECT id, last_login_at, locked FROM account", answer)
	want(t, s, at(monday), "account", "SELECT id, last_login_at, locked FROM account", answer)
}
