package probe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// start runs a program until the test ends.
func start(t *testing.T, env []string, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(testneed.Program(t, program), args...)
	cmd.Env = append(os.Environ(), env...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
}

// write puts a file in place whole: it may be read at any time.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// untilAnswered collects until a target answers: the agent needs a moment.
func untilAnswered(t *testing.T, s watchlist.Settings, target string) *found {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); ; {
		one := s
		one.Targets = nil
		for _, x := range s.Targets {
			if x.ID == target {
				one.Targets = append(one.Targets, x)
			}
		}
		if collect(t, one, "").last(target).Verdict == watchlist.Up {
			return collect(t, s, "")
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s never answered", target)
		}
	}
}

type verdict struct {
	verdict watchlist.Verdict
	cause   watchlist.Cause
}

func (f *found) verdicts(t *testing.T, want map[string]verdict) {
	t.Helper()
	for id, w := range want {
		if got := f.last(id); got.Verdict != w.verdict || got.Cause != w.cause {
			t.Errorf("%s: verdict %d, cause %q; want %d, %q", id, got.Verdict, got.Cause, w.verdict, w.cause)
		}
	}
}

func TestARealAgentIsReadByCommunityAndByUser(t *testing.T) {
	dir, addr := t.TempDir(), testneed.FreeAddr(t)
	conf := filepath.Join(dir, "snmpd.conf")
	write(t, conf, "agentaddress udp:"+addr+`
rocommunity hemlig 127.0.0.1
createUser puls SHA auktorisera1 AES kryptera1
createUser bara SHA-256 auktorisera2
rouser puls authpriv
rouser bara auth
`)
	start(t, []string{"MIBS=", "SNMP_PERSISTENT_DIR=" + dir}, "snmpd", "-f", "-Lo", "-C", "-c", conf, "-I", "-smux,mteTrigger,mteTriggerConf", "-p", filepath.Join(dir, "pid"))
	v3 := watchlist.RawModule{Type: "snmp", User: "puls", Auth: "sha", AuthPassword: "auktorisera1", Privacy: "aes", PrivacyPassword: "kryptera1"}
	wrongAuth, wrongPrivacy, wrongUser, noPrivacy := v3, v3, v3, v3
	wrongAuth.AuthPassword, wrongPrivacy.PrivacyPassword, wrongUser.User = "någonting annat", "någonting annat", "annan"
	noPrivacy.Privacy, noPrivacy.PrivacyPassword = "", ""
	s := watchlist.Settings{Interval: "20s", Timeout: "8s", Modules: map[string]watchlist.RawModule{
		"v2": {Type: "snmp", Community: "hemlig"}, "v2-wrong": {Type: "snmp", Community: "public"},
		"v3": v3, "wrong-auth": wrongAuth, "wrong-privacy": wrongPrivacy, "wrong-user": wrongUser, "no-privacy": noPrivacy,
		"v3-auth": {Type: "snmp", User: "bara", Auth: "sha256", AuthPassword: "auktorisera2"},
	}}
	for module := range s.Modules {
		s.Targets = append(s.Targets, watchlist.RawTarget{ID: module, Module: module, Address: addr, Interface: "lo"})
	}
	s.Targets = append(s.Targets,
		watchlist.RawTarget{ID: "by-number", Module: "v2", Address: addr, Interface: "1"},
		watchlist.RawTarget{ID: "no-interface", Module: "v2", Address: addr, Interface: "GigabitEthernet9/9"},
		watchlist.RawTarget{ID: "no-agent", Module: "v2", Address: testneed.FreeAddr(t), Interface: "lo"},
		watchlist.RawTarget{ID: "no-name", Module: "v2", Address: "finns-inte.invalid", Interface: "lo"},
	)
	f := untilAnswered(t, s, "v2")
	const up, unknown = watchlist.Up, watchlist.Unknown
	if c := f.last("no-name").Cause; f.last("no-name").Verdict != unknown || c != watchlist.NoName && c != watchlist.Resolver {
		t.Errorf("no-name: %+v", f.last("no-name"))
	}
	f.verdicts(t, map[string]verdict{
		"v2": {up, ""}, "by-number": {up, ""}, "v3": {up, ""}, "v3-auth": {up, ""},
		"v2-wrong":      {unknown, watchlist.SNMPNoAnswer},
		"no-agent":      {unknown, watchlist.SNMPNoAnswer},
		"wrong-auth":    {unknown, watchlist.SNMPRefused},
		"wrong-privacy": {unknown, watchlist.SNMPRefused},
		"wrong-user":    {unknown, watchlist.SNMPRefused},
		"no-privacy":    {unknown, watchlist.SNMPRefused},
		"no-interface":  {unknown, watchlist.NoInterface},
	})
	if v := f.last("v2").Value; v != 1 {
		t.Errorf("ifOperStatus %v", v)
	}
}

