package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/access"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/store/sqlite"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// PrivacyRegister is the record of processing activities, from the
// configuration in force and from what the store knows if there is one.
func PrivacyRegister(ctx context.Context, parts *Parts, opt Options) (reg privacy.Register, err error) {
	cfg := parts.Config
	facts := privacy.Facts{Config: cfg, Types: map[string]sdk.Description{}, KeyID: keyID(cfg.PseudonymKey.Value()), Version: opt.Version, Now: opt.Now()}
	if facts.TLS, err = access.ServesTLS(cfg); err != nil {
		return reg, err
	}
	host, err := Host(cfg, opt.Log)
	if err != nil {
		return reg, err
	}
	defer func() { err = errors.Join(err, host.Close()) }()
	for _, s := range cfg.Sources {
		if _, asked := facts.Types[s.Type]; asked {
			continue
		}
		if facts.Types[s.Type], err = host.Describe(ctx, s.Type); err != nil {
			return reg, err
		}
	}
	if facts.Store, err = held(ctx, parts, facts.Now); err != nil {
		return reg, err
	}
	return privacy.NewRegister(facts), nil
}

// held counts what the store holds of persons; nil where there is no store.
func held(ctx context.Context, parts *Parts, now time.Time) (h *privacy.Held, err error) {
	st, err := sqlite.Open(ctx, parts.StorePath(), sqlite.Options{ReadOnly: true})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nothing collected is a state of its own
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	r, err := st.OpenReader(ctx, store.Point{AsOf: now, KnownAt: now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	h = &privacy.Held{}
	if h.Sources, err = r.Sources(ctx); err != nil {
		return nil, err
	}
	barred, err := st.KeptOut(ctx)
	if err != nil {
		return nil, err
	}
	h.Erased = int64(len(barred))
	const accounts = "SELECT coalesce(category, 'unknown'), count(*) FROM account GROUP BY 1 ORDER BY 1"
	err = rows(ctx, r, []string{"account"}, accounts, func(scan func(...any) error) error {
		var c privacy.Count
		if err := scan(&c.Of, &c.N); err != nil {
			return err
		}
		h.Accounts = append(h.Accounts, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count accounts: %w", err)
	}
	const holders = "SELECT count(*) FROM (SELECT person_ref FROM system_role WHERE person_ref IS NOT NULL UNION SELECT person_ref FROM org_unit_role WHERE person_ref IS NOT NULL) u"
	err = rows(ctx, r, []string{"system_role", "org_unit_role"}, holders, func(scan func(...any) error) error { return scan(&h.Holders) })
	if err != nil {
		return nil, fmt.Errorf("count holders: %w", err)
	}
	return h, nil
}
