package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/generate/alerts"
)

type alertsCmd struct {
	Render alertsRenderCmd `cmd:"" help:"Skriv larmen som filer för Prometheus, Alertmanager och Grafana. (Write the alerts as files.)"`
	List   alertsListCmd   `cmd:"" help:"Visa larmen: när, hur brådskande och till vem. (List the alerts.)"`
}

type alertsRenderCmd struct {
	Dir        string `default:"deploy" help:"Mapp att skriva i. (Folder to write into.)"`
	DataSource string `name:"datasource" default:"${datasource}" help:"Datakällans uid i Grafana. (The data source's uid.)"`
}

// Run writes the alerts of the configuration, or the defaults where there is none.
func (c alertsRenderCmd) Run(e *env) error {
	s, contacts, err := e.alerts()
	if err != nil {
		return err
	}
	rules, err := alerts.Prometheus(s)
	if err != nil {
		return err
	}
	manager, err := alerts.Alertmanager(s, contacts)
	if err != nil {
		return err
	}
	g, err := alerts.Grafana(s, contacts, c.DataSource)
	if err != nil {
		return err
	}
	const provisioning = "grafana/provisioning/alerting/"
	for _, f := range []struct {
		name    string
		content []byte
	}{
		{"prometheus/kommunpuls.rules.yaml", rules},
		{"alertmanager/alertmanager.yaml", manager},
		{provisioning + alerts.RulesFile, g.Rules},
		{provisioning + alerts.ContactPointsFile, g.ContactPoints},
		{provisioning + alerts.PoliciesFile, g.Policies},
	} {
		if err := c.write(e, f.name, f.content); err != nil {
			return err
		}
	}
	return nil
}

func (c alertsRenderCmd) write(e *env, name string, content []byte) error {
	path := filepath.Join(c.Dir, filepath.FromSlash(name))
	said := "skriven"
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		said = "oförändrad"
	} else {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return usage("--dir: %w", err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // for Prometheus and Grafana to read; it holds no secret
			return usage("--dir: %w", err)
		}
	}
	_, err := fmt.Fprintf(e.out, "%s: %s\n", path, said)
	return err
}

// alerts are the settings and contacts of the configuration, or the defaults
// where there is none. Nobody is reached who is not named.
func (e *env) alerts() (alert.Settings, alerts.Contacts, error) {
	if _, err := os.Stat(e.config); errors.Is(err, os.ErrNotExist) {
		return alert.Defaults(), alerts.Example(), nil
	}
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return alert.Settings{}, alerts.Contacts{}, err
	}
	s, err := parts.AlertSettings()
	return s, parts.AlertContacts(), err
}

type alertsListCmd struct{}

// Run prints one alert a line.
func (alertsListCmd) Run(e *env) error {
	s, _, err := e.alerts()
	if err != nil {
		return err
	}
	urgency := map[alert.Severity]string{alert.Page: "väcker jouren", alert.Notify: "säger till", alert.Mail: "månadsbrev"}
	for _, r := range alert.Rules(s) {
		if _, err := fmt.Fprintf(e.out, "%-52s %-14s %s\n", r.ID(), urgency[r.Severity], r.Owner); err != nil {
			return err
		}
	}
	return nil
}
