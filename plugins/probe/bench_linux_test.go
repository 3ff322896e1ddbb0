package probe_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/probe"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/remote"
)

var (
	benchTargets = flag.Int("targets", 5000, "targets of the probe benchmark")
	benchFor     = flag.Duration("measure", time.Minute, "how long the probe benchmark measures each side")
)

const benchInterval = 15 * time.Second

// BenchmarkProbesAgainstBlackboxExporter probes the same targets at the same
// rate with the source, as a child over its wire, and with Debian's
// blackbox_exporter, scraped over HTTP as Prometheus does. The mix is 60 % TCP,
// 20 % HTTP, 10 % ICMP, 5 % DNS and 5 % TLS, every target at an address of its
// own in 127.0.0.0/8, served by a third process.
func BenchmarkProbesAgainstBlackboxExporter(b *testing.B) {
	testneed.Root(b) // to ping
	ports := startTargets(b)
	list := benchList(ports)
	for b.Loop() {
		own := measureSource(b, list)
		theirs := measureExporter(b, list)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(own.cpu/theirs.cpu, "CPU/blackbox_exporter")
		b.ReportMetric(float64(own.missed), "missed")
		b.ReportMetric(own.rss, "RSS-MB")
		b.Logf("%d targets each %v for %v: the source %.1f s of CPU (%.0f %% of one core), %d results, %d not up, %d missed, %.0f MB RSS; blackbox_exporter %.1f s, %d results, %d not up, %.0f MB RSS",
			len(list), benchInterval, *benchFor, own.cpu, 100*own.cpu/benchFor.Seconds(), own.results, own.failed, own.missed, own.rss, theirs.cpu, theirs.results, theirs.failed, theirs.rss)
		if own.missed > 0 {
			b.Errorf("%d slots were missed", own.missed)
		}
	}
}

// BenchmarkProbesWhenNothingAnswers probes targets that take a connection and
// then are silent, all but those of ICMP: the hour when the prober is needed.
// Each probe lasts for the whole timeout.
func BenchmarkProbesWhenNothingAnswers(b *testing.B) {
	testneed.Root(b) // to ping
	ports := startTargets(b)
	silent := map[string]string{"tcp": ports["tcp"], "http": ports["tcp"], "tls": ports["tcp"], "dns": ports["silent"]}
	list := benchList(silent)
	for i := range list {
		if list[i].Module == "tcp" {
			list[i].Module = "greets"
		}
	}
	for b.Loop() {
		own := measureSource(b, list)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(own.missed), "missed")
		b.ReportMetric(own.rss, "RSS-MB")
		b.Logf("%d targets each %v for %v: %.1f s of CPU, %d results, %d not up, %d missed, %.0f MB RSS", len(list), benchInterval, *benchFor, own.cpu, own.results, own.failed, own.missed, own.rss)
		if own.missed > 0 {
			b.Errorf("%d slots were missed", own.missed)
		}
	}
}

type measured struct {
	cpu, rss                float64
	results, failed, missed int64
}

// benchList makes the targets.
func benchList(ports map[string]string) []watchlist.RawTarget {
	var out []watchlist.RawTarget
	for i := range *benchTargets {
		host := fmt.Sprintf("127.%d.%d.%d", 1+i/62500, i/250%250, 1+i%250)
		t := watchlist.RawTarget{ID: fmt.Sprint("t", i), Site: fmt.Sprint("plats", i/10), OrgUnit: fmt.Sprint("f", i/500)}
		switch n := i % 20; {
		case n < 12:
			t.Module, t.Address = "tcp", host+":"+ports["tcp"]
		case n < 16:
			t.Module, t.Address = "http", "http://"+host+":"+ports["http"]+"/"
		case n < 18:
			t.Module, t.Address = "icmp", host
		case n < 19:
			t.Module, t.Address, t.Query = "dns", host+":"+ports["dns"], "finns.test"
		default:
			t.Module, t.Address = "tls", host+":"+ports["tls"]
		}
		out = append(out, t)
	}
	return out
}

func measureSource(b *testing.B, list []watchlist.RawTarget) measured {
	b.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PROBE_BENCH=source")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	child, err := remote.Start(ctx, remote.Config{Cmd: cmd, StartTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer child.Close()
	s := watchlist.Settings{Interval: watchlist.Duration(benchInterval.String()), Timeout: "4s", Targets: list, Modules: map[string]watchlist.RawModule{"tls": {Insecure: true}, "greets": {Type: "tcp", Greeting: "^220"}}}
	f := newFound()
	ended := make(chan error, 1)
	go func() {
		ended <- child.Watch(ctx, sdk.WatchRequest{Settings: sdk.Settings{Instance: "bench", JSON: asJSON(b, s)}, Now: time.Now()}, f)
	}()
	time.Sleep(benchInterval + 2*time.Second) // every target has been probed once
	f.mu.Lock()
	clear(f.results)
	f.mu.Unlock()
	before := cpu(b, cmd.Process.Pid)
	time.Sleep(*benchFor)
	out := measured{cpu: cpu(b, cmd.Process.Pid) - before, rss: peak(b, cmd.Process.Pid)}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
	for _, all := range f.results {
		for _, r := range all {
			out.results++
			switch {
			case r.Cause == watchlist.NotMeasured:
				out.missed++
			case r.Verdict != watchlist.Up:
				out.failed++
			}
		}
	}
	var c struct {
		Slots struct{ Missed int64 }
	}
	if err := json.Unmarshal(f.cursor, &c); err != nil {
		b.Fatal(err)
	}
	out.missed = max(out.missed, c.Slots.Missed) // those that were passed over have no result
	// What was due in the time and never came is missed as well.
	if due := int64(len(list)) * int64(*benchFor/benchInterval); out.results+int64(len(list))/5 < due {
		out.missed += due - out.results
	}
	return out
}

