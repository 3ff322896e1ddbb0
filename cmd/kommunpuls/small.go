package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/access"
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "kommunpuls", version)
	return err
}

// sourceCmd serves one built-in source to the daemon that started this process.
type sourceCmd struct {
	Name string `arg:""`
}

func (c sourceCmd) Run(*env) error { return source.RunChild(c.Name, app.Builtin()) }

type pseudonymCmd struct {
	Value string `arg:"" name:"värde" help:"Namn, e-postadress eller inloggning, som i listan."`
}

// Run prints the pseudonym, so that a person can be looked up in rows without
// the store ever holding the name.
func (c pseudonymCmd) Run(e *env) error {
	cfg, err := config.Load(e.config)
	if err != nil {
		return err
	}
	p, err := app.Pseudonymiser(cfg)
	if err != nil {
		return err
	}
	ref := p.Of(c.Value)
	if ref == "" {
		return usage("det finns inget att göra en pseudonym av i %q", c.Value)
	}
	_, err = fmt.Fprintln(e.out, ref)
	return err
}

type reloadCmd struct{}

func (reloadCmd) Run(e *env) error { return ask(e, "/api/v1/reload", "Konfigurationen är omläst.") }

// errNoDaemon is returned when no daemon answers on the configured address.
var errNoDaemon = fmt.Errorf("%w: ingen tjänst svarar", errReached)

// ask posts to the running daemon and prints done when it agrees.
func ask(e *env, path, done string) error {
	cfg, err := config.Load(e.config)
	if err != nil {
		return err
	}
	client, root, err := access.Client(cfg)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(e.ctx, http.MethodPost, root+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+cfg.APIToken.Value())
	resp, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("%w på %s: %w", errNoDaemon, cfg.Listen, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusOK {
		_, err = fmt.Fprintln(e.out, done)
		return err
	}
	var answer struct{ Error string }
	if json.Unmarshal(b, &answer) != nil || answer.Error == "" {
		answer.Error = strings.TrimSpace(string(b))
	}
	if resp.StatusCode == http.StatusUnprocessableEntity {
		return usageError{errors.New(answer.Error)}
	}
	return errors.New(answer.Error)
}

type pluginCmd struct {
	List pluginListCmd `cmd:"" help:"Visa vilka källtyper som finns. (List source types.)"`
	Test pluginTestCmd `cmd:"" help:"Prova en inlagd källa utan att spara något. (Try a source without keeping anything.)"`
}

type pluginListCmd struct{}

func (pluginListCmd) Run(e *env) error {
	var cfg *config.Config
	if _, err := os.Stat(e.config); err == nil {
		if cfg, err = config.Load(e.config); err != nil {
			return err
		}
	}
	types := app.SourceTypes(cfg)
	return e.describe(cfg, types, func(_ int, d sdk.Description) error {
		kinds := make([]string, len(d.Kinds))
		for i, k := range d.Kinds {
			kinds[i] = string(k)
		}
		_, err := fmt.Fprintf(e.out, "%s %s\n  läser: %s\n  %s\n", d.Name, d.Version, strings.Join(kinds, ", "), d.PrivacyNote)
		return err
	})
}

// describe asks each of some source types what it is.
func (e *env) describe(cfg *config.Config, types []string, each func(i int, d sdk.Description) error) (err error) {
	host, err := app.Host(cfg, e.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, host.Close()) }()
	for i, name := range types {
		d, err := host.Describe(e.ctx, name)
		if err != nil {
			return err
		}
		if err := each(i, d); err != nil {
			return err
		}
	}
	return nil
}
