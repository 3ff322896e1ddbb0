package main

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
)

type privacyCmd struct {
	Register privacyRegisterCmd `cmd:"" default:"withargs" help:"Registret över behandlingen, ur konfigurationen (artikel 30). (The record of processing.)"`
	Subject  privacySubjectCmd  `cmd:"" help:"Allt som finns om en person: registerutdrag (artikel 15). (All that is held of a person.)"`
	Erase    privacyEraseCmd    `cmd:"" help:"Radera en person och visa att det är gjort, enligt beslut. (Erase a person, with proof.)"`
	Gallra   privacyGallraCmd   `cmd:"" help:"Gallra det som är gammalt nog, enligt beslut. (Remove what is old enough, by decision.)"`
}

type privacyRegisterCmd struct {
	Format string `enum:"md,html,json" default:"md" help:"md, html eller json."`
}

// Run writes the record of processing activities.
func (c privacyRegisterCmd) Run(e *env) error {
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return err
	}
	reg, err := app.PrivacyRegister(e.ctx, parts, app.Options{Version: version, Log: e.log, Now: e.now})
	if err != nil {
		return err
	}
	return writePrivacy(e.out, c.Format, reg, reg.Document)
}

// writePrivacy writes an answer as it is, or as the document that is made of it.
func writePrivacy(w io.Writer, format string, answer any, text func() document.Document) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(answer)
	}
	if format == "html" {
		return report.HTML(w, text())
	}
	return privacy.Markdown(w, text())
}

type privacySubjectCmd struct {
	User   string `arg:"" name:"person" help:"Inloggning, e-postadress eller namn. Det sparas inte. (Login, mail or name.)"`
	Format string `enum:"md,html,json" default:"md" help:"md, html eller json."`
}

// Run writes all that is held of a person. Exit code 1 means that nothing is.
func (c privacySubjectCmd) Run(e *env) error {
	a, err := e.open(true)
	if err != nil {
		return err
	}
	return errors.Join(c.write(e, a), a.Close())
}

func (c privacySubjectCmd) write(e *env, a *app.App) error {
	s, err := a.Subject(e.ctx, c.User)
	if errors.Is(err, privacy.ErrNobody) || errors.Is(err, privacy.ErrAmbiguous) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if err := writePrivacy(e.out, c.Format, s, s.Document); err != nil {
		return err
	}
	if !s.Found {
		return errNo
	}
	return nil
}
