package source_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ticketing writes a million tickets in which every field that a ticket
// export has is filled.
func ticketing() sdk.Source { return million{} }

type million struct{ sdk.Source }

func (million) Describe() sdk.Description {
	s, _ := record.Lookup(record.Ticket)
	var fields []string
	for _, f := range s.Fields {
		fields = append(fields, f.Name)
	}
	return sdk.Description{Name: "million", Version: "1", Kinds: []record.Kind{record.Ticket}, Allowed: map[record.Kind][]string{record.Ticket: fields}}
}

func (million) Validate(context.Context, sdk.Settings) []sdk.Problem { return nil }

func (m million) Collect(_ context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	n, err := strconv.Atoi(string(req.Settings.JSON))
	if err != nil {
		return sdk.End{}, err
	}
	if err := out.Begin(sdk.Header{Full: true, Mapped: m.Describe().Allowed}); err != nil {
		return sdk.End{}, err
	}
	s, _ := record.Lookup(record.Ticket)
	recs := make([]record.Record, 500)
	for i := range recs {
		recs[i] = record.New(record.Ticket, "x")
		for f := range s.Fields {
			recs[i].Values[f] = ticketValue(s.Fields[f], i)
		}
	}
	for sent := 0; sent < n; sent += len(recs) {
		for i := range recs {
			id := strconv.Itoa(1_000_000 + sent + i)
			recs[i].ID, recs[i].Place = id, record.Place{Doc: "Ärenden 2021-2026.csv", Row: int64(sent + i + 2)}
			recs[i].Values[0].S = id
		}
		if err := out.Write(recs); err != nil {
			return sdk.End{}, err
		}
	}
	return sdk.End{Seen: int64(n)}, nil
}

func ticketValue(f record.Field, i int) record.Value {
	switch f.Type {
	case record.Enum:
		return record.Value{State: record.Set, S: f.Enum[i%len(f.Enum)]}
	case record.Time:
		return record.Value{State: record.Set, I: 1_700_000_000 + int64(i)*977}
	case record.Int, record.Bool:
		return record.Value{State: record.Set, I: int64(i % 2)}
	case record.Float:
		return record.Value{State: record.Set, F: float64(i % 300)}
	}
	return record.Value{State: record.Set, S: "Förvaltning " + strconv.Itoa(i%40)}
}

// counter takes records and keeps none.
type counter struct{ n *int64 }

func (counter) Begin(sdk.Header) error            { return nil }
func (counter) Warn(sdk.Warning) error            { return nil }
func (counter) Progress(int64, int64) error       { return nil }
func (counter) Purge(record.Kind, []string) error { return nil }
func (c counter) Write(recs []record.Record) error {
	*c.n += int64(len(recs))
	return nil
}

// BenchmarkMillionTicketsFromAChild measures the wire alone: no file is read
// and nothing is stored.
func BenchmarkMillionTicketsFromAChild(b *testing.B) {
	host := newHost(b, nil)
	const rows = 1_000_000
	for b.Loop() {
		child, err := host.Start(b.Context(), "million")
		if err != nil {
			b.Fatal(err)
		}
		var n int64
		began := time.Now()
		if _, err := child.Collect(b.Context(), sdk.CollectRequest{Settings: sdk.Settings{JSON: []byte(strconv.Itoa(rows))}, Now: began}, counter{&n}); err != nil {
			b.Fatal(err)
		}
		took := time.Since(began).Seconds()
		if n != rows {
			b.Fatalf("%d rows arrived", n)
		}
		b.ReportMetric(rows/took, "rows/s")
		b.ReportMetric(peak(b, child.Pid()), "child-MB")
		b.ReportMetric(peak(b, os.Getpid()), "host-MB")
		b.ReportMetric(cpuSeconds(b, child.Pid()), "child-cpu-s")
		b.ReportMetric(cpuSeconds(b, os.Getpid()), "host-cpu-s")
		child.Close()
	}
}

// cpuSeconds is what a process has used so far, which a busy machine does not
// change much.
func cpuSeconds(b *testing.B, pid int) float64 {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0 // not on Linux
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	f := strings.Fields(rest)
	user, err1 := strconv.ParseFloat(f[11], 64)
	system, err2 := strconv.ParseFloat(f[12], 64)
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	return (user + system) / 100
}

// peak returns the highest resident memory of a process, in MB.
func peak(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // not on Linux
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}

func BenchmarkStartOfAChild(b *testing.B) {
	host := newHost(b, nil)
	for b.Loop() {
		child, err := host.Start(b.Context(), "good")
		if err != nil {
			b.Fatal(err)
		}
		child.Close()
	}
}
