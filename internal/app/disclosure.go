package app

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/disclosure"
	"github.com/kommunpuls/kommunpuls/internal/peers"
)

// checkDisclosure finds what the configuration lets out without a decision, and
// what it names that is not there.
func (p *Parts) checkDisclosure() error {
	c := disclosing{parts: p, known: make([]string, len(p.Catalogue.KPIs))}
	for i := range p.Catalogue.KPIs {
		c.known[i] = p.Catalogue.KPIs[i].ID
	}
	if o := p.Config.OpenData; o != nil {
		ds := c.figures("open_data", o.KPIs, o.AllowSecurity)
		c.breakdowns(o, ds)
	}
	if e := p.Config.Exchange; e != nil {
		for i, d := range c.figures("exchange", e.KPIs, e.AllowSecurity) {
			if d != nil && !peers.Comparable(d) {
				c.fault(fmt.Sprintf("exchange.kpis[%d]", i), "%s är redan en jämförelse med något eget och säger inget bredvid andras", d.ID)
			}
		}
	}
	return errors.Join(c.faults...)
}

type disclosing struct {
	parts  *Parts
	known  []string
	faults []error
}

func (c *disclosing) fault(field, format string, args ...any) {
	c.faults = append(c.faults, config.Fault{File: c.parts.Config.Path, Field: field, Message: fmt.Sprintf(format, args...)})
}

// figures checks a list of figures and returns their definitions, nil where
// there is none.
func (c *disclosing) figures(section string, ids []string, allowed []config.Allowed) []*catalogue.Definition {
	out := make([]*catalogue.Definition, len(ids))
	for i, id := range ids {
		field := fmt.Sprintf("%s.kpis[%d]", section, i)
		if out[i] = c.definition(field, id); out[i] == nil {
			continue
		}
		if why := disclosure.Security(out[i]); why != "" && !allows(allowed, id) {
			c.fault(field, "%s lämnas inte ut utan beslut: %s. Skriv beslutet under %s.allow_security, som {id: %s, decision: …}, eller ta bort måttet", id, why, section, id)
		}
	}
	for i, a := range allowed {
		field := fmt.Sprintf("%s.allow_security[%d].id", section, i)
		if d := c.definition(field, a.ID); d != nil && !slices.Contains(ids, a.ID) {
			c.fault(field, "%s står inte under %s.kpis", a.ID, section)
		}
	}
	return out
}

func (c *disclosing) definition(field, id string) *catalogue.Definition {
	if i := slices.Index(c.known, id); i >= 0 {
		return &c.parts.Catalogue.KPIs[i]
	}
	said := fmt.Sprintf("måttet %s finns inte", id)
	if meant := closest.Name(id, c.known); meant != "" {
		said += "; menades " + meant + "?"
	}
	c.fault(field, "%s", said)
	return nil
}

func allows(list []config.Allowed, id string) bool {
	return slices.ContainsFunc(list, func(a config.Allowed) bool { return a.ID == id })
}

// breakdowns checks how published figures are taken apart.
func (c *disclosing) breakdowns(o *config.OpenData, ds []*catalogue.Definition) {
	for i, dim := range o.Breakdowns {
		field := fmt.Sprintf("open_data.breakdowns[%d]", i)
		used := slices.ContainsFunc(ds, func(d *catalogue.Definition) bool {
			return d != nil && slices.ContainsFunc(d.Breakdowns, func(b catalogue.Breakdown) bool { return b.Dimension == dim })
		})
		switch {
		case len(ds) > 0 && !used && dim != "org_unit":
			c.fault(field, "inget av måtten delas upp på %s", dim)
		case disclosure.Names(dim) && !allows(o.AllowNames, dim):
			c.fault(field, "delarna av %s kan vara namn på system, leverantörer eller personer. Skriv beslutet under open_data.allow_names, som {id: %s, decision: …}, eller ta bort uppdelningen", dim, dim)
		}
	}
	for i, a := range o.AllowNames {
		if !slices.Contains(o.Breakdowns, a.ID) {
			c.fault(fmt.Sprintf("open_data.allow_names[%d].id", i), "%s står inte under open_data.breakdowns", a.ID)
		}
	}
}
