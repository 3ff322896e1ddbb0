//go:build linux

package kpi_test

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// twelve are twelve KPIs of the catalogue's kinds over the benchmark's data.
func twelve(breakdowns bool) []catalogue.Definition {
	ticket := func(id, field, length, pass string, by ...string) catalogue.Definition {
		d := catalogue.Definition{ID: id, Record: record.Ticket, Shape: catalogue.Share, Pass: pass, Unit: "share", Direction: "up", Method: 1}
		if field != "" {
			d.Window = &catalogue.Window{Field: field, Length: length}
		}
		for _, x := range by {
			d.Breakdowns = append(d.Breakdowns, catalogue.Breakdown{Dimension: x})
		}
		return d
	}
	median := ticket("k02", "resolved_at", "90d", "", "org_unit")
	median.Shape, median.Measure, median.Quantile = catalogue.Quantile, "resolved_at - opened_at", 0.5
	median.Also = []catalogue.AlsoPart{{Key: "p90", Quantile: 0.9}}
	queue := ticket("k03", "", "", "", "queue")
	queue.Shape, queue.Population = catalogue.CountOf, "resolved_at IS NULL AND closed_at IS NULL"
	busiest := ticket("k08", "opened_at", "90d", "")
	busiest.Shape, busiest.Breakdowns = catalogue.CountOf, []catalogue.Breakdown{{Dimension: "system", Cap: 10}}
	probe := &catalogue.Part{Record: record.Observation, Population: "kind = 'probe' AND metric = 'hour' AND started_at >= :as_of - days(30)", Sum: "ok"}
	samples := *probe
	samples.Sum = "samples"
	out := []catalogue.Definition{
		ticket("k01", "opened_at", "30d", "resolved_at - opened_at <= 86400", "org_unit"),
		median, queue,
		{ID: "k04", Record: record.System, Shape: catalogue.Share, Population: "lifecycle = 'in_use'", Unit: "share", Method: 1,
			Pass:       "EXISTS (SELECT 1 FROM system_role r JOIN account_key k ON k.key = r.person_ref JOIN account a ON a.id = k.parent WHERE r.parent = system.id AND r.role = 'owner' AND a.enabled = 1)",
			Breakdowns: []catalogue.Breakdown{{Dimension: "org_unit"}}},
		{ID: "k05", Record: record.System, Shape: catalogue.Share, Population: "lifecycle = 'in_use'", Pass: "sso_mode = 'sso'", Unit: "share", Method: 1,
			Breakdowns: []catalogue.Breakdown{{Dimension: "org_unit"}}},
		{ID: "k06", Record: record.Account, Shape: catalogue.Share, Population: "category = 'employee' AND enabled = 1", Pass: "last_login_at IS NULL OR last_login_at < :as_of - days(90)", Unit: "share", Method: 1,
			Breakdowns: []catalogue.Breakdown{{Dimension: "org_unit"}}},
		{ID: "k07", Shape: catalogue.Ratio, Numerator: probe, Denominator: &samples, Unit: "share", Method: 1, Breakdowns: []catalogue.Breakdown{{Dimension: "subject", Cap: 200}}},
		busiest,
		ticket("k09", "opened_at", "30d", "first_response_at - opened_at <= CASE priority WHEN '1' THEN 3600 WHEN '2' THEN 14400 WHEN '3' THEN 28800 ELSE 86400 END", "org_unit"),
		ticket("k10", "closed_at", "90d", "reopened_count = 1", "org_unit"),
		ticket("k11", "", "", "resolved_at - opened_at <= days(3)", "category"),
		{ID: "k12", Record: record.Observation, Shape: catalogue.Quantile, Quantile: 0.95, Measure: "latency_ms", Unit: "seconds", Method: 1,
			Population: "kind = 'probe' AND metric = 'raw' AND started_at >= :as_of - days(7) AND ok = 1", Breakdowns: []catalogue.Breakdown{{Dimension: "subject", Cap: 200}}},
	}
	for i := range out {
		if !breakdowns {
			out[i].Breakdowns = nil
		}
		out[i].Direction = "up"
	}
	return out
}

// byHand is the data in memory and the loops that a programmer would write for
// just these figures. Each loop also keeps the breakdown, as the figures it
// is compared with did when the reach was set.
type byHand struct {
	tickets  []benchTicketRow
	systems  []benchSystemRow
	accounts []benchAccountRow
	probes   []benchProbeRow
}

func makeByHand() *byHand {
	h := &byHand{make([]benchTicketRow, benchTickets), make([]benchSystemRow, benchSystems), make([]benchAccountRow, benchAccount), make([]benchProbeRow, benchProbes)}
	for i := range h.tickets {
		h.tickets[i] = ticketRow(i, false)
	}
	for i := range h.systems {
		h.systems[i] = systemRow(i)
	}
	for i := range h.accounts {
		h.accounts[i] = accountRow(i)
	}
	for i := range h.probes {
		h.probes[i] = probeRow(i)
	}
	return h
}

// cells adds up passing and all by a small key.
type cells struct{ pass, n [256]int64 }

