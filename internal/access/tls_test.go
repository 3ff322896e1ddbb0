package access

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// makeCertificates makes an authority of its own, a server and a client with openssl.
func makeCertificates(t *testing.T, dir string) {
	t.Helper()
	openssl := testneed.Program(t, "openssl")
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(openssl, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	for _, ca := range []string{"ca", "annan"} {
		run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", ca+".key", "-out", ca+".pem", "-days", "2", "-subj", "/CN="+ca)
	}
	for name, ca := range map[string]string{"server": "ca", "client": "ca", "frammande": "annan"} {
		put(t, filepath.Join(dir, name+".ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:"+name+"\n")
		run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name+".key", "-out", name+".csr", "-subj", "/CN="+name)
		run("x509", "-req", "-in", name+".csr", "-CA", ca+".pem", "-CAkey", ca+".key", "-CAcreateserial", "-days", "2", "-extfile", name+".ext", "-out", name+".pem")
	}
}

// curl returns the status that curl got, or its exit code as "exit 60".
func curl(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(testneed.Program(t, "curl"), append([]string{"--silent", "--noproxy", "*", "--max-time", "300", "--output", "/dev/null", "--write-out", "%{http_code} %{http_version}"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return fmt.Sprintf("exit %d", cmd.ProcessState.ExitCode())
	}
	return string(out)
}

func TestTLSAndClientCertificatesByCurl(t *testing.T) {
	dir := ""
	secured := func(more string) *site {
		return start(t, func(s *site, c *config.Config) {
			dir = c.Dir()
			makeCertificates(t, dir)
			c.WebConfig = "web-config.yml"
			put(t, filepath.Join(dir, "web-config.yml"), "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"+more)
		})
	}
	s := secured("")
	plain := "http://" + s.cfg.Listen
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"trusted":            {[]string{"--cacert", "ca.pem", s.url + "/healthz"}, "200 2"},
		"HTTP/1.1":           {[]string{"--http1.1", "--cacert", "ca.pem", s.url + "/healthz"}, "200 1.1"},
		"not trusted":        {[]string{s.url + "/healthz"}, "exit 60"},
		"another authority":  {[]string{"--cacert", "annan.pem", s.url + "/healthz"}, "exit 60"},
		"in clear":           {[]string{plain + "/healthz"}, "400 1"},
		"TLS 1.1":            {[]string{"--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", "--cacert", "ca.pem", s.url + "/healthz"}, "exit 35"},
		"figures":            {[]string{"--cacert", "ca.pem", s.url + "/api/v1/kpis"}, "401 2"},
		"figures by a token": {[]string{"--cacert", "ca.pem", "-H", "Authorization: Bearer " + apiToken, s.url + "/api/v1/kpis"}, "200 2"},
	} {
		if got := curl(t, dir, c.args...); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	client, root, err := Client(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := client.Get(root + "/healthz"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("the commands of this machine: %v %v", resp, err)
	} else {
		_ = resp.Body.Close()
	}

	// A renewed certificate is served from the next connection on.
	renew(t, dir, "frammande", "server")
	if got := curl(t, dir, "--cacert", "annan.pem", s.url+"/healthz"); got != "200 2" {
		t.Errorf("the renewed certificate: %s", got)
	}

	s = secured("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n  client_allowed_sans: [client]\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"with a certificate":   {[]string{"--cert", "client.pem", "--key", "client.key", s.url + "/metrics"}, "200 2"},
		"which is no login":    {[]string{"--cert", "client.pem", "--key", "client.key", s.url + "/api/v1/kpis"}, "401 2"},
		"without":              {[]string{s.url + "/healthz"}, "refused"},
		"of another authority": {[]string{"--cert", "frammande.pem", "--key", "frammande.key", s.url + "/healthz"}, "refused"},
		"of another name":      {[]string{"--cert", "server.pem", "--key", "server.key", s.url + "/healthz"}, "refused"},
	} {
		got := curl(t, dir, append([]string{"--cacert", "ca.pem"}, c.args...)...)
		if strings.HasPrefix(got, "exit ") && got != "exit 60" { // which one depends on when the server hangs up
			got = "refused"
		}
		if got != c.want {
			t.Errorf("client certificate %s: %s, want %s", name, got, c.want)
		}
	}
	if _, _, err := Client(s.cfg); err == nil || !strings.Contains(err.Error(), "SIGHUP") {
		t.Errorf("the commands of this machine: %v", err)
	}
	if strings.Contains(s.log.String(), "127.0.0.1") {
		t.Errorf("an address in the log: %s", s.log)
	}
}

func renew(t *testing.T, dir, from, to string) {
	t.Helper()
	for _, ext := range []string{".pem", ".key"} {
		if err := os.Rename(filepath.Join(dir, from+ext), filepath.Join(dir, to+ext)); err != nil {
			t.Fatal(err)
		}
	}
}
