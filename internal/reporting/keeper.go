// Package reporting makes the reports that are due, keeps them in a folder and
// mails them. What it has made it never changes, and what it has mailed it
// mails no second time, also after a restart.
package reporting

import (
	"context"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/mail"
)

// Order is one report that is wanted.
type Order struct {
	Kind    string
	Unit    string // of kind forvaltning
	Formats []string
}

// Made is a report as it came to be.
type Made struct {
	Title, Lead string
	Files       map[string][]byte // by format
}

// Maker makes reports of what is known now.
type Maker interface {
	// Units lists the förvaltningar by id.
	Units(ctx context.Context) ([]string, error)
	Make(ctx context.Context, o Order) (Made, error)
}

// Settings say which reports are made and how they are mailed.
type Settings struct {
	Plans        []Plan
	Mail         *mail.Settings // nil mails nothing
	Municipality string
	Demo         bool
	PublicURL    string // "" puts no link in letters
}

// Options of a keeper; all but Every are required.
type Options struct {
	Maker Maker
	Log   *slog.Logger
	Now   func() time.Time
	Dir   string // of the reports
	State string // the file that remembers
	// Every is how often it is looked for what is due; zero is half a minute.
	Every time.Duration
}

// Keeper works from Start to Close. It is safe for concurrent use, and a
// prometheus.Collector of how its reports fare.
type Keeper struct {
	opt   Options
	shelf shelf

	changing sync.Mutex // held while it starts, ends or changes
	looking  sync.Mutex // held while it looks for what is due

	mu       sync.Mutex // guards the rest
	settings *Settings
	state    *state
	fares    map[string]*fare // by plan
	end      func()
	unsaved  bool
}

// fare is how a plan has fared since the start.
type fare struct {
	results     map[string]int64
	class       string // of the last failure, "" where there is none now
	reason      string
	failures    int // in a row
	failingFrom time.Time
	retry       time.Time // a report that could not be made is not tried before
}

// Results of a letter, as they stand on kommunpuls_reports_sent_total.
const (
	sent    = "sent"
	failed  = "failed"  // an attempt; it is tried again
	dropped = "dropped" // it could not be sent for too long
)

// New returns a keeper that makes nothing yet, but knows what is kept.
func New(opt Options) *Keeper {
	if opt.Every == 0 {
		opt.Every = 30 * time.Second
	}
	st, err := load(opt.State)
	if err != nil {
		opt.Log.Error("which reports are kept and sent is forgotten", "err", err)
	}
	return &Keeper{opt: opt, shelf: shelf{opt.Dir}, state: st, fares: map[string]*fare{}}
}

// Start begins to look for what is due, whenever ready says so.
func (k *Keeper) Start(ctx context.Context, s Settings, ready func() bool) {
	k.changing.Lock()
	defer k.changing.Unlock()
	k.use(s)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(k.opt.Every)
		defer tick.Stop()
		for {
			if ready() {
				k.Look(ctx)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	k.end = func() {
		cancel()
		work.Wait()
	}
}

// Apply changes the settings; what is under way is finished as it began.
func (k *Keeper) Apply(s Settings) {
	k.changing.Lock()
	defer k.changing.Unlock()
	k.use(s)
}

func (k *Keeper) use(s Settings) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.settings != nil && reflect.DeepEqual(*k.settings, s) {
		return
	}
	k.settings = &s
	for name := range maps.Clone(k.fares) {
		if !slices.ContainsFunc(s.Plans, func(p Plan) bool { return p.Name == name }) {
			delete(k.fares, name)
		}
	}
	for i := range s.Plans {
		p := &s.Plans[i]
		if k.fares[p.Name] == nil {
			k.fares[p.Name] = &fare{results: map[string]int64{}}
		}
		k.fares[p.Name].retry = time.Time{} // changed settings may mend it
		if len(p.To) > 0 && len(k.fares[p.Name].results) == 0 {
			k.fares[p.Name].results = map[string]int64{sent: 0, failed: 0, dropped: 0}
		}
	}
}

// Close ends; what waits is sent by the next daemon.
func (k *Keeper) Close() {
	k.changing.Lock()
	defer k.changing.Unlock()
	if k.end != nil {
		k.end()
		k.end = nil
	}
}

// Look makes what is due and sends what waits.
func (k *Keeper) Look(ctx context.Context) {
	k.looking.Lock()
	defer k.looking.Unlock()
	k.mu.Lock()
	s := k.settings
	k.mu.Unlock()
	if s == nil {
		return
	}
	for i := range s.Plans {
		if ctx.Err() != nil {
			return
		}
		k.make(ctx, &s.Plans[i])
	}
	k.deliver(ctx, s)
}

// save keeps the state; that it cannot be kept is told once. k.mu is held.
func (k *Keeper) save() {
	err := k.state.save(k.opt.State)
	if err != nil && !k.unsaved {
		k.opt.Log.Error("which reports are kept and sent cannot be remembered over a restart", "err", err)
	}
	k.unsaved = err != nil
}
