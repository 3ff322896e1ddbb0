package privacy

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// persons are the categories of persons: those of the accounts, and those who
// hold a role.
func persons(f Facts) []Persons {
	const data = "pseudonymer av inloggning, adresser och namn; organisation, behörighet, giltighet, senaste inloggning per dag"
	var out []Persons
	accounts, holders := f.reads()
	if accounts {
		schema, _ := record.Lookup(record.Account)
		for _, category := range schema.Fields[schema.Index("category")].Enum {
			p := Persons{Category: accountCategory(category), Data: data}
			if f.Store != nil {
				i := slices.IndexFunc(f.Store.Accounts, func(c Count) bool { return c.Of == category })
				if i < 0 {
					continue
				}
				p.N = &f.Store.Accounts[i].N
			}
			out = append(out, p)
		}
	}
	if holders {
		p := Persons{Category: "Personer som har en roll för ett system eller en organisationsenhet", Data: "pseudonym av det som står i förteckningen; roll, sedan när, omfattning"}
		if f.Store != nil {
			p.N = &f.Store.Holders
		}
		out = append(out, p)
	}
	return out
}

// accountCategory says whom the accounts of a category belong to.
func accountCategory(category string) string {
	switch category {
	case "service", "shared":
		return naming.TitleOf("account.category", category) + " (pekar oftast inte ut en person)"
	case "unknown":
		return "Konton av okänt slag"
	}
	return naming.TitleOf("account.category", category)
}

// reads tells whether any source reads accounts, or who holds roles.
func (f Facts) reads() (accounts, holders bool) {
	for _, s := range f.Config.Sources {
		fields, _ := f.fieldsOf(s.Name, f.Types[s.Type])
		_, reads := fields[record.Account]
		accounts = accounts || reads
		for _, k := range []record.Kind{record.System, record.OrgUnit} {
			holders = holders || slices.ContainsFunc(fields[k], func(name string) bool { return record.ListOf(name) == "role" })
		}
	}
	return accounts, holders
}

// fieldsOf are the fields that a source said at its last collection that it
// has, else those that its type may emit at most.
func (f Facts) fieldsOf(name string, d sdk.Description) (fields map[record.Kind][]string, atMost bool) {
	if st := f.state(name); st != nil && len(st.Mapped) > 0 {
		return st.Mapped, false
	}
	return d.Allowed, true
}

func (f Facts) state(name string) *store.SourceState {
	if f.Store == nil {
		return nil
	}
	for i := range f.Store.Sources {
		if f.Store.Sources[i].Name == name {
			return &f.Store.Sources[i]
		}
	}
	return nil
}

func sources(f Facts) []SourceUse {
	var out []SourceUse
	for _, s := range f.Config.Sources {
		d := f.Types[s.Type]
		u := SourceUse{Name: s.Name, Type: s.Type, Note: d.PrivacyNote, Retired: s.RetiredOn.Time}
		if st := f.state(s.Name); st != nil {
			u.LastRead = st.LastSuccess
		}
		fields, atMost := f.fieldsOf(s.Name, d)
		for _, schema := range record.Schemas() {
			if names := fields[schema.Kind]; len(names) > 0 {
				u.Data = append(u.Data, dataOf(schema, names, atMost))
			}
		}
		out = append(out, u)
	}
	return out
}

// dataOf sorts the fields of a kind by how they bear on persons.
func dataOf(schema record.Schema, names []string, atMost bool) DataOfKind {
	d := DataOfKind{Kind: schema.Kind, Persons: schema.PersonBearing, AtMost: atMost, Pseudonyms: []string{}, OfPersons: []string{}}
	if schema.PersonBearing {
		d.Pseudonyms = append(d.Pseudonyms, "postens id")
	}
	add := func(fields []record.Field, owner string, ofPerson bool) {
		for _, fl := range fields {
			title := fieldTitle(owner + "." + fl.Name)
			switch {
			case fl.Privacy == record.Pseudo && fl.Type == record.Pseudonym:
				d.Pseudonyms = append(d.Pseudonyms, title)
			case fl.Privacy != record.Impersonal || ofPerson:
				d.OfPersons = append(d.OfPersons, title)
			default:
				d.Others++
			}
		}
	}
	kind := string(schema.Kind)
	lists := map[int]bool{}
	for _, name := range names {
		name = strings.TrimPrefix(name, kind+".")
		if i := schema.Index(name); i >= 0 {
			add(schema.Fields[i:i+1], kind, schema.PersonBearing)
			continue
		}
		if i := schema.Child(record.ListOf(name)); i >= 0 && !lists[i] {
			lists[i] = true
			fields := schema.Children[i].Fields
			named := slices.ContainsFunc(fields, func(fl record.Field) bool { return fl.Type == record.Pseudonym })
			add(fields, kind+"."+schema.Children[i].Name, schema.PersonBearing || named)
		}
	}
	return d
}

// fieldTitle is what a field is called, without its own name after it.
func fieldTitle(name string) string {
	said, _, found := strings.Cut(naming.Field(name), " (")
	if found {
		return said
	}
	switch _, last, _ := strings.Cut(name, "."); last {
	case "key.key":
		return "inloggning, adresser, namn och SID"
	case "key.of":
		return "vad pseudonymen är gjord av"
	case "group.group":
		return "grupp"
	case "group.privileged":
		return "om gruppen ger hög behörighet"
	case "group.nested":
		return "om medlemskapet går genom en annan grupp"
	case "role.role":
		return "roll"
	case "role.holder":
		return "person, titel eller vakant"
	case "role.person_ref":
		return "vem som har rollen"
	case "role.since":
		return "sedan när"
	case "role.vacant_since":
		return "vakant sedan"
	case "role.accepted_by":
		return "beslut som godtar en vakans"
	case "role.function":
		return "drift, utveckling eller säkerhet"
	case "role.fte":
		return "rollens omfattning"
	case "role.competence_ok":
		return "rollens kompetens"
	}
	return name
}
