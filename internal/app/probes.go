package app

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disruption"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// probePlugin is the source whose results make disruptions.
const probePlugin = "probe"

// A list of targets is read again when its file has changed, and when results
// of a target that is not on it come, but not more often than reloadEvery; and
// in any case now and then, so that opening hours always reach far ahead.
const (
	reloadEvery = 30 * time.Second
	rereadEvery = 24 * time.Hour
)

// probes keeps the disruption state of every measuring point, between what a
// watch found and what the store keeps of it. It is safe for concurrent use.
type probes struct {
	store *sqlite.Store
	log   *slog.Logger
	codec watchlist.Codec
	// shown is called with what there is to see whenever that may have changed.
	shown func(view probeView)

	mu     sync.Mutex
	points map[string]*point
	places map[placeKey]place
	view   atomic.Pointer[probeView]
}

// point is one measuring point: one configured probe source.
type point struct {
	cfg   source.Config
	list  *watchlist.List
	state *disruption.State
	read  time.Time // when the list was read
	news  bool      // the last batch held more than probe results
	// hour is the newest count of what was due and missed: it is told every
	// minute and kept when the hour is over.
	hour   record.Record
	hourOf time.Time
}

type placeKey struct{ source, target string }

// place is what a target's names resolve to.
type place struct{ site, orgUnit string }

func newProbes(st *sqlite.Store, log *slog.Logger, shown func(probeView)) *probes {
	return &probes{store: st, log: log, codec: watchlist.NewCodec(), shown: shown, points: map[string]*point{}, places: map[placeKey]place{}}
}

// Configure takes up the configured measuring points, so that what was ongoing
// when the daemon stopped is so at once, before anything is measured anew.
func (p *probes) Configure(ctx context.Context, configs []source.Config, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wanted := map[string]bool{}
	for _, cfg := range configs {
		if cfg.Plugin != probePlugin {
			continue
		}
		wanted[cfg.Name] = true
		if _, err := p.point(ctx, cfg, now); err != nil {
			p.log.Error("the list of targets could not be read", "source", cfg.Name, "error", err)
		}
	}
	for name := range p.points {
		if !wanted[name] {
			delete(p.points, name)
		}
	}
	p.keepAll(ctx, now)
	p.show(now)
}

// point finds the state of a source, or restores it from the store. Settings
// that changed are taken up. p.mu is held.
func (p *probes) point(ctx context.Context, cfg source.Config, now time.Time) (*point, error) {
	pt := p.points[cfg.Name]
	if pt != nil && string(pt.cfg.Settings) == string(cfg.Settings) && pt.cfg.RetiredOn.Equal(cfg.RetiredOn) {
		return pt, nil
	}
	list := &watchlist.List{} // nothing is watched of a source that was switched off
	if cfg.RetiredOn.IsZero() {
		var err error
		if list, err = watchlist.Load(ctx, cfg.Settings, cfg.BaseDir); err != nil {
			return nil, err
		}
	}
	if err := p.setOpening(ctx, list, now); err != nil {
		return nil, err
	}
	if pt != nil {
		pt.cfg, pt.list, pt.read = cfg, list, now
		pt.state.Configure(list)
		return pt, nil
	}
	pt = &point{cfg: cfg, list: list, state: disruption.New(list), read: now}
	if err := restoreDisruptions(ctx, p.store, cfg.Name, pt.state, now); err != nil {
		return nil, err
	}
	p.points[cfg.Name] = pt
	return pt, nil
}

// Opening hours are written from a while back to years ahead.
const (
	openingBack  = 40 * 24 * time.Hour
	openingAhead = 3 * 366 * 24 * time.Hour
)

func (p *probes) setOpening(ctx context.Context, list *watchlist.List, now time.Time) error {
	hours := map[string][]store.CalendarDay{}
	for name, o := range list.Openings() {
		if !o.Always() {
			hours[name] = o.Days(now.Add(-openingBack), now.Add(openingAhead))
		}
	}
	if len(hours) == 0 {
		return nil
	}
	return p.store.SetOpening(ctx, hours)
}