func (c *cells) add(key uint8, pass bool) {
	c.n[key]++
	if pass {
		c.pass[key]++
	}
}

func (c *cells) share() float64 {
	var p, n int64
	for i := range c.n {
		p, n = p+c.pass[i], n+c.n[i]
	}
	return float64(p) / float64(n)
}

func at(v []int64, q float64) float64 {
	slices.Sort(v)
	return float64(v[max(int(math.Ceil(q*float64(len(v)))), 1)-1])
}

// figures are the twelve values; with breakdowns the loops also keep the cells.
func (h *byHand) figures(breakdowns bool) []float64 {
	now, day := benchNow, benchDay
	out := make([]float64, 12)
	share := func(k int, n int, each func(i int) (in bool, key uint8, pass bool)) {
		var c cells
		for i := range n {
			if in, key, pass := each(i); in {
				if !breakdowns {
					key = 0
				}
				c.add(key, pass)
			}
		}
		out[k] = c.share()
	}
	tickets := func(k int, each func(t *benchTicketRow) (bool, uint8, bool)) {
		share(k, len(h.tickets), func(i int) (bool, uint8, bool) { return each(&h.tickets[i]) })
	}
	limit := [5]int64{0, 3600, 14400, 28800, 86400}
	tickets(0, func(t *benchTicketRow) (bool, uint8, bool) {
		return t.opened >= now-30*day, t.dept, t.resolved != 0 && t.resolved-t.opened <= day
	})
	out[1] = h.quantile(breakdowns, 0.5, len(h.tickets), func(i int) (bool, int, int64) {
		t := &h.tickets[i]
		return t.resolved >= now-90*day, int(t.dept), t.resolved - t.opened
	})
	var queues [256]int64
	for i := range h.tickets {
		if t := &h.tickets[i]; t.resolved == 0 && t.closed == 0 {
			queues[t.queue]++
			out[2]++
		}
	}
	share(3, len(h.systems), func(i int) (bool, uint8, bool) {
		s := &h.systems[i]
		return s.active, s.dept, s.owner >= 0 && int(s.owner) < len(h.accounts) && h.accounts[s.owner].enabled
	})
	share(4, len(h.systems), func(i int) (bool, uint8, bool) { s := &h.systems[i]; return s.active, s.dept, s.sso })
	share(5, len(h.accounts), func(i int) (bool, uint8, bool) {
		a := &h.accounts[i]
		return a.enabled, a.dept, a.login < now-90*day
	})
	from := (now - 30*day + 3599) / 3600 * 3600 // roll-ups know whole hours
	share(6, len(h.probes), func(i int) (bool, uint8, bool) {
		p := &h.probes[i]
		return p.at >= from, uint8(p.target), p.ok == 1
	})
	systems := make([]int64, benchSystems)
	for i := range h.tickets {
		if t := &h.tickets[i]; t.opened >= now-90*day {
			systems[t.system]++
			out[7]++
		}
	}
	tickets(8, func(t *benchTicketRow) (bool, uint8, bool) {
		return t.opened >= now-30*day, t.dept, t.answered != 0 && t.answered-t.opened <= limit[t.priority]
	})
	tickets(9, func(t *benchTicketRow) (bool, uint8, bool) { return t.closed >= now-90*day, t.dept, t.reopened == 1 })
	tickets(10, func(t *benchTicketRow) (bool, uint8, bool) {
		return true, t.category, t.resolved != 0 && t.resolved-t.opened <= 3*day
	})
	out[11] = h.quantile(breakdowns, 0.95, len(h.probes), func(i int) (bool, int, int64) {
		p := &h.probes[i]
		return p.at >= now-7*day && p.ok == 1, int(p.target), int64(p.rtt)
	})
	return out
}

// quantile sorts the values of all rows, and with breakdowns those of each key.
func (h *byHand) quantile(breakdowns bool, q float64, n int, each func(i int) (in bool, key int, v int64)) float64 {
	var all []int64
	var by [256][]int64
	for i := range n {
		if in, key, v := each(i); in {
			all = append(all, v)
			if breakdowns {
				by[key] = append(by[key], v)
			}
		}
	}
	for _, v := range by {
		if len(v) > 0 {
			at(v, q)
		}
	}
	return at(all, q)
}

// cost is how long something took and how much processor time it used. On a
// machine that others use too, only the latter says anything.
type cost struct{ wall, cpu time.Duration }

// timed runs f three times and returns the median by processor time.
func timed(f func()) cost {
	var took []cost
	for range 3 {
		start, used := time.Now(), processorTime()
		f()
		took = append(took, cost{time.Since(start), processorTime() - used})
	}
	slices.SortFunc(took, func(a, b cost) int { return cmp.Compare(a.cpu, b.cpu) })
	return took[1]
}

// processorTime is what the process has used so far, all threads together.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMB is the highest resident memory of the process so far.
func peakMB(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // another system than Linux
	}
	for _, l := range strings.Split(string(text), "\n") {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmHWM:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb / 1024
		}
	}
	return 0
}

