package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// decided are the flags of what is done by decision.
type decided struct {
	Decision string `name:"beslut" placeholder:"BESLUT" help:"Gallringsbeslutet, till exempel \"KS 2026/12 § 34\". (The decision.)"`
	By       string `name:"av" placeholder:"ROLL" help:"Vilken roll som utför det, aldrig ett namn. (The role.)"`
}

func (d decided) check(e *env) error {
	if err := privacy.CheckDecision(d.Decision, d.By, e.now()); err != nil {
		return usageError{err}
	}
	return nil
}

type privacyGallraCmd struct {
	decided
	Kind      string `placeholder:"SLAG" help:"Slag av uppgifter, till exempel ticket; annars alla som har en tid i konfigurationen. (Kind of records.)"`
	OlderThan string `placeholder:"TID" help:"Hur gammalt, till exempel 10y, 18mo eller 90d; annars tiden i konfigurationen. (How old.)"`
	Evidence  string `name:"snapshot-evidence" placeholder:"NAMN" help:"Gallra i stället en ögonblicksbilds underlag. (The evidence of a snapshot.)"`
	DryRun    bool   `help:"Visa vad som skulle gallras, och ändra inget. (Change nothing.)"`
}

// Run removes what is old enough, or the evidence of a snapshot.
func (c privacyGallraCmd) Run(e *env) error {
	if err := c.check(e); err != nil {
		return err
	}
	if c.Evidence != "" && c.Kind+c.OlderThan != "" {
		return usage("--snapshot-evidence går inte ihop med --kind och --older-than")
	}
	a, err := e.open(c.DryRun || c.Evidence != "")
	if errors.Is(err, store.ErrLocked) {
		return fmt.Errorf("%w: %w", app.ErrNotStopped, err)
	}
	if err != nil {
		return err
	}
	if c.Evidence != "" {
		err = c.evidence(e, a)
	} else {
		err = c.records(e, a)
	}
	return errors.Join(err, a.Close())
}

func (c privacyGallraCmd) records(e *env, a *app.App) error {
	removals, err := c.removals(a.Parts().Config, e.now())
	if err != nil {
		return err
	}
	for _, g := range removals {
		do := a.Gallra
		if c.DryRun {
			do = a.Plan
		}
		done, err := do(e.ctx, g)
		if err != nil {
			return err
		}
		c.tell(e, done)
	}
	return nil
}

// removals are what is asked for: one kind, or every kind of the configuration.
func (c privacyGallraCmd) removals(cfg *config.Config, now time.Time) ([]app.Gallring, error) {
	kinds := slices.Sorted(maps.Keys(cfg.Privacy.Retention))
	if c.Kind != "" {
		if err := config.CheckKind(c.Kind); err != nil {
			return nil, usage("--kind: %w", err)
		}
		kinds = []string{c.Kind}
	}
	if len(kinds) == 0 {
		return nil, usage("säg vad som ska gallras: --kind ticket --older-than 10y, eller privacy.retention i konfigurationen")
	}
	var out []app.Gallring
	for _, k := range kinds {
		keep := cfg.Privacy.Retention[k].Keep
		if c.OlderThan != "" {
			var err error
			if keep, err = config.ParseSpan(c.OlderThan); err != nil {
				return nil, usage("--older-than: %w", err)
			}
		}
		if keep == (config.Span{}) {
			return nil, usage("hur gammalt? skriv --older-than 10y, eller privacy.retention.%s i konfigurationen", k)
		}
		day := keep.Before(now.In(calendar.Location()))
		out = append(out, app.Gallring{Kind: record.Kind(k), Before: time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location()), Decision: c.Decision, By: c.By})
	}
	return out, nil
}

func (c privacyGallraCmd) tell(e *env, g app.Gallrad) {
	what := fmt.Sprintf("%s före %s", privacy.KindTitle(g.Kind), g.Before.Format(time.DateOnly))
	if g.Records+g.Lists == 0 {
		fmt.Fprintf(e.out, "%s: det finns inget att gallra.\n", what)
		return
	}
	verb := "gallrade"
	if c.DryRun {
		verb = "skulle gallras"
	}
	fmt.Fprintf(e.out, "%s: %d poster och %d rader i deras listor %s.\n", what, g.Records, g.Lists, verb)
	if !g.First.IsZero() {
		fmt.Fprintf(e.out, "  De äldsta är från %s och de yngsta från %s.\n", day(g.First), day(g.Last))
	}
	if c.DryRun {
		fmt.Fprintln(e.out, "  Inget är ändrat.")
		return
	}
	for _, id := range g.Figures {
		fmt.Fprintf(e.out, "  %s räknade med det som gallrades och visas inte längre som om inget hänt.\n", id)
	}
	fmt.Fprintf(e.out, "  Siffror som når längre tillbaka säger att underlaget är gallrat enligt %s. Det står i %s.\n", c.Decision, privacy.LogName)
}

func (c privacyGallraCmd) evidence(e *env, a *app.App) error {
	r, err := a.GallraEvidence(c.Evidence, c.Decision, c.By, c.DryRun)
	switch {
	case errors.Is(err, seal.ErrUnknown), errors.Is(err, snapshot.ErrNoEvidence), errors.Is(err, snapshot.ErrNotTheEvidence):
		return usageError{err}
	case err != nil:
		return err
	case c.DryRun:
		_, err = fmt.Fprintf(e.out, "%s (%d byte) skulle gallras. Inget är ändrat.\n", r.File, r.Bytes)
	default:
		_, err = fmt.Fprintf(e.out, "%s är gallrat enligt %s.\nSHA-256        %s\nDet står i gallringsloggen och i en fil där underlaget låg.\n", r.File, r.Decision, r.SHA256)
	}
	return err
}
