package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/disclosure"
	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/internal/expose/opendata"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/peers"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// ErrNothingPublic is returned where the configuration names no figure to let out.
var ErrNothingPublic = errors.New("inga mått är valda")

// OpenData makes what the municipality publishes, in memory.
func (a *App) OpenData(ctx context.Context) ([]opendata.File, opendata.Report, error) {
	parts := a.Parts()
	cfg := parts.Config
	o := cfg.OpenData
	if o == nil || len(o.KPIs) == 0 {
		return nil, opendata.Report{}, fmt.Errorf("open_data.kpis: %w", ErrNothingPublic)
	}
	series, err := a.series(ctx, o.KPIs, o.Months)
	if err != nil {
		return nil, opendata.Report{}, err
	}
	return opendata.Make(opendata.Settings{
		Municipality: cfg.Municipality, Code: cfg.Code, Demo: cfg.Demo, Breakdowns: o.Breakdowns, License: o.License, BaseURL: o.BaseURL,
		Publisher: opendata.Publisher{Name: o.Publisher.Name, URI: o.Publisher.URI, ContactName: o.Publisher.Contact.Name, ContactEmail: o.Publisher.Contact.Email, ContactURL: o.Publisher.Contact.URL},
		Location:  calendar.Location(),
	}, series)
}

// series are figures over time, each with its closed months, oldest first; one
// that has none yet has the present figure instead.
func (a *App) series(ctx context.Context, ids []string, months int) ([]opendata.Series, error) {
	parts := a.Parts()
	ends := kpi.MonthEnds(a.now(), months, calendar.Location())
	slices.Reverse(ends)
	var out []opendata.Series
	var fresh []string
	for _, id := range ids {
		i := slices.IndexFunc(parts.Catalogue.KPIs, func(d catalogue.Definition) bool { return d.ID == id })
		if i < 0 {
			continue // Prepare has said so
		}
		s := opendata.Series{Definition: parts.Catalogue.KPIs[i]}
		for _, end := range ends {
			f, err := a.store.Newest(ctx, id, end, end)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			s.Months = append(s.Months, parts.month(&s.Definition, f, true))
		}
		if len(s.Months) == 0 {
			fresh = append(fresh, id)
		}
		out = append(out, s)
	}
	return out, a.presentMonths(ctx, out, fresh)
}

// presentMonths adds the present figure to the series that have no month.
func (a *App) presentMonths(ctx context.Context, series []opendata.Series, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	// The newest evaluation that is kept, so that a second export says the same.
	fs, err := a.store.Findings(ctx, store.Point{AsOf: a.now()})
	if errors.Is(err, store.ErrNotFound) {
		fs, err = a.Engine().EvaluateSome(ctx, a.complete(store.Point{}), ids...)
	}
	if err != nil {
		return err
	}
	for i := range series {
		s := &series[i]
		j := slices.IndexFunc(fs, func(f finding.Finding) bool { return f.KPI == s.Definition.ID })
		if j >= 0 && len(s.Months) == 0 && slices.Contains(ids, s.Definition.ID) {
			s.Months = append(s.Months, a.Parts().month(&s.Definition, fs[j], false))
		}
	}
	return nil
}

// month is a figure with what it was counted with. What an older method was
// made of is not kept, only its number.
func (p *Parts) month(d *catalogue.Definition, f finding.Finding, published bool) opendata.Month {
	m := opendata.Month{Finding: f, Published: published, Method: fmt.Sprint(f.MethodVersion)}
	if f.MethodVersion == d.Method {
		m.Method = peers.Method(p.Catalogue, d, p.Decisions.Rules, f.Population)
	}
	return m
}

// WriteOpenData publishes into a folder, "" for the configured one.
func (a *App) WriteOpenData(ctx context.Context, dir string) (opendata.Report, error) {
	files, rep, err := a.OpenData(ctx)
	if err != nil {
		return rep, err
	}
	cfg := a.Parts().Config
	if dir == "" {
		dir = cfg.Rel(cfg.OpenData.Dir)
	}
	return rep, opendata.Write(dir, files)
}

// publishOpenData writes the files anew when a month has closed, and when the
// daemon starts. written is the month that was written last.
func (a *App) publishOpenData(ctx context.Context, written *time.Time) {
	o := a.Parts().Config.OpenData
	if o == nil || o.Dir == "" || len(o.KPIs) == 0 {
		return
	}
	month := kpi.MonthEnds(a.now(), 1, calendar.Location())[0]
	if month.Equal(*written) {
		return
	}
	rep, err := a.WriteOpenData(ctx, "")
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("publishing open data", "err", err)
		}
		return
	}
	*written = month
	a.log.Info("published open data", "kpis", len(rep.Series), "rows", rep.Rows)
}

// Exchange is what other municipalities get: the total of each chosen figure
// over time, as far as it may leave and its method is known.
func (a *App) Exchange(ctx context.Context) (exchange.Content, error) {
	cfg := a.Parts().Config
	c := exchange.Content{
		Municipality: exchange.Municipality{Code: cfg.Code, Name: cfg.Municipality, Inhabitants: cfg.Size.Inhabitants, Employees: cfg.Size.Employees},
		Made:         a.now().UTC().Truncate(time.Second), Program: a.version, Demo: cfg.Demo, Figures: []exchange.Figure{},
	}
	e := cfg.Exchange
	if e == nil || len(e.KPIs) == 0 {
		return c, fmt.Errorf("exchange.kpis: %w", ErrNothingPublic)
	}
	series, err := a.series(ctx, e.KPIs, e.Months)
	if err != nil {
		return c, err
	}
	for i := range series {
		d := &series[i].Definition
		for _, m := range series[i].Months {
			f := disclosure.Public(d, m.Finding, nil)
			if f.Value == nil || m.Finding.MethodVersion != d.Method || f.Unit != d.Unit {
				continue
			}
			x := exchange.Figure{KPI: d.ID, Method: m.Method, Unit: f.Unit, AsOf: f.AsOf.UTC().Truncate(time.Second), Value: *f.Value}
			if n, den := f.Numerator, f.Denominator; f.Unit == "share" && n != nil && den != nil && *n >= 0 && exchange.Consistent(x.Value, *n, *den) {
				x.Numerator, x.Denominator = n, den
			}
			c.Figures = append(c.Figures, x)
		}
	}
	slices.SortFunc(c.Figures, func(x, y exchange.Figure) int {
		return cmp.Or(cmp.Compare(x.KPI, y.KPI), x.AsOf.Compare(y.AsOf))
	})
	return c, nil
}