// Follow makes disruptions of a batch's probe results, and lets them be
// committed together. Nothing else is done to the state until that is done.
func (p *probes) Follow(ctx context.Context, cfg source.Config, b sdk.WatchBatch, now time.Time) (sdk.WatchBatch, func(bool), error) {
	if cfg.Plugin != probePlugin {
		return b, func(bool) {}, nil
	}
	p.mu.Lock()
	pt, err := p.point(ctx, cfg, now)
	if err != nil {
		p.mu.Unlock()
		return b, nil, err
	}
	b = p.follow(ctx, pt, b, now)
	return b, func(committed bool) {
		defer p.mu.Unlock()
		if !committed {
			delete(p.points, cfg.Name) // restored from the store with the next batch
			return
		}
		p.show(now)
	}, nil
}

func (p *probes) follow(ctx context.Context, pt *point, b sdk.WatchBatch, now time.Time) sdk.WatchBatch {
	var results []watchlist.Result
	kept := make([]record.Record, 0, len(b.Records)+4)
	unknown, quiet := false, 0
	for i := range b.Records {
		rec := &b.Records[i]
		if target, at, ok := p.codec.Expiry(rec); ok {
			if !pt.state.Expires(target, at) {
				continue
			}
		} else if hour, due, missed, ok := slots(rec); ok {
			pt.state.Slots(disruption.Missed{Hour: hour, Due: due, Missed: missed})
			over := pt.hour
			pt.hour = *rec
			if same := hour.Equal(pt.hourOf); same || pt.hourOf.IsZero() {
				pt.hourOf = hour
				continue
			}
			pt.hourOf = hour
			kept = append(kept, over)
			quiet++
			continue
		} else if r, ok := p.codec.Result(rec); ok {
			t, listed := pt.state.Find(r.Target)
			unknown = unknown || !listed
			if listed {
				complete(rec, r, t)
			}
			results = append(results, r)
		}
		kept = append(kept, *rec)
	}
	if unknown && now.Sub(pt.read) > reloadEvery {
		p.reread(ctx, pt, now)
	}
	quiet += len(results)
	pt.state.Take(results)
	changes := pt.state.Changes()
	for i := range changes {
		kept = append(kept, disruption.Record(&changes[i]))
	}
	pt.news = len(kept) > quiet
	b.Records = kept
	b.Mapped = withIntervals(b.Mapped)
	return b
}

// reread takes up a list that has changed beside its settings. A list that is
// bad is told by the source itself.
func (p *probes) reread(ctx context.Context, pt *point, now time.Time) {
	pt.read = now
	list, err := watchlist.Load(ctx, pt.cfg.Settings, pt.cfg.BaseDir)
	if err == nil {
		err = p.setOpening(ctx, list, now)
	}
	if err != nil {
		p.log.Warn("the list of targets could not be read again", "source", pt.cfg.Name, "error", err)
		return
	}
	pt.list = list
	pt.state.Configure(list)
}

// Tick notes what has stopped being measured.
func (p *probes) Tick(ctx context.Context, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pt := range p.points {
		if age := now.Sub(pt.read); pt.cfg.RetiredOn.IsZero() && (age > rereadEvery || age > reloadEvery && pt.list.File.Changed()) {
			p.reread(ctx, pt, now)
		}
		pt.state.Tick(now)
	}
	p.keepAll(ctx, now)
	p.show(now)
}

// keepAll stores what changed outside a batch. p.mu is held.
func (p *probes) keepAll(ctx context.Context, now time.Time) {
	for name, pt := range p.points {
		changes := pt.state.Changes()
		if len(changes) == 0 {
			continue
		}
		recs := make([]record.Record, len(changes))
		for i := range changes {
			recs[i] = disruption.Record(&changes[i])
		}
		info := store.SourceInfo{
			Name: name, Plugin: pt.cfg.Plugin, Precedence: pt.cfg.Precedence,
			Interval: pt.cfg.Every, ContentMaxAge: pt.cfg.ContentMaxAge, RetiredOn: pt.cfg.RetiredOn,
		}
		if err := p.store.Amend(ctx, info, recs, now); err != nil {
			if ctx.Err() == nil {
				p.log.Error("keeping disruptions", "source", name, "error", err)
			}
			delete(p.points, name)
		}
	}
}

// news tells whether the last batch of a source may have changed a figure.
// Single probe results change those that are computed by the clock alone.
func (p *probes) news(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	pt := p.points[name]
	return pt == nil || pt.news
}
