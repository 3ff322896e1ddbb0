package demo

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/internal/peers"
)

// PeersFolder holds what four other municipalities, made up as well, have given.
const PeersFolder = "andra-kommuner"

// Code and Inhabitants of the made-up municipality; no municipality has the code.
const (
	Code        = "9990"
	Inhabitants = 150_000
)

// peerMonths is how many months back the others tell of.
const peerMonths = 14

// peer is one made-up municipality with its figures of last month, by KPI. They
// became a little better each month.
type peer struct {
	code, name  string
	inhabitants int64
	shares      map[string][2]float64 // share and of how many
	amounts     map[string]float64
}

func madeUpPeers() []peer {
	const day = 24 * 3600
	return []peer{
		{"9991", "Exempelköping (demo)", 98_000,
			map[string][2]float64{"system_owner_coverage": {0.42, 310}, "ticket_resolution_24h": {0.68, 11_200}, "eservice_digital_share": {0.58, 52_300}, "classification_coverage": {0.36, 310}},
			map[string]float64{"service_desk_wait_time": 5_400, "pc_delivery_lead_time": 6 * day, "eservice_count": 61, "it_cost_per_employee": 13_900}},
		{"9992", "Testtorp (demo)", 24_000,
			map[string][2]float64{"system_owner_coverage": {0.55, 140}, "ticket_resolution_24h": {0.74, 3_100}, "eservice_digital_share": {0.49, 14_800}, "classification_coverage": {0.51, 140}},
			map[string]float64{"service_desk_wait_time": 9_000, "eservice_count": 22, "it_cost_per_employee": 16_200}},
		{"9993", "Provstad (demo)", 131_000,
			map[string][2]float64{"system_owner_coverage": {0.31, 420}, "ticket_resolution_24h": {0.71, 13_900}, "eservice_digital_share": {0.61, 70_100}, "classification_coverage": {0.44, 420}},
			map[string]float64{"service_desk_wait_time": 7_800, "pc_delivery_lead_time": 8 * day, "eservice_count": 84, "it_cost_per_employee": 15_100}},
		{"9994", "Mallby (demo)", 56_000,
			map[string][2]float64{"system_owner_coverage": {0.62, 190}, "ticket_resolution_24h": {0.66, 6_400}, "eservice_digital_share": {0.66, 31_000}},
			map[string]float64{"service_desk_wait_time": 6_600, "pc_delivery_lead_time": 5 * day, "eservice_count": 47, "it_cost_per_employee": 14_400}},
	}
}

// otherMethod is the KPI that one municipality counts in its own way.
const otherMethod = "ticket_resolution_24h"

func (w *world) writePeers(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	c, err := catalogue.Parse(configs.Catalogue())
	if err != nil {
		return err
	}
	for i, p := range madeUpPeers() {
		content := exchange.Content{
			Municipality: exchange.Municipality{Code: p.code, Name: p.name, Inhabitants: p.inhabitants},
			Made:         w.monthEnd(0).Add(time.Second).UTC(), Program: "demo", Demo: true,
		}
		for month := peerMonths - 1; month >= 0; month-- {
			content.Figures = append(content.Figures, w.peerFigures(c, p, month, i == 3)...)
		}
		f, err := os.Create(filepath.Join(dir, "utbyte-"+p.code+".json"))
		if err != nil {
			return err
		}
		if err := exchange.Write(f, content); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// peerFigures are a municipality's figures some months before the last.
func (w *world) peerFigures(c catalogue.Catalogue, p peer, month int, otherwise bool) []exchange.Figure {
	var out []exchange.Figure
	for i := range c.KPIs {
		d := &c.KPIs[i]
		counted := d.PopulationText
		if d.Narrow != nil {
			counted = d.Narrow.PopulationText
		}
		x := exchange.Figure{
			KPI: d.ID, Unit: d.Unit, AsOf: w.monthEnd(month).UTC(),
			Method: peers.Method(c, d, map[string]string{"classification_max_age": classificationAge}, counted),
		}
		if otherwise && d.ID == otherMethod {
			x.Method = fmt.Sprintf("%d-%016x", d.Method+1, 0)
		}
		if s, ok := p.shares[d.ID]; ok {
			n := math.Round(s[1] * (s[0] - 0.006*float64(month)))
			x.Numerator, x.Denominator, x.Value = &n, &s[1], n/s[1]
		} else if v, ok := p.amounts[d.ID]; ok {
			x.Value = math.Round(v * (1 + 0.01*float64(month)))
		} else {
			continue
		}
		out = append(out, x)
	}
	return slices.Clip(out)
}

// monthEnd is the last second of a month that has closed; 0 is the newest.
func (w *world) monthEnd(before int) time.Time {
	return time.Date(w.now.Year(), w.now.Month()-time.Month(before), 1, 0, 0, 0, 0, w.loc).Add(-time.Second)
}
