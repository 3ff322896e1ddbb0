package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/access"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// CheckResult is what check found.
type CheckResult struct {
	// Settings holds the faults in the sources' settings, by source.
	Settings []string
	// Cases counts the definitions' own tests; Failed tells which did not hold.
	Cases  int
	Failed []string
	// Unmapped names stand in the sources and map to nothing.
	Unmapped []NameGroup
	// Failing tells of sources whose last collection failed, and why.
	Failing []string
	// Refused counts rows that a source refused at its last collection.
	Refused map[string]int64
}

// Check looks at everything that can be wrong without reading a source: the
// settings, the definitions' own tests, and, where there is a store, the names.
func Check(ctx context.Context, parts *Parts, opt Options) (CheckResult, error) {
	res := CheckResult{Refused: map[string]int64{}}
	if err := access.CheckWebConfig(parts.Config); err != nil {
		return res, err
	}
	if err := res.settings(ctx, parts, opt); err != nil {
		return res, err
	}
	tested, err := catalogue.ParseWithCases(configs.Catalogue())
	if err != nil {
		return res, err
	}
	for _, c := range kpi.RunCases(ctx, tested) {
		res.Cases++
		for _, f := range c.Faults {
			res.Failed = append(res.Failed, fmt.Sprintf("%s: %s: %v", c.Case.KPI, c.Case.Name, f))
		}
	}
	opt.ReadOnly = true
	a, err := Open(ctx, parts, opt)
	if errors.Is(err, store.ErrNotFound) {
		return res, nil // nothing has been collected yet
	}
	if err != nil {
		return res, err
	}
	return res, errors.Join(res.names(ctx, a), a.Close())
}

func (r *CheckResult) settings(ctx context.Context, parts *Parts, opt Options) (err error) {
	host, err := Host(parts.Config, opt.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, host.Close()) }()
	c := source.NewCollector(source.CollectorOptions{Host: host, Now: opt.Now, PseudonymKey: []byte(parts.Config.PseudonymKey.Value()), KeyID: keyID(parts.Config.PseudonymKey.Value())})
	r.Settings = faultySettings(ctx, host, c, sourceConfigs(parts.Config))
	return nil
}

// faultySettings lists the faults in the settings of sources. Nothing of theirs
// is read or connected to.
func faultySettings(ctx context.Context, host *source.Host, c *source.Collector, sources []source.Config) []string {
	var out []string
	for _, s := range sources {
		problems, err := host.Validate(ctx, s.Plugin, c.Settings(s))
		if err != nil {
			out = append(out, s.Name+": "+typeFault(s.Plugin, err))
		}
		for _, p := range problems {
			out = append(out, s.Name+": "+problemText(p))
		}
	}
	return out
}

// checkSources refuses a configuration whose sources cannot be read as it says.
// Plugins of one's own are asked when they are read: a program that is broken
// or slow does not keep the daemon from another change.
func (a *App) checkSources(ctx context.Context, cfg *config.Config) error {
	sources := slices.DeleteFunc(sourceConfigs(cfg), func(s source.Config) bool {
		_, own := cfg.Plugins[s.Plugin]
		return own
	})
	var errs []error
	for _, f := range faultySettings(ctx, a.host, a.collector, sources) {
		errs = append(errs, fmt.Errorf("%s: sources: %s", cfg.Path, f))
	}
	if len(errs) > 0 {
		return fmt.Errorf("%w: %w", config.ErrInvalid, errors.Join(errs...))
	}
	return nil
}

// typeFault says why a source of that type could not be asked.
func typeFault(plugin string, err error) string {
	if !errors.Is(err, source.ErrUnknownPlugin) {
		return err.Error()
	}
	types := slices.Sorted(maps.Keys(Builtin()))
	said := fmt.Sprintf("type: Källtypen %s finns inte. Det finns: %s.", plugin, strings.Join(types, ", "))
	if meant := closest.Name(plugin, types); meant != "" {
		said += " Menades " + meant + "?"
	}
	return said
}

// problemText is a fault with its field, if it concerns one.
func problemText(p sdk.Problem) string {
	said := strings.ReplaceAll(p.Message, "?.", "?")
	if p.Field == "" {
		return said
	}
	return p.Field + ": " + said
}

func (r *CheckResult) names(ctx context.Context, a *App) error {
	unmapped, err := a.store.Unmapped(ctx)
	if err != nil {
		return err
	}
	known, err := a.knownNames(ctx)
	if err != nil {
		return err
	}
	r.Unmapped = groupNames(unmapped, known)
	ss, err := a.sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range ss {
		if why := failure(s); why != "" {
			r.Failing = append(r.Failing, fmt.Sprintf("%s: %s", s.Name, why))
		}
		if s.Counts.Refused > 0 {
			r.Refused[s.Name] = s.Counts.Refused
		}
	}
	return nil
}

// OK tells whether nothing is wrong. Unmapped names and refused rows are worth
// a look but not wrong by themselves.
func (r CheckResult) OK() bool {
	return len(r.Settings) == 0 && len(r.Failed) == 0 && len(r.Failing) == 0
}

// Sources lists the refusing sources in order.
func (r CheckResult) Sources() []string {
	var names []string
	for n := range r.Refused {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
