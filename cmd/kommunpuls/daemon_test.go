package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// patience is how long a test waits for the daemon on a busy machine.
const patience = 4 * time.Minute

// startDaemon runs kommunpuls in process until the test ends, and returns the
// address it answers on.
func startDaemon(t testing.TB, config string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var out testneed.Output
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"-c", config, "run"}, streams{in: strings.NewReader(""), out: &out, err: &out})
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != exitOK {
			t.Errorf("run: exit %d: %s", code, out.String())
		}
	})
	var addr string
	eventually(t, "the daemon answers", func() bool {
		_, rest, ok := strings.Cut(out.String(), "http://")
		addr, _, _ = strings.Cut(rest, "/")
		return ok
	})
	return addr
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func put(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, url string) (int, []byte) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b
}

func TestAReloadAppliesWhatChangedAndABadOneChangesNothing(t *testing.T) {
	dir, addr := t.TempDir(), testneed.FreeAddr(t)
	config := filepath.Join(dir, "kommunpuls.yaml")
	write := func(more string) {
		put(t, config, fmt.Sprintf("municipality: Provkommun\nlisten: %s\npseudonym_key: ${file:key}\napi_token: ${file:key}\n%s", addr, more))
	}
	source := func(name string) string {
		return fmt.Sprintf("  - {name: %s, type: table, settings: {file: s.csv, record: system, columns: {name: Systemnamn, \"role:owner\": Ägare}}}\n", name)
	}
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 40))
	put(t, filepath.Join(dir, "s.csv"), "Systemnamn;Ägare\nLön;Anna Berg\nBygglov;")
	write("sources:\n" + source("ena"))
	startDaemon(t, config)

	sources := func() map[string]web.SourceStatus {
		var st web.Status
		_, b := get(t, "http://"+addr+"/status")
		if err := json.Unmarshal(b, &st); err != nil {
			t.Fatal(err)
		}
		by := map[string]web.SourceStatus{}
		for _, s := range st.Sources {
			by[s.Name] = s
		}
		return by
	}
	eventually(t, "the first source is read and evaluated", func() bool {
		code, _ := get(t, "http://"+addr+"/readyz")
		return code == http.StatusOK && sources()["ena"].LastSuccess != nil
	})
	first := *sources()["ena"].LastSuccess

	write("sources:\n" + source("ena") + source("andra"))
	if code, out, errOut := kommunpuls(t, "-c", config, "reload"); code != exitOK {
		t.Fatalf("reload: exit %d: %s%s", code, out, errOut)
	}
	eventually(t, "the new source is read", func() bool { return sources()["andra"].LastSuccess != nil })
	if got := *sources()["ena"].LastSuccess; !got.Equal(first) {
		t.Errorf("a source that did not change was disturbed: read %v, then %v", first, got)
	}

	write("sources:\n" + source("ena") + "  - {name: trasig}\nnonsense: 1\n")
	code, _, errOut := kommunpuls(t, "-c", config, "reload")
	if code != exitUsage || !strings.Contains(errOut, "nonsense") {
		t.Errorf("a bad configuration: exit %d: %s", code, errOut)
	}
	write("sources:\n" + source("ena") + "  - {name: trasig, type: tabel, settings: {file: s.csv}}\n" +
		"  - {name: fel, type: table, settings: {file: s.csv, record: systm, columns: {name: Systemnamn}}}\n")
	code, _, errOut = kommunpuls(t, "-c", config, "reload")
	if code != exitUsage || !strings.Contains(errOut, "trasig: type: Källtypen tabel finns inte") || !strings.Contains(errOut, "fel: record: ") {
		t.Errorf("sources that cannot be read: exit %d: %s", code, errOut)
	}
	write("data_dir: annan\nsources:\n" + source("ena"))
	if code, _, errOut = kommunpuls(t, "-c", config, "reload"); code != exitUsage || !strings.Contains(errOut, "data_dir") {
		t.Errorf("another store: exit %d: %s", code, errOut)
	}
	if got := sources(); len(got) != 2 || got["andra"].LastSuccess == nil {
		t.Errorf("the old configuration is not in force: %v", got)
	}

	write("sources:\n" + source("ena"))
	if code, out, errOut := kommunpuls(t, "-c", config, "collect", "ena"); code != exitOK || !strings.Contains(out, "igång") {
		t.Errorf("collect beside the daemon: exit %d: %s%s", code, out, errOut)
	}
	if code, _, errOut := kommunpuls(t, "-c", config, "run"); code != exitReached {
		t.Errorf("a second daemon on the same store: exit %d: %s", code, errOut)
	}
}

func TestEveryFigureOfTheAPIStandsBehindTheTokenAndTheRowsToo(t *testing.T) {
	dir, addr := t.TempDir(), testneed.FreeAddr(t)
	config := filepath.Join(dir, "kommunpuls.yaml")
	put(t, filepath.Join(dir, "key"), strings.Repeat("k", 40))
	put(t, filepath.Join(dir, "s.csv"), "Systemnamn;Ägare\nLön;Anna Berg\nBygglov;")
	put(t, config, fmt.Sprintf("municipality: P\nlisten: %s\npseudonym_key: ${file:key}\napi_token: ${file:key}\nsources:\n  - {name: s, type: table, settings: {file: s.csv, record: system, constants: {lifecycle: in_use}, columns: {name: Systemnamn, \"role:owner\": Ägare}}}", addr))
	startDaemon(t, config)
	ask := func(path, token string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	const path = "/api/v1/kpis/system_owner_coverage"
	eventually(t, "the figure has its rows", func() bool {
		_, body := ask(path, strings.Repeat("k", 40))
		return strings.Contains(body, "s.csv, rad 3") && strings.Contains(body, `"denominator": 2`)
	})
	_, body := ask(path, strings.Repeat("k", 40))
	if strings.Contains(body, "Anna") {
		t.Error("a name stands among the rows")
	}
	if code, body := ask(path, "fel"); code != http.StatusUnauthorized || strings.Contains(body, "rad 3") {
		t.Errorf("a wrong token: %d %s", code, body)
	}
}