const exporterConfig = `modules:
  tcp: {prober: tcp, tcp: {preferred_ip_protocol: ip4}}
  http: {prober: http, http: {preferred_ip_protocol: ip4}}
  icmp: {prober: icmp, icmp: {preferred_ip_protocol: ip4}}
  dns: {prober: dns, dns: {preferred_ip_protocol: ip4, query_name: finns.test, query_type: A}}
  tls: {prober: tcp, tcp: {preferred_ip_protocol: ip4, tls: true, tls_config: {insecure_skip_verify: true}}}
`

func measureExporter(b *testing.B, list []watchlist.RawTarget) measured {
	b.Helper()
	conf, addr := filepath.Join(b.TempDir(), "blackbox.yml"), testneed.FreeAddr(b)
	if err := os.WriteFile(conf, []byte(exporterConfig), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(testneed.Program(b, "prometheus-blackbox-exporter"), "--config.file="+conf, "--web.listen-address="+addr, "--log.level=error")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}, Timeout: benchInterval}
	var results, failed atomic.Int64
	var scrapes sync.WaitGroup
	for i, t := range list {
		q := url.Values{"module": {t.Module}, "target": {t.Address}}
		target := "http://" + addr + "/probe?" + q.Encode()
		scrapes.Go(func() {
			wait := time.Duration(i) * benchInterval / time.Duration(len(list))
			for next := time.Now().Add(wait); ; next = next.Add(benchInterval) {
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Until(next)):
				}
				up, err := scrape(ctx, client, target)
				if ctx.Err() != nil {
					return
				}
				results.Add(1)
				if err != nil || !up {
					failed.Add(1)
				}
			}
		})
	}
	time.Sleep(benchInterval + 2*time.Second)
	before, n, bad := cpu(b, cmd.Process.Pid), results.Load(), failed.Load()
	time.Sleep(*benchFor)
	out := measured{cpu: cpu(b, cmd.Process.Pid) - before, rss: peak(b, cmd.Process.Pid), results: results.Load() - n, failed: failed.Load() - bad}
	cancel()
	scrapes.Wait()
	client.CloseIdleConnections()
	return out
}

func scrape(ctx context.Context, c *http.Client, target string) (up bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return false, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return false, err
	}
	body, err := io.ReadAll(resp.Body)
	if err := resp.Body.Close(); err != nil {
		return false, err
	}
	return strings.Contains(string(body), "\nprobe_success 1\n"), err
}

// cpu is how much CPU time a process has used, in seconds.
func cpu(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	ticks := 0.0
	for _, f := range fields[11:13] { // utime, stime
		n, err := strconv.ParseFloat(f, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return ticks / 100
}

// peak is the most memory that a process has held, in MB.
func peak(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}

// startTargets runs the test program as the process that answers.
func startTargets(b *testing.B) map[string]string {
	b.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PROBE_BENCH=targets")
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
		_ = in.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	ports := map[string]string{}
	for _, f := range strings.Fields(line) {
		name, port, _ := strings.Cut(f, "=")
		ports[name] = port
	}
	return ports
}

// serves is the test program as a part of the benchmark: the source behind its
// wire, or the targets until standard input ends.
func serves() bool {
	switch os.Getenv("PROBE_BENCH") {
	case "source":
		sdk.Serve(probe.Source{})
	case "targets":
		if err := answer(); err != nil {
			log.Fatal(err)
		}
	default:
		return false
	}
	return true
}

// answer listens at every address and prints its ports.
func answer() error {
	b := &testing.B{}
	cert, _ := certificate(b, time.Now().Add(24*time.Hour))
	accept := func(l net.Listener, serve func(net.Conn)) string {
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer func() { _ = c.Close() }()
					serve(c)
				}()
			}
		}()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		return port
	}
	var ls [3]net.Listener
	for i := range ls {
		l, err := net.Listen("tcp", "0.0.0.0:0")
		if err != nil {
			return err
		}
		ls[i] = l
	}
	go func() {
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Välkommen") }), ErrorLog: log.New(io.Discard, "", 0)}
		_ = s.Serve(ls[1])
	}()
	_, web, err := net.SplitHostPort(ls[1].Addr().String())
	if err != nil {
		return err
	}
	names, err := serveNames("0.0.0.0:0")
	if err != nil {
		return err
	}
	quiet, err := net.ListenPacket("udp", "0.0.0.0:0")
	if err != nil {
		return err
	}
	_, unheard, err := net.SplitHostPort(quiet.LocalAddr().String())
	if err != nil {
		return err
	}
	_, dns, err := net.SplitHostPort(names.PacketConn.LocalAddr().String())
	if err != nil {
		return err
	}
	fmt.Printf("tcp=%s http=%s dns=%s silent=%s tls=%s\n", accept(ls[0], silent), web, dns, unheard, accept(ls[2], func(c net.Conn) {
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}})
		if s.Handshake() == nil {
			silent(s)
		}
	}))
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
