package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func naming() []test {
	return []test{
		{"A name resolves by its identity, whatever its case and spaces", resolvesName},
		{"An alias counts in its own source only", aliasOfSource},
		{"A name that maps to nothing stays as written and is counted", unmappedName},
		{"Names that are set later resolve what is stored", resolvedLater},
		{"A name that fits two identities fits none", ambiguousName},
		{"An expired name gives way to the valid one", expiredName},
		{"An org unit record gives an identity by id and name", unitRecord},
		{"A system's other names lead to it", systemAlias},
		{"Two systems of one source with one name stay two", twoOfOneName},
		{"The most trusted source with a value wins, field by field", mergedByPrecedence},
		{"A precedence that is set anew merges anew", precedenceAnew},
		{"Names that are set anew count as a change of what uses them", namesCountAsChange},
		{"A system keeps its id when another source describes it too", keepsID},
		{"A unit known from the settings stands among the org units", settingUnit},
		{"Each org unit has its förvaltning", tops},
		{"A cycle among org units is refused and nothing is changed", cycle},
		{"Sites of org units resolve by id and name", sites},
	}
}

func identities(t *testing.T, s store.Store, ids ...store.Identity) {
	t.Helper()
	if err := s.SetIdentities(t.Context(), ids, monday); err != nil {
		t.Fatal(err)
	}
}

func orgUnit(id, name string, aliases ...store.Alias) store.Identity {
	return store.Identity{Scheme: "org_unit", ID: id, Name: name, Aliases: aliases}
}

const unitOfTicket = "SELECT org_unit, org_unit_raw FROM ticket ORDER BY source_id"

func resolvesName(t *testing.T, s store.Store) {
	identities(t, s, orgUnit("skola", "Barn och skola"))
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", " BARN  och Skola"), ticket(t, "2", monday, "org_unit", "skola")).must(t, s)
	want(t, s, now(), "ticket", unitOfTicket, "skola| BARN  och Skola skola|skola")
}

func aliasOfSource(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "BoS")).must(t, s)
	full("annan", monday, record.Ticket, ticket(t, "2", monday, "org_unit", "BoS")).must(t, s)
	identities(t, s, orgUnit("skola", "Barn och skola", store.Alias{Source: "kö", Name: "BoS"}))
	want(t, s, now(), "ticket", unitOfTicket, "skola|BoS -|BoS")
}

func unmappedName(t *testing.T, s store.Store) {
	identities(t, s, orgUnit("skola", "Barn och skola"))
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Barn & skola"), ticket(t, "2", monday, "org_unit", "Barn & skola"), ticket(t, "3", monday, "system", "Okänt")).must(t, s)
	want(t, s, now(), "ticket", unitOfTicket, "-|Barn & skola -|Barn & skola -|-")
	got, err := s.Unmapped(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != (store.UnmappedName{Scheme: "org_unit", Source: "kö", Name: "Barn & skola", Kind: "ticket", Records: 2}) ||
		got[1] != (store.UnmappedName{Scheme: "system", Source: "kö", Name: "Okänt", Kind: "ticket", Records: 1}) {
		t.Errorf("%+v", got)
	}
}

func resolvedLater(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Skola", "system", "Procapita", "supplier", "Tieto AB")).must(t, s)
	const q = "SELECT org_unit, system, supplier FROM ticket"
	want(t, s, now(), "ticket", q, "-|-|-")
	identities(t, s, orgUnit("skola", "Skola"), store.Identity{Scheme: "supplier", ID: "tieto", Name: "Tieto AB"})
	want(t, s, now(), "ticket", q, "skola|-|tieto")
	full("lista", tuesday, record.System, system(t, "p1", "Procapita")).must(t, s)
	want(t, s, now(), "ticket", q, "skola|p1|tieto")
	identities(t, s)
	want(t, s, now(), "ticket", q, "-|p1|-")
}

func ambiguousName(t *testing.T, s store.Store) {
	identities(t, s, orgUnit("a", "Enheten"), orgUnit("b", "Enheten"))
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Enheten")).must(t, s)
	want(t, s, now(), "ticket", unitOfTicket, "-|Enheten")
}

func expiredName(t *testing.T, s store.Store) {
	old := orgUnit("bun-2020", "Utbildning")
	old.ValidTo = monday.Add(-time.Hour)
	old.Successor = "bun-2026"
	identities(t, s, old, orgUnit("bun-2026", "Utbildning"))
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Utbildning")).must(t, s)
	want(t, s, now(), "ticket", unitOfTicket, "bun-2026|Utbildning")
	want(t, s, now(), "org_unit", "SELECT id, succeeded_by FROM org_unit ORDER BY id", "bun-2020|bun-2026 bun-2026|-")
}

func unitRecord(t *testing.T, s store.Store) {
	full("enheter", monday, record.OrgUnit, unit(t, "F 10", "Förskolan Ängen")).must(t, s)
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "förskolan ängen"), ticket(t, "2", monday, "org_unit", "f-10")).must(t, s)
	want(t, s, now(), "ticket", unitOfTicket, "f-10|förskolan ängen f-10|f-10")
}

