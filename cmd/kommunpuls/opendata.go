package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/disk"
	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/internal/expose/opendata"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type exportOpenDataCmd struct {
	Dir    string `placeholder:"MAPP" help:"Mapp att skriva till; annars den i konfigurationen. (Folder.)"`
	DryRun bool   `help:"Skriv inget; visa vad som skulle publiceras och vad som hålls inne. (Write nothing.)"`
}

// Run writes what the municipality publishes, or tells what that would be.
func (c exportOpenDataCmd) Run(e *env) error {
	return e.read(when{}, func(a *app.App, _ store.Point) error {
		o := a.Parts().Config.OpenData
		if c.Dir == "" && o != nil {
			c.Dir = a.Parts().Config.Rel(o.Dir)
			if o.Dir == "" {
				c.Dir = ""
			}
		}
		files, rep, err := a.OpenData(e.ctx)
		if err != nil {
			return err
		}
		if err := tellOpenData(e, rep); err != nil {
			return err
		}
		if c.DryRun {
			_, err := fmt.Fprintln(e.out, "Inget är skrivet.")
			return err
		}
		if c.Dir == "" {
			return usage("säg var filerna ska skrivas: --dir MAPP eller open_data.dir i konfigurationen")
		}
		if err := opendata.Write(c.Dir, files); err != nil {
			return err
		}
		for _, f := range files {
			fmt.Fprintln(e.out, filepath.Join(c.Dir, f.Name))
		}
		return nil
	})
}

func tellOpenData(e *env, rep opendata.Report) error {
	for _, s := range rep.Series {
		fmt.Fprintf(e.out, "%s (%s)\n", s.Title, s.ID)
		switch {
		case s.Months == 0:
			fmt.Fprintln(e.out, "  ingen siffra att publicera än")
		case s.Preliminary:
			fmt.Fprintf(e.out, "  preliminär siffra för %s; ingen månad har stängt än\n", s.From)
		default:
			fmt.Fprintf(e.out, "  %d månader, %s till %s\n", s.Months, s.From, s.To)
		}
		if s.Cells > 0 {
			fmt.Fprintf(e.out, "  %d rader per del\n", s.Cells)
		}
		if s.HiddenTotals+s.HiddenCells > 0 {
			fmt.Fprintf(e.out, "  hålls inne: %d totaler och %d delar gäller för få personer eller svar\n", s.HiddenTotals, s.HiddenCells)
		}
		if len(s.Left) > 0 {
			fmt.Fprintf(e.out, "  hålls inne: uppdelning på %s (står inte under open_data.breakdowns)\n", strings.Join(s.Left, ", "))
		}
	}
	_, err := fmt.Fprintf(e.out, "%d rader av %d mått. Rader bakom siffrorna, namn och beslut publiceras aldrig.\n", rep.Rows, len(rep.Series))
	return err
}

type exportExchangeCmd struct {
	Out string `required:"" help:"Fil att skriva till, till exempel utbyte-1481.json. (File.)" placeholder:"FIL"`
}

// Run writes the file for other municipalities, whole or not at all.
func (c exportExchangeCmd) Run(e *env) error {
	return e.read(when{}, func(a *app.App, _ store.Point) error {
		content, err := a.Exchange(e.ctx)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := exchange.Write(&b, content); err != nil {
			return err
		}
		if err := disk.Replace(c.Out, b.Bytes(), 0o600); err != nil {
			return err
		}
		kpis := map[string]bool{}
		for _, x := range content.Figures {
			kpis[x.KPI] = true
		}
		_, err = fmt.Fprintf(e.out, "%s: %d siffror av %d mått. Läs filen innan den lämnas: det som står i den lämnar kommunen.\n", c.Out, len(content.Figures), len(kpis))
		return err
	})
}

type peersCmd struct{}

// Run lists the municipalities whose files have been read.
func (peersCmd) Run(e *env) error {
	return e.read(when{}, func(a *app.App, _ store.Point) error {
		cfg := a.Parts().Config
		if cfg.Peers == nil {
			return usage("konfigurationen har inget avsnitt peers: ingen jämförelse är vald")
		}
		ps, err := a.Peers(e.ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s: %d kommuner har lämnat siffror. Det behövs minst %d för en jämförelse.\n", cfg.Peers.Group, len(ps), cfg.Peers.Minimum)
		for _, p := range ps {
			fmt.Fprintf(e.out, "\n%s %s (%s)\n", p.Code, p.Name, p.File)
			for _, f := range p.Figures {
				why := "jämförs"
				if f.Why != "" {
					why = f.Why
				}
				fmt.Fprintf(e.out, "  %s  %s  %s\n", day(f.AsOf), f.KPI, why)
			}
		}
		return nil
	})
}
