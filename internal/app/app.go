package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/expose/otlp"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/regular"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/nextstep"
	"github.com/kommunpuls/kommunpuls/internal/notify"
	"github.com/kommunpuls/kommunpuls/internal/reporting"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
)

// Options say how an App runs.
type Options struct {
	// ReadOnly opens beside the process that owns the store.
	ReadOnly bool
	Version  string
	Log      *slog.Logger
	Now      func() time.Time
	// Host replaces the way children are started; nil starts this executable.
	Host *source.Host
}

// App is the arrow, wired: sources → store → evaluation → ways out.
// It is safe for concurrent use.
type App struct {
	version string
	log     *slog.Logger
	now     func() time.Time
	started time.Time

	store        *sqlite.Store
	metrics      *metrics.Collector
	probes       *probes
	probeMetrics *metrics.Probes
	otlp         *otlp.Exporter
	notify       *notify.Notifier
	reports      *reporting.Keeper // nil beside the process that keeps them
	snapshots    *regular.Keeper   // nil beside the process that makes them
	chainMetrics *metrics.Chain
	listed       atomic.Pointer[[]activeDisruption] // ongoing disruptions that are not measured here

	host      *source.Host
	ownHost   bool
	collector *source.Collector
	scheduler *source.Scheduler
	applied   chan struct{} // holds a token when there is something new to evaluate
	serving   atomic.Bool   // the scheduler runs
	runs      runs
	months    months
	beside    bool                   // opened beside the process that owns the store
	root      atomic.Pointer[string] // where Serve listens
	reloading sync.Mutex             // held by a Reload: the last one to read the files holds

	mu     sync.RWMutex // guards parts and the engines made from them
	parts  *Parts
	engine *kpi.Engine
	eval   *kpi.Evaluator

	evaluating sync.Mutex
	seen       namesSeen // guarded by evaluating
	last       atomic.Pointer[evaluation]
	past       *past
	began      atomic.Pointer[time.Time]
}

type evaluation struct {
	at       store.Point
	took     time.Duration
	findings []finding.Finding
	shown    metrics.Snapshot
	steps    nextstep.Ranking
}

// Open opens the store and wires everything to it. Close ends it.
func Open(ctx context.Context, parts *Parts, opt Options) (*App, error) {
	st, err := sqlite.Open(ctx, parts.StorePath(), sqlite.Options{ReadOnly: opt.ReadOnly})
	if err != nil {
		return nil, err
	}
	a := &App{
		version: opt.Version, log: opt.Log, now: opt.Now, started: opt.Now(),
		store: st, metrics: metrics.New(), probeMetrics: metrics.NewProbes(), chainMetrics: metrics.NewChain(), applied: make(chan struct{}, 1), host: opt.Host, past: newPast(),
	}
	a.otlp = otlp.New(otlp.Options{Log: opt.Log, Now: opt.Now})
	a.notify = notify.New(notify.Options{Log: opt.Log, Now: opt.Now})
	a.probes = newProbes(st, opt.Log, a.showDisruptions)
	if opt.ReadOnly {
		a.beside = true
		a.use(parts)
		return a, nil
	}
	a.reports = a.newKeeper(parts)
	a.snapshots = a.newSnapshots(parts)
	if err := a.openSources(parts); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if err := a.settle(ctx, parts); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.use(parts)
	return a, nil
}

func (a *App) openSources(parts *Parts) error {
	if a.host == nil {
		host, err := Host(parts.Config, a.log)
		if err != nil {
			return err
		}
		a.host, a.ownHost = host, true
	}
	key, former := parts.Config.PseudonymKey.Value(), parts.Config.PreviousPseudonymKey.Value()
	a.collector = source.NewCollector(source.CollectorOptions{
		Store: a.store, Host: a.host, Now: a.now, PseudonymKey: []byte(key), KeyID: keyID(key),
		PreviousPseudonymKey: []byte(former), PreviousKeyID: keyID(former), Follower: a.probes, Observer: traced{a.otlp},
		KeptOut: func(ctx context.Context) (source.KeptOut, error) { return a.keptOut(ctx, key, former) },
	})
	a.scheduler = source.NewScheduler(a.collector, source.SchedulerOptions{
		Log: a.log, Watching: a.runs.watching,
		Done: func(res source.Result, _ error) {
			a.runs.collected(res)
			a.noteApplied()
		},
		Committed: func(name string) {
			if a.probes.news(name) {
				a.noteApplied()
			}
		},
	})
	return nil
}

