package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Pseudonymisers make the pseudonyms of every key that is in use, that of new
// pseudonyms first.
func Pseudonymisers(cfg *config.Config) ([]*sdk.Pseudonymiser, error) {
	p, err := Pseudonymiser(cfg)
	if err != nil {
		return nil, err
	}
	out := []*sdk.Pseudonymiser{p}
	if former := cfg.PreviousPseudonymKey.Value(); former != "" {
		if p, err = sdk.NewPseudonymiser([]byte(former), keyID(former)); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Subject returns everything that is held of who is typed. Nothing of what is
// typed is kept, logged or repeated.
func (a *App) Subject(ctx context.Context, typed string) (s privacy.Subject, err error) {
	parts := a.Parts()
	keys, err := Pseudonymisers(parts.Config)
	if err != nil {
		return s, err
	}
	p, rows, err := a.lookUp(ctx, typed, keys)
	if err != nil {
		return s, err
	}
	s = privacy.NewSubject(p, rows)
	s.Municipality, s.Demo, s.Made, s.Version = parts.Config.Municipality, parts.Config.Demo, a.now(), a.version
	for _, k := range keys {
		s.KeyIDs = append(s.KeyIDs, k.KeyID())
	}
	candidates, err := privacy.Candidates(typed, keys)
	if err != nil {
		return s, err
	}
	if s.Snapshots, err = parts.inSnapshots(ctx, append(refsOf(p), candidates...)); err != nil {
		return s, err
	}
	if len(p.Accounts) > 0 {
		if s.Figures, err = a.figuresOf(ctx, p.Accounts[0]); err != nil {
			return s, err
		}
	}
	return s, nil
}

// lookUp finds the person that was typed; nobody is no error.
func (a *App) lookUp(ctx context.Context, typed string, keys []*sdk.Pseudonymiser) (p store.Person, rows []store.PersonRow, err error) {
	candidates, err := privacy.Candidates(typed, keys)
	if err != nil {
		return p, nil, err
	}
	found, err := a.store.PersonsWith(ctx, candidates)
	if err != nil {
		return p, nil, err
	}
	p, err = privacy.One(found)
	if errors.Is(err, store.ErrNotFound) {
		return p, nil, nil
	}
	if err != nil {
		return p, nil, err
	}
	rows, err = a.store.PersonRows(ctx, p)
	return p, rows, err
}

// figuresOf are the figures that an account is counted in now.
func (a *App) figuresOf(ctx context.Context, id string) (out []privacy.SubjectFigure, err error) {
	out = []privacy.SubjectFigure{}
	rec, err := a.Engine().Record(ctx, a.complete(store.Point{}))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	for _, d := range a.Parts().Catalogue.KPIs {
		if d.Record != record.Account {
			continue
		}
		err := rec.Evidence(ctx, d.ID, func(row finding.Row) error {
			if row.ID == id {
				out = append(out, privacy.SubjectFigure{KPI: d.ID, Title: d.Title.SV, Pass: row.Pass, Reason: row.Reason})
			}
			return nil
		})
		if err != nil {
			return out, fmt.Errorf("figures of an account: %s: %w", d.ID, err)
		}
	}
	return out, nil
}
