package storetest

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func pasts() []test {
	return []test{
		{"A state is seen as it was before it changed", stateBefore},
		{"A state is not seen before it was first seen", stateBeforeFirst},
		{"A supplied effective date places a state before it was seen", effectiveDate},
		{"A late correction does not change what was known", lateCorrection},
		{"An effective date in the past cuts the versions that it overlaps", effectiveCuts},
		{"A volatile field opens no new interval", volatileField},
		{"A row that moved in its sheet opens no new interval", movedRow},
		{"A ticket opened later is not there yet", ticketLater},
		{"A ticket solved later was open", ticketOpenThen},
		{"A promised time may lie ahead", promisedAhead},
		{"A queue before the ticket was first seen is unknown", queueUnknown},
		{"A queue is that of the version of the time", queueThen},
		{"A ticket corrected later is known as it was then", ticketKnownThen},
		{"A role has a validity of its own", roleThen},
		{"Two sources of one system are merged in the past too", mergedThen},
		{"The present is the same through the tables and through a point", presentTwice},
		{"An older list is imported as reconstructed history", datedImport},
	}
}

func at(t time.Time) store.Point { return store.Point{AsOf: t} }

func knownThen(asOf, known time.Time) store.Point { return store.Point{AsOf: asOf, KnownAt: known} }

func stateBefore(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "a", "Gammalt", "tier", "gold")).must(t, s)
	full("lista", wednesday, record.System, system(t, "a", "Nytt", "tier", "silver")).must(t, s)
	const q = "SELECT name, tier FROM system"
	want(t, s, now(), "system", q, "Nytt|silver")
	want(t, s, at(tuesday), "system", q, "Gammalt|gold")
	want(t, s, at(wednesday), "system", q, "Nytt|silver")
}

func stateBeforeFirst(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "a", "Namn")).must(t, s)
	want(t, s, at(monday.Add(-time.Second)), "system", "SELECT count(*) FROM system", "0")
	want(t, s, at(monday), "system", "SELECT count(*) FROM system", "1")
}

func effectiveDate(t *testing.T, s store.Store) {
	r := system(t, "a", "Namn")
	r.EffectiveFrom = monday.AddDate(-1, 0, 0).Unix()
	full("lista", monday, record.System, r).must(t, s)
	want(t, s, at(monday.AddDate(0, -6, 0)), "system", "SELECT name FROM system", "Namn")
	want(t, s, knownThen(monday.AddDate(0, -6, 0), monday.AddDate(0, -6, 0)), "system", "SELECT count(*) FROM system", "0")
}

func lateCorrection(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "a", "Fel")).must(t, s)
	r := system(t, "a", "Rätt")
	r.EffectiveFrom = monday.Unix()
	full("lista", wednesday, record.System, r).must(t, s)
	want(t, s, at(tuesday), "system", "SELECT name FROM system", "Rätt")
	want(t, s, knownThen(tuesday, tuesday), "system", "SELECT name FROM system", "Fel")
	want(t, s, knownThen(thursday, tuesday), "system", "SELECT name FROM system", "Fel")
}

func effectiveCuts(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "a", "Ett")).must(t, s)
	full("lista", wednesday, record.System, system(t, "a", "Två")).must(t, s)
	r := system(t, "a", "Tre")
	r.EffectiveFrom = tuesday.Unix()
	full("lista", thursday, record.System, r).must(t, s)
	const q = "SELECT name FROM system"
	want(t, s, at(monday.Add(time.Hour)), "system", q, "Ett")
	want(t, s, at(tuesday.Add(time.Hour)), "system", q, "Tre")
	want(t, s, at(wednesday.Add(time.Hour)), "system", q, "Tre")
	want(t, s, knownThen(tuesday.Add(time.Hour), wednesday.Add(time.Hour)), "system", q, "Ett")
	want(t, s, knownThen(wednesday.Add(time.Hour), wednesday.Add(time.Hour)), "system", q, "Två")
}

func volatileField(t *testing.T, s store.Store) {
	full("ad", monday, record.Account, account(t, "p1", "enabled", true, "last_login_at", monday)).must(t, s)
	full("ad", tuesday, record.Account, account(t, "p1", "enabled", true, "last_login_at", tuesday)).must(t, s)
	want(t, s, now(), "account", "SELECT last_login_at - seen_at FROM account", "86400")
	want(t, s, at(monday), "account", "SELECT last_login_at - seen_at FROM account", "86400")
}

