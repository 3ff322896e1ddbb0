package setup

import (
	"fmt"
	"sort"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// maxUnits bounds how many names of one source become org units by
// themselves: beyond it they are hardly förvaltningar.
const maxUnits = 60

// unitNames are the names that no org unit has, with how many rows use each,
// most used first. Sources with too many different names are told apart.
func unitNames(unmapped []store.UnmappedName) (names []store.UnmappedName, tooMany map[string]int) {
	perSource := map[string]int{}
	for _, u := range unmapped {
		if u.Scheme == "org_unit" {
			perSource[u.Source]++
		}
	}
	at := map[string]int{}
	for _, u := range unmapped {
		if u.Scheme != "org_unit" || perSource[u.Source] > maxUnits || strings.TrimSpace(u.Name) == "" {
			continue
		}
		if i, ok := at[u.Name]; ok {
			names[i].Records += u.Records
			continue
		}
		at[u.Name] = len(names)
		names = append(names, u)
	}
	tooMany = map[string]int{}
	for s, n := range perSource {
		if n > maxUnits {
			tooMany[s] = n
		}
	}
	sort.SliceStable(names, func(i, j int) bool { return names[i].Records > names[j].Records })
	return names, tooMany
}

// units decides what becomes of the names: a new org unit, another name of one
// that is there, or nothing. Names that are alike are asked about and never
// joined by guess.
func (d *desk) units(unmapped []store.UnmappedName, known []store.Identity, answers *Answers) (decision.Additions, error) {
	names, tooMany := unitNames(unmapped)
	for _, s := range sorted(tooMany) {
		d.say("\n%s: kolumnen för förvaltning har %d olika namn. Så många lägger jag inte in själv; skriv in dem som ska visas i bladet Organisation i %s.\n", s, tooMany[s], WorkbookName)
	}
	add := decision.Additions{Aliases: map[string][]string{}}
	old := len(known)
	for _, n := range names {
		to := answers.OrgUnits[n.Name]
		if to == "" {
			var err error
			if to, err = d.like(n, known); err != nil {
				return add, err
			}
		}
		if to != "" {
			if answers.OrgUnits == nil {
				answers.OrgUnits = map[string]string{}
			}
			answers.OrgUnits[n.Name] = to
		}
		if to == "-" {
			continue
		}
		if i := index(known, to); i >= 0 {
			if i < old {
				add.Aliases[to] = append(add.Aliases[to], n.Name)
			} else {
				unit := &add.Units[i-old]
				unit.Aliases = append(unit.Aliases, store.Alias{Name: n.Name})
				known[i] = *unit
			}
			continue
		}
		id := freeID(decision.Slug(n.Name), known)
		unit := store.Identity{Scheme: "org_unit", ID: id, Name: n.Name, Kind: kindOf(n.Name)}
		add.Units = append(add.Units, unit)
		known = append(known, unit)
	}
	return add, nil
}

// like asks whether a name is another name of a unit it resembles. "" is a
// unit of its own.
func (d *desk) like(n store.UnmappedName, known []store.Identity) (string, error) {
	for _, k := range known {
		if k.Scheme != "org_unit" || !alike(n.Name, k.Name) {
			continue
		}
		if d.in == nil {
			d.say("\n”%s” liknar ”%s”. Är de samma, skriv det ena som Andra namn i bladet Organisation.\n", n.Name, k.Name)
			return "", nil
		}
		key, err := d.prompt(guess.Question{
			ID: "org_unit:" + n.Name, Text: fmt.Sprintf("”%s” (%d rader) – är det ”%s”?", n.Name, n.Records, k.Name),
			Options: []guess.Option{{Key: k.ID, Label: "Ja"}, {Key: "egen", Label: "Nej"}}, Default: "egen",
		})
		if err != nil {
			return "", err
		}
		if key == k.ID {
			return k.ID, nil
		}
	}
	return "", nil
}

func index(ids []store.Identity, id string) int {
	for i := range ids {
		if id != "" && ids[i].Scheme == "org_unit" && ids[i].ID == id {
			return i
		}
	}
	return -1
}

func freeID(id string, known []store.Identity) string {
	if id == "" {
		id = "enhet"
	}
	for i, try := 2, id; ; i++ {
		if index(known, try) < 0 {
			return try
		}
		try = fmt.Sprintf("%s-%d", id, i)
	}
}

// stem is what is left of a unit's name without the words they all have.
func stem(s string) string {
	s = strings.ToLower(strings.TrimRight(strings.TrimSpace(s), "."))
	s = strings.NewReplacer("-", "", " ", "", "&", "och", ".", "").Replace(s)
	for _, end := range []string{"förvaltningen", "förvaltning", "kontoret", "kontor", "nämnden", "nämnd", "förv", "fv"} {
		if t := strings.TrimSuffix(s, end); t != s && t != "" {
			s = t
			break
		}
	}
	return strings.TrimSuffix(s, "s")
}

// alike tells whether two names may mean one unit: the same without their
// common words, or one an abbreviation of the other.
func alike(a, b string) bool {
	x, y := stem(a), stem(b)
	if x == y {
		return true
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	return len([]rune(x)) >= 3 && strings.HasPrefix(y, x)
}

// kindOf reads what a unit is off its name; förvaltning when it does not say.
func kindOf(name string) string {
	n := strings.ToLower(name)
	switch {
	case strings.HasSuffix(n, " ab") || strings.HasPrefix(n, "ab ") || strings.Contains(n, "bolaget"):
		return "bolag"
	case strings.HasSuffix(n, "skolan") || strings.HasSuffix(n, "skola"):
		return "skola"
	case strings.HasSuffix(n, "nämnden") || strings.HasSuffix(n, "nämnd"):
		return "namnd"
	case strings.HasSuffix(n, "avdelningen") || strings.HasSuffix(n, "avdelning") || strings.HasSuffix(n, "enheten"):
		return "avdelning"
	case n == "hela kommunen" || n == "kommungemensamt" || n == "kommungemensam" || n == "alla":
		return "kommun"
	}
	return "forvaltning"
}
