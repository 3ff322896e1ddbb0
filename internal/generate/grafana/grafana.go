// Package grafana draws the dashboards from the catalogue with Grafana's own
// types for Go. What they show looks right in Grafana 9.4 and is migrated by
// newer ones; nothing but what comes with Grafana is needed. It is pure: the
// files are committed under dashboards/ and a test holds them against what it
// would write.
package grafana

import (
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// Options is what the dashboards are made of.
type Options struct {
	// Catalogue gives titles, units and what is not counted.
	Catalogue catalogue.Catalogue
	// Lang is "sv" or "en"; empty is Swedish.
	Lang string
}

// Dashboard is one dashboard as Grafana reads it.
type Dashboard struct {
	UID, Title string
	File       string // its name beneath dashboards/
	JSON       []byte
}

// drawings lists the dashboards, in the order in which they are read.
func drawings() []func(Options) *board {
	return []func(Options) *board{laget, mognad, forvaltning, servicedesk, natverk, identitet, revision, drift}
}

// Dashboards draws them all. Every fault is reported.
func Dashboards(o Options) ([]Dashboard, error) {
	if o.Lang == "" {
		o.Lang = "sv"
	}
	if o.Lang != "sv" && o.Lang != "en" {
		return nil, fmt.Errorf("grafana: language %q: want sv or en", o.Lang)
	}
	var out []Dashboard
	var faults []error
	for _, draw := range drawings() {
		d, err := draw(o).finish()
		if err != nil {
			faults = append(faults, err)
			continue
		}
		out = append(out, d)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return out, nil
}
