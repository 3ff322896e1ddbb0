package strategy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
)

// Facts are what the texts are made of, all of one day.
type Facts struct {
	AsOf                   time.Time // in local time
	Findings               []finding.Finding
	Catalogue              catalogue.Catalogue
	Goals, Recommendations []followup.Row
	Units                  []Unit
	// Target is what the figure of a förvaltning is held against; nil is none.
	Target func(kpi, unit string) *finding.Target
}

// Unit is a förvaltning with the names that it goes by.
type Unit struct {
	ID, Name string
	Others   []string
}

// Say is the status that a marker asks for, with the marker as it is kept.
func (f Facts) Say(m Marker) (Marker, string, error) {
	switch m.Kind {
	case kindKPI:
		return f.figure(m)
	case kindGoal:
		return f.followed(m, f.Goals, goalWords())
	case kindRecommendation:
		return f.followed(m, f.Recommendations, recommendationWords())
	}
	return m, "", errors.New("okänd markör")
}

func (f Facts) figure(m Marker) (Marker, string, error) {
	i := slices.IndexFunc(f.Findings, func(k finding.Finding) bool { return k.KPI == m.Ref })
	if i < 0 {
		ids := make([]string, len(f.Findings))
		for i := range f.Findings {
			ids[i] = f.Findings[i].KPI
		}
		if near := closest.Name(m.Ref, ids); near != "" {
			return m, "", fmt.Errorf("måttet %s finns inte; menade du %s?", m.Ref, near)
		}
		return m, "", fmt.Errorf("måttet %s finns inte; kommunpuls kpi visar alla", m.Ref)
	}
	k := f.Findings[i]
	if m.Unit == "" {
		return m, f.day("") + f.sayFigure(k), nil
	}
	u, err := f.unit(m.Unit)
	if err != nil {
		return m, "", err
	}
	m.Unit = u.ID
	var target *finding.Target
	if f.Target != nil {
		target = f.Target(k.KPI, u.ID)
	}
	own, ok := followup.OfUnit(k, u.ID, target)
	switch {
	case !k.Outcome.HasValue():
		return m, f.day(u.Name) + f.sayFigure(k), nil
	case !ok:
		return m, f.day(u.Name) + "vi vet inte, därför att siffran inte finns för den förvaltningen.", nil
	}
	return m, f.day(u.Name) + f.sayFigure(own), nil
}

// unit finds a förvaltning by any of its names.
func (f Facts) unit(name string) (Unit, error) {
	var names []string
	for _, u := range f.Units {
		for _, n := range append([]string{u.ID, u.Name}, u.Others...) {
			if strings.EqualFold(n, name) {
				return u, nil
			}
			names = append(names, n)
		}
	}
	if near := closest.Name(name, names); near != "" {
		return Unit{}, fmt.Errorf("förvaltningen %s finns inte; menade du %s?", name, near)
	}
	return Unit{}, fmt.Errorf("förvaltningen %s finns inte bland besluten", name)
}

// followed is the status of the goal or recommendation with a number.
func (f Facts) followed(m Marker, rows []followup.Row, w followWords) (Marker, string, error) {
	if len(rows) == 0 {
		return m, f.day("") + "vi vet inte, därför att ingen lista över " + w.many + " var inläst den dagen.", nil
	}
	var found []followup.Row
	refs := make([]string, 0, len(rows))
	for _, r := range rows {
		if strings.EqualFold(tidy(r.Reference), m.Ref) {
			found = append(found, r)
		}
		if r.Reference != "" {
			refs = append(refs, tidy(r.Reference))
		}
	}
	switch {
	case len(refs) == 0:
		return m, "", fmt.Errorf("%s %s går inte att hitta: listan över %s har inga nummer (fältet reference)", w.one, m.Ref, w.many)
	case len(found) == 0:
		if near := closest.Name(m.Ref, refs); near != "" && len(m.Ref) > 3 {
			return m, "", fmt.Errorf("%s %s finns inte; menade du %s?", w.one, m.Ref, near)
		}
		return m, "", fmt.Errorf("%s %s finns inte; de som finns är %s", w.one, m.Ref, few(refs))
	case len(found) > 1:
		return m, "", fmt.Errorf("%s %s finns %d gånger (%s och %s)", w.one, m.Ref, len(found), found[0].Place, found[1].Place)
	}
	m.Ref = tidy(found[0].Reference)
	return m, f.day("") + f.sayRow(found[0], w), nil
}

// few lists the first names of many.
func few(names []string) string {
	const most = 12
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" och %d till", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// definition is that of a figure; the zero Definition where it is not known.
func (f Facts) definition(id string) catalogue.Definition {
	for i := range f.Catalogue.KPIs {
		if f.Catalogue.KPIs[i].ID == id {
			return f.Catalogue.KPIs[i]
		}
	}
	return catalogue.Definition{}
}
