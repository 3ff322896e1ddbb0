package main

import (
	"encoding/json"
	"io"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
)

type privacyCmd struct {
	Register privacyRegisterCmd `cmd:"" default:"withargs" help:"Registret över behandlingen, ur konfigurationen (artikel 30). (The record of processing.)"`
}

type privacyRegisterCmd struct {
	Format string `enum:"md,json" default:"md" help:"md eller json."`
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
	switch format {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(answer)
	}
	return privacy.Markdown(w, text())
}
