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
	def, err := a.definition(s.Daemon.Catalogue())
	if err != nil {
		return nil, err
	}
	d := page.EvidenceData{Definition: def, All: a.URL.Query().Get("visa") == "alla" || !def.HasWork(), Page: 1, Size: evidenceRows}
	if n := a.URL.Query().Get("sida"); n != "" {
		if d.Page, err = strconv.Atoi(n); err != nil || d.Page < 1 || d.Page > 1_000_000 {
			return nil, errPage
		}
	}
	i := slices.IndexFunc(a.findings, func(f finding.Finding) bool { return f.KPI == def.ID })
	if i < 0 {
		return page.NewEvidence(a.frame, d), nil
	}
	d.Finding, err = s.Daemon.Explain(a.Context(), Query{
		KPI: def.ID, At: store.Point{AsOf: a.findings[i].AsOf, KnownAt: a.findings[i].KnownAt}, OrgUnit: a.frame.Choices.Unit,
		Limit: d.Size, Offset: (d.Page - 1) * d.Size, Failing: !d.All,
	})
	if err != nil {
		return nil, err
	}
	return page.NewEvidence(a.frame, d), nil
}
