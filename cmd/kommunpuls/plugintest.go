package main

import (
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/config"
)

type pluginTestCmd struct {
	Source string `arg:"" help:"Källans namn i konfigurationen. (The source's name.)"`
}

// Run tries one configured source; nothing is kept.
func (c pluginTestCmd) Run(e *env) error {
	cfg, err := config.Load(e.config)
	if err != nil {
		return err
	}
	return app.Try(e.ctx, cfg, c.Source, e.out, app.Options{Log: e.log, Now: e.now})
}
