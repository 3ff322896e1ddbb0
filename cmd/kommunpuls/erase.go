package main

import (
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type privacyEraseCmd struct {
	decided
	User   string `arg:"" name:"person" help:"Inloggning, e-postadress eller namn. Det sparas inte. (Login, mail or name.)"`
	Lift   bool   `help:"Häv i stället spärren mot att personen läses in igen. (Let the person be read in again.)"`
	Format string `enum:"md,html,json" default:"md" help:"Intygets form: md, html eller json."`
}

// Run erases a person and writes the proof. Exit code 1 means that nothing was
// held, or that something is left.
func (c privacyEraseCmd) Run(e *env) error {
	if err := c.check(e); err != nil {
		return err
	}
	a, err := e.open(false)
	if errors.Is(err, store.ErrLocked) {
		return fmt.Errorf("%w: %w", app.ErrNotStopped, err)
	}
	if err != nil {
		return err
	}
	do := c.erase
	if c.Lift {
		do = c.lift
	}
	err = do(e, a)
	if errors.Is(err, privacy.ErrNobody) || errors.Is(err, privacy.ErrAmbiguous) {
		err = usageError{err}
	}
	return errors.Join(err, a.Close())
}

func (c privacyEraseCmd) erase(e *env, a *app.App) error {
	proof, err := a.Erase(e.ctx, c.User, c.Decision, c.By)
	if err != nil {
		return err
	}
	if err := writePrivacy(e.out, c.Format, proof, proof.Document); err != nil {
		return err
	}
	if !proof.Found || !proof.Clean {
		return errNo
	}
	return nil
}

func (c privacyEraseCmd) lift(e *env, a *app.App) error {
	n, err := a.Lift(e.ctx, c.User, c.Decision, c.By)
	if err != nil {
		return err
	}
	if n == 0 {
		fmt.Fprintln(e.out, "Det finns ingen spärr för det som söktes.")
		return errNo
	}
	_, err = fmt.Fprintln(e.out, "Spärren är hävd. Personen läses in igen nästa gång källorna läses: kommunpuls collect --full")
	return err
}
