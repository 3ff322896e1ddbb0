// Package deploy holds the files of an installation. There is no Docker in the
// tests: what the files say of each other and of the product is held here.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/grafana"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// compose is what compose.yaml may say; another field fails the reading.
type compose struct {
	Name     string                       `yaml:"name"`
	Services map[string]service           `yaml:"services"`
	Volumes  map[string]any               `yaml:"volumes"`
	Secrets  map[string]map[string]string `yaml:"secrets"`
}

type service struct {
	Image       string            `yaml:"image"`
	Build       map[string]string `yaml:"build"`
	Restart     string            `yaml:"restart"`
	ReadOnly    bool              `yaml:"read_only"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []any             `yaml:"volumes"`
	Secrets     []string          `yaml:"secrets"`
}

func read(t *testing.T, name string, out any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(b, out, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func theCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	read(t, "compose.yaml", &c)
	if len(c.Services) != 4 {
		t.Fatalf("%d services", len(c.Services))
	}
	return c
}

func TestEverythingListensOnLoopbackAndIsPinned(t *testing.T) {
	for name, s := range theCompose(t).Services {
		if !regexp.MustCompile(`:v?\d+\.\d+\.\d+$|^kommunpuls:local$`).MatchString(s.Image) {
			t.Errorf("%s: image %q is not pinned", name, s.Image)
		}
		if len(s.Ports) == 0 {
			t.Errorf("%s has no port", name)
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s listens on %s", name, p)
			}
		}
	}
}

// mounted is where in the container a file of the repository is found.
func mounted(t *testing.T, name string, s service) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, v := range s.Volumes {
		text, ok := v.(string)
		if !ok {
			continue // a tmpfs
		}
		host, inside, _ := strings.Cut(text, ":")
		inside, mode, _ := strings.Cut(inside, ":")
		if !strings.HasPrefix(host, ".") {
			continue // a volume
		}
		if mode != "ro" {
			t.Errorf("%s: %s is not mounted read-only", name, host)
		}
		if _, err := os.Stat(filepath.FromSlash(host)); err != nil {
			t.Errorf("%s mounts what is not there: %v", name, err)
		}
		out[inside] = host
	}
	return out
}

func TestEveryFileThatIsMountedOrNamedExists(t *testing.T) {
	c := theCompose(t)
	for name, s := range c.Services {
		files := mounted(t, name, s)
		for _, arg := range s.Command {
			if _, path, ok := strings.Cut(arg, "--config.file="); ok && files[path] == "" {
				t.Errorf("%s reads %s, which is not mounted", name, path)
			}
		}
		for _, v := range s.Volumes {
			if text, ok := v.(string); ok && !strings.HasPrefix(text, ".") {
				volume, _, _ := strings.Cut(text, ":")
				if _, ok := c.Volumes[volume]; !ok {
					t.Errorf("%s: no volume %s", name, volume)
				}
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret]["file"] == "" {
				t.Errorf("%s: no secret %s", name, secret)
			}
		}
		for k, v := range s.Environment {
			if _, file, ok := strings.Cut(v, "/run/secrets/"); ok && !slices.Contains(s.Secrets, file) {
				t.Errorf("%s: %s wants the secret %s, which it is not given", name, k, file)
			}
		}
	}
	docker := c.Services["kommunpuls"].Build
	if _, err := os.Stat(filepath.Join(docker["context"], docker["dockerfile"])); err != nil {
		t.Error(err)
	}
}

func TestHistoryIsKeptForYears(t *testing.T) {
	if !slices.Contains(theCompose(t).Services["prometheus"].Command, "--storage.tsdb.retention.time=5y") {
		t.Error("Prometheus would forget after fifteen days")
	}
}

func TestPromtoolTakesTheConfigurationOfPrometheus(t *testing.T) {
	tool := testneed.Program(t, "promtool")
	if out, err := exec.Command(tool, "check", "config", "prometheus/prometheus.yml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Services call each other by the names of compose.yaml.
func TestServicesFindEachOther(t *testing.T) {
	c := theCompose(t)
	for _, file := range []string{"prometheus/prometheus.yml", "grafana/provisioning/datasources/kommunpuls.yaml"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:\[|http://)([a-z]+):(\d+)`).FindAllStringSubmatch(string(b), -1) {
			s, ok := c.Services[m[1]]
			if !ok || !strings.HasSuffix(s.Ports[0], ":"+m[2]) {
				t.Errorf("%s asks %s:%s, which is nobody", file, m[1], m[2])
			}
		}
	}
}

