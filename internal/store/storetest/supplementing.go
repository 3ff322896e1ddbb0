package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func supplementing() []test {
	return []test{
		{"A supplementing source completes a system by name, alias or id", completes},
		{"What a supplementing source alone describes is a name seen and no system", seenName},
		{"It is so whichever source comes first", supplementFirst},
		{"Several records of one supplementing source may be one system", severalOfOne},
		{"The name and the place are the owner's, whatever the precedence", ownersName},
		{"A system that leaves the registry is a name seen from then on", ownerLeaves},
		{"A source that stops supplementing owns its systems", stopsSupplementing},
		{"A supplementing collection without changes leaves all as it was", unchangedSupplement},
		{"An installed product is the system of its name", installedProduct},
	}
}

// apps is a collection of a source that sees applications.
func apps(t *testing.T, now time.Time, recs ...record.Record) collection {
	t.Helper()
	c := full("entra", now, record.System, recs...)
	c.header.Supplements = map[record.Kind]string{record.System: "Entra-applikation"}
	return c
}

func app(t *testing.T, id, name string, pairs ...any) record.Record {
	t.Helper()
	r := set(t, record.New(record.System, id), append([]any{"name", name}, pairs...)...)
	r.Place = record.Place{Doc: "Entra ID"}
	return r
}

const (
	systemsQuery = "SELECT id, name, sso_mode, source, place FROM system ORDER BY id"
	seenQuery    = "SELECT name, kind, source FROM name_seen ORDER BY name"
	registry     = "lista|Systemlista.xlsx, blad System, rad 47"
)

func completes(t *testing.T, s store.Store) {
	full("lista", monday, record.System, named(t, "p1", "Procapita", "Tieto Edu"), system(t, "PL", "Platina"), system(t, "x", "Raindance")).must(t, s)
	identities(t, s, store.Identity{Scheme: "system", ID: "raindance", Name: "Raindance", Aliases: []store.Alias{{Source: "entra", Name: "Ekonomi SSO"}}})
	apps(t, tuesday, app(t, "guid-1", "TIETO  edu", "sso_mode", "sso"), app(t, "pl", "Dokument", "sso_mode", "password_sync"), app(t, "guid-3", "Ekonomi SSO", "sso_mode", "none")).must(t, s)
	want(t, s, now(), "system", systemsQuery, "p1|Procapita|sso|"+registry+" pl|Platina|password_sync|"+registry+" raindance|Raindance|none|"+registry)
	want(t, s, now(), "name_seen", seenQuery, "")
	want(t, s, at(monday), "system", "SELECT id, sso_mode FROM system ORDER BY id", "p1|- pl|- raindance|-")
	want(t, s, at(tuesday), "system", systemsQuery, "p1|Procapita|sso|"+registry+" pl|Platina|password_sync|"+registry+" raindance|Raindance|none|"+registry)
	if ss, err := s.Sources(t.Context()); err != nil || ss[0].Supplements[record.System] != "Entra-applikation" || ss[1].Supplements != nil {
		t.Errorf("sources: %+v, %v", ss, err)
	}
}

func seenName(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "p1", "Procapita")).must(t, s)
	identities(t, s, store.Identity{Scheme: "system", ID: "canva", Name: "Canva"}, store.Identity{Scheme: "org_unit", ID: "bun", Name: "Utbildning"})
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "system", "Skolappen")).must(t, s)
	apps(t, tuesday, app(t, "g1", "Skolappen", "org_unit", "Utbildning"), app(t, "g2", "skolappen"), app(t, "g3", "Canva"), app(t, "g4", "Procapita")).must(t, s)
	want(t, s, now(), "system", "SELECT id FROM system", "p1")
	want(t, s, now(), "ticket", "SELECT system FROM ticket", "-")
	const seen = "Canva|Entra-applikation|entra Skolappen|Entra-applikation|entra skolappen|Entra-applikation|entra"
	want(t, s, now(), "name_seen", seenQuery, seen)
	want(t, s, at(tuesday), "name_seen", seenQuery, seen)
	want(t, s, at(monday), "name_seen", seenQuery, "")
	want(t, s, at(tuesday), "system", "SELECT id FROM system", "p1")
	want(t, s, now(), "name_seen", "SELECT id, place, org_unit FROM name_seen WHERE name = 'Skolappen'", "entra:g1|Entra ID|bun")
	got, err := s.Unmapped(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if answer := []store.UnmappedName{
		{Scheme: "system", Source: "entra", Name: "Canva", Kind: "Entra-applikation", Records: 1},
		{Scheme: "system", Source: "entra", Name: "Skolappen", Kind: "Entra-applikation", Records: 1},
		{Scheme: "system", Source: "entra", Name: "skolappen", Kind: "Entra-applikation", Records: 1},
		{Scheme: "system", Source: "kö", Name: "Skolappen", Kind: "ticket", Records: 1},
	}; !reflect.DeepEqual(got, answer) {
		t.Errorf("%+v", got)
	}
}

func supplementFirst(t *testing.T, s store.Store) {
	apps(t, monday, app(t, "g1", "Procapita", "sso_mode", "sso"), app(t, "g2", "Canva")).must(t, s)
	want(t, s, now(), "system", "SELECT id FROM system", "")
	full("lista", tuesday, record.System, system(t, "p1", "Procapita")).must(t, s)
	want(t, s, now(), "system", systemsQuery, "p1|Procapita|sso|"+registry)
	want(t, s, now(), "name_seen", seenQuery, "Canva|Entra-applikation|entra")
	want(t, s, at(monday), "name_seen", "SELECT name FROM name_seen ORDER BY name", "Canva Procapita")
}

