package reporting

import (
	"context"
	"slices"
	"time"
)

// make makes a report that is due, once however long ago that was: what was
// missed while nothing ran is not made up for one by one.
func (k *Keeper) make(ctx context.Context, p *Plan) {
	now := k.opt.Now()
	due := p.Due(now)
	k.mu.Lock()
	done := k.state.Plans[p.Name]
	if done == nil { // a new plan begins with what comes
		k.state.Plans[p.Name] = &progress{Done: due}
		k.save()
	}
	if done != nil && done.Done.After(now) { // the clock has gone backwards
		done.Done = due
	}
	wait := done == nil || !done.Done.Before(due) || k.fares[p.Name] == nil || now.Before(k.fares[p.Name].retry)
	k.mu.Unlock()
	if wait {
		return
	}
	units := []string{p.Unit}
	if p.Unit == All {
		var err error
		if units, err = k.opt.Maker.Units(ctx); err != nil {
			k.failedToMake(ctx, p, err)
			return
		}
	}
	for _, unit := range units {
		if k.has(p, unit, due) {
			continue // an earlier attempt came that far
		}
		if err := k.makeOne(ctx, p, unit); err != nil {
			k.failedToMake(ctx, p, err)
			return
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state.Plans[p.Name].Done = due
	if len(p.To) == 0 {
		k.succeeded(p.Name, k.opt.Now())
	}
	k.limit(p)
	k.save()
}

// has tells whether a plan's report of a unit was made since it was due.
func (k *Keeper) has(p *Plan, unit string, due time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.ContainsFunc(k.state.Kept, func(r Kept) bool { return r.Plan == p.Name && r.Unit == unit && !r.Made.Before(due) })
}

func (k *Keeper) makeOne(ctx context.Context, p *Plan, unit string) error {
	made, err := k.opt.Maker.Make(ctx, Order{Kind: p.Kind, Unit: unit, Formats: p.Formats})
	if err != nil {
		return err
	}
	now := k.opt.Now()
	name, err := k.shelf.free(now, p.Kind, unit, p.Formats)
	if err != nil {
		return err
	}
	sums, err := k.shelf.put(name, made.Files)
	if err != nil {
		return err
	}
	r := Kept{Name: name, Plan: p.Name, Kind: p.Kind, Unit: unit, Title: made.Title, Lead: made.Lead, Made: now, Formats: p.Formats, SHA256: sums}
	if len(p.To) > 0 {
		r.Letter = &letter{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state.Kept = append(k.state.Kept, r)
	k.save()
	k.opt.Log.Info("made a report", "report", p.Name, "file", name)
	return nil
}

// limit removes what is beyond the number that a plan keeps, of each unit. What
// waits to be sent stays, and so does a file that somebody has changed. k.mu is held.
func (k *Keeper) limit(p *Plan) {
	if p.Keep <= 0 {
		return
	}
	count := map[string]int{}
	for i := len(k.state.Kept) - 1; i >= 0; i-- {
		r := &k.state.Kept[i]
		if r.Plan != p.Name {
			continue
		}
		if count[r.Unit]++; count[r.Unit] <= p.Keep || r.Letter.waits() {
			continue
		}
		left, err := k.shelf.discard(r)
		if err != nil {
			k.opt.Log.Error("removing an old report", "report", p.Name, "err", err)
			continue
		}
		k.opt.Log.Info("removed an old report", "report", p.Name, "file", r.Name, "left_since_changed", left)
		k.state.Kept = slices.Delete(k.state.Kept, i, i+1)
	}
}

// failedToMake notes that a report could not be made; it is tried again later.
func (k *Keeper) failedToMake(ctx context.Context, p *Plan, err error) {
	if ctx.Err() != nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.fares[p.Name]
	if f == nil {
		return
	}
	if f.class != unmade {
		k.opt.Log.Error("a report cannot be made", "report", p.Name, "err", err)
	}
	k.failing(f, unmade, "Rapporten gick inte att göra; se loggen.")
	f.retry = k.opt.Now().Add(backoff(f.failures))
}

// unmade is the class of a report that could not be made.
const unmade = "report"

// failing notes a failure. k.mu is held.
func (k *Keeper) failing(f *fare, class, reason string) {
	if f.failures++; f.failures == 1 {
		f.failingFrom = k.opt.Now()
	}
	f.class, f.reason = class, reason
}

// succeeded notes that a plan has come through: wholly, if no letter of it waits. k.mu is held.
func (k *Keeper) succeeded(plan string, at time.Time) {
	if pr := k.state.Plans[plan]; pr != nil && !slices.ContainsFunc(k.state.Kept, func(r Kept) bool { return r.Plan == plan && r.Letter.waits() }) {
		pr.LastSuccess = at
	}
	if f := k.fares[plan]; f != nil {
		if f.failures > 0 {
			k.opt.Log.Info("reports get through again", "report", plan, "failed_for", at.Sub(f.failingFrom).Round(time.Second))
		}
		f.failures, f.class, f.reason, f.failingFrom, f.retry = 0, "", "", time.Time{}, time.Time{}
	}
}

// backoff is how long to wait after so many failures: a minute, then twice as
// long each time, up to an hour.
func backoff(failures int) time.Duration {
	return min(time.Minute<<min(max(failures-1, 0), 10), time.Hour)
}
