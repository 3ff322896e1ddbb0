package decision

import (
	"regexp"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

var (
	idRE     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	sourceRE = regexp.MustCompile(`^(.*\S)\s*\(källa:\s*([a-z0-9_-]+)\)$`)
)

// Slug makes a stable id of a name: "Barn- och utbildning" is barn-och-utbildning.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e", "ü", "u", "\u00ad", "").Replace(strings.ToLower(name)) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	return b.String()
}

// identities reads names first; parents and successors are resolved once all
// files are read.
func (in *interpreter) identities(d document) {
	for _, sec := range []struct{ key, scheme string }{{"org_units", "org_unit"}, {"sites", "site"}, {"names", ""}} {
		for _, e := range d[sec.key] {
			scheme := sec.scheme
			ok := in.require(sec.key, e)
			kind := in.choice(sec.key, "kind", e, "forvaltning")
			if scheme == "" {
				scheme = kind
			}
			if !ok {
				continue
			}
			id := store.Identity{Scheme: scheme, ID: e.text("id"), Name: e.text("name"), Parent: e.text("parent"), Successors: e.cells["succeeded_by"].list}
			if scheme == "org_unit" {
				id.Kind = kind
			}
			if id.ID == "" {
				id.ID = Slug(id.Name)
			}
			if !idRE.MatchString(id.ID) {
				in.faultf(e.where("id"), "id får bara ha a–z, 0–9, - och _; fick ”%s”", id.ID)
				continue
			}
			for _, a := range e.cells["aliases"].list {
				alias := store.Alias{Name: a}
				if m := sourceRE.FindStringSubmatch(a); m != nil {
					alias = store.Alias{Name: m[1], Source: m[2]}
				}
				id.Aliases = append(id.Aliases, alias)
			}
			id.Patterns = in.patterns(e)
			id.ValidFrom, id.ValidTo = in.day(e, "valid_from", false), in.day(e, "valid_to", true)
			in.ordered(e, "valid_from", id.ValidFrom, id.ValidTo)
			in.set.Identities = append(in.set.Identities, id)
			in.identityAt = append(in.identityAt, e.at)
		}
	}
}

func named(id store.Identity, name string) bool {
	if fold(id.Name) == fold(name) {
		return true
	}
	for _, a := range id.Aliases {
		if fold(a.Name) == fold(name) {
			return true
		}
	}
	return false
}

// find resolves an id or a name within a scheme; ok is false if nothing has it.
func (in *interpreter) find(scheme, s string) (string, bool) {
	for _, id := range in.set.Identities {
		if id.Scheme == scheme && id.ID == s {
			return id.ID, true
		}
	}
	for _, id := range in.set.Identities {
		if id.Scheme == scheme && named(id, s) {
			return id.ID, true
		}
	}
	return "", false
}

func (in *interpreter) names(scheme string) []string {
	var out []string
	for _, id := range in.set.Identities {
		if id.Scheme == scheme {
			out = append(out, id.Name)
		}
	}
	return out
}

// unit resolves an org unit named in a target or waiver.
func (in *interpreter) unit(e entry, key string) string {
	s := e.text(key)
	if s == "" {
		return ""
	}
	id, ok := in.find("org_unit", s)
	if !ok {
		in.faultf(e.where(key), "okänd förvaltning ”%s”%s", s, hint(s, in.names("org_unit")))
	}
	return id
}

func (in *interpreter) checkIdentities() {
	for i := range in.set.Identities {
		id := &in.set.Identities[i]
		in.relative(i, &id.Parent, "hör till")
		for k := range id.Successors {
			in.relative(i, &id.Successors[k], "ersätts av")
		}
		in.checkNames(i)
	}
	in.cycles("hör till", func(id store.Identity) []string {
		if id.Parent == "" {
			return nil
		}
		return []string{id.Parent}
	})
	in.cycles("ersätts av", func(id store.Identity) []string { return id.Successors })
	for i := range in.set.Identities {
		if id := &in.set.Identities[i]; len(id.Successors) == 1 {
			id.Successor, id.Successors = id.Successors[0], nil
		}
	}
	in.checkPatterns()
}

// relative resolves another identity that one names.
func (in *interpreter) relative(i int, to *string, what string) {
	id := &in.set.Identities[i]
	if *to == "" {
		return
	}
	found, ok := in.find(id.Scheme, *to)
	if !ok {
		in.faultf(in.identityAt[i], "%s %s ”%s”, som inte finns%s", id.Name, what, *to, hint(*to, in.names(id.Scheme)))
		return
	}
	*to = found
}

// checkNames refuses an id or a name that two identities claim at one time.
func (in *interpreter) checkNames(i int) {
	a := in.set.Identities[i]
	for j, b := range in.set.Identities[:i] {
		if a.Scheme != b.Scheme || !overlap(a.ValidFrom, a.ValidTo, b.ValidFrom, b.ValidTo) {
			continue
		}
		other := in.identityAt[j].from(in.identityAt[i])
		if a.ID == b.ID {
			in.faultf(in.identityAt[i], "id %s står två gånger; det andra är %s", a.ID, other)
			continue
		}
		for _, name := range shared(a, b) {
			in.faultf(in.identityAt[i], "namnet ”%s” har två ägare, %s och %s; det andra är %s", name, a.Name, b.Name, other)
		}
	}
}

// shared returns the names that two identities both claim in one source.
func shared(a, b store.Identity) []string {
	claimed := map[store.Alias]bool{{Name: fold(b.Name)}: true}
	for _, al := range b.Aliases {
		claimed[store.Alias{Source: al.Source, Name: fold(al.Name)}] = true
	}
	var out []string
	for _, al := range append([]store.Alias{{Name: a.Name}}, a.Aliases...) {
		if claimed[store.Alias{Source: al.Source, Name: fold(al.Name)}] {
			out = append(out, al.Name)
		}
	}
	return out
}

// cycles reports every ring of parents or successors once, with its members.
func (in *interpreter) cycles(what string, next func(store.Identity) []string) {
	type key struct{ scheme, id string }
	byID := map[key]int{}
	for i, id := range in.set.Identities {
		byID[key{id.Scheme, id.ID}] = i
	}
	const walking, done = 1, 2
	state := make([]int, len(in.set.Identities))
	var path []int
	var walk func(i int)
	walk = func(i int) {
		state[i] = walking
		path = append(path, i)
		for _, to := range next(in.set.Identities[i]) {
			j, ok := byID[key{in.set.Identities[i].Scheme, to}]
			switch {
			case !ok || state[j] == done:
			case state[j] == walking:
				in.faultf(in.identityAt[j], "organisationen går i ring: %s", in.ring(path, j, what))
			default:
				walk(j)
			}
		}
		path = path[:len(path)-1]
		state[i] = done
	}
	for i := range in.set.Identities {
		if state[i] == 0 {
			walk(i)
		}
	}
}

func (in *interpreter) ring(path []int, from int, what string) string {
	var names []string
	for _, i := range path {
		if i == from || len(names) > 0 {
			names = append(names, in.set.Identities[i].Name)
		}
	}
	return strings.Join(append(names, in.set.Identities[from].Name), " "+what+" ")
}
