package app

import (
	"context"
	"errors"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/setup"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// FirstHour runs the arrow once for init: the same collection, the same store
// and the same evaluation as the daemon's.
type FirstHour struct{ Options }

var _ setup.Arrow = FirstHour{}

// Evaluate reads every source of the configuration once and evaluates. What a
// source could not do stands in the sources' state.
func (h FirstHour) Evaluate(ctx context.Context, config string) (res setup.Result, err error) {
	err = h.with(ctx, config, func(a *App) error {
		if _, cerr := a.CollectNow(ctx, "", source.CollectOptions{}, nil); cerr != nil {
			a.log.Debug("collecting", "err", cerr)
		}
		if res.Findings, err = a.Findings(ctx, store.Point{}); err != nil {
			return err
		}
		if res.Sources, err = a.sources(ctx); err != nil {
			return err
		}
		res.Unmapped, err = a.store.Unmapped(ctx)
		return err
	})
	return res, err
}

// Explain returns figures with at most limit rows each.
func (h FirstHour) Explain(ctx context.Context, config string, kpis []string, limit int) (fs []finding.Finding, err error) {
	err = h.with(ctx, config, func(a *App) error {
		for _, id := range kpis {
			f, err := a.Explain(ctx, web.Query{KPI: id, Limit: limit})
			if err != nil {
				return err
			}
			fs = append(fs, f)
		}
		return nil
	})
	return fs, err
}

func (h FirstHour) with(ctx context.Context, config string, do func(*App) error) error {
	parts, err := Prepare(config, h.Now())
	if err != nil {
		return err
	}
	a, err := Open(ctx, parts, h.Options)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}
