package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheGrafanaSectionGetsDefaultsAndKeepsItsToken(t *testing.T) {
	t.Setenv("KP_KEY", key)
	t.Setenv("KP_GRAFANA", "glsa_hemligt")
	c, err := Load(write(t, "k.yaml", `municipality: X
pseudonym_key: ${env:KP_KEY}
grafana:
  url: https://it.kommunen.se/grafana/
  token: ${env:KP_GRAFANA}
`))
	if err != nil {
		t.Fatal(err)
	}
	g := c.Grafana
	if g.URL != "https://it.kommunen.se/grafana" || g.Folder != "kommunpuls" || g.DataSource.Name != "Prometheus" || g.Timeout.Std() != DefaultGrafanaTimeout || !g.PushAlerts() {
		t.Errorf("%+v", g)
	}
	if g.Token.Value() != "glsa_hemligt" {
		t.Error("the token is not filled in")
	}
	if shown := fmt.Sprintf("%+v %#v", *g, *g); strings.Contains(shown, "glsa_hemligt") {
		t.Errorf("a secret is printed: %s", shown)
	}
}

func TestAlertsCanBeLeftOut(t *testing.T) {
	t.Setenv("KP_KEY", key)
	t.Setenv("KP_GRAFANA", "glsa_hemligt")
	c, err := Load(write(t, "k.yaml", "municipality: X\npseudonym_key: ${env:KP_KEY}\ngrafana: {url: 'http://localhost:3000', token: '${env:KP_GRAFANA}', alerts: false}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Grafana.PushAlerts() {
		t.Error("alerts: false is not heeded")
	}
}
