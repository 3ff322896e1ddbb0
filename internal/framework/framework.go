// Package framework knows the surveys and self-assessments that municipalities
// fill in: who owns each, on what scale it is, which columns its export has, and
// what may be compared with what. It holds no questions: those come with the
// municipality's own export.
package framework

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Framework is one survey, self-assessment or method of review. Field names
// are those of the YAML.
type Framework struct {
	ID    string `yaml:"id"`
	Name  Text   `yaml:"name"`
	Owner string `yaml:"owner"` // who issues it
	About Text   `yaml:"about"` // what it measures, in a sentence or two
	// Series is current while it is still made, historical once it has ended.
	Series string      `yaml:"series"`
	Record record.Kind `yaml:"record"` // what a row becomes; assessment unless said
	// Versions are those that are publicly known, oldest first. With
	// OwnVersions the municipality names its own beside them.
	Versions    []Version `yaml:"versions"`
	OwnVersions bool      `yaml:"own_versions"`
	Scale       Scale     `yaml:"scale"`
	Areas       []Area    `yaml:"areas"` // only those that are publicly certain
	// Columns are the header words of each field, the most telling first. What
	// stands in Required must be in the file (or be given as a constant).
	Columns  map[string][]string `yaml:"columns"`
	Required []string            `yaml:"required"`
	// Answers are words of the export beyond the usual ones: fully, partly, not.
	Answers    map[string][]string `yaml:"answers"`
	Constants  map[string]string   `yaml:"constants"` // fields that are the same in every row
	Comparable Comparable          `yaml:"comparable"`
	KPIs       []string            `yaml:"kpis"`   // the figures that it feeds
	Source     string              `yaml:"source"` // where these facts come from

	File string `yaml:"-"` // set by the parser
}

// Text is a text in both languages.
type Text struct {
	SV string `yaml:"sv"`
	EN string `yaml:"en"`
}

// Version is one version of a framework.
type Version struct {
	ID   string `yaml:"id"`
	Note Text   `yaml:"note"`
}

// Scale says what an answer can be.
type Scale struct {
	Kind string   `yaml:"kind"` // score, answers, either, or classes (of information)
	Min  *float64 `yaml:"min"`
	Max  *float64 `yaml:"max"`
	Unit string   `yaml:"unit"` // level, grade, percent, index
}

// Area is one part of a framework.
type Area struct {
	ID   string `yaml:"id"`
	Name Text   `yaml:"name"`
}

// Comparable says what may be compared with what.
type Comparable struct {
	Version  string `yaml:"version"`   // same, or any
	Period   string `yaml:"period"`    // same, or any
	MinPeers int    `yaml:"min_peers"` // municipalities that a comparison needs
	Rules    []Text `yaml:"rules"`     // what else holds, a sentence each
}

// The kinds of series.
const (
	Current    = "current"
	Historical = "historical"
)

// Set is a set of valid frameworks.
type Set []Framework

// Get returns a framework by its id.
func (s Set) Get(id string) (Framework, bool) {
	i := slices.IndexFunc(s, func(f Framework) bool { return f.ID == id })
	if i < 0 {
		return Framework{}, false
	}
	return s[i], true
}

// IDs lists the ids, in order.
func (s Set) IDs() []string {
	var out []string
	for _, f := range s {
		out = append(out, f.ID)
	}
	slices.Sort(out)
	return out
}

// Fixed are the fields that are the same in every row of an export: which
// framework it is, and where its scale begins and ends.
func (f Framework) Fixed() map[string]string {
	out := map[string]string{}
	if f.Record == record.Assessment {
		out["framework"] = f.ID
		if f.Scale.Min != nil && f.Scale.Max != nil {
			out["scale_min"], out["scale_max"] = plain(*f.Scale.Min), plain(*f.Scale.Max)
		}
	}
	for k, v := range f.Constants {
		out[k] = v
	}
	return out
}

func plain(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

// Key makes the identity of an answer: which framework, version and round, who
// or what was assessed, and which question. Of two answers with one key the
// later row holds.
func Key(rec *record.Record) string {
	var parts []string
	for _, name := range []string{"framework", "framework_version", "period", "assessed_at", "org_unit", "system", "subject", "area", "indicator"} {
		v := rec.Get(name)
		text := v.S
		if name == "assessed_at" && v.State == record.Set {
			text = fmt.Sprint(v.I)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "|")
}