func movedRow(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "a", "Namn")).must(t, s)
	r := system(t, "a", "Namn")
	r.Place.Row = 48
	full("lista", tuesday, record.System, r).must(t, s)
	want(t, s, now(), "system", "SELECT place FROM system", "Systemlista.xlsx, blad System, rad 48")
	if got := ask(t, s, now(), []string{"system"}, "SELECT seen_at FROM system"); got != epochs(monday) {
		t.Errorf("seen at %s, want %s", got, epochs(monday))
	}
}

func ticketLater(t *testing.T, s store.Store) {
	full("kö", thursday, record.Ticket, ticket(t, "1", monday), ticket(t, "2", wednesday)).must(t, s)
	want(t, s, at(tuesday), "ticket", "SELECT source_id FROM ticket", "1")
	want(t, s, now(), "ticket", "SELECT count(*) FROM ticket", "2")
}

func ticketOpenThen(t *testing.T, s store.Store) {
	full("kö", thursday, record.Ticket,
		ticket(t, "1", monday, "resolved_at", tuesday, "closed_at", wednesday, "status", "closed", "resolution_code", "solved")).must(t, s)
	const q = "SELECT status, resolved_at IS NULL, closed_at IS NULL, resolution_code FROM ticket"
	want(t, s, at(monday), "ticket", q, "open|1|1|-")
	want(t, s, at(tuesday), "ticket", q, "resolved|0|1|solved")
	want(t, s, at(wednesday), "ticket", q, "closed|0|0|solved")
	want(t, s, now(), "ticket", q, "closed|0|0|solved")
}

func promisedAhead(t *testing.T, s store.Store) {
	full("kö", thursday, record.Ticket, ticket(t, "1", monday, "due_at", wednesday)).must(t, s)
	want(t, s, at(tuesday), "ticket", "SELECT due_at IS NULL FROM ticket", "0")
}

func queueUnknown(t *testing.T, s store.Store) {
	full("kö", thursday, record.Ticket, ticket(t, "1", monday, "queue", "nät", "category", "skrivare")).must(t, s)
	want(t, s, at(tuesday), "ticket", "SELECT queue, category FROM ticket", "-|skrivare")
	want(t, s, now(), "ticket", "SELECT queue, category FROM ticket", "nät|skrivare")
}

func queueThen(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "queue", "första linjen", "status", "waiting")).must(t, s)
	full("kö", wednesday, record.Ticket, ticket(t, "1", monday, "queue", "nät", "status", "open")).must(t, s)
	want(t, s, at(tuesday), "ticket", "SELECT queue, status FROM ticket", "första linjen|waiting")
	want(t, s, at(wednesday), "ticket", "SELECT queue, status FROM ticket", "nät|open")
}

func ticketKnownThen(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday.AddDate(0, 0, -2), "resolved_at", monday.AddDate(0, 0, -1), "category", "skrivare")).must(t, s)
	full("kö", wednesday, record.Ticket, ticket(t, "1", monday.AddDate(0, 0, -2), "category", "nät")).must(t, s)
	const q = "SELECT category, resolved_at IS NULL FROM ticket"
	want(t, s, at(tuesday), "ticket", q, "nät|1")
	want(t, s, knownThen(tuesday, tuesday), "ticket", q, "skrivare|0")
	want(t, s, knownThen(tuesday, monday.Add(-time.Hour)), "ticket", "SELECT count(*) FROM ticket", "0")
}

// owned is a system with one owner, known by a key.
func owned(t *testing.T, id, key string, pairs ...any) record.Record {
	t.Helper()
	r := system(t, id, "System "+id, pairs...)
	schema, _ := record.Lookup(record.System)
	role := schema.Children[schema.Child("role")]
	row := make(record.Row, len(role.Fields))
	row[0] = record.Value{State: record.Set, S: "owner"}
	row[1] = record.Value{State: record.Set, S: "person"}
	row[2] = record.Value{State: record.Set, S: key}
	r.Children[schema.Child("role")] = []record.Row{row}
	return r
}