// named is a system with other names.
func named(t *testing.T, id, name string, others ...string) record.Record {
	r := system(t, id, name)
	schema, _ := record.Lookup(record.System)
	for _, o := range others {
		i := schema.Child("alias")
		r.Children[i] = append(r.Children[i], record.Row{{State: record.Set, S: o}})
	}
	return r
}

func systemAlias(t *testing.T, s store.Store) {
	full("lista", monday, record.System, named(t, "p1", "Procapita", "Tieto Edu", "PC")).must(t, s)
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "system", "tieto edu")).must(t, s)
	want(t, s, now(), "ticket", "SELECT system FROM ticket", "p1")
	want(t, s, now(), "system_alias", "SELECT parent, alias FROM system_alias ORDER BY alias", "p1|PC p1|Tieto Edu")
}

func twoOfOneName(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "1", "Platina"), system(t, "2", "Platina")).must(t, s)
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "system", "Platina")).must(t, s)
	want(t, s, now(), "system", "SELECT id FROM system ORDER BY id", "1 2")
	want(t, s, now(), "ticket", "SELECT system FROM ticket", "-")
}

func mergedByPrecedence(t *testing.T, s store.Store) {
	a := full("lista", monday, record.System, system(t, "x", "Platina", "tier", nil, "hosting", "own", "user_count", 0))
	a.src.Precedence = 1
	b := full("cmdb", monday, record.System, system(t, "77", "PLATINA", "tier", "gold", "hosting", "saas", "user_count", 300))
	b.src.Precedence = 2
	b.must(t, s)
	a.must(t, s)
	want(t, s, now(), "system", "SELECT name, tier, hosting, user_count, source FROM system", "Platina|gold|own|0|lista")
}

func precedenceAnew(t *testing.T, s store.Store) {
	a := full("lista", monday, record.System, system(t, "x", "Platina", "hosting", "own"))
	b := full("cmdb", monday, record.System, system(t, "77", "PLATINA", "hosting", "saas"))
	a.src.Precedence, b.src.Precedence = 1, 2
	a.must(t, s)
	b.must(t, s)
	want(t, s, now(), "system", "SELECT hosting FROM system", "own")
	a.src.Precedence, a.now = 3, tuesday
	a.must(t, s)
	want(t, s, now(), "system", "SELECT hosting FROM system", "saas")
}

