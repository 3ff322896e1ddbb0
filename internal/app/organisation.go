package app

import (
	"context"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// reorganised is the daemon with every figure in today's organisation.
type reorganised struct{ *App }

// InTodaysOrganisation shows figures with what a unit had counted with the unit
// that took over.
func (a *App) InTodaysOrganisation() web.Daemon { return reorganised{a} }

func (r reorganised) engine() *kpi.Engine {
	parts := r.Parts()
	return kpi.New(parts.Catalogue, parts.Decisions, r.store, kpi.WithHistory(r.store), kpi.WithDeadline(kpiDeadline), kpi.WithTodaysOrganisation(), kpi.WithPeers(parts.PeerSettings()))
}

func (r reorganised) Findings(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	return r.engine().Evaluate(ctx, r.complete(at))
}

func (r reorganised) Explain(ctx context.Context, q web.Query) (finding.Finding, error) {
	return r.explain(ctx, r.engine(), q)
}
