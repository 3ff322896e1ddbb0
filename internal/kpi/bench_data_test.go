//go:build linux

package kpi_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The scale of the benchmark: five years of tickets, a directory, a registry,
// and 35 days of probing 200 targets every two minutes.
const (
	benchNow     = int64(1_770_000_000)
	benchDay     = int64(86_400)
	benchTickets = 1_000_000
	benchAccount = 100_000
	benchSystems = 3_000
	benchTargets = 200
	benchProbes  = 5_000_000
	benchRawDays = 7 // older probes are kept as hour roll-ups only
)

// dice is splitmix64: a row is a function of its number.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
func (d *dice) upTo(n int) int { return int(d.next() % uint64(n)) }
func (d *dice) share() float64 { return float64(d.next()>>11) / (1 << 53) }

// benchTicketRow is one ticket; a zero time is blank.
type benchTicketRow struct {
	opened, answered, resolved, closed           int64
	number, system                               int32
	priority, queue, dept, category, reopened, _ uint8
}

func ticketRow(i int, changed bool) benchTicketRow {
	d := dice(uint64(i)*0x2545F4914F6CDD1D + 7)
	span := 1826 * benchDay
	t := benchTicketRow{number: int32(i)}
	t.opened = benchNow - span + int64(float64(span)*float64(i)/float64(benchTickets)) + int64(d.upTo(3600)) - 3600
	t.priority, t.queue = uint8(1+d.upTo(4)), uint8(d.upTo(20))
	t.dept, t.category = uint8(30*d.share()*d.share()), uint8(d.upTo(40))
	x := d.share()
	t.system = int32(benchSystems * x * x * x)
	answer, solve := int64(math.Exp(d.share()*6+4)), int64(math.Exp(d.share()*7+7))
	if d.upTo(500) == 0 { // a few take most of a year
		solve += 200 * benchDay
	}
	if v := t.opened + answer; v <= benchNow {
		t.answered = v
	}
	if v := t.opened + answer + solve; v <= benchNow {
		t.resolved = v
		if w := v + 2*benchDay; w <= benchNow {
			t.closed = w
		}
	}
	if t.resolved != 0 && d.upTo(20) == 0 {
		t.reopened = 1
	}
	if changed {
		if t.resolved == 0 {
			t.resolved = benchNow
		} else {
			t.queue, t.reopened = (t.queue+1)%20, t.reopened^1
		}
		if t.answered == 0 {
			t.answered = benchNow
		}
	}
	return t
}

