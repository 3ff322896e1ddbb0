package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Definition is a KPI as it was defined, in words.
type Definition struct {
	ID         string            `json:"id"`
	Title      finding.Text      `json:"title"`
	Question   finding.Text      `json:"question"`
	Population finding.Text      `json:"population"`
	NotCounted finding.Text      `json:"not_counted"`
	Area       string            `json:"area"`
	Tags       catalogue.Tags    `json:"tags"`
	Unit       string            `json:"unit"`
	Direction  string            `json:"direction"`
	Secrecy    catalogue.Secrecy `json:"secrecy"`
	Source     string            `json:"source"`
	Method     int               `json:"method_version"`
	// SHA256 is of the file in definitioner/ that holds the whole definition: any
	// change of it changes the sum.
	SHA256 string `json:"sha256"`
}

// definitions gives each definition in words, and whole as it is written.
func (c Content) definitions() (out []Definition, methods [][]byte, err error) {
	for _, d := range c.Catalogue.KPIs {
		text, err := catalogue.Write([]catalogue.Definition{d}, nil)
		if err != nil {
			return nil, nil, fmt.Errorf("definition %s: %w", d.ID, err)
		}
		methods = append(methods, text)
		sum := sha256.Sum256(text)
		x := Definition{
			ID: d.ID, Title: d.Title, Question: d.Question, Population: d.PopulationText, NotCounted: d.NotCounted, Area: d.Area, Tags: listed(d.Tags),
			Unit: d.Unit, Direction: d.Direction, Secrecy: d.Secrecy, Source: d.Source, Method: d.Method, SHA256: hex.EncodeToString(sum[:]),
		}
		if i := slices.IndexFunc(c.Findings, func(f finding.Finding) bool { return f.KPI == d.ID }); i >= 0 && c.Findings[i].Population.SV != "" {
			x.Population = c.Findings[i].Population
		}
		out = append(out, x)
	}
	return out, methods, nil
}

// methods writes every definition whole, and the views that they share.
func (c Content) methods(b *bag.Writer, defs []Definition, methods [][]byte) error {
	for i, d := range defs {
		if err := c.text(b, methodFolder+d.ID+".yaml", string(methods[i])); err != nil {
			return err
		}
	}
	views, err := catalogue.Write(nil, c.Catalogue.Views)
	if err != nil {
		return err
	}
	return c.text(b, viewsFile, string(views))
}

// listed gives a list, if an empty one, for every kind of tag.
func listed(t catalogue.Tags) catalogue.Tags {
	for _, l := range []*[]string{&t.EY, &t.KPMG, &t.NIS2, &t.ITIL} {
		if *l == nil {
			*l = []string{}
		}
	}
	return t
}
