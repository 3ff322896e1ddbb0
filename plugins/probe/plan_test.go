package probe

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

func listOf(n int, interval time.Duration) *watchlist.List {
	l := &watchlist.List{}
	for i := range n {
		l.Targets = append(l.Targets, watchlist.Target{ID: fmt.Sprint("t", i), Interval: interval})
	}
	return l
}

func TestSlotsAreSpreadAndStayWhereTheyAre(t *testing.T) {
	l := listOf(3000, 15*time.Second)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	p := newPlan(l, now)
	perSecond := map[int64]int{}
	first := map[string]time.Time{}
	for range l.Targets {
		d, ok := p.next(now.Add(time.Hour))
		if !ok || d.at.Before(now) || d.at.After(now.Add(15*time.Second)) {
			t.Fatalf("%v", d.at)
		}
		perSecond[d.at.Unix()]++
		first[d.target.ID] = d.at
	}
	for s, n := range perSecond {
		if n > 300 { // 200 on the average
			t.Errorf("%d slots in second %d", n, s)
		}
	}
	for i := range l.Targets {
		x := &l.Targets[i]
		later := slotAfter(x, now.Add(time.Hour))
		if later.Sub(first[x.ID])%x.Interval != 0 {
			t.Errorf("%s: %v and %v", x.ID, first[x.ID], later)
		}
	}
}

// idle takes every slot and never works.
func idle(l *watchlist.List, now time.Time) *dispatcher {
	return &dispatcher{list: l, plan: newPlan(l, now), tray: newTray(cursor{}), pool: &pool{ctx: context.Background()}}
}

func TestSlotsThatTheMachineSleptThroughAreCountedAndNotMadeUpFor(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	d := idle(listOf(10, 10*time.Second), now)
	d.pull(now.Add(20 * time.Minute))
	if n := len(d.waiting); n < 10 || n > 11 {
		t.Errorf("%d slots wait", n)
	}
	_, c := d.tray.take()
	if c.Slots.Due != 1200 || c.Slots.Missed != 1200-int64(len(d.waiting)) || len(c.Open) != len(d.waiting) {
		t.Errorf("%+v, %d wait", c.Slots, len(d.waiting))
	}
}

func TestAClockThatIsSetBackDoesNotStopTheProbes(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	d := idle(listOf(10, 10*time.Second), now)
	d.pull(now.Add(-time.Hour))
	d.pull(now.Add(-time.Hour + 11*time.Second))
	if n := len(d.waiting); n < 10 {
		t.Errorf("%d slots wait", n)
	}
}

func TestTheSightOfAPoint(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 11, 22, 8, 0, s, 0, time.UTC) }
	g1, g2 := &watchlist.Target{ID: "g1", Gateway: true}, &watchlist.Target{ID: "g2", Gateway: true}
	x := &watchlist.Target{ID: "x"}
	of := func(t *watchlist.Target, s int, f finding) outcome {
		return outcome{target: t, slot: at(s), began: at(s), ended: at(s).Add(100 * time.Millisecond), finding: f}
	}
	no := down(watchlist.Timeout)
	lost := unknown(watchlist.Timeout)
	for name, c := range map[string]struct {
		found  []outcome
		asked  []outcome // what the gateways say when asked at second 30
		asks   bool
		blind  bool
		nobody bool // no gateways are given
	}{
		"no gateways":                         {found: []outcome{of(x, 5, no)}, nobody: true},
		"a gateway answered later":            {found: []outcome{of(x, 5, no), of(g1, 6, up())}},
		"asked, one answers":                  {found: []outcome{of(g1, 1, up()), of(x, 5, no)}, asked: []outcome{of(g1, 30, lost), of(g2, 30, up())}, asks: true},
		"asked, none answers":                 {found: []outcome{of(g1, 1, up()), of(x, 5, no)}, asked: []outcome{of(g1, 30, lost), of(g2, 30, lost)}, asks: true, blind: true},
		"asked, none ever answered":           {found: []outcome{of(x, 5, no)}, asked: []outcome{of(g1, 30, lost), of(g2, 30, lost)}, asks: true, blind: true},
		"dark for a while, then light":        {found: []outcome{of(g1, 1, up()), of(g2, 1, lost), of(x, 5, no), of(g1, 4, lost), of(g1, 8, up())}, blind: true},
		"failed before the dark":              {found: []outcome{of(x, 5, no), of(g1, 6, up()), of(g2, 6, up()), of(g1, 9, lost), of(g2, 9, lost), of(g1, 12, up())}},
		"one gateway fails and the other not": {found: []outcome{of(g1, 1, up()), of(g2, 2, lost), of(x, 5, no), of(g1, 6, up())}},
		"gateways that may not be pinged":     {found: []outcome{of(x, 5, no)}, asked: []outcome{of(g1, 30, unknown(watchlist.NoPermission)), of(g2, 30, unknown(watchlist.NoPermission))}, asks: true},
	} {
		t.Run(name, func(t *testing.T) {
			gateways := []*watchlist.Target{g1, g2}
			if c.nobody {
				gateways = nil
			}
			asked := false
			judgeSight(newSight(gateways), c.found, func([]*watchlist.Target) []outcome {
				asked = true
				return c.asked
			})
			if asked != c.asks {
				t.Errorf("gateways asked: %v", asked)
			}
			for _, o := range c.found {
				if o.target == x && (o.cause == watchlist.Blind) != c.blind {
					t.Errorf("verdict %d, cause %s", o.verdict, o.cause)
				}
			}
		})
	}
}

func TestAProberThatPanicsEndsNothing(t *testing.T) {
	f := guarded(t.Context(), panics{}, &watchlist.Target{}, false)
	if f.verdict != watchlist.Unknown || f.cause != watchlist.Broken {
		t.Errorf("%+v", f)
	}
}

type panics struct{}

func (panics) probe(context.Context, *watchlist.Target, bool) finding { panic("fault") }