// changedTickets are 5,000 of a pull: mostly recent, some old.
func changedTickets() []int {
	d, seen, out := dice(100), map[int]bool{}, []int(nil)
	for len(out) < 5000 {
		n := d.upTo(benchTickets)
		if d.upTo(10) < 8 {
			n = benchTickets - 1 - d.upTo(40000)
		}
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

type benchSystemRow struct {
	owner       int32 // account, -1 none, benchAccount and up unknown
	dept        uint8
	active, sso bool
}

func systemRow(i int) benchSystemRow {
	d := dice(uint64(i)*77777 + 3)
	s := benchSystemRow{dept: uint8(d.upTo(30)), owner: -1}
	s.active = d.upTo(10) < 8
	if d.upTo(10) < 9 {
		s.owner = int32(d.upTo(benchAccount + 2000))
	}
	s.sso = d.upTo(10) < 4
	return s
}

type benchAccountRow struct {
	login   int64
	dept    uint8
	enabled bool
}

func accountRow(i int) benchAccountRow {
	d := dice(uint64(i)*99991 + 5)
	a := benchAccountRow{dept: uint8(d.upTo(30))}
	a.enabled = d.upTo(10) < 9
	if d.upTo(50) != 0 {
		x := d.share()
		a.login = benchNow - int64(x*x*x*400*float64(benchDay))
	}
	return a
}

type benchProbeRow struct {
	at     int64
	rtt    int32 // microseconds
	target uint16
	ok     uint8
}

func probeRow(i int) benchProbeRow {
	d := dice(uint64(i)*31337 + 11)
	p := benchProbeRow{target: uint16(i % benchTargets), ok: 1}
	p.at = benchNow - int64(benchProbes/benchTargets)*120 + int64(i/benchTargets)*120 + int64(i%benchTargets)%60
	p.rtt = int32(500 + d.upTo(20000) + d.upTo(20000))
	if d.upTo(200) == 0 {
		p.ok, p.rtt = 0, 0
	}
	return p
}

// fill is a full collection of one kind, written 1,000 records at a time.
func fill(b *testing.B, s *sqlite.Store, source string, k record.Kind, fields []string, full bool, n int, make func(int) []record.Record) time.Duration {
	b.Helper()
	start := time.Now()
	st, err := s.Stage(b.Context(), store.SourceInfo{Name: source, Plugin: "table"}, time.Unix(benchNow, 0))
	if err != nil {
		b.Fatal(err)
	}
	if err := st.Begin(sdk.Header{Full: full, Mapped: map[record.Kind][]string{k: fields}}); err != nil {
		b.Fatal(err)
	}
	var batch []record.Record
	seen := int64(0)
	for i := range n {
		recs := make(i)
		seen += int64(len(recs))
		if batch = append(batch, recs...); len(batch) >= 1000 || i == n-1 {
			if err := st.Write(batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if _, err := st.Apply(b.Context(), sdk.End{Seen: seen}, store.ApplyOptions{}); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// set sets fields by position, so that making records does not weigh on the figures.
func set(r *record.Record, index int, v any) {
	switch v := v.(type) {
	case string:
		r.Values[index] = record.Value{State: record.Set, S: v}
	case float64:
		r.Values[index] = record.Value{State: record.Set, F: v}
	case int64:
		r.Values[index] = record.Value{State: record.Set, I: v}
		if v == 0 {
			r.Values[index] = record.Value{State: record.Blank}
		}
	}
}

func ticketFields() []string {
	return []string{"opened_at", "first_response_at", "resolved_at", "closed_at", "priority", "queue", "org_unit", "category", "system", "reopened_count"}
}

func ticketRecord(index map[string]int, t benchTicketRow) record.Record {
	r := record.New(record.Ticket, fmt.Sprintf("INC%08d", t.number))
	set(&r, index["opened_at"], t.opened)
	set(&r, index["first_response_at"], t.answered)
	set(&r, index["resolved_at"], t.resolved)
	set(&r, index["closed_at"], t.closed)
	set(&r, index["priority"], string('0'+rune(t.priority)))
	set(&r, index["queue"], fmt.Sprintf("queue-%02d", t.queue))
	set(&r, index["org_unit"], deptName(t.dept))
	set(&r, index["category"], fmt.Sprintf("category-%02d", t.category))
	set(&r, index["system"], systemID(int(t.system)))
	r.Values[index["reopened_count"]] = record.Value{State: record.Set, I: int64(t.reopened)}
	return r
}

func deptName(d uint8) string { return fmt.Sprintf("forv-%02d", d) }
func systemID(n int) string   { return fmt.Sprintf("sys-%05d", n) }

func indexOf(k record.Kind) map[string]int {
	s, _ := record.Lookup(k)
	out := map[string]int{}
	for i, f := range s.Fields {
		out[f.Name] = i
	}
	return out
}

// units are the org units and systems that references resolve to.
func benchIdentities() []store.Identity {
	var out []store.Identity
	for d := range 30 {
		out = append(out, store.Identity{Scheme: "org_unit", ID: deptName(uint8(d)), Name: deptName(uint8(d)), Kind: "forvaltning"})
	}
	return out
}

// loadBench fills a store and returns what each kind took.
func loadBench(b *testing.B, s *sqlite.Store) {
	b.Helper()
	if err := s.SetIdentities(b.Context(), benchIdentities(), time.Unix(benchNow, 0)); err != nil {
		b.Fatal(err)
	}
	sys, sch := indexOf(record.System), schema(record.System)
	took := fill(b, s, "register", record.System, []string{"name", "lifecycle", "sso_mode", "org_unit", "role"}, true, benchSystems, func(i int) []record.Record {
		row, r := systemRow(i), record.New(record.System, systemID(i))
		set(&r, sys["name"], systemID(i))
		set(&r, sys["org_unit"], deptName(row.dept))
		set(&r, sys["lifecycle"], map[bool]string{true: "in_use", false: "retired"}[row.active])
		set(&r, sys["sso_mode"], map[bool]string{true: "sso", false: "none"}[row.sso])
		if row.owner >= 0 {
			role := make(record.Row, len(sch.Children[sch.Child("role")].Fields))
			role[0] = record.Value{State: record.Set, S: "owner"}
			role[1] = record.Value{State: record.Set, S: "person"}
			role[2] = record.Value{State: record.Set, S: fmt.Sprintf("u%06d", row.owner)}
			r.Children[sch.Child("role")] = []record.Row{role}
		}
		return []record.Record{r}
	})
	b.Logf("load %d systems: %v", benchSystems, took)
	acc, accSchema := indexOf(record.Account), schema(record.Account)
	took = fill(b, s, "katalog", record.Account, []string{"category", "enabled", "last_login_at", "org_unit", "key"}, true, benchAccount, func(i int) []record.Record {
		row, r := accountRow(i), record.New(record.Account, fmt.Sprintf("a%06d", i))
		set(&r, acc["category"], "employee")
		set(&r, acc["org_unit"], deptName(row.dept))
		set(&r, acc["last_login_at"], row.login)
		r.Values[acc["enabled"]] = record.Value{State: record.Set, I: map[bool]int64{true: 1}[row.enabled]}
		r.Children[accSchema.Child("key")] = []record.Row{{{State: record.Set, S: fmt.Sprintf("u%06d", i)}, {State: record.Set, S: "login"}}}
		return []record.Record{r}
	})
	b.Logf("load %d accounts: %v", benchAccount, took)
	tic := indexOf(record.Ticket)
	took = fill(b, s, "desk", record.Ticket, ticketFields(), true, benchTickets, func(i int) []record.Record {
		return []record.Record{ticketRecord(tic, ticketRow(i, false))}
	})
	b.Logf("load %d tickets: %v", benchTickets, took)
	loadProbes(b, s)
}

func schema(k record.Kind) record.Schema {
	s, _ := record.Lookup(k)
	return s
}

// loadProbes writes an hour roll-up per target and hour of all 35 days, and
// the single results of the last seven.
func loadProbes(b *testing.B, s *sqlite.Store) {
	b.Helper()
	type hour struct{ samples, ok int64 }
	obs := indexOf(record.Observation)
	probe := func(id, metric string, at int64, target uint16, samples, ok int64, ms float64) record.Record {
		r := record.New(record.Observation, id)
		set(&r, obs["kind"], "probe")
		set(&r, obs["metric"], metric)
		set(&r, obs["subject"], fmt.Sprintf("target-%03d", target))
		set(&r, obs["started_at"], at)
		set(&r, obs["samples"], samples)
		r.Values[obs["ok"]] = record.Value{State: record.Set, I: ok}
		r.Values[obs["latency_ms"]] = record.Value{State: record.Set, F: ms}
		return r
	}
	hours := make([]hour, benchTargets)
	last := int64(-1)
	fields := []string{"kind", "metric", "subject", "started_at", "samples", "ok", "latency_ms"}
	flush := func() []record.Record {
		var out []record.Record
		for t, h := range hours {
			if h.samples > 0 {
				out = append(out, probe(fmt.Sprintf("h%d-%d", t, last), "hour", last*3600, uint16(t), h.samples, h.ok, 0))
			}
			hours[t] = hour{}
		}
		return out
	}
	took := fill(b, s, "sond", record.Observation, fields, true, benchProbes+1, func(i int) []record.Record {
		if i == benchProbes {
			return flush()
		}
		p := probeRow(i)
		var out []record.Record
		if h := p.at / 3600; h != last {
			out, last = flush(), h
		}
		hours[p.target].samples++
		hours[p.target].ok += int64(p.ok)
		if p.at >= benchNow-benchRawDays*benchDay {
			out = append(out, probe(fmt.Sprintf("r%d", i), "raw", p.at, p.target, 1, int64(p.ok), float64(p.rtt)))
		}
		return out
	})
	b.Logf("load %d probe results as hour roll-ups, and the last %d days of them singly: %v", benchProbes, benchRawDays, took)
}
