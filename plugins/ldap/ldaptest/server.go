//go:build !windows

package ldaptest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Server is a running directory. It ends with the test.
type Server struct {
	URL      string // ldaps://
	PlainURL string // ldap://, for StartTLS
	CAFile   string
	BindDN   string // an account that may read
	Password string
	BaseDN   string

	AdminDN       string // an account that may write
	AdminPassword string
	Truth         Truth

	// Samba only: Kerberos and accounts that may not log in.
	Krb5Conf, Keytab, Principal, Realm, SPN string
	DisabledUser, LockedUser, ExpiredUser   string // UPNs, with Password

	dir  string
	conf string
	ous  []string // with accounts or computers
}

// Settings are settings of the ldap source that read everything the generator
// made, so that the figures can be compared with Truth.
func (s *Server) Settings() map[string]any {
	var bases []string
	for _, ou := range s.ous {
		bases = append(bases, "OU="+ou+","+s.BaseDN)
	}
	return map[string]any{
		"url": s.URL, "ca_file": s.CAFile, "bases": bases,
		"bind":      map[string]any{"user": s.BindDN, "password": s.Password},
		"protected": map[string]any{"groups": []string{"CN=Skyddade uppgifter,OU=Grupper," + s.BaseDN}},
		"categories": []map[string]any{
			{"category": "pupil", "ous": []string{"OU=Elever," + s.BaseDN}},
			{"category": "admin", "attributes": []map[string]any{{"name": "sAMAccountName", "values": []string{"adm-*"}}}},
			{"category": "contractor", "groups": []string{"Inhyrda"}},
			{"category": "service", "ous": []string{"OU=Tjänstekonton," + s.BaseDN}},
		},
		"default_category": "employee",
		"groups":           []map[string]any{{"name": "Inhyrda"}},
		"computers":        map[string]any{"server_kind": "server_virtual"},
	}
}

// Tool runs one of the directory's own tools and returns what it printed.
func (s *Server) Tool(t testing.TB, env []string, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", filepath.Base(name), err, errOut.String())
	}
	return out
}

// start runs a daemon until the test ends. Only its own process group is ended.
func start(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	logFile, err := os.Create(filepath.Join(dir, "daemon.log"))
	must(t, err)
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Env = append(os.Environ(), "TDB_NO_FSYNC=1")
	must(t, cmd.Start())
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }() // it ends by our signal
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
		_ = logFile.Close()
	})
}

// await waits until something listens.
func await(t testing.TB, dir, addr string) {
	t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = c.Close()
			return
		}
	}
	said, err := os.ReadFile(filepath.Join(dir, "daemon.log"))
	t.Fatal(errors.Join(fmt.Errorf("nothing listens on %s: %s", addr, said), err))
}

// freePort finds a port on an address that nobody uses.
func freePort(t testing.TB, ip string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
	must(t, err)
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	return port
}

// freeAddress finds a loopback address whose LDAP ports nobody uses.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		ip := fmt.Sprintf("127.%d.%d.%d", 2+rand.IntN(250), rand.IntN(250), 2+rand.IntN(250))
		free := true
		for _, port := range []string{"389", "636", "3268", "3269"} {
			l, err := net.Listen("tcp", net.JoinHostPort(ip, port))
			if err != nil {
				free = false
				break
			}
			_ = l.Close()
		}
		if free {
			return ip
		}
	}
	t.Fatal("no free loopback address for LDAP")
	return ""
}
