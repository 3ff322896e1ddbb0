// A whole municipality, one output after another, says nothing to the race detector.
//go:build linux && !race

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// What is planted, and may stand nowhere afterwards. Nobody has the names. The
// numbers are the tax agency's own for tests.
//
// Names are not planted where the configuration says that a column names a
// thing: a system, an org unit, a project, a class, a status, a cause. Such a text is kept as it
// is written, since no program can tell a name of a person from that of a
// thing; `kommunpuls privacy` lists those columns. Numbers are planted there.
const (
	plantedName     = "Planterad Zetterkvist"
	plantedLogin    = "plzett01"
	plantedNumber   = "8507099805"
	protectedName   = "Skyddad Kvistlundén"
	protectedLogin  = "skkvis01"
	protectedNumber = "9001042390"
)

// needles are the parts of it by which it would be known in any spelling.
var needles = []string{
	"zetterkvist", "plzett01", "8507099805", "850709-9805", "850709 9805",
	"kvistlund", "skkvis01", "9001042390", "900104-2390",
}

func TestWhatNamesAPersonInASourceStandsNowhereAfterwards(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	addr := testneed.FreeAddr(t)
	if err := demo.Generate(dir, now, addr); err != nil {
		t.Fatal(err)
	}
	older := plant(t, dir, now)
	config := filepath.Join(dir, demo.ConfigFile)
	out := t.TempDir() // what the program says and writes; the sources are not searched
	o := &outputs{t: t, dir: out, config: config}

	o.run(exitOK, "collect", "systemlista", "--dated", older.On.Format(time.DateOnly), "--file", filepath.Join(dir, older.File))
	said := o.run(-1, "collect") // three of the sources are broken
	for _, broken := range brokenSources {
		if !strings.Contains(said, broken) {
			t.Errorf("nothing is said of the broken source %s:\n%s", broken, said)
		}
	}
	store := filepath.Join(dir, "data", app.StoreFile)
	o.rows(store)
	wasRead(t, store, config)
	o.commands()
	o.daemon(addr, len(brokenSources))

	s := searcher{t: t}
	if s.folder(out); s.files < 300 || s.bytes < 10<<20 {
		t.Errorf("only %d files with %d bytes were searched", s.files, s.bytes)
	}
	s.folder(filepath.Join(dir, "data"))
	for _, f := range s.found {
		t.Error(f)
	}
	finds(t, filepath.Join(dir, "data"))
}

// outputs keeps everything that the program says and writes in one folder.
type outputs struct {
	t           *testing.T
	dir, config string
	n           int
}

func (o *outputs) file(name string) string { return filepath.Join(o.dir, name) }