// settle puts what the configuration decides into the store: identities with
// their other names, and the working time.
func (a *App) settle(ctx context.Context, parts *Parts) error {
	if err := a.store.SetIdentities(ctx, parts.Decisions.Identities, a.now()); err != nil {
		return fmt.Errorf("names of the decisions: %w", err)
	}
	if err := a.noteDecisions(ctx, parts); err != nil {
		return err
	}
	if err := a.store.SetCalendar(ctx, parts.Calendar); err != nil {
		return fmt.Errorf("working time: %w", err)
	}
	return nil
}

// kpiDeadline stops a definition that never ends. A large municipality on a
// small machine needs far less.
const kpiDeadline = time.Minute

// use makes the engines of new parts.
func (a *App) use(parts *Parts) {
	engine := a.engineOf(parts, monthly{app: a})
	a.mu.Lock()
	a.parts, a.engine, a.eval = parts, engine, kpi.NewEvaluator(engine, a.store)
	a.mu.Unlock()
}

// engineOf makes an engine that compares with the months that are given.
func (a *App) engineOf(parts *Parts, months kpi.Months) *kpi.Engine {
	return kpi.New(parts.Catalogue, parts.Decisions, a.store, kpi.WithHistory(a.store), kpi.WithMonths(months), kpi.WithDeadline(kpiDeadline), kpi.WithPeers(parts.PeerSettings()))
}

// Parts returns the configuration in force.
func (a *App) Parts() *Parts {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.parts
}

// Engine evaluates any point in time.
func (a *App) Engine() *kpi.Engine {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.engine
}

// Evaluator evaluates the present, computing anew only what may have changed.
func (a *App) Evaluator() *kpi.Evaluator {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.eval
}

func (a *App) noteApplied() {
	select {
	case a.applied <- struct{}{}:
	default:
	}
}

// Reload applies a changed configuration, or keeps the old one whole when the
// new one is bad. What cannot change while the daemon runs is said.
func (a *App) Reload(ctx context.Context) error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	old := a.Parts()
	parts, err := Prepare(old.Config.Path, a.now())
	if err != nil {
		return err
	}
	if err := unchangeable(old.Config, parts.Config); err != nil {
		return err
	}
	if err := a.checkSources(ctx, parts.Config); err != nil {
		return err
	}
	if err := a.settle(ctx, parts); err != nil {
		return err
	}
	a.use(parts)
	if a.serving.Load() {
		a.probes.Configure(ctx, sourceConfigs(parts.Config), a.now())
		if err := a.scheduler.Update(ctx, sourceConfigs(parts.Config)); err != nil {
			return err
		}
		if err := a.applyOTLP(ctx, parts.Config); err != nil {
			return err
		}
		if err := a.applyNotify(ctx, parts); err != nil {
			return err
		}
		a.reports.Apply(parts.ReportingSettings())
	}
	if a.snapshots != nil {
		a.snapshots.Apply(parts.SnapshotSettings())
	}
	a.noteApplied()
	a.log.Info("reloaded", "sources", len(parts.Config.Sources), "kpis", len(parts.Catalogue.KPIs))
	return nil
}

// Collect reads one source now, or all with "", and evaluates.
func (a *App) Collect(ctx context.Context, name string) error {
	_, err := a.CollectNow(ctx, name, source.CollectOptions{}, nil)
	return err
}

// CollectNow reads one source, or all with "", then evaluates. The results of
// the sources that could be read come with the errors of the others. progress,
// if not nil, is asked for each source for what is told how far it has come.
func (a *App) CollectNow(ctx context.Context, name string, opt source.CollectOptions, progress func(source string) func(done, total int64)) ([]source.Result, error) {
	var out []source.Result
	var errs []error
	found := false
	for _, c := range sourceConfigs(a.Parts().Config) {
		if name != "" && c.Name != name {
			continue
		}
		found = true
		if name == "" && !c.RetiredOn.IsZero() {
			continue
		}
		if progress != nil {
			opt.Progress = progress(c.Name)
		}
		res, err := a.collector.Collect(ctx, c, opt)
		a.runs.collected(res)
		out = append(out, res)
		errs = append(errs, err)
	}
	if !found && name != "" {
		return nil, unknownSource(a.Parts().Config, name)
	}
	errs = append(errs, a.Evaluate(ctx))
	return out, errors.Join(errs...)
}

// HasKPI tells whether the catalogue has a figure.
func (a *App) HasKPI(id string) bool { return hasKPI(a.Parts().Catalogue, id) }

func hasKPI(c catalogue.Catalogue, id string) bool {
	for i := range c.KPIs {
		if c.KPIs[i].ID == id {
			return true
		}
	}
	return false
}

// Close ends what Open began.
func (a *App) Close() error {
	var errs []error
	if a.host != nil && a.ownHost {
		errs = append(errs, a.host.Close())
	}
	return errors.Join(append(errs, a.store.Close())...)
}
