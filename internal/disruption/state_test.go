package disruption

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// noon is a Monday, 12.00 in Stockholm.
var noon = time.Date(2026, 11, 16, 11, 0, 0, 0, time.UTC)

// list parses targets as the settings have them.
func list(t testing.TB, settings string) *watchlist.List {
	t.Helper()
	l, err := watchlist.Parse(json.RawMessage(settings))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const school = `{"targets": [{"id": "skola", "module": "icmp", "address": "10.1.1.1", "site": "centralskolan", "org_unit": "utb", "users": 60, "interval": "15s"}], "recovery": "3 of 3"}`

// play lets a target answer by a script, one letter a turn from noon: U up,
// D down, ? unknown, - no result at all.
type play struct {
	s     *State
	every time.Duration
}

func (p play) run(target, script string) {
	for i, c := range script {
		p.one(target, noon.Add(time.Duration(i)*p.every), c)
	}
}

func (p play) one(target string, at time.Time, c rune) {
	r := watchlist.Result{Target: target, At: at}
	switch c {
	case 'U':
		r.Verdict, r.Latency = watchlist.Up, time.Millisecond
	case 'D':
		r.Verdict, r.Cause = watchlist.Down, watchlist.Timeout
	case '?':
		r.Verdict, r.Cause = watchlist.Unknown, watchlist.Blind
	default:
		return
	}
	p.s.Take([]watchlist.Result{r})
}

// told writes intervals as turns of 15 seconds after noon.
func told(ivs []Interval) string {
	var out []string
	for _, iv := range ivs {
		end := "…"
		if !iv.Ongoing() {
			end = turns(iv.End)
		}
		w := fmt.Sprintf("%s %s %s-%s", iv.Kind, iv.Target, turns(iv.Start), end)
		if iv.Planned {
			w += " planned"
		}
		if iv.Secondary {
			w += " behind " + iv.Cause
		} else if iv.Kind == Unmeasured {
			w += " " + iv.Cause
		}
		out = append(out, w)
	}
	return strings.Join(out, "; ")
}

func turns(t time.Time) string { return fmt.Sprint(t.Sub(noon).Seconds() / 15) }

// kept are the newest versions of all intervals that were to be stored.
func kept(s *State) []Interval {
	ivs := s.Changes()
	slices.SortStableFunc(ivs, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	return ivs
}

func TestAScriptOfResultsMakesIntervals(t *testing.T) {
	long := strings.Repeat("D", 20)
	for _, c := range []struct{ name, script, want string }{
		{"nothing happens", "UUUUUUUU", ""},
		{"one failure is a lost packet", "UUDUUUUU", ""},
		{"two failures in a row are a short break", "UUDDUUUUUU", "flap skola 2-4"},
		{"a short break is not told while it may yet be a disruption", "UUDDU", ""},
		{"two of five with a success between are nothing", "UUDUDUUUUUU", ""},
		{"three of five declare, from the first of them", "UUD" + long, "outage skola 2-…"},
		{"also when one between succeeded", "UUDUDU" + long, "outage skola 2-…"},
		{"a short break before it is part of it", "UUDDUD" + long, "outage skola 2-…"},
		{"two failures do not declare", "UUDD", ""},
		{"it ends with the first of three successes", "U" + long + "UUUU", "outage skola 1-21"},
		{"two successes do not end it", "U" + long + "UUDUU", "outage skola 1-…"},
		{"a disruption that stutters ends after its last failure", "U" + long + "UDUUU", "outage skola 1-23"},
		{"under two minutes is a flap", "UDDDDDDDUUUU", "flap skola 1-8"},
		{"two minutes are a disruption", "UDDDDDDDDUUUU", "outage skola 1-9"},
		{"an unknown result is neither", "UD?D?DUUU", "flap skola 1-6"},
		{"a minute of unknown is nothing to tell", "UUU???UUU", ""},
		{"more is unmeasured", "UUU??????UUU", "unmeasured skola 3-9 blind"},
		{"and goes on until something is known", "UUU??????", "unmeasured skola 3-… blind"},
		{"missed turns are unmeasured", "UUU------UUU", "unmeasured skola 3-9 not_measured"},
		{"failures from before a gap declare nothing after it", "UUDD------DUUUUU", "unmeasured skola 4-10 not_measured"},
		{"a disruption goes on over a gap, which is unmeasured", "UDDDDDDDD------DDD", "outage skola 1-…; unmeasured skola 9-15 not_measured"},
		{"a gap in which it came up ends it at the first success", "UDDDDDDDD------UUU", "outage skola 1-15; unmeasured skola 9-15 not_measured"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(list(t, school))
			play{s, 15 * time.Second}.run("skola", c.script)
			got := kept(s)
			if told(got) != c.want {
				t.Errorf("%s: %s\nwant %s", c.script, told(got), c.want)
			}
		})
	}
}

func TestThreeBreaksOfSixMinutesWithinAnHourAtAFireStationAreThreeDisruptions(t *testing.T) {
	s := New(list(t, `{"targets": [{"id": "brand", "module": "icmp", "address": "10.1.1.9", "site": "brandstationen", "users": 25, "hours": "always", "criticality": "raddningstjanst"}]}`))
	down := func(turn int) bool { m := turn / 4; return m >= 5 && m < 11 || m >= 25 && m < 31 || m >= 45 && m < 51 }
	p := play{s, 15 * time.Second}
	for i := range 60 * 4 {
		p.one("brand", noon.Add(time.Duration(i)*15*time.Second), map[bool]rune{true: 'D', false: 'U'}[down(i)])
		if i == 5*4+2 && len(s.Active()) != 1 {
			t.Error("not told of after the third failure, 30 seconds into the break")
		}
	}
	got := kept(s)
	if told(got) != "outage brand 20-44; outage brand 100-124; outage brand 180-204" {
		t.Fatal(told(got))
	}
	for _, iv := range got {
		if iv.End.Sub(iv.Start) != 6*time.Minute || iv.Users != 25 || iv.Opening != watchlist.AlwaysOpen || iv.Site != "brandstationen" {
			t.Errorf("%+v", iv)
		}
	}
}

func TestPlannedWorkStandsApartAndIsCutAtItsBorders(t *testing.T) {
	l := list(t, `{"targets": [{"id": "skola", "module": "icmp", "address": "10.1.1.1", "planned": ["2026-11-16 12:05..2026-11-16 12:10"]}]}`)
	s := New(l)
	p := play{s, 15 * time.Second}
	p.run("skola", strings.Repeat("U", 8)+strings.Repeat("D", 52)+"UUUUU") // down from 12.02 to 12.15
	if got := told(kept(s)); got != "outage skola 8-20; outage skola 20-40 planned; outage skola 40-60" {
		t.Error(got)
	}
	s = New(l)
	play{s, 15 * time.Second}.run("skola", strings.Repeat("U", 24)+strings.Repeat("D", 12)+"UUUUU")
	if got := told(kept(s)); got != "outage skola 24-36 planned" {
		t.Error("within the window:", got)
	}
}

const chain = `{"targets": [
	{"id": "karna", "module": "icmp", "address": "10.0.0.1", "site": "stadshuset"},
	{"id": "skola", "module": "icmp", "address": "10.1.1.1", "site": "centralskolan", "parent": "karna"},
	{"id": "ap", "module": "icmp", "address": "10.1.1.2", "site": "centralskolan", "parent": "skola"}], "recovery": "3 of 3"}`

func TestWhatStandsBehindATargetThatIsDownFollowsFromIt(t *testing.T) {
	for _, c := range []struct{ name, karna, skola, ap, want string }{
		{"the parent shows first", "UDDDDDDDDD", "UDDDDDDDDD", "UUUUUUUUUU", "outage karna 1-…; outage skola 1-… behind karna"},
		{"the child shows first", "UUUDDDDDDD", "UDDDDDDDDD", "UUUUUUUUUU", "outage skola 1-… behind karna; outage karna 3-…"},
		{"the grandchild names the nearest", "UDDDDDDDDD", "UDDDDDDDDD", "UDDDDDDDDD", "outage karna 1-…; outage skola 1-… behind karna; outage ap 1-… behind skola"},
		{"past one that answers", "UDDDDDDDDD", "UUUUUUUUUU", "UDDDDDDDDD", "outage karna 1-…; outage ap 1-… behind karna"},
		{"a fault of its own that was there before", "UUUUUUUUUUUUDDDDDDDD", "UDDDDDDDDDDDDDDDDDDD", "", "outage skola 1-…; outage karna 12-…"},
		{"a fault of its own that remains", "UDDDDDDDDDUUUUUUUUUU", "UDDDDDDDDDDDDDDDDDDD", "", "outage karna 1-10; outage skola 1-10 behind karna; outage skola 10-…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(list(t, chain))
			p := play{s, 15 * time.Second}
			for i := range c.karna {
				for _, x := range []struct{ id, script string }{{"karna", c.karna}, {"skola", c.skola}, {"ap", c.ap}} {
					if i < len(x.script) {
						p.one(x.id, noon.Add(time.Duration(i)*p.every), rune(x.script[i]))
					}
				}
			}
			if got := told(kept(s)); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

const pointWithGateway = `{"gateways": [{"id": "gw", "module": "icmp", "address": "10.0.0.254"}], "targets": [{"id": "skola", "module": "icmp", "address": "10.1.1.1"}, {"id": "bibliotek", "module": "icmp", "address": "10.1.2.1"}], "recovery": "3 of 3"}`

func TestABlindMeasuringPointAccusesNobody(t *testing.T) {
	for _, c := range []struct{ name, gw, skola, want string }{
		{"its own way out fails with all the rest", "UUDDDDDDDDUUUU", "UUDDDDDDDDUUUU", "unmeasured gw 2-10 not_measured; unmeasured skola 2-10 blind"},
		{"the rest shows first: what was held against it is taken back", "UUUUUDDDDDUUUU", "UUUUDDDDDDUUUU", "unmeasured gw 5-10 not_measured; unmeasured skola 5-10 blind"},
		{"what answers is up although the gateway does not", "UUDDDDDDDDUUUU", "UUUUUUUUUUUUUU", "unmeasured gw 2-10 not_measured"},
		{"the gateway answers: the target is down", "UUUUUUUUUUUUUU", "UUDDDDDDDDDDDD", "outage skola 2-…"},
		{"a disruption from before goes on, its blind time is unmeasured", "UUUUUUUUUUUUDDDDDDUUUU", "UUDDDDDDDDDDDDDDDDDDDD", "outage skola 2-…; unmeasured gw 12-18 not_measured; unmeasured skola 12-18 blind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(list(t, pointWithGateway))
			p := play{s, 15 * time.Second}
			for i := range c.gw {
				p.one("gw", noon.Add(time.Duration(i)*p.every), rune(c.gw[i]))
				if blind := c.gw[i] == 'D'; s.Blind() != blind {
					t.Errorf("turn %d: blind %v", i, s.Blind())
				}
				p.one("skola", noon.Add(time.Duration(i)*p.every), rune(c.skola[i]))
			}
			got := kept(s)
			slices.SortStableFunc(got, func(a, b Interval) int { return a.Start.Compare(b.Start) })
			if told(got) != c.want {
				t.Errorf("%s\nwant %s", told(got), c.want)
			}
		})
	}
}

func TestADisruptionDeclaredBeforeTheGatewayWasProbedIsTakenBack(t *testing.T) {
	s := New(list(t, `{"gateways": [{"id": "gw", "module": "icmp", "address": "10.0.0.254", "interval": "2m"}], "targets": [{"id": "skola", "module": "icmp", "address": "10.1.1.1"}]}`))
	p := play{s, 15 * time.Second}
	p.one("gw", noon, 'U')
	p.run("skola", "UDDDD")
	if got := told(kept(s)); got != "outage skola 1-…" {
		t.Fatal(got)
	}
	p.one("gw", noon.Add(2*time.Minute), 'D')
	if got := told(kept(s)); got != "unmeasured skola 1-… blind" || len(s.Active()) != 0 {
		t.Errorf("%s, active %v", got, s.Active())
	}
	p.one("gw", noon.Add(4*time.Minute), 'U')
	p.one("skola", noon.Add(4*time.Minute), 'U')
	if got := told(kept(s)); !strings.Contains(got, "unmeasured skola 1-16 blind") {
		t.Error(got)
	}
}

func TestABatchThatComesAgainChangesNothing(t *testing.T) {
	s := New(list(t, school))
	var batch []watchlist.Result
	for i := range 3 {
		batch = append(batch, watchlist.Result{Target: "skola", At: noon.Add(time.Duration(i) * 15 * time.Second), Verdict: watchlist.Down, Cause: watchlist.Refused})
	}
	if fresh := s.Take(batch[:2]); slices.Contains(fresh, false) {
		t.Error(fresh)
	}
	if fresh := s.Take(batch[:2]); slices.Contains(fresh, true) || len(s.Changes()) != 0 {
		t.Error("taken twice:", fresh)
	}
	if fresh := s.Take(batch); fresh[0] || fresh[1] || !fresh[2] || told(s.Changes()) != "outage skola 0-…" {
		t.Error("the third is new:", fresh)
	}
}

func TestADisruptionGoesOnAfterARestart(t *testing.T) {
	s := New(list(t, school))
	p := play{s, 15 * time.Second}
	p.run("skola", "UDDDDDDDDD")
	before := s.Changes()
	again := New(list(t, school))
	again.Restore(slices.Clone(before), map[string]time.Time{"skola": noon.Add(9 * 15 * time.Second)})
	p.s = again
	again.Tick(noon.Add(30 * 15 * time.Second))
	if got := told(kept(again)); got != "unmeasured skola 10-… not_measured" {
		t.Error("while nothing is known:", got)
	}
	for i := 40; i < 44; i++ {
		p.one("skola", noon.Add(time.Duration(i)*15*time.Second), 'D')
	}
	if active := again.Active(); len(active) != 1 || active[0].ID != before[0].ID || !active[0].Start.Equal(before[0].Start) {
		t.Errorf("%+v", active)
	}
	for i := 44; i < 47; i++ {
		p.one("skola", noon.Add(time.Duration(i)*15*time.Second), 'U')
	}
	if got := told(kept(again)); got != "outage skola 1-44; unmeasured skola 10-40 not_measured" {
		t.Error(got)
	}
}

func TestARestartDoesNotTakeBackWhatWasJudgedBeforeIt(t *testing.T) {
	l := list(t, pointWithGateway)
	s := New(l)
	last := noon.Add(10 * time.Minute)
	s.Restore([]Interval{{ID: "skola@1", Kind: Outage, Target: "skola", Start: noon}}, map[string]time.Time{"gw": last, "skola": last})
	lost := watchlist.Result{Target: "gw", At: last.Add(15 * time.Second), Cause: watchlist.NotMeasured}
	s.Take([]watchlist.Result{lost})
	if s.Blind() || len(s.Active()) != 1 {
		t.Error("a result that was lost says that the point is blind")
	}
	p := play{s, 15 * time.Second}
	p.one("gw", last.Add(30*time.Second), 'D')
	if !s.Blind() || len(s.Active()) != 1 {
		t.Error("what began before the restart was taken back")
	}
}

func TestATargetThatIsWatchedNoMoreLeavesNothingOpen(t *testing.T) {
	s := New(list(t, chain))
	play{s, 15 * time.Second}.run("skola", "UDDDDD")
	s.Changes()
	s.Configure(list(t, `{"targets": [{"id": "annan", "module": "icmp", "address": "10.1.1.3"}]}`))
	if got := told(s.Changes()); got != "flap skola 1-5" {
		t.Error(got)
	}
	again := New(list(t, school))
	again.Restore([]Interval{{ID: "x@1", Kind: Outage, Target: "borta", Start: noon}}, map[string]time.Time{"borta": noon.Add(15 * time.Minute)})
	if got := told(again.Changes()); got != "outage borta 0-60" {
		t.Error(got)
	}
}

func TestAnInterfaceSwitchedOffOnPurposeIsNeitherDownNorUnmeasured(t *testing.T) {
	s := New(list(t, school))
	for i := range 40 {
		s.Take([]watchlist.Result{{Target: "skola", At: noon.Add(time.Duration(i) * 15 * time.Second), Verdict: watchlist.Unknown, Cause: watchlist.AdminDown}})
	}
	if got := told(s.Changes()); got != "" {
		t.Error(got)
	}
}

func TestLiveSeriesAreDroppedWhenTheyAreStale(t *testing.T) {
	s := New(list(t, school))
	play{s, 15 * time.Second}.run("skola", "UU")
	if !s.Expires("skola", noon.AddDate(0, 2, 0)) || s.Expires("skola", noon.AddDate(0, 2, 0)) {
		t.Error("the same expiry twice is no news")
	}
	live := s.Live(noon.Add(time.Minute))
	if len(live) != 1 || !live[0].Up || live[0].Module != "icmp" || live[0].Site != "centralskolan" || live[0].Expires.IsZero() {
		t.Errorf("%+v", live)
	}
	if live := s.Live(noon.Add(5 * time.Minute)); len(live) != 0 {
		t.Errorf("stale: %+v", live)
	}
}
