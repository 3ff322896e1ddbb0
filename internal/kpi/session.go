package kpi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/peers"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// session is what one evaluation knows before it measures anything. It is
// read by several workers at once; only the cache of empty relations changes.
type session struct {
	engine  *Engine
	point   store.Point
	org     orgTree
	sources []store.SourceState
	mapped  map[record.Kind]map[string]bool
	removed map[record.Kind]store.Removal // what has been removed by decision
	texts   *texts
	systems map[string]string         // ids by name, where a waiver names a system
	names   map[[2]string]string      // what people call a system, site or supplier, by scheme and id
	others  map[string][]peers.Figure // other municipalities' figures by KPI; nil until they are read

	mu    sync.Mutex
	empty map[string]bool // relations known to hold no row, or some
}

// newSession reads what all KPIs share.
func (e *Engine) newSession(ctx context.Context, r store.Reader, at store.Point) (*session, error) {
	s := &session{engine: e, point: at, mapped: map[record.Kind]map[string]bool{}, empty: map[string]bool{}}
	var err error
	if s.sources, err = r.Sources(ctx); err != nil {
		return nil, fmt.Errorf("kpi: sources: %w", err)
	}
	removals, err := r.Removals(ctx)
	if err != nil {
		return nil, fmt.Errorf("kpi: removals: %w", err)
	}
	s.removed = removedOf(removals)
	if at.KnownAt.IsZero() { // all that is known, so now is no earlier than the newest collection
		s.point.KnownAt = at.AsOf
		for _, src := range s.sources {
			if src.LastSuccess.After(s.point.KnownAt) {
				s.point.KnownAt = src.LastSuccess
			}
		}
	}
	for _, sc := range record.Schemas() {
		if s.mapped[sc.Kind], err = r.Mapped(ctx, sc.Kind); err != nil {
			return nil, fmt.Errorf("kpi: mapped fields of %s: %w", sc.Kind, err)
		}
	}
	s.setPeersApart()
	for k := range s.mapped {
		if s.onlySupplemented(k) { // the sources that complete it have nothing to complete
			s.mapped[k] = nil
		}
	}
	if s.org, err = loadOrgTree(ctx, r, e.decisions.Identities, s.today()); err != nil {
		return nil, fmt.Errorf("kpi: %w", err)
	}
	if err := s.loadSystems(ctx, r); err != nil {
		return nil, fmt.Errorf("kpi: %w", err)
	}
	if err := s.loadNames(ctx, r); err != nil {
		return nil, fmt.Errorf("kpi: %w", err)
	}
	s.texts = newTexts(e.catalogue.Views, at.AsOf, e.location, ownRelations(s))
	return s, nil
}

// onlySupplemented tells whether every source of a kind supplements a registry
// that no source reads.
func (s *session) onlySupplemented(k record.Kind) bool {
	any := false
	for _, src := range s.sources {
		if _, maps := src.Mapped[k]; !maps {
			continue
		}
		if _, supplements := src.Supplements[k]; !supplements {
			return false
		}
		any = true
	}
	return any
}

// supplemented tells whether any source supplements a kind.
func (s *session) supplemented(k record.Kind) bool {
	return slices.ContainsFunc(s.sources, func(src store.SourceState) bool { _, ok := src.Supplements[k]; return ok })
}

// today is the instant whose organisation rows are shown in; zero for that of
// the figure's own time.
func (s *session) today() time.Time {
	if !s.engine.today {
		return time.Time{}
	}
	return s.point.KnownAt
}

func (s *session) asOf() time.Time          { return s.point.AsOf }
func (s *session) location() *time.Location { return s.engine.location }

// hasRows tells whether a relation holds any row at the point. That is what
// tells a true zero (rows, none of them in the population) from no data.
func (s *session) hasRows(ctx context.Context, r store.Reader, rel string) (bool, error) {
	s.mu.Lock()
	known, ok := s.empty[rel]
	s.mu.Unlock()
	if ok {
		return !known, nil
	}
	var u usage
	if err := s.texts.relation(rel, &u); err != nil {
		return false, err
	}
	n, err := s.one(ctx, r, u, "SELECT 1 FROM "+rel+s.ownRows(rel)+" LIMIT 1")
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	s.empty[rel] = n == nil
	s.mu.Unlock()
	return n != nil, nil
}

// one runs a statement that gives one number, nil for NULL or no row.
func (s *session) one(ctx context.Context, r store.Reader, u usage, body string) (v *float64, err error) {
	text, err := s.texts.statement(r, u, nil, body)
	if err != nil {
		return nil, err
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if rows.Next() {
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
	}
	return v, rows.Err()
}

// feeding returns the sources that feed any of the relations.
func (s *session) feeding(relations []string) []store.SourceState {
	kinds := map[record.Kind]bool{}
	for _, rel := range relations {
		kinds[kindOf(rel)] = true
	}
	var out []store.SourceState
	for _, src := range s.sources {
		for k := range src.Mapped {
			if kinds[k] {
				out = append(out, src)
				break
			}
		}
	}
	return out
}

// ofProbes tells the relations that come with the disruptions of a watch.
func ofProbes(relation string) bool {
	return relation == string(catalogue.ProbeSpanRelation) || relation == string(catalogue.OpeningHoursRelation)
}

// kindOf returns the record kind of a relation: system for system_role, and for
// the names seen that are none.
func kindOf(relation string) record.Kind {
	if relation == string(catalogue.NameSeenRelation) {
		return record.System // it changes with them
	}
	if ofProbes(relation) {
		return record.Observation // made of what the same sources measure
	}
	if _, ok := catalogue.Relation(record.Kind(relation)); ok {
		return record.Kind(relation)
	}
	for _, s := range record.Schemas() {
		if rest, ok := strings.CutPrefix(relation, string(s.Kind)+"_"); ok && s.Child(rest) >= 0 {
			return s.Kind
		}
	}
	return ""
}
