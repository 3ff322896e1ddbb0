package web

import (
	"net/http"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
)

// pageRoutes lists the pages for people.
func (s *server) pageRoutes() []Route {
	return []Route{
		{"GET /{$}", Read, s.page(s.overview)},
		{"GET /matt", Read, s.page(s.measures)},
		{"GET /matt/{id}", Read, s.page(s.measure)},
		{"GET /matt/{id}/underlag", Read, s.page(s.evidence)},
		{"GET /matt/{id}/underlag.csv", Read, s.download(".csv", "text/csv; charset=utf-8", page.Sheet.CSV)},
		{"GET /matt/{id}/underlag.xlsx", Read, s.download(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", page.Sheet.XLSX)},
		{"GET /forvaltning", Read, s.page(s.unitList)},
		{"GET /forvaltning/{id}", Read, s.page(s.work)},
		{"GET /mal", Read, s.page(s.goals)},
		{"GET /kallor", Read, s.page(s.sources)},
		{"GET /storningar", Read, s.page(s.disrupted)},
		{"GET /rapporter", Read, s.page(s.reports)},
		{"GET /rapporter/{file}", Read, s.reportFile},
		{"GET /ogonblicksbilder", Audit, s.page(s.snapshots)},
		{"GET /ogonblicksbilder/{file}", Audit, s.snapshotFile},
		{"GET /static/", Open, s.style},
		{"GET /", Read, s.page(s.lost)},
	}
}

// refuse tells somebody who may see no figures how to come in.
func (s *server) refuse(w http.ResponseWriter, r *http.Request) {
	f := s.frame(w, r)
	if facts, err := s.Daemon.Facts(r.Context()); err == nil {
		f.Municipality, f.Version, f.Demo = facts.Municipality, facts.Version, facts.Demo
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="kommunpuls"`)
	s.show(w, http.StatusUnauthorized, page.NewFault(f, "log-in-first", nil))
}