// keep writes one answer down.
func (o *outputs) keep(name string, content []byte) {
	o.n++
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("/?&= ", r) {
			return '_'
		}
		return r
	}, name)
	if err := os.WriteFile(o.file(fmt.Sprintf("%04d%.150s", o.n, name)), content, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// run runs a command, keeps what it says and returns it; code -1 is any.
func (o *outputs) run(code int, args ...string) string {
	o.t.Helper()
	got, out, errOut := kommunpuls(o.t, append([]string{"-c", o.config}, args...)...)
	o.keep("_"+args[0], []byte(out+errOut)) // what was typed is no output
	if code >= 0 && got != code {
		o.t.Fatalf("%v: exit %d\n%s\n%s", args, got, out, errOut)
	}
	return out + errOut
}

// rows writes the database as text, so that a value that is split between pages is found too.
func (o *outputs) rows(store string) {
	dump := exec.Command(testneed.Program(o.t, "sqlite3"), "-readonly", store, ".dump")
	b, err := dump.Output()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(o.file("databasen.sql"), b, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// commands runs everything that writes something for people or programs.
func (o *outputs) commands() {
	o.run(-1, "check")
	o.run(exitOK, "kpi", "--format", "json")
	for _, id := range []string{"owner_reconciliation", "privileged_account_count", "system_owner_coverage"} {
		o.run(exitOK, "explain", id, "--limit", "0", "--format", "json")
	}
	o.run(exitOK, "decisions", "log")
	o.run(exitOK, "peers")
	o.run(exitOK, "privacy")
	o.run(exitOK, "privacy", "subject", plantedLogin)
	o.run(exitOK, "privacy", "subject", protectedLogin) // it stands among the roles
	o.run(exitOK, "pseudonym", plantedName)
	o.run(exitOK, "plugin", "test", "arenden")
	o.run(exitOK, "plugin", "test", "katalog")
	o.run(exitOK, "export", "openmetrics", "--from", time.Now().AddDate(0, -1, 0).Format(time.DateOnly), "-o", o.file("historik.txt"))
	o.run(exitOK, "export", "opendata", "--dir", o.file("oppna-data"))
	o.run(exitOK, "export", "exchange", "--out", o.file("utbyte.json"))
	o.run(exitOK, "grafana", "render", "--dir", o.file("vyer"))
	o.run(exitOK, "alerts", "render", "--dir", o.file("larm"))
	for _, kind := range []string{"ledning", "revision", "forvaltning", "manad"} {
		args := []string{"report", kind}
		if kind == "forvaltning" {
			args = append(args, "--forvaltning", "it")
		}
		for _, format := range []string{"html", "pdf"} {
			o.run(exitOK, append(args, "--format", format, "-o", o.file(kind+"."+format))...)
		}
	}
	bags := o.file("bilder")
	o.run(exitOK, "snapshot", "create", "--dir", bags, "--as-of", time.Now().AddDate(0, 0, -1).Format(time.DateOnly))
	o.run(exitOK, "snapshot", "create", "--dir", bags)
	files, err := filepath.Glob(filepath.Join(bags, "*_redovisning.zip"))
	if err != nil || len(files) != 2 {
		o.t.Fatal(files, err)
	}
	slices.Sort(files)
	o.run(exitOK, "snapshot", "diff", files[0], files[1])
	o.run(exitOK, "snapshot", "verify", files[1])
}

// daemon runs the program as a process of its own, visits all that it serves,
// and lets it crash in the middle of a collection.
func (o *outputs) daemon(addr string, broken int) {
	t := o.t
	program := filepath.Join(t.TempDir(), "kommunpuls")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	var said testneed.Output
	cmd := exec.Command(program, "-c", o.config, "run")
	cmd.Env = append(os.Environ(), "GOTRACEBACK=system")
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	token, err := os.ReadFile(filepath.Join(filepath.Dir(o.config), "data", "api.token"))
	if err != nil {
		t.Fatal(err)
	}
	v := &visits{outputs: o, base: "http://" + addr, token: strings.TrimSpace(string(token))}
	eventually(t, "the daemon is ready and has failed to read what is broken", func() bool {
		code, _ := v.ask(http.MethodGet, "/readyz")
		return code == http.StatusOK && strings.Count(said.String(), "level=ERROR")+strings.Count(said.String(), "level=WARN") >= broken
	})
	v.all()
	// Those that watch run all the time; one that reads a broken source again may
	// run too when they are counted for the first time.
	least := children(cmd.Process.Pid)
	go func() { // until the crash cuts it off
		for code := -1; code != 0; time.Sleep(time.Second) {
			code, _ = v.ask(http.MethodPost, "/api/v1/collect")
		}
	}()
	eventually(t, "a collection has begun", func() bool {
		n := children(cmd.Process.Pid)
		least = min(least, n)
		return n > least
	})
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("the program ended as if nothing had happened")
	}
	o.keep("_loggen.txt", []byte(said.String()))
	if !strings.Contains(said.String(), "SIGQUIT") || !strings.Contains(said.String(), "goroutine ") {
		t.Errorf("the program did not crash as it was told to:\n%.2000s", said.String())
	}
}

// children is how many processes a process has started that still run.
func children(pid int) (n int) {
	running, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return 0
	}
	for _, p := range running {
		b, _ := os.ReadFile(p) // a thread that has ended has none
		n += len(bytes.Fields(b))
	}
	return n
}

// visits are a person's with every right.
type visits struct {
	*outputs
	base, token string
}

func (v *visits) ask(method, path string) (int, []byte) {
	req, err := http.NewRequest(method, v.base+path, nil)
	if err != nil {
		return 0, nil
	}
	req.Header.Set("Authorization", "Bearer "+v.token)
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = resp.Body.Close() }()
	var b bytes.Buffer
	if err := resp.Header.Write(&b); err != nil {
		return 0, nil
	}
	b.WriteString("\n")
	if strings.Contains(resp.Header.Get("Content-Type"), "spreadsheet") {
		b.Reset() // a workbook is opened, so it stands alone
	}
	if _, err := b.ReadFrom(resp.Body); err != nil {
		return 0, nil
	}
	return resp.StatusCode, b.Bytes()
}

var linked = regexp.MustCompile(`(?:href|src)="(/[^"#]*)`)

// all visits every page that a page leads to, and what programs read.
func (v *visits) all() {
	t := v.t
	next := []string{"/", "/?sprak=en", "/metrics", "/metrics/probes", "/status", "/api/v1/disruptions", "/api/v1/kpis", "/finns-inte/" + plantedNumber[:4]}
	_, body := v.ask(http.MethodGet, "/api/v1/kpis")
	_, body, _ = bytes.Cut(body, []byte("\n\n"))
	seen, rows := map[string]bool{}, 0
	for _, id := range ids(t, body) {
		next = append(next, "/api/v1/kpis/"+id, "/matt/"+id, "/matt/"+id+"/underlag", "/matt/"+id+"/underlag.csv", "/matt/"+id+"/underlag.xlsx")
	}
	for len(next) > 0 {
		path := next[0]
		next = next[1:]
		if bare, _, ok := strings.Cut(path, "?"); seen[path] || ok && bare != "/" && seen[bare] {
			continue
		}
		seen[path] = true
		code, body := v.ask(http.MethodGet, path)
		if code == 0 || code >= 500 {
			t.Errorf("%s: %d", path, code)
		}
		name := path
		if strings.HasSuffix(path, ".xlsx") && code == http.StatusOK {
			rows++
		}
		v.keep(name, body)
		for _, m := range linked.FindAllSubmatch(body, -1) {
			next = append(next, strings.ReplaceAll(string(m[1]), "&amp;", "&"))
		}
	}
	if rows < 50 {
		t.Errorf("the rows of only %d figures came as workbooks", rows)
	}
}

// ids are the figures of the API.
func ids(t *testing.T, body []byte) (out []string) {
	t.Helper()
	var fs []finding.Finding
	if err := json.Unmarshal(body, &fs); err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		out = append(out, f.KPI)
	}
	if len(out) < 100 {
		t.Fatalf("the API lists %d figures", len(out))
	}
	return out
}
