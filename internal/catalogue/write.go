package catalogue

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Write gives definitions and views in the form that Parse reads, fields in the
// order of [Definition] and those that say nothing left out. The same
// definitions give the same bytes, so their sum is a sum of what is defined:
// another order of fields or another comment in the file that they came from
// does not change it.
func Write(kpis []Definition, views []View) ([]byte, error) {
	b, err := yaml.MarshalWithOptions(struct {
		KPIs  []Definition `yaml:"kpis,omitempty"`
		Views []View       `yaml:"views,omitempty"`
	}{kpis, views}, yaml.OmitZero(), yaml.IndentSequence(true), yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return nil, fmt.Errorf("catalogue: write: %w", err)
	}
	return b, nil
}
