package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// asked is one request for a page: the frame around it and what it is made of.
type asked struct {
	*http.Request
	frame    page.Frame
	at       store.Point
	facts    Facts
	findings []finding.Finding
	ready    []string // why there are no figures
}

// page serves one page. What goes wrong becomes a page that says so.
func (s *server) page(make func(a *asked) (page.View, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := s.ask(w, r)
		var view page.View
		if err == nil {
			view, err = make(a)
		}
		if err != nil {
			s.fault(w, a, err)
			return
		}
		s.show(w, http.StatusOK, view)
	}
}

// ask reads what is asked for and gets the figures of that time.
func (s *server) ask(w http.ResponseWriter, r *http.Request) (*asked, error) {
	a := &asked{Request: r, frame: s.frame(w, r)}
	now := s.now()
	c, at, err := choices(r, now)
	a.frame.Choices = c
	facts, ferr := s.Daemon.Facts(r.Context())
	if ferr != nil {
		return a, ferr
	}
	a.facts = facts
	a.frame.Municipality, a.frame.Version, a.frame.Demo = facts.Municipality, facts.Version, facts.Demo
	a.frame.Open = VisitorFrom(r.Context()).May(Read)
	a.frame.Audits = VisitorFrom(r.Context()).May(Audit)
	if err != nil {
		a.frame.Choices = page.Choices{Lang: c.Lang}
		return a, err
	}
	a.at = at
	if a.ready = s.Daemon.Ready(); len(a.ready) > 0 && at.AsOf.IsZero() {
		return a, nil // nothing is evaluated while somebody waits
	}
	if a.findings, err = s.Daemon.Findings(r.Context(), at); err != nil {
		return a, err
	}
	a.frame.AsOf = facts.EvaluatedAt.In(calendar.Location())
	if !at.AsOf.IsZero() {
		a.frame.AsOf = at.AsOf.In(calendar.Location())
		a.frame.Earlier = a.earlier()
	}
	known := units(a.findings)
	a.frame.Units = slices.DeleteFunc(slices.Clone(known), func(u page.Unit) bool { return u.ID != c.Unit && slices.Contains(facts.Whole, u.ID) })
	if id := c.Unit; id != "" && !slices.ContainsFunc(known, func(u page.Unit) bool { return u.ID == id }) {
		a.frame.Choices.Unit = ""
		return a, errUnit
	}
	return a, nil
}

// earlier says what is not known of a day before anything was collected.
func (a *asked) earlier() string {
	began := a.facts.Began
	if began.IsZero() || !a.at.AsOf.Before(began) {
		return ""
	}
	text, err := a.frame.T("before-began", a.frame.Day(began.In(calendar.Location())))
	if err != nil {
		return ""
	}
	return text
}

// frame is what stands around every page, as far as the request alone tells.
func (s *server) frame(w http.ResponseWriter, r *http.Request) page.Frame {
	v := VisitorFrom(r.Context())
	style, _ := s.pages.Style()
	path := r.URL.EscapedPath()
	if q := r.URL.Query().Get("q"); q != "" && len(q) <= longestWord {
		path += "?" + url.Values{"q": {q}}.Encode()
	}
	return page.Frame{
		Words: wording.In(s.language(w, r)), Style: style, Path: path,
		Login: page.Login{Name: v.Name, LoggedIn: v.LoggedIn, Possible: s.Access.Routes()["GET /login"] != nil},
	}
}

// units are the org units that the figures tell of.
func units(fs []finding.Finding) []page.Unit {
	names := map[string]string{}
	for i := range fs {
		for _, c := range fs[i].Breakdown {
			if c.Dimension == "org_unit" && c.Key != "" {
				names[c.Key] = wording.Words{}.Cell(c)
			}
		}
	}
	out := make([]page.Unit, 0, len(names))
	for id, name := range names {
		out = append(out, page.Unit{ID: id, Name: name})
	}
	slices.SortFunc(out, func(x, y page.Unit) int {
		return strings.Compare(wording.SortKey(x.Name)+"\x00"+x.ID, wording.SortKey(y.Name)+"\x00"+y.ID)
	})
	return out
}

