package kpi

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// removedOf keeps the latest day up to which each kind has been removed.
func removedOf(rs []store.Removal) map[record.Kind]store.Removal {
	out := map[record.Kind]store.Removal{}
	for _, r := range rs {
		was, there := out[r.Kind]
		if !there || r.Before.After(was.Before) {
			was.Affected, r.Affected = nil, append(slices.Clone(r.Affected), was.Affected...)
			out[r.Kind] = r
			continue
		}
		was.Affected = append(was.Affected, r.Affected...)
		out[r.Kind] = was
	}
	return out
}

// gone says that a figure reaches back to a time from which what it is made of
// has been removed by decision: a lower number would be untrue. nil if it does not.
func (s *session) gone(ctx context.Context, t *task) *finding.Text {
	why := s.removedFrom(t)
	if why == nil || s.engine.history == nil || !t.main() {
		return why
	}
	// What was published of the month stands, although it cannot be counted again.
	asOf := s.asOf().In(s.location())
	month := time.Date(asOf.Year(), asOf.Month(), 1, 0, 0, 0, 0, asOf.Location())
	if f, err := s.engine.history.Newest(ctx, t.def.ID, month, asOf); err == nil && f.Value != nil {
		why.SV += " Det som beräknades medan underlaget fanns är sparat."
		why.EN += " What was computed while the rows were there is kept."
	}
	return why
}

// removedFrom is gone without what was computed before.
func (s *session) removedFrom(t *task) *finding.Text {
	if len(s.removed) == 0 {
		return nil
	}
	var u usage
	u.addAll(t.use)
	for _, rel := range merge(t.use.relations, t.pop.rel) {
		_ = s.texts.relation(rel, &u) // a faulty view is told of where it is used
	}
	kinds := map[record.Kind]bool{}
	for _, rel := range merge(u.relations, t.pop.rel) {
		kinds[kindOf(rel)] = true
	}
	for _, sc := range record.Schemas() {
		r, removed := s.removed[sc.Kind]
		if !removed || !kinds[sc.Kind] {
			continue
		}
		if s.asOf().Before(r.Before) || s.point.KnownAt.Before(r.Before) {
			return removedText(r, s.location())
		}
		if sc.Placing != record.ByEvent {
			continue
		}
		if from, bounded := t.reach(u.views); bounded && from.Before(r.Before) || !bounded && slices.Contains(r.Affected, t.def.ID) {
			return removedText(r, s.location())
		}
	}
	return nil
}

func removedText(r store.Removal, loc *time.Location) *finding.Text {
	at, n := r.Before.In(loc), kindName(r.Kind)
	return text(
		fmt.Sprintf("Kan inte räknas: underlaget om %s från tiden före den %d %s %d är gallrat enligt %s.", n.SV, at.Day(), finding.MonthName(at.Month()), at.Year(), r.Decision),
		fmt.Sprintf("Cannot be counted: what there was about %s from before %s has been removed by decision (%s).", n.EN, at.Format(time.DateOnly), r.Decision))
}

// agoRE finds how far back a text of a definition looks.
var agoRE = regexp.MustCompile(`months_ago\((\d+)\)|days\((\d+)\)`)

// reach is how far back the events behind a figure go, as far as its window and
// its texts, and those of the views that it reads, tell.
func (t *task) reach(views []string) (from time.Time, bounded bool) {
	from = t.s.asOf()
	back := func(at time.Time) {
		bounded = true
		if at.Before(from) {
			from = at
		}
	}
	if t.def.Window != nil || t.def.Shape == catalogue.Intervals {
		if start, _, err := t.stretch(); err == nil {
			back(time.Unix(start, 0))
		}
	}
	texts, err := json.Marshal(t.def)
	if err != nil {
		return from, bounded
	}
	for _, v := range t.s.engine.catalogue.Views {
		if slices.Contains(views, v.Name) {
			texts = append(texts, v.SQL...)
		}
	}
	for _, m := range agoRE.FindAllSubmatch(texts, -1) {
		if n, err := strconv.Atoi(string(m[1])); err == nil {
			back(expr.MonthsBefore(t.s.asOf(), n, t.s.location()))
		}
		// A day or two is how a bare date is compared, and no reach.
		if n, err := strconv.Atoi(string(m[2])); err == nil && n > 2 {
			back(t.s.asOf().AddDate(0, 0, -n))
		}
	}
	return from, bounded
}
