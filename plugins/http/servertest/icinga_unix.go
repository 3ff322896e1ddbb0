//go:build unix

package servertest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// Icinga is a running Icinga 2 that watches a port which can be opened and
// closed, and one that nothing listens on.
type Icinga struct {
	URL            string
	User, Password string // of an account that may only look
	CAFile         string // signs the server's certificate

	t      testing.TB
	place  *place
	client *http.Client
	addr   string
	mu     sync.Mutex
	door   net.Listener
}

const icingaConfig = `const NodeName = "localhost"
const ZoneName = "master"
include <itl>
include <plugins>
const PluginDir = "/usr/lib/nagios/plugins"
object Endpoint NodeName {}
object Zone ZoneName { endpoints = [ NodeName ] }
object CheckerComponent "checker" {}
object ApiListener "api" { bind_host = "127.0.0.1"; bind_port = %[1]s; accept_commands = false }
object ApiUser "kommunpuls" { password = "%[2]s"; permissions = [ "objects/query/Host", "objects/query/Service" ] }
object HostGroup "skolor" { display_name = "Skolor" }
object Host "nav-skolan" { address = "127.0.0.1"; check_command = "dummy"; groups = [ "skolor" ]; vars.site = "Norra skolan"; vars.users = 120; vars.opening = "always"; check_interval = 2s }
object Host "nav-borta" { address = "127.0.0.1"; check_command = "tcp"; vars.tcp_port = %[4]s; max_check_attempts = 1; check_interval = 2s; retry_interval = 1s }
object Service "dorr" { host_name = "nav-skolan"; check_command = "tcp"; vars.tcp_port = %[3]s; max_check_attempts = 2; check_interval = 1s; retry_interval = 1s }
object Service "stangd" { host_name = "nav-skolan"; check_command = "tcp"; vars.tcp_port = %[4]s; max_check_attempts = 2; check_interval = 1s; retry_interval = 1s }
object Service "disk" { host_name = "nav-skolan"; check_command = "dummy"; vars.dummy_state = 2; max_check_attempts = 1; check_interval = 2s }
`

// StartIcinga starts Icinga 2 with two hosts and three services: nav-borta and
// nav-skolan!stangd are down from the beginning, nav-skolan!dorr is up.
func StartIcinga(t testing.TB) *Icinga {
	t.Helper()
	icinga := testneed.Program(t, "icinga2")
	testneed.Program(t, "/usr/lib/nagios/plugins/check_tcp")
	_, port := hostPort(t, testneed.FreeAddr(t))
	i := &Icinga{URL: "https://localhost:" + port, User: "kommunpuls", Password: "prov-losenord-1", t: t, addr: testneed.FreeAddr(t)}
	i.Open()
	t.Cleanup(i.Close)
	_, door := hostPort(t, i.addr)
	_, wall := hostPort(t, testneed.FreeAddr(t))
	p := newPlace(t, "nagios")
	p.mkdir("etc", "data", "data/certs", "cache", "run", "log", "spool")
	const node = "localhost"
	p.run("", icinga, "pki", "new-ca", "-DDataDir="+p.path("data"))
	p.run("", icinga, "pki", "new-cert", "-DDataDir="+p.path("data"), "--cn", node, "--key", p.path("data/certs/"+node+".key"), "--csr", p.path("data/certs/"+node+".csr"))
	p.run("", icinga, "pki", "sign-csr", "-DDataDir="+p.path("data"), "--csr", p.path("data/certs/"+node+".csr"), "--cert", p.path("data/certs/"+node+".crt"))
	p.run("", "cp", p.path("data/ca/ca.crt"), p.path("data/certs/ca.crt"))
	conf := p.write("icinga2.conf", fmt.Sprintf(icingaConfig, port, i.Password, door, wall))
	p.start("", icinga, "daemon", "-c", conf, "-DConfigDir="+p.path("etc"), "-DDataDir="+p.path("data"), "-DCacheDir="+p.path("cache"),
		"-DInitRunDir="+p.path("run"), "-DLogDir="+p.path("log"), "-DSpoolDir="+p.path("spool"))
	pem, err := os.ReadFile(p.path("data/ca/ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	i.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(i.CAFile, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	i.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	p.answers(i.client, i.URL+"/v1/objects/hosts", http.StatusUnauthorized)
	i.place = p
	return i
}

// Open lets the service dorr answer.
func (i *Icinga) Open() {
	i.t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.door != nil {
		return
	}
	door, err := net.Listen("tcp", i.addr) //nolint:noctx // on the loopback
	if err != nil {
		i.t.Fatal(err)
	}
	i.door = door
	go func() {
		for {
			c, err := door.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
}

// Close lets it be down.
func (i *Icinga) Close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.door != nil {
		_ = i.door.Close()
		i.door = nil
	}
}

// State waits until a service is in a hard state (0 OK, 2 CRITICAL), and tells
// when that began.
func (i *Icinga) State(service string, state int) int64 {
	i.t.Helper()
	var since float64
	i.place.until(fmt.Sprintf("%s is not in state %d", service, state), func() bool {
		req, err := http.NewRequestWithContext(i.t.Context(), http.MethodGet, i.URL+"/v1/objects/services/"+service, nil)
		if err != nil {
			i.t.Fatal(err)
		}
		req.SetBasicAuth(i.User, i.Password)
		res, err := i.client.Do(req)
		if err != nil {
			return false
		}
		defer func() { _ = res.Body.Close() }()
		var got struct {
			Results []struct {
				Attrs struct {
					State       int     `json:"state"`
					StateType   int     `json:"state_type"`
					StateChange float64 `json:"last_state_change"`
					HardChange  float64 `json:"last_hard_state_change"`
				} `json:"attrs"`
			} `json:"results"`
		}
		if json.NewDecoder(res.Body).Decode(&got) != nil || len(got.Results) != 1 {
			return false
		}
		a := got.Results[0].Attrs
		since = a.StateChange
		return a.State == state && a.StateType == 1 && a.HardChange > 0
	})
	return int64(since)
}
