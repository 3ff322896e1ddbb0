// Package app wires the one arrow: sources → store → evaluation → ways out.
package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Parts is what a configuration means: itself, the definitions, the decisions
// and the working time. It is read whole or not at all.
type Parts struct {
	Config    *config.Config
	Catalogue catalogue.Catalogue
	Decisions decision.Set
	Calendar  []store.CalendarDay
}

// StoreFile is the store's file name in the data folder.
const StoreFile = "kommunpuls.db"

// Prepare reads a configuration and everything that it names. The error holds
// every fault found.
func Prepare(path string, now time.Time) (*Parts, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	p := &Parts{Config: cfg}
	var errs []error
	layers := []catalogue.Layer{{Files: configs.Catalogue()}}
	for _, dir := range cfg.Catalogue {
		layers = append(layers, catalogue.Layer{Name: dir, Files: os.DirFS(cfg.Rel(dir))})
	}
	if p.Catalogue, err = catalogue.ParseLayers(layers); err != nil {
		errs = append(errs, err)
	}
	files := make([]string, 0, len(cfg.Decisions))
	for _, f := range cfg.Decisions {
		files = append(files, cfg.Rel(f))
	}
	if p.Decisions, err = decision.Load(files, DecisionOptions(p.Catalogue)); err != nil {
		errs = append(errs, err)
	}
	for _, s := range cfg.Sources {
		for _, b := range s.SeriesBreak {
			p.Decisions.Breaks = append(p.Decisions.Breaks, decision.Break{Source: s.Name, On: b.On.Time, Reason: b.Reason})
		}
	}
	if p.Calendar, err = workingTime(cfg.Calendar, now); err != nil {
		errs = append(errs, fmt.Errorf("%s: calendar: %w", cfg.Path, err))
	}
	if len(errs) == 0 {
		_, err := p.AlertSettings()
		errs = append(errs, err, p.checkDisclosure())
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("%w: %w", config.ErrInvalid, err)
	}
	return p, nil
}

// StorePath is where the store of a configuration is.
func (p *Parts) StorePath() string {
	return filepath.Join(p.Config.Rel(p.Config.DataDir), StoreFile)
}

// DecisionOptions says what decisions may refer to.
func DecisionOptions(c catalogue.Catalogue) decision.Options {
	var o decision.Options
	for _, k := range c.KPIs {
		o.KPIs = append(o.KPIs, decision.KPI{ID: k.ID, Title: k.Title.SV, Unit: k.Unit})
	}
	return o
}

// workingTime makes the calendar from ten years back to two years ahead.
func workingTime(c config.Calendar, now time.Time) ([]store.CalendarDay, error) {
	cal, err := calendar.New(calendar.Hours{Open: c.Open, Closed: c.Closed, HalfDays: c.HalfDays})
	if err != nil {
		return nil, err
	}
	return cal.Days(now.AddDate(-10, 0, 0), now.AddDate(2, 0, 0)), nil
}
