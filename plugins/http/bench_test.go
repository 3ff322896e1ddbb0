package http_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Size of what the benchmark reads: 500 pages of 100 tickets, as Request
// Tracker gives them.
const (
	benchPages = 500
	benchRows  = 100
)

// pagesVariable makes the test binary the server of the recorded pages, so that
// its work is not counted as the client's.
const pagesVariable = "KOMMUNPULS_TEST_PAGES"

func TestMain(m *testing.M) {
	if os.Getenv(pagesVariable) != "" {
		if err := servePages(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// recorded makes one page, the same every time.
func recorded(number int) []byte {
	items := make([]map[string]any, 0, benchRows)
	for i := range benchRows {
		n := number*benchRows + i
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 10 * time.Minute)
		items = append(items, map[string]any{
			"id": strconv.Itoa(n + 1), "type": "ticket", "_url": "http://rt.example/REST/2.0/ticket/" + strconv.Itoa(n+1),
			"Status": []string{"new", "open", "stalled", "resolved"}[n%4], "Priority": strconv.Itoa(n % 100),
			"Created": at.Format(time.RFC3339), "Started": at.Add(time.Hour).Format(time.RFC3339), "Resolved": at.Add(30 * time.Hour).Format(time.RFC3339),
			"Due": "1970-01-01T00:00:00Z", "LastUpdated": at.Add(31 * time.Hour).Format(time.RFC3339), "TimeWorked": strconv.Itoa(n % 60),
			"Queue": map[string]any{"id": strconv.Itoa(3 + n%4), "type": "queue", "Name": "Kö " + strconv.Itoa(n%4), "_url": "http://rt.example/REST/2.0/queue/3"},
		})
	}
	b, err := json.Marshal(map[string]any{"items": items, "total": benchPages * benchRows, "count": benchRows, "page": number + 1, "per_page": benchRows})
	if err != nil {
		panic(err)
	}
	return b
}

// servePages answers with the recorded pages until standard input ends.
func servePages() error {
	pages := make([][]byte, benchPages)
	for i := range pages {
		pages[i] = recorded(i)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &nethttp.Server{ReadHeaderTimeout: time.Minute, Handler: nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		n, err := strconv.Atoi(r.URL.Query().Get("page"))
		if err != nil || n < 1 || n > benchPages {
			w.WriteHeader(nethttp.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(pages[n-1]) // a client that is gone needs no answer
	})}
	fmt.Println(l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // either way the parent is done
		_ = s.Close()
	}()
	if err := s.Serve(l); err != nethttp.ErrServerClosed {
		return err
	}
	return nil
}

// startPages starts that server as a process of its own.
func startPages(b *testing.B) string {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), pagesVariable+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(line)
}

// bareTicket is what the bare loop decodes: the same fields as the profile reads.
type bareTicket struct {
	ID          string                    `json:"id"`
	Status      string                    `json:"Status"`
	Priority    string                    `json:"Priority"`
	Created     string                    `json:"Created"`
	Started     string                    `json:"Started"`
	Resolved    string                    `json:"Resolved"`
	Due         string                    `json:"Due"`
	LastUpdated string                    `json:"LastUpdated"`
	TimeWorked  string                    `json:"TimeWorked"`
	Queue       struct{ ID, Name string } `json:"Queue"`
}

// bareLoop fetches every page, decodes it into structs with encoding/json,
// parses the five times and the two numbers, and does nothing else.
func bareLoop(b *testing.B, url string) int {
	rows := 0
	for page := 1; page <= benchPages; page++ {
		res, err := nethttp.Get(url + "/REST/2.0/tickets?page=" + strconv.Itoa(page))
		if err != nil {
			b.Fatal(err)
		}
		var got struct {
			Items []bareTicket `json:"items"`
			Total int          `json:"total"`
		}
		err = json.NewDecoder(res.Body).Decode(&got)
		res.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
		for i := range got.Items {
			t := &got.Items[i]
			for _, text := range []string{t.Created, t.Started, t.Resolved, t.Due, t.LastUpdated} {
				if _, err := time.Parse(time.RFC3339, text); err != nil {
					b.Fatal(err)
				}
			}
			for _, text := range []string{t.Priority, t.TimeWorked} {
				if _, err := strconv.Atoi(text); err != nil {
					b.Fatal(err)
				}
			}
			rows++
		}
	}
	return rows
}

// counting is a sink that only counts.
type counting struct{ records int }

func (*counting) Begin(sdk.Header) error            { return nil }
func (c *counting) Write(r []record.Record) error   { c.records += len(r); return nil }
func (*counting) Warn(sdk.Warning) error            { return nil }
func (*counting) Progress(int64, int64) error       { return nil }
func (*counting) Purge(record.Kind, []string) error { return nil }

// BenchmarkRecordedPages measures the source against the bare loop on the same
// pages: wall time and this process's CPU time, each the best of its rounds.
func BenchmarkRecordedPages(b *testing.B) {
	url := startPages(b)
	settings, err := json.Marshal(map[string]any{"profile": "testdata/bench/profile.yaml", "url": url})
	if err != nil {
		b.Fatal(err)
	}
	req := sdk.CollectRequest{Now: now, Settings: sdk.Settings{Instance: "bench", JSON: settings, BaseDir: ".", PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1"}}
	source := func() int {
		var c counting
		if _, err := (http.Source{}).Collect(context.Background(), req, &c); err != nil {
			b.Fatal(err)
		}
		return c.records
	}
	bare := func() int { return bareLoop(b, url) }
	const rounds = 5
	for b.Loop() {
		var wall, cpu [2]time.Duration
		for range rounds {
			for i, work := range []func() int{bare, source} {
				w, c := measured(b, work)
				if wall[i] == 0 || w < wall[i] {
					wall[i] = w
				}
				if cpu[i] == 0 || c < cpu[i] {
					cpu[i] = c
				}
			}
		}
		b.ReportMetric(wall[1].Seconds()/wall[0].Seconds(), "wall/bare")
		b.ReportMetric(cpu[1].Seconds()/cpu[0].Seconds(), "cpu/bare")
		b.ReportMetric(benchPages*benchRows/wall[1].Seconds(), "rows/s")
	}
}

func measured(b *testing.B, work func() int) (wall, cpu time.Duration) {
	b.Helper()
	before, start := cpuTime(b), time.Now()
	if n := work(); n != benchPages*benchRows {
		b.Fatalf("%d rows", n)
	}
	return time.Since(start), cpuTime(b) - before
}
