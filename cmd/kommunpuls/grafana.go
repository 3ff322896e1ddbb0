package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/generate/alerts"
	generategrafana "github.com/kommunpuls/kommunpuls/internal/generate/grafana"
	"github.com/kommunpuls/kommunpuls/internal/grafana"
)

type grafanaCmd struct {
	Render grafanaRenderCmd `cmd:"" help:"Skriv Grafanas vyer som filer. (Write the dashboards as files.)"`
	Push   grafanaPushCmd   `cmd:"" help:"Lägg in vyer, datakälla och larm i Grafana. (Put everything into Grafana.)"`
}

type grafanaRenderCmd struct {
	Dir  string `default:"dashboards" help:"Mapp att skriva i. (Folder to write into.)"`
	Lang string `enum:"sv,en" default:"sv" help:"sv eller en."`
}

// Run writes the dashboards of the municipality's own definitions where there
// is a configuration, else those of the shipped ones.
func (c grafanaRenderCmd) Run(e *env) error {
	cat, err := e.definitions()
	if err != nil {
		return err
	}
	boards, err := generategrafana.Dashboards(generategrafana.Options{Catalogue: cat, Lang: c.Lang})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return usage("--dir: %w", err)
	}
	for _, b := range boards {
		name := filepath.Join(c.Dir, b.File)
		said := "skriven"
		if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, b.JSON) {
			said = "oförändrad"
		} else if err := os.WriteFile(name, b.JSON, 0o644); err != nil { //nolint:gosec // for Grafana to read
			return usage("--dir: %w", err)
		}
		if _, err := fmt.Fprintf(e.out, "%s: %s (%s)\n", name, said, b.Title); err != nil {
			return err
		}
	}
	return nil
}

// definitions are the configuration's, or the shipped ones where there is none.
func (e *env) definitions() (catalogue.Catalogue, error) {
	if _, err := os.Stat(e.config); errors.Is(err, os.ErrNotExist) {
		return catalogue.ParseLayers([]catalogue.Layer{{Files: configs.Catalogue()}})
	}
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return catalogue.Catalogue{}, err
	}
	return parts.Catalogue, nil
}

type grafanaPushCmd struct {
	DryRun bool   `help:"Visa vad som skulle ändras och ändra inget. (Show, change nothing.)"`
	Force  bool   `help:"Skriv över det som någon har ändrat i Grafana. (Overwrite what people changed.)"`
	Lang   string `enum:"sv,en" default:"sv" help:"sv eller en."`
}

// Run puts everything into the Grafana of the configuration.
func (c grafanaPushCmd) Run(e *env) error {
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return err
	}
	g := parts.Config.Grafana
	if g == nil {
		return usage("%s: grafana: måste anges: url och token till den Grafana som ska få vyerna", e.config)
	}
	want, err := wantedInGrafana(parts, c.Lang)
	if err != nil {
		return err
	}
	api, err := grafana.Dial(grafana.Settings{URL: g.URL, Token: g.Token.Value(), Timeout: g.Timeout.Std()})
	if err != nil {
		return usage("grafana.url: %w", err)
	}
	report, err := grafana.Push(e.ctx, api, want, grafana.Options{DryRun: c.DryRun, Force: c.Force, Org: g.Org})
	if werr := writePush(e.out, &report); werr != nil {
		return werr
	}
	if err != nil {
		return pushError(g.URL, &report, err)
	}
	if report.Count(grafana.Kept) > 0 {
		return errNo
	}
	return nil
}

// wantedInGrafana is what a configuration says shall be there.
func wantedInGrafana(parts *app.Parts, lang string) (grafana.Wanted, error) {
	g := parts.Config.Grafana
	want := grafana.Wanted{Folder: g.Folder, DataSource: grafana.DataSource{
		Name: g.DataSource.Name, URL: g.DataSource.URL,
		JSON: map[string]any{"httpMethod": "POST", "timeInterval": "15s"},
	}}
	boards, err := generategrafana.Dashboards(generategrafana.Options{Catalogue: parts.Catalogue, Lang: lang})
	if err != nil {
		return want, err
	}
	for _, b := range boards {
		want.Dashboards = append(want.Dashboards, grafana.Dashboard{UID: b.UID, Title: b.Title, JSON: b.JSON})
	}
	if !g.PushAlerts() {
		return want, nil
	}
	return want, addAlerts(&want, parts)
}

// addAlerts adds the alerts of a configuration. Who is told of what is left to
// Grafana as long as the configuration names nobody.
func addAlerts(want *grafana.Wanted, parts *app.Parts) error {
	s, err := parts.AlertSettings()
	if err != nil {
		return err
	}
	files, err := alerts.Grafana(s, parts.AlertContacts(), grafana.DataSourceUID)
	if err != nil {
		return err
	}
	if err := want.AddAlerting(alerts.RulesFile, files.Rules); err != nil {
		return err
	}
	if len(parts.Config.Alerts.Receivers) == 0 {
		return nil
	}
	if err := want.AddAlerting(alerts.ContactPointsFile, files.ContactPoints); err != nil {
		return err
	}
	return want.AddAlerting(alerts.PoliciesFile, files.Policies)
}

// pushError adds where, how far it came, and what is then to be done.
func pushError(url string, r *grafana.Report, err error) error {
	after := "Inget är ändrat i Grafana"
	if r.Written() {
		after = "Det som står ovan är gjort, inget efter det; kör samma kommando igen när felet är avhjälpt"
	}
	end := "."
	if strings.HasSuffix(err.Error(), "?") {
		end = ""
	}
	err = fmt.Errorf("Grafana på %s: %w%s %s", url, err, end, after) //nolint:staticcheck // a name
	switch {
	case errors.Is(err, grafana.ErrUnreachable), errors.Is(err, grafana.ErrNotGrafana):
		return fmt.Errorf("%w: %w", errReached, err)
	case errors.Is(err, grafana.ErrToken), errors.Is(err, grafana.ErrForbidden), errors.Is(err, grafana.ErrTooOld), errors.Is(err, grafana.ErrConflict),
		errors.Is(err, grafana.ErrOrg), errors.Is(err, grafana.ErrNotFound):
		return usageError{err}
	}
	return err
}

// writePush tells what was done, a line for each thing, with what differs
// beneath those that were changed or left.
func writePush(w io.Writer, r *grafana.Report) error {
	if r.Version == "" {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Grafana %s\n", r.Version)
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "%-11s %s ”%s”", c.Action, c.Kind, c.Name)
		if c.Why != "" {
			fmt.Fprintf(&b, ": %s", c.Why)
		}
		b.WriteByte('\n')
		if c.Action == grafana.Kept || r.DryRun {
			for _, d := range c.Diff {
				fmt.Fprintf(&b, "              %s\n", d)
			}
		}
	}
	b.WriteString(pushSum(r))
	_, err := io.WriteString(w, b.String())
	return err
}

func pushSum(r *grafana.Report) string {
	made, changed, kept := r.Count(grafana.Created)+r.Count(grafana.Restored), r.Count(grafana.Updated), r.Count(grafana.Kept)
	s := "Ingenting behövde ändras.\n"
	switch {
	case made+changed > 0 && r.DryRun:
		s = fmt.Sprintf("Prov: %d skulle läggas in och %d ändras. Inget är ändrat.\n", made, changed)
	case made+changed > 0:
		s = fmt.Sprintf("%d inlagda, %d ändrade, %d oförändrade.\n", made, changed, r.Count(grafana.Unchanged))
	}
	if kept > 0 {
		s += fmt.Sprintf("%d lämnades som de är; se ovan varför.\n", kept)
	}
	return s
}
