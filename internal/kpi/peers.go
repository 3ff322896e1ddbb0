package kpi

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/peers"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// WithPeers lets findings say how they stand beside other municipalities', whose
// figures one source reads.
func WithPeers(p peers.Settings) Option { return func(e *Engine) { e.peers = p } }

// setPeersApart sees to it that the source of other municipalities' figures
// feeds no figure of one's own: without it there would seem to be measurements
// where nobody measures.
func (s *session) setPeersApart() {
	i := slices.IndexFunc(s.sources, func(src store.SourceState) bool { return src.Name == s.engine.peers.Source })
	if i < 0 || s.engine.peers.Source == "" {
		return
	}
	s.sources = slices.Clone(s.sources)
	s.sources[i].Mapped = nil
	own := map[string]bool{}
	for _, src := range s.sources {
		for _, f := range src.Mapped[record.Observation] {
			own[f] = true
		}
	}
	s.mapped[record.Observation] = own
}

// ownRows is the condition that leaves out other municipalities' figures, "" for
// a relation that has none.
func (s *session) ownRows(rel string) string {
	if s.engine.peers.Source == "" || rel != string(record.Observation) {
		return ""
	}
	return " WHERE source <> " + literal(s.engine.peers.Source)
}

// compare adds how a figure stands beside other municipalities'.
func (s *session) compare(ctx context.Context, r store.Reader, d *catalogue.Definition, out *finding.Finding) error {
	if s.engine.peers.Source == "" || out.Value == nil || out.Suppressed || !peers.Comparable(d) {
		return nil
	}
	if s.others == nil {
		var err error
		if s.others, err = s.readOthers(ctx, r); err != nil {
			return fmt.Errorf("kpi: other municipalities' figures: %w", err)
		}
	}
	out.Peers = peers.Compare(peers.Own{
		Finding: *out, Location: s.location(), Absolute: peers.Absolute(d, *out),
		Method: peers.Method(s.engine.catalogue, d, s.engine.decisions.Rules, out.Population),
	}, s.others[d.ID], s.engine.peers)
	return nil
}

// readOthers reads the figures that stand at the point, by KPI.
func (s *session) readOthers(ctx context.Context, r store.Reader) (_ map[string][]peers.Figure, err error) {
	text := "SELECT metric, subject, external_source, method, started_at, value, ok, samples FROM observation WHERE kind = 'benchmark' AND source = " +
		literal(s.engine.peers.Source) + " AND value IS NOT NULL AND started_at IS NOT NULL ORDER BY started_at, id"
	if with := r.With(string(record.Observation)); with != "" {
		text = "WITH " + with + " " + text
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out, inhabitants := map[string][]peers.Figure{}, map[string]float64{}
	for rows.Next() {
		var metric, code, name, method sql.NullString
		var at int64
		var f peers.Figure
		if err := rows.Scan(&metric, &code, &name, &method, &at, &f.Value, &f.Numerator, &f.Denominator); err != nil {
			return nil, err
		}
		if metric.String == exchange.InhabitantsMetric {
			inhabitants[code.String] = f.Value // the newest stands last
			continue
		}
		id, ok := strings.CutPrefix(metric.String, exchange.MetricPrefix)
		if !ok {
			continue
		}
		f.Code, f.Name, f.Method, f.AsOf = code.String, name.String, method.String, time.Unix(at, 0)
		out[id] = append(out[id], f)
	}
	for _, fs := range out {
		for i := range fs {
			fs[i].Inhabitants = inhabitants[fs[i].Code]
		}
	}
	return out, rows.Err()
}
