package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/pdf"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/reporting"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// The folder in the data folder where regular reports are kept, and the file
// beside it that remembers which were made and sent.
const (
	reportsDir  = "reports"
	reportsFile = "reports.json"
)

// Forms of a report.
const (
	FormatHTML = "html"
	FormatPDF  = "pdf"
)

// RenderReport writes a report in a form.
func RenderReport(w io.Writer, d document.Document, format string) error {
	if format == FormatPDF {
		return pdf.Write(w, d)
	}
	return report.HTML(w, d)
}

func (a *App) newKeeper(parts *Parts) *reporting.Keeper {
	data := parts.Config.Rel(parts.Config.DataDir)
	return reporting.New(reporting.Options{
		Maker: reportMaker{a}, Log: a.log, Now: a.now, Dir: filepath.Join(data, reportsDir), State: filepath.Join(data, reportsFile),
	})
}

// ReportingSettings are what the configuration says of regular reports.
func (p *Parts) ReportingSettings() reporting.Settings {
	s := reporting.Settings{Mail: p.MailSettings(), Municipality: p.Config.Municipality, Demo: p.Config.Demo, PublicURL: p.Config.PublicURL}
	for i := range p.Config.Reports {
		r := &p.Config.Reports[i]
		s.Plans = append(s.Plans, reporting.Plan{
			Name: r.Name, Kind: r.Kind, Unit: r.Forvaltning, Every: r.Every, Weekday: r.On, Day: r.Day, Minutes: r.Minutes,
			Formats: r.Formats, To: r.To, Link: r.LinkOnly, Keep: r.Keep,
		})
	}
	return s
}

// reportMaker makes the reports that are due.
type reportMaker struct{ a *App }

// Units are the förvaltningar that the last figures tell of.
func (m reportMaker) Units(ctx context.Context) ([]string, error) {
	fs, err := m.a.Findings(ctx, store.Point{})
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(unitNames(fs, m.a.Parts().wholeUnits()))), nil
}

// Make makes one report of what is known now.
func (m reportMaker) Make(ctx context.Context, o reporting.Order) (reporting.Made, error) {
	d, err := m.a.Report(ctx, ReportRequest{Kind: o.Kind, OrgUnit: o.Unit})
	if err != nil {
		return reporting.Made{}, err
	}
	made := reporting.Made{Title: d.Title, Lead: opening(d), Files: map[string][]byte{}}
	for _, format := range o.Formats {
		var b bytes.Buffer
		if err := RenderReport(&b, d, format); err != nil {
			return reporting.Made{}, err
		}
		made.Files[format] = b.Bytes()
	}
	return made, nil
}

// opening is what a letter says of a report: the sentence under its title, and
// the first text where the report begins with one.
func opening(d document.Document) string {
	if len(d.Sections) > 0 && len(d.Sections[0].Blocks) > 0 {
		if p, ok := d.Sections[0].Blocks[0].(document.Paragraph); ok {
			return strings.TrimSpace(d.Lead + "\n\n" + p.Text)
		}
	}
	return d.Lead
}

// KeptReports lists the reports that are kept, the newest first.
func (a *App) KeptReports(context.Context) ([]web.KeptReport, error) {
	var out []web.KeptReport
	if a.reports == nil { // opened beside the process that keeps them
		return nil, nil
	}
	for _, k := range a.reports.Kept() {
		out = append(out, keptReport(k))
	}
	return out, nil
}

func keptReport(k reporting.Kept) web.KeptReport {
	return web.KeptReport{Name: k.Name, Kind: k.Kind, Title: k.Title, OrgUnit: k.Unit, Made: k.Made, Formats: k.Formats}
}

// KeptReport reads one report that is kept.
func (a *App) KeptReport(ctx context.Context, name, format string) (web.KeptReport, []byte, error) {
	if a.reports == nil {
		return web.KeptReport{}, nil, fmt.Errorf("%s: %w", name, store.ErrNotFound)
	}
	k, b, err := a.reports.File(ctx, name, format)
	if errors.Is(err, fs.ErrNotExist) {
		return web.KeptReport{}, nil, fmt.Errorf("%s: %w", name, store.ErrNotFound)
	}
	return keptReport(k), b, err
}

func (a *App) reportStatus() []web.ReportStatus {
	if a.reports == nil {
		return nil
	}
	var out []web.ReportStatus
	for _, s := range a.reports.Status() {
		out = append(out, web.ReportStatus{
			Report: s.Report, Next: s.Next, LastSuccess: known(s.LastSuccess), ErrorClass: s.Class, Reason: s.Reason,
			FailingFrom: known(s.FailingFrom), Failures: s.Failures, Waiting: s.Waiting, Kept: s.Kept,
		})
	}
	return out
}

// LettersOf makes the reports of a regular one now, each in the letter that would
// go with it. What is kept and when it is next due are left as they are.
func (a *App) LettersOf(ctx context.Context, name string) ([]reporting.Outgoing, error) {
	s := a.Parts().ReportingSettings()
	var names []string
	for i := range s.Plans {
		if s.Plans[i].Name == name {
			return reporting.Now(ctx, &s, &s.Plans[i], reportMaker{a}, a.now())
		}
		names = append(names, s.Plans[i].Name)
	}
	return nil, fmt.Errorf("%w: reports: %q finns inte; det som finns är: %s", config.ErrInvalid, name, orNone(names))
}