func roleThen(t *testing.T, s store.Store) {
	full("lista", monday, record.System, owned(t, "a", "anna"), owned(t, "b", "bo")).must(t, s)
	full("lista", wednesday, record.System, owned(t, "a", "cilla"), owned(t, "b", "bo", "tier", "gold")).must(t, s)
	const q = "SELECT parent, person_ref FROM system_role ORDER BY parent"
	want(t, s, now(), "system_role", q, "a|cilla b|bo")
	want(t, s, at(tuesday), "system_role", q, "a|anna b|bo")
	if got := ask(t, s, now(), []string{"system_role"}, "SELECT seen_at FROM system_role WHERE parent = 'b'"); got != epochs(monday) {
		t.Errorf("the role that stayed was seen at %s, want %s", got, epochs(monday))
	}
	want(t, s, at(monday.Add(-time.Hour)), "system_role", q, "")
}

func mergedThen(t *testing.T, s store.Store) {
	cmdb := full("cmdb", monday, record.System, system(t, "900", "Procapita", "tier", "gold", "user_count", 7))
	cmdb.src.Precedence = 1
	cmdb.must(t, s)
	full("lista", tuesday, record.System, system(t, "p", "procapita ", "tier", "silver", "hosting", "saas", "org_unit", "Skola")).must(t, s)
	full("lista", thursday, record.System, system(t, "p", "procapita ", "tier", "silver", "hosting", "own", "org_unit", "Skola")).must(t, s)
	const q = "SELECT count(*), max(name), max(tier), max(hosting), max(user_count), max(org_unit_raw) FROM system"
	want(t, s, now(), "system", q, "1|Procapita|gold|own|7|Skola")
	want(t, s, at(wednesday), "system", q, "1|Procapita|gold|saas|7|Skola")
	want(t, s, at(monday), "system", q, "1|Procapita|gold|-|7|-")
}

func presentTwice(t *testing.T, s store.Store) {
	full("lista", monday, record.System, systems(t, 5)...).must(t, s)
	full("lista", wednesday, record.System, append(systems(t, 4), owned(t, "z", "anna", "org_unit", "Skola"))...).must(t, s)
	full("enheter", wednesday, record.OrgUnit, unit(t, "skola", "Skola")).must(t, s)
	for relation, q := range map[string]string{
		"system":      "SELECT id, source, source_id, place, name, org_unit, org_unit_raw, seen_at FROM system ORDER BY id",
		"system_role": "SELECT parent, role, person_ref FROM system_role",
		"org_unit":    "SELECT id, name, parent FROM org_unit",
	} {
		present := ask(t, s, at(thursday), []string{relation}, q)
		// A later, unrelated correction puts the same instant in the past.
		full("lista", thursday.AddDate(0, 0, 1), record.System, append(systems(t, 4), owned(t, "z", "bo", "org_unit", "Skola"))...).must(t, s)
		full("lista", thursday.AddDate(0, 0, 2), record.System, append(systems(t, 4), owned(t, "z", "anna", "org_unit", "Skola"))...).must(t, s)
		if past := ask(t, s, at(thursday), []string{relation}, q); past != present {
			t.Errorf("%s\npresent: %s\n   past: %s", q, present, past)
		}
	}
}

func datedImport(t *testing.T, s store.Store) {
	full("lista", wednesday, record.System, system(t, "a", "Namn", "tier", "gold"), system(t, "b", "Nästa", "tier", "gold")).must(t, s)
	c := full("lista", thursday, record.System, system(t, "a", "Namn", "tier", "bronze"), system(t, "b", "Nästa", "tier", "silver"), system(t, "old", "Avvecklat"))
	c.opt.Dated = monday
	if got := c.must(t, s); got.Vanished != 0 {
		t.Errorf("vanished %d", got.Vanished)
	}
	const q = "SELECT name, tier FROM system ORDER BY name"
	want(t, s, now(), "system", q, "Namn|gold Nästa|gold")
	want(t, s, at(tuesday), "system", q, "Avvecklat|- Namn|bronze Nästa|silver")
	want(t, s, at(tuesday), "system", "SELECT count(DISTINCT id) FROM system", "3")
	want(t, s, at(monday.Add(-time.Hour)), "system", q, "")
	want(t, s, knownThen(tuesday, wednesday), "system", "SELECT count(*) FROM system", "0")
	if got := sourceState(t, s, "lista"); !got.LastSuccess.Equal(wednesday) {
		t.Errorf("last success %v: an older list says nothing of the present", got.LastSuccess)
	}
}