// show writes a page.
func (s *server) show(w http.ResponseWriter, code int, view page.View) {
	b, err := s.pages.Render(view)
	if err != nil {
		s.Log.Error("writing a page", "err", err)
		http.Error(w, "Ett fel inträffade; se loggen.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	if _, err := w.Write(b); err != nil {
		s.Log.Debug("the client went away", "err", err)
	}
}

// fault writes the page of what went wrong, with its status.
func (s *server) fault(w http.ResponseWriter, a *asked, err error) {
	code, kind := http.StatusInternalServerError, "fault"
	switch {
	case errors.Is(err, errDay), errors.Is(err, errLong), errors.Is(err, errPage):
		code, kind = http.StatusBadRequest, err.Error()
	case errors.Is(err, errRows):
		code, kind = http.StatusUnprocessableEntity, err.Error()
	case errors.Is(err, errUnit), errors.Is(err, errMeasure):
		code, kind = http.StatusNotFound, err.Error()
	case errors.Is(err, store.ErrNotFound):
		code, kind = http.StatusNotFound, "not-found"
	case errors.Is(err, ErrForbidden):
		code, kind = http.StatusForbidden, "forbidden"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		code, kind = http.StatusServiceUnavailable, "stopped"
	default:
		s.Log.Error("making a page", "path", a.Pattern, "err", err)
	}
	a.frame.Choices.Date, a.frame.Choices.Unit, a.frame.AsOf = "", "", time.Time{}
	s.show(w, code, page.NewFault(a.frame, kind, a.suggestions(s.Daemon.Catalogue())))
}

func (s *server) style(w http.ResponseWriter, r *http.Request) {
	path, css := s.pages.Style()
	switch r.URL.Path {
	case path:
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(css)
	case page.IconPath:
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Cache-Control", "public, max-age=86400")
		_, _ = w.Write(page.Icon())
	default:
		http.NotFound(w, r)
	}
}

// overview is the first page.
func (s *server) overview(a *asked) (page.View, error) {
	ds, err := s.Daemon.Disruptions(a.Context())
	if err != nil {
		return nil, err
	}
	d := page.OverviewData{
		Findings: a.findings, Catalogue: s.Daemon.Catalogue(), Disruptions: sentences(ds), Steps: steps(a),
		Now: s.now(), NotReady: a.ready,
	}
	for _, src := range a.facts.Sources {
		d.Sources = append(d.Sources, src.SourceState)
	}
	if !a.at.AsOf.IsZero() {
		d.Disruptions, d.Steps = nil, nil // both are of the present
	}
	a.frame.Title, err = a.frame.T("title-overview")
	return page.NewOverview(a.frame, d), err
}

func sentences(ds []Disruption) []page.Disruption {
	out := make([]page.Disruption, len(ds))
	for i, d := range ds {
		out[i] = page.Disruption{Sentence: d.Sentence, Planned: d.Planned}
	}
	return out
}

// steps are the next steps of the whole, or of the chosen förvaltning.
func steps(a *asked) []page.Step {
	var out []page.Step
	for _, st := range a.facts.NextSteps {
		if st.OrgUnit == a.frame.Choices.Unit && len(out) < mostSteps {
			out = append(out, page.Step{KPI: st.KPI, Rows: st.Rows})
		}
	}
	return out
}

// mostSteps is how many next steps a page shows.
const mostSteps = 7

// suggestions are figures whose id is near to what was asked for.
func (a *asked) suggestions(c catalogue.Catalogue) []page.Suggestion {
	id := a.PathValue("id")
	if id == "" || len(id) > longestWord {
		return nil
	}
	ids := make([]string, 0, len(c.KPIs))
	for i := range c.KPIs {
		ids = append(ids, c.KPIs[i].ID)
	}
	near := closest.Name(id, ids)
	for i := range c.KPIs {
		if c.KPIs[i].ID == near && near != "" {
			return []page.Suggestion{{Title: a.frame.Text(c.KPIs[i].Title), Href: a.frame.Measure(near)}}
		}
	}
	return nil
}

// lost is the page for an address that there is none.
func (s *server) lost(*asked) (page.View, error) { return nil, store.ErrNotFound }
