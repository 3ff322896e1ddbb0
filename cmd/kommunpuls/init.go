package main

import (
	"os"
	"strings"

	"github.com/mattn/go-isatty"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/setup"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

type initCmd struct {
	Files        []string `arg:"" name:"filer" optional:"" help:"Systemförteckning, ärendeexport … (XLSX, CSV)." type:"path"`
	Dir          string   `default:"." help:"Mapp att skriva i. (Folder to write to.)"`
	Municipality string   `name:"kommun" placeholder:"NAMN" help:"Kommunens namn. (The municipality's name.)"`
	Answers      string   `placeholder:"FIL" help:"Fil med svar på frågorna. (File of answers.)"`
	Svar         []string `sep:"none" placeholder:"FRÅGA=SVAR" help:"Svar på en fråga, kan upprepas. (An answer.)"`
	Yes          bool     `short:"y" help:"Ta alla förslag. (Take every proposal.)"`
	HTTP         []string `name:"http" sep:"none" placeholder:"PROFIL" help:"System med färdig profil, kan upprepas: topdesk, easit, servicenow … (A system with a profile.)"`
	Graph        bool     `name:"graph" help:"Microsoft Entra ID, samma som --http graph."`
	directoryFlags
}

func (c initCmd) Run(e *env) error {
	cat, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		return err
	}
	var answers setup.Answers
	if c.Answers != "" {
		if answers, err = setup.ReadAnswers(c.Answers); err != nil {
			return usageError{err}
		}
	}
	for _, s := range c.Svar {
		if err := answers.Add(s); err != nil {
			return usageError{err}
		}
	}
	systems, err := c.systems()
	if err != nil {
		return err
	}
	return setup.Run(e.ctx, setup.Options{
		Files: c.Files, Systems: systems, OutDir: c.Dir, In: e.in, Out: e.out, Interactive: interactive(e), Yes: c.Yes, Answers: answers,
		Municipality: strings.TrimSpace(c.Municipality), Now: e.now(), Version: version, Catalogue: cat, Propose: setup.ProposeOf(table.FromReport),
		Arrow: app.FirstHour{Options: app.Options{Version: version, Log: e.log, Now: e.now}},
	})
}

// systems are what init is told to read over the network.
func (c initCmd) systems() ([]setup.System, error) {
	var out []setup.System
	if c.AD != "" {
		s, err := c.system(c.Dir)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	ids := c.HTTP
	if c.Graph {
		ids = append([]string{"graph"}, ids...)
	}
	for _, id := range ids {
		s, err := profileSystem(id, c.Dir)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// interactive tells whether a person sits at the terminal.
func interactive(e *env) bool {
	f, ok := e.in.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
