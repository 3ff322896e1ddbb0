package disruption

import (
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// Take takes what probes found, of any targets, and tells which of it was new.
// A result that is no newer than the newest of its target was taken before:
// a batch that comes again after a crash changes nothing.
func (s *State) Take(results []watchlist.Result) (fresh []bool) {
	order := make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return results[a].At.Compare(results[b].At) })
	fresh = make([]bool, len(results))
	for _, i := range order {
		fresh[i] = s.take(results[i])
	}
	return fresh
}

func (s *State) take(r watchlist.Result) bool {
	x := s.targets[r.Target]
	if x == nil {
		return true // not on the list, so without rules; its figures count all the same
	}
	if !r.At.After(x.last) {
		return false
	}
	if s.began.IsZero() {
		s.began = r.At
	}
	if x.known.IsZero() {
		x.known = r.At.Add(-x.conf.Interval)
	}
	x.last, x.newest = r.At, r
	switch {
	case r.Verdict == watchlist.Up:
		s.answered = later(s.answered, r.At)
	case r.Cause == watchlist.Blind:
		s.told = later(s.told, r.At)
	}
	if x.conf.Gateway {
		s.look(x, r)
	} else if r.Verdict == watchlist.Down && s.blind {
		r.Verdict, r.Cause = watchlist.Unknown, watchlist.Blind
	}
	switch {
	case r.Cause == watchlist.AdminDown:
		s.rest(x, r.At)
	case r.Verdict == watchlist.Unknown:
		x.why = r.Cause
		s.unknown(x, r.At)
	case x.conf.Gateway && r.Verdict == watchlist.Down:
		s.unknown(x, r.At) // a gateway is never down: nobody could see it
	default:
		s.learn(x, r)
	}
	return true
}

// learn takes a result that is up or down.
func (s *State) learn(x *target, r watchlist.Result) {
	s.measured(x, r.At)
	before := x.known
	x.known, x.why = r.At, ""
	rules := x.conf.Rules
	keep := max(rules.FailuresOf, rules.RecoveriesOf)
	if len(x.recent) >= keep {
		x.recent = append(x.recent[:0], x.recent[len(x.recent)-keep+1:]...)
	}
	x.recent = append(x.recent, seen{r.At, r.Verdict == watchlist.Up})
	if x.open == nil {
		s.short(x, r)
		if n, at := count(x.recent, rules.FailuresOf, false); n >= rules.Failures {
			s.begin(x, at, r)
		}
		return
	}
	if r.Verdict == watchlist.Up {
		if n, _ := count(x.recent, rules.RecoveriesOf, true); n >= rules.Recoveries {
			s.end(x, upSince(x.recent))
		}
		return
	}
	s.split(x, before, r.At)
}

// count counts the results of one kind among the last m, and says when the
// first of them was.
func count(recent []seen, m int, ok bool) (n int, at time.Time) {
	for _, r := range recent[max(0, len(recent)-m):] {
		if r.ok != ok {
			continue
		}
		if n == 0 {
			at = r.at
		}
		n++
	}
	return n, at
}

// upSince is when the successes that end a disruption began: with the
// first after the newest failure.
func upSince(recent []seen) time.Time {
	i := len(recent) - 1
	for i > 0 && recent[i-1].ok {
		i--
	}
	return recent[i].at
}

// begin declares a disruption.
func (s *State) begin(x *target, at time.Time, r watchlist.Result) {
	x.shorts, x.run = nil, 0
	x.recent = x.recent[:0]
	iv := x.interval(Outage, at)
	iv.Cause, iv.Planned = string(r.Cause), x.conf.PlannedAt(at)
	s.opened(x, iv)
}

// opened makes an interval the target's ongoing disruption, and finds what it
// follows from and what follows from it.
func (s *State) opened(x *target, iv *Interval) {
	x.open = iv
	s.changed.add(iv)
	if p := s.behind(x, iv.Start); p != nil {
		iv.Secondary, iv.Cause = true, p.conf.ID
	}
	s.explain(x)
}

// end ends the ongoing disruption.
func (s *State) end(x *target, at time.Time) {
	iv := x.open
	iv.End = later(at, iv.Start)
	if iv.End.Sub(iv.Start) < x.conf.Rules.Flap {
		iv.Kind = Flap
	}
	s.changed.add(iv)
	x.was, x.open, x.recent = iv, nil, x.recent[:0]
}

// split ends an interval where a planned window begins or ends, or where what
// it followed from has ended, and goes on with another.
func (s *State) split(x *target, before, now time.Time) {
	iv := x.open
	if planned := x.conf.PlannedAt(now); planned != iv.Planned {
		at := boundary(x.conf, later(before, iv.Start), now)
		s.end(x, at)
		s.goOn(x, at, planned)
		return
	}
	if !iv.Secondary {
		return
	}
	p := s.targets[iv.Cause]
	if p == nil || p.open != nil || p.was == nil {
		return
	}
	if at := p.was.End; at.After(iv.Start) && now.Sub(at) > slack(x, p) {
		s.end(x, at)
		s.goOn(x, at, iv.Planned)
	}
}

// goOn begins an interval where another ended.
func (s *State) goOn(x *target, at time.Time, planned bool) {
	iv := x.interval(Outage, at)
	iv.Planned, iv.Cause = planned, string(x.newest.Cause)
	s.opened(x, iv)
}

// boundary finds where a planned window begins or ends between two instants,
// to the second.
func boundary(t *watchlist.Target, from, to time.Time) time.Time {
	planned := t.PlannedAt(to)
	for to.Sub(from) > time.Second {
		if mid := from.Add(to.Sub(from) / 2); t.PlannedAt(mid) == planned {
			to = mid
		} else {
			from = mid
		}
	}
	return to.Truncate(time.Second)
}

// short notes breaks that declare nothing: two failures or more in a row. They
// are flaps once they can be part of a disruption no more.
func (s *State) short(x *target, r watchlist.Result) {
	if r.Verdict == watchlist.Down {
		if x.run == 0 {
			x.runAt = r.At
		}
		x.run++
		return
	}
	if x.run >= 2 {
		iv := x.interval(Flap, x.runAt)
		iv.End, iv.Cause, iv.Planned = r.At, string(watchlist.Failed), x.conf.PlannedAt(x.runAt)
		x.shorts = append(x.shorts, iv)
	}
	x.run = 0
	window := x.recent[max(0, len(x.recent)-x.conf.Rules.FailuresOf):]
	x.shorts = slices.DeleteFunc(x.shorts, func(iv *Interval) bool {
		if slices.ContainsFunc(window, func(r seen) bool { return !r.ok && r.at.Before(iv.End) }) {
			return false
		}
		s.changed.add(iv)
		return true
	})
}