func namesCountAsChange(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Skola")).must(t, s)
	numbers := func() int64 {
		t.Helper()
		c, err := s.Changed(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return c[record.Ticket]
	}
	first := numbers()
	full("enheter", tuesday, record.OrgUnit, unit(t, "skola", "Skola")).must(t, s)
	second := numbers()
	identities(t, s, orgUnit("bun", "Skola"))
	if third := numbers(); first >= second || second >= third {
		t.Errorf("%d, %d, %d: want each greater than the one before", first, second, third)
	}
}

func keepsID(t *testing.T, s store.Store) {
	full("lista", monday, record.System, system(t, "x", "Platina")).must(t, s)
	b := full("cmdb", tuesday, record.System, system(t, "77", "Platina"))
	b.src.Precedence = 20
	b.must(t, s)
	want(t, s, now(), "system", "SELECT id FROM system", "x")
	full("lista", wednesday, record.System).must(t, s)
	want(t, s, now(), "system", "SELECT id, source FROM system", "x|cmdb")
}

func settingUnit(t *testing.T, s store.Store) {
	child := orgUnit("skola", "Skola")
	child.Parent = "kommunen"
	top := orgUnit("kommunen", "Kommunen")
	top.Kind = "kommun"
	full("enheter", monday, record.OrgUnit, unit(t, "vård", "Vård"), unit(t, "x", "X")).must(t, s)
	full("enheter", wednesday, record.OrgUnit, unit(t, "vård", "Vård"), unit(t, "x", "X", "headcount", 3)).must(t, s)
	named := orgUnit("vard", "Vård")
	named.Parent = "kommunen"
	identities(t, s, top, child, named)
	const q = "SELECT id, name, kind, parent FROM org_unit ORDER BY id"
	const answer = "kommunen|Kommunen|kommun|- skola|Skola|forvaltning|kommunen vard|Vård|forvaltning|kommunen x|X|-|-"
	want(t, s, now(), "org_unit", q, answer)
	want(t, s, at(tuesday), "org_unit", q, answer)
}

func tops(t *testing.T, s store.Store) {
	full("enheter", monday, record.OrgUnit,
		unit(t, "k", "Kommunen", "kind", "kommun"),
		unit(t, "bun", "Utbildning", "kind", "forvaltning", "parent", "Kommunen"),
		unit(t, "s1", "Centralskolan", "kind", "skola", "parent", "Utbildning"),
		unit(t, "led", "Ledning", "parent", "Kommunen"),
		unit(t, "it", "IT", "parent", "Ledning"),
	).must(t, s)
	want(t, s, now(), "org_unit_top", "SELECT id, top FROM org_unit_top ORDER BY id", "bun|bun it|led k|k led|led s1|bun")
}

func cycle(t *testing.T, s store.Store) {
	full("enheter", monday, record.OrgUnit, unit(t, "a", "A"), unit(t, "b", "B", "parent", "A")).must(t, s)
	_, err := full("enheter", tuesday, record.OrgUnit, unit(t, "a", "A", "parent", "B"), unit(t, "b", "B", "parent", "A")).apply(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "cycle") || !strings.Contains(err.Error(), "→") {
		t.Fatalf("got %v, want an error that names the cycle", err)
	}
	want(t, s, now(), "org_unit", "SELECT id, parent FROM org_unit ORDER BY id", "a|- b|a")
	x, y := orgUnit("x", "X"), orgUnit("y", "Y")
	x.Parent, y.Parent = "y", "x"
	if err := s.SetIdentities(t.Context(), []store.Identity{x, y}, monday); err == nil || !strings.Contains(err.Error(), "cycle") {
		t.Errorf("settings: got %v", err)
	}
}

func sites(t *testing.T, s store.Store) {
	r := unit(t, "bun", "Utbildning")
	r.Children[0] = []record.Row{{{State: record.Set, S: "centralskolan"}, {State: record.Set, S: "Centralskolan F-6"}, {}, {}, {}, {}, {}}}
	full("enheter", monday, record.OrgUnit, r).must(t, s)
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "site", "Centralskolan F-6"), ticket(t, "2", monday, "site", "Annan plats")).must(t, s)
	want(t, s, now(), "ticket", "SELECT site, site_raw FROM ticket ORDER BY source_id", "centralskolan|Centralskolan F-6 -|Annan plats")
}