// Interfaces in every state, by each of their names, on a simulated switch.
func TestAnInterfaceIsDownOnlyWhenItShouldBeUp(t *testing.T) {
	testneed.Root(t) // the simulator gives up root itself
	dir, err := os.MkdirTemp("/tmp", "snmpsim")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for _, d := range []string{dir, filepath.Join(dir, "data"), filepath.Join(dir, "cache")} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "data", "vaxel.snmprec"), `1.3.6.1.2.1.1.1.0|4|Simulerad
1.3.6.1.2.1.2.2.1.2.10101|4|GigabitEthernet1/0/1
1.3.6.1.2.1.2.2.1.2.10102|4|GigabitEthernet1/0/2
1.3.6.1.2.1.2.2.1.2.10103|4|GigabitEthernet1/0/3
1.3.6.1.2.1.2.2.1.2.10104|4|GigabitEthernet1/0/4
1.3.6.1.2.1.2.2.1.2.10105|4|GigabitEthernet1/0/5
1.3.6.1.2.1.2.2.1.7.10101|2|1
1.3.6.1.2.1.2.2.1.7.10102|2|1
1.3.6.1.2.1.2.2.1.7.10103|2|2
1.3.6.1.2.1.2.2.1.7.10104|2|1
1.3.6.1.2.1.2.2.1.7.10105|2|1
1.3.6.1.2.1.2.2.1.8.10101|2|1
1.3.6.1.2.1.2.2.1.8.10102|2|2
1.3.6.1.2.1.2.2.1.8.10103|2|2
1.3.6.1.2.1.2.2.1.8.10104|2|5
1.3.6.1.2.1.2.2.1.8.10105|2|7
1.3.6.1.2.1.31.1.1.1.1.10101|4|Gi1/0/1
1.3.6.1.2.1.31.1.1.1.1.10102|4|Gi1/0/2
1.3.6.1.2.1.31.1.1.1.1.10103|4|Gi1/0/3
1.3.6.1.2.1.31.1.1.1.1.10104|4|Gi1/0/4
1.3.6.1.2.1.31.1.1.1.1.10105|4|Gi1/0/5
1.3.6.1.2.1.31.1.1.1.18.10101|4|Centralskolan
1.3.6.1.2.1.31.1.1.1.18.10102|4|
1.3.6.1.2.1.31.1.1.1.18.10103|4|
1.3.6.1.2.1.31.1.1.1.18.10104|4|
1.3.6.1.2.1.31.1.1.1.18.10105|4|
`)
	addr := testneed.FreeAddr(t)
	start(t, nil, "snmpsimd", "--data-dir="+filepath.Join(dir, "data"), "--cache-dir="+filepath.Join(dir, "cache"),
		"--agent-udpv4-endpoint="+addr, "--process-user=nobody", "--process-group=nogroup", "--logging-method=stdout")
	s := watchlist.Settings{Interval: "60s", Timeout: "30s", Modules: map[string]watchlist.RawModule{"snmp": {Community: "vaxel"}}}
	for id, name := range map[string]string{
		"name": "Gi1/0/1", "description": "GigabitEthernet1/0/1", "alias": "Centralskolan", "index": "10101",
		"down": "Gi1/0/2", "off": "Gi1/0/3", "dormant": "Gi1/0/4", "lower": "Gi1/0/5", "none": "Gi1/0/6",
	} {
		s.Targets = append(s.Targets, watchlist.RawTarget{ID: id, Module: "snmp", Address: addr, Interface: name})
	}
	f := untilAnswered(t, s, "name")
	const up, down, unknown = watchlist.Up, watchlist.Down, watchlist.Unknown
	f.verdicts(t, map[string]verdict{
		"name": {up, ""}, "description": {up, ""}, "alias": {up, ""}, "index": {up, ""},
		"down": {down, watchlist.Interface}, "lower": {down, watchlist.Interface},
		"off": {unknown, watchlist.AdminDown}, "dormant": {unknown, watchlist.OperUnknown}, "none": {unknown, watchlist.NoInterface},
	})
	if v := f.last("down").Value; v != 2 {
		t.Errorf("ifOperStatus %v", v)
	}
}