func severalOfOne(t *testing.T, s store.Store) {
	full("lista", monday, record.System, named(t, "p1", "Procapita", "Procapita test")).must(t, s)
	apps(t, tuesday, app(t, "g1", "Procapita", "sso_mode", "sso"), app(t, "g2", "Procapita test", "hosting", "saas"), app(t, "g3", "Procapita", "tier", "gold")).must(t, s)
	const q, answer = "SELECT id, sso_mode, hosting, tier FROM system", "p1|sso|saas|gold"
	want(t, s, now(), "system", q, answer)
	want(t, s, at(tuesday), "system", q, answer)
	want(t, s, now(), "name_seen", seenQuery, "")
}

func ownersName(t *testing.T, s store.Store) {
	a := full("lista", monday, record.System, named(t, "p1", "Procapita", "Tieto Edu"))
	a.recs[0] = set(t, a.recs[0], "sso_mode", "none", "hosting", "own")
	a.src.Precedence = 5
	a.must(t, s)
	b := apps(t, monday, app(t, "g1", "Tieto Edu", "sso_mode", "sso"))
	b.src.Precedence = 1
	b.must(t, s)
	const q, answer = "SELECT name, source, sso_mode, hosting FROM system", "Procapita|lista|sso|own"
	want(t, s, now(), "system", q, answer)
	want(t, s, at(monday), "system", q, answer)
	b.src.Precedence, b.now = 5, tuesday // as trusted: the owner goes first
	b.must(t, s)
	want(t, s, now(), "system", q, "Procapita|lista|none|own")
}

func ownerLeaves(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "p1", "Procapita"), system(t, "x", "X")).must(t, s)
	apps(t, tuesday, app(t, "g1", "Procapita", "sso_mode", "sso")).must(t, s)
	full("lista", wednesday, record.System, system(t, "x", "X")).must(t, s)
	want(t, s, now(), "system", "SELECT id FROM system", "x")
	want(t, s, now(), "name_seen", seenQuery, "Procapita|Entra-applikation|entra")
	want(t, s, at(tuesday), "system", "SELECT id, sso_mode FROM system ORDER BY id", "p1|sso x|-")
	want(t, s, at(tuesday), "name_seen", seenQuery, "")
	want(t, s, at(thursday), "name_seen", seenQuery, "Procapita|Entra-applikation|entra")
}

func stopsSupplementing(t *testing.T, s store.Store) {
	apps(t, monday, app(t, "g1", "Canva")).must(t, s)
	c := full("entra", tuesday, record.System, app(t, "g1", "Canva"))
	c.must(t, s)
	want(t, s, now(), "system", "SELECT id, name FROM system", "g1|Canva")
	want(t, s, now(), "name_seen", seenQuery, "")
	apps(t, wednesday, app(t, "g1", "Canva")).must(t, s)
	want(t, s, now(), "system", "SELECT id, name FROM system", "")
	want(t, s, now(), "name_seen", seenQuery, "Canva|Entra-applikation|entra")
}

func unchangedSupplement(t *testing.T, s store.Store) {
	apps(t, monday, app(t, "g1", "Canva")).must(t, s)
	c := apps(t, tuesday)
	c.header.Supplements, c.header.Unchanged = nil, true
	c.must(t, s)
	want(t, s, now(), "name_seen", seenQuery, "Canva|Entra-applikation|entra")
	want(t, s, now(), "system", "SELECT id FROM system", "")
}

// software is a computer with installed products, each with the system that
// the source says that it is, "" where it says nothing of that.
func software(t *testing.T, id string, products ...[2]string) record.Record {
	t.Helper()
	r := set(t, record.New(record.Asset, id), "kind", "laptop")
	schema, _ := record.Lookup(record.Asset)
	list := schema.Children[schema.Child("software")]
	for _, p := range products {
		row := make(record.Row, len(list.Fields))
		row[0] = record.Value{State: record.Set, S: p[0]}
		if p[1] != "" {
			row[len(row)-1] = record.Value{State: record.Set, S: p[1]}
		}
		r.Children[schema.Child("software")] = append(r.Children[schema.Child("software")], row)
	}
	return r
}

func installedProduct(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "p1", "Procapita")).must(t, s)
	full("datorer", monday, record.Asset, software(t, "d1", [2]string{"PROCAPITA", ""}, [2]string{"Paint", ""}, [2]string{"Klient 7.1", "Procapita"})).must(t, s)
	const q = "SELECT product, system, system_raw FROM asset_software ORDER BY product"
	const answer = "Klient 7.1|p1|Procapita PROCAPITA|p1|PROCAPITA Paint|-|Paint"
	want(t, s, now(), "asset_software", q, answer)
	full("datorer", tuesday, record.Asset, software(t, "d1", [2]string{"PROCAPITA", ""}, [2]string{"Paint", ""}, [2]string{"Klient 7.1", "Procapita"})).must(t, s)
	want(t, s, at(monday), "asset_software", q, answer)
	got, err := s.Unmapped(t.Context())
	if err != nil || len(got) != 1 || got[0] != (store.UnmappedName{Scheme: "system", Source: "datorer", Name: "Paint", Kind: "asset_software", Records: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
}
