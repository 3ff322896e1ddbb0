package storetest

import (
	"reflect"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func patterns() []test {
	return []test{
		{"A pattern, a path and a range of cost centres lead to a unit", formsOfNames},
		{"A name goes before a pattern, and a priority before another", nameBeforePattern},
		{"A name that two patterns fit is nobody's and counted as unclear", unclearName},
		{"A pattern of one source says nothing of another", patternOfSource},
		{"A pattern makes no two records one", patternOfRecords},
		{"A name that leads elsewhere than before is kept with its time", mappingChanges},
		{"A unit that was split keeps what it had", splitUnit},
	}
}

func formed(id, name string, forms ...store.Pattern) store.Identity {
	return store.Identity{Scheme: "org_unit", ID: id, Name: name, Patterns: forms}
}

func formsOfNames(t *testing.T, s store.Store) {
	identities(t, s,
		formed("bun", "Utbildning", store.Pattern{Kind: "pattern", Text: "Grundskolan *"}, store.Pattern{Kind: "ou", Text: "OU=Utbildning"}, store.Pattern{Kind: "cost_centre", Text: "4100-4199"}),
		formed("gym", "Gymnasiet", store.Pattern{Kind: "ou", Text: "OU=Gymnasium,OU=Utbildning"}))
	full("kö", monday, record.Ticket,
		ticket(t, "1", monday, "org_unit", "grundskolan ängen"), ticket(t, "2", monday, "org_unit", "OU=Rektor,OU=Utbildning,DC=se"),
		ticket(t, "3", monday, "org_unit", "OU=Rektor,OU=Gymnasium,OU=Utbildning,DC=se"), ticket(t, "4", monday, "org_unit", "4110 Förskola"), ticket(t, "5", monday, "org_unit", "4200")).must(t, s)
	want(t, s, now(), "ticket", "SELECT source_id, org_unit FROM ticket ORDER BY 1", "1|bun 2|bun 3|gym 4|bun 5|-")
}

func nameBeforePattern(t *testing.T, s store.Store) {
	identities(t, s,
		formed("bun", "Utbildning", store.Pattern{Kind: "pattern", Text: "Skola *"}),
		formed("vux", "Skola för vuxna"),
		formed("gym", "Gymnasiet", store.Pattern{Kind: "pattern", Text: "* gymnasium", Priority: 5}))
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Skola för vuxna"), ticket(t, "2", monday, "org_unit", "Skola och gymnasium"), ticket(t, "3", monday, "org_unit", "Skola Norr")).must(t, s)
	want(t, s, now(), "ticket", "SELECT source_id, org_unit FROM ticket ORDER BY 1", "1|vux 2|gym 3|bun")
}

func unclearName(t *testing.T, s store.Store) {
	a, b := formed("bun", "Utbildning", store.Pattern{Kind: "pattern", Text: "Skola *"}), formed("gym", "Gymnasiet", store.Pattern{Kind: "pattern", Text: "* gymnasium"})
	identities(t, s, a, b)
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Skola och gymnasium"), ticket(t, "2", monday, "org_unit", "Skola och gymnasium"), ticket(t, "3", monday, "org_unit", "Annat")).must(t, s)
	want(t, s, now(), "ticket", "SELECT org_unit FROM ticket", "- - -")
	got, err := s.Unmapped(t.Context())
	if answer := []store.UnmappedName{
		{Scheme: "org_unit", Source: "kö", Name: "Skola och gymnasium", Kind: "ticket", Records: 2, Fits: "bun, gym"},
		{Scheme: "org_unit", Source: "kö", Name: "Annat", Kind: "ticket", Records: 1},
	}; err != nil || !reflect.DeepEqual(got, answer) {
		t.Errorf("%+v, %v", got, err)
	}
	b.ValidTo = monday.AddDate(0, 0, -1) // what held once gives way
	identities(t, s, a, b)
	want(t, s, now(), "ticket", "SELECT DISTINCT org_unit FROM ticket ORDER BY 1", "- bun")
	if got, err = s.Unmapped(t.Context()); err != nil || len(got) != 1 || got[0].Fits != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func patternOfSource(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Skola 1")).must(t, s)
	full("annan", monday, record.Ticket, ticket(t, "2", monday, "org_unit", "Skola 1")).must(t, s)
	identities(t, s, formed("bun", "Utbildning", store.Pattern{Source: "kö", Kind: "pattern", Text: "Skola *"}))
	want(t, s, now(), "ticket", "SELECT source_id, org_unit FROM ticket ORDER BY 1", "1|bun 2|-")
}

func patternOfRecords(t *testing.T, s store.Store) {
	identities(t, s, formed("bun", "Utbildning", store.Pattern{Kind: "pattern", Text: "Skola *"}))
	full("enheter", monday, record.OrgUnit, unit(t, "s1", "Skola Norr"), unit(t, "s2", "Skola Söder")).must(t, s)
	want(t, s, now(), "org_unit", "SELECT id FROM org_unit ORDER BY id", "bun s1 s2")
}

func mappingChanges(t *testing.T, s store.Store) {
	identities(t, s, orgUnit("bun", "Skola"), orgUnit("soc", "Vård"))
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Skola"), ticket(t, "2", monday, "org_unit", "Vård")).must(t, s)
	if err := s.SetIdentities(t.Context(), []store.Identity{orgUnit("bu", "Skola"), orgUnit("soc", "Vård")}, tuesday); err != nil {
		t.Fatal(err)
	}
	if err := s.SetIdentities(t.Context(), []store.Identity{orgUnit("soc", "Vård")}, wednesday); err != nil {
		t.Fatal(err)
	}
	got, err := s.MappingChanges(t.Context(), tuesday)
	if answer := []store.MappingChange{
		{At: tuesday, Scheme: "org_unit", Name: "kö: Skola", Was: "bun", Became: "bu"},
		{At: wednesday, Scheme: "org_unit", Name: "kö: Skola", Was: "bu"},
	}; err != nil || !reflect.DeepEqual(got, answer) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = s.MappingChanges(t.Context(), wednesday); err != nil || len(got) != 1 {
		t.Errorf("from Wednesday: %+v, %v", got, err)
	}
}

func splitUnit(t *testing.T, s store.Store) {
	old := orgUnit("bun", "Barn och utbildning")
	old.ValidTo, old.Successors = monday.AddDate(0, 0, -1), []string{"for", "gru"}
	identities(t, s, old, orgUnit("for", "Förskola"), orgUnit("gru", "Grundskola"))
	full("kö", monday, record.Ticket, ticket(t, "1", monday, "org_unit", "Barn och utbildning")).must(t, s)
	want(t, s, now(), "ticket", "SELECT org_unit FROM ticket", "bun")
	want(t, s, now(), "org_unit", "SELECT id, succeeded_by FROM org_unit ORDER BY id", "bun|- for|- gru|-")
}
