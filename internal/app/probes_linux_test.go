package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// apiToken is that of the daemons of this test.
const apiToken = "en-lang-nyckel-till-testet"

// serveDaemon is the daemon in a process of its own; it writes the address that it answers on.
func serveDaemon(config string) error {
	ctx := context.Background()
	parts, err := Prepare(config, time.Now())
	if err != nil {
		return err
	}
	a, err := Open(ctx, parts, Options{Version: "test", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: time.Now})
	if err != nil {
		return err
	}
	return a.Serve(ctx, func(addr string) { fmt.Println(addr) })
}

// served is a running daemon.
type served struct {
	t    *testing.T
	cmd  *exec.Cmd
	addr string
}

func serve(t *testing.T, config string) *served {
	t.Helper()
	s := &served{t: t, cmd: exec.Command("/proc/self/exe", "serve", config)}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	need(t, err)
	need(t, s.cmd.Start())
	t.Cleanup(s.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	need(t, err)
	s.addr = strings.TrimSpace(line)
	return s
}

// kill ends the daemon as a power cut does.
func (s *served) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

func (s *served) get(path string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.addr+path, nil)
	need(s.t, err)
	req.Header.Set("Authorization", "Bearer "+apiToken)
	res, err := http.DefaultClient.Do(req)
	need(s.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	need(s.t, err)
	return string(body)
}

func (s *served) disruptions() []web.Disruption {
	s.t.Helper()
	var out []web.Disruption
	need(s.t, json.Unmarshal([]byte(s.get("/api/v1/disruptions")), &out))
	return out
}

func (s *served) eventually(what string, ok func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !ok(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("never: %s\n%s\n%s", what, s.get("/api/v1/disruptions"), s.get("/metrics/probes"))
		}
	}
}

// door is a TCP port that can be shut and opened again.
type door struct {
	t    *testing.T
	addr string
	l    net.Listener
}

func (d *door) open() {
	d.t.Helper()
	if d.addr == "" {
		d.addr = testneed.FreeAddr(d.t) // nobody is given it while it is shut
	}
	var err error
	d.l, err = net.Listen("tcp", d.addr)
	need(d.t, err)
	go func(l net.Listener) {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}(d.l)
}

func (d *door) shut() { d.t.Helper(); need(d.t, d.l.Close()) }

// The whole way in real processes: a source probes ports of this test, one of
// them is shut, the daemon is killed and started again, the port is opened.
func TestADisruptionSurvivesThatTheDaemonIsKilled(t *testing.T) {
	school, library, gateway := &door{t: t}, &door{t: t}, &door{t: t}
	for _, d := range []*door{school, library, gateway} {
		d.open()
	}
	defer library.shut()
	defer gateway.shut()
	config := probeConfig(t, map[string]any{
		"interval": "1s", "flap": "1s", "recovery": "3 of 3",
		"gateways": []any{map[string]any{"id": "gw", "module": "tcp", "address": gateway.addr}},
		"targets": []any{
			map[string]any{"id": "skola", "name": "Centralskolan", "module": "tcp", "address": school.addr, "site": "Centralskolan", "users": 60, "hours": "always"},
			map[string]any{"id": "bibliotek", "module": "tcp", "address": library.addr, "site": "Biblioteket", "users": 10, "hours": "always"},
		}}, map[string]any{"api_token": "${file:token}", "listen": "127.0.0.1:0"})
	need(t, os.WriteFile(strings.TrimSuffix(config, "kommunpuls.yaml")+"token", []byte(apiToken), 0o600))

	s := serve(t, config)
	probe := func(target, value string) bool {
		return strings.Contains(s.get("/metrics/probes"), `target="`+target+`"} `+value+"\n")
	}
	s.eventually("the school answers", func() bool { return probe("skola", "1") })
	school.shut()
	s.eventually("a disruption is told of", func() bool { return len(s.disruptions()) == 1 })
	began := s.disruptions()[0]
	if began.Name != "Centralskolan" || began.Users != 60 || !strings.HasPrefix(began.Sentence, "Störning i nätet på Centralskolan sedan ") {
		t.Errorf("%+v", began)
	}
	metric := `kommunpuls_disruption_active{org_unit="",site="Centralskolan"} 1`
	s.eventually("Prometheus sees it", func() bool { return strings.Contains(s.get("/metrics"), metric) && probe("skola", "0") })

	s.kill()
	s = serve(t, config)
	s.eventually("the same disruption goes on", func() bool {
		ds := s.disruptions()
		return len(ds) == 1 && ds[0].Since.Equal(began.Since)
	})
	s.eventually("and is measured again", func() bool { return probe("skola", "0") })
	if ds := s.disruptions(); len(ds) != 1 || !ds[0].Since.Equal(began.Since) {
		t.Errorf("%+v", ds)
	}
	school.open()
	defer school.shut()
	s.eventually("it ends when the port is opened", func() bool {
		return len(s.disruptions()) == 0 && !strings.Contains(s.get("/metrics"), "kommunpuls_disruption_active{")
	})
	s.eventually("the measuring point's own state is told", func() bool {
		return strings.Contains(s.get("/metrics"), `kommunpuls_probe_blind{point="stadshuset"} 0`)
	})
	s.kill()

	parts, err := Prepare(config, time.Now())
	need(t, err)
	a, err := Open(t.Context(), parts, Options{ReadOnly: true, Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	need(t, err)
	defer func() { need(t, a.Close()) }()
	r, err := a.store.OpenReader(t.Context(), store.Point{AsOf: time.Now()})
	need(t, err)
	defer func() { need(t, r.Close()) }()
	n := 0
	need(t, rows(t.Context(), r, []string{"observation"}, "SELECT subject, kind, started_at, ended_at FROM observation WHERE kind IN ('outage', 'flap')", func(scan func(...any) error) error {
		n++
		var subject, kind string
		var start, end *int64
		if err := scan(&subject, &kind, &start, &end); err != nil {
			return err
		}
		if subject != "skola" || kind != "outage" || start == nil || *start != began.Since.Unix() || end == nil || *end <= *start {
			t.Errorf("%s %s from %v to %v", subject, kind, start, end)
		}
		return nil
	}))
	if n != 1 {
		t.Errorf("%d disruptions are stored, want one", n)
	}
}
