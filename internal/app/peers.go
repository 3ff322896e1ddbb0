package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/peers"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// PeerSettings says whom the figures are compared with; the zero value is nobody.
func (p *Parts) PeerSettings() peers.Settings {
	c := p.Config.Peers
	if c == nil {
		return peers.Settings{}
	}
	return peers.Settings{Source: config.PeersSource, Group: c.Group, Minimum: c.Minimum, Show: c.Show, Inhabitants: float64(p.Config.Size.Inhabitants)}
}

// Peer is another municipality whose file has been read.
type Peer struct {
	Code, Name, File string
	Figures          []PeerFigure
}

// PeerFigure is the newest of one of its figures, and why it is not compared
// with, "" if it is.
type PeerFigure struct {
	KPI  string
	AsOf time.Time
	Why  string
}

// Peers lists the municipalities whose figures are in the store and says of each
// figure whether it is compared with.
func (a *App) Peers(ctx context.Context) (out []Peer, err error) {
	parts := a.Parts()
	at := a.complete(store.Point{})
	fs, err := a.Findings(ctx, at)
	if err != nil {
		return nil, err
	}
	r, err := a.store.OpenReader(ctx, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text := "SELECT subject, external_source, place, metric, method, max(started_at) FROM observation WHERE kind = 'benchmark' AND source = '" + config.PeersSource +
		"' AND substr(metric, 1, 4) = '" + exchange.MetricPrefix + "' GROUP BY subject, metric ORDER BY subject, metric"
	if with := r.With(string(record.Observation)); with != "" {
		text = "WITH " + with + " " + text
	}
	rows, err := r.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var code, name, file, metric, method sql.NullString
		var newest int64
		if err := rows.Scan(&code, &name, &file, &metric, &method, &newest); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].Code != code.String {
			out = append(out, Peer{Code: code.String, Name: name.String, File: file.String})
		}
		f := PeerFigure{KPI: strings.TrimPrefix(metric.String, exchange.MetricPrefix), AsOf: time.Unix(newest, 0)}
		f.Why = parts.notCompared(f.KPI, method.String, fs)
		p := &out[len(out)-1]
		p.Figures = append(p.Figures, f)
	}
	return out, rows.Err()
}

// notCompared says why another municipality's figure stands beside none here.
func (p *Parts) notCompared(id, method string, fs []finding.Finding) string {
	i := slices.IndexFunc(p.Catalogue.KPIs, func(d catalogue.Definition) bool { return d.ID == id })
	if i < 0 {
		return "måttet finns inte här"
	}
	d := &p.Catalogue.KPIs[i]
	j := slices.IndexFunc(fs, func(f finding.Finding) bool { return f.KPI == id })
	if j < 0 || fs[j].Value == nil {
		return "ingen egen siffra att jämföra"
	}
	if own := peers.Method(p.Catalogue, d, p.Decisions.Rules, fs[j].Population); own != method {
		theirs, _, _ := strings.Cut(method, "-")
		if theirs == fmt.Sprint(d.Method) {
			return "räknas på annat sätt: samma metodversion, men en egen definition, regel eller population; jämförs inte"
		}
		return fmt.Sprintf("räknas på annat sätt: metod %s, här metod %d; jämförs inte", theirs, d.Method)
	}
	return ""
}
