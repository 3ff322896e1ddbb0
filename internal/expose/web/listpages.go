package web

import (
	"cmp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// measures lists the whole catalogue, or what is searched for.
func (s *server) measures(a *asked) (page.View, error) {
	a.frame.Wanted = a.URL.Query().Get("q")
	return page.NewCatalogue(a.frame, s.Daemon.Catalogue(), a.findings), nil
}

// unitList lists the förvaltningar.
func (s *server) unitList(a *asked) (page.View, error) {
	return page.NewUnitList(a.frame, s.Daemon.Catalogue(), a.findings), nil
}

// What the work list of a förvaltning shows at once.
const (
	workLists = 8  // measures with their rows
	workRows  = 12 // rows of each
)

// work is the work list of one förvaltning.
func (s *server) work(a *asked) (page.View, error) {
	unit := a.PathValue("id")
	if !slices.ContainsFunc(a.frame.Units, func(u page.Unit) bool { return u.ID == unit }) {
		return nil, errUnit
	}
	a.frame.Choices.Unit = unit
	d := page.WorkData{Catalogue: s.Daemon.Catalogue(), Findings: a.findings}
	score := map[string]float64{}
	for _, n := range a.facts.NextSteps {
		if n.OrgUnit == unit {
			score[n.KPI] = n.Score
		}
	}
	for _, id := range nextstep.Work(d.Catalogue.KPIs, a.findings, unit, score) {
		if len(d.Explained) == workLists {
			d.More = append(d.More, id)
			continue
		}
		f, err := s.Daemon.Explain(a.Context(), Query{KPI: id, At: store.Point{AsOf: a.findings[0].AsOf, KnownAt: a.findings[0].KnownAt}, OrgUnit: unit, Limit: workRows, Failing: true})
		if err != nil {
			return nil, err
		}
		d.Explained = append(d.Explained, f)
	}
	return page.NewWork(a.frame, d), nil
}

// sources is the page of what is read.
func (s *server) sources(a *asked) (page.View, error) {
	states := make([]page.SourceState, len(a.facts.Sources))
	for i, src := range a.facts.Sources {
		states[i] = page.SourceState{SourceState: src.SourceState, Late: src.Late, Failing: src.Failing}
	}
	view := page.NewSources(a.frame, states)
	groups, err := s.Daemon.Unmapped(a.Context())
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		view.Names = append(view.Names, names(a.frame, g))
	}
	return view, nil
}

func names(f page.Frame, g NameGroup) page.NameGroup {
	out := page.NameGroup{Heading: f.UnmappedHeading(g.Title, g.Names, g.Records, len(g.Most))}
	for _, n := range g.Most {
		closest := n.Closest
		if n.Fits != "" {
			closest = f.FitsSeveral(n.Fits)
		}
		out.Names = append(out.Names, page.Name{Name: n.Name, Source: n.Source, Closest: closest, Rows: f.Count(n.Records)})
	}
	return out
}

// disrupted is the page of what is down now.
func (s *server) disrupted(a *asked) (page.View, error) {
	ds, err := s.Daemon.Disruptions(a.Context())
	if err != nil {
		return nil, err
	}
	places := make([]page.DisruptedPlace, len(ds))
	for i, d := range ds {
		p := page.DisruptedPlace{Name: d.Name, Sentence: d.Sentence, Since: d.Since, NextNotice: d.NextAt, Users: d.Users, Planned: d.Planned}
		for _, t := range d.Targets {
			p.Targets = append(p.Targets, page.DownTarget{Name: cmp.Or(t.Name, t.ID), Cause: t.Cause, Behind: t.Behind, Since: t.Since})
		}
		places[i] = p
	}
	return page.NewDisruptions(a.frame, places), nil
}