func TestGrafanaIsGivenTheDataSourceOfTheAlertsAndTheDashboards(t *testing.T) {
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			IsDefault                    bool           `yaml:"isDefault"`
			Editable                     bool           `yaml:"editable"`
			JSONData                     map[string]any `yaml:"jsonData"`
		} `yaml:"datasources"`
	}
	read(t, "grafana/provisioning/datasources/kommunpuls.yaml", &sources)
	if len(sources.Datasources) != 1 || sources.Datasources[0].UID != grafana.DataSourceUID {
		t.Errorf("got %+v", sources.Datasources)
	}
	var boards struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name                  string            `yaml:"name"`
			OrgID                 int               `yaml:"orgId"`
			Folder                string            `yaml:"folder"`
			FolderUID             string            `yaml:"folderUid"`
			Type                  string            `yaml:"type"`
			DisableDeletion       bool              `yaml:"disableDeletion"`
			AllowUIUpdates        bool              `yaml:"allowUiUpdates"`
			UpdateIntervalSeconds int               `yaml:"updateIntervalSeconds"`
			Options               map[string]string `yaml:"options"`
		} `yaml:"providers"`
	}
	read(t, "grafana/provisioning/dashboards/kommunpuls.yaml", &boards)
	p := boards.Providers[0]
	files := mounted(t, "grafana", theCompose(t).Services["grafana"])
	if dir := files[p.Options["path"]]; dir != "../dashboards" || p.FolderUID != grafana.FolderUID {
		t.Errorf("the dashboards are read from %q into %q", dir, p.FolderUID)
	}
	names, err := filepath.Glob("../dashboards/kommunpuls-*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no dashboards", err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "\n  \"title\": \""+p.Folder+"\",") {
			t.Errorf("%s is called what the folder is called, which Grafana refuses", n)
		}
	}
}

func TestTheConfigurationToBeginWithCanBeRead(t *testing.T) {
	dir := t.TempDir()
	b, err := os.ReadFile("kommunpuls/kommunpuls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	given := theCompose(t).Services["kommunpuls"].Secrets
	for _, m := range regexp.MustCompile(`/run/secrets/([a-z_]+)`).FindAllStringSubmatch(string(b), -1) {
		if !slices.Contains(given, m[1]) {
			t.Errorf("the secret %s is not given", m[1])
		}
		if err := os.WriteFile(filepath.Join(dir, m[1]), []byte(strings.Repeat("x", 40)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "kommunpuls.yaml")
	text := strings.ReplaceAll(string(b), "/run/secrets", filepath.ToSlash(dir))
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(c.Hosts, "kommunpuls") {
		t.Error("Prometheus would be refused: its requests carry the host kommunpuls")
	}
}

func TestTheServiceOfSystemdIsSound(t *testing.T) {
	b, err := os.ReadFile("systemd/kommunpuls.service")
	if err != nil {
		t.Fatal(err)
	}
	section := ""
	settings := map[string]string{}
	for _, line := range strings.Split(string(b), "\n") {
		line = strings.TrimSpace(line)
		switch key, value, ok := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = line
		case ok && section != "":
			settings[section+key] = value
		default:
			t.Errorf("not a setting: %q", line)
		}
	}
	for key, want := range map[string]string{"[Service]ExecStart": "/usr/local/bin/kommunpuls run --config /etc/kommunpuls/kommunpuls.yaml", "[Service]User": "kommunpuls", "[Service]NoNewPrivileges": "true", "[Install]WantedBy": "multi-user.target"} {
		if settings[key] != want {
			t.Errorf("%s is %q", key, settings[key])
		}
	}
}
