package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/exchange"
	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/http/replay"
	"github.com/kommunpuls/kommunpuls/plugins/ldap"
	"github.com/kommunpuls/kommunpuls/plugins/pingcastle"
	"github.com/kommunpuls/kommunpuls/plugins/probe"
	"github.com/kommunpuls/kommunpuls/plugins/prometheus"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sql"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

// Builtin is the literal list of sources within this binary.
func Builtin() map[string]func() sdk.Source {
	return map[string]func() sdk.Source{
		"exchange":   func() sdk.Source { return exchange.Source{} },
		"http":       func() sdk.Source { return http.Source{} },
		"ldap":       func() sdk.Source { return ldap.New() },
		"pingcastle": func() sdk.Source { return pingcastle.Source{} },
		"probe":      func() sdk.Source { return probe.Source{} },
		"prometheus": func() sdk.Source { return prometheus.Source{} },
		"sql":        func() sdk.Source { return sql.Source{} },
		"table":      func() sdk.Source { return table.Source{} },
	}
}

// Host makes a host for the built-in sources and those the configuration pins.
func Host(cfg *config.Config, log *slog.Logger) (*source.Host, error) {
	opt := source.HostOptions{Builtin: Builtin(), External: map[string]source.External{}, Log: log}
	if cfg != nil {
		for name, p := range cfg.Plugins {
			opt.External[name] = source.External{Path: cfg.Rel(p.Path), SHA256: p.SHA256}
		}
	}
	return source.NewHost(opt)
}

// SourceTypes lists the types that a configuration may name.
func SourceTypes(cfg *config.Config) []string {
	names := slices.Collect(maps.Keys(Builtin()))
	if cfg != nil {
		names = slices.AppendSeq(names, maps.Keys(cfg.Plugins))
	}
	slices.Sort(names)
	return names
}

// Pseudonymiser makes the pseudonyms that the configuration's sources make.
func Pseudonymiser(cfg *config.Config) (*sdk.Pseudonymiser, error) {
	key := cfg.PseudonymKey.Value()
	return sdk.NewPseudonymiser([]byte(key), keyID(key))
}

// keyID names a key without giving it away.
func keyID(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("kommunpuls pseudonym key id\x00" + key))
	return hex.EncodeToString(sum[:4])
}

func sourceConfigs(cfg *config.Config) []source.Config {
	out := make([]source.Config, 0, len(cfg.Sources))
	for _, s := range cfg.Sources {
		out = append(out, source.Config{
			Name: s.Name, Plugin: s.Type, Every: s.Every.Std(), Timeout: s.Timeout.Std(), Settings: s.JSON, BaseDir: cfg.Dir(),
			Precedence: s.Precedence, ContentMaxAge: s.ContentMaxAge.Std(), RetiredOn: s.RetiredOn.Time,
		})
	}
	return out
}

func sourceInfo(s config.Source) store.SourceInfo {
	return store.SourceInfo{
		Name: s.Name, Plugin: s.Type, Precedence: s.Precedence,
		Interval: s.Every.Std(), ContentMaxAge: s.ContentMaxAge.Std(), RetiredOn: s.RetiredOn.Time,
	}
}

// Try collects once from a configured source into nothing and writes what was
// found and whether the source keeps its contract.
func Try(ctx context.Context, cfg *config.Config, name string, w io.Writer, opt Options) (err error) {
	host, err := Host(cfg, opt.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, host.Close()) }()
	key := cfg.PseudonymKey.Value()
	c := source.NewCollector(source.CollectorOptions{Host: host, Now: opt.Now, PseudonymKey: []byte(key), KeyID: keyID(key)})
	for _, s := range sourceConfigs(cfg) {
		if s.Name == name {
			return c.Try(ctx, s, w)
		}
	}
	return unknownSource(cfg, name)
}

// unknownSource says that no source has a name, and which one comes nearest.
func unknownSource(cfg *config.Config, name string) error {
	var names []string
	for _, s := range cfg.Sources {
		names = append(names, s.Name)
	}
	if near := closest.Name(name, names); near != "" {
		return fmt.Errorf("%s: %w; menade du %s?", name, source.ErrUnknownSource, near)
	}
	return fmt.Errorf("%s: %w", name, source.ErrUnknownSource)
}

// TryProfile tries a profile of the source http, shipped or in a file, on its
// recorded cases and writes what it found.
func TryProfile(ctx context.Context, name string, w io.Writer) error {
	err := replay.Check(ctx, http.Source{}, name, w)
	if errors.Is(err, profile.ErrInvalid) || errors.Is(err, profiles.ErrUnknown) || errors.Is(err, replay.ErrCase) {
		return fmt.Errorf("%w: %w", sdk.ErrBadInput, err)
	}
	return err
}

// CollectOlder reads another file in the place of a source's own, as history of
// the day that opt says, and evaluates nothing.
func (a *App) CollectOlder(ctx context.Context, name, file string, opt source.CollectOptions) (source.Result, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return source.Result{}, err
	}
	for _, c := range sourceConfigs(a.Parts().Config) {
		if c.Name != name {
			continue
		}
		var settings map[string]any
		if err := json.Unmarshal(c.Settings, &settings); err != nil {
			return source.Result{}, err
		}
		settings["file"] = abs
		if c.Settings, err = json.Marshal(settings); err != nil {
			return source.Result{}, err
		}
		return a.collector.Collect(ctx, c, opt)
	}
	return source.Result{}, unknownSource(a.Parts().Config, name)
}

// unchangeable refuses a reload that would change what the daemon stands on.
func unchangeable(old, next *config.Config) error {
	for _, c := range []struct {
		field     string
		unchanged bool
	}{
		{"data_dir", old.Rel(old.DataDir) == next.Rel(next.DataDir)},
		{"listen", old.Listen == next.Listen},
		{"pseudonym_key", old.PseudonymKey.Value() == next.PseudonymKey.Value()},
		{"previous_pseudonym_key", old.PreviousPseudonymKey.Value() == next.PreviousPseudonymKey.Value()},
		{"api_token", old.APIToken.Value() == next.APIToken.Value()},
		{"plugins", maps.Equal(old.Plugins, next.Plugins)},
		{"demo", old.Demo == next.Demo},
		{"web_config", old.WebConfig == next.WebConfig},
		{"access", reflect.DeepEqual(old.Access, next.Access)},
	} {
		if !c.unchanged {
			return fmt.Errorf("%w: %s: ändras först när tjänsten startas om", config.ErrInvalid, c.field)
		}
	}
	return nil
}
