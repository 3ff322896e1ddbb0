package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Collect implements [sdk.Source]: every target once, as when the settings are
// tried. Where a watch has a cursor already, it has told everything.
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	if !req.Dated.IsZero() {
		return sdk.End{}, fmt.Errorf("probe: %w: det går inte att mäta bakåt i tiden", sdk.ErrBadInput)
	}
	list, err := load(ctx, req.Settings)
	if err != nil {
		return sdk.End{}, err
	}
	if _, watched := readCursor(req.Cursor); watched && !req.Full {
		return sdk.End{Cursor: req.Cursor}, out.Begin(sdk.Header{Mapped: mapped(), Unchanged: true})
	}
	if err := out.Begin(sdk.Header{Mapped: mapped()}); err != nil {
		return sdk.End{}, err
	}
	probing, cancel := context.WithCancel(ctx)
	defer cancel()
	found := make(chan outcome, len(list.Targets))
	p := newPool(probing, list, req.Settings.BaseDir, time.Now, func(o outcome) { found <- o })
	w := &watch{settings: req.Settings, codec: watchlist.NewCodec(), now: time.Now, list: list, sight: newSight(list.Gateways())}
	defer func() {
		cancel()
		p.stop(patience)
	}()
	outcomes, err := once(ctx, p, list.Targets, req.Now, found, out)
	if err != nil {
		return sdk.End{}, err
	}
	w.look(ctx, p, outcomes)
	recs := w.records(outcomes)
	if err := ctx.Err(); err != nil {
		return sdk.End{}, err
	}
	const batch = 1000
	for rest := recs; len(rest) > 0; rest = rest[min(batch, len(rest)):] {
		if err := out.Write(rest[:min(batch, len(rest))]); err != nil {
			return sdk.End{}, err
		}
	}
	for _, warning := range w.warnings {
		if err := out.Warn(warning); err != nil {
			return sdk.End{}, err
		}
	}
	raw, err := json.Marshal(cursor{Until: req.Now.UnixMilli()})
	if err != nil {
		return sdk.End{}, err
	}
	return sdk.End{Cursor: raw, Seen: int64(len(outcomes))}, nil
}

// once probes every target a single time, as many at once as the list allows.
func once(ctx context.Context, p *pool, targets []watchlist.Target, at time.Time, found <-chan outcome, out sdk.Sink) ([]outcome, error) {
	var outcomes []outcome
	next := 0
	for len(outcomes) < len(targets) {
		var jobs chan<- due
		var job due
		for next < len(targets) {
			job = due{at: at, target: &targets[next], anytime: true}
			if !p.offer(job) {
				jobs = p.jobs
				break
			}
			next++
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case jobs <- job:
			next++
		case o := <-found:
			outcomes = append(outcomes, o)
			if err := out.Progress(int64(len(outcomes)), int64(len(targets))); err != nil {
				return nil, err
			}
		}
	}
	// In the order of the list, whichever answered first.
	order := make(map[*watchlist.Target]int, len(targets))
	for i := range targets {
		order[&targets[i]] = i
	}
	slices.SortFunc(outcomes, func(a, b outcome) int { return order[a.target] - order[b.target] })
	return outcomes, nil
}
