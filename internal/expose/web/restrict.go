package web

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// ErrForbidden is returned to a visitor for what its role does not see.
var ErrForbidden = errors.New("din roll ser inte det här")

// restricted is the daemon as the visitor of the context may see it. Every page
// and every address asks through it, so none can forget who asks. It does not
// embed Daemon: a new method of Daemon does not compile until it is decided
// here what each role sees of it. Without a visitor there is nothing.
type restricted struct {
	inner Daemon
	// secrecy tells whether rows behind a figure may be secret; nil is none.
	secrecy func(kpi string) Secrecy
}

// Secrecy is what the catalogue says of the rows behind a figure.
type Secrecy struct {
	Level     string // "" and ingen: no; prövas, sannolik: only for those who may judge it
	Provision string // "OSL 18 kap. 8 §"
}

// Restrict returns the daemon as the visitor of each context may see it.
func Restrict(d Daemon, secrecy func(kpi string) Secrecy) Daemon {
	return restricted{inner: d, secrecy: secrecy}
}

func (r restricted) Ready() []string { return r.inner.Ready() }

// Status holds neither figures nor rows; which addresses show it is their need.
func (r restricted) Status(ctx context.Context) (Status, error) { return r.inner.Status(ctx) }

func (r restricted) Findings(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	v := VisitorFrom(ctx)
	if !v.May(Read) {
		return nil, ErrForbidden
	}
	fs, err := r.inner.Findings(ctx, at)
	if err != nil || v.All() {
		return fs, err
	}
	out := make([]finding.Finding, len(fs)) // the daemon's own are shared with others
	for i, f := range fs {
		out[i] = own(v, f)
	}
	return out, nil
}

// Explain gives a förvaltning the rows of its own units alone, whatever it asks for.
func (r restricted) Explain(ctx context.Context, q Query) (finding.Finding, error) {
	v := VisitorFrom(ctx)
	switch {
	case !v.May(Read), q.OrgUnit != "" && !v.Sees(q.OrgUnit):
		return finding.Finding{}, ErrForbidden
	case v.All():
		f, err := r.inner.Explain(ctx, q)
		return r.withhold(v, f), err
	case q.OrgUnit != "":
		f, err := r.inner.Explain(ctx, q)
		return own(v, f), err
	}
	return r.explainOwn(ctx, v, q)
}

// explainOwn joins the rows of the visitor's units, one unit after another.
func (r restricted) explainOwn(ctx context.Context, v Visitor, q Query) (finding.Finding, error) {
	if len(v.OrgUnits) == 0 {
		return finding.Finding{}, ErrForbidden
	}
	var out finding.Finding
	skip, left, limited := q.Offset, q.Limit, q.Limit > 0
	for i, unit := range v.OrgUnits {
		q.OrgUnit, q.Offset, q.Limit = unit, skip, left
		if limited && left == 0 {
			q.Limit = 1 // its rows are counted, and that is all
		}
		f, err := r.inner.Explain(ctx, q)
		if err != nil {
			return finding.Finding{}, err
		}
		skip = max(skip-int(f.EvidenceTotal), 0)
		f = own(v, f)
		if limited {
			f.Evidence = f.Evidence[:min(len(f.Evidence), left)]
			left -= len(f.Evidence)
		}
		if i == 0 {
			out = f
			continue
		}
		out.EvidenceTotal += f.EvidenceTotal
		out.Evidence = append(slices.Clip(out.Evidence), f.Evidence...)
	}
	return out, nil
}

// withhold takes rows that may be secret from those who cannot judge it.
func (r restricted) withhold(v Visitor, f finding.Finding) finding.Finding {
	if v.Role != RoleViewer || r.secrecy == nil {
		return f
	}
	s := r.secrecy(f.KPI)
	if s.Level == "" || s.Level == "ingen" {
		return f
	}
	f.Evidence, f.Withheld = nil, &finding.Text{
		SV: fmt.Sprintf("Raderna kan omfattas av sekretess (%s) och visas för revisor, administratör och den förvaltning de gäller.", s.Provision),
		EN: fmt.Sprintf("The rows may be secret (%s) and are shown to the auditor, the administrator and the unit they concern.", s.Provision),
	}
	return f
}

func (r restricted) Disruptions(ctx context.Context) ([]Disruption, error) {
	v := VisitorFrom(ctx)
	if !v.May(Read) {
		return nil, ErrForbidden
	}
	ds, err := r.inner.Disruptions(ctx)
	if err != nil || v.All() {
		return ds, err
	}
	return slices.DeleteFunc(slices.Clone(ds), func(d Disruption) bool { return !v.Sees(d.OrgUnit) }), nil
}

func (r restricted) Reload(ctx context.Context) error {
	if !VisitorFrom(ctx).May(Operate) {
		return ErrForbidden
	}
	return r.inner.Reload(ctx)
}

func (r restricted) Collect(ctx context.Context, source string) error {
	if !VisitorFrom(ctx).May(Operate) {
		return ErrForbidden
	}
	return r.inner.Collect(ctx, source)
}

// InTodaysOrganisation is nil where the daemon has no such view.
func (r restricted) InTodaysOrganisation() Daemon {
	if o, ok := r.inner.(Organiser); ok {
		return restricted{inner: o.InTodaysOrganisation(), secrecy: r.secrecy}
	}
	return nil
}
