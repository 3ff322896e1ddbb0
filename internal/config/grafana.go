package config

import (
	"net/url"
	"strings"
	"time"
)

// Grafana is the server that "kommunpuls grafana push" writes to.
type Grafana struct {
	URL   string `yaml:"url" json:"url" jsonschema:"required,description=Address of Grafana,examples=https://grafana.kommunen.se"`
	Token Secret `yaml:"token" json:"token" jsonschema:"required"`
	// Org is the organisation that the token must belong to; 0 is any.
	Org        int64             `yaml:"org" json:"org,omitempty" jsonschema:"minimum=1,description=Number of the organisation in Grafana; push stops if the token belongs to another"`
	Folder     string            `yaml:"folder" json:"folder,omitempty" jsonschema:"default=kommunpuls,description=Title of the folder in Grafana"`
	DataSource GrafanaDataSource `yaml:"datasource" json:"datasource,omitempty"`
	// Alerts is nil where the file says nothing: then alert rules are pushed.
	Alerts  *bool    `yaml:"alerts" json:"alerts,omitempty" jsonschema:"default=true,description=Whether alert rules are pushed too; false where Prometheus alerts"`
	Timeout Duration `yaml:"timeout" json:"timeout,omitempty" jsonschema:"default=30s,description=How long one request may take"`
}

// GrafanaDataSource is the Prometheus that Grafana asks.
type GrafanaDataSource struct {
	Name string `yaml:"name" json:"name,omitempty" jsonschema:"default=Prometheus,description=Name of the data source in Grafana"`
	URL  string `yaml:"url" json:"url,omitempty" jsonschema:"description=Address at which Grafana reaches Prometheus; without it the data source must exist,examples=http://127.0.0.1:9090"`
}

// Defaults of grafana.
const (
	DefaultGrafanaFolder     = "kommunpuls"
	DefaultGrafanaDataSource = "Prometheus"
	DefaultGrafanaTimeout    = 30 * time.Second
)

// PushAlerts reports whether alert rules are pushed.
func (g *Grafana) PushAlerts() bool { return g.Alerts == nil || *g.Alerts }

func (g *Grafana) setDefaults() {
	if g == nil {
		return
	}
	if g.Folder == "" {
		g.Folder = DefaultGrafanaFolder
	}
	if g.DataSource.Name == "" {
		g.DataSource.Name = DefaultGrafanaDataSource
	}
	if g.Timeout == 0 {
		g.Timeout = Duration(DefaultGrafanaTimeout)
	}
}

func (v *validator) checkGrafana(g *Grafana) {
	if g == nil {
		return
	}
	g.URL = v.serverURL("grafana.url", g.URL, "https://grafana.kommunen.se")
	v.secret("grafana.token", &g.Token, true)
	if strings.ContainsAny(g.Token.value, " \t\r\n\x00") {
		v.fault("grafana.token", "ska vara ett enda ord på en rad")
	}
	if g.Org < 0 {
		v.fault("grafana.org", "%d går inte; organisationer numreras från 1", g.Org)
	}
	if strings.TrimSpace(g.Folder) != g.Folder || strings.EqualFold(g.Folder, "general") {
		v.fault("grafana.folder", "%q går inte att använda som mapp i Grafana", g.Folder)
	}
	if g.DataSource.URL != "" {
		g.DataSource.URL = v.serverURL("grafana.datasource.url", g.DataSource.URL, "http://127.0.0.1:9090")
	}
	if d := g.Timeout.Std(); d < time.Second || d > 10*time.Minute {
		v.fault("grafana.timeout", "%s går inte; välj mellan 1s och 10m", d)
	}
}

// serverURL checks the address of a server, which may stand under a path, and
// returns it without a slash at the end.
func (v *validator) serverURL(field, address, example string) string {
	u, err := url.Parse(address)
	switch {
	case address == "":
		v.fault(field, "måste anges, till exempel %s", example)
	case err == nil && u.User != nil || strings.Contains(address, "@"):
		v.fault(field, "namn och lösenord står aldrig i adressen")
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "":
		v.fault(field, "%q är ingen adress; skriv till exempel %s", address, example)
	}
	return strings.TrimRight(address, "/")
}
