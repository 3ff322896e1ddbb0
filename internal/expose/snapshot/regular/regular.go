// Package regular makes the snapshots that are due, has them time-stamped, and
// mails the newest fingerprints once a month to somebody who keeps them. What it
// has mailed it mails no second time, also after a restart.
package regular

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/mail"
)

// Settings say what is done.
type Settings struct {
	Dir          string         // of the snapshots
	Every        string         // Month, Quarter or Year; "" makes none
	Stamps       bool           // a server of time stamps is configured
	Mail         *mail.Settings // nil mails nothing
	To           []string
	Day          int // of the month, on which the letter goes
	Municipality string
	Demo         bool
}

// Options of a keeper; all but Tick and Again are required.
type Options struct {
	// Make makes a snapshot of an instant. It is time-stamped if that can be had.
	Make func(ctx context.Context, asOf time.Time) (snapshot.Written, error)
	// Stamp asks for the time stamp that a snapshot did not get.
	Stamp func(ctx context.Context, name string) error
	// Shown is given the chain whenever it has been read.
	Shown func([]seal.Entry)
	// Failed is told the task, one of [Tasks], of every attempt that fails.
	Failed func(task string)
	Log    *slog.Logger
	Now    func() time.Time
	State  string // the file that remembers
	// Tick is how often it is looked for what is due; zero is a minute.
	Tick time.Duration
	// Again is when what failed is tried again; zero is half an hour.
	Again time.Duration
}

// Keeper works from Start to Close. It is safe for concurrent use.
type Keeper struct {
	opt     Options
	looking sync.Mutex // held while it looks for what is due

	mu       sync.Mutex // guards the rest
	settings Settings
	retry    map[string]time.Time // by task: not before
	end      func()
}

// Tasks that may fail and are then tried again.
const (
	making   = "make"
	stamping = "timestamp"
	mailing  = "mail"
)

// Tasks lists what may fail.
func Tasks() []string { return []string{making, stamping, mailing} }

// New returns a keeper that does nothing yet.
func New(opt Options) *Keeper {
	if opt.Tick == 0 {
		opt.Tick = time.Minute
	}
	if opt.Again == 0 {
		opt.Again = 30 * time.Minute
	}
	return &Keeper{opt: opt, retry: map[string]time.Time{}}
}

// unready is how soon it is looked again when nothing has been evaluated yet.
const unready = 2 * time.Second

// Start begins to look for what is due, whenever ready says so.
func (k *Keeper) Start(ctx context.Context, s Settings, ready func() bool) {
	k.Apply(s)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	work.Go(func() {
		for {
			next := k.opt.Tick
			if ready() {
				k.Look(ctx)
			} else {
				next = min(next, unready)
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(next):
			}
		}
	})
	k.end = func() {
		cancel()
		work.Wait()
	}
}

// Apply changes the settings.
func (k *Keeper) Apply(s Settings) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.settings = s
	clear(k.retry)
}

// Close ends what Start began.
func (k *Keeper) Close() {
	if k.end != nil {
		k.end()
	}
}

// Look does what is due: a snapshot, its time stamp, the letter.
func (k *Keeper) Look(ctx context.Context) {
	k.looking.Lock()
	defer k.looking.Unlock()
	k.mu.Lock()
	s := k.settings
	k.mu.Unlock()
	now := k.opt.Now()
	st, err := load(k.opt.State)
	if err != nil {
		// Not knowing what was mailed, it mails rather twice than never.
		k.opt.Log.Error("which fingerprints are mailed is forgotten", "err", err)
	}
	chain, err := seal.ReadChain(s.Dir)
	if err != nil {
		k.failed(making, now, "the chain of snapshots", err)
		return
	}
	k.opt.Shown(chain)
	if k.due(making, now) && k.make(ctx, s, chain, &st, now) {
		if chain, err = seal.ReadChain(s.Dir); err != nil {
			k.failed(making, now, "the chain of snapshots", err)
			return
		}
	}
	if n := len(chain); n > 0 && s.Stamps && chain[n-1].Timestamp == "" && k.due(stamping, now) {
		if err := k.opt.Stamp(ctx, chain[n-1].Name); err != nil {
			k.failed(stamping, now, "time stamp of a snapshot", err)
		}
	}
	k.opt.Shown(chain)
	if k.due(mailing, now) {
		k.mail(ctx, s, chain, &st, now)
	}
}

// due tells whether a task that failed may be tried again.
func (k *Keeper) due(task string, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !now.Before(k.retry[task])
}

func (k *Keeper) failed(task string, now time.Time, what string, err error) {
	k.mu.Lock()
	k.retry[task] = now.Add(k.opt.Again)
	k.mu.Unlock()
	if !errors.Is(err, context.Canceled) {
		k.opt.Failed(task)
		k.opt.Log.Error(what, "err", err, "again", k.opt.Again)
	}
}

// make makes the snapshot of the period that has ended, once.
func (k *Keeper) make(ctx context.Context, s Settings, chain seal.Chain, st *state, now time.Time) bool {
	end, ok := Ended(s.Every, now)
	if !ok || !st.Skipped.IsZero() && !end.After(st.Skipped) {
		return false
	}
	for _, e := range chain {
		if e.AsOf.Equal(end) {
			return false
		}
	}
	w, err := k.opt.Make(ctx, end)
	switch {
	case errors.Is(err, snapshot.ErrNothing):
		// It will not be known later either.
		st.Skipped = end
		k.opt.Log.Info("nothing is known of the period that has ended; no snapshot is made", "as_of", end)
		k.keep(*st, making, now)
		return false
	case err != nil:
		k.failed(making, now, "making a snapshot", err)
		return false
	}
	k.opt.Log.Info("made a snapshot", "name", w.Name, "fingerprint", w.Fingerprint)
	if w.NotStamped != nil {
		k.failed(stamping, now, "time stamp of a snapshot", w.NotStamped)
	}
	return true
}

// mail sends the letter of the month, once.
func (k *Keeper) mail(ctx context.Context, s Settings, chain seal.Chain, st *state, now time.Time) {
	month := local(now).Format("2006-01")
	if s.Mail == nil || len(s.To) == 0 || len(chain) == 0 || local(now).Day() < s.Day || st.Mailed == month {
		return
	}
	list, err := seal.List(s.Dir)
	if err == nil {
		err = s.Mail.Send(ctx, Letter(s, list, now))
	}
	if err != nil {
		k.failed(mailing, now, "mailing the fingerprints of snapshots", err)
		return
	}
	st.Mailed = month
	k.keep(*st, mailing, now)
	k.opt.Log.Info("mailed the fingerprints of snapshots", "snapshots", len(chain))
}

func (k *Keeper) keep(st state, task string, now time.Time) {
	if err := st.save(k.opt.State); err != nil {
		k.failed(task, now, "remembering what was done with snapshots", err)
	}
}