// benchStore is the loaded store. Where KOMMUNPULS_BENCH_STORE names a file, it
// is kept there from one run to the next.
func benchStore(b *testing.B) *sqlite.Store {
	b.Helper()
	path := os.Getenv("KOMMUNPULS_BENCH_STORE")
	if path == "" {
		path = filepath.Join(b.TempDir(), "kommunpuls.db")
	}
	_, err := os.Stat(path)
	s := openStore(b, path)
	if err != nil {
		loadBench(b, s)
	}
	return s
}

// BenchmarkTwelve evaluates the twelve KPIs on the real store and holds them
// against the loops, in figures and in time.
func BenchmarkTwelve(b *testing.B) {
	s := benchStore(b)
	loadMB := peakMB(b)
	point := store.Point{AsOf: time.Unix(benchNow, 0), KnownAt: time.Unix(benchNow, 0)}
	set := decision.Set{Identities: benchIdentities()}
	values := kpi.New(catalogueOf(twelve(false)...), set, s, kpi.WithDeadline(time.Minute))
	full := kpi.New(catalogueOf(twelve(true)...), set, s, kpi.WithDeadline(time.Minute))
	for b.Loop() {
		var fs, cut []finding.Finding
		value := timed(func() { fs = evaluate(b, values, point) })
		breakdowns := timed(func() { cut = evaluate(b, full, point) })
		each := eachAlone(b, s, set, point)
		var evidence cost
		for _, e := range each {
			evidence.cpu += e[2].cpu
			evidence.wall += e[2].wall
		}
		engineMB := peakMB(b)
		hand := makeByHand()
		var loop []float64
		plain := timed(func() { loop = hand.figures(false) })
		grouped := timed(func() { hand.figures(true) })
		var lines strings.Builder
		for i, f := range fs {
			got, same := value0(f), value0(cut[i])
			if math.Abs(got-loop[i]) > 1e-9 || math.Abs(same-loop[i]) > 1e-9 {
				b.Errorf("%s: the engine gives %v (%v with breakdowns), the loop %v: %v", f.KPI, got, same, loop[i], f.Reason)
			}
			fmt.Fprintf(&lines, "\n%s %9.1f ms %9.1f ms with breakdowns %9.1f ms evidence", f.KPI, ms(each[i][0].cpu), ms(each[i][1].cpu), ms(each[i][2].cpu))
		}
		fmt.Printf("processor time of each alone, one reader:%s\npeak memory: %.0f MB loaded, %.0f MB evaluated\n", lines.String(), loadMB, engineMB)
		for _, c := range []struct {
			name string
			cost
		}{{"loop", plain}, {"value", value}, {"loop-breakdowns", grouped}, {"breakdowns", breakdowns}, {"evidence", evidence}} {
			b.ReportMetric(ms(c.wall), c.name+"-wall-ms")
			b.ReportMetric(ms(c.cpu), c.name+"-cpu-ms")
		}
		b.ReportMetric(ms(value.cpu)/ms(plain.cpu), "value/loop")
		b.ReportMetric(ms(breakdowns.cpu)/ms(grouped.cpu), "breakdowns/loop")
		b.ReportMetric(engineMB, "peak-MB")
	}
	changed(b, s, full, point)
}

func value0(f finding.Finding) float64 {
	if f.Value == nil {
		return math.NaN()
	}
	return *f.Value
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// eachAlone times every KPI on its own, with and without breakdowns.
func eachAlone(b *testing.B, s *sqlite.Store, set decision.Set, point store.Point) [][3]cost {
	b.Helper()
	out := make([][3]cost, 12)
	for with := range 2 {
		for i, d := range twelve(with == 1) {
			e := kpi.New(catalogueOf(d), set, s, kpi.WithDeadline(time.Minute), kpi.WithWorkers(1))
			out[i][with] = timed(func() { evaluate(b, e, point) })
			if with == 1 {
				continue
			}
			out[i][2] = timed(func() {
				if _, err := e.Explain(b.Context(), d.ID, point, 50); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
	return out
}

// changed measures an evaluation after 5,000 changed tickets against a full one.
func changed(b *testing.B, s *sqlite.Store, e *kpi.Engine, point store.Point) {
	b.Helper()
	start := processorTime()
	v := kpi.NewEvaluator(e, s)
	if _, err := v.Evaluate(b.Context(), point); err != nil {
		b.Fatal(err)
	}
	whole := processorTime() - start
	ids, index := changedTickets(), indexOf(record.Ticket)
	pull := func(changed bool) {
		fill(b, s, "desk", record.Ticket, ticketFields(), false, len(ids), func(i int) []record.Record {
			return []record.Record{ticketRecord(index, ticketRow(ids[i], changed))}
		})
	}
	pull(true)
	defer pull(false) // a kept store is as it was
	start = processorTime()
	later := store.Point{AsOf: point.AsOf.Add(time.Minute), KnownAt: point.KnownAt.Add(time.Minute)}
	if _, err := v.Evaluate(b.Context(), later); err != nil {
		b.Fatal(err)
	}
	again := processorTime() - start
	b.ReportMetric(ms(again)/ms(whole), "changed/full")
	fmt.Printf("after 5,000 changed tickets: %v for %d KPIs, a full evaluation %v, in processor time\n", again, v.Measured(), whole)
}
