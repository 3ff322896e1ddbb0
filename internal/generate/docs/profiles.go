package docs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// profilePage is what the template of one profile sees.
type profilePage struct {
	*profile.Profile
	Lists []profileList
}

// profileList is one stream: what it reads and where each field comes from.
type profileList struct {
	profile.Stream
	Deletions string // how deleted items are found, Swedish
	Rows      []profileRow
}

// profileRow is one field of a stream.
type profileRow struct{ Name, SV, From, Values string }

// Profiles writes one page for every profile of the source http, under
// sources/http/, and their index.
func Profiles(ps []*profile.Profile) (Pages, error) {
	t, err := parse()
	if err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	ps = slices.Clone(ps)
	slices.SortFunc(ps, func(a, b *profile.Profile) int { return strings.Compare(a.ID, b.ID) })
	pages := make(Pages, len(ps)+1)
	for _, p := range ps {
		page := profilePage{Profile: p}
		for _, s := range p.Streams {
			page.Lists = append(page.Lists, listOf(s))
		}
		if pages["sources/http/"+p.ID+".md"], err = execute(t, "profile.md.tmpl", page); err != nil {
			return nil, err
		}
	}
	pages["sources/http/README.md"], err = execute(t, "profile-index.md.tmpl", ps)
	return pages, err
}

func listOf(s profile.Stream) profileList {
	l := profileList{Stream: s}
	switch {
	case s.Part:
		l.Deletions = "Läser ett urval; det som saknas räknas inte som borttaget."
	case s.Increment == nil:
		l.Deletions = "Läser allt varje gång; det som är borttaget syns vid nästa läsning."
	default:
		every := "var sjunde dag"
		switch days := int(s.Increment.FullEvery.Std(0).Hours() / 24); {
		case days == 1:
			every = "varje dag"
		case days > 1 && days != 7:
			every = fmt.Sprintf("var %d:e dag", days)
		}
		l.Deletions = "Läser det som ändrats sedan sist, och allt " + every + "; det som är borttaget syns då."
	}
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		f := s.Fields[name]
		row := profileRow{Name: name, SV: swedish(string(s.Kind) + "." + record.ListOf(name)), From: code(f.From)}
		if f.From == "" {
			row.From = "alltid " + code(fmt.Sprint(f.Value))
		}
		var values []string
		for _, from := range slices.Sorted(maps.Keys(f.Values)) {
			values = append(values, from+" → "+f.Values[from])
		}
		row.Values = strings.Join(values, ", ")
		l.Rows = append(l.Rows, row)
	}
	return l
}
