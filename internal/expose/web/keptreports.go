package web

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Reports are those that were made regularly and are kept.
type Reports interface {
	// KeptReports lists them, the newest first.
	KeptReports(ctx context.Context) ([]KeptReport, error)
	// KeptReport reads one as html or pdf; store.ErrNotFound where there is none.
	KeptReport(ctx context.Context, name, format string) (KeptReport, []byte, error)
}

// KeptReport is a report that is kept.
type KeptReport struct {
	Name, Kind, Title string
	OrgUnit           string // of kind forvaltning
	Made              time.Time
	Formats           []string
}

// ReportStatus is how a regular report fares, in /status.
type ReportStatus struct {
	Report      string     `json:"report"`
	Next        time.Time  `json:"next"`
	LastSuccess *time.Time `json:"last_success"`
	ErrorClass  string     `json:"error_class,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	FailingFrom *time.Time `json:"failing_from,omitempty"`
	Failures    int        `json:"consecutive_failures"`
	Waiting     int        `json:"waiting"`
	Kept        int        `json:"kept"`
}

// Kinds of reports that do not name systems of a förvaltning or say what an
// auditor has to judge.
const (
	reportLeadership = "ledning"
	reportMonth      = "manad"
	reportUnit       = "forvaltning"
)

// seesReport tells what each role sees: the auditor and the administrator all,
// the leadership what is written for it, and a förvaltning its own.
func seesReport(v Visitor, r KeptReport) bool {
	switch v.Role {
	case RoleAuditor, RoleAdmin:
		return true
	case RoleViewer:
		return r.Kind == reportLeadership || r.Kind == reportMonth
	case RoleForvaltning:
		return r.Kind == reportUnit && v.Sees(r.OrgUnit)
	}
	return false
}

func (r restricted) KeptReports(ctx context.Context) ([]KeptReport, error) {
	v := VisitorFrom(ctx)
	if !v.May(Read) {
		return nil, ErrForbidden
	}
	all, err := r.inner.KeptReports(ctx)
	var out []KeptReport
	for _, k := range all {
		if seesReport(v, k) {
			out = append(out, k)
		}
	}
	return out, err
}

// KeptReport says of what a role does not see that it is not there.
func (r restricted) KeptReport(ctx context.Context, name, format string) (KeptReport, []byte, error) {
	v := VisitorFrom(ctx)
	if !v.May(Read) {
		return KeptReport{}, nil, ErrForbidden
	}
	k, b, err := r.inner.KeptReport(ctx, name, format)
	if err == nil && !seesReport(v, k) {
		return KeptReport{}, nil, fmt.Errorf("%s: %w", name, store.ErrNotFound)
	}
	return k, b, err
}

// reports is the page of the reports that are kept.
func (s *server) reports(a *asked) (page.View, error) {
	kept, err := s.Daemon.KeptReports(a.Context())
	if err != nil {
		return nil, err
	}
	out := make([]page.KeptReport, len(kept))
	for i, k := range kept {
		out[i] = page.KeptReport{Name: k.Name, Kind: k.Kind, Title: k.Title, Made: k.Made, Formats: k.Formats}
	}
	return page.NewReports(a.frame, out), nil
}

// reportFile sends a report: as a page to read, or as a file to save. It has its
// style within itself, and may load nothing and run nothing.
func (s *server) reportFile(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	format := strings.TrimPrefix(path.Ext(file), ".")
	name := strings.TrimSuffix(file, "."+format)
	_, b, err := s.Daemon.KeptReport(r.Context(), name, format)
	if err != nil {
		a, aerr := s.ask(w, r)
		if aerr != nil {
			err = aerr
		}
		s.fault(w, a, err)
		return
	}
	if format == "pdf" {
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("Content-Disposition", `attachment; filename="`+strings.Map(plainName, name)+`.pdf"`)
	} else {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox")
	}
	if _, err := w.Write(b); err != nil {
		s.Log.Debug("the client went away", "err", err)
	}
}

// plainName keeps a file's name within what every browser takes.
func plainName(r rune) rune {
	if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
		return r
	}
	return '-'
}
