package source

import (
	"context"
	"errors"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Step is a part of a collection.
type Step string

// The steps of a collection. Staging lasts from the first row that can be kept
// to the last: starting the plugin, checking its settings and reading are
// within it. Applying follows on it.
const (
	StepStage Step = "stage"
	StepStart Step = "start plugin"
	StepCheck Step = "check settings"
	StepRead  Step = "read"
	StepApply Step = "apply"
)

// Observer hears how collections go. It may be told of several sources at a
// time, and must neither wait nor fail.
type Observer interface {
	// Collecting is told when a collection begins, and returns what hears the rest of it.
	Collecting(cfg Config, opt CollectOptions, now time.Time) Observed
}

// Observed hears of one collection, from one goroutine at a time.
type Observed interface {
	// Step is told when a step begins; what it returns, when it ended and how.
	// A step that begins before another ended is within that one.
	Step(step Step, now time.Time) (ended func(err error, now time.Time))
	// Done is told at the end, after every step.
	Done(res Result, err error, now time.Time)
}

// unobserved tells nobody.
type unobserved struct{}

func (unobserved) Collecting(Config, CollectOptions, time.Time) Observed { return unobserved{} }
func (unobserved) Step(Step, time.Time) func(error, time.Time)           { return func(error, time.Time) {} }
func (unobserved) Done(Result, error, time.Time)                         {}

// step runs one step and tells the observer of it.
func (c *Collector) step(o Observed, s Step, run func() error) error {
	ended := o.Step(s, c.opt.Now())
	err := run()
	ended(err, c.opt.Now())
	return err
}

// Class names the kind of an error of a collection, for logs and traces that
// must not tell what stood in it. "" is no error.
func Class(err error) string {
	if err == nil {
		return ""
	}
	for _, c := range []struct {
		err   error
		class string
	}{
		{context.Canceled, "canceled"},
		{sdk.ErrUnreachable, "unreachable"},
		{sdk.ErrContract, "contract"},
		{ErrFlood, "flood"},
		{sdk.ErrBadInput, "bad_input"},
		{sdk.ErrCrashed, "crashed"},
		{store.ErrHeld, "held"},
		{store.ErrFull, "disk_full"},
		{store.ErrLocked, "store"},
		{store.ErrCorrupt, "store"},
		{ErrUnknownPlugin, "plugin"},
		{ErrNotPinned, "plugin"},
		{ErrOtherBuild, "plugin"},
		{context.DeadlineExceeded, "timeout"},
	} {
		if errors.Is(err, c.err) {
			return c.class
		}
	}
	return "other"
}
