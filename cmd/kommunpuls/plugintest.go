package main

import (
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/config"
)

type pluginTestCmd struct {
	Source  string `arg:"" name:"källa" optional:"" help:"Källans namn i konfigurationen. (The source's name.)"`
	Profile string `help:"En profil för källan http: id eller fil. Provar formen, uttrycken och testfallen bredvid filen; ingen konfiguration behövs. (A profile of the source http, by id or file.)" placeholder:"PROFIL"`
}

// Run tries one configured source, or a profile; nothing is kept.
func (c pluginTestCmd) Run(e *env) error {
	if (c.Source == "") == (c.Profile == "") {
		return usage("ange källans namn, eller --profile")
	}
	if c.Profile != "" {
		return app.TryProfile(e.ctx, c.Profile, e.out)
	}
	cfg, err := config.Load(e.config)
	if err != nil {
		return err
	}
	return app.Try(e.ctx, cfg, c.Source, e.out, app.Options{Log: e.log, Now: e.now})
}
