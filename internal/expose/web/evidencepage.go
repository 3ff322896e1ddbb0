package web

import (
	"slices"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// evidenceRows is how many rows of a figure one page shows.
const evidenceRows = 200

// evidence is the page of the rows behind a figure: those to go through, or all
// of them with visa=alla, some at a time by sida.
func (s *server) evidence(a *asked) (page.View, error) {
	d := page.EvidenceData{All: a.URL.Query().Get("visa") == "alla", Page: 1, Size: evidenceRows}
	if n := a.URL.Query().Get("sida"); n != "" {
		var err error
		if d.Page, err = strconv.Atoi(n); err != nil || d.Page < 1 || d.Page > 1_000_000 {
			return nil, errPage
		}
	}
	d, err := s.evidenceOf(a, d)
	if err != nil {
		return nil, err
	}
	if x := d.Finding; d.Page > 1 && x.Withheld == nil && len(x.Evidence) == 0 && x.EvidenceTotal > 0 {
		return nil, errPage // after the last row
	}
	return page.NewEvidence(a.frame, d), nil
}

// evidenceOf reads the rows that d asks for of the figure in the address.
func (s *server) evidenceOf(a *asked, d page.EvidenceData) (page.EvidenceData, error) {
	var err error
	if d.Definition, err = a.definition(s.Daemon.Catalogue()); err != nil {
		return d, err
	}
	d.All = d.All || !d.Definition.HasWork()
	i := slices.IndexFunc(a.findings, func(f finding.Finding) bool { return f.KPI == d.Definition.ID })
	if i < 0 {
		return d, nil
	}
	d.Finding, err = s.Daemon.Explain(a.Context(), Query{
		KPI: d.Definition.ID, At: store.Point{AsOf: a.findings[i].AsOf, KnownAt: a.findings[i].KnownAt}, OrgUnit: a.frame.Choices.Unit,
		Limit: d.Size, Offset: (d.Page - 1) * d.Size, Failing: !d.All,
	})
	return d, err
}
