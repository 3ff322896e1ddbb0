package web

import (
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// historyYears is how far back a chart reaches.
const historyYears = 2

// measure is the page of one figure.
func (s *server) measure(a *asked) (page.View, error) {
	d := page.MeasureData{Catalogue: s.Daemon.Catalogue()}
	var err error
	if d.Definition, err = a.definition(d.Catalogue); err != nil {
		return nil, err
	}
	id := d.Definition.ID
	if i := slices.IndexFunc(a.findings, func(f finding.Finding) bool { return f.KPI == id }); i >= 0 {
		d.Finding = a.findings[i]
	} else {
		d.Finding = finding.Finding{KPI: id, Title: d.Definition.Title, Unit: d.Definition.Unit, Outcome: finding.NoData}
		return page.NewMeasure(a.frame, d), nil // nothing is evaluated yet
	}
	at := store.Point{AsOf: d.Finding.AsOf, KnownAt: d.Finding.KnownAt}
	f, err := s.Daemon.Explain(a.Context(), Query{KPI: id, At: at, Limit: -1})
	if err != nil {
		return nil, err
	}
	d.SQL = f.SQL
	h, err := s.Daemon.History(a.Context(), HistoryQuery{KPI: id, OrgUnit: a.frame.Choices.Unit, From: at.AsOf.AddDate(-historyYears, 0, 0), To: at.AsOf})
	if err != nil {
		return nil, err
	}
	d.History, d.Unfinished = h.Findings, h.Unfinished
	return page.NewMeasure(a.frame, d), nil
}

// definition is the one that the address names.
func (a *asked) definition(c catalogue.Catalogue) (catalogue.Definition, error) {
	id := a.PathValue("id")
	for i := range c.KPIs {
		if c.KPIs[i].ID == id {
			return c.KPIs[i], nil
		}
	}
	return catalogue.Definition{}, errMeasure
}
